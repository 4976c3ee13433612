// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Admission module
/// @notice Says whether somebody may join a cooperative. The membership contract asks; a cooperative appoints whom.
/// Asking is a static call: a module admits nobody by itself and changes nothing when it answers.
interface IAdmission {
    /// @notice Whether `account`, which owns `did` and sends the transaction, may join now.
    /// @param proof what this module asks for; see there.
    /// @dev A module may also revert, to say what is missing.
    function admits(
        address cooperative,
        address did,
        address account,
        bytes calldata proof
    ) external view returns (bool);
}
