// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningAnswers} from "../../../contracts/learning/interfaces/ILearningAnswers.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {AnswersHarness} from "../../../contracts/mocks/AnswersHarness.sol";
import {TestBase} from "../Vm.sol";

/// @title AnswersFixture
/// @notice A round with one update of one value, and aggregators who answer rightly or not. The tree is one node; the
/// update is 5, the model was 7, so the next one is 12.
abstract contract AnswersFixture is TestBase {
    uint40 internal constant START = 1_000_000;
    uint96 internal constant STAKE = 1000;
    address internal constant SLASHED_TO = address(0x51A5);
    address internal constant CLIENT = address(0xC11E47);
    bytes16 internal constant SALT = "salt";
    bytes32 internal constant INNER = keccak256("inner");
    uint256 internal constant SAMPLES = 3;
    uint256 internal constant WEIGHT = 3 * 256;

    AnswersHarness internal harness;
    TaskId internal task;

    function _deploy(uint256 seats) internal {
        vm.warp(START - 1);
        harness = new AnswersHarness();
        task = harness.TASK();
        harness.open(_terms(), _rootOf(7));
        harness.draw(keccak256("seed"), 1, 1, 1);
        harness.addUpdate(CLIENT, 0, _rootOf(5), SAMPLES, 1, INNER);
        for (uint256 i; i < seats; ++i) {
            address account = _aggregator(i);
            vm.deal(account, STAKE);
            vm.startPrank(account);
            harness.VAULT().deposit{value: STAKE}(address(harness), address(0), STAKE);
            vm.stopPrank();
            harness.seat(account);
        }
    }

    function _terms() internal pure virtual returns (ILearningTasks.TaskTerms memory terms) {
        terms.startsAt = START;
        terms.schedule = ILearningTasks.Schedule(10, 10, 10, 10, 10, 10, 10, 100, 300, 1);
        terms.aggregation.parameters = 1;
        terms.aggregation.sampleCap = 100;
        terms.aggregation.clipNorm = 100;
        terms.aggregation.leafCells = 1;
        terms.rounds = 1;
        terms.periodRounds = 1;
        terms.aggregatorQuorum = 2;
        terms.aggregatorStake = STAKE;
        terms.slashRecipient = SLASHED_TO;
        terms.initialRoot = _rootOf(7);
    }

    function _aggregator(uint256 seat) internal pure returns (address) {
        return address(uint160(0x300000 + seat));
    }

    // -------------------------------------------------------------------------------------------------------- tensors

    /// @dev The chunk of a tensor of one value.
    function _chunk(int256 value) internal pure returns (bytes memory chunk) {
        // biased values of four bytes; those after the first are zero
        chunk = abi.encodePacked(uint32(uint256(value + 0x80000000)));
        for (uint256 i = 1; i < 64; ++i) chunk = bytes.concat(chunk, hex"80000000");
    }

    function _rootOf(int256 value) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256(_chunk(value)), 1));
    }

    // -------------------------------------------------------------------------------------------------------- answers

    /// @dev The answer of who finds this aggregate and this next model.
    function _answer(int256 aggregate, int256 model) internal pure returns (ILearningTasks.Answer memory answer) {
        answer.modelRoot = _rootOf(model);
        answer.model = ILearningTasks.Content(0x55, keccak256("content"));
        answer.nodesRoot = keccak256(abi.encode(_rootOf(aggregate), WEIGHT, bytes32(0)));
    }

    function _right() internal pure returns (ILearningTasks.Answer memory) {
        return _answer(5, 12);
    }

    /// @dev Wrong unless the aggregate is 5; the step from it is right.
    function _wrong(int256 aggregate) internal pure returns (ILearningTasks.Answer memory) {
        return _answer(aggregate, 7 + aggregate);
    }

    function _commitmentOf(uint256 seat, ILearningTasks.Answer memory answer) internal view returns (bytes32) {
        return harness.answerCommitment(_aggregator(seat), answer, SALT);
    }

    function _commit(uint256 seat, ILearningTasks.Answer memory answer) internal {
        vm.warp(START + 50);
        bytes32 commitment = _commitmentOf(seat, answer);
        vm.prank(_aggregator(seat));
        harness.commitAnswer(commitment);
    }

    function _reveal(uint256 seat, ILearningTasks.Answer memory answer) internal {
        vm.warp(START + 60);
        harness.revealAnswer(_aggregator(seat), answer, SALT);
    }

    /// @dev Commits and reveals one answer a seat, with these aggregates, and goes to the first second of Challenge.
    function _answers(int256[] memory aggregates) internal {
        for (uint256 i; i < aggregates.length; ++i) _commit(i, _wrong(aggregates[i]));
        for (uint256 i; i < aggregates.length; ++i) _reveal(i, _wrong(aggregates[i]));
        vm.warp(START + 70);
    }

    // -------------------------------------------------------------------------------------------------------- disputes

    function _node(
        uint256 seat,
        ILearningTasks.Answer memory answer,
        int256 aggregate
    ) internal pure returns (ILearningAnswers.NodeOpening memory node) {
        node.seat = uint8(seat);
        node.answer = answer;
        node.path = abi.encode(_rootOf(aggregate), WEIGHT);
    }

    function _opening(int256 value) internal pure returns (ILearningAnswers.ChunkOpening memory chunk) {
        chunk.length = 1;
        chunk.leaf = keccak256(_chunk(value));
    }

    /// @dev The only update, as disputes of chunks open it.
    function _children() internal pure returns (bytes memory) {
        return abi.encodePacked(CLIENT, uint32(SAMPLES), uint64(1), INNER, _chunk(5));
    }

    /// @dev Disproves, or tries to, an answer with this aggregate.
    function _dispute(uint256 seat, int256 aggregate) internal {
        harness.disputeChunk(_node(seat, _wrong(aggregate), aggregate), _opening(aggregate), _children(), "");
    }
}

