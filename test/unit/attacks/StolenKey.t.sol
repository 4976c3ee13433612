// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDIDRegistry} from "../../../contracts/identity/interfaces/IDIDRegistry.sol";
import {IIdentityRecovery} from "../../../contracts/identity/interfaces/IIdentityRecovery.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {HostileSigner} from "../../../contracts/mocks/HostileSigner.sol";
import {RecoveryFixture} from "../identity/RecoveryFixture.sol";

/// @dev A thief holds the owner's key, sees every transaction before it is carried out, and has guardians as friends.
contract StolenKeyTest is RecoveryFixture {
    uint256 private constant FOUR = 0x0f;
    uint256 private constant FIVE = 0x1f;

    function setUp() public {
        _deploy();
    }

    function _nobody() private pure returns (Did[] memory) {
        return new Did[](0);
    }

    function _stolen(bytes memory call) private returns (bool success) {
        vm.prank(owner);
        // solhint-disable-next-line avoid-low-level-calls
        (success, ) = address(registry).call(call);
    }

    // ---------------------------------------------------------------- announcements

    /// @dev Both hold the key: the thief announces the end of the identity, the owner an exchange of all guardians.
    /// Who guards from then on must have the whole delay to answer what the guardians before did not.
    function test_IDN18_aDeactivationDoesNotOutliveTheGuardiansItWasAnnouncedTo() public {
        vm.startPrank(owner);
        registry.announceDeactivation(did);
        registry.setGuardians(did, _nobody(), 0, 0, 0);
        vm.warp(NOW + DELAY);
        registry.applyGuardians(did, _nobody(), 0, 0, 0);
        registry.setGuardians(did, guardians, THRESHOLD, SUPER, DELAY);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IIdentityRecovery.IdentityRecovery_NotDue.selector, did, 0));
        registry.deactivate(did);
        assertEq(_ownerOf(did), owner);
    }

    function test_IDN18_announcementsAreReplacedNotHastened() public {
        vm.startPrank(owner);
        registry.setGuardians(did, _nobody(), 0, 0, 0);
        vm.warp(NOW + DELAY - 1);
        registry.setGuardians(did, guardians, 1, 1, 1 days);
        vm.stopPrank();
        vm.warp(NOW + DELAY);
        vm.expectRevert();
        registry.applyGuardians(did, _nobody(), 0, 0, 0);
        vm.expectRevert();
        registry.applyGuardians(did, guardians, 1, 1, 1 days);
    }

    /// @dev The last second in which guardians can answer is the one before the announcement is due.
    function test_IDN20_theGuardiansAnswerInTheLastSecond() public {
        vm.startPrank(owner);
        registry.setGuardians(did, _nobody(), 0, 0, 0);
        registry.announceDeactivation(did);
        vm.stopPrank();
        vm.warp(NOW + DELAY - 1);
        _start(did, FOUR, SUCCESSOR);
        vm.warp(NOW + DELAY);
        bytes memory reason = abi.encodeWithSelector(IIdentityRecovery.IdentityRecovery_NotDue.selector, did, 0);
        vm.expectRevert(reason);
        registry.applyGuardians(did, _nobody(), 0, 0, 0);
        vm.expectRevert(reason);
        registry.deactivate(did);
    }

    // ---------------------------------------------------------------- front-running

    /// @dev Everything that an owner can send, before the guardians' transaction in the same second.
    function test_IDN20_nothingInFrontOfARestartStopsIt() public {
        _start(did, FOUR, SUCCESSOR);
        (bytes[] memory signers, bytes[] memory signatures) = _approvals(did, FIVE, SUCCESSOR);
        assertTrue(_stolen(abi.encodeCall(registry.cancelRecovery, (did))));
        assertTrue(_stolen(abi.encodeCall(registry.setGuardians, (did, _nobody(), 0, 0, 0))));
        assertTrue(_stolen(abi.encodeCall(registry.announceDeactivation, (did))));
        assertFalse(_stolen(abi.encodeCall(registry.changeOwner, (did, address(0)))));
        assertFalse(_stolen(abi.encodeCall(registry.cancelRecovery, (did))));
        assertTrue(_stolen(abi.encodeCall(registry.changeOwner, (did, THIEF))));
        registry.startRecovery(did, SUCCESSOR, guardians, signers, signatures, NEVER);
        vm.prank(THIEF);
        vm.expectPartialRevert(IIdentityRecovery.IdentityRecovery_Running.selector);
        registry.cancelRecovery(did);
        vm.prank(THIEF);
        registry.changeOwner(did, address(0xbad2));
        vm.warp(NOW + DELAY);
        registry.finishRecovery(did);
        assertEq(_ownerOf(did), SUCCESSOR);
    }

    /// @dev Sending the guardians' approvals first, or only some of them, begins what they wanted.
    function test_IDN20_sendingApprovalsFirstBeginsTheSameRecovery() public {
        (bytes[] memory signers, bytes[] memory signatures) = _approvals(did, FIVE, SUCCESSOR);
        signers[0] = "";
        vm.prank(THIEF);
        registry.startRecovery(did, SUCCESSOR, guardians, signers, signatures, NEVER);
        assertEq(_running(did), SUCCESSOR);
    }

    /// @dev What the thief signed as owner dies with the recovery.
    function test_IDN20_whatTheThiefSignedDiesWithTheRecovery() public {
        bytes memory signature = signatureOf(ownerKey, _attributeDigest(did));
        _start(did, FOUR, SUCCESSOR);
        vm.warp(NOW + DELAY);
        registry.finishRecovery(did);
        vm.expectRevert(abi.encodeWithSelector(IDIDRegistry.DIDRegistry_BadSignature.selector, did, owner, SUCCESSOR));
        _setBySig(did, _authorization(abi.encodePacked(owner), signature));
    }

    /// @dev The stolen key is still that of an account. What it signs as one must not spoil, signature by signature,
    /// what the new owner signs: a passkey has no other way to act.
    function test_IDN15_aKeyThatLostItsIdentityCantSpoilItsNonce() public {
        _start(did, FOUR, SUCCESSOR);
        vm.warp(NOW + DELAY);
        registry.finishRecovery(did);
        uint256 nonce = registry.nonce(owner);
        Did bait = Did.wrap(THIEF);
        vm.prank(THIEF);
        registry.changeOwner(bait, owner);
        bytes memory call = abi.encodePacked("revokeAttribute", SERVICE, "x");
        bytes32 digest = keccak256(abi.encodePacked(hex"1900", registry, nonce, bait, call));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ownerKey, digest);
        vm.expectRevert(abi.encodeWithSelector(IDIDRegistry.DIDRegistry_NotOwner.selector, did, owner, SUCCESSOR));
        registry.revokeAttributeSigned(bait, v, r, s, SERVICE, "x");
        assertEq(registry.nonce(owner), nonce);
        // a transaction of its own is left to it
        vm.prank(owner);
        registry.revokeAttribute(bait, SERVICE, "x");
    }

    // ---------------------------------------------------------------- friends among the guardians

    function testFuzz_IDN21_fewerThanTheThresholdDoNothing(uint256 mask) public {
        mask &= 0x7f;
        uint256 count;
        for (uint256 i; i < GUARDIANS; ++i) count += (mask >> i) & 1;
        if (count < THRESHOLD) vm.expectRevert(_tooFew(count, THRESHOLD));
        this.start(mask, THIEF);
        assertEq(_running(did), count < THRESHOLD ? address(0) : THIEF);
    }

    function start(uint256 mask, address successor) external {
        _start(did, mask, successor);
    }

    function testFuzz_IDN21_onceCancelledFewerThanTheSuperThresholdDoNothing(uint256 mask) public {
        mask &= 0x7f;
        uint256 count;
        for (uint256 i; i < GUARDIANS; ++i) count += (mask >> i) & 1;
        _start(did, FOUR, THIEF);
        vm.prank(owner);
        registry.cancelRecovery(did);
        if (count < SUPER) vm.expectRevert(_tooFew(count, SUPER));
        this.start(mask, THIEF);
    }

    /// @dev One guardian can be counted twice by no trick: twice in the lists, as sender and signer, by two signers.
    function test_IDN21_aGuardianCountsOnce() public {
        (bytes[] memory signers, bytes[] memory signatures) = _approvals(did, 0x07, THIEF);
        vm.expectRevert(_tooFew(3, THRESHOLD));
        vm.prank(Did.unwrap(guardians[0]));
        registry.startRecovery(did, THIEF, guardians, signers, signatures, NEVER);
        (signers[3], signatures[3]) = (signers[2], signatures[2]);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRecovery.IdentityRecovery_BadApproval.selector, did, 3));
        registry.startRecovery(did, THIEF, guardians, signers, signatures, NEVER);
    }

    /// @dev A guardian who is no more has no owner: neither the zero account nor no account at all may pass for one.
    function test_IDN21_aDeactivatedGuardianApprovesNothing() public {
        vm.prank(Did.unwrap(guardians[3]));
        registry.changeOwner(guardians[3], address(0));
        (bytes[] memory signers, bytes[] memory signatures) = _approvals(did, 0x07, THIEF);
        bytes[3] memory forged = [abi.encodePacked(address(0)), bytes(hex"00"), abi.encodePacked(guardians[3])];
        for (uint256 i; i < forged.length; ++i) {
            signers[3] = forged[i];
            signatures[3] = i == 2 ? signatureOf(guardianKeys[3], bytes32(0)) : new bytes(65);
            vm.expectRevert(abi.encodeWithSelector(IIdentityRecovery.IdentityRecovery_BadApproval.selector, did, 3));
            registry.startRecovery(did, THIEF, guardians, signers, signatures, NEVER);
        }
    }

    /// @dev A guardian who signs, and then leaves for another key in front of the transaction, costs one attempt.
    function test_IDN20_aGuardianWhoTurnsCoatIsLeftOut() public {
        (bytes[] memory signers, bytes[] memory signatures) = _approvals(did, FIVE, SUCCESSOR);
        vm.prank(Did.unwrap(guardians[0]));
        registry.changeOwner(guardians[0], THIEF);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRecovery.IdentityRecovery_BadApproval.selector, did, 0));
        registry.startRecovery(did, SUCCESSOR, guardians, signers, signatures, NEVER);
        signers[0] = "";
        registry.startRecovery(did, SUCCESSOR, guardians, signers, signatures, NEVER);
        assertEq(_running(did), SUCCESSOR);
    }

    /// @dev A guardian that is a contract, or a key behind a verifier, may agree, change its mind, burn all gas, revert
    /// or answer too little: that costs its own approval, and no more.
    function test_IDN16_aGuardianThatMisbehavesIsLeftOut() public {
        HostileSigner hostile = new HostileSigner();
        bytes[2] memory names = [abi.encodePacked(hostile), abi.encodePacked(hostile, "key")];
        for (uint256 i; i < names.length; ++i) {
            address account = registry.accountOf(names[i]);
            vm.prank(i == 0 ? Did.unwrap(guardians[6]) : address(hostile));
            registry.changeOwner(guardians[6], account);
            (bytes[] memory signers, bytes[] memory signatures) = _approvals(did, 0x07, SUCCESSOR);
            signers[6] = names[i];
            bytes memory call = abi.encodeCall(
                registry.startRecovery,
                (did, SUCCESSOR, guardians, signers, signatures, NEVER)
            );
            HostileSigner.Mood[4] memory moods = [
                HostileSigner.Mood.Refuse,
                HostileSigner.Mood.Burn,
                HostileSigner.Mood.Truncate,
                HostileSigner.Mood.Revert
            ];
            for (uint256 j; j < moods.length; ++j) {
                hostile.setMood(moods[j]);
                // solhint-disable-next-line avoid-low-level-calls
                (bool success, bytes memory data) = address(registry).call{gas: 3_000_000}(call);
                assertFalse(success);
                assertEq(data, abi.encodeWithSelector(IIdentityRecovery.IdentityRecovery_BadApproval.selector, did, 6));
            }
            hostile.setMood(HostileSigner.Mood.Agree);
            (signers, signatures) = _approvals(did, FOUR, SUCCESSOR);
            registry.startRecovery(did, SUCCESSOR, guardians, signers, signatures, NEVER);
            vm.prank(owner);
            registry.cancelRecovery(did);
            // with its approval the restart has five
            (signers, signatures) = _approvals(did, FOUR, SUCCESSOR);
            signers[6] = names[i];
            registry.startRecovery(did, SUCCESSOR, guardians, signers, signatures, NEVER);
            vm.warp(block.timestamp + DELAY);
            registry.finishRecovery(did);
            vm.prank(SUCCESSOR);
            registry.changeOwner(did, owner);
        }
    }

    // ---------------------------------------------------------------- replay

    /// @dev Approvals die with every change of guardians, also one that brings the same ones back.
    function test_IDN19_approvalsDieWithAChangeOfGuardians() public {
        (bytes[] memory signers, bytes[] memory signatures) = _approvals(did, FIVE, THIEF);
        vm.prank(owner);
        registry.setGuardians(did, guardians, THRESHOLD, SUPER, DELAY);
        vm.warp(NOW + DELAY);
        registry.applyGuardians(did, guardians, THRESHOLD, SUPER, DELAY);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRecovery.IdentityRecovery_BadApproval.selector, did, 0));
        registry.startRecovery(did, THIEF, guardians, signers, signatures, NEVER);
    }

    /// @dev Approvals of one identity are not those of another with the same guardians in the same round.
    function test_IDN19_approvalsAreOfOneIdentity() public {
        Did other = Did.wrap(address(0x07e4));
        _guard(other, address(0x07e4));
        (bytes[] memory signers, bytes[] memory signatures) = _approvals(other, FIVE, THIEF);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRecovery.IdentityRecovery_BadApproval.selector, did, 0));
        registry.startRecovery(did, THIEF, guardians, signers, signatures, NEVER);
    }

    function test_IDN19_approvalsAreOfOneChain() public {
        (bytes[] memory signers, bytes[] memory signatures) = _approvals(did, FIVE, THIEF);
        vm.chainId(block.chainid + 1);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRecovery.IdentityRecovery_BadApproval.selector, did, 0));
        registry.startRecovery(did, THIEF, guardians, signers, signatures, NEVER);
    }

    function test_IDN19_approvalsOfAFinishedRecoveryAreSpent() public {
        (bytes[] memory signers, bytes[] memory signatures) = _approvals(did, FIVE, SUCCESSOR);
        registry.startRecovery(did, SUCCESSOR, guardians, signers, signatures, NEVER);
        vm.warp(NOW + DELAY);
        registry.finishRecovery(did);
        vm.prank(SUCCESSOR);
        registry.changeOwner(did, owner);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRecovery.IdentityRecovery_BadApproval.selector, did, 0));
        registry.startRecovery(did, SUCCESSOR, guardians, signers, signatures, NEVER);
    }

    // ---------------------------------------------------------------- deactivated

    function test_IDN03_noGuardianWakesADeactivatedIdentity() public {
        vm.prank(owner);
        registry.announceDeactivation(did);
        vm.warp(NOW + DELAY);
        registry.deactivate(did);
        (bytes[] memory signers, bytes[] memory signatures) = _approvals(did, 0x7f, SUCCESSOR);
        vm.expectRevert(abi.encodeWithSelector(IDIDRegistry.DIDRegistry_Deactivated.selector, did));
        registry.startRecovery(did, SUCCESSOR, guardians, signers, signatures, NEVER);
    }
}
