// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title MembershipStub
/// @notice For tests of the learning domain alone: the three lookups of `IMembership` that it uses.
contract MembershipStub {
    mapping(address cooperative => mapping(address account => uint256 number)) public numberOf;
    mapping(address cooperative => mapping(uint256 number => address did)) public didOf;
    mapping(address cooperative => uint256 members) private _members;

    function admit(address cooperative, address account, address did) external {
        uint256 number = ++_members[cooperative];
        numberOf[cooperative][account] = number;
        didOf[cooperative][number] = did;
    }

    /// @notice What a change of key does to the look-ups.
    function rebind(address cooperative, address previous, address account) external {
        numberOf[cooperative][account] = numberOf[cooperative][previous];
        delete numberOf[cooperative][previous];
    }

    function ballotRight(address cooperative, address account, uint256) external view returns (uint256 number) {
        return numberOf[cooperative][account];
    }
}
