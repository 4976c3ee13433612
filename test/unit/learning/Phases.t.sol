// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningRounds} from "../../../contracts/learning/interfaces/ILearningRounds.sol";
import {PhaseLib} from "../../../contracts/learning/libraries/PhaseLib.sol";
import {LearningFixture} from "./LearningFixture.sol";

contract PhasesTest is LearningFixture {
    function setUp() public {
        _deploy();
        task = _open(_terms());
        _joinAll(3, 5, 3);
    }

    function test_LRN02_everyPhaseBeginsWhereTheOneBeforeEnds() public {
        uint256[8] memory starts = [uint256(0), 100, 190, 270, 340, 400, 450, 490];
        for (uint8 i; i < 8; ++i) {
            ILearningRounds.Phase phase = ILearningRounds.Phase(i + 1);
            assertEq(rounds.phaseStart(task, phase), START + starts[i]);
            vm.warp(START + starts[i] - 1);
            assertEq(uint256(rounds.phaseOf(task)), i);
            vm.warp(START + starts[i]);
            assertEq(uint256(rounds.phaseOf(task)), i + 1);
        }
        vm.warp(type(uint64).max);
        assertTrue(rounds.phaseOf(task) == ILearningRounds.Phase.Finishing);
    }

    function test_LRN02_aChallengeOfNoTimeIsSkipped() public {
        ILearningRounds.TaskTerms memory terms = _terms();
        terms.schedule.challenge = 0;
        task = _open(terms);
        vm.warp(START + 449);
        assertTrue(rounds.phaseOf(task) == ILearningRounds.Phase.AggregateReveal);
        vm.warp(START + 450);
        assertTrue(rounds.phaseOf(task) == ILearningRounds.Phase.Finishing);
    }

    function test_LRN02_waitingAndClosedHaveNoStartOfTheirOwn() public view {
        assertEq(rounds.phaseStart(task, ILearningRounds.Phase.Waiting), 0);
        assertEq(rounds.phaseStart(task, ILearningRounds.Phase.Closed), type(uint256).max);
    }

    /// @dev The phase is the last one whose start, added up here one by one, is not in the future.
    function testFuzz_LRN02_phaseAt(uint32[7] memory lengths, uint48 startedAt, uint64 timepoint) public pure {
        for (uint256 i; i < 6; ++i) if (lengths[i] == 0) lengths[i] = 1;
        ILearningRounds.Schedule memory schedule = ILearningRounds.Schedule(
            lengths[0],
            lengths[1],
            lengths[2],
            lengths[3],
            lengths[4],
            lengths[5],
            lengths[6]
        );
        uint256 expected;
        uint256 start = startedAt;
        for (uint256 i; i < 8; ++i) {
            if (timepoint >= start) expected = i + 1;
            assertEq(PhaseLib.offsetOf(schedule, ILearningRounds.Phase(i + 1)), start - startedAt);
            if (i < 7) start += lengths[i];
        }
        assertEq(uint256(PhaseLib.phaseAt(schedule, startedAt, timepoint)), expected);
    }

    // ------------------------------------------------------------------- every act, a second before and after its time

    /// @dev Refused a second before the phase, and at its end.
    function _onlyIn(ILearningRounds.Phase phase, address caller, bytes memory data) private {
        uint256 now_ = block.timestamp;
        vm.warp(rounds.phaseStart(task, phase) - 1);
        _refused(caller, data, _wrongPhase(ILearningRounds.Phase(uint8(phase) - 1), phase));
        vm.warp(rounds.phaseStart(task, ILearningRounds.Phase(uint8(phase) + 1)));
        _refused(caller, data, _wrongPhase(ILearningRounds.Phase(uint8(phase) + 1), phase));
        vm.warp(now_);
    }

    function test_LRN03_actsKeepToTheirPhase() public {
        bytes[] memory vectors = _unanimous(_flat(100, 3), 5);
        bytes memory data = abi.encodeCall(rounds.commitUpdate, (task, keccak256("x")));
        _onlyIn(ILearningRounds.Phase.Commit, _client(0), data);
        _enter(ILearningRounds.Phase.Commit);
        _commitUpdate(_client(0));
        vm.warp(rounds.phaseStart(task, ILearningRounds.Phase.Reveal) - 1);
        _commitUpdate(_client(1));

        data = abi.encodeCall(rounds.revealUpdate, (task, _client(0), _update(_client(0))));
        _onlyIn(ILearningRounds.Phase.Reveal, address(this), data);
        _enter(ILearningRounds.Phase.Reveal);
        rounds.revealUpdate(task, _client(0), _update(_client(0)));
        vm.warp(rounds.phaseStart(task, ILearningRounds.Phase.AuditCommit) - 1);
        rounds.revealUpdate(task, _client(1), _update(_client(1)));

        data = abi.encodeCall(rounds.commitScores, (task, keccak256("x")));
        _onlyIn(ILearningRounds.Phase.AuditCommit, _auditor(0), data);
        data = abi.encodeCall(rounds.revealScores, (task, _scoresOf(_auditor(0), vectors[0])));
        _onlyIn(ILearningRounds.Phase.AuditReveal, address(this), data);
        _audits(vectors);

        data = abi.encodeCall(rounds.scoreRound, (task, _openings(vectors)));
        vm.warp(rounds.phaseStart(task, ILearningRounds.Phase.AggregateCommit) - 1);
        _refused(
            address(this),
            data,
            _wrongPhase(ILearningRounds.Phase.AuditReveal, ILearningRounds.Phase.AggregateCommit)
        );
        _score(vectors);

        data = abi.encodeCall(rounds.commitAggregate, (task, keccak256("x")));
        _onlyIn(ILearningRounds.Phase.AggregateCommit, _aggregator(0), data);
        data = abi.encodeCall(rounds.revealAggregate, (task, _aggregator(0), MODEL, "next", SALT));
        _onlyIn(ILearningRounds.Phase.AggregateReveal, address(this), data);
        _aggregates(_agree(3));

        vm.warp(rounds.phaseStart(task, ILearningRounds.Phase.Finishing) - 1);
        _refused(
            address(this),
            abi.encodeCall(rounds.finishRound, (task)),
            abi.encodeWithSelector(
                ILearningRounds.LearningRounds_NotFinishable.selector,
                task,
                1,
                ILearningRounds.Phase.Challenge
            )
        );
        _finish();
        assertEq(_round(), 2);
        assertEq(rounds.roundState(task).startedAt, block.timestamp);
    }
}
