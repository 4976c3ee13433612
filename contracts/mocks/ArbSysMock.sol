// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IArbSys} from "../identity/interfaces/IArbSys.sol";

/// @title ArbSysMock
/// @notice Answers as Arbitrum's system contract does, always with the same block.
contract ArbSysMock is IArbSys {
    /// @inheritdoc IArbSys
    function arbBlockNumber() external pure returns (uint256 blockNumber) {
        return 123_456_789;
    }
}
