// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title CidLib
/// @notice Bounds of content identifiers that are kept and shown as they are given.
library CidLib {
    uint256 private constant MAX_LENGTH = 96;

    /// @notice Whether `cid` may be a CID: neither empty nor longer than 96 bytes.
    function isCid(bytes calldata cid) internal pure returns (bool) {
        return cid.length != 0 && cid.length <= MAX_LENGTH;
    }
}
