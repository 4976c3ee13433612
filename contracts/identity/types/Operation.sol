// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What an operation of a batch does to an identity's document.
enum OperationKind {
    AddDelegate,
    RevokeDelegate,
    SetAttribute,
    RevokeAttribute
}

/// @notice One change of an identity's document, as the function of its kind would make it.
struct Operation {
    OperationKind kind;
    bytes32 name; // name of the attribute or type of the delegate
    bytes value; // the attribute's bytes, or the 20 bytes of the delegate
    uint256 validity; // seconds from now; ignored by what revokes
}
