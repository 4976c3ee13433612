// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {BlockHeader} from "@openzeppelin/contracts/utils/BlockHeader.sol";
import {Blockhash} from "@openzeppelin/contracts/utils/Blockhash.sol";
import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IHeaderBeacon} from "./interfaces/IHeaderBeacon.sol";
import {IRandomness} from "./interfaces/IRandomness.sol";

/// @title HeaderBeacon
/// @notice See {IHeaderBeacon}.
contract HeaderBeacon is IHeaderBeacon {
    using BlockHeader for bytes;
    using BlockHeader for Memory.Slice[];
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
        // only what the chain has hashed is read, so that it is well-formed, whatever its fields hold
        bytes32 headerHash = keccak256(header);
        if (Blockhash.blockHash(number) != headerHash) revert HeaderBeacon_UnknownHeader(number, headerHash);
        Memory.Slice[] memory fields = header.parseHeader();
        bytes32 parentHash = keccak256(parent);
        if (fields.getParentHash() != parentHash) {
            revert HeaderBeacon_NotTheParent(fields.getParentHash(), parentHash);
        }
        seed = _mixOfFirst(uint256(timepoint) + LOOKAHEAD, number, fields, parent.parseHeader());
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

    /// @dev Mix hash of a block that is the first at or after `time`.
    function _mixOfFirst(
        uint256 time,
        uint256 number,
        Memory.Slice[] memory fields,
        Memory.Slice[] memory parent
    ) private pure returns (bytes32 mixHash) {
        uint256 parentTime = parent.getTimestamp();
        uint256 blockTime = fields.getTimestamp();
        if (parentTime >= time || blockTime < time) revert HeaderBeacon_NotTheFirst(time, parentTime, blockTime);
        mixHash = fields.getPrevRandao();
        if (mixHash == 0 || mixHash == parent.getPrevRandao() || fields.getDifficulty() != 0) {
            revert HeaderBeacon_NoRandomness(number, mixHash);
        }
    }
}
