// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC7913P256Verifier} from "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913P256Verifier.sol";
import {ConsentRegistry} from "../../../contracts/identity/ConsentRegistry.sol";
import {IConsentRegistry} from "../../../contracts/identity/interfaces/IConsentRegistry.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {HostileSigner} from "../../../contracts/mocks/HostileSigner.sol";
import {SignerWallet} from "../../../contracts/mocks/SignerWallet.sol";
import {ConsentFixture} from "./ConsentFixture.sol";

contract ConsentSignaturesTest is ConsentFixture {
    function setUp() public {
        _deploy();
    }

    function _send(IConsentRegistry.Approval memory approval) private {
        registry.grantBySig(_scope(), TERMS, END, approval);
    }

    function _handOver(address owner) private {
        vm.prank(subject);
        dids.changeOwner(Did.wrap(subject), owner);
    }

    // ------------------------------------------------------------------------------------------------- kinds of signer

    function test_CNS05_anAccountGrantsAndRevokesBySignature() public {
        _send(_signedGrant(0));
        assertTrue(_isLive());
        registry.revokeBySig(_scope(), _signedRevocation(1));
        assertFalse(_isLive());
        assertEq(uint256(_version()), 2);
    }

    function test_CNS05_aWalletGrantsAndRevokesBySignature() public {
        address wallet = address(new SignerWallet(subject));
        _handOver(wallet);
        bytes memory signer = abi.encodePacked(wallet);
        _send(_approval(0, signer, signatureOf(key, _grantHash(0))));
        assertTrue(_isLive());
        registry.revokeBySig(_scope(), _approval(1, signer, signatureOf(key, _revocationHash(1))));
        assertFalse(_isLive());
    }

    /// @dev A key that is no account: an ERC-7913 signer owns the identity under the account that the registry of
    /// identities derives from it. Were it another here, who recovered to a passkey could not revoke.
    function test_CNS05_aP256KeyGrantsAndRevokesBySignature() public {
        (uint256 x, uint256 y) = vm.publicKeyP256(key);
        bytes memory signer = abi.encodePacked(address(new ERC7913P256Verifier()), x, y);
        _handOver(dids.accountOf(signer));
        _send(_approval(0, signer, p256SignatureOf(key, _grantHash(0))));
        assertTrue(_isLive());
        _refused(
            address(this),
            _grantData(_approval(1, signer, p256SignatureOf(key, _grantHash(0)))),
            _badSignature(signer)
        );
        registry.revokeBySig(_scope(), _approval(1, signer, p256SignatureOf(key, _revocationHash(1))));
        assertFalse(_isLive());
    }

    /// @dev A verifier that agrees to anything speaks only for identities that were handed to its signer.
    function test_CNS05_aForeignVerifierHasNoSay() public {
        HostileSigner verifier = new HostileSigner();
        bytes memory signer = abi.encodePacked(verifier, "any key");
        _refused(address(this), _grantData(_approval(0, signer, "")), _badSignature(signer));
        signer = abi.encodePacked(verifier);
        _refused(address(this), _grantData(_approval(0, signer, "")), _badSignature(signer));
        signer = "";
        _refused(address(this), _grantData(_approval(0, signer, "")), _badSignature(signer));
    }

    // ------------------------------------------------------------------------------------------------------- attacks

    function test_CNS06_replayIsRefused() public {
        IConsentRegistry.Approval memory approval = _signedGrant(0);
        _send(approval);
        _refused(address(this), _grantData(approval), _stale(0, 1));
    }

    /// @dev The grant stays dead after the subject took it back.
    function test_CNS06_replayAfterRevocationIsRefused() public {
        IConsentRegistry.Approval memory approval = _signedGrant(0);
        _send(approval);
        _revoke();
        _refused(address(this), _grantData(approval), _stale(0, 2));
        assertFalse(_isLive());
    }

    function test_CNS06_replayOfARevocationIsRefused() public {
        _grant(END);
        IConsentRegistry.Approval memory approval = _signedRevocation(1);
        registry.revokeBySig(_scope(), approval);
        _grant(END);
        _refused(address(this), _revocationData(approval), _stale(1, 3));
        assertTrue(_isLive());
    }

    function test_CNS06_replayOnAnotherChainIsRefused() public {
        IConsentRegistry.Approval memory approval = _signedGrant(0);
        vm.chainId(block.chainid + 1);
        _refused(address(this), _grantData(approval), _badSignature(abi.encodePacked(subject)));
    }

    function test_CNS06_replayAtAnotherRegistryIsRefused() public {
        IConsentRegistry.Approval memory approval = _signedGrant(0);
        registry = new ConsentRegistry(dids);
        _refused(address(this), _grantData(approval), _badSignature(abi.encodePacked(subject)));
    }

    function test_CNS06_aSignatureOfAnotherActIsRefused() public {
        _grant(END);
        bytes memory signer = abi.encodePacked(subject);
        bytes memory signature = signatureOf(key, _revocationHash(1));
        _refused(address(this), _grantData(_approval(1, signer, signature)), _badSignature(signer));
        signature = signatureOf(key, _grantHash(1));
        _refused(address(this), _revocationData(_approval(1, signer, signature)), _badSignature(signer));
    }

    function test_CNS06_anythingChangedIsRefused() public {
        IConsentRegistry.Approval memory approval = _signedGrant(0);
        bytes memory reason = _badSignature(abi.encodePacked(subject));
        IConsentRegistry.Scope memory scope = _scope();
        scope.purpose = "research";
        _refused(address(this), abi.encodeCall(registry.grantBySig, (scope, TERMS, END, approval)), reason);
        scope = _scope();
        scope.grantee = address(0xBAD);
        _refused(address(this), abi.encodeCall(registry.grantBySig, (scope, TERMS, END, approval)), reason);
        scope = _scope();
        scope.dataHash = keccak256("more data");
        _refused(address(this), abi.encodeCall(registry.grantBySig, (scope, TERMS, END, approval)), reason);
        scope = _scope();
        _refused(address(this), abi.encodeCall(registry.grantBySig, (scope, TERMS, END + 1, approval)), reason);
        _refused(address(this), abi.encodeCall(registry.grantBySig, (scope, DATA, END, approval)), reason);
        ++approval.deadline;
        _refused(address(this), _grantData(approval), reason);
    }

    function test_CNS06_aMalleatedSignatureIsRefused() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _grantHash(0));
        bytes memory signature = abi.encodePacked(r, SECP256K1_N - uint256(s), v == 27 ? uint8(28) : uint8(27));
        bytes memory signer = abi.encodePacked(subject);
        _refused(address(this), _grantData(_approval(0, signer, signature)), _badSignature(signer));
        signature = abi.encodePacked(r, s, v, uint8(0));
        _refused(address(this), _grantData(_approval(0, signer, signature)), _badSignature(signer));
    }

    function test_CNS06_theDeadlineIsTheLastSecond() public {
        IConsentRegistry.Approval memory approval = _signedGrant(0);
        vm.warp(DEADLINE + 1);
        bytes memory reason = abi.encodeWithSelector(
            IConsentRegistry.ConsentRegistry_SignatureExpired.selector,
            DEADLINE,
            DEADLINE + 1
        );
        _refused(address(this), _grantData(approval), reason);
        _refused(address(this), _revocationData(_signedRevocation(0)), reason);
        vm.warp(DEADLINE);
        _send(approval);
        assertTrue(_isLive());
    }

    /// @dev The grantee holds a signed grant and sees its revocation coming: sending the grant first helps it nothing.
    function test_CNS07_aRevocationSurvivesBeingFrontRunByAnUnsentGrant() public {
        _grant(END);
        IConsentRegistry.Approval memory unsent = _signedGrant(1);
        IConsentRegistry.Approval memory revocation = _signedRevocation(2);
        _send(unsent);
        registry.revokeBySig(_scope(), revocation);
        assertFalse(_isLive());
        assertEq(uint256(_version()), 3);
    }

    /// @dev A revocation also ends what was signed and never sent.
    function test_CNS07_anUnsentGrantDiesWithARevocation() public {
        IConsentRegistry.Approval memory unsent = _signedGrant(0);
        _revoke();
        _refused(address(this), _grantData(unsent), _stale(0, 1));
    }

    function test_CNS06_anOldOwnersSignatureDiesWithTheRotation() public {
        IConsentRegistry.Approval memory approval = _signedGrant(0);
        _handOver(address(0x4E17));
        _refused(address(this), _grantData(approval), _badSignature(abi.encodePacked(subject)));
    }

    function test_CNS06_aDeactivatedIdentitySignsNothing() public {
        IConsentRegistry.Approval memory approval = _signedGrant(0);
        _handOver(address(0));
        _refused(address(this), _grantData(approval), _badSignature(abi.encodePacked(subject)));
        bytes memory nobody = abi.encodePacked(address(0));
        _refused(address(this), _grantData(_approval(0, nobody, new bytes(65))), _badSignature(nobody));
    }

    /// @dev A wallet that agrees once and denies it later, or the other way round, is asked once a signature.
    function test_CNS08_aWalletThatAnswersDifferentlyIsAskedOnce() public {
        HostileSigner wallet = new HostileSigner();
        _handOver(address(wallet));
        bytes memory signer = abi.encodePacked(wallet);
        wallet.setMood(HostileSigner.Mood.Refuse);
        _refused(address(this), _grantData(_approval(0, signer, "")), _badSignature(signer));
        wallet.setMood(HostileSigner.Mood.Agree);
        _send(_approval(0, signer, ""));
        assertTrue(_isLive());
        _refused(address(this), _grantData(_approval(0, signer, "")), _stale(0, 1));
        wallet.setMood(HostileSigner.Mood.Refuse);
        assertTrue(_isLive());
    }

    /// @dev Whatever a wallet does when it is asked costs its caller alone; its owner's transaction still revokes.
    function test_CNS08_aWalletThatBurnsAllGasStopsNobody() public {
        HostileSigner wallet = new HostileSigner();
        _grant(END);
        _handOver(address(wallet));
        bytes memory signer = abi.encodePacked(wallet);
        HostileSigner.Mood[3] memory moods = [
            HostileSigner.Mood.Burn,
            HostileSigner.Mood.Truncate,
            HostileSigner.Mood.Revert
        ];
        for (uint256 i; i < moods.length; ++i) {
            wallet.setMood(moods[i]);
            bytes memory data = _revocationData(_approval(1, signer, ""));
            // solhint-disable-next-line avoid-low-level-calls
            (bool success, ) = address(registry).call{gas: 500_000}(data);
            assertFalse(success);
            assertTrue(_isLive());
        }
        IConsentRegistry.Scope memory scope = _scope();
        vm.prank(address(wallet));
        registry.revoke(scope);
        assertFalse(_isLive());
    }
}
