// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title SignerLib
/// @notice Gives every ERC-7913 signer an account, so that a key without an address can own an identity.
library SignerLib {
    bytes32 internal constant KEY_DOMAIN = keccak256("ERC-7913 signer");

    /// @notice The account of a signer: itself if it is one (20 bytes), else the last 20 bytes of
    /// keccak256(keccak256("ERC-7913 signer") ‖ verifier ‖ key), zero if it is too short to be any.
    function accountOf(bytes calldata signer) internal pure returns (address account) {
        if (signer.length == 20) return address(bytes20(signer));
        if (signer.length < 20) return address(0);
        // the domain keeps these accounts apart from those that hash a public key, a deployer or a salt
        return address(uint160(uint256(keccak256(abi.encodePacked(KEY_DOMAIN, signer)))));
    }

    /// @notice Whether `signer` signed `digest`. An account's own key is tried first: it needs no look at its code, and
    /// counts also while the account carries code by delegation (EIP-7702). Whatever is called is called once.
    function hasSigned(bytes calldata signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        if (signer.length == 20) {
            (address recovered, , ) = ECDSA.tryRecoverCalldata(digest, signature);
            if (recovered != address(0) && recovered == address(bytes20(signer))) return true;
        }
        return SignatureChecker.isValidSignatureNow(signer, digest, signature);
    }

    /// @notice Whether `account` signed `digest`: `hasSigned` of its 20 bytes.
    function hasSigned(address account, bytes32 digest, bytes memory signature) internal view returns (bool) {
        (address recovered, , ) = ECDSA.tryRecover(digest, signature);
        if (recovered != address(0) && recovered == account) return true;
        return SignatureChecker.isValidSignatureNow(account, digest, signature);
    }
}
