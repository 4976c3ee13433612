// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

import {ICooperativeFactory} from "../../../contracts/founding/interfaces/ICooperativeFactory.sol";
import {ICooperativeGovernor} from "../../../contracts/governance/interfaces/ICooperativeGovernor.sol";
import {IPolicyBook} from "../../../contracts/governance/interfaces/IPolicyBook.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {IProxies} from "../../../contracts/membership/interfaces/IProxies.sol";
import {CategoryId} from "../../../contracts/reputation/types/CategoryId.sol";
import {Curve} from "../../../contracts/reputation/types/Curve.sol";
import {CooperativeFixture, Ledger} from "./CooperativeFixture.sol";

/// @dev Branches: Weighting.tree. Ballots on `Ledger.set` weigh by a score that hardly fades, at most 10.
contract WeightingTest is CooperativeFixture {
    CategoryId private constant CRAFT = CategoryId.wrap(keccak256("craft"));
    bytes32 private constant BALLOT = keccak256("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)");
    uint8 private constant HEADS = 2;
    uint256 private constant MEMBERS = 9;
    uint8 private constant NO = 0;
    uint8 private constant YES = 1;
    uint8 private constant ABSTAIN = 2;
    uint8 private constant VETO = 3;

    address private _coop;
    uint16 private _seats;
    uint8[MEMBERS + 1] private _expected; // ballot of each member, as the governor keeps it

    function setUp() public {
        _deploy();
        reputation.addCategory(CRAFT, type(uint32).max);
        ICooperativeFactory.FoundingTerms memory terms = _terms(
            MEMBERS,
            _weighted(Curve.Linear, 10),
            _constitutional()
        );
        ICooperativeFactory.ClassPolicy[] memory policies = new ICooperativeFactory.ClassPolicy[](3);
        (policies[0], policies[1]) = (terms.policies[0], terms.policies[1]);
        policies[2] = ICooperativeFactory.ClassPolicy(HEADS, _ordinary());
        terms.policies = policies;
        _useFounded(terms);
        _coop = address(treasury);
        vm.prank(_coop);
        reputation.appointIssuer(CRAFT, address(this), type(uint88).max, type(uint88).max);
    }

    // ------------------------------------------------------------------------------------------------- weights

    function test_GSW08_weight_isTheScore_atLeastOne_atMostTheCap() public {
        _award(1, 5);
        _award(2, 1_000_000);
        uint256 id = _open();
        _expectWeight(id, 1, YES, 4); // 5, faded below
        _expectWeight(id, 2, NO, 10);
        _expectWeight(id, 3, ABSTAIN, 1);
        _expectWeight(id, 4, VETO, 1);
        _expectVotes(id, 11, 4, 1);
        (uint256 against, uint256 inFavour, uint256 abstain, uint256 veto) = governor.proposalBallots(id);
        assertEq(keccak256(abi.encode(against, inFavour, abstain, veto)), keccak256(abi.encode(1, 1, 1, 1)));
        assertEq(governor.proposalVetoes(id), 1);
    }

    function test_GSW08_weight_alongACurve() public {
        vm.prank(_coop);
        policyBook.setPolicy(ORDINARY, _weighted(Curve.Root, 10));
        _award(1, 50);
        uint256 id = _open();
        _expectWeight(id, 1, YES, 7);
    }

    /// @dev No category of this name: everybody has a score of 0.
    function test_GSW08_weight_inAnUnknownCategory_isOne() public {
        IPolicyBook.Policy memory policy = _weighted(Curve.Linear, 10);
        policy.category = CategoryId.wrap("nothing");
        vm.prank(_coop);
        policyBook.setPolicy(ORDINARY, policy);
        _award(1, 50);
        uint256 id = _open();
        _expectWeight(id, 1, YES, 1);
    }

    /// @dev Another realm's praise is worth nothing here.
    function test_GSW08_weight_isOfTheOwnRealm() public {
        reputation.appointIssuer(CRAFT, address(this), type(uint88).max, 0);
        reputation.award(address(this), CRAFT, Did.wrap(_member(1)), 50, 0);
        uint256 id = _open();
        _expectWeight(id, 1, YES, 1);
    }

    function test_GSW08_weight_followsTheMemberToAnotherKey() public {
        _award(1, 8);
        uint256 id = _open();
        registry.setOwner(_member(1), vm.addr(77));
        membership.rebind(_coop, 1);
        vm.prank(vm.addr(77));
        assertEq(governor.castVote(id, YES), 7);
    }

    // ------------------------------------------------------------------------------------------------- attacks

    /// @dev What is won once the week has begun counts from the next week on.
    function test_GSW09_pumped_beforeTheProposal_inTheSameWeek() public {
        _toNextWeek();
        vm.warp(block.timestamp + 1 days);
        _award(1, 10);
        uint256 id = _proposeSet(1);
        _toVoting(id);
        _expectWeight(id, 1, YES, 1);
    }

    function test_GSW09_pumped_inTheSecondTheWeekBegins() public {
        _toNextWeek();
        _award(1, 10);
        vm.warp(block.timestamp + 1);
        uint256 id = _proposeSet(1);
        _toVoting(id);
        _expectWeight(id, 1, YES, 1);
    }

    function test_GSW09_pumped_afterTheProposal() public {
        _toNextWeek();
        vm.warp(block.timestamp + 6 days);
        uint256 id = _proposeSet(1);
        _award(1, 10);
        vm.warp(block.timestamp + 2 days); // another week
        _expectWeight(id, 1, YES, 1);
    }

    /// @dev Penalised between ballot and change: the change takes off what the ballot had brought, no more and no less.
    function test_GSW09_lost_betweenABallotAndItsChange() public {
        _award(1, 10);
        _award(2, 5);
        uint256 id = _open();
        _expectWeight(id, 1, YES, 9);
        _expectWeight(id, 2, NO, 4);
        reputation.penalise(_coop, CRAFT, Did.wrap(_member(1)), 10, 0);
        _expectWeight(id, 1, NO, 9);
        _expectVotes(id, 13, 0, 0);
        _expectWeight(id, 1, ABSTAIN, 9);
        _expectVotes(id, 4, 0, 9);
    }

    function test_GSW09_lost_afterTheMemberLeft_theBallotStays() public {
        _award(1, 10);
        uint256 id = _open();
        _expectWeight(id, 1, YES, 9);
        vm.prank(_member(1));
        membership.resign(_coop);
        _expectVotes(id, 0, 9, 0);
    }

    function test_GSW09_policy_changedMeanwhile() public {
        _award(1, 10);
        uint256 id = _open();
        _expectWeight(id, 1, YES, 9);
        vm.prank(_coop);
        policyBook.setPolicy(ORDINARY, _weighted(Curve.Linear, 2));
        _expectWeight(id, 1, NO, 9);
        _expectVotes(id, 9, 0, 0);
    }

    /// @dev All at the cap, in the largest numbers that a policy takes.
    function test_GSW09_overflow_none() public {
        vm.prank(_coop);
        policyBook.setPolicy(ORDINARY, _weighted(Curve.Linear, type(uint16).max));
        for (uint256 number = 1; number <= MEMBERS; ++number) _award(number, type(uint64).max);
        uint256 id = _open();
        for (uint256 number = 1; number <= MEMBERS; ++number) _vote(id, number, VETO);
        _expectVotes(id, MEMBERS * type(uint16).max, 0, 0);
        for (uint256 number = 1; number <= MEMBERS; ++number) _vote(id, number, NO);
        _expectVotes(id, MEMBERS * type(uint16).max, 0, 0);
        assertEq(governor.proposalVetoes(id), 0);
    }

    // ------------------------------------------------------------------------------------------------- outcome

    function test_GSW08_approval_byWeight() public {
        _award(1, 9);
        uint256 id = _open();
        _vote(id, 1, YES); // 8
        for (uint256 number = 2; number <= 8; ++number) _vote(id, number, NO); // 7
        vm.warp(governor.proposalDeadline(id) + 1);
        _expectState(id, IGovernor.ProposalState.Queued);
    }

    function test_GSW08_quorum_byHeads() public {
        _award(1, 10);
        _award(2, 10);
        uint256 id = _open();
        _vote(id, 1, YES);
        _vote(id, 2, YES); // 18 of 25, and two of nine
        vm.warp(governor.proposalDeadline(id) + 1);
        _expectState(id, IGovernor.ProposalState.Defeated);
    }

    function test_GSW08_veto_byHeads() public {
        IPolicyBook.Policy memory policy = _weighted(Curve.Linear, 10);
        (policy.vetoNumerator, policy.vetoDenominator) = (1, 3);
        vm.prank(_coop);
        policyBook.setPolicy(CONSTITUTIONAL, _vetoed(_constitutional()));
        vm.prank(_coop);
        policyBook.setPolicy(HEADS, _vetoed(_ordinary()));
        vm.prank(_coop);
        policyBook.setPolicy(ORDINARY, policy);
        _award(1, 10);
        _award(2, 10);
        uint256 id = _open();
        _vote(id, 1, YES);
        _vote(id, 2, YES);
        _vote(id, 3, VETO);
        _vote(id, 4, VETO);
        uint256 defeated = _proposeSet(2);
        _toVoting(defeated);
        _vote(defeated, 1, YES);
        _vote(defeated, 2, YES);
        for (uint256 number = 3; number <= 5; ++number) _vote(defeated, number, VETO);
        vm.warp(governor.proposalDeadline(defeated) + 1);
        _expectState(id, IGovernor.ProposalState.Queued);
        _expectState(defeated, IGovernor.ProposalState.Defeated);
    }

    function test_GOV18_lateTurn_byWeight() public {
        IPolicyBook.Policy memory policy = _weighted(Curve.Linear, 10);
        policy.lateWindow = 1 hours;
        vm.prank(_coop);
        policyBook.setPolicy(ORDINARY, policy);
        _award(1, 5);
        uint256 id = _open();
        for (uint256 number = 2; number <= 4; ++number) _vote(id, number, NO);
        uint256 deadline = governor.proposalDeadline(id);
        vm.warp(deadline);
        vm.expectEmit(address(governor));
        emit ICooperativeGovernor.ProposalExtended(id, uint64(deadline + 1 hours));
        _vote(id, 1, YES); // 4 against 3
        assertEq(governor.proposalDeadline(id), deadline + 1 hours);
    }

    // ----------------------------------------------------------------------------------------------- policies

    function test_GSW10_classify_refusesMixedWeightings() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _two();
        bytes memory mixed = abi.encodeWithSelector(
            IPolicyBook.PolicyBook_MixedWeightings.selector,
            ORDINARY,
            CONSTITUTIONAL
        );
        vm.prank(_member(1));
        vm.expectRevert(mixed);
        governor.propose(targets, values, calldatas, "");
        (targets[0], targets[1]) = (targets[1], targets[0]);
        (calldatas[0], calldatas[1]) = (calldatas[1], calldatas[0]);
        vm.prank(_member(1));
        vm.expectRevert(mixed);
        governor.propose(targets, values, calldatas, "");
    }

    function test_GSW10_classify_comparesCapAndCurve() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _two();
        uint8 lowest = 0;
        vm.prank(_coop);
        policyBook.setPolicy(lowest, _weighted(Curve.Linear, 11));
        vm.prank(_coop);
        policyBook.setRule(address(ledger), Ledger.refuse.selector, IPolicyBook.Rule(lowest, 0, 0, false));
        vm.expectRevert(abi.encodeWithSelector(IPolicyBook.PolicyBook_MixedWeightings.selector, lowest, ORDINARY));
        policyBook.classify(_coop, targets, values, calldatas);
        vm.prank(_coop);
        policyBook.setPolicy(lowest, _weighted(Curve.Linear, 10));
        (uint8 policyClass, , ) = policyBook.classify(_coop, targets, values, calldatas);
        assertEq(policyClass, ORDINARY);
    }

    function test_GSW10_setPolicy_keepsWeightsBelowHeads() public {
        vm.prank(_coop);
        vm.expectRevert(
            abi.encodeWithSelector(IPolicyBook.PolicyBook_InvalidPolicy.selector, CONSTITUTIONAL, "category")
        );
        policyBook.setPolicy(CONSTITUTIONAL, _weighted(Curve.Linear, 10));
        vm.prank(_coop);
        vm.expectRevert(abi.encodeWithSelector(IPolicyBook.PolicyBook_NotMonotone.selector, HEADS, 3, "category"));
        policyBook.setPolicy(3, _weighted(Curve.Linear, 10));
        vm.prank(_coop);
        vm.expectRevert(abi.encodeWithSelector(IPolicyBook.PolicyBook_NotMonotone.selector, 0, ORDINARY, "category"));
        policyBook.setPolicy(0, _ordinary());
    }

    function test_GSW10_setPolicy_namesCategoryAndCapTogether() public {
        _expectInvalid(_weighted(Curve.Linear, 0), "weightCap");
        IPolicyBook.Policy memory policy = _ordinary();
        policy.weightCap = 1;
        _expectInvalid(policy, "weightCap");
        policy = _ordinary();
        policy.curve = Curve.Root;
        _expectInvalid(policy, "curve");
    }

    function test_GSW10_setPolicy_announcesTheCategory() public {
        vm.expectEmit(address(policyBook));
        emit IPolicyBook.WeightingSet(_coop, 4, CRAFT);
        vm.prank(_coop);
        uint256 version = policyBook.setPolicy(ORDINARY, _weighted(Curve.Logarithm, 3));
        IPolicyBook.Policy memory policy = policyBook.policyAt(_coop, version);
        assertEq(
            keccak256(abi.encode(policy.category, policy.curve, policy.weightCap)),
            keccak256(abi.encode(CRAFT, Curve.Logarithm, 3))
        );
    }

    // ------------------------------------------------------------------------------------------------- tallies

    /// @dev Random ballots and changes, direct, in batches and by proxy, while scores rise and fall, against a count by
    /// hand: weights once, as they were when the proposal was made.
    function testFuzz_GOV17_weights(uint256 seed) public {
        uint256[MEMBERS + 1] memory weights;
        for (uint256 number = 1; number <= MEMBERS; ++number) {
            seed = _next(seed);
            if (seed % 3 != 0) _award(number, uint96((seed >> 8) % 16));
        }
        vm.prank(_coop);
        proxies.setLimits(100, 1, 90 days);
        for (uint256 principal = 6; principal <= MEMBERS; ++principal) _give(principal, 5);
        uint256 id = _open();
        uint32 epoch = reputation.currentEpoch();
        for (uint256 number = 1; number <= MEMBERS; ++number) {
            uint256 score = reputation.scoreAtEpoch(_coop, CRAFT, Did.wrap(_member(number)), epoch);
            weights[number] =
                score == 0
                    ? 1
                    : score > 10
                        ? 10
                        : score;
        }
        for (uint256 step; step < 12; ++step) {
            seed = _next(seed);
            uint256 number = 1 + ((seed >> 8) % MEMBERS);
            uint8 support = uint8((seed >> 16) % 4);
            if (seed % 4 == 0) _castProxied(id, support);
            else if (seed % 4 == 1) _castBatch(id, number, support);
            else if (seed % 4 == 2) _castOwn(id, number, support);
            else _award(number, uint96((seed >> 24) % 100));
        }
        uint256[4] memory sums;
        for (uint256 number = 1; number <= MEMBERS; ++number) {
            assertEq(governor.ballotOf(id, number), _expected[number]);
            if (_expected[number] != 0) sums[(_expected[number] - 1) % 4] += weights[number];
        }
        _expectVotes(id, sums[0] + sums[3], sums[1], sums[2]);
        (uint256 against, uint256 inFavour, uint256 abstain, uint256 veto) = governor.proposalBallots(id);
        bool passes = inFavour != 0 && (against + inFavour + abstain + veto) * 3 >= MEMBERS;
        passes = passes && sums[1] > sums[0] + sums[3];
        vm.warp(governor.proposalDeadline(id) + 1);
        _expectState(id, passes ? IGovernor.ProposalState.Queued : IGovernor.ProposalState.Defeated);
    }

    function test_GSW08_proxied_announcesWeights() public {
        _award(6, 10);
        vm.prank(_coop);
        proxies.setLimits(100, 1, 90 days);
        _give(6, 5);
        _give(7, 5);
        uint256 id = _open();
        uint256[] memory members = new uint256[](2);
        uint256[] memory weights = new uint256[](2);
        (members[0], members[1], weights[0], weights[1]) = (6, 7, 9, 1);
        vm.expectEmit(address(governor));
        emit ICooperativeGovernor.ProxiedBallotsWeighed(id, members, weights);
        vm.prank(_member(5));
        governor.castProxied(id, YES, members);
        _expectVotes(id, 0, 10, 0);
        _expectWeight(id, 6, NO, 9); // in person
        _expectVotes(id, 9, 1, 0);
    }

    // ------------------------------------------------------------------------------------------------- helpers

    function _weighted(Curve curve, uint16 cap) private pure returns (IPolicyBook.Policy memory policy) {
        policy = _ordinary();
        (policy.category, policy.curve, policy.weightCap) = (CRAFT, curve, cap);
    }

    function _vetoed(IPolicyBook.Policy memory policy) private pure returns (IPolicyBook.Policy memory) {
        (policy.vetoNumerator, policy.vetoDenominator) = (1, 3);
        return policy;
    }

    function _award(uint256 number, uint96 amount) private {
        reputation.award(_coop, CRAFT, Did.wrap(_member(number)), amount, 0);
    }

    function _toNextWeek() private {
        vm.warp((block.timestamp / 1 weeks + 1) * 1 weeks);
    }

    /// @dev A proposal in the next week, open for ballots.
    function _open() private returns (uint256 id) {
        _toNextWeek();
        vm.warp(block.timestamp + 1 days);
        id = _proposeSet(1);
        _toVoting(id);
    }

    /// @dev Two actions of different classes.
    function _two() private view returns (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) {
        targets = new address[](2);
        values = new uint256[](2);
        calldatas = new bytes[](2);
        (targets[0], calldatas[0]) = (address(ledger), abi.encodeCall(Ledger.set, (1)));
        (targets[1], calldatas[1]) = (address(ledger), abi.encodeCall(Ledger.refuse, ()));
    }

    function _next(uint256 seed) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed)));
    }

    function _give(uint256 principal, uint32 holder) private {
        vm.prank(_member(principal));
        proxies.nameProxy(_coop, IProxies.Naming(type(uint8).max, holder, uint48(block.timestamp + 30 days), 0));
        vm.prank(_member(holder));
        proxies.accept(_coop, principal, type(uint8).max, _seats);
        ++_seats;
    }

    function _castOwn(uint256 id, uint256 number, uint8 support) private {
        uint8 former = _expected[number];
        if (former > 4 && (former - 1) % 4 == support) return;
        _vote(id, number, support);
        _expected[number] = (former > 4 ? 9 : 5) + support;
    }

    function _castBatch(uint256 id, uint256 number, uint8 support) private {
        uint8 former = _expected[number];
        bool isChange = former > 4;
        bytes32 structHash = keccak256(abi.encode(BALLOT, id, support, _member(number), uint256(isChange ? 1 : 0)));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(
            _key(number),
            typedDigest("Artel Governor", address(governor), structHash)
        );
        ICooperativeGovernor.SignedBallot[] memory ballots = new ICooperativeGovernor.SignedBallot[](1);
        bytes memory signature = abi.encodePacked(r, s, v);
        ballots[0] = ICooperativeGovernor.SignedBallot(abi.encodePacked(_member(number)), support, isChange, signature);
        uint256 counted = governor.castVotesBySig(id, ballots);
        if (former > 8 || (former > 4 && (former - 1) % 4 == support)) {
            assertEq(counted, 0);
        } else {
            assertEq(counted, 1);
            _expected[number] = (isChange ? 9 : 5) + support;
        }
    }

    function _castProxied(uint256 id, uint8 support) private {
        uint256[] memory principals = new uint256[](MEMBERS - 5);
        bool isAny;
        for (uint256 i; i < principals.length; ++i) {
            principals[i] = i + 6;
            if (_expected[i + 6] != 0) continue;
            _expected[i + 6] = 1 + support;
            isAny = true;
        }
        if (!isAny) return;
        vm.prank(_member(5));
        governor.castProxied(id, support, principals);
    }

    function _expectWeight(uint256 id, uint256 number, uint8 support, uint256 weight) private {
        vm.expectEmit(address(governor));
        emit IGovernor.VoteCast(_member(number), id, support, weight, "");
        vm.prank(_member(number));
        assertEq(governor.castVote(id, support), weight);
    }

    function _expectVotes(uint256 id, uint256 against, uint256 inFavour, uint256 abstain) private view {
        (uint256 no, uint256 yes, uint256 neither) = governor.proposalVotes(id);
        assertEq(keccak256(abi.encode(no, yes, neither)), keccak256(abi.encode(against, inFavour, abstain)));
    }

    function _expectState(uint256 id, IGovernor.ProposalState expected) private view {
        assertEq(uint256(governor.state(id)), uint256(expected));
    }

    function _expectInvalid(IPolicyBook.Policy memory policy, string memory field) private {
        vm.prank(_coop);
        vm.expectRevert(abi.encodeWithSelector(IPolicyBook.PolicyBook_InvalidPolicy.selector, ORDINARY, field));
        policyBook.setPolicy(ORDINARY, policy);
    }
}
