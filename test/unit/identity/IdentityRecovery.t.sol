// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IIdentityRecovery} from "../../../contracts/identity/interfaces/IIdentityRecovery.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {RecoveryFixture} from "./RecoveryFixture.sol";

contract IdentityRecoveryTest is RecoveryFixture {
    Did private constant FRESH = Did.wrap(address(0xf7e5));

    function setUp() public {
        _deploy();
    }

    function _notDue(Did identity, uint256 due) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IIdentityRecovery.IdentityRecovery_NotDue.selector, identity, due);
    }

    // ---------------------------------------------------------------- guardians

    /// @dev Settings hold exactly when the rule in the interface says so.
    function testFuzz_IDN18_settingsFollowTheRule(
        uint8 count,
        uint8 threshold,
        uint8 superThreshold,
        uint32 delay
    ) public {
        count %= 35;
        threshold %= 36;
        superThreshold %= 36;
        delay = uint32(bound(delay, 0, 366 days));
        Did[] memory list = new Did[](count);
        for (uint160 i; i < count; ++i) list[i] = Did.wrap(address(i + 1));
        bool sound =
            count == 0
                ? threshold == 0 && superThreshold == 0 && delay == 0
                : count <= 32 &&
                    threshold >= 1 &&
                    threshold <= superThreshold &&
                    superThreshold <= count &&
                    delay >= 1 days &&
                    delay <= 365 days;
        if (!sound) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IIdentityRecovery.IdentityRecovery_BadSettings.selector,
                    FRESH,
                    count,
                    threshold,
                    superThreshold
                )
            );
        }
        vm.prank(Did.unwrap(FRESH));
        registry.setGuardians(FRESH, list, threshold, superThreshold, delay);
        (bytes32 hash, uint8 kept, , , , , ) = registry.guardianship(FRESH);
        assertEq(hash != 0, sound && count != 0);
        assertEq(kept, sound ? threshold : 0);
    }

    /// @dev With guardians, other ones and the end wait as long as those agreed to, to the second.
    function testFuzz_IDN18_waysOutWaitForTheDelay(uint32 delay, uint256 early) public {
        delay = uint32(bound(delay, 1 days, 365 days));
        early = bound(early, 1, delay);
        vm.startPrank(Did.unwrap(FRESH));
        registry.setGuardians(FRESH, guardians, THRESHOLD, SUPER, delay);
        registry.setGuardians(FRESH, guardians, 1, 1, 1 days);
        registry.announceDeactivation(FRESH);
        vm.stopPrank();
        vm.warp(NOW + delay - early);
        vm.expectRevert(_notDue(FRESH, NOW + delay));
        registry.deactivate(FRESH);
        vm.expectRevert(_notDue(FRESH, NOW + delay));
        registry.applyGuardians(FRESH, guardians, 1, 1, 1 days);
        vm.warp(NOW + delay);
        registry.deactivate(FRESH);
        assertEq(_ownerOf(FRESH), address(0));
    }

    function test_IDN18_otherGuardiansDiscardADeactivation() public {
        vm.startPrank(owner);
        registry.setGuardians(did, guardians, 1, 1, 1 days);
        registry.announceDeactivation(did);
        vm.stopPrank();
        vm.warp(NOW + DELAY);
        vm.expectEmit(address(registry));
        emit IIdentityRecovery.AnnouncementsDiscarded(did);
        vm.expectEmit(address(registry));
        emit IIdentityRecovery.GuardiansChanged(did, guardians, 1, 1, 1 days);
        registry.applyGuardians(did, guardians, 1, 1, 1 days);
        vm.expectRevert(_notDue(did, 0));
        registry.deactivate(did);
    }

    // ---------------------------------------------------------------- recovery

    /// @dev Whoever is asked for, after whatever delay, by whichever four guardians or more.
    function testFuzz_IDN19_finishesAfterTheDelay(uint32 delay, uint256 early, uint256 mask, address successor) public {
        vm.assume(successor != address(0));
        delay = uint32(bound(delay, 1 days, 365 days));
        early = bound(early, 1, delay);
        mask |= 0x0f;
        _guardFresh(delay);
        _start(FRESH, mask, successor);
        vm.warp(NOW + delay - early);
        vm.expectRevert(_notDue(FRESH, NOW + delay));
        registry.finishRecovery(FRESH);
        vm.warp(NOW + delay);
        vm.expectEmit(address(registry));
        emit IIdentityRecovery.RecoveryFinished(FRESH, successor);
        registry.finishRecovery(FRESH);
        assertEq(_ownerOf(FRESH), successor);
        vm.expectRevert(_notDue(FRESH, 0));
        registry.finishRecovery(FRESH);
    }

    function _guardFresh(uint32 delay) private {
        vm.prank(Did.unwrap(FRESH));
        registry.setGuardians(FRESH, guardians, THRESHOLD, SUPER, delay);
    }

    /// @dev An approval is for this successor in this round until this deadline, and nothing else.
    function testFuzz_IDN19_anApprovalCoversEveryField(address successor, uint32 round, uint256 deadline) public {
        vm.assume(successor != SUCCESSOR && successor != address(0));
        (, , , , uint32 current, , ) = registry.guardianship(did);
        if (round == current) ++round;
        deadline = bound(deadline, NOW, NEVER - 1);
        _refuses(_recoverHash(did, successor, current, NEVER));
        _refuses(_recoverHash(did, SUCCESSOR, round, NEVER));
        _refuses(_recoverHash(did, SUCCESSOR, current, deadline));
        _refuses(_recoverHash(FRESH, SUCCESSOR, current, NEVER));
    }

    function _refuses(bytes32 signed) private {
        (bytes[] memory signers, bytes[] memory signatures) = _approvals(did, 0x0f, SUCCESSOR);
        signatures[3] = signatureOf(guardianKeys[3], _digest(signed));
        vm.expectRevert(abi.encodeWithSelector(IIdentityRecovery.IdentityRecovery_BadApproval.selector, did, 3));
        registry.startRecovery(did, SUCCESSOR, guardians, signers, signatures, NEVER);
    }
}