contract AnswersTest is AnswersFixture {
    int256[] private _given;

    function setUp() public {
        _deploy(6);
    }

    function _leads(ILearningTasks.Answer memory answer, uint256 seats) private view {
        (bytes32 digest, uint256 by) = harness.leadingAnswer();
        assertEq(
            digest,
            keccak256(abi.encode(answer.modelRoot, answer.model.codec, answer.model.digest, answer.nodesRoot))
        );
        assertEq(by, seats);
    }

    function _noneLeads() private view {
        (bytes32 digest, uint256 by) = harness.leadingAnswer();
        assertEq(digest, bytes32(0));
        assertEq(by, 0);
    }

    function _stakeOf(uint256 seat) private view returns (uint256) {
        (, uint256 locked) = harness.VAULT().stakeOf(address(harness), address(0), _aggregator(seat));
        assertEq(harness.seatAt(seat).stake, locked);
        return locked;
    }

    function _notStanding(uint256 seat) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ILearningAnswers.LearningAnswers_NotStanding.selector, TaskId.wrap(7), 1, seat);
    }

    // ------------------------------------------------------------------------------------------------ commit and reveal

    function test_AGG09_CommitsInItsPhaseAlone() public {
        bytes32 commitment = _commitmentOf(0, _right());
        uint40[2] memory early = [START + 49, START + 60];
        for (uint256 i; i < early.length; ++i) {
            vm.warp(early[i]);
            vm.prank(_aggregator(0));
            vm.expectPartialRevert(ILearningTasks.LearningTasks_WrongPhase.selector);
            harness.commitAnswer(commitment);
        }
        vm.warp(START + 59);
        vm.prank(_aggregator(0));
        harness.commitAnswer(commitment);
        vm.prank(_aggregator(0));
        vm.expectPartialRevert(ILearningTasks.LearningTasks_AlreadyCommitted.selector);
        harness.commitAnswer(commitment);
    }

    function test_AGG09_CommitsNothingWithoutScores() public {
        harness.draw(keccak256("seed"), 1, 1, 0);
        vm.warp(START + 50);
        vm.prank(_aggregator(0));
        vm.expectPartialRevert(ILearningAnswers.LearningAnswers_NothingScored.selector);
        harness.commitAnswer(keccak256("answer"));
    }

    function test_AGG09_OnlyAggregatorsCommit() public {
        vm.warp(START + 50);
        vm.prank(CLIENT);
        vm.expectPartialRevert(ILearningTasks.LearningTasks_WrongRole.selector);
        harness.commitAnswer(keccak256("answer"));
    }

    function test_AGG09_RevealsInItsPhaseAlone() public {
        _commit(0, _right());
        uint40[2] memory outside = [START + 59, START + 70];
        for (uint256 i; i < outside.length; ++i) {
            vm.warp(outside[i]);
            vm.expectPartialRevert(ILearningTasks.LearningTasks_WrongPhase.selector);
            harness.revealAnswer(_aggregator(0), _right(), SALT);
        }
        vm.warp(START + 69);
        harness.revealAnswer(_aggregator(0), _right(), SALT);
        vm.expectPartialRevert(ILearningTasks.LearningTasks_AlreadyRevealed.selector);
        harness.revealAnswer(_aggregator(0), _right(), SALT);
    }

    function test_AGG09_ACopiedCommitmentCantBeOpened() public {
        _commit(0, _right());
        bytes32 copied = _commitmentOf(0, _right());
        vm.prank(_aggregator(1));
        harness.commitAnswer(copied);
        _reveal(0, _right());
        vm.expectPartialRevert(ILearningTasks.LearningTasks_CommitmentMismatch.selector);
        harness.revealAnswer(_aggregator(1), _right(), SALT);
        _leads(_right(), 1);
    }

    function test_AGG09_AnOldCommitmentCantBeOpened() public {
        _commit(0, _right());
        harness.nextRound(START);
        harness.draw(keccak256("seed"), 1, 1, 1);
        vm.warp(START + 60);
        vm.expectPartialRevert(ILearningTasks.LearningTasks_CommitmentMismatch.selector);
        harness.revealAnswer(_aggregator(0), _right(), SALT);
    }

    function test_AGG09_RefusesEmptyAnswers() public {
        ILearningTasks.Answer[3] memory empty = [_right(), _right(), _right()];
        empty[0].modelRoot = 0;
        empty[1].nodesRoot = 0;
        empty[2].model.digest = 0;
        for (uint256 i; i < 3; ++i) _commit(i, empty[i]);
        vm.warp(START + 60);
        for (uint256 i; i < 3; ++i) {
            vm.expectPartialRevert(ILearningTasks.LearningTasks_InvalidContent.selector);
            harness.revealAnswer(_aggregator(i), empty[i], SALT);
        }
        _noneLeads();
    }

    // --------------------------------------------------------------------------------------------------------- leading

    function test_AGG10_MostSupportersLead() public {
        _given = [int256(1), 5, 2, 5, 1, 5];
        _answers(_given);
        _leads(_right(), (1 << 1) | (1 << 3) | (1 << 5));
    }

    function test_AGG10_OfSeveralTheLowestSeatLeads() public {
        _given = [int256(1), 5, 5, 1];
        _answers(_given);
        _leads(_wrong(1), 1 | (1 << 3));
    }

    function test_AGG10_AnswersOfAnOldRoundDontLead() public {
        _given = [int256(5), 5];
        _answers(_given);
        harness.nextRound(START);
        _noneLeads();
    }

    function testFuzz_AGG10_LeadsAsAPlainCountSays(uint256 choices) public {
        uint256[6] memory votes;
        _given = new int256[](0);
        for (uint256 i; i < 6; ++i) {
            votes[i] = (choices >> (8 * i)) % 4;
            _given.push(int256(votes[i]));
        }
        _answers(_given);
        uint256 best;
        uint256 most;
        for (uint256 i; i < 6; ++i) {
            uint256 count;
            for (uint256 j; j < 6; ++j) if (votes[j] == votes[i]) ++count;
            if (count > most) (best, most) = (votes[i], count);
        }
        uint256 seats;
        for (uint256 j; j < 6; ++j) if (votes[j] == best) seats |= 1 << j;
        _leads(_wrong(int256(best)), seats);
    }

    /// @dev Seats keep the number of their answer: were it looked up among those of older rounds, seat 1 would support what
    /// seat 0 says now.
    function test_AGG10_AnAnswerOfAnOldRoundSupportsNoOther() public {
        _given = [int256(1), 5];
        _answers(_given);
        harness.nextRound(START);
        harness.draw(keccak256("seed"), 1, 1, 1);
        harness.addUpdate(CLIENT, 0, _rootOf(5), SAMPLES, 1, INNER);
        _given = [int256(2), 5, 1];
        _answers(_given);
        _leads(_wrong(2), 1);
        _dispute(0, 2);
        _leads(_right(), 1 << 1);
    }

    /// @dev As many different answers as there are seats at most.
    function test_AGG10_EverySeatMayDiffer() public {
        _deploy(16);
        _given = new int256[](0);
        for (uint256 i; i < 16; ++i) _given.push(int256(i + 10));
        _answers(_given);
        for (uint256 i; i < 3; ++i) {
            _leads(_wrong(int256(i + 10)), 1 << i);
            _dispute(i, int256(i + 10));
        }
        _noneLeads();
        for (uint256 i; i < 16; ++i) assertEq(_stakeOf(i), i < 3 ? 0 : STAKE);
    }

    function testFuzz_AGG12_WhatIsLeftLeadsAsAPlainCountSays(uint256 choices, uint256 first) public {
        uint256[6] memory votes;
        _given = new int256[](0);
        for (uint256 i; i < 6; ++i) {
            votes[i] = 1 + ((choices >> (8 * i)) % 4);
            _given.push(int256(votes[i]));
        }
        _answers(_given);
        uint256 gone = votes[first % 6];
        _dispute(first % 6, int256(gone));
        uint256 best;
        uint256 most;
        for (uint256 i; i < 6; ++i) {
            uint256 count;
            for (uint256 j; j < 6; ++j) if (votes[j] == votes[i]) ++count;
            if (votes[i] != gone && count > most) (best, most) = (votes[i], count);
        }
        uint256 seats;
        for (uint256 j; j < 6; ++j) if (votes[j] == best) seats |= 1 << j;
        if (seats == 0) _noneLeads();
        else _leads(_wrong(int256(best)), seats);
        for (uint256 i; i < 6; ++i) assertEq(_stakeOf(i), votes[i] == gone ? 0 : STAKE);
    }

    // --------------------------------------------------------------------------------------------------------- windows

    /// @dev The window is as long as it needs to be for who leads, whoever reveals last.
    function test_AGG11_OthersDontLengthenAShortWindow() public {
        _given = [int256(1), 5, 5, 1, 2];
        for (uint256 i; i < 5; ++i) _commit(i, _wrong(_given[i]));
        uint256[5] memory windows = [uint256(300), 300, 100, 100, 100];
        for (uint256 i; i < 5; ++i) {
            _reveal(i, _wrong(_given[i]));
            assertEq(harness.challengeEnds(), START + 70 + windows[i]);
        }
    }

    function test_AGG11_AQuorumShortensTheWindow() public {
        _commit(0, _right());
        _commit(1, _right());
        _reveal(0, _right());
        assertEq(harness.challengeEnds(), START + 70 + 300);
        _reveal(1, _right());
        assertEq(harness.challengeEnds(), START + 70 + 100);
    }

    function test_AGG11_DisputesInChallengeAlone() public {
        _given = [int256(1), 1];
        _answers(_given);
        uint40[2] memory outside = [START + 69, START + 170];
        for (uint256 i; i < outside.length; ++i) {
            vm.warp(outside[i]);
            vm.expectPartialRevert(ILearningTasks.LearningTasks_WrongPhase.selector);
            _dispute(0, 1);
        }
        vm.warp(START + 169);
        _dispute(0, 1);
    }

    function test_AGG11_TheNextAnswerHasAFreshWindow() public {
        _given = [int256(1), 1, 5];
        _answers(_given);
        vm.warp(START + 169);
        _dispute(1, 1);
        _leads(_right(), 1 << 2);
        assertEq(harness.challengeEnds(), START + 169 + 300);
    }

    function test_AGG11_AnotherWrongAnswerKeepsNobodyWaiting() public {
        _given = [int256(5), 5, 1];
        _answers(_given);
        vm.warp(START + 169);
        _dispute(2, 1);
        assertEq(harness.challengeEnds(), START + 170);
        assertEq(harness.deletions(), 0);
        _leads(_right(), 3);
    }

    // -------------------------------------------------------------------------------------------------------- deletion

    function test_AGG12_WhoGaveItLosesTheWholeStake() public {
        _given = [int256(1), 5, 1, 2];
        _answers(_given);
        _dispute(2, 1);
        assertEq(_stakeOf(0), 0);
        assertEq(_stakeOf(1), STAKE);
        assertEq(_stakeOf(2), 0);
        assertEq(_stakeOf(3), STAKE);
        assertEq(harness.VAULT().collectable(address(0), SLASHED_TO), 2 * STAKE - 2 * (STAKE / 4));
        _leads(_right(), 1 << 1);
        vm.expectRevert(_notStanding(0));
        _dispute(0, 1);
    }

    function test_AGG12_WithoutAnAnswerChallengeIsOver() public {
        _given = [int256(1), 1];
        _answers(_given);
        _dispute(0, 1);
        _noneLeads();
        assertEq(harness.challengeEnds(), START + 70);
        vm.expectPartialRevert(ILearningTasks.LearningTasks_WrongPhase.selector);
        _dispute(0, 1);
    }

    function test_AGG12_ThreeLeadingAnswersVoidTheRound() public {
        _given = [int256(1), 2, 3, 4, 5];
        _answers(_given);
        _dispute(3, 4);
        assertEq(harness.deletions(), 0);
        for (uint256 i; i < 3; ++i) {
            _leads(_wrong(int256(i + 1)), 1 << i);
            _dispute(i, int256(i + 1));
        }
        assertEq(harness.deletions(), 3);
        _noneLeads();
        assertEq(_stakeOf(4), STAKE);
    }

    function test_AGG12_AnAggregatorWithoutStakeDoesNotStallIt() public {
        _given = [int256(1), 2];
        _answers(_given);
        vm.prank(address(harness));
        harness.VAULT().slash(_aggregator(0), address(0), STAKE, SLASHED_TO);
        _dispute(0, 1);
        _leads(_wrong(2), 2);
    }

    // ------------------------------------------------------------------------------------------- refused, with a reason

    function test_AGG13_AnAnswerThatIsRightStands() public {
        _given = [int256(5), 1];
        _answers(_given);
        vm.expectRevert(ILearningAnswers.LearningAnswers_NoFault.selector);
        harness.disputeChunk(_node(0, _right(), 5), _opening(5), _children(), "");
        vm.expectRevert(_notStanding(2));
        harness.disputeChunk(_node(2, _right(), 5), _opening(5), _children(), "");
        vm.expectRevert(_notStanding(1));
        harness.disputeChunk(_node(1, _right(), 5), _opening(5), _children(), "");
        vm.expectRevert(_notStanding(255));
        harness.disputeChunk(_node(255, _right(), 5), _opening(5), _children(), "");
    }

    function _refused(
        ILearningAnswers.NodeOpening memory node,
        ILearningAnswers.ChunkOpening memory chunk,
        bytes memory children,
        bytes4 reason
    ) private {
        vm.expectPartialRevert(reason);
        harness.disputeChunk(node, chunk, children, "");
    }

    function test_AGG13_OtherChildrenAreRefused() public {
        _given = [int256(1), 5];
        _answers(_given);
        ILearningAnswers.NodeOpening memory node = _node(0, _wrong(1), 1);
        ILearningAnswers.ChunkOpening memory chunk = _opening(1);
        bytes4 wrongLength = ILearningAnswers.LearningAnswers_WrongLength.selector;
        bytes4 wrongUpdate = ILearningAnswers.LearningAnswers_WrongUpdate.selector;

        _refused(node, chunk, "", wrongUpdate);
        _refused(node, chunk, bytes.concat(_children(), hex"00"), wrongLength);
        _refused(node, chunk, bytes.concat(_children(), _children()), wrongLength);
        // another value, other samples, another account
        bytes memory head = abi.encodePacked(CLIENT, uint32(SAMPLES), uint64(1), INNER);
        _refused(node, chunk, bytes.concat(head, _chunk(1)), wrongUpdate);
        head = abi.encodePacked(CLIENT, uint32(SAMPLES + 1), uint64(1), INNER);
        _refused(node, chunk, bytes.concat(head, _chunk(5)), wrongUpdate);
        head = abi.encodePacked(_aggregator(1), uint32(SAMPLES), uint64(1), INNER);
        _refused(node, chunk, bytes.concat(head, _chunk(5)), wrongUpdate);
        // hints that a mean does not need
        vm.expectPartialRevert(wrongLength);
        harness.disputeChunk(node, chunk, _children(), _chunk(5));
        _leads(_wrong(1), 1);
    }

    function test_AGG13_OtherChunksAreRefused() public {
        _given = [int256(1), 5];
        _answers(_given);
        ILearningAnswers.NodeOpening memory node = _node(0, _wrong(1), 1);
        bytes4 wrongRoot = ILearningAnswers.LearningAnswers_WrongRoot.selector;
        _refused(node, _opening(2), _children(), wrongRoot);
        ILearningAnswers.ChunkOpening memory chunk = _opening(1);
        chunk.siblings = new bytes32[](1);
        _refused(node, chunk, _children(), wrongRoot);
        chunk = _opening(1);
        chunk.length = 2;
        _refused(node, chunk, _children(), wrongRoot);
        chunk = _opening(1);
        chunk.index = 1;
        _refused(node, chunk, _children(), ILearningAnswers.LearningAnswers_UnknownChunk.selector);
        _leads(_wrong(1), 1);
    }

    function test_AGG13_OtherNodesAreRefused() public {
        _given = [int256(1), 5];
        _answers(_given);
        ILearningAnswers.NodeOpening memory node = _node(0, _wrong(1), 1);
        ILearningAnswers.ChunkOpening memory chunk = _opening(1);
        bytes4 unknown = ILearningAnswers.LearningAnswers_UnknownNode.selector;
        bytes4 wrongLength = ILearningAnswers.LearningAnswers_WrongLength.selector;
        (node.level, node.index) = (1, 0);
        _refused(node, chunk, _children(), unknown);
        (node.level, node.index) = (200, 0);
        _refused(node, chunk, _children(), unknown);
        (node.level, node.index) = (0, 1);
        _refused(node, chunk, _children(), unknown);
        node.index = 0;
        node.path = abi.encode(_rootOf(1), WEIGHT + 1);
        _refused(node, chunk, _children(), ILearningAnswers.LearningAnswers_WrongPath.selector);
        node.path = abi.encode(_rootOf(1), 0);
        _refused(node, chunk, _children(), ILearningAnswers.LearningAnswers_EmptyNode.selector);
        node.path = abi.encode(_rootOf(1), WEIGHT, 0);
        _refused(node, chunk, _children(), wrongLength);
        node.path = abi.encode(_rootOf(1));
        _refused(node, chunk, _children(), wrongLength);
        _leads(_wrong(1), 1);
    }

    function test_AGG13_AStepThatDoesNotFitIsRefused() public {
        _commit(0, _answer(5, 13));
        _commit(1, _right());
        _reveal(0, _answer(5, 13));
        _reveal(1, _right());
        vm.warp(START + 70);
        bytes memory top = abi.encodePacked(WEIGHT, bytes32(0), _chunk(5));
        vm.expectPartialRevert(ILearningAnswers.LearningAnswers_WrongRoot.selector);
        harness.disputeStep(0, _answer(5, 13), _opening(13), bytes.concat(_chunk(6), top));
        vm.expectPartialRevert(ILearningAnswers.LearningAnswers_WrongPath.selector);
        harness.disputeStep(0, _answer(5, 13), _opening(13), bytes.concat(_chunk(7), abi.encode(WEIGHT, 0), _chunk(6)));
        vm.expectPartialRevert(ILearningAnswers.LearningAnswers_WrongLength.selector);
        harness.disputeStep(0, _answer(5, 13), _opening(13), bytes.concat(_chunk(7), top, hex"00"));
        vm.expectRevert(ILearningAnswers.LearningAnswers_NoFault.selector);
        harness.disputeStep(1, _right(), _opening(12), bytes.concat(_chunk(7), top));
        harness.disputeStep(0, _answer(5, 13), _opening(13), bytes.concat(_chunk(7), top));
        _leads(_right(), 2);
    }

    /// @dev An answer disputed with whatever data: a lone wrong value is found, a right one never is.
    function testFuzz_AGG13_NoDataDisproveWhatIsRight(bytes calldata children, bytes32 leaf, uint32 length) public {
        _given = [int256(5), 5];
        _answers(_given);
        ILearningAnswers.ChunkOpening memory chunk = _opening(5);
        try harness.disputeChunk(_node(0, _right(), 5), chunk, children, "") {
            assertTrue(false);
        } catch {}
        try harness.disputeWeight(_node(0, _right(), 5), children) {
            assertTrue(false);
        } catch {}
        try harness.disputeStep(0, _right(), _opening(12), children) {
            assertTrue(false);
        } catch {}
        chunk.leaf = leaf;
        chunk.length = length;
        try harness.disputeChunk(_node(0, _right(), 5), chunk, _children(), "") {
            assertTrue(false);
        } catch {}
    }
}
