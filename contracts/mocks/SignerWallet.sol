// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {SignerECDSA} from "@openzeppelin/contracts/utils/cryptography/signers/SignerECDSA.sol";

/// @title Wallet of one key
/// @notice An ERC-1271 wallet on OpenZeppelin's signer. Its key can be exchanged, which ends every signature of the
/// old one.
contract SignerWallet is SignerECDSA, IERC1271 {
    error SignerWallet_NotTheSigner(address caller);

    constructor(address signer_) SignerECDSA(signer_) {}

    function setSigner(address newSigner) external {
        if (msg.sender != signer()) revert SignerWallet_NotTheSigner(msg.sender);
        _setSigner(newSigner);
    }

    function execute(address target, uint256 value, bytes calldata data) external returns (bytes memory result) {
        if (msg.sender != signer()) revert SignerWallet_NotTheSigner(msg.sender);
        return Address.functionCallWithValue(target, data, value);
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4 magicValue) {
        return _rawSignatureValidation(hash, signature) ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
