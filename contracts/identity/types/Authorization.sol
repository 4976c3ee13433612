// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice An owner's EIP-712 signature, which anybody may send until its deadline.
struct Authorization {
    uint256 deadline; // Unix time in seconds, the last at which it is accepted
    bytes signer; // who signs, as ERC-7913 writes it: 20 bytes of an account or wallet, or verifier ‖ key
    bytes signature; // over the typed data of the operation, in the signer's own form
}
