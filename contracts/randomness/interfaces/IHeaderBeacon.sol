// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRandomness} from "./IRandomness.sol";

/// @title Header beacon
/// @notice Randomness of the chain itself: the mix hash (prevrandao, EIP-4399) of the first block at or after
/// `timepoint + LOOKAHEAD`, proven by its header and its parent's.
///
/// A block's mix hash is fixed by the proposers before it, its parent's last. So the distance: with none, who proposes
/// the last block of a phase would know the seed while it fills that block. `LOOKAHEAD` is an epoch of Ethereum, 32 slots.
/// What stays is that a proposer can leave out its block, which changes the seed and costs it the block: each of those that
/// come last before the target chooses between two seeds.
///
/// Headers are known by `blockhash` for 256 blocks and by the history of EIP-2935 for 8191, a little over a day. A seed that
/// nobody proves in that time stays 0 for good.
///
/// Only chains whose mix hash comes from a beacon chain have one of these. Others fill the field with a constant, a counter, a
/// time, or a value of layer 1 that is public before, and no value tells that from chance.
interface IHeaderBeacon is IRandomness {
    /// @notice The seed of a timepoint was proven. `number` is the block whose mix hash it is.
    event SeedProven(uint48 indexed timepoint, uint256 number, bytes32 seed);

    /// @notice Nobody vouches for the mix hashes of this chain.
    error HeaderBeacon_ChainRefused(uint256 chainId);
    /// @notice Not the header of this block of this chain, or the chain does not know its hash any more, or not yet.
    error HeaderBeacon_UnknownHeader(uint256 number, bytes32 headerHash);
    /// @notice Not the header of the block's parent.
    error HeaderBeacon_NotTheParent(bytes32 parentHash, bytes32 headerHash);
    /// @notice Not RLP of a header.
    error HeaderBeacon_Malformed();
    /// @notice The block is not the first at or after `time`.
    error HeaderBeacon_NotTheFirst(uint256 time, uint256 parentTime, uint256 blockTime);
    /// @notice The mix hash is no randomness: zero, its parent's again, or of a block with difficulty.
    error HeaderBeacon_NoRandomness(uint256 number, bytes32 mixHash);

    /// @notice Proves the seed of a timepoint. Anybody may. Of a seed that is proven nothing is looked at any more, and
    /// nothing reverts, so that whoever comes second can go on.
    /// @param number of the first block at or after `readyAt(timepoint)`.
    /// @param header of that block, RLP with all fields that the chain has (SDK: `headerRlp`).
    /// @param parent header of the block before.
    function prove(
        uint48 timepoint,
        uint256 number,
        bytes calldata header,
        bytes calldata parent
    ) external returns (bytes32 seed);

    /// @notice Seconds between a timepoint and the earliest block that can have its seed.
    // solhint-disable-next-line func-name-mixedcase
    function LOOKAHEAD() external view returns (uint32);
}
