// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRandomness} from "./IRandomness.sol";

/// @title Drand beacon
/// @notice Randomness of a drand network with the scheme `bls-unchained-g1-rfc9380`, such as the League of Entropy's
/// quicknet, verified here by the precompiles of EIP-2537.
///
/// Every `period` seconds the network signs the number of a round: `signature = key * H(sha256(round as 8 bytes))`, H being
/// `BLS12381G1_XMD:SHA-256_SSWU_RO` of RFC 9380. There is one signature for a round, and nobody has it before enough of the
/// network's nodes have signed. The random value is `sha256` of its compressed form, the `randomness` that drand publishes.
///
/// The value of a timepoint is that of the first round at or after `timepoint + chainSkew`. Round r is due at
/// `genesis + (r - 1) * period`. `chainSkew` covers the time by which a block can be made, replaced or held back
/// after the second that it bears: who could still choose what goes into a block of `timepoint` once the round is
/// published would know the seed.
interface IDrandBeacon is IRandomness {
    /// @notice A drand network, as its nodes describe it under `/info`.
    /// @param publicKey on G2, 256 bytes as EIP-2537 has it: x.c0, x.c1, y.c0, y.c1, of 64 bytes each.
    /// @param genesis second at which round 1 is due.
    /// @param period seconds from one round to the next.
    /// @param groupHash hash of the group of nodes at genesis.
    /// @param beaconId name of the network, not empty.
    struct DrandNetwork {
        bytes publicKey;
        uint48 genesis;
        uint32 period;
        bytes32 groupHash;
        string beaconId;
    }

    /// @notice A round was proven. `randomness` is what drand publishes for it.
    event RoundProven(uint64 indexed round, bytes32 randomness);

    /// @notice The network's period is 0, its name empty, or its public key no point of the right group; or the chain lacks
    /// the precompiles.
    error DrandBeacon_NetworkRefused();
    /// @notice The first round is later than this time, `chainSkew` included.
    error DrandBeacon_BeforeGenesis(uint256 time, uint256 genesis);
    /// @notice A signature is 128 bytes: x and y, of 64 each.
    error DrandBeacon_WrongLength(uint256 length, uint256 expected);
    /// @notice Coordinates are less than the order of the field.
    error DrandBeacon_NotCanonical();
    /// @notice The point at infinity signs nothing.
    error DrandBeacon_Infinity();
    /// @notice The point is not on the curve or not in its subgroup, or there was too little gas to say.
    error DrandBeacon_InvalidPoint();
    /// @notice Not the network's signature of this round.
    error DrandBeacon_WrongSignature(uint64 round);
    /// @notice A precompile of EIP-2537 gave no answer: too little gas, or a chain without it.
    error DrandBeacon_PrecompileFailed(address precompile);

    /// @notice Proves a round. Anybody may, whenever. Of a round that is proven nothing is looked at any more, and nothing
    /// reverts, so that whoever comes second can go on.
    ///
    /// A signature that is no point of the group costs nearly all gas of the transaction: simulate first.
    /// @param signature the signature's point as EIP-2537 has it, not the 48 bytes that drand publishes (SDK: `drandProof`).
    /// @return randomness of the round.
    function prove(uint64 round, bytes calldata signature) external returns (bytes32 randomness);

    /// @notice The `randomness` of a round, 0 until it is proven.
    function randomnessOf(uint64 round) external view returns (bytes32 randomness);

    /// @notice The round whose randomness is the seed of a timepoint.
    function roundOf(uint48 timepoint) external view returns (uint64 round);

    /// @notice drand's name for the network: a hash over all that the constructor was given of it.
    // solhint-disable-next-line func-name-mixedcase
    function CHAIN_HASH() external view returns (bytes32);

    /// @notice Second at which round 1 is due.
    // solhint-disable-next-line func-name-mixedcase
    function GENESIS() external view returns (uint48);

    /// @notice Seconds from one round to the next.
    // solhint-disable-next-line func-name-mixedcase
    function PERIOD() external view returns (uint32);

    /// @notice Seconds between a timepoint and the earliest round that can be its seed.
    // solhint-disable-next-line func-name-mixedcase
    function CHAIN_SKEW() external view returns (uint32);
}
