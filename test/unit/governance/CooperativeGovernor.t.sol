// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {ICooperativeFactory} from "../../../contracts/founding/interfaces/ICooperativeFactory.sol";
import {CooperativeGovernor} from "../../../contracts/governance/CooperativeGovernor.sol";
import {ICooperativeGovernor} from "../../../contracts/governance/interfaces/ICooperativeGovernor.sol";
import {IPolicyBook} from "../../../contracts/governance/interfaces/IPolicyBook.sol";
import {ITreasury} from "../../../contracts/governance/interfaces/ITreasury.sol";
import {SignerWallet} from "../../../contracts/mocks/SignerWallet.sol";
import {CooperativeFixture, Ledger} from "./CooperativeFixture.sol";

/// @dev Executes another passed proposal, and tries to repeat its own, while it is called.
contract ReentrantTarget {
    CooperativeGovernor private immutable GOVERNOR;
    bytes public inner;
    bool public innerSucceeded;
    uint256 public calls;

    constructor(CooperativeGovernor governor) {
        GOVERNOR = governor;
    }

    function setInner(bytes calldata data) external {
        inner = data;
    }

    function poke() external {
        ++calls;
        // solhint-disable-next-line avoid-low-level-calls
        (innerSucceeded, ) = address(GOVERNOR).call(inner);
    }
}

