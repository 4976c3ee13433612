// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAdmission} from "./IAdmission.sol";

/// @title Admission by invitation
/// @notice Whose DID is on the cooperative's list may join. The list stays with those who made it; the chain holds the
/// root of its Merkle tree, whose leaves are `keccak256(bytes.concat(keccak256(abi.encode(cooperative, did))))` and
/// whose inner nodes hash the sorted pair (OpenZeppelin's StandardMerkleTree of `["address", "address"]`). A leaf is
/// hashed twice so that no inner node passes for one, and names the cooperative so that no list serves two.
///
/// Proof: `abi.encode(bytes32[] siblings)`, from the leaf up.
interface IInvitationAdmission is IAdmission {
    /// @notice From now on this list is the one that counts; none if 0.
    event InvitationsSet(address indexed cooperative, bytes32 root);

    /// @notice The proof does not lead from the DID to the root.
    error InvitationAdmission_NotInvited(address cooperative, address did);

    /// @notice Replaces the list of the caller: who is not on the new one may no longer join.
    /// @dev Caller: the cooperative.
    function setInvitations(bytes32 root) external;

    /// @notice Root of a cooperative's list, 0 if it has none.
    function invitations(address cooperative) external view returns (bytes32 root);
}
