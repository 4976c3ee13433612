// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAdmission} from "./interfaces/IAdmission.sol";

/// @title Open admission
/// @notice Everybody may join, within the cap of the appointment. No proof.
contract OpenAdmission is IAdmission {
    /// @inheritdoc IAdmission
    function admits(address, address, address, bytes calldata) external pure returns (bool) {
        return true;
    }
}
