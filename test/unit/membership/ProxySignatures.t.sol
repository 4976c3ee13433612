// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC7913P256Verifier} from "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913P256Verifier.sol";
import {Authorization} from "../../../contracts/identity/types/Authorization.sol";
import {Proxies} from "../../../contracts/membership/Proxies.sol";
import {IProxies} from "../../../contracts/membership/interfaces/IProxies.sol";
import {HostileSigner} from "../../../contracts/mocks/HostileSigner.sol";
import {SignerWallet} from "../../../contracts/mocks/SignerWallet.sol";
import {ProxyFixture} from "./ProxyFixture.sol";

/// @dev Branches: ProxySignatures.tree. The typed data are written out by hand.
contract ProxySignaturesTest is ProxyFixture {
    uint256 private constant DEADLINE = NOW + 1 hours;

    function setUp() public {
        _deploy(4);
    }

    // ------------------------------------------------------------------------------------------------- kinds of signer

    function test_PRX10_anAccountNamesAndRevokes() public {
        proxies.nameProxyBySig(COOPERATIVE, 1, _naming(ALL, 2), 0, _signedNaming(0));
        _accept(2, 1, ALL, 0);
        assertEq(_holder(1, ALL), 2);
        proxies.revokeBySig(COOPERATIVE, 1, ALL, 1, _signedRevocation(1));
        assertEq(_holder(1, ALL), 0);
        assertEq(uint256(proxies.proxyOf(COOPERATIVE, 1, ALL).version), 2);
    }

    function test_PRX10_aWalletNamesAndRevokes() public {
        address wallet = address(new SignerWallet(_member(1)));
        _rotate(1, wallet);
        bytes memory signer = abi.encodePacked(wallet);
        bytes memory signature = signatureOf(_key(1), _namingDigest(0));
        _send(0, Authorization(DEADLINE, signer, signature));
        _accept(2, 1, ALL, 0);
        signature = signatureOf(_key(1), _revocationDigest(1));
        proxies.revokeBySig(COOPERATIVE, 1, ALL, 1, Authorization(DEADLINE, signer, signature));
        assertEq(_holder(1, ALL), 0);
    }

    /// @dev A key that is no account: an ERC-7913 signer is a member by the account derived from it.
    function test_PRX10_aP256KeyNamesAndRevokes() public {
        (uint256 x, uint256 y) = vm.publicKeyP256(_key(1));
        bytes memory signer = abi.encodePacked(address(new ERC7913P256Verifier()), x, y);
        address account = dids.accountOf(signer);
        _rotate(1, account);
        _send(0, Authorization(DEADLINE, signer, p256SignatureOf(_key(1), _namingDigest(0))));
        _accept(2, 1, ALL, 0);
        Authorization memory end = Authorization(DEADLINE, signer, p256SignatureOf(_key(1), _namingDigest(1)));
        _refusedRevocation(1, end, _badSignature(signer, account));
        end.signature = p256SignatureOf(_key(1), _revocationDigest(1));
        proxies.revokeBySig(COOPERATIVE, 1, ALL, 1, end);
        assertEq(_holder(1, ALL), 0);
    }

    /// @dev A verifier that agrees to anything speaks only for members of its own account.
    function test_PRX10_aForeignVerifierHasNoSay() public {
        HostileSigner verifier = new HostileSigner();
        bytes[3] memory signers = [abi.encodePacked(verifier, "any key"), abi.encodePacked(verifier), bytes("")];
        for (uint256 i; i < signers.length; ++i) {
            Authorization memory authorization = Authorization(DEADLINE, signers[i], "");
            _refusedNamingBySig(0, authorization, _badSignature(signers[i], _member(1)));
        }
        // nobody speaks for a number that was not given yet
        bytes memory data = abi.encodeCall(
            proxies.revokeBySig,
            (COOPERATIVE, 99, ALL, 0, Authorization(DEADLINE, "", ""))
        );
        bytes memory reason = abi.encodeWithSelector(
            IProxies.Proxies_BadSignature.selector,
            COOPERATIVE,
            99,
            bytes(""),
            address(0)
        );
        _refused(address(this), data, reason);
    }

    // -------------------------------------------------------------------------------------------------------- attacks

    function test_PRX10_replayIsRefused() public {
        Authorization memory naming = _signedNaming(0);
        _send(0, naming);
        _refusedNamingBySig(0, naming, _stale(0, 1));
        Authorization memory end = _signedRevocation(1);
        proxies.revokeBySig(COOPERATIVE, 1, ALL, 1, end);
        _refusedNamingBySig(0, naming, _stale(0, 2));
        _give(1, ALL, 3, 0);
        _refusedRevocation(1, end, _stale(1, 3));
        assertEq(_holder(1, ALL), 3);
    }

    function test_PRX10_replayElsewhereIsRefused() public {
        Authorization memory naming = _signedNaming(0);
        bytes memory reason = _badSignature(abi.encodePacked(_member(1)), _member(1));
        vm.chainId(block.chainid + 1);
        _refusedNamingBySig(0, naming, reason);
        vm.chainId(block.chainid - 1);
        proxies = new Proxies(membership);
        _setLimits(HELD, PASSES, DURATION);
        _refusedNamingBySig(0, naming, reason);
    }

    function test_PRX10_anythingChangedIsRefused() public {
        Authorization memory authorization = _signedNaming(0);
        bytes memory reason = _badSignature(abi.encodePacked(_member(1)), _member(1));
        IProxies.Naming memory naming = _naming(ALL, 3);
        _refused(address(this), _data(1, naming, authorization), reason);
        naming = _naming(2, 2);
        _refused(address(this), _data(1, naming, authorization), reason);
        naming = _naming(ALL, 2);
        ++naming.until;
        _refused(address(this), _data(1, naming, authorization), reason);
        naming = _naming(ALL, 2);
        naming.passes = 0;
        _refused(address(this), _data(1, naming, authorization), reason);
        ++authorization.deadline;
        _refused(address(this), _data(1, _naming(ALL, 2), authorization), reason);
        --authorization.deadline;
        reason = _badSignature(3, abi.encodePacked(_member(1)), _member(3));
        _refused(address(this), _data(3, _naming(ALL, 2), authorization), reason);
    }

    function test_PRX10_aMalleatedSignatureIsRefused() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_key(1), _namingDigest(0));
        bytes memory signer = abi.encodePacked(_member(1));
        bytes memory signature = abi.encodePacked(r, SECP256K1_N - uint256(s), v == 27 ? uint8(28) : uint8(27));
        bytes memory reason = _badSignature(signer, _member(1));
        _refusedNamingBySig(0, Authorization(DEADLINE, signer, signature), reason);
        signature = abi.encodePacked(r, s, v, uint8(0));
        _refusedNamingBySig(0, Authorization(DEADLINE, signer, signature), reason);
    }

    function test_PRX10_theDeadlineIsTheLastSecond() public {
        vm.warp(DEADLINE + 1);
        bytes memory reason = abi.encodeWithSelector(
            IProxies.Proxies_SignatureExpired.selector,
            DEADLINE,
            DEADLINE + 1
        );
        _refusedNamingBySig(0, _signedNaming(0), reason);
        _refusedRevocation(0, _signedRevocation(0), reason);
        vm.warp(DEADLINE);
        _send(0, _signedNaming(0));
    }

    function test_PRX10_whatThePrincipalDoesFirstEndsASignedNaming() public {
        Authorization memory unsent = _signedNaming(0);
        _revoke(1, ALL);
        _refusedNamingBySig(0, unsent, _stale(0, 1));
        unsent = _signedNaming(1);
        _name(1, ALL, 3);
        _refusedNamingBySig(1, unsent, _stale(1, 2));
        // what is done about another topic does not matter
        unsent = _signedNaming(2);
        _name(1, 2, 3);
        _send(2, unsent);
    }

    /// @dev The holder has a signed naming in hand and sees the revocation coming: sending it first helps nothing.
    function test_PRX10_aRevocationIsNotOutrun() public {
        _give(1, ALL, 2, 0);
        Authorization memory unsent = _signedNaming(1);
        Authorization memory revocation = _signedRevocation(2);
        _send(1, unsent);
        _accept(2, 1, ALL, 0);
        proxies.revokeBySig(COOPERATIVE, 1, ALL, 2, revocation);
        assertEq(_holder(1, ALL), 0);
        // sent the other way round, the naming is dead
        _refusedNamingBySig(1, unsent, _stale(1, 3));
    }

    function test_PRX10_aKeyLeftBehindSignsNothing() public {
        Authorization memory unsent = _signedNaming(0);
        _rotate(1, _member(101));
        bytes memory reason = _badSignature(abi.encodePacked(_member(1)), _member(101));
        _refusedNamingBySig(0, unsent, reason);
        _refusedRevocation(0, _signedRevocation(0), reason);
    }

    /// @dev What a former member signed does not serve the number that the same account has now.
    function test_PRX10_aFormerMemberSignsForNobody() public {
        Authorization memory unsent = _signedNaming(0);
        vm.prank(_member(1));
        membership.resign(COOPERATIVE);
        _refusedNamingBySig(0, unsent, _notInStanding(_member(1)));
        _admit(1);
        _refusedNamingBySig(0, unsent, _notInStanding(_member(1)));
        bytes memory reason = _badSignature(5, abi.encodePacked(_member(1)), _member(1));
        _refused(address(this), _data(5, _naming(ALL, 2), unsent), reason);
    }

    function test_PRX10_aSuspendedMemberRevokesBySignatureButNamesNobody() public {
        _give(1, ALL, 2, 0);
        vm.prank(COOPERATIVE);
        membership.suspend(1, 0);
        _refusedNamingBySig(1, _signedNaming(1), _notInStanding(_member(1)));
        proxies.revokeBySig(COOPERATIVE, 1, ALL, 1, _signedRevocation(1));
        assertEq(_holder(1, ALL), 0);
    }

    /// @dev A wallet's moods harm nobody but its own naming.
    function test_PRX10_aHostileWalletNamesOnlyForItself() public {
        HostileSigner wallet = new HostileSigner();
        _rotate(1, address(wallet));
        bytes memory signer = abi.encodePacked(wallet);
        HostileSigner.Mood[4] memory moods = [
            HostileSigner.Mood.Refuse,
            HostileSigner.Mood.Burn,
            HostileSigner.Mood.Truncate,
            HostileSigner.Mood.Revert
        ];
        for (uint256 i; i < moods.length; ++i) {
            wallet.setMood(moods[i]);
            _refusedNamingBySig(0, Authorization(DEADLINE, signer, ""), _badSignature(signer, address(wallet)));
        }
        wallet.setMood(HostileSigner.Mood.Agree);
        _send(0, Authorization(DEADLINE, signer, ""));
        _accept(2, 1, ALL, 0);
        assertEq(_holder(1, ALL), 2);
    }

    /// @dev A revocation of every version there will ever be is the last word: nothing is named after it.
    function test_PRX10_afterTheLastVersionNothingIsNamed() public {
        uint64 last = type(uint64).max;
        bytes memory signature = signatureOf(_key(1), _revocationDigest(last));
        Authorization memory authorization = Authorization(DEADLINE, abi.encodePacked(_member(1)), signature);
        proxies.revokeBySig(COOPERATIVE, 1, ALL, last, authorization);
        _refusedNaming(1, _naming(ALL, 2), abi.encodeWithSignature("Panic(uint256)", 0x11));
    }

    // -------------------------------------------------------------------------------------------------------- helpers

    function _send(uint64 version, Authorization memory authorization) private {
        proxies.nameProxyBySig(COOPERATIVE, 1, _naming(ALL, 2), version, authorization);
    }

    function _data(
        uint256 principal,
        IProxies.Naming memory naming,
        Authorization memory authorization
    ) private view returns (bytes memory) {
        return abi.encodeCall(proxies.nameProxyBySig, (COOPERATIVE, principal, naming, 0, authorization));
    }

    function _refusedNamingBySig(uint64 version, Authorization memory authorization, bytes memory reason) private {
        IProxies.Naming memory naming = _naming(ALL, 2);
        bytes memory data = abi.encodeCall(proxies.nameProxyBySig, (COOPERATIVE, 1, naming, version, authorization));
        _refused(address(this), data, reason);
    }

    function _refusedRevocation(uint64 version, Authorization memory authorization, bytes memory reason) private {
        bytes memory data = abi.encodeCall(proxies.revokeBySig, (COOPERATIVE, 1, ALL, version, authorization));
        _refused(address(this), data, reason);
    }

    function _badSignature(bytes memory signer, address account) private pure returns (bytes memory) {
        return _badSignature(1, signer, account);
    }

    function _badSignature(
        uint256 principal,
        bytes memory signer,
        address account
    ) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IProxies.Proxies_BadSignature.selector, COOPERATIVE, principal, signer, account);
    }

    function _stale(uint64 signed, uint64 current) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IProxies.Proxies_StaleSignature.selector, COOPERATIVE, 1, ALL, signed, current);
    }

    /// @dev Member 1 names member 2 for all topics.
    function _signedNaming(uint64 version) private view returns (Authorization memory) {
        bytes memory signature = signatureOf(_key(1), _namingDigest(version));
        return Authorization(DEADLINE, abi.encodePacked(_member(1)), signature);
    }

    function _signedRevocation(uint64 version) private view returns (Authorization memory) {
        bytes memory signature = signatureOf(_key(1), _revocationDigest(version));
        return Authorization(DEADLINE, abi.encodePacked(_member(1)), signature);
    }

    function _namingDigest(uint64 version) private view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Naming(address cooperative,uint256 principal,uint8 topic,uint256 holder,uint48 until,uint8 passes,uint64 version,uint256 deadline)"
        );
        return _digest(abi.encode(typeHash, COOPERATIVE, 1, ALL, 2, END, PASSES, version, DEADLINE));
    }

    function _revocationDigest(uint64 version) private view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Revocation(address cooperative,uint256 principal,uint8 topic,uint64 version,uint256 deadline)"
        );
        return _digest(abi.encode(typeHash, COOPERATIVE, 1, ALL, version, DEADLINE));
    }

    function _digest(bytes memory encoded) private view returns (bytes32) {
        return typedDigest("Artel Proxies", address(proxies), keccak256(encoded));
    }
}
