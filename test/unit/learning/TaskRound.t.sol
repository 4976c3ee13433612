// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningAnswers} from "../../../contracts/learning/interfaces/ILearningAnswers.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {ITaskRewards} from "../../../contracts/learning/interfaces/ITaskRewards.sol";
import {PanelLib} from "../../../contracts/learning/libraries/PanelLib.sol";
import {PermutationLib} from "../../../contracts/learning/libraries/PermutationLib.sol";
import {Panels} from "../../../contracts/learning/types/TaskState.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {TasksFixture} from "./TasksFixture.sol";

/// @dev Whole rounds of a task, all its parts together. A model is one value: 7 at first; the updates are 5 and 8, so that
/// the aggregate is 6 and the next model 13.
contract TaskRoundTest is TasksFixture {
    using PanelLib for Panels;
    using PermutationLib for PermutationLib.Permutation;

    uint256 private constant WEIGHT = 2 * 600 * 256;
    int256 private constant SCORE = 100;
    uint256 private constant SHARE_OF_CLIENTS = 6500;

    function setUp() public {
        _deploy();
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.aggregation.parameters = 1;
        terms.rounds = 1;
        terms.periodRounds = 1;
        terms.initialRoot = _rootOf(7);
        terms.auditorStake = 3 * STAKE;
        terms.missPenalty = STAKE;
        task = _open(terms);
        _joinAll(2, 4, 3);
    }

    // ---------------------------------------------------------------------------------------------------------- tensors

    /// @dev The chunk of a tensor of one value.
    function _chunk(int256 value) private pure returns (bytes memory chunk) {
        // biased values of four bytes; those after the first are zero
        chunk = abi.encodePacked(uint32(uint256(value + 0x80000000)));
        for (uint256 i = 1; i < 64; ++i) chunk = bytes.concat(chunk, hex"80000000");
    }

    function _rootOf(int256 value) private pure returns (bytes32) {
        return keccak256(abi.encode(keccak256(_chunk(value)), 1));
    }

    function _valueOf(uint256 i) private pure returns (int256) {
        return i == 0 ? int256(5) : int256(8);
    }

    function _opening(uint256 i) private view returns (ILearningTasks.UpdateOpening memory opening) {
        opening = _update(_client(i));
        opening.root = _rootOf(_valueOf(i));
    }

    function _answer(int256 aggregate) private pure returns (ILearningTasks.Answer memory answer) {
        answer.modelRoot = _rootOf(7 + aggregate);
        answer.model = ILearningTasks.Content(0x55, keccak256("next model"));
        answer.nodesRoot = keccak256(abi.encode(_rootOf(aggregate), WEIGHT, bytes32(0)));
    }

    // ------------------------------------------------------------------------------------------------------------ steps

    function _clientsAct() private {
        _enter(ILearningTasks.Phase.Commit);
        for (uint256 i; i < 2; ++i) {
            bytes32 commitment = tasks.updateCommitment(task, 1, _client(i), _opening(i));
            vm.prank(_client(i));
            tasks.commitUpdate(task, commitment);
        }
        _enter(ILearningTasks.Phase.Reveal);
        for (uint256 i; i < 2; ++i) tasks.revealUpdate(task, _client(i), _opening(i));
    }

    /// @dev Both clients in the upper halves of their lanes.
    function _scores(address auditor) private pure returns (ILearningTasks.ScoresOpening memory) {
        uint256 lane = uint256(SCORE + 2 ** 15) << 16;
        return ILearningTasks.ScoresOpening(auditor, SALT, abi.encode((lane << 32) | lane));
    }

    function _auditorsAct() private {
        _enter(ILearningTasks.Phase.AuditCommit);
        _draw();
        for (uint256 i; i < 4; ++i) {
            bytes32 commitment = tasks.scoresCommitment(task, 1, _scores(_auditor(i)));
            vm.prank(_auditor(i));
            tasks.commitScores(task, commitment);
        }
        _enter(ILearningTasks.Phase.AuditReveal);
        for (uint256 i; i < 4; ++i) tasks.revealScores(task, _scores(_auditor(i)));
        _enter(ILearningTasks.Phase.Settle);
        tasks.settlePanel(task, 0, _openings());
    }

    /// @dev Auditors of the only panel, in the order of the seed.
    function _panel() private view returns (address[3] memory auditors) {
        ILearningTasks.PanelState memory state = tasks.panelState(task);
        Panels memory panels;
        panels.seed = state.seed;
        panels.auditors = 4;
        PermutationLib.Permutation memory order = panels.auditorsIn();
        for (uint256 i; i < 3; ++i) auditors[i] = _auditor(order.valueAt(i));
    }

    function _openings() private view returns (bytes memory openings) {
        address[3] memory auditors = _panel();
        for (uint256 i; i < 3; ++i)
            openings = abi.encodePacked(openings, auditors[i], SALT, _scores(auditors[i]).scores);
    }

    function _answerAs(uint256 i, int256 aggregate) private {
        bytes32 commitment = tasks.answerCommitment(task, 1, _aggregator(i), _answer(aggregate), SALT);
        vm.prank(_aggregator(i));
        tasks.commitAnswer(task, commitment);
    }

    function _aggregatorsAct(int256[3] memory aggregates) private {
        _enter(ILearningTasks.Phase.AggregateCommit);
        for (uint256 i; i < 3; ++i) _answerAs(i, aggregates[i]);
        _enter(ILearningTasks.Phase.AggregateReveal);
        for (uint256 i; i < 3; ++i) tasks.revealAnswer(task, _aggregator(i), _answer(aggregates[i]), SALT);
        _enter(ILearningTasks.Phase.Challenge);
    }

    function _finish(int256 aggregate) private {
        _enter(ILearningTasks.Phase.Finishing);
        tasks.finishRound(task, _answer(aggregate));
    }

    function _dispute(uint8 seat, int256 aggregate) private {
        ILearningAnswers.NodeOpening memory node;
        node.seat = seat;
        node.answer = _answer(aggregate);
        node.path = abi.encode(_rootOf(aggregate), WEIGHT);
        ILearningAnswers.ChunkOpening memory chunk;
        chunk.length = 1;
        chunk.leaf = keccak256(_chunk(aggregate));
        bytes memory children;
        for (uint256 i; i < 2; ++i) {
            ILearningTasks.UpdateOpening memory opening = _opening(i);
            bytes32 inner = keccak256(abi.encode(opening.content.codec, opening.content.digest, opening.salt));
            children = abi.encodePacked(
                children,
                _client(i),
                opening.samples,
                opening.norm,
                inner,
                _chunk(_valueOf(i))
            );
        }
        tasks.disputeChunk(task, node, chunk, children, "");
    }

    function _claim(address account, uint256 periods) private returns (uint256) {
        uint256[] memory items = new uint256[](1);
        items[0] = (TaskId.unwrap(task) << 224) | periods;
        return tasks.claimFor(items, account);
    }

    function _locked(address account) private view returns (uint256 locked) {
        (, locked) = vault.stakeOf(address(tasks), address(token), account);
    }

    // ------------------------------------------------------------------------------------------------------------ rounds

    function test_TSK16_aTaskGoesFromOpeningToPayAndRefund() public {
        _clientsAct();
        _auditorsAct();
        _aggregatorsAct([int256(6), int256(6), int256(6)]);
        _finish(6);

        ILearningTasks.RoundState memory state = tasks.roundState(task);
        assertTrue(state.phase == ILearningTasks.Phase.Closed);
        assertEq(state.settled, 1);
        assertEq(state.modelRoot, _rootOf(13));
        assertEq(state.previousRoot, _rootOf(7));

        vm.warp(block.timestamp + 215);
        uint256 paid;
        uint256 pool = (uint256(REWARD) * SHARE_OF_CLIENTS) / 10_000;
        for (uint256 i; i < 2; ++i) {
            assertEq(_claim(_client(i), 1), pool / 2);
            assertEq(token.balanceOf(_client(i)), pool / 2);
            assertEq(_claim(_client(i), 1), 0);
            paid += pool / 2;
        }
        // one round and two retries share what auditors get, by three seats each
        uint256 seatPay = (uint256(REWARD) * 2000) / (10_000 * 3 * 3);
        address[3] memory panel = _panel();
        for (uint256 i; i < 3; ++i) {
            assertEq(_claim(panel[i], 0), seatPay);
            uint256 answerPay = (uint256(REWARD) * 1000) / (10_000 * 3);
            assertEq(_claim(_aggregator(i), 0), answerPay);
            paid += seatPay + answerPay;
        }
        paid += _claim(SLASHED_TO, 0) + tasks.refund(task);
        (, uint256 remaining) = escrow.accountOf(address(tasks), TaskId.unwrap(task));
        assertEq(paid + remaining, REWARD);
        // of the clients' pool at most one unit each is left by rounding
        assertLe(remaining, 2);

        for (uint256 i; i < 4; ++i) tasks.releaseStake(task, _auditor(i));
        for (uint256 i; i < 3; ++i) tasks.releaseStake(task, _aggregator(i));
        assertEq(_locked(_auditor(3)), 0);
        assertEq(_locked(_aggregator(0)), 0);
    }

    /// @dev Two of three aggregators agree on a wrong answer: one proof deletes it, and the third's becomes the model.
    function test_TSK16_aWrongMajorityLosesToOneProof() public {
        _clientsAct();
        _auditorsAct();
        _aggregatorsAct([int256(9), int256(9), int256(6)]);
        _dispute(0, 9);
        assertEq(_locked(_aggregator(0)), 0);
        assertEq(_locked(_aggregator(1)), 0);
        assertEq(_locked(_aggregator(2)), STAKE);
        // the wrong answer finishes nothing
        _enter(ILearningTasks.Phase.Finishing);
        vm.expectPartialRevert(ITaskRewards.LearningTasks_WrongAnswer.selector);
        tasks.finishRound(task, _answer(9));
        tasks.finishRound(task, _answer(6));
        assertEq(tasks.roundState(task).modelRoot, _rootOf(13));
        vm.warp(block.timestamp + 215);
        assertEq(_claim(_aggregator(0), 0), 0);
        assertGe(_claim(_aggregator(2), 0), 1);
    }

    function test_TSK16_noProofAgainstARightAnswer() public {
        _clientsAct();
        _auditorsAct();
        _aggregatorsAct([int256(6), int256(6), int256(9)]);
        vm.expectPartialRevert(ILearningAnswers.LearningAnswers_NoFault.selector);
        this.disputeRight();
        _finish(6);
        assertEq(tasks.roundState(task).modelRoot, _rootOf(13));
    }

    /// @dev On its own so that the failing call is one.
    function disputeRight() external {
        _dispute(0, 6);
    }

    /// @dev Whoever falls silent, the round ends, and the next one begins in that second.
    function test_TSK16_noSilenceStallsATask() public {
        ILearningTasks.Answer memory none;
        // nobody commits
        _enter(ILearningTasks.Phase.AuditCommit);
        tasks.finishRound(task, none);
        assertEq(tasks.roundState(task).voided, 1);
        assertEq(tasks.roundState(task).startedAt, block.timestamp);
        // nobody reveals
        for (uint256 i; i < 2; ++i) {
            vm.prank(_client(i));
            tasks.commitUpdate(task, SALT);
        }
        _enter(ILearningTasks.Phase.AuditCommit);
        tasks.finishRound(task, none);
        // nobody draws the seed
        _updates(2);
        _enter(ILearningTasks.Phase.AggregateCommit);
        tasks.finishRound(task, none);
        assertEq(tasks.roundState(task).voided, 3);
        assertTrue(tasks.phaseOf(task) == ILearningTasks.Phase.Closed);
        vm.warp(block.timestamp + 215);
        assertEq(tasks.refund(task), REWARD);
        assertEq(token.balanceOf(OWNER), REWARD);
    }

    /// @dev Too few auditors joined: from the first second of Commit on anybody ends the task, and all goes back.
    function test_TSK16_aTaskThatCannotStartIsClosed() public {
        task = _open(_terms());
        _join(address(0xA1), ILearningTasks.Role.Auditor);
        _enter(ILearningTasks.Phase.Commit);
        ILearningTasks.Answer memory none;
        tasks.finishRound(task, none);
        assertTrue(tasks.phaseOf(task) == ILearningTasks.Phase.Closed);
        vm.warp(block.timestamp + 215);
        assertEq(tasks.refund(task), REWARD);
        tasks.releaseStake(task, address(0xA1));
        assertEq(_locked(address(0xA1)), 0);
    }
}
