// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningRounds} from "../../../contracts/learning/interfaces/ILearningRounds.sol";
import {LearningFixture} from "../learning/LearningFixture.sol";

/// @dev Two clients in league send the same update and keep the strike in hand until they have seen the scores.
contract LateStrikeTest is LearningFixture {
    ILearningRounds.UpdateOpening private _opening;

    function setUp() public {
        _deploy();
        task = _open(_terms());
        _joinAll(2, 3, 3);
        _opening = _update(_client(0));
        _enter(ILearningRounds.Phase.Commit);
        for (uint256 i; i < 2; ++i) {
            bytes32 commitment = rounds.updateCommitment(task, 1, _client(i), _opening);
            vm.prank(_client(i));
            rounds.commitUpdate(task, commitment);
        }
        _enter(ILearningRounds.Phase.Reveal);
        for (uint256 i; i < 2; ++i) rounds.revealUpdate(task, _client(i), _opening);
    }

    function _strikeIsRefused() private {
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, ) = address(rounds).call(
            abi.encodeCall(rounds.strikeCopy, (task, _client(0), _opening, _client(1), _opening))
        );
        assertFalse(success);
    }

    function test_LRN09_revealedAuditsCantBeVoidedByAStrike() public {
        bytes[] memory vectors = _unanimous(_flat(100, 2), 3);
        _audits(vectors);
        _enter(ILearningRounds.Phase.AggregateCommit);
        _strikeIsRefused();
        rounds.scoreRound(task, _openings(vectors));
        for (uint256 i; i < 3; ++i) assertGe(_earned(_auditor(i)), 1);
    }

    function test_LRN09_aCopyCantWithdrawFromABadScore() public {
        bytes[] memory vectors = _unanimous(_flat(-100, 2), 3);
        _audits(vectors);
        _strikeIsRefused();
        _score(vectors);
        assertEq(rounds.scoreOf(task, _client(1)), -100);
    }

    function test_LRN09_strikesInTheLastSecondBeforeScoresAreKnown() public {
        vm.warp(rounds.phaseStart(task, ILearningRounds.Phase.AuditReveal) - 1);
        rounds.strikeCopy(task, _client(0), _opening, _client(1), _opening);
        assertEq(rounds.roundState(task).updates, 1);
    }
}
