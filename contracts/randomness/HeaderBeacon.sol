// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {Blockhash} from "@openzeppelin/contracts/utils/Blockhash.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IHeaderBeacon} from "./interfaces/IHeaderBeacon.sol";
import {IRandomness} from "./interfaces/IRandomness.sol";
import {HeaderLib} from "./libraries/HeaderLib.sol";

/// @title HeaderBeacon
/// @notice See {IHeaderBeacon}.
contract HeaderBeacon is IHeaderBeacon {
    using HeaderLib for bytes;
    using SafeCast for uint256;

    /// @inheritdoc IHeaderBeacon
    uint32 public constant LOOKAHEAD = 384;

    /// @inheritdoc IRandomness
    mapping(uint48 timepoint => bytes32 seed) public seedOf; // slot 0

    constructor() {
        // Ethereum, Sepolia, Hoodi; Gnosis, Chiado: chains whose mix hashes are the RANDAO of a beacon chain
        uint256 id = block.chainid;
        bool known = id == 1 || id == 11155111 || id == 560048 || id == 100 || id == 10200;
        if (!known) revert HeaderBeacon_ChainRefused(id);
    }

    /// @inheritdoc IHeaderBeacon
    function prove(
        uint48 timepoint,
        uint256 number,
        bytes calldata header,
        bytes calldata parent
    ) external returns (bytes32 seed) {
        seed = seedOf[timepoint];
        if (seed != 0) return seed;
        // nothing is read that the chain has not hashed
        bytes32 headerHash = keccak256(header);
        if (Blockhash.blockHash(number) != headerHash) revert HeaderBeacon_UnknownHeader(number, headerHash);
        HeaderLib.Header memory first = header.read();
        bytes32 parentHash = keccak256(parent);
        if (first.parentHash != parentHash) revert HeaderBeacon_NotTheParent(first.parentHash, parentHash);
        HeaderLib.Header memory before = parent.read();
        uint256 time = uint256(timepoint) + LOOKAHEAD;
        if (before.time >= time || first.time < time) revert HeaderBeacon_NotTheFirst(time, before.time, first.time);
        seed = first.mixHash;
        if (seed == 0 || seed == before.mixHash || first.difficulty != 0) {
            revert HeaderBeacon_NoRandomness(number, seed);
        }
        seedOf[timepoint] = seed;
        emit SeedProven(timepoint, number, seed);
    }

    /// @inheritdoc IRandomness
    function readyAt(uint48 timepoint) external pure returns (uint48 second) {
        return (uint256(timepoint) + LOOKAHEAD).toUint48();
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return
            interfaceId == type(IERC165).interfaceId ||
            interfaceId == type(IRandomness).interfaceId ||
            interfaceId == type(IHeaderBeacon).interfaceId;
    }
}
