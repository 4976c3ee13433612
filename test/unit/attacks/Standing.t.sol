// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

import {DIDRegistry} from "../../../contracts/identity/DIDRegistry.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {StandingResolver} from "../../../contracts/periphery/StandingResolver.sol";
import {Attestation} from "../../../contracts/periphery/interfaces/IEasResolver.sol";
import {Reputation} from "../../../contracts/reputation/Reputation.sol";
import {IReputation} from "../../../contracts/reputation/interfaces/IReputation.sol";
import {CategoryId} from "../../../contracts/reputation/types/CategoryId.sol";
import {TestBase} from "../Vm.sol";

/// @dev Attacks on scores: caps that are split, penalties that are dodged, borders of weeks, dust, ends of the clock.
contract StandingAttackTest is TestBase {
    CategoryId private constant CARE = CategoryId.wrap(keccak256("care"));
    CategoryId private constant SWIFT = CategoryId.wrap(keccak256("swift"));
    uint32 private constant HALF_LIFE = 90 days;
    uint256 private constant WEEK = 1 weeks;
    uint32 private constant EPOCH = 2977;
    uint256 private constant START = EPOCH * WEEK;
    address private constant REALM = address(0x4ea1);
    address private constant OTHER_REALM = address(0x07e4);
    address private constant ISSUER = address(0x1550e4);
    Did private constant ALICE = Did.wrap(address(0xa11ce));
    uint88 private constant CAP = 1000;

    Reputation private _reputation;

    function setUp() public {
        vm.warp(START);
        _reputation = new Reputation(address(new AccessManager(address(this))));
        _reputation.addCategory(CARE, HALF_LIFE);
        _reputation.addCategory(SWIFT, 1);
        _appoint(REALM, CARE, CAP, CAP);
    }

    // ---------------------------------------------------------------- caps

    /// @dev An issuer that tries everything to write more than it may: single awards and lists, at random times, across
    /// borders of weeks, while its realm dismisses it, appoints it again and changes its caps.
    function testFuzz_REP04_REP15_noOrderOfActsPassesTheCaps(uint256 seed) public {
        uint256[6] memory awarded;
        uint256[6] memory taken;
        uint256 time = START;
        for (uint256 step; step < 60; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            time += seed % (12 hours);
            // to the border exactly, from time to time
            if (seed & (31 << 64) == 0) time = (time / WEEK + 1) * WEEK - ((seed >> 70) & 1);
            vm.warp(time);
            uint256 week = (time - START) / WEEK;
            if (week >= 6) break;
            uint96 amount = uint96((seed >> 80) % 700);
            uint256 act = (seed >> 100) % 8;
            if (act == 0) {
                vm.prank(REALM);
                try _reputation.revokeIssuer(CARE, ISSUER) {} catch {}
            } else if (act == 1) {
                // never above the cap that this test counts against
                _appoint(REALM, CARE, uint88(CAP - ((seed >> 110) % CAP)), uint88(CAP - ((seed >> 120) % CAP)));
            } else if (act < 4) {
                awarded[week] += _tryAwardMany(amount);
            } else if (act < 6) {
                awarded[week] += _tryAward(amount);
            } else {
                taken[week] += _tryPenalise(amount);
            }
            assertLe(awarded[week], CAP);
            assertLe(taken[week], CAP);
        }
    }

    /// @dev What is left in one realm or category buys nothing in another.
    function test_REP04_capsOfRealmsAndCategoriesAreApart() public {
        _appoint(OTHER_REALM, CARE, 1, 0);
        _award(REALM, CARE, CAP);
        _expectOverCap(OTHER_REALM, CARE, 2, 1);
        _award(OTHER_REALM, CARE, 2);
        vm.expectRevert(abi.encodeWithSelector(IReputation.Reputation_NotIssuer.selector, REALM, SWIFT, ISSUER));
        _award(REALM, SWIFT, 1);
        _expectOverCap(REALM, CARE, 1, 0);
        _award(REALM, CARE, 1);
    }

    /// @dev Awarding and taking back in circles refreshes neither cap.
    function test_REP04_circlesRefreshNoCap() public {
        _award(REALM, CARE, CAP);
        _penalise(CAP);
        assertEq(_reputation.scoreOf(REALM, CARE, ALICE), 0);
        _expectOverCap(REALM, CARE, 1, 0);
        _award(REALM, CARE, 1);
    }

    /// @dev A cap lowered below what is used refuses every point, but no module that has nothing to write.
    function test_REP04_nothingFitsAnyCap() public {
        _award(REALM, CARE, 600);
        _appoint(REALM, CARE, 100, 100);
        _expectOverCap(REALM, CARE, 1, 0);
        _award(REALM, CARE, 1);
        _award(REALM, CARE, 0);
        _appoint(REALM, CARE, 700, 100);
        _expectOverCap(REALM, CARE, 101, 100);
        _award(REALM, CARE, 101);
        _award(REALM, CARE, 100);
    }

    /// @dev An issuer with caps of zero, which may write zeros: each touch rounds, but a thousand of them take less than
    /// a point, and give none.
    function test_REP05_zerosErodeNothing() public {
        _award(REALM, CARE, CAP);
        address idle = address(0x1d1e);
        vm.prank(REALM);
        _reputation.appointIssuer(CARE, idle, 0, 0);
        vm.startPrank(idle);
        for (uint256 i = 1; i <= 1000; ++i) {
            vm.warp(START + i);
            _reputation.award(REALM, CARE, ALICE, 0, bytes32(0));
        }
        vm.stopPrank();
        // 1000 * 2^(-1000 / 90 days) = 999.91
        assertEq(_reputation.scoreOf(REALM, CARE, ALICE), 999);
        assertEq(_reputation.totalOf(REALM, CARE), 1000);
    }

    // ---------------------------------------------------------------- borders of weeks

    /// @dev In the first second of a week: what is written in it never counts for the week's start, in whatever order
    /// it is read and written.
    function testFuzz_REP09_theFirstSecondOfAWeekIsAfterItsStart(uint96 before, uint96 first, uint96 second) public {
        before = uint96(bound(before, 0, CAP));
        first = uint96(bound(first, 0, CAP / 2));
        second = uint96(bound(second, 0, CAP / 2));
        vm.warp(START + WEEK - 1);
        _award(REALM, CARE, before);
        vm.warp(START + WEEK);
        uint96 then = _reputation.scoreAtEpoch(REALM, CARE, ALICE, EPOCH + 1);
        assertEq(then, _reputation.scoreOf(REALM, CARE, ALICE));
        _award(REALM, CARE, first);
        assertEq(_reputation.scoreAtEpoch(REALM, CARE, ALICE, EPOCH + 1), then);
        _award(REALM, CARE, second);
        _penalise(first);
        assertEq(_reputation.scoreAtEpoch(REALM, CARE, ALICE, EPOCH + 1), then);
        vm.warp(START + 2 * WEEK - 1);
        _award(REALM, CARE, 0);
        assertEq(_reputation.scoreAtEpoch(REALM, CARE, ALICE, EPOCH + 1), then);
        assertEq(_reputation.scoreAtEpoch(REALM, CARE, ALICE, EPOCH), 0);
        vm.warp(START + 5 * WEEK);
        assertEq(_reputation.scoreAtEpoch(REALM, CARE, ALICE, EPOCH + 1), then);
    }

    // ---------------------------------------------------------------- sums

    /// @dev Many subjects, categories that halve within a second, silences of years, penalties, up to the last second of
    /// the clock: the total is never below the sum, and no write fails for want of it.
    function testFuzz_REP08_REP16_theTotalCoversTheSumAtAnyPace(uint256 seed, uint32 halfLife) public {
        CategoryId category = CategoryId.wrap(keccak256("at any pace"));
        halfLife = uint32(bound(halfLife, 1, type(uint32).max));
        _reputation.addCategory(category, halfLife);
        _appoint(REALM, category, type(uint88).max, type(uint88).max);
        uint256 time = START;
        for (uint256 step; step < 24; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 pace = [uint256(2), WEEK, halfLife, 34 * 365 days][(seed >> 8) % 4];
            time += seed % (pace + 1);
            if (step == 22) time = type(uint48).max - (seed % pace);
            if (step == 23) time = type(uint48).max;
            vm.warp(time);
            Did subject = Did.wrap(address(uint160(1 + ((seed >> 16) % 4))));
            uint96 amount = uint96((seed >> 32) % (1 << ((seed >> 24) % 80)));
            vm.prank(ISSUER);
            if ((seed >> 200) % 3 == 0) _reputation.penalise(REALM, category, subject, amount, bytes32(0));
            else _reputation.award(REALM, category, subject, amount, bytes32(0));
            uint256 sum;
            for (uint160 i = 1; i <= 4; ++i) sum += _reputation.scoreOf(REALM, category, Did.wrap(address(i)));
            assertGe(_reputation.totalOf(REALM, category), sum);
        }
    }

    // ---------------------------------------------------------------- identities

    /// @dev A rotated key changes nothing: standing is the identity's. One that was deactivated keeps its score, and
    /// nobody can use it any more.
    function test_REP17_standingIsTheIdentitysAndEndsWithIt() public {
        DIDRegistry registry = new DIDRegistry();
        StandingResolver resolver = new StandingResolver(address(this), registry, _reputation, REALM, CARE, 50);
        address alice = Did.unwrap(ALICE);
        address key = address(0x6e7);
        _award(REALM, CARE, 100);
        vm.prank(alice);
        registry.changeOwner(ALICE, key);
        _award(REALM, CARE, 100);
        assertEq(_reputation.scoreOf(REALM, CARE, ALICE), 200);
        assertFalse(resolver.attest(_attestation(alice)));
        assertTrue(resolver.attest(_attestation(key)));

        vm.prank(key);
        registry.changeOwner(ALICE, address(0));
        _award(REALM, CARE, 100);
        assertEq(_reputation.scoreOf(REALM, CARE, ALICE), 300);
        assertFalse(resolver.attest(_attestation(alice)));
        assertFalse(resolver.attest(_attestation(key)));
        assertFalse(resolver.attest(_attestation(address(0))));
    }

    // ---------------------------------------------------------------- helpers

    function _attestation(address attester) private pure returns (Attestation memory attestation) {
        attestation.attester = attester;
        attestation.data = abi.encode(ALICE);
    }

    function _appoint(address realm, CategoryId category, uint88 awardCap, uint88 penaltyCap) private {
        vm.prank(realm);
        _reputation.appointIssuer(category, ISSUER, awardCap, penaltyCap);
    }

    function _award(address realm, CategoryId category, uint96 amount) private {
        vm.prank(ISSUER);
        _reputation.award(realm, category, ALICE, amount, bytes32(0));
    }

    function _penalise(uint96 amount) private {
        vm.prank(ISSUER);
        _reputation.penalise(REALM, CARE, ALICE, amount, bytes32(0));
    }

    function _expectOverCap(address realm, CategoryId category, uint256 amount, uint88 left) private {
        vm.expectRevert(
            abi.encodeWithSelector(IReputation.Reputation_CapExceeded.selector, realm, category, ISSUER, amount, left)
        );
    }

    function _tryAward(uint96 amount) private returns (uint256 awarded) {
        vm.prank(ISSUER);
        try _reputation.award(REALM, CARE, ALICE, amount, bytes32(0)) {
            return amount;
        } catch {
            return 0;
        }
    }

    function _tryAwardMany(uint96 amount) private returns (uint256 awarded) {
        Did[] memory subjects = new Did[](3);
        uint96[] memory amounts = new uint96[](3);
        for (uint256 i; i < 3; ++i) (subjects[i], amounts[i]) = (ALICE, amount / 2);
        vm.prank(ISSUER);
        try _reputation.awardMany(REALM, CARE, subjects, amounts, bytes32(0)) {
            return 3 * uint256(amount / 2);
        } catch {
            return 0;
        }
    }

    function _tryPenalise(uint96 amount) private returns (uint256 taken) {
        uint256 before = _reputation.scoreOf(REALM, CARE, ALICE);
        vm.prank(ISSUER);
        try _reputation.penalise(REALM, CARE, ALICE, amount, bytes32(0)) {
            return before - _reputation.scoreOf(REALM, CARE, ALICE);
        } catch {
            return 0;
        }
    }
}
