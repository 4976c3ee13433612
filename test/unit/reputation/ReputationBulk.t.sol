// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

import {Did} from "../../../contracts/identity/types/Did.sol";
import {Reputation} from "../../../contracts/reputation/Reputation.sol";
import {IReputation} from "../../../contracts/reputation/interfaces/IReputation.sol";
import {CategoryId} from "../../../contracts/reputation/types/CategoryId.sol";
import {Curve} from "../../../contracts/reputation/types/Curve.sol";
import {WeightLib} from "../../../contracts/reputation/libraries/WeightLib.sol";
import {TestBase} from "../Vm.sol";

/// @dev Awards to many, weights, and what standing must survive.
contract ReputationBulkTest is TestBase {
    CategoryId private constant LEARNING = CategoryId.wrap(keccak256("learning"));
    uint32 private constant HALF_LIFE = 90 days;
    uint256 private constant WEEK = 1 weeks;
    uint256 private constant START = 2977 * WEEK;
    bytes32 private constant EVIDENCE = keccak256("round 7");
    address private constant REALM = address(0x4ea1);
    address private constant ISSUER = address(0x1550e4);
    Did private constant ALICE = Did.wrap(address(0xa11ce));
    Did private constant BOB = Did.wrap(address(0xb0b));
    Did private constant CAROL = Did.wrap(address(0xca401));
    uint88 private constant CAP = 1000;
    uint96 private constant UNCAPPED = type(uint96).max;

    Reputation private _reputation;

    function setUp() public {
        vm.warp(START);
        _reputation = new Reputation(address(new AccessManager(address(this))));
        _reputation.addCategory(LEARNING, HALF_LIFE);
        _appoint(ISSUER, CAP);
    }

    // ---------------------------------------------------------------- awards to many

    function test_REP13_awardManyAddsToEachAndTellsOfEach() public {
        _awardMany(_subjects(ALICE, BOB), _amounts(1, 2));
        vm.warp(START + HALF_LIFE);
        vm.expectEmit(address(_reputation));
        emit IReputation.ReputationAwarded(REALM, LEARNING, BOB, ISSUER, 10, 11, EVIDENCE);
        vm.expectEmit(address(_reputation));
        emit IReputation.ReputationAwarded(REALM, LEARNING, CAROL, ISSUER, 20, 20, EVIDENCE);
        _awardMany(_subjects(BOB, CAROL), _amounts(10, 20));
        assertEq(_reputation.scoreOf(REALM, LEARNING, BOB), 11);
        // half a point of Alice's has not gone from the total
        assertEq(_reputation.totalOf(REALM, LEARNING), 32);
    }

    function test_REP13_awardManyNeedsAnAmountForEach() public {
        vm.expectRevert(abi.encodeWithSelector(IReputation.Reputation_LengthMismatch.selector, 2, 1));
        _awardMany(_subjects(ALICE, BOB), new uint96[](1));
    }

    function test_REP03_onlyAnIssuerAwardsMany() public {
        vm.expectRevert(
            abi.encodeWithSelector(IReputation.Reputation_NotIssuer.selector, REALM, LEARNING, address(this))
        );
        _reputation.awardMany(REALM, LEARNING, new Did[](0), new uint96[](0), EVIDENCE);
    }

    /// @dev The attack: amounts that only together pass the cap, or whose sum would overflow a narrower type.
    function test_REP13_theCapCountsTheSum() public {
        _awardMany(_subjects(ALICE, BOB), _amounts(CAP - 10, 5));
        bytes4 selector = IReputation.Reputation_CapExceeded.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, REALM, LEARNING, ISSUER, 6, 5));
        _awardMany(_subjects(ALICE, BOB), _amounts(3, 3));
        uint256 sum = uint256(type(uint96).max) + 1;
        vm.expectRevert(abi.encodeWithSelector(selector, REALM, LEARNING, ISSUER, sum, 5));
        _awardMany(_subjects(ALICE, BOB), _amounts(type(uint96).max, 1));
        _awardMany(_subjects(ALICE, BOB), _amounts(2, 3));
    }

    /// @dev A list is worth exactly what single awards are, at any age, also if it names one subject twice.
    function testFuzz_REP13_awardManyEqualsSingleAwards(uint256 seed) public {
        Reputation single = new Reputation(address(new AccessManager(address(this))));
        single.addCategory(LEARNING, HALF_LIFE);
        vm.prank(REALM);
        single.appointIssuer(LEARNING, ISSUER, CAP, CAP);
        uint256 time = START;
        for (uint256 step; step < 4; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            time += WEEK + (seed % HALF_LIFE);
            vm.warp(time);
            Did[] memory subjects = new Did[](3);
            uint96[] memory amounts = new uint96[](3);
            for (uint256 i; i < 3; ++i) {
                subjects[i] = [ALICE, BOB, CAROL][(seed >> (8 * i)) % 3];
                amounts[i] = uint96((seed >> (40 + 8 * i)) % 300);
                vm.prank(ISSUER);
                single.award(REALM, LEARNING, subjects[i], amounts[i], EVIDENCE);
            }
            _awardMany(subjects, amounts);
            assertEq(_reputation.totalOf(REALM, LEARNING), single.totalOf(REALM, LEARNING));
            for (uint256 i; i < 3; ++i) {
                Did subject = [ALICE, BOB, CAROL][i];
                assertEq(_reputation.scoreOf(REALM, LEARNING, subject), single.scoreOf(REALM, LEARNING, subject));
                uint32 epoch = _reputation.currentEpoch();
                assertEq(
                    _reputation.scoreAtEpoch(REALM, LEARNING, subject, epoch),
                    single.scoreAtEpoch(REALM, LEARNING, subject, epoch)
                );
            }
        }
    }

    // ---------------------------------------------------------------- weights

    function test_REP14_weightsAreBentAndCapped() public {
        _award(ALICE, 1000);
        assertEq(_weight(Curve.Linear, UNCAPPED), 1000);
        assertEq(_weight(Curve.Linear, 700), 700);
        assertEq(_weight(Curve.Root, UNCAPPED), 31);
        assertEq(_weight(Curve.Root, 30), 30);
        assertEq(_weight(Curve.Logarithm, UNCAPPED), 9);
        assertEq(_weight(Curve.Logarithm, 0), 0);
        assertEq(_reputation.weightOf(REALM, LEARNING, BOB, Curve.Logarithm, UNCAPPED), 0);
    }

    /// @dev The attack: earning points once the vote is known.
    function test_REP14_aWeightAtAnEpochIgnoresWhatCameLater() public {
        _award(ALICE, 100);
        vm.warp(START + WEEK);
        uint32 epoch = _reputation.currentEpoch();
        uint96 weight = _reputation.weightAtEpoch(REALM, LEARNING, ALICE, epoch, Curve.Root, UNCAPPED);
        assertEq(weight, 9);
        _award(ALICE, 900);
        assertEq(_reputation.weightAtEpoch(REALM, LEARNING, ALICE, epoch, Curve.Root, UNCAPPED), weight);
        vm.expectRevert(abi.encodeWithSelector(IReputation.Reputation_EpochNotStarted.selector, epoch + 1, epoch));
        _reputation.weightAtEpoch(REALM, LEARNING, ALICE, epoch + 1, Curve.Root, UNCAPPED);
    }

    /// @dev Monotone, capped, and splitting a score over identities is the only way that it gains: a bylaw that bends
    /// weights needs one member one identity.
    function testFuzz_REP14_weightsAreMonotoneAndConcave(uint96 score, uint96 more, uint96 cap) public pure {
        more = uint96(bound(more, 0, type(uint96).max - score));
        for (uint8 curve; curve <= uint8(type(Curve).max); ++curve) {
            uint256 alone = WeightLib.weigh(score, Curve(curve), cap);
            uint256 other = WeightLib.weigh(more, Curve(curve), cap);
            uint256 together = WeightLib.weigh(score + more, Curve(curve), cap);
            assertLe(alone, cap);
            assertLe(alone, score);
            assertLe(alone, together);
            // roundings may take one from each part
            assertLe(together, alone + other + 1);
        }
    }

    // ---------------------------------------------------------------- what standing must survive

    /// @dev The attack: an issuer that was dismissed in the middle of an epoch comes back for a fresh cap.
    function test_REP15_anIssuerRevokedInTheMiddleOfAnEpochHasNoFreshCapWhenItReturns() public {
        _award(ALICE, 600);
        vm.warp(START + WEEK / 2);
        vm.prank(REALM);
        _reputation.revokeIssuer(LEARNING, ISSUER);
        bytes memory refusal = abi.encodeWithSelector(
            IReputation.Reputation_NotIssuer.selector,
            REALM,
            LEARNING,
            ISSUER
        );
        vm.expectRevert(refusal);
        _award(ALICE, 1);
        vm.expectRevert(refusal);
        _awardMany(_subjects(ALICE, BOB), _amounts(0, 0));
        vm.expectRevert(refusal);
        vm.prank(ISSUER);
        _reputation.penalise(REALM, LEARNING, ALICE, 1, EVIDENCE);
        // what it wrote stands, and goes on fading
        assertEq(_reputation.scoreOf(REALM, LEARNING, ALICE), 584);

        address other = address(0x07e4);
        _appoint(other, 1);
        vm.prank(other);
        _reputation.award(REALM, LEARNING, BOB, 1, EVIDENCE);

        _appoint(ISSUER, CAP);
        vm.expectRevert(
            abi.encodeWithSelector(IReputation.Reputation_CapExceeded.selector, REALM, LEARNING, ISSUER, 401, 400)
        );
        _award(ALICE, 401);
        _award(ALICE, 400);
    }

    /// @dev The attack: ids that equal addresses of realms, issuers or subjects, to reach another's words.
    function testFuzz_REP19_equalWordsInOtherPlacesDoNotCollide(address word, address realm) public {
        vm.assume(word != realm && word != address(0) && realm != address(0));
        CategoryId category = CategoryId.wrap(bytes32(uint256(uint160(word))));
        CategoryId other = CategoryId.wrap(bytes32(uint256(uint160(realm))));
        _reputation.addCategory(category, HALF_LIFE);
        _reputation.addCategory(other, HALF_LIFE);
        vm.prank(realm);
        _reputation.appointIssuer(category, word, CAP, CAP);
        vm.prank(word);
        _reputation.award(realm, category, Did.wrap(word), 7, EVIDENCE);

        assertEq(_reputation.scoreOf(realm, category, Did.wrap(word)), 7);
        assertEq(_reputation.scoreOf(word, category, Did.wrap(word)), 0);
        assertEq(_reputation.scoreOf(word, other, Did.wrap(realm)), 0);
        assertEq(_reputation.scoreOf(realm, other, Did.wrap(word)), 0);
        assertEq(_reputation.scoreOf(realm, category, Did.wrap(realm)), 0);
        assertEq(_reputation.totalOf(word, other), 0);
        (bool appointed, , , , ) = _reputation.issuerOf(word, other, realm);
        assertFalse(appointed);
        vm.expectRevert(abi.encodeWithSelector(IReputation.Reputation_NotIssuer.selector, realm, other, word));
        vm.prank(word);
        _reputation.award(realm, other, Did.wrap(word), 1, EVIDENCE);
    }

    /// @dev The attack: adding a category again under its id, to change how fast everybody's scores of it fade.
    function testFuzz_REP01_aCategoryIdIsTakenOnce(uint32 halfLife) public {
        vm.expectRevert(
            halfLife == 0
                ? abi.encodeWithSelector(IReputation.Reputation_ZeroHalfLife.selector, LEARNING)
                : abi.encodeWithSelector(IReputation.Reputation_CategoryExists.selector, LEARNING, HALF_LIFE)
        );
        _reputation.addCategory(LEARNING, halfLife);
    }

    function test_REP16_theClockMayReachItsLastSecond() public {
        _award(ALICE, 1000);
        uint256 last = type(uint48).max;
        vm.warp(last - HALF_LIFE);
        assertEq(_reputation.scoreOf(REALM, LEARNING, ALICE), 0);
        assertEq(_reputation.totalOf(REALM, LEARNING), 1);
        _award(BOB, 1000);
        vm.warp(last);
        assertEq(_reputation.scoreOf(REALM, LEARNING, BOB), 500);
        _awardMany(_subjects(ALICE, BOB), _amounts(10, 20));
        assertEq(_reputation.scoreOf(REALM, LEARNING, BOB), 520);
        assertEq(_reputation.scoreOf(REALM, LEARNING, ALICE), 10);
        uint32 epoch = _reputation.currentEpoch();
        assertEq(epoch, last / WEEK);
        assertGe(_reputation.scoreAtEpoch(REALM, LEARNING, BOB, epoch), 500);
        assertEq(_reputation.scoreAtEpoch(REALM, LEARNING, ALICE, epoch), 0);
        vm.expectRevert(
            abi.encodeWithSelector(IReputation.Reputation_EpochNotStarted.selector, type(uint32).max, epoch)
        );
        _reputation.scoreAtEpoch(REALM, LEARNING, BOB, type(uint32).max);
    }

    // ---------------------------------------------------------------- helpers

    function _appoint(address issuer, uint88 cap) private {
        vm.prank(REALM);
        _reputation.appointIssuer(LEARNING, issuer, cap, cap);
    }

    function _award(Did subject, uint96 amount) private {
        vm.prank(ISSUER);
        _reputation.award(REALM, LEARNING, subject, amount, EVIDENCE);
    }

    function _awardMany(Did[] memory subjects, uint96[] memory amounts) private {
        vm.prank(ISSUER);
        _reputation.awardMany(REALM, LEARNING, subjects, amounts, EVIDENCE);
    }

    function _weight(Curve curve, uint96 cap) private view returns (uint96 weight) {
        return _reputation.weightOf(REALM, LEARNING, ALICE, curve, cap);
    }

    function _subjects(Did first, Did second) private pure returns (Did[] memory subjects) {
        subjects = new Did[](2);
        (subjects[0], subjects[1]) = (first, second);
    }

    function _amounts(uint96 first, uint96 second) private pure returns (uint96[] memory amounts) {
        amounts = new uint96[](2);
        (amounts[0], amounts[1]) = (first, second);
    }
}
