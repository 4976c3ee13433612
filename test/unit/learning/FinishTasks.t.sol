// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IModelRegistry} from "../../../contracts/learning/interfaces/IModelRegistry.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {ITaskRewards} from "../../../contracts/learning/interfaces/ITaskRewards.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {RewardsFixture} from "./RewardsFixture.sol";

contract FinishTasksTest is RewardsFixture {
    // 1,000,000,007 * 1,000 / (10,000 * 4 * 3), rounded down
    uint256 private constant ANSWER_PAY = 8_333_333;

    function setUp() public {
        _deploy();
        task = _open(_terms());
        _joinAll(3, 5, 3);
    }

    function _someScores() private pure returns (int256[] memory) {
        return _scores(300, 100, -40);
    }

    function _refusesToFinish() private {
        vm.expectPartialRevert(ITaskRewards.LearningTasks_NotFinishable.selector);
        tasks.finishRound(task, _answer(1));
    }

    function _voids(ILearningTasks.Outcome outcome) private {
        (uint256 round, uint256 settled, uint256 voided, , ) = tasks.state(task);
        vm.expectEmit(address(tasks));
        emit ITaskRewards.RoundVoided(task, round, outcome);
        tasks.finishRound(task, _answer(1));
        (uint256 next, uint256 settledNow, uint256 voidedNow, , ) = tasks.state(task);
        assertEq(next, round + 1);
        assertEq(settledNow, settled);
        assertEq(voidedNow, voided + 1);
        (bytes32 model, ) = tasks.roots(task);
        assertEq(model, INITIAL_ROOT);
    }

    /// @dev To the second at which an answer given now would be final.
    function _reply(uint256 seat, uint256 answer) private {
        uint256 end = tasks.startOf(task, ILearningTasks.Phase.AggregateReveal) + 40;
        tasks.reply(task, seat, _digest(_answer(answer)), uint40(end + 30));
    }

    // -------------------------------------------------------------------------------------------- outcomes and seconds

    function test_PAY10_tooFewUpdatesIsCertainAfterReveal() public {
        _enter(ILearningTasks.Phase.Reveal);
        tasks.reveal(task, 1);
        vm.warp(tasks.startOf(task, ILearningTasks.Phase.AuditCommit) - 1);
        _refusesToFinish();
        vm.warp(block.timestamp + 1);
        _voids(ILearningTasks.Outcome.TooFewUpdates);
        assertEq(tasks.startOf(task, ILearningTasks.Phase.Commit), block.timestamp);
    }

    function test_PAY10_noSeedIsCertainAfterSettle() public {
        _revealAll(2);
        vm.warp(tasks.startOf(task, ILearningTasks.Phase.AggregateCommit) - 1);
        _refusesToFinish();
        vm.warp(block.timestamp + 1);
        _voids(ILearningTasks.Outcome.NoSeed);
        // nobody is to blame
        assertEq(vault.collectable(address(token), TREASURY), 0);
    }

    function test_PAY10_panelsLeftUnsettledAreCertainAfterSettle() public {
        _revealAll(3);
        _enter(ILearningTasks.Phase.Settle);
        tasks.draw(task, 2);
        tasks.settlePanel(task, 1, false);
        vm.warp(tasks.startOf(task, ILearningTasks.Phase.AggregateCommit) - 1);
        _refusesToFinish();
        vm.warp(block.timestamp + 1);
        _voids(ILearningTasks.Outcome.TooFewAudits);
        assertEq(vault.collectable(address(token), TREASURY), 0);
    }

    function test_PAY10_allPanelsVoidAreCertainAtOnce() public {
        _revealAll(3);
        _enter(ILearningTasks.Phase.Settle);
        tasks.draw(task, 2);
        tasks.settlePanel(task, 1, false);
        _refusesToFinish();
        tasks.settlePanel(task, 0, false);
        _voids(ILearningTasks.Outcome.TooFewAudits);
    }

    function test_PAY10_aScoredPanelKeepsTheRoundOpen() public {
        _score(_someScores());
        _refusesToFinish();
        vm.warp(tasks.startOf(task, ILearningTasks.Phase.Challenge) - 1);
        _refusesToFinish();
        vm.warp(block.timestamp + 1);
        _voids(ILearningTasks.Outcome.NoAnswer);
    }

    function test_PAY10_anAnswerStandsUnchallengedFirst() public {
        _score(_someScores());
        _agree(1, 3);
        vm.warp(tasks.startOf(task, ILearningTasks.Phase.Finishing) - 1);
        _refusesToFinish();
        vm.warp(block.timestamp + 1);
        tasks.finishRound(task, _answer(1));
        (uint256 round, uint256 settled, uint256 voided, , ) = tasks.state(task);
        assertEq(round, 2);
        assertEq(settled, 1);
        assertEq(voided, 0);
        assertEq(tasks.startOf(task, ILearningTasks.Phase.Commit), block.timestamp);
    }

    function test_PAY10_nothingEndsBeforeItBegins() public {
        _refusesToFinish();
        vm.warp(START);
        _refusesToFinish();
    }

    /// @dev What a round before it left behind decides nothing in this one.
    function test_PAY10_staleStateDecidesNothing() public {
        _settle(_someScores());
        _refusesToFinish();
        _revealAll(3);
        vm.warp(tasks.startOf(task, ILearningTasks.Phase.AggregateCommit));
        (, , uint256 voided, , ) = tasks.state(task);
        tasks.finishRound(task, _answer(1));
        (, uint256 settled, uint256 voidedNow, , ) = tasks.state(task);
        assertEq(settled, 1);
        assertEq(voidedNow, voided + 1);
        _score(_someScores());
        vm.warp(tasks.startOf(task, ILearningTasks.Phase.Challenge));
        vm.expectEmit(address(tasks));
        emit ITaskRewards.RoundVoided(task, 3, ILearningTasks.Outcome.NoAnswer);
        tasks.finishRound(task, _answer(1));
    }

    // ------------------------------------------------------------------------------------------------ the leading answer

    function test_PAY12_theLeadingAnswerIsTheNextModel() public {
        _score(_someScores());
        _agree(1, 3);
        _enter(ILearningTasks.Phase.Finishing);
        vm.expectEmit(address(tasks));
        emit ITaskRewards.RoundSettled(
            task,
            1,
            _answer(1).modelRoot,
            INITIAL_ROOT,
            0x55,
            _answer(1).model.digest,
            _answer(1).nodesRoot
        );
        tasks.finishRound(task, _answer(1));
        (bytes32 model, bytes32 previous) = tasks.roots(task);
        assertEq(model, _answer(1).modelRoot);
        assertEq(previous, INITIAL_ROOT);
        _settle(_someScores());
        (model, previous) = tasks.roots(task);
        assertEq(model, _answer(2).modelRoot);
        assertEq(previous, _answer(1).modelRoot);
    }

    function test_PAY12_mostSupportersLead() public {
        _score(_someScores());
        _enter(ILearningTasks.Phase.AggregateReveal);
        _reply(0, 7);
        _reply(1, 8);
        _reply(2, 8);
        _enter(ILearningTasks.Phase.Finishing);
        vm.expectRevert(
            abi.encodeWithSelector(
                ITaskRewards.LearningTasks_WrongAnswer.selector,
                task,
                1,
                _digest(_answer(7)),
                _digest(_answer(8))
            )
        );
        tasks.finishRound(task, _answer(7));
        tasks.finishRound(task, _answer(8));
        assertEq(_claim(_aggregator(0), 0), 0);
        assertEq(_claim(_aggregator(1), 0), ANSWER_PAY);
        assertEq(_claim(_aggregator(2), 0), ANSWER_PAY);
    }

    function test_PAY12_atATieTheLowestSeatLeads() public {
        _score(_someScores());
        _enter(ILearningTasks.Phase.AggregateReveal);
        _reply(2, 7);
        _reply(1, 8);
        _enter(ILearningTasks.Phase.Finishing);
        vm.expectPartialRevert(ITaskRewards.LearningTasks_WrongAnswer.selector);
        tasks.finishRound(task, _answer(7));
        tasks.finishRound(task, _answer(8));
        (bytes32 model, ) = tasks.roots(task);
        assertEq(model, _answer(8).modelRoot);
    }

    function test_PAY12_aDisprovedAnswerNeverLeads() public {
        _score(_someScores());
        _enter(ILearningTasks.Phase.AggregateReveal);
        _reply(0, 7);
        _reply(1, 8);
        _reply(2, 8);
        _enter(ILearningTasks.Phase.Challenge);
        tasks.disprove(task, 6, 1, uint40(block.timestamp + 60));
        _refusesToFinish();
        _enter(ILearningTasks.Phase.Finishing);
        vm.expectPartialRevert(ITaskRewards.LearningTasks_WrongAnswer.selector);
        tasks.finishRound(task, _answer(8));
        tasks.finishRound(task, _answer(7));
        assertEq(_claim(_aggregator(0), 0), ANSWER_PAY);
        assertEq(_claim(_aggregator(1), 0), 0);
    }

    function test_PAY10_PAY12_noAnswerIsLeft() public {
        _score(_someScores());
        _agree(1, 2);
        _enter(ILearningTasks.Phase.Challenge);
        tasks.disprove(task, 3, 1, uint40(block.timestamp));
        _voids(ILearningTasks.Outcome.NoAnswer);
    }

    /// @dev The third deletion ends the round, whatever else was answered.
    function test_PAY12_threeDeletionsVoidTheRound() public {
        _score(_someScores());
        _enter(ILearningTasks.Phase.AggregateReveal);
        for (uint256 i; i < 3; ++i) _reply(i, i);
        _enter(ILearningTasks.Phase.Challenge);
        tasks.disprove(task, 1, 3, uint40(block.timestamp));
        _voids(ILearningTasks.Outcome.NoAnswer);
    }

    // ----------------------------------------------------------------------------------------------------------- pay

    function test_PAY03_supportersOfTheSettledAnswerAreCredited() public {
        _score(_someScores());
        _agree(1, 2);
        _enter(ILearningTasks.Phase.Finishing);
        vm.expectEmit(address(tasks));
        emit ITaskRewards.AggregatorRewarded(task, 1, _aggregator(0), ANSWER_PAY);
        tasks.finishRound(task, _answer(1));
        assertEq(_owed(), 2 * ANSWER_PAY);
        assertEq(_claim(_aggregator(1), 0), ANSWER_PAY);
        assertEq(_claim(_aggregator(2), 0), 0);
    }

    function test_PAY03_aVoidRoundPaysNoAggregator() public {
        _score(_someScores());
        _agree(1, 3);
        _enter(ILearningTasks.Phase.Challenge);
        tasks.disprove(task, 7, 1, uint40(block.timestamp));
        tasks.finishRound(task, _answer(1));
        assertEq(_owed(), 0);
        for (uint256 i; i < 3; ++i) assertEq(_claim(_aggregator(i), 0), 0);
    }

    // ------------------------------------------------------------------------------------------------------ what it costs

    function test_PAY13_aSilentAggregatorOfAScoredRoundPays() public {
        _score(_someScores());
        _agree(1, 2);
        _enter(ILearningTasks.Phase.Finishing);
        vm.expectEmit(address(tasks));
        emit ILearningTasks.ParticipantSlashed(task, 1, _aggregator(2), ILearningTasks.Role.Aggregator, 400);
        tasks.finishRound(task, _answer(1));
        assertEq(vault.collectable(address(token), TREASURY), 400);
        assertEq(tasks.missesOf(task, _aggregator(2)), 1);
        assertEq(tasks.missesOf(task, _aggregator(1)), 0);
    }

    function test_PAY13_allSilentAggregatorsPay() public {
        _score(_someScores());
        _enter(ILearningTasks.Phase.Finishing);
        tasks.finishRound(task, _answer(1));
        assertEq(vault.collectable(address(token), TREASURY), 1200);
    }

    /// @dev Nothing was owed to a round that no panel scored.
    function test_PAY13_noAnswerIsOwedToAnUnscoredRound() public {
        _void();
        _revealAll(3);
        _enter(ILearningTasks.Phase.Settle);
        tasks.draw(task, 1);
        tasks.settlePanel(task, 0, false);
        tasks.finishRound(task, _answer(1));
        assertEq(vault.collectable(address(token), TREASURY), 0);
    }

    /// @dev Three misses take the whole stake and jail; a fourth finds nothing, stalls nothing and jails on.
    function test_PAY13_missesRunOutOfStakeAndJail() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.rounds = 5;
        terms.periodRounds = 5;
        task = _open(terms);
        _joinAll(3, 5, 3);
        address silent = _aggregator(2);
        for (uint256 i; i < 4; ++i) {
            assertEq(vault.jailedUntil(address(tasks), silent) > block.timestamp, i >= 3);
            _score(_someScores());
            _agree(i, 2);
            _finish(i);
        }
        assertEq(vault.collectable(address(token), TREASURY), STAKE);
        assertEq(tasks.missesOf(task, silent), 3);
        assertEq(vault.jailedUntil(address(tasks), silent), block.timestamp + 90 days);
    }

    function test_PAY13_aDisprovedAnswerCostsTheWholeStake() public {
        _score(_someScores());
        _agree(1, 3);
        _enter(ILearningTasks.Phase.Challenge);
        tasks.disprove(task, 1, 1, uint40(block.timestamp));
        assertEq(vault.collectable(address(token), TREASURY), STAKE - STAKE / 4);
        // it gave an answer, so nothing more is owed
        tasks.finishRound(task, _answer(1));
        assertEq(vault.collectable(address(token), TREASURY), STAKE - STAKE / 4);
    }

    function testFuzz_PAY13_slashingTakesWhatThereIs(uint96 stake, uint96 penalty, uint8 misses) public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.auditorStake = uint96(bound(stake, 1, type(uint96).max));
        terms.missPenalty = uint96(bound(penalty, 1, terms.auditorStake));
        task = _open(terms);
        _deposit(_auditor(0), terms.auditorStake);
        tasks.join(task, ILearningTasks.Role.Auditor, _auditor(0), 1);
        uint256 count = bound(misses, 0, 5);
        for (uint256 i; i < count; ++i) tasks.missAudit(task, 0);
        uint256 lost = uint256(terms.missPenalty) * count;
        if (lost > terms.auditorStake) lost = terms.auditorStake;
        assertEq(vault.collectable(address(token), TREASURY), lost);
        // beside the stakes of the task that setUp opened
        (, uint256 locked) = vault.stakeOf(address(tasks), address(token), _auditor(0));
        assertEq(locked, uint256(STAKE) + terms.auditorStake - lost);
        assertEq(vault.jailedUntil(address(tasks), _auditor(0)) != 0, count >= 3);
    }

    // -------------------------------------------------------------------------------------------------------- the end

    function test_PAY11_theTaskClosesAfterItsRounds() public {
        for (uint256 i; i < 4; ++i) _settle(_someScores());
        assertTrue(_isClosed());
        _refusesToFinish();
        vm.warp(block.timestamp + 365 days);
        _refusesToFinish();
    }

    function test_PAY11_retriesAreTolerated() public {
        _void();
        _void();
        assertFalse(_isClosed());
        for (uint256 i; i < 4; ++i) _settle(_someScores());
        assertTrue(_isClosed());
        (, uint256 settled, uint256 voided, , ) = tasks.state(task);
        assertEq(settled, 4);
        assertEq(voided, 2);
    }

    function test_PAY11_oneVoidRoundMoreCloses() public {
        _void();
        _settle(_someScores());
        _void();
        assertFalse(_isClosed());
        vm.warp(tasks.startOf(task, ILearningTasks.Phase.AuditCommit));
        uint256 pool = (uint256(REWARD) * 6500) / 40_000;
        uint256 treasury = (uint256(REWARD) * 500) / 40_000;
        uint256 owed = 3 * ANSWER_PAY + pool + treasury;
        vm.expectEmit(address(tasks));
        emit ITaskRewards.TaskClosed(task, 1, 3, REWARD - owed);
        tasks.finishRound(task, _answer(0));
        assertTrue(_isClosed());
        assertEq(_owed(), owed);
    }

    function test_PAY11_withoutRetriesTheFirstVoidRoundCloses() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.retries = 0;
        task = _open(terms);
        _joinAll(3, 5, 3);
        _void();
        assertTrue(_isClosed());
        _afterAppeals();
        assertEq(tasks.refund(task), REWARD);
    }

    function test_PAY11_aTaskThatCantStartClosesAtOnce() public {
        tasks.setCapacity(task, 0);
        vm.warp(START - 1);
        _refusesToFinish();
        vm.warp(START);
        tasks.finishRound(task, _answer(0));
        assertTrue(_isClosed());
        _afterAppeals();
        assertEq(tasks.refund(task), REWARD);
        assertEq(vault.collectable(address(token), TREASURY), 0);
        tasks.releaseStake(task, _auditor(0));
        (uint256 free, ) = vault.stakeOf(address(tasks), address(token), _auditor(0));
        assertEq(free, STAKE);
    }

    function test_PAY11_aTaskWithoutAggregatorsClosesAtOnce() public {
        task = _open(_terms());
        _joinAll(3, 5, 0);
        vm.warp(START);
        tasks.finishRound(task, _answer(0));
        assertTrue(_isClosed());
        _afterAppeals();
        assertEq(tasks.refund(task), REWARD);
    }

    // ------------------------------------------------------------------------------------------------------- registry

    function test_PAY16_everyModelIsRecorded() public {
        _settle(_someScores());
        _settle(_someScores());
        IModelRegistry.Model memory model = models.modelOf(address(tasks), TaskId.unwrap(task), _answer(2).modelRoot);
        assertEq(model.parent, _answer(1).modelRoot);
        assertEq(model.digest, _answer(2).model.digest);
        assertEq(model.codec, 0x55);
        assertEq(model.round, 2);
        assertEq(model.recordedAt, block.timestamp);
        assertEq(model.score, 800);
        assertEq(models.modelOf(address(tasks), TaskId.unwrap(task), _answer(1).modelRoot).parent, INITIAL_ROOT);
    }

    function test_PAY16_aVoidRoundRecordsNothing() public {
        _void();
        assertEq(models.modelOf(address(tasks), TaskId.unwrap(task), _answer(0).modelRoot).round, 0);
    }

    /// @dev A stranger's entry for the same root is under the stranger's own address.
    function test_PAY16_entriesBelongToWhoWroteThem() public {
        bytes32 root = _answer(1).modelRoot;
        vm.prank(STRANGER);
        models.record(TaskId.unwrap(task), 1, root, bytes32(uint256(1)), 0x70, bytes32(uint256(2)), 9);
        _settle(_someScores());
        IModelRegistry.Model memory model = models.modelOf(address(tasks), TaskId.unwrap(task), root);
        assertEq(model.parent, INITIAL_ROOT);
        assertEq(models.modelOf(STRANGER, TaskId.unwrap(task), root).codec, 0x70);
    }

    /// @dev A round may bring the model that was there before: it ends, and lineage stays a tree.
    function test_PAY16_theFirstEntryOfARootStands() public {
        _score(_someScores());
        _agree(1, 3);
        _finish(1);
        _score(_someScores());
        _agree(1, 3);
        _finish(1);
        (, uint256 settled, , , ) = tasks.state(task);
        assertEq(settled, 2);
        IModelRegistry.Model memory model = models.modelOf(address(tasks), TaskId.unwrap(task), _answer(1).modelRoot);
        assertEq(model.round, 1);
        assertEq(model.parent, INITIAL_ROOT);
    }
}
