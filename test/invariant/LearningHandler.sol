// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningRounds} from "../../contracts/learning/interfaces/ILearningRounds.sol";
import {TaskId} from "../../contracts/learning/types/TaskId.sol";
import {LearningFixture} from "../unit/learning/LearningFixture.sol";

/// @dev Plays rounds in which random parties are silent, late or wrong, and claims at random times.
contract LearningHandler is LearningFixture {
    uint256 private constant CLIENTS = 4;
    uint256 private constant AUDITORS = 5;
    uint256 private constant AGGREGATORS = 3;

    uint256 public played;
    uint256 public paid;
    uint256 public refunded;
    uint256 private _seed;

    constructor() {
        _deploy();
        ILearningRounds.TaskTerms memory terms = _terms();
        terms.rounds = 6;
        terms.periodRounds = 3;
        terms.retries = 6;
        task = _open(terms);
        _joinAll(CLIENTS, AUDITORS, AGGREGATORS);
    }

    function _random(uint256 n) private returns (uint256) {
        _seed = uint256(keccak256(abi.encode(_seed)));
        return _seed % n;
    }

    /// @dev One attempt from Commit to its end; whoever is silent, it ends.
    function playRound(uint256 seed) external {
        if (rounds.phaseOf(task) == ILearningRounds.Phase.Closed) return;
        _seed = seed;
        ILearningRounds.RoundState memory before = rounds.roundState(task);
        uint256 silence = 2 + _random(12); // one in so many stays silent
        _playClients(silence);
        bytes[] memory vectors = _playAuditors(silence);
        _playScoring(vectors);
        _playAggregators(silence);
        _enter(ILearningRounds.Phase.Finishing);
        rounds.finishRound(task);
        ILearningRounds.RoundState memory state = rounds.roundState(task);
        assertEq(state.settled + state.voided, before.settled + before.voided + 1);
        ++played;
    }

    function _playClients(uint256 silence) private {
        _enter(ILearningRounds.Phase.Commit);
        bool[] memory committed = new bool[](CLIENTS);
        for (uint256 i; i < CLIENTS; ++i) {
            committed[i] = _random(silence) != 0;
            if (committed[i]) _commitUpdate(_client(i));
        }
        _enter(ILearningRounds.Phase.Reveal);
        for (uint256 i; i < CLIENTS; ++i)
            if (committed[i] && _random(silence) != 0) rounds.revealUpdate(task, _client(i), _update(_client(i)));
    }

    function _playAuditors(uint256 silence) private returns (bytes[] memory vectors) {
        vectors = new bytes[](AUDITORS);
        for (uint256 i; i < AUDITORS; ++i) {
            if (_random(silence) == 0) continue;
            for (uint256 j; j < CLIENTS; ++j) {
                // from ABSENT to saturated, often close to each other
                int256 score = _random(8) == 0 ? int256(_random(65_536)) - 32_768 : int256(_random(200)) - 60;
                vectors[i] = abi.encodePacked(vectors[i], int16(score));
            }
        }
        _audits(vectors);
    }

    function _playScoring(bytes[] memory vectors) private {
        ILearningRounds.RoundState memory state = rounds.roundState(task);
        if (state.updates < 2 || state.audits < 3 || _random(10) == 0) return;
        vm.warp(rounds.phaseStart(task, ILearningRounds.Phase.AggregateCommit) + _random(60));
        rounds.scoreRound(task, _openings(vectors));
    }

    function _playAggregators(uint256 silence) private {
        if (!rounds.roundState(task).scored) return;
        bytes32[] memory roots = new bytes32[](AGGREGATORS);
        for (uint256 i; i < AGGREGATORS; ++i) {
            if (_random(silence) == 0) continue;
            roots[i] = _random(6) == 0 ? bytes32(1 + _random(2)) : MODEL;
            _commitAggregate(i, roots[i], "next");
        }
        _enter(ILearningRounds.Phase.AggregateReveal);
        for (uint256 i; i < AGGREGATORS; ++i)
            if (roots[i] != 0 && _random(silence) != 0)
                rounds.revealAggregate(task, _aggregator(i), roots[i], "next", SALT);
    }

    function claimSome(uint256 seed) external {
        _claim(_account(seed % (CLIENTS + AUDITORS + AGGREGATORS)));
    }

    function refundOnce() external {
        if (rounds.phaseOf(task) != ILearningRounds.Phase.Closed || refunded != 0) return;
        refunded = rounds.refund(task);
    }

    function _account(uint256 i) private pure returns (address) {
        if (i < CLIENTS) return _client(i);
        if (i < CLIENTS + AUDITORS) return _auditor(i - CLIENTS);
        return _aggregator(i - CLIENTS - AUDITORS);
    }

    function _claim(address account) private {
        uint256 before = token.balanceOf(account);
        uint256 amount = rounds.claim(_ids(), account);
        assertEq(token.balanceOf(account) - before, amount);
        paid += amount;
    }

    // ----------------------------------------------------------------------------------------- what must always hold

    function sumOfEarnings() public view returns (uint256 sum) {
        for (uint256 i; i < CLIENTS + AUDITORS + AGGREGATORS; ++i) sum += _earned(_account(i));
    }

    function sumOfStakes() public view returns (uint256 sum) {
        for (uint256 i; i < AUDITORS + AGGREGATORS; ++i) sum += _locked(_account(CLIENTS + i));
        sum += vault.collectable(address(token), SLASHED_TO);
    }

    function escrowed() external view returns (uint256 remaining, uint256 balance) {
        (, remaining) = escrow.accountOf(address(rounds), TaskId.unwrap(task));
        return (remaining, token.balanceOf(address(escrow)));
    }

    function reward() external pure returns (uint256) {
        return REWARD;
    }

    function stakes() external pure returns (uint256) {
        return STAKE * (AUDITORS + AGGREGATORS);
    }

    function isClosed() external view returns (bool) {
        return rounds.phaseOf(task) == ILearningRounds.Phase.Closed;
    }
}
