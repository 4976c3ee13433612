// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningRounds} from "../../../contracts/learning/interfaces/ILearningRounds.sol";
import {LearningFixture} from "../learning/LearningFixture.sol";

/// @dev The largest numbers the types allow.
contract ExtremesTest is LearningFixture {
    function setUp() public {
        _deploy();
    }

    /// @dev The largest reward and scores: everybody is paid, the rest goes back, nothing is left but dust.
    function test_RWD08_theLargestRewardIsPaidOut() public {
        ILearningRounds.TaskTerms memory terms = _terms();
        terms.reward = type(uint96).max;
        terms.rounds = 2;
        terms.periodRounds = 1;
        (terms.auditorStake, terms.aggregatorStake, terms.missPenalty) = (0, 0, 0);
        task = _open(terms);
        _joinAll(3, 3, 3);
        bytes memory vector = abi.encodePacked(type(int16).max, int16(-32_767), type(int16).max);
        _run(3, _unanimous(vector, 3));
        _run(3, _unanimous(vector, 3));
        rounds.refund(task);
        for (uint256 i; i < 3; ++i) {
            rounds.claim(_ids(), _client(i));
            rounds.claim(_ids(), _auditor(i));
            rounds.claim(_ids(), _aggregator(i));
            rounds.recordReputation(task, _client(i));
        }
        (, uint256 left) = escrow.accountOf(address(rounds), 1);
        assertLe(left, 3 * 2);
        assertEq(token.balanceOf(_client(1)), 0);
        assertEq(token.balanceOf(_client(0)), token.balanceOf(_client(2)));
    }

    /// @dev Times at the end of their types: every view answers.
    function test_farTimesBreakNoView() public {
        ILearningRounds.TaskTerms memory terms = _terms();
        terms.startsAt = type(uint48).max;
        uint32 most = type(uint32).max;
        terms.schedule = ILearningRounds.Schedule(type(uint24).max, most, most, most, most, most, most);
        task = _open(terms);
        for (uint8 phase; phase <= uint8(ILearningRounds.Phase.Closed); ++phase) {
            rounds.phaseStart(task, ILearningRounds.Phase(phase));
        }
        rounds.roundState(task);
        rounds.scoreOf(task, _client(0));
        rounds.earningsOf(task, _client(0));
        rounds.termsOf(task);
        rounds.participantOf(task, _client(0));
    }

    /// @dev Everybody that can be slashed in one round is: nobody can make the end of a round too dear to send.
    function test_LRN16_finishingTheMostSilentRoundStaysCheap() public {
        ILearningRounds.TaskTerms memory terms = _terms();
        (terms.auditors, terms.aggregators, terms.aggregatorQuorum) = (15, 15, 8);
        task = _open(terms);
        _joinAll(2, 15, 15);
        _updates(2);
        bytes[] memory vectors = _unanimous(_flat(100, 2), 3);
        _audits(vectors);
        _score(vectors);
        _enter(ILearningRounds.Phase.Challenge);
        uint256 before = gasleft();
        rounds.finishRound(task);
        assertLe(before - gasleft(), 2_000_000);
        assertEq(vault.collectable(address(token), SLASHED_TO), 27 * 300);
    }
}
