// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IDrandBeacon} from "../interfaces/IDrandBeacon.sol";

/// @title BlsLib
/// @notice Signatures on G1 of BLS12-381 under public keys on G2, by the precompiles of EIP-2537. Structs encode as the
/// precompiles take them.
library BlsLib {
    /// @dev An element of the base field, `high * 2^256 + low`.
    struct Fp {
        uint256 high;
        uint256 low;
    }

    /// @dev A point of the curve over the base field; all zero is infinity.
    struct G1 {
        Fp x;
        Fp y;
    }

    /// @dev A point of the twist, coordinates `c0 + c1 * i`; all zero is infinity.
    struct G2 {
        Fp x0;
        Fp x1;
        Fp y0;
        Fp y1;
    }

    address private constant G1ADD = address(0x0b);
    address private constant PAIRING_CHECK = address(0x0f);
    address private constant MAP_FP_TO_G1 = address(0x10);

    // order p of the base field, and (p - 1) / 2: of y and -y one is above it
    uint256 private constant P_HIGH = 0x1a0111ea397fe69a4b1ba7b6434bacd7;
    uint256 private constant P_LOW = 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab;
    uint256 private constant HALF_HIGH = 0x0d0088f51cbff34d258dd3db21a5d66b;
    uint256 private constant HALF_LOW = 0xb23ba5c279c2895fb39869507b587b120f55ffff58a9ffffdcff7fffffffd555;

    // flags of compressed points, in the first byte
    uint256 private constant COMPRESSED = 0x80;
    uint256 private constant Y_IS_LARGER = 0x20;

    /// @notice Whether all coordinates are less than the order of the field, as the precompiles require.
    function isCanonical(G1 memory point) internal pure returns (bool canonical) {
        return _isBelow(point.x, P_HIGH, P_LOW) && _isBelow(point.y, P_HIGH, P_LOW);
    }

    /// @notice Whether a point is the one at infinity, in its only encoding.
    function isInfinity(G1 memory point) internal pure returns (bool infinity) {
        return _isZero(point.x) && _isZero(point.y);
    }

    /// @notice Whether a public key is of the group of prime order, and not infinity. False without the precompiles.
    function isPublicKey(G2 memory key) internal view returns (bool valid) {
        if (_isZero(key.x0) && _isZero(key.x1) && _isZero(key.y0) && _isZero(key.y1)) return false;
        G1 memory infinity;
        // the pairing with infinity is 1 for each key of the group, and fails for others
        (bool success, bytes memory result) = PAIRING_CHECK.staticcall(abi.encode(infinity, key));
        return success && result.length == 32;
    }

    /// @notice Whether `signature` is the one of `message` under `publicKey`, which has to be of its group.
    /// @param tag of RFC 9380, that separates domains; at most 255 bytes.
    function verify(
        G1 memory signature,
        G2 memory publicKey,
        bytes memory message,
        bytes memory tag
    ) internal view returns (bool valid) {
        bytes memory pairs = abi.encode(signature, _minusGenerator(), hashToG1(message, tag), publicKey);
        (bool success, bytes memory result) = PAIRING_CHECK.staticcall(pairs);
        if (!success || result.length != 32) revert IDrandBeacon.DrandBeacon_InvalidPoint();
        return abi.decode(result, (bool));
    }

    /// @notice `hash_to_curve` of RFC 9380 for the suite BLS12381G1_XMD:SHA-256_SSWU_RO_.
    /// @param tag at most 255 bytes.
    function hashToG1(bytes memory message, bytes memory tag) internal view returns (G1 memory point) {
        // expand_message_xmd (5.3.1) to two elements of 64 bytes; a tag has at most 255
        bytes memory suffix = abi.encodePacked(tag, uint8(tag.length));
        bytes32 b0 = sha256(abi.encodePacked(new bytes(64), message, uint16(128), uint8(0), suffix));
        bytes32 b1 = sha256(abi.encodePacked(b0, uint8(1), suffix));
        bytes32 b2 = sha256(abi.encodePacked(b0 ^ b1, uint8(2), suffix));
        bytes32 b3 = sha256(abi.encodePacked(b0 ^ b2, uint8(3), suffix));
        bytes32 b4 = sha256(abi.encodePacked(b0 ^ b3, uint8(4), suffix));
        // the precompile clears the cofactor of each point, which is that of their sum
        bytes memory sum = _call(G1ADD, bytes.concat(_map(b1, b2), _map(b3, b4)));
        return abi.decode(sum, (G1));
    }

    /// @notice The 48 bytes by which a canonical point other than infinity is published.
    function compress(G1 memory point) internal pure returns (bytes memory compressed) {
        uint256 flags = COMPRESSED | (_isBelow(point.y, HALF_HIGH, HALF_LOW + 1) ? 0 : Y_IS_LARGER);
        return _flagged(point.x, flags);
    }

    /// @notice The 96 bytes by which a canonical point other than infinity is published.
    function compress(G2 memory point) internal pure returns (bytes memory compressed) {
        Fp memory leading = _isZero(point.y1) ? point.y0 : point.y1;
        uint256 flags = COMPRESSED | (_isBelow(leading, HALF_HIGH, HALF_LOW + 1) ? 0 : Y_IS_LARGER);
        return bytes.concat(_flagged(point.x1, flags), _flagged(point.x0, 0));
    }

    /// @dev The point of an element given as 64 bytes, taken modulo the order of the field.
    function _map(bytes32 high, bytes32 low) private view returns (bytes memory point) {
        bytes memory element = Math.modExp(bytes.concat(high, low), hex"01", abi.encode(P_HIGH, P_LOW));
        return _call(MAP_FP_TO_G1, element);
    }

    /// @dev Calls a precompile that gives a point of G1.
    function _call(address precompile, bytes memory input) private view returns (bytes memory point) {
        bool success;
        (success, point) = precompile.staticcall(input);
        if (!success || point.length != 128) revert IDrandBeacon.DrandBeacon_PrecompileFailed(precompile);
    }

    /// @dev A coordinate in 48 bytes, with flags in the three bits that it leaves free.
    function _flagged(Fp memory element, uint256 flags) private pure returns (bytes memory) {
        // canonical: `high` is less than 2^125, and flags are a byte
        return abi.encodePacked(uint128(element.high | (flags << 120)), element.low);
    }

    function _isBelow(Fp memory element, uint256 high, uint256 low) private pure returns (bool) {
        return element.high < high || (element.high == high && element.low < low);
    }

    function _isZero(Fp memory element) private pure returns (bool) {
        return element.high | element.low == 0;
    }

    /// @dev The generator of G2 with the other sign.
    function _minusGenerator() private pure returns (G2 memory point) {
        return
            G2(
                Fp(
                    0x024aa2b2f08f0a91260805272dc51051,
                    0xc6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8
                ),
                Fp(
                    0x13e02b6052719f607dacd3a088274f65,
                    0x596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e
                ),
                Fp(
                    0x0d1b3cc2c7027888be51d9ef691d77bc,
                    0xb679afda66c73f17f9ee3837a55024f78c71363275a75d75d86bab79f74782aa
                ),
                Fp(
                    0x13fa4d4a0ad8b1ce186ed5061789213d,
                    0x993923066dddaf1040bc3ff59f825c78df74f2d75467e25e0f55f8a00fa030ed
                )
            );
    }
}
