// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IArbSys
/// @notice The part of Arbitrum's system contract (at address 0x64) that tells layer 2 blocks: there, the opcode
/// answers with the block of layer 1.
interface IArbSys {
    /// @notice The number of the current layer 2 block.
    function arbBlockNumber() external view returns (uint256 blockNumber);
}
