// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IDrandBeacon} from "./interfaces/IDrandBeacon.sol";
import {IRandomness} from "./interfaces/IRandomness.sol";
import {BlsLib} from "./libraries/BlsLib.sol";

/// @title DrandBeacon
/// @notice See {IDrandBeacon}.
contract DrandBeacon is IDrandBeacon {
    using BlsLib for BlsLib.G1;
    using BlsLib for BlsLib.G2;
    using SafeCast for uint256;

    /// @dev Tag of the scheme `bls-unchained-g1-rfc9380`.
    bytes private constant _TAG = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

    /// @inheritdoc IDrandBeacon
    bytes32 public immutable CHAIN_HASH;
    /// @inheritdoc IDrandBeacon
    uint48 public immutable GENESIS;
    /// @inheritdoc IDrandBeacon
    uint32 public immutable PERIOD;
    /// @inheritdoc IDrandBeacon
    uint32 public immutable CHAIN_SKEW;

    // the public key, as `BlsLib.G2` has it
    uint256 private immutable _X0_HIGH;
    uint256 private immutable _X0_LOW;
    uint256 private immutable _X1_HIGH;
    uint256 private immutable _X1_LOW;
    uint256 private immutable _Y0_HIGH;
    uint256 private immutable _Y0_LOW;
    uint256 private immutable _Y1_HIGH;
    uint256 private immutable _Y1_LOW;

    /// @inheritdoc IDrandBeacon
    mapping(uint64 round => bytes32 randomness) public randomnessOf; // slot 0

    constructor(DrandNetwork memory network, uint32 chainSkew) {
        if (network.publicKey.length != 256 || network.period == 0 || bytes(network.beaconId).length == 0) {
            revert DrandBeacon_NetworkRefused();
        }
        BlsLib.G2 memory key = abi.decode(network.publicKey, (BlsLib.G2));
        if (!key.isPublicKey()) revert DrandBeacon_NetworkRefused();
        CHAIN_HASH = sha256(
            abi.encodePacked(
                network.period,
                uint64(network.genesis),
                key.compress(),
                network.groupHash,
                network.beaconId
            )
        );
        GENESIS = network.genesis;
        PERIOD = network.period;
        CHAIN_SKEW = chainSkew;
        (_X0_HIGH, _X0_LOW, _X1_HIGH, _X1_LOW) = (key.x0.high, key.x0.low, key.x1.high, key.x1.low);
        (_Y0_HIGH, _Y0_LOW, _Y1_HIGH, _Y1_LOW) = (key.y0.high, key.y0.low, key.y1.high, key.y1.low);
    }

    /// @inheritdoc IDrandBeacon
    function prove(uint64 round, bytes calldata signature) external returns (bytes32 randomness) {
        randomness = randomnessOf[round];
        if (randomness != 0) return randomness;
        if (signature.length != 128) revert DrandBeacon_WrongLength(signature.length, 128);
        BlsLib.G1 memory point = abi.decode(signature, (BlsLib.G1));
        if (!point.isCanonical()) revert DrandBeacon_NotCanonical();
        if (point.isInfinity()) revert DrandBeacon_Infinity();
        bytes memory message = bytes.concat(sha256(abi.encodePacked(round)));
        if (!point.verify(_publicKey(), message, _TAG)) revert DrandBeacon_WrongSignature(round);
        randomness = sha256(point.compress());
        randomnessOf[round] = randomness;
        emit RoundProven(round, randomness);
    }

    /// @inheritdoc IRandomness
    function seedOf(uint48 timepoint) external view returns (bytes32 seed) {
        return randomnessOf[roundOf(timepoint)];
    }

    /// @inheritdoc IRandomness
    function readyAt(uint48 timepoint) external view returns (uint48 second) {
        return (GENESIS + (uint256(roundOf(timepoint)) - 1) * PERIOD).toUint48();
    }

    /// @inheritdoc IDrandBeacon
    function roundOf(uint48 timepoint) public view returns (uint64 round) {
        uint256 time = uint256(timepoint) + CHAIN_SKEW;
        if (time < GENESIS) revert DrandBeacon_BeforeGenesis(time, GENESIS);
        // at most 2^48 + 2^32 + 1
        return uint64((time - GENESIS + PERIOD - 1) / PERIOD + 1);
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return
            interfaceId == type(IERC165).interfaceId ||
            interfaceId == type(IRandomness).interfaceId ||
            interfaceId == type(IDrandBeacon).interfaceId;
    }

    function _publicKey() private view returns (BlsLib.G2 memory key) {
        key.x0 = BlsLib.Fp(_X0_HIGH, _X0_LOW);
        key.x1 = BlsLib.Fp(_X1_HIGH, _X1_LOW);
        key.y0 = BlsLib.Fp(_Y0_HIGH, _Y0_LOW);
        key.y1 = BlsLib.Fp(_Y1_HIGH, _Y1_LOW);
    }
}