/// @dev Branches: CooperativeGovernor.tree.
contract CooperativeGovernorTest is CooperativeFixture {
    bytes32 private constant BALLOT = keccak256("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)");
    bytes32 private constant EXTENDED = keccak256(
        "ExtendedBallot(uint256 proposalId,uint8 support,address voter,uint256 nonce,string reason,bytes params)"
    );

    function setUp() public {
        _deploy();
        _found(7, _ordinary(), _constitutional());
    }

    // ---------------------------------------------------------------------------------------- proposing

    function test_GOV25_propose_recordsTheProposal() public {
        uint256 created = block.timestamp;
        uint256 id = _proposeSet(5);
        assertEq(governor.proposalSnapshot(id), created + 1 hours);
        assertEq(governor.proposalDeadline(id), created + 1 hours + 3 days);
        assertEq(governor.proposalEta(id), created + 1 hours + 4 days);
        assertEq(governor.proposalElectorate(id), 7);
        assertEq(governor.proposalProposer(id), _member(1));
        (uint256 version, uint256 word) = governor.proposalPolicy(id);
        assertEq(version, policyBook.currentVersion(address(treasury), ORDINARY));
        assertEq(word, policyBook.policyWord(address(treasury), version));
        _expectState(id, IGovernor.ProposalState.Pending);
        assertTrue(governor.proposalNeedsQueuing(id));
    }

    function test_GOV11_propose_revertsForAStranger() public {
        vm.expectRevert(abi.encodeWithSelector(ICooperativeGovernor.Governor_NotAMember.selector, address(this)));
        _propose(address(this), address(ledger), 0, "");
    }

    function test_GOV11_propose_revertsForAMemberOfTheSameSecond() public {
        _admitNow(_member(8));
        vm.expectRevert(abi.encodeWithSelector(ICooperativeGovernor.Governor_NotAMember.selector, _member(8)));
        _propose(_member(8), address(ledger), 0, "");
    }

    function test_GOV12_propose_revertsForAnUnevenOrEmptyOrLongList() public {
        address[] memory none = new address[](0);
        vm.startPrank(_member(1));
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidProposalLength.selector, 0, 0, 0));
        governor.propose(none, new uint256[](0), new bytes[](0), "");
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidProposalLength.selector, 0, 1, 0));
        governor.propose(none, new uint256[](0), new bytes[](1), "");
        vm.expectRevert(abi.encodeWithSelector(ICooperativeGovernor.Governor_TooManyActions.selector, 33, 32));
        governor.propose(new address[](33), new uint256[](33), new bytes[](33), "");
        vm.stopPrank();
    }

    function test_GOV12_propose_revertsTwice() public {
        uint256 id = _proposeSet(5);
        vm.expectRevert(
            abi.encodeWithSelector(
                IGovernor.GovernorUnexpectedProposalState.selector,
                id,
                IGovernor.ProposalState.Pending,
                bytes32(0)
            )
        );
        _proposeSet(5);
    }

    function test_GOV12_propose_keepsADescriptionForItsProposer() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(address(ledger), 0, "");
        string memory description = string.concat("text#proposer=", Strings.toHexString(_member(2)));
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorRestrictedProposer.selector, _member(1)));
        vm.prank(_member(1));
        governor.propose(targets, values, calldatas, description);
        vm.prank(_member(2));
        governor.propose(targets, values, calldatas, description);
        // Not an address: a text like any other.
        vm.prank(_member(1));
        governor.propose(targets, values, calldatas, "#proposer=0xzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz");
    }

    function test_FND05_implementation_hasNoCooperative() public {
        governor = CooperativeGovernor(factory.GOVERNOR_IMPLEMENTATION());
        vm.expectRevert();
        _proposeSet(5);
    }

    // ------------------------------------------------------------------------------------------- voting

    function test_GOV14_castVote_countsAndChanges() public {
        uint256 id = _proposeSet(5);
        _toVoting(id);
        _vote(id, 1, 1);
        _vote(id, 2, 0);
        _vote(id, 3, 2);
        _vote(id, 4, 3);
        _expectVotes(id, 2, 1, 1);
        assertEq(governor.proposalVetoes(id), 1);
        assertEq(governor.ballotOf(id, 1), 6);
        _vote(id, 1, 0);
        _vote(id, 4, 1);
        _vote(id, 1, 2);
        _expectVotes(id, 1, 1, 2);
        assertEq(governor.proposalVetoes(id), 0);
        assertEq(governor.ballotOf(id, 1), 11);
        assertTrue(governor.hasVoted(id, _member(1)));
        assertFalse(governor.hasVoted(id, _member(5)));
        assertFalse(governor.hasVoted(id, address(this)));
    }

    function test_GOV14_castVote_revertsForTheSameSupport() public {
        uint256 id = _proposeSet(5);
        _toVoting(id);
        _vote(id, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorAlreadyCastVote.selector, _member(1)));
        _vote(id, 1, 1);
    }

    function test_GOV16_castVote_revertsForUnknownSupport() public {
        uint256 id = _proposeSet(5);
        _toVoting(id);
        vm.expectRevert(IGovernor.GovernorInvalidVoteType.selector);
        _vote(id, 1, 4);
    }

    function test_GOV16_castVote_revertsForParameters() public {
        uint256 id = _proposeSet(5);
        _toVoting(id);
        vm.expectRevert(IGovernor.GovernorInvalidVoteParams.selector);
        vm.prank(_member(1));
        governor.castVoteWithReasonAndParams(id, 1, "", hex"00");
    }

    function test_GOV16_castVote_revertsOutsideTheVotingPeriod() public {
        uint256 id = _proposeSet(5);
        uint256 start = governor.proposalSnapshot(id);
        uint256 end = governor.proposalDeadline(id);
        vm.warp(start);
        _expectNotActive(id, IGovernor.ProposalState.Pending);
        _vote(id, 1, 1);
        vm.warp(start + 1);
        _vote(id, 1, 1);
        vm.warp(end);
        _vote(id, 2, 1);
        vm.warp(end + 1);
        _expectNotActive(id, IGovernor.ProposalState.Defeated);
        _vote(id, 3, 1);
    }

    function test_GOV16_castVote_revertsWithoutAProposal() public {
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorNonexistentProposal.selector, 42));
        _vote(42, 1, 1);
    }

    function test_GOV13_castVote_flashMembersNeverCount() public {
        // Members admitted before, in and after the second of the proposal.
        vm.warp(block.timestamp + 1);
        _admitNow(_member(8));
        vm.warp(block.timestamp + 1);
        _admitNow(_member(9));
        uint256 id = _proposeSet(5);
        assertEq(governor.proposalElectorate(id), 8);
        vm.warp(block.timestamp + 1);
        _admitNow(_member(10));
        _toVoting(id);
        _vote(id, 8, 1);
        _expectNoRight(id, _member(9));
        _vote(id, 9, 1);
        _expectNoRight(id, _member(10));
        _vote(id, 10, 1);
    }

    function test_GOV13_castVote_revertsAfterLeavingMidVote() public {
        uint256 id = _proposeSet(5);
        _toVoting(id);
        _vote(id, 2, 1);
        vm.prank(_member(1));
        membership.resign(address(treasury));
        vm.prank(_member(2));
        membership.resign(address(treasury));
        _expectNoRight(id, _member(1));
        _vote(id, 1, 1);
        // A ballot stays; nobody can change it, and rejoining gives no second one.
        _admitNow(_member(2));
        _expectNoRight(id, _member(2));
        _vote(id, 2, 0);
        _expectVotes(id, 0, 1, 0);
    }

    function test_GOV13_castVote_revertsWhileSuspended() public {
        uint256 id = _proposeSet(5);
        _toVoting(id);
        vm.prank(address(treasury));
        membership.suspend(3, 0);
        _expectNoRight(id, _member(3));
        _vote(id, 3, 1);
        vm.prank(address(treasury));
        membership.reinstate(address(treasury), 3);
        _vote(id, 3, 1);
    }

    function test_GOV13_castVote_revertsIfSuspendedWhenProposed() public {
        vm.prank(address(treasury));
        membership.suspend(3, 0);
        vm.warp(block.timestamp + 1);
        uint256 id = _proposeSet(5);
        assertEq(governor.proposalElectorate(id), 6);
        _toVoting(id);
        vm.prank(address(treasury));
        membership.reinstate(address(treasury), 3);
        _expectNoRight(id, _member(3));
        _vote(id, 3, 1);
    }

    function test_GOV13_castVote_needsSeasoning() public {
        IPolicyBook.Policy memory constitutional = _constitutional();
        constitutional.seasoning = 10 days;
        _setPolicy(CONSTITUTIONAL, constitutional);
        vm.warp(START + 9 days);
        _admitNow(_member(8));
        // Founded at START, so the seven are seasoned for what is proposed from the next second on.
        vm.warp(START + 10 days + 1);
        uint256 id = _propose(_member(8), address(treasury), 0, hex"12345678");
        assertEq(governor.proposalElectorate(id), 8);
        _toVoting(id);
        _vote(id, 1, 1);
        _expectNoRight(id, _member(8));
        _vote(id, 8, 1);
        assertEq(governor.proposalThreshold(), 1);
    }

    function test_GOV13_castVote_needsSeasoningToTheSecond() public {
        IPolicyBook.Policy memory constitutional = _constitutional();
        constitutional.seasoning = 10 days;
        _setPolicy(CONSTITUTIONAL, constitutional);
        vm.warp(START + 10 days);
        uint256 id = _propose(_member(1), address(treasury), 0, hex"12345678");
        _toVoting(id);
        _expectNoRight(id, _member(1));
        _vote(id, 1, 1);
    }

    // ------------------------------------------------------------------------------------ signed ballots

    function test_GOV15_castVoteBySig_countsAnAccount() public {
        uint256 id = _proposeSet(5);
        _toVoting(id);
        governor.castVoteBySig(id, 1, _member(1), _sign(id, 1, 1, 0));
        _expectVotes(id, 0, 1, 0);
        assertEq(governor.ballotNonce(id, _member(1)), 1);
        // The single signed change; then only the account itself.
        governor.castVoteBySig(id, 0, _member(1), _sign(id, 0, 1, 1));
        _expectVotes(id, 1, 0, 0);
        assertEq(governor.ballotNonce(id, _member(1)), 2);
        _expectAlreadyCast(id, 1, 1, _sign(id, 1, 1, 1));
        _expectAlreadyCast(id, 1, 1, _sign(id, 1, 1, 0));
        _vote(id, 1, 1);
        _expectVotes(id, 0, 1, 0);
    }

    function test_GOV14_castVoteBySig_takesTheChangeFirst() public {
        uint256 id = _proposeSet(5);
        _toVoting(id);
        governor.castVoteBySig(id, 0, _member(1), _sign(id, 0, 1, 1));
        _expectVotes(id, 1, 0, 0);
        _expectAlreadyCast(id, 1, 1, _sign(id, 1, 1, 0));
    }

    function test_GOV15_castVoteBySig_cantBeReplayedAfterADirectBallot() public {
        uint256 id = _proposeSet(5);
        _toVoting(id);
        bytes memory first = _sign(id, 1, 1, 0);
        _vote(id, 1, 0);
        _expectInvalidSignature(id, 1, 1, first);
        _vote(id, 1, 2);
        _expectAlreadyCast(id, 1, 1, _sign(id, 1, 1, 1));
    }

    function test_GOV15_castVoteBySig_revertsForAnythingElse() public {
        uint256 id = _proposeSet(5);
        uint256 other = _proposeSet(6);
        _toVoting(id);
        bytes memory signature = _sign(id, 1, 1, 0);
        _expectInvalidSignature(id, 0, 1, signature); // another support
        _expectInvalidSignature(id, 1, 2, signature); // another voter
        _expectInvalidSignature(other, 1, 1, signature); // another proposal
        _expectInvalidSignature(id, 1, 1, _sign(id, 1, 1, 2)); // another nonce
        _expectInvalidSignature(id, 1, 1, "");
    }

    function test_GOV15_castVoteBySig_cantBeReplayedOnAnotherChain() public {
        uint256 id = _proposeSet(5);
        _toVoting(id);
        bytes memory signature = _sign(id, 1, 1, 0);
        vm.chainId(block.chainid + 1);
        _expectInvalidSignature(id, 1, 1, signature);
    }

    function test_GOV15_castVoteBySig_cantBeReplayedAtAnotherGovernor() public {
        uint256 id = _proposeSet(5);
        bytes memory signature = _sign(id, 1, 1, 0);
        ICooperativeFactory.FoundingTerms memory terms = _terms(7, _ordinary(), _constitutional());
        terms.salt = bytes32(uint256(1));
        _useFounded(terms);
        vm.warp(block.timestamp + 1);
        assertEq(_proposeSet(5), id); // the same identifier
        _toVoting(id);
        _expectInvalidSignature(id, 1, 1, signature);
    }

    function test_GOV15_castVoteBySig_refusesAMalleatedSignature() public {
        uint256 id = _proposeSet(5);
        _toVoting(id);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_key(1), _digest(id, 1, _member(1), 0));
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        bytes memory mirrored = abi.encodePacked(r, bytes32(order - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        _expectInvalidSignature(id, 1, 1, mirrored);
    }

    function test_GOV15_castVoteBySig_countsAWallet() public {
        SignerWallet wallet = new SignerWallet(vm.addr(77));
        _admitNow(address(wallet));
        vm.warp(block.timestamp + 1);
        uint256 id = _proposeSet(5);
        _toVoting(id);
        bytes memory signature = _signAs(77, _digest(id, 1, address(wallet), 0));
        // Its key is not the member.
        vm.expectRevert(abi.encodeWithSelector(ICooperativeGovernor.Governor_NoBallotRight.selector, id, vm.addr(77)));
        governor.castVoteBySig(id, 1, vm.addr(77), signature);
        governor.castVoteBySig(id, 1, address(wallet), signature);
        _expectVotes(id, 0, 1, 0);
        vm.prank(vm.addr(77));
        wallet.setSigner(vm.addr(78));
        signature = _signAs(77, _digest(id, 0, address(wallet), 1));
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, address(wallet)));
        governor.castVoteBySig(id, 0, address(wallet), signature);
    }

    function test_GOV15_castVoteBySig_countsAnAccountThatDelegatesToCode() public {
        uint256 id = _proposeSet(5);
        _toVoting(id);
        vm.etch(_member(1), abi.encodePacked(hex"ef0100", address(ledger)));
        governor.castVoteBySig(id, 1, _member(1), _sign(id, 1, 1, 0));
        _expectVotes(id, 0, 1, 0);
    }

    function test_GOV15_castVoteWithReasonBySig_bindsTheReason() public {
        uint256 id = _proposeSet(5);
        _toVoting(id);
        bytes32 structHash = keccak256(
            abi.encode(EXTENDED, id, uint8(1), _member(1), 0, keccak256("because"), keccak256(""))
        );
        bytes memory signature = _signAs(_key(1), typedDigest("Artel Governor", address(governor), structHash));
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, _member(1)));
        governor.castVoteWithReasonAndParamsBySig(id, 1, _member(1), "otherwise", "", signature);
        vm.expectRevert(IGovernor.GovernorInvalidVoteParams.selector);
        governor.castVoteWithReasonAndParamsBySig(id, 1, _member(1), "because", hex"00", signature);
        vm.expectEmit(address(governor));
        emit IGovernor.VoteCast(_member(1), id, 1, 1, "because");
        governor.castVoteWithReasonAndParamsBySig(id, 1, _member(1), "because", "", signature);
    }

    // ------------------------------------------------------------------------------------------ outcomes

    function test_GOV07_outcome_atHalfOfTwo() public {
        _expectOutcome(2, 1, 2, true, 1, 1, false);
        _expectOutcome(2, 1, 2, false, 1, 1, true);
        _expectOutcome(2, 1, 2, true, 2, 0, true);
    }

    function test_GOV07_outcome_atTwoThirdsOfThree() public {
        _expectOutcome(3, 2, 3, false, 2, 1, true);
        _expectOutcome(3, 2, 3, true, 2, 1, false);
        _expectOutcome(3, 2, 3, false, 1, 2, false);
        _expectOutcome(3, 1, 3, false, 1, 2, true);
        _expectOutcome(3, 1, 3, true, 1, 2, false);
    }

    function test_GOV07_outcome_ofSeven() public {
        _expectOutcome(7, 1, 2, true, 4, 3, true);
        _expectOutcome(7, 1, 2, true, 3, 3, false);
        _expectOutcome(7, 2, 3, false, 4, 2, true);
        _expectOutcome(7, 2, 3, false, 4, 3, false);
        _expectOutcome(7, 2, 3, false, 5, 2, true);
        _expectOutcome(7, 1, 3, false, 2, 4, true);
        _expectOutcome(7, 1, 3, true, 2, 4, false);
    }

    function test_GOV08_outcome_needsAYes() public {
        _expectOutcome(3, 0, 1, false, 0, 0, false);
        _expectOutcome(3, 0, 1, false, 1, 2, true);
    }

    function test_GOV09_outcome_needsTheQuorum() public {
        // A third of seven is 2.33: three ballots, and abstentions are ballots.
        uint256 id = _proposeSet(5);
        _toVoting(id);
        _vote(id, 1, 1);
        _vote(id, 2, 1);
        uint256 end = governor.proposalDeadline(id);
        uint256 now_ = block.timestamp;
        vm.warp(end + 1);
        _expectState(id, IGovernor.ProposalState.Defeated);
        vm.warp(now_);
        _vote(id, 3, 2);
        vm.warp(end + 1);
        _expectState(id, IGovernor.ProposalState.Queued);
    }

    function test_GOV10_outcome_vetoDefeatsOnItsOwn() public {
        IPolicyBook.Policy memory policy = _ordinary();
        (policy.vetoNumerator, policy.vetoDenominator) = (2, 7);
        IPolicyBook.Policy memory constitutional = _constitutional();
        (constitutional.vetoNumerator, constitutional.vetoDenominator) = (2, 7);
        _setPolicy(CONSTITUTIONAL, constitutional);
        _setPolicy(ORDINARY, policy);
        uint256 id = _proposeSet(5);
        _toVoting(id);
        for (uint256 number = 1; number <= 5; ++number) _vote(id, number, 1);
        _vote(id, 6, 3);
        uint256 now_ = block.timestamp;
        vm.warp(governor.proposalDeadline(id) + 1);
        _expectState(id, IGovernor.ProposalState.Queued);
        vm.warp(now_);
        _vote(id, 7, 3);
        vm.warp(governor.proposalDeadline(id) + 1);
        _expectState(id, IGovernor.ProposalState.Defeated);
    }

    /// @dev The governor's tallies and outcome against ones counted by hand from random ballots and changes.
    function testFuzz_GOV17_tallies(uint256 seed) public {
        uint256 id = _proposeSet(5);
        _toVoting(id);
        uint8[] memory ballots = new uint8[](8); // by member number; support + 1
        for (uint256 step; step < 14; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 number = 1 + (seed % 7);
            uint8 support = uint8((seed >> 8) % 4);
            if (ballots[number] == support + 1) continue;
            bool mayBeSigned = governor.ballotNonce(id, _member(number)) < 2;
            if ((seed >> 16) % 2 == 0 && mayBeSigned) {
                bytes memory signature = _sign(id, support, number, governor.ballotNonce(id, _member(number)));
                governor.castVoteBySig(id, support, _member(number), signature);
            } else {
                _vote(id, number, support);
            }
            ballots[number] = support + 1;
        }
        uint256[5] memory counts;
        for (uint256 number = 1; number <= 7; ++number) ++counts[ballots[number]];
        _expectVotes(id, counts[1] + counts[4], counts[2], counts[3]);
        assertEq(governor.proposalVetoes(id), counts[4]);
        bool passes = counts[2] > counts[1] + counts[4] && 3 * (7 - counts[0]) >= 7;
        vm.warp(governor.proposalDeadline(id) + 1);
        _expectState(id, passes ? IGovernor.ProposalState.Queued : IGovernor.ProposalState.Defeated);
    }

    // ----------------------------------------------------------------------------------------- late turn

    function test_GOV18_lateTurn_extendsOnce() public {
        uint256 id = _proposeWithLateWindow();
        uint256 end = governor.proposalDeadline(id);
        _vote(id, 1, 1);
        _vote(id, 2, 1);
        _vote(id, 3, 0);
        vm.warp(end);
        // Two of three pass; the fourth ties, in the last second.
        vm.expectEmit(address(governor));
        emit ICooperativeGovernor.ProposalExtended(id, uint64(end + 1 hours));
        _vote(id, 4, 0);
        assertEq(governor.proposalDeadline(id), end + 1 hours);
        vm.warp(end + 1 hours);
        _vote(id, 5, 1);
        assertEq(governor.proposalDeadline(id), end + 1 hours);
        vm.warp(end + 1 hours + 1);
        _expectState(id, IGovernor.ProposalState.Queued);
        assertEq(governor.proposalEta(id), end + 1 hours + 1 days);
    }

    function test_GOV18_lateTurn_ignoresBallotsThatTurnNothing() public {
        uint256 id = _proposeWithLateWindow();
        uint256 end = governor.proposalDeadline(id);
        for (uint256 number = 1; number <= 3; ++number) _vote(id, number, 1);
        vm.warp(end);
        _vote(id, 4, 0);
        assertEq(governor.proposalDeadline(id), end);
    }

    function test_GOV18_lateTurn_startsWithItsWindow() public {
        uint256 id = _proposeWithLateWindow();
        uint256 end = governor.proposalDeadline(id);
        for (uint256 number = 1; number <= 2; ++number) _vote(id, number, 1);
        vm.warp(end - 1 hours);
        _vote(id, 3, 1);
        assertEq(governor.proposalDeadline(id), end);
        vm.warp(end - 1 hours + 1);
        vm.startPrank(_member(3));
        governor.castVote(id, 2);
        assertEq(governor.proposalDeadline(id), end); // still the quorum, still more than half
        vm.stopPrank();
        _vote(id, 1, 0);
        assertEq(governor.proposalDeadline(id), end + 1 hours);
    }

    // ------------------------------------------------------------------------------- queue, execute, cancel

    function test_GOV19_execute_carriesOut() public {
        uint256 id = _proposeSet(5);
        _pass(id);
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(
            address(ledger),
            0,
            abi.encodeCall(Ledger.set, (5))
        );
        vm.expectEmit(address(governor));
        emit IGovernor.ProposalQueued(id, governor.proposalEta(id));
        governor.queue(targets, values, calldatas, keccak256(""));
        vm.warp(governor.proposalEta(id));
        vm.expectEmit(address(treasury));
        emit ITreasury.ActionExecuted(id, 0, address(ledger), 0, Ledger.set.selector);
        _executeSet(5);
        assertEq(ledger.value(), 5);
        assertEq(ledger.writer(), address(treasury));
        _expectState(id, IGovernor.ProposalState.Executed);
        vm.expectPartialRevert(IGovernor.GovernorUnexpectedProposalState.selector);
        _executeSet(5);
    }

    function test_GOV19_execute_withinItsWindow() public {
        uint256 id = _proposeSet(5);
        _pass(id);
        uint256 eta = governor.proposalEta(id);
        vm.warp(eta - 1);
        vm.expectRevert(abi.encodeWithSelector(ICooperativeGovernor.Governor_TooEarly.selector, id, eta));
        _executeSet(5);
        vm.warp(eta + 7 days + 1);
        _expectState(id, IGovernor.ProposalState.Expired);
        vm.expectPartialRevert(IGovernor.GovernorUnexpectedProposalState.selector);
        _executeSet(5);
        vm.warp(eta + 7 days);
        _executeSet(5);
    }

    function test_GOV19_execute_revertsIfDefeated() public {
        uint256 id = _proposeSet(5);
        _toEta(id);
        vm.expectPartialRevert(IGovernor.GovernorUnexpectedProposalState.selector);
        _executeSet(5);
    }

    function test_GOV20_execute_forwardsValueToTheTreasury() public {
        vm.deal(address(this), 3 ether);
        bytes memory data = abi.encodeCall(Ledger.set, (5));
        uint256 id = _propose(_member(1), address(ledger), 2 ether, data);
        _pass(id);
        _toEta(id);
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(
            address(ledger),
            2 ether,
            data
        );
        governor.execute{value: 3 ether}(targets, values, calldatas, keccak256(""));
        assertEq(address(ledger).balance, 2 ether);
        assertEq(address(treasury).balance, 1 ether);
    }

    function test_GOV21_execute_survivesReentrancy() public {
        ReentrantTarget target = new ReentrantTarget(governor);
        bytes memory poke = abi.encodeCall(ReentrantTarget.poke, ());
        uint256 id = _propose(_member(1), address(target), 0, poke);
        uint256 other = _proposeSet(5);
        _pass(id);
        _pass(other);
        _toEta(id);
        // Its own proposal again: refused.
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(
            address(target),
            0,
            poke
        );
        target.setInner(abi.encodeCall(IGovernor.execute, (targets, values, calldatas, keccak256(""))));
        governor.execute(targets, values, calldatas, keccak256(""));
        assertEq(target.calls(), 1);
        assertFalse(target.innerSucceeded());
        _expectState(other, IGovernor.ProposalState.Queued);
    }

    function test_GOV21_execute_nestedInAnotherIsHarmless() public {
        ReentrantTarget target = new ReentrantTarget(governor);
        bytes memory poke = abi.encodeCall(ReentrantTarget.poke, ());
        uint256 id = _propose(_member(1), address(target), 0, poke);
        uint256 other = _proposeSet(5);
        _pass(id);
        _pass(other);
        _toEta(id);
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(
            address(ledger),
            0,
            abi.encodeCall(Ledger.set, (5))
        );
        target.setInner(abi.encodeCall(IGovernor.execute, (targets, values, calldatas, keccak256(""))));
        _execute(address(target), 0, poke);
        assertTrue(target.innerSucceeded());
        _expectState(id, IGovernor.ProposalState.Executed);
        _expectState(other, IGovernor.ProposalState.Executed);
    }

    function test_GOV22_cancel_onlyByTheProposerWhilePending() public {
        uint256 id = _proposeSet(5);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, id, _member(2)));
        _cancelSet(_member(2), 5);
        _cancelSet(_member(1), 5);
        _expectState(id, IGovernor.ProposalState.Canceled);
        _toVoting(id);
        _expectNotActive(id, IGovernor.ProposalState.Canceled);
        _vote(id, 1, 1);

        id = _proposeSet(6);
        _toVoting(id);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, id, _member(1)));
        _cancelSet(_member(1), 6);
    }

    function test_GOV23_replacedGovernor_voidsWhatIsOpen() public {
        uint256 defeated = _proposeSet(1);
        vm.warp(governor.proposalDeadline(defeated) + 1);
        uint256 queued = _proposeSet(2);
        _pass(queued);
        uint256 active = _proposeSet(3);
        _toVoting(active);
        uint256 pending = _proposeSet(4);
        vm.warp(block.timestamp + 1 minutes);

        _replaceGovernor(address(ledger));
        _expectState(defeated, IGovernor.ProposalState.Defeated);
        _expectState(queued, IGovernor.ProposalState.Canceled);
        _expectState(active, IGovernor.ProposalState.Canceled);
        _expectState(pending, IGovernor.ProposalState.Canceled);
        vm.warp(governor.proposalEta(queued));
        vm.expectPartialRevert(IGovernor.GovernorUnexpectedProposalState.selector);
        _executeSet(2);
        // Also after it has come back.
        _replaceGovernor(address(governor));
        _expectState(queued, IGovernor.ProposalState.Canceled);
        vm.expectPartialRevert(IGovernor.GovernorUnexpectedProposalState.selector);
        _executeSet(2);
    }

    // ------------------------------------------------------------------------------------------- classes

    function test_GOV01_class_ofABundleIsTheHighest() public {
        address[] memory targets = new address[](2);
        uint256[] memory values = new uint256[](2);
        bytes[] memory calldatas = new bytes[](2);
        targets[0] = targets[1] = address(ledger);
        calldatas[0] = abi.encodeCall(Ledger.set, (1));
        calldatas[1] = abi.encodeCall(Ledger.refuse, ());
        vm.prank(_member(1));
        uint256 id = governor.propose(targets, values, calldatas, "");
        (uint256 version, ) = governor.proposalPolicy(id);
        assertEq(version, policyBook.currentVersion(address(treasury), CONSTITUTIONAL));
    }

    function test_GOV01_class_isFrozenAtCreation() public {
        uint256 id = _proposeSet(5);
        IPolicyBook.Policy memory policy = _ordinary();
        policy.votingPeriod = 4 days;
        _setPolicy(ORDINARY, policy);
        assertEq(governor.proposalDeadline(id) - governor.proposalSnapshot(id), 3 days);
    }

    // --------------------------------------------------------------------------------------------- views

    function test_GOV25_views_answerForTheConstitution() public view {
        assertEq(governor.votingDelay(), 1 hours);
        assertEq(governor.votingPeriod(), 7 days);
        assertEq(governor.quorum(START), 4); // half of seven
        assertEq(governor.getVotes(_member(1), START), 1);
        assertEq(governor.getVotesWithParams(_member(8), START, ""), 0);
        assertEq(governor.treasury(), address(treasury));
        assertEq(governor.token(), address(token));
        assertTrue(governor.supportsInterface(type(IGovernor).interfaceId));
        assertFalse(governor.supportsInterface(0xffffffff));
        assertEq(governor.COUNTING_MODE(), "support=bravo,veto&quorum=against,for,abstain");
    }

    // ------------------------------------------------------------------------------------------- helpers

    function _expectOutcome(
        uint256 members,
        uint8 numerator,
        uint8 denominator,
        bool strict,
        uint256 yes,
        uint256 no,
        bool passes
    ) private {
        IPolicyBook.Policy memory policy = _ordinary();
        (policy.approvalNumerator, policy.approvalDenominator, policy.strict) = (numerator, denominator, strict);
        policy.quorumNumerator = 0;
        IPolicyBook.Policy memory constitutional = _constitutional();
        (constitutional.approvalNumerator, constitutional.approvalDenominator) = (1, 1);
        vm.warp(START);
        ICooperativeFactory.FoundingTerms memory terms = _terms(members, policy, constitutional);
        terms.salt = keccak256(abi.encode(members, numerator, strict, yes, no));
        _useFounded(terms);
        vm.warp(START + 1 days);
        uint256 id = _proposeSet(5);
        _toVoting(id);
        for (uint256 number = 1; number <= yes + no; ++number) _vote(id, number, number <= yes ? 1 : 0);
        vm.warp(governor.proposalDeadline(id) + 1);
        _expectState(id, passes ? IGovernor.ProposalState.Queued : IGovernor.ProposalState.Defeated);
    }

    function _proposeWithLateWindow() private returns (uint256 id) {
        IPolicyBook.Policy memory policy = _ordinary();
        policy.lateWindow = 1 hours;
        _setPolicy(ORDINARY, policy);
        id = _proposeSet(5);
        _toVoting(id);
    }

    function _pass(uint256 id) private {
        if (block.timestamp <= governor.proposalSnapshot(id)) _toVoting(id);
        if (block.timestamp > governor.proposalDeadline(id)) vm.warp(governor.proposalDeadline(id));
        for (uint256 number = 1; number <= 5; ++number) _vote(id, number, 1);
        vm.warp(governor.proposalDeadline(id) + 1);
    }

    function _admitNow(address did) private {
        address[] memory dids = new address[](1);
        dids[0] = did;
        vm.prank(address(treasury));
        membership.admit(dids);
    }

    function _setPolicy(uint8 class, IPolicyBook.Policy memory policy) private {
        vm.prank(address(treasury));
        policyBook.setPolicy(class, policy);
    }

    function _replaceGovernor(address newGovernor) private {
        vm.prank(address(treasury));
        treasury.setGovernor(newGovernor);
    }

    function _cancelSet(address caller, uint256 value) private {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(
            address(ledger),
            0,
            abi.encodeCall(Ledger.set, (value))
        );
        vm.prank(caller);
        governor.cancel(targets, values, calldatas, keccak256(""));
    }

    function _digest(uint256 id, uint8 support, address voter, uint256 nonce) private view returns (bytes32) {
        return
            typedDigest("Artel Governor", address(governor), keccak256(abi.encode(BALLOT, id, support, voter, nonce)));
    }

    function _sign(uint256 id, uint8 support, uint256 number, uint256 nonce) private view returns (bytes memory) {
        return _signAs(_key(number), _digest(id, support, _member(number), nonce));
    }

    function _signAs(uint256 key, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _expectVotes(uint256 id, uint256 no, uint256 yes, uint256 abstain) private view {
        (uint256 againstVotes, uint256 forVotes, uint256 abstainVotes) = governor.proposalVotes(id);
        assertEq(againstVotes, no);
        assertEq(forVotes, yes);
        assertEq(abstainVotes, abstain);
    }

    function _expectState(uint256 id, IGovernor.ProposalState expected) private view {
        assertEq(uint256(governor.state(id)), uint256(expected));
    }

    function _expectNoRight(uint256 id, address account) private {
        vm.expectRevert(abi.encodeWithSelector(ICooperativeGovernor.Governor_NoBallotRight.selector, id, account));
    }

    function _expectNotActive(uint256 id, IGovernor.ProposalState current) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IGovernor.GovernorUnexpectedProposalState.selector,
                id,
                current,
                bytes32(1 << uint256(IGovernor.ProposalState.Active))
            )
        );
    }

    function _expectAlreadyCast(uint256 id, uint8 support, uint256 number, bytes memory signature) private {
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorAlreadyCastVote.selector, _member(number)));
        governor.castVoteBySig(id, support, _member(number), signature);
    }

    function _expectInvalidSignature(uint256 id, uint8 support, uint256 number, bytes memory signature) private {
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, _member(number)));
        governor.castVoteBySig(id, support, _member(number), signature);
    }
}
