// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice The identity address of a `did:ethr` DID. It never changes; the account that controls it may. In the ABI it
/// is an `address`.
type Did is address;
