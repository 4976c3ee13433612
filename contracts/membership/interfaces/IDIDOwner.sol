// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The part of ERC-1056 that membership relies on
interface IDIDOwner {
    /// @notice Account that acts for a DID now; zero once the DID is deactivated.
    function identityOwner(address identity) external view returns (address owner);
}
