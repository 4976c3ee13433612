// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {ICooperativeGovernor} from "../interfaces/ICooperativeGovernor.sol";

/// @title Signatures under ballots
/// @notice Asks accounts, wallets (ERC-1271) and verifiers of keys (ERC-7913) whether they signed, so that one of many
/// ballots can cost no more than its share and spoil no other.
library BallotSignatureLib {
    /// @notice Most gas that a wallet or a verifier gets to check one signature.
    uint256 internal constant SIGNER_GAS = 500_000;
    // What must be there so that a call gets SIGNER_GAS: 63/64 are handed on, after the access to the callee and to the
    // code that it delegates to.
    uint256 private constant GAS_TO_ASK = SIGNER_GAS + SIGNER_GAS / 63 + 6_000;

    /// @notice Whether a signer, whose account is `voter`, signed `digest`. A signature is copied only if a wallet or a
    /// verifier is asked.
    function isSignedBy(
        bytes calldata signer,
        address voter,
        bytes32 digest,
        bytes calldata signature
    ) internal view returns (bool) {
        if (signer.length == 20) {
            (address recovered, , ) = ECDSA.tryRecoverCalldata(digest, signature);
            return _isVoter(recovered, voter) || _walletAgrees(voter, digest, signature);
        }
        bytes memory question = abi.encodeCall(IERC7913SignatureVerifier.verify, (signer[20:], digest, signature));
        return _agrees(address(bytes20(signer[:20])), question);
    }

    /// @notice Whether an account signed `digest`. Tries ECDSA first, so that an account keeps its voice while it
    /// delegates to code (EIP-7702).
    function isSignedBy(address voter, bytes32 digest, bytes memory signature) internal view returns (bool) {
        (address recovered, , ) = ECDSA.tryRecover(digest, signature);
        return _isVoter(recovered, voter) || _walletAgrees(voter, digest, signature);
    }

    /// @dev What is no signature is recovered to 0, which is nobody.
    function _isVoter(address recovered, address voter) private pure returns (bool) {
        return recovered == voter && voter != address(0);
    }

    function _walletAgrees(address voter, bytes32 digest, bytes memory signature) private view returns (bool) {
        return voter.code.length != 0 && _agrees(voter, abi.encodeCall(IERC1271.isValidSignature, (digest, signature)));
    }

    /// @dev Whether a wallet or a verifier of keys answers a question with its selector, as ERC-1271 and ERC-7913 have
    /// it. It gets `SIGNER_GAS` at most, and no more than a word of its answer is looked at. A no for want of gas would
    /// let whoever sends a batch choose the ballots that it loses: that reverts.
    function _agrees(address target, bytes memory question) private view returns (bool isYes) {
        uint256 available = gasleft();
        uint256 limit = SIGNER_GAS;
        assembly ("memory-safe") {
            let data := add(question, 32)
            let answered := staticcall(limit, target, data, mload(question), 0, 32)
            let selector := and(mload(data), shl(224, 0xffffffff))
            isYes := and(and(answered, gt(returndatasize(), 31)), eq(mload(0), selector))
        }
        if (!isYes && available < GAS_TO_ASK) {
            revert ICooperativeGovernor.Governor_GasTooLow(available, GAS_TO_ASK);
        }
    }
}
