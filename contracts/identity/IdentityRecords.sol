// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Did} from "./types/Did.sol";

/// @title IdentityRecords
/// @notice The words of identities, in the first slot of the registry, where tools that read storage find them.
abstract contract IdentityRecords {
    /// @dev What the chain keeps of an identity; everything else is in the log.
    struct Record {
        address owner; // slot 0, 160 bits: zero while the identity owns itself
        uint48 changed; // slot 0, 48 bits: block of the last event
        uint32 nonce; // slot 0, 32 bits: of this address as a signer; raised by each signature and change of owner
        uint16 flags; // slot 0, 16 bits: BURNED, ANNOUNCED
    }

    mapping(Did identity => Record record) internal _records;
}
