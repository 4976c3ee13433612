// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Did} from "./Did.sol";

/// @notice Names what a consent is about: keccak256 of the ABI encoding of subject, grantee, data hash and purpose. In
/// the ABI it is a `bytes32`.
type ConsentId is bytes32;

/// @notice The id of the consent of `subject` that `grantee` uses the data behind `dataHash` for `purpose`.
function consentIdOf(Did subject, address grantee, bytes32 dataHash, bytes32 purpose) pure returns (ConsentId) {
    return ConsentId.wrap(keccak256(abi.encode(subject, grantee, dataHash, purpose)));
}
