// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IHeaderBeacon} from "../interfaces/IHeaderBeacon.sol";

/// @title HeaderLib
/// @notice Reads block headers in RLP, field by field from the first, so that no length of a field and no field that a fork
/// adds at the end moves another. What lies behind the mix hash is not looked at, but the header has to end where it says.
/// An encoding is not checked to be the shortest: the caller knows the hash.
library HeaderLib {
    /// @dev What is read of a header.
    struct Header {
        bytes32 parentHash;
        uint256 difficulty;
        uint256 time;
        bytes32 mixHash;
    }

    // places of fields
    uint256 private constant PARENT_HASH = 0;
    uint256 private constant DIFFICULTY = 7;
    uint256 private constant TIME = 11;
    uint256 private constant MIX_HASH = 13;

    // first bytes of strings and of lists; those longer than 55 bytes give the length in bytes of its own
    uint256 private constant STRING = 0x80;
    uint256 private constant LIST = 0xc0;
    uint256 private constant LONGEST_SHORT = 55;

    /// @notice Reads a header; reverts with `HeaderBeacon_Malformed` if it is none.
    function read(bytes calldata rlp) internal pure returns (Header memory header) {
        unchecked {
            // a length is below 2^64, and there are fifteen
            if (_number(rlp, 0, 1) < LIST) revert IHeaderBeacon.HeaderBeacon_Malformed();
            (uint256 place, uint256 length) = _content(rlp, 0, LIST);
            if (place + length != rlp.length) revert IHeaderBeacon.HeaderBeacon_Malformed();
            for (uint256 field; field <= MIX_HASH; ++field) {
                (place, length) = _field(rlp, place);
                if (field == PARENT_HASH) header.parentHash = bytes32(_number(rlp, place, length));
                else if (field == DIFFICULTY) header.difficulty = _number(rlp, place, length);
                else if (field == TIME) header.time = _number(rlp, place, length);
                else if (field == MIX_HASH) header.mixHash = bytes32(_number(rlp, place, length));
                place += length;
            }
            // places only grow: if the last is inside, all were
            if (place > rlp.length) revert IHeaderBeacon.HeaderBeacon_Malformed();
        }
    }

    /// @dev Place and length of a field that begins at a place.
    function _field(bytes calldata rlp, uint256 place) private pure returns (uint256 start, uint256 length) {
        uint256 prefix = _number(rlp, place, 1);
        // a byte below 0x80 is its own content
        if (prefix < STRING) return (place, 1);
        if (prefix >= LIST) revert IHeaderBeacon.HeaderBeacon_Malformed();
        return _content(rlp, place, STRING);
    }

    /// @dev Place and length of the content of a string or list that begins at a place.
    function _content(
        bytes calldata rlp,
        uint256 place,
        uint256 kind
    ) private pure returns (uint256 start, uint256 length) {
        unchecked {
            // the caller has looked at the prefix, and called places are below 2^68
            length = _number(rlp, place, 1) - kind;
            if (length <= LONGEST_SHORT) return (place + 1, length);
            uint256 size = length - LONGEST_SHORT;
            return (place + 1 + size, _number(rlp, place + 1, size));
        }
    }

    /// @dev Bytes from a place on as an unsigned number, 0 of none. What would lie beyond the calldata is 0.
    function _number(bytes calldata rlp, uint256 place, uint256 length) private pure returns (uint256 value) {
        if (length > 32) revert IHeaderBeacon.HeaderBeacon_Malformed();
        assembly ("memory-safe") {
            // a shift by 256 leaves nothing
            value := shr(sub(256, mul(8, length)), calldataload(add(rlp.offset, place)))
        }
    }
}
