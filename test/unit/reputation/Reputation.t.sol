// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Did} from "../../../contracts/identity/types/Did.sol";
import {DecayLib} from "../../../contracts/reputation/libraries/DecayLib.sol";
import {Reputation} from "../../../contracts/reputation/Reputation.sol";
import {IReputation} from "../../../contracts/reputation/interfaces/IReputation.sol";
import {CategoryId} from "../../../contracts/reputation/types/CategoryId.sol";
import {TestBase} from "../Vm.sol";

contract ReputationTest is TestBase {
    CategoryId private constant LEARNING = CategoryId.wrap(keccak256("learning"));
    CategoryId private constant AUDITING = CategoryId.wrap(keccak256("auditing"));
    CategoryId private constant UNKNOWN = CategoryId.wrap(keccak256("unknown"));
    uint32 private constant HALF_LIFE = 90 days;
    uint32 private constant SHORT = 7 days;
    uint256 private constant WEEK = 1 weeks;
    /// @dev A start of an epoch, in 2027.
    uint256 private constant START = 2977 * WEEK;
    bytes32 private constant EVIDENCE = keccak256("round 7");
    address private constant REALM = address(0x4ea1);
    address private constant ISSUER = address(0x1550e4);
    address private constant STRANGER = address(0xbad);
    Did private constant ALICE = Did.wrap(address(0xa11ce));
    Did private constant BOB = Did.wrap(address(0xb0b));
    uint88 private constant CAP = 1000;

    Reputation private _reputation;

    function setUp() public {
        vm.warp(START);
        _reputation = new Reputation(address(new AccessManager(address(this))));
        _reputation.addCategory(LEARNING, HALF_LIFE);
        _reputation.addCategory(AUDITING, SHORT);
        _appoint(LEARNING, CAP, CAP);
    }

    // ---------------------------------------------------------------- categories

    function test_REP01_addCategoryIsForEverAndOnce() public {
        vm.expectEmit(address(_reputation));
        emit IReputation.CategoryAdded(UNKNOWN, 5);
        _reputation.addCategory(UNKNOWN, 5);
        assertEq(_reputation.categoryOf(UNKNOWN), 5);
        vm.expectRevert(abi.encodeWithSelector(IReputation.Reputation_CategoryExists.selector, UNKNOWN, 5));
        _reputation.addCategory(UNKNOWN, 6);
    }

    function test_REP01_aCategoryMustFade() public {
        vm.expectRevert(abi.encodeWithSelector(IReputation.Reputation_ZeroHalfLife.selector, UNKNOWN));
        _reputation.addCategory(UNKNOWN, 0);
    }

    function testFuzz_REP01_onlyTheAuthorityAddsCategories(address caller) public {
        vm.assume(caller != address(this));
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, caller));
        vm.prank(caller);
        _reputation.addCategory(UNKNOWN, 1);
    }

    // ---------------------------------------------------------------- issuers

    function test_REP02_anUnknownCategoryHasNoIssuers() public {
        vm.expectRevert(abi.encodeWithSelector(IReputation.Reputation_UnknownCategory.selector, UNKNOWN));
        _appoint(UNKNOWN, 1, 1);
    }

    function test_REP02_appointIssuerBindsTheCallersRealm() public {
        vm.expectEmit(address(_reputation));
        emit IReputation.IssuerAppointed(STRANGER, LEARNING, STRANGER, 5, 6);
        vm.prank(STRANGER);
        _reputation.appointIssuer(LEARNING, STRANGER, 5, 6);

        bytes memory reason = abi.encodeWithSelector(
            IReputation.Reputation_NotIssuer.selector,
            REALM,
            LEARNING,
            STRANGER
        );
        vm.startPrank(STRANGER);
        vm.expectRevert(reason);
        _reputation.award(REALM, LEARNING, ALICE, 0, EVIDENCE);
        vm.expectRevert(reason);
        _reputation.penalise(REALM, LEARNING, ALICE, 0, EVIDENCE);
        _reputation.award(STRANGER, LEARNING, ALICE, 5, EVIDENCE);
        vm.stopPrank();
        assertEq(_reputation.scoreOf(STRANGER, LEARNING, ALICE), 5);
        assertEq(_reputation.scoreOf(REALM, LEARNING, ALICE), 0);
    }

    function test_REP03_anIssuerWritesOnlyItsCategory() public {
        vm.expectRevert(abi.encodeWithSelector(IReputation.Reputation_NotIssuer.selector, REALM, AUDITING, ISSUER));
        vm.prank(ISSUER);
        _reputation.award(REALM, AUDITING, ALICE, 1, EVIDENCE);
    }

    function test_REP03_aRevokedIssuerCantWriteAndWhatItWroteStands() public {
        _award(ALICE, 10);
        vm.expectEmit(address(_reputation));
        emit IReputation.IssuerRevoked(REALM, LEARNING, ISSUER);
        vm.prank(REALM);
        _reputation.revokeIssuer(LEARNING, ISSUER);

        bytes memory reason = abi.encodeWithSelector(
            IReputation.Reputation_NotIssuer.selector,
            REALM,
            LEARNING,
            ISSUER
        );
        vm.expectRevert(reason);
        _award(ALICE, 0);
        vm.expectRevert(reason);
        _penalise(ALICE, 0);
        vm.expectRevert(reason);
        vm.prank(REALM);
        _reputation.revokeIssuer(LEARNING, ISSUER);
        assertEq(_reputation.scoreOf(REALM, LEARNING, ALICE), 10);
    }

    function test_REP04_appointingAgainKeepsWhatWasUsed() public {
        _award(ALICE, 600);
        _appoint(LEARNING, 700, 50);
        (bool appointed, uint88 awardCap, uint88 awardLeft, uint88 penaltyCap, uint88 penaltyLeft) = _reputation
            .issuerOf(REALM, LEARNING, ISSUER);
        assertTrue(appointed);
        assertEq(awardCap, 700);
        assertEq(awardLeft, 100);
        assertEq(penaltyCap, 50);
        assertEq(penaltyLeft, 50);

        _appoint(LEARNING, 500, 50);
        (, , awardLeft, , ) = _reputation.issuerOf(REALM, LEARNING, ISSUER);
        assertEq(awardLeft, 0);
        vm.warp(START + WEEK);
        (, , awardLeft, , ) = _reputation.issuerOf(REALM, LEARNING, ISSUER);
        assertEq(awardLeft, 500);
    }

    // ---------------------------------------------------------------- awards and penalties

    function test_REP11_awardAddsAndTellsEverything() public {
        vm.expectEmit(address(_reputation));
        emit IReputation.ReputationAwarded(REALM, LEARNING, ALICE, ISSUER, 40, 40, EVIDENCE);
        _award(ALICE, 40);
        vm.warp(START + HALF_LIFE);
        vm.expectEmit(address(_reputation));
        emit IReputation.ReputationAwarded(REALM, LEARNING, ALICE, ISSUER, 7, 27, EVIDENCE);
        _award(ALICE, 7);
        assertEq(_reputation.totalOf(REALM, LEARNING), 27);
    }

    function testFuzz_REP04_theAwardCapIsPerEpoch(uint88 first, uint88 second) public {
        first = uint88(bound(first, 0, CAP));
        second = uint88(bound(second, CAP - first + 1, type(uint88).max));
        _award(ALICE, first);
        vm.warp(START + WEEK - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IReputation.Reputation_CapExceeded.selector,
                REALM,
                LEARNING,
                ISSUER,
                second,
                CAP - first
            )
        );
        _award(BOB, second);
        vm.warp(START + WEEK);
        _award(BOB, CAP);
        assertEq(_reputation.scoreOf(REALM, LEARNING, BOB), CAP);
    }

    function testFuzz_REP07_aPenaltyTakesNoMoreThanThereIs(uint96 earned, uint96 asked) public {
        earned = uint96(bound(earned, 0, CAP));
        _award(ALICE, earned);
        uint96 taken = earned < asked ? earned : asked;
        vm.expectEmit(address(_reputation));
        emit IReputation.ReputationPenalised(REALM, LEARNING, ALICE, ISSUER, asked, taken, earned - taken, EVIDENCE);
        _penalise(ALICE, asked);
        assertEq(_reputation.scoreOf(REALM, LEARNING, ALICE), earned - taken);
        assertEq(_reputation.totalOf(REALM, LEARNING), earned - taken);
        (, , uint88 awardLeft, , uint88 penaltyLeft) = _reputation.issuerOf(REALM, LEARNING, ISSUER);
        assertEq(awardLeft, CAP - earned);
        assertEq(penaltyLeft, CAP - taken);
    }

    function test_REP04_thePenaltyCapIsApart() public {
        _appoint(LEARNING, CAP, 10);
        _award(ALICE, CAP);
        _penalise(ALICE, 4);
        vm.expectRevert(
            abi.encodeWithSelector(IReputation.Reputation_CapExceeded.selector, REALM, LEARNING, ISSUER, 7, 6)
        );
        _penalise(ALICE, 7);
        _penalise(ALICE, 6);
        assertEq(_reputation.scoreOf(REALM, LEARNING, ALICE), CAP - 10);
    }

    function test_REP12_aTotalBeyondItsRangeIsRefused() public {
        address[] memory issuers = new address[](257);
        for (uint256 i; i < issuers.length; ++i) {
            issuers[i] = address(uint160(0x10000 + i));
            vm.prank(REALM);
            _reputation.appointIssuer(LEARNING, issuers[i], type(uint88).max, 0);
            if (i == 256) vm.expectPartialRevert(SafeCast.SafeCastOverflowedUintDowncast.selector);
            vm.prank(issuers[i]);
            _reputation.award(REALM, LEARNING, ALICE, type(uint88).max, EVIDENCE);
        }
        assertEq(_reputation.scoreOf(REALM, LEARNING, ALICE), 256 * uint256(type(uint88).max));
    }

    // ---------------------------------------------------------------- decay

    function test_REP05_decayAtZeroOneAndManySeconds() public {
        _award(ALICE, 1000);
        assertEq(_reputation.scoreOf(REALM, LEARNING, ALICE), 1000);
        assertEq(_reputation.totalOf(REALM, LEARNING), 1000);
        vm.warp(START + 1);
        assertEq(_reputation.scoreOf(REALM, LEARNING, ALICE), 999);
        assertEq(_reputation.totalOf(REALM, LEARNING), 1000);
        vm.warp(START + HALF_LIFE);
        assertEq(_reputation.scoreOf(REALM, LEARNING, ALICE), 500);
        assertEq(_reputation.totalOf(REALM, LEARNING), 500);
        vm.warp(START + HALF_LIFE * 3);
        assertEq(_reputation.scoreOf(REALM, LEARNING, ALICE), 125);
        vm.warp(START + 34 * 365 days);
        assertEq(_reputation.scoreOf(REALM, LEARNING, ALICE), 0);
        assertEq(_reputation.totalOf(REALM, LEARNING), 1);
    }

    /// @dev 34 years are 137 + 8/9 half-lives of 90 days: 2^128 is far gone, at a half-life of 68 years most is left.
    function test_REP05_decayOverThirtyFourYears() public pure {
        uint48 years34 = 34 * 365 days;
        uint128 most = type(uint128).max;
        assertEq(DecayLib.decayDown(most, years34, HALF_LIFE), 0);
        assertEq(DecayLib.decayUp(most, years34, HALF_LIFE), 1);
        assertEq(DecayLib.decayDown(1 << 127, years34, 2 * uint32(years34)) >> 64, 0x5a827999fcef3242);
    }

    function testFuzz_REP06_decayIsMonotoneAndBounded(uint128 value, uint48 elapsed, uint32 halfLife) public pure {
        halfLife = uint32(bound(halfLife, 1, type(uint32).max));
        elapsed = uint48(bound(elapsed, 0, uint256(halfLife) * 40));
        uint128 down = DecayLib.decayDown(value, elapsed, halfLife);
        uint128 up = DecayLib.decayUp(value, elapsed, halfLife);
        assertLe(down, up);
        assertLe(up, value);
        assertLe(uint256(up) - down, (uint256(value) >> 71) + 2);
        assertLe(DecayLib.decayDown(value, elapsed + 1, halfLife), down);
        assertLe(DecayLib.decayUp(value, elapsed + 1, halfLife), up);
        // a half-life more takes half
        assertApprox(DecayLib.decayDown(value, elapsed + halfLife, halfLife), down / 2, 1);
    }

    function testFuzz_REP06_decayDoesNotDependOnWrites(uint96 amount, uint256 first, uint256 later) public {
        amount = uint96(bound(amount, 1, CAP));
        first = bound(first, 0, 4 * uint256(HALF_LIFE));
        later = bound(later, first, 4 * uint256(HALF_LIFE));
        _award(ALICE, amount);
        _award(BOB, CAP - amount);
        vm.warp(START + first);
        uint96 before = _reputation.scoreOf(REALM, LEARNING, ALICE);
        _penalise(ALICE, 0);
        vm.warp(START + later);
        uint256 exact = uint256(DecayLib.decayDown(uint128(amount) << 32, uint48(later), HALF_LIFE)) >> 32;
        assertLe(_reputation.scoreOf(REALM, LEARNING, ALICE), before);
        assertApprox(_reputation.scoreOf(REALM, LEARNING, ALICE), exact, 1);
    }

    // ---------------------------------------------------------------- totals and the past

    /// @dev A random history of awards and penalties over weeks: the total covers the parts at every step, and every
    /// start of an epoch is remembered as it was.
    function testFuzz_REP08_REP09_historyHoldsTogether(uint256 seed) public {
        uint32 firstEpoch = _reputation.currentEpoch();
        uint96[12] memory aliceThen;
        uint256 time = START;
        for (uint256 week; week < 12; ++week) {
            vm.warp(START + week * WEEK);
            aliceThen[week] = _reputation.scoreOf(REALM, LEARNING, ALICE);
            time = START + week * WEEK;
            for (uint256 step; step < 3; ++step) {
                seed = uint256(keccak256(abi.encode(seed)));
                time += seed % (WEEK / 3);
                vm.warp(time);
                Did subject = seed & (1 << 200) == 0 ? ALICE : BOB;
                if ((seed >> 201) % 4 == 0) _penalise(subject, uint96((seed >> 210) % 200));
                else if ((seed >> 201) % 4 != 1) _award(subject, uint96((seed >> 210) % 300));
                _assertTotalCoversParts();
            }
        }
        for (uint32 week; week < 12; ++week) {
            assertEq(_reputation.scoreAtEpoch(REALM, LEARNING, ALICE, firstEpoch + week), aliceThen[week]);
        }
        vm.warp(time + (seed % (100 * 365 days)));
        _assertTotalCoversParts();
        for (uint32 week; week < 12; ++week) {
            assertEq(_reputation.scoreAtEpoch(REALM, LEARNING, ALICE, firstEpoch + week), aliceThen[week]);
        }
    }

    function test_REP09_theStartOfAnEpochIsBeforeItsFirstWrite() public {
        uint32 epoch = _reputation.currentEpoch();
        assertEq(epoch, START / WEEK);
        _award(ALICE, 100);
        assertEq(_reputation.scoreAtEpoch(REALM, LEARNING, ALICE, epoch), 0);
        assertEq(_reputation.scoreAtEpoch(REALM, LEARNING, ALICE, 0), 0);

        vm.warp(START + WEEK);
        uint96 before = _reputation.scoreOf(REALM, LEARNING, ALICE);
        _penalise(ALICE, 1000);
        assertEq(_reputation.scoreOf(REALM, LEARNING, ALICE), 0);
        assertEq(_reputation.scoreAtEpoch(REALM, LEARNING, ALICE, epoch + 1), before);
        vm.warp(START + 2 * WEEK);
        assertEq(_reputation.scoreAtEpoch(REALM, LEARNING, ALICE, epoch + 1), before);
        assertEq(_reputation.scoreAtEpoch(REALM, LEARNING, ALICE, epoch + 2), 0);
        assertEq(_reputation.scoreAtEpoch(REALM, LEARNING, BOB, epoch + 2), 0);
    }

    function test_REP09_aFutureEpochHasNoScore() public {
        uint32 epoch = _reputation.currentEpoch();
        vm.expectRevert(abi.encodeWithSelector(IReputation.Reputation_EpochNotStarted.selector, epoch + 1, epoch));
        _reputation.scoreAtEpoch(REALM, LEARNING, ALICE, epoch + 1);
    }

    function test_REP10_meetsIsAtLeast() public {
        _award(ALICE, 10);
        assertTrue(_reputation.meets(ALICE, REALM, LEARNING, 10));
        assertFalse(_reputation.meets(ALICE, REALM, LEARNING, 11));
        assertTrue(_reputation.meets(BOB, REALM, UNKNOWN, 0));
        vm.warp(START + 1 days);
        assertFalse(_reputation.meets(ALICE, REALM, LEARNING, 10));
    }

    function _appoint(CategoryId category, uint88 awardCap, uint88 penaltyCap) private {
        vm.prank(REALM);
        _reputation.appointIssuer(category, ISSUER, awardCap, penaltyCap);
    }

    function _award(Did subject, uint96 amount) private {
        vm.prank(ISSUER);
        _reputation.award(REALM, LEARNING, subject, amount, EVIDENCE);
    }

    function _penalise(Did subject, uint96 amount) private {
        vm.prank(ISSUER);
        _reputation.penalise(REALM, LEARNING, subject, amount, EVIDENCE);
    }

    function _assertTotalCoversParts() private view {
        uint256 parts =
            uint256(_reputation.scoreOf(REALM, LEARNING, ALICE)) + _reputation.scoreOf(REALM, LEARNING, BOB);
        uint256 total = _reputation.totalOf(REALM, LEARNING);
        assertGe(total, parts);
        assertLe(total, parts + 3);
    }
}
