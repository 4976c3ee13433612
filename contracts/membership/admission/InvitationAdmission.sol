// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {IAdmission} from "./interfaces/IAdmission.sol";
import {IInvitationAdmission} from "./interfaces/IInvitationAdmission.sol";

/// @title Admission by invitation
/// @notice See `IInvitationAdmission`.
contract InvitationAdmission is IInvitationAdmission {
    /// @inheritdoc IInvitationAdmission
    mapping(address cooperative => bytes32 root) public invitations;

    /// @inheritdoc IInvitationAdmission
    function setInvitations(bytes32 root) external {
        invitations[msg.sender] = root;
        emit InvitationsSet(msg.sender, root);
    }

    /// @inheritdoc IAdmission
    function admits(address cooperative, address did, address, bytes calldata proof) external view returns (bool) {
        bytes32 root = invitations[cooperative];
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(cooperative, did))));
        if (root == 0 || !MerkleProof.verify(abi.decode(proof, (bytes32[])), root, leaf)) {
            revert InvitationAdmission_NotInvited(cooperative, did);
        }
        return true;
    }
}
