// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../contracts/learning/interfaces/ILearningTasks.sol";
import {RewardsFixture} from "../unit/learning/RewardsFixture.sol";

/// @dev Plays rounds of every outcome with random scores, and claims, refunds and sweeps in between. What each account
/// should have earned is kept beside it, by the plain rules.
contract TasksHandler is RewardsFixture {
    uint256 private constant CLIENTS = 9; // two cells
    uint256 private constant AUDITORS = 4;
    uint256 private constant AGGREGATORS = 3;
    uint256 private constant ROUNDS = 6;
    uint256 private constant PERIOD = 2;
    uint256 private constant PERIODS = 3;
    address private constant ELSEWHERE = address(0xE15E);

    bool public swept;
    uint256 public refunded;
    mapping(address account => uint256 amount) private _directed; // claimed to ELSEWHERE
    mapping(address account => uint256 amount) private _seatPay;
    int256[CLIENTS][PERIODS + 1] private _scores_;
    bool[2][PERIODS + 1] private _written; // a cell in a period
    uint256[PERIODS + 1] private _settledIn;
    uint256 private _settled;
    uint256 private _seed;

    constructor() {
        _deploy();
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.rounds = uint16(ROUNDS);
        terms.periodRounds = uint16(PERIOD);
        terms.retries = 6;
        task = _open(terms);
        _joinAll(CLIENTS, AUDITORS, AGGREGATORS);
    }

    function _random(uint256 n) private returns (uint256) {
        _seed = uint256(keccak256(abi.encode(_seed)));
        return _seed % n;
    }

    // -------------------------------------------------------------------------------------------------------- actions

    function playRound(uint256 seed) external {
        if (_isClosed()) return;
        _seed = seed;
        if (_random(9) == 0) return _finishFrom(ILearningTasks.Phase.AuditCommit);
        _revealAll(CLIENTS);
        if (_random(9) == 0) return _finishFrom(ILearningTasks.Phase.AggregateCommit);
        _enter(ILearningTasks.Phase.Settle);
        tasks.draw(task, 2);
        bool scored;
        for (uint256 panel; panel < 2; ++panel) {
            bool valid = _random(5) != 0;
            tasks.settlePanel(task, panel, valid);
            if (valid) _scoreCell(panel);
            scored = scored || valid;
        }
        if (!scored) return tasks.finishRound(task, _answer(0));
        _answerSome();
    }

    function claimSome(uint256 seed, uint256 periods) external {
        if (swept) return;
        address account = _account(seed % (CLIENTS + AUDITORS + AGGREGATORS + 1));
        // often one that runs yet, or is not due
        periods = bound(periods, 0, (1 << PERIODS) - 1);
        (uint256 earned, ) = tasks.earningsOf(task, account);
        uint256 before = _received(account);
        bool directs = seed % 3 == 0;
        try this.claimAs(account, directs, periods) returns (uint256 amount) {
            if (directs) _directed[account] += amount;
            assertEq(_received(account), before + amount);
            assertLe(before + amount, earned);
        } catch {
            assertEq(_received(account), before);
        }
    }

    function claimAs(address account, bool directs, uint256 periods) external returns (uint256) {
        uint256[] memory items = new uint256[](2);
        (items[0], items[1]) = (_item(task, periods), _item(task, periods));
        if (!directs) return tasks.claimFor(items, account);
        vm.prank(account);
        return tasks.claimTo(items, ELSEWHERE);
    }

    function waitForAppeals(uint256 seconds_) external {
        // while a round runs only as far as it can wait
        if (_isClosed()) vm.warp(block.timestamp + bound(seconds_, 1, APPEAL));
    }

    function refundOnce() external {
        if (!_isClosed() || refunded != 0 || swept) return;
        _afterAppeals();
        refunded = tasks.refund(task);
    }

    function sweepOnce(uint256 seed) external {
        if (seed % 8 != 0 || !_isClosed() || swept || _remaining() == 0) return;
        vm.warp(block.timestamp + APPEAL + 365 days);
        tasks.sweep(task);
        swept = true;
    }

    // -------------------------------------------------------------------------------------------------------- a round

    function _finishFrom(ILearningTasks.Phase phase) private {
        _enter(phase);
        tasks.finishRound(task, _answer(0));
    }

    function _scoreCell(uint256 cell) private {
        uint256 period = _settled / PERIOD;
        uint256 last = cell == 0 ? 8 : CLIENTS;
        for (uint256 id = cell * 8; id < last; ++id) {
            if (!_written[period][cell] && period != 0 && _scores_[period - 1][id] < 0)
                _scores_[period][id] = _scores_[period - 1][id];
            int256 median =
                int256(_random(_random(4) == 0 ? 65_535 : 200)) - int256(_random(2) == 0 ? uint256(60) : 32_767);
            _scores_[period][id] += median;
            tasks.score(task, id, median);
        }
        _written[period][cell] = true;
        for (uint256 i; i < AUDITORS; ++i)
            _seatPay[_auditor(i)] += tasks.payAuditor(task, _auditor(i), _random(9), 8 * AUDITORS);
    }

    function _answerSome() private {
        _enter(ILearningTasks.Phase.AggregateReveal);
        uint40 ends = uint40(tasks.startOf(task, ILearningTasks.Phase.AggregateReveal) + 70);
        uint256 agreed;
        for (uint256 i; i < AGGREGATORS; ++i) {
            if (_random(3) == 0) continue;
            tasks.reply(task, i, _digest(_answer(0)), ends);
            agreed |= 1 << i;
        }
        bool disproved = agreed != 0 && _random(5) == 0;
        if (disproved) tasks.disprove(task, agreed, 1, ends);
        _enter(ILearningTasks.Phase.Finishing);
        tasks.finishRound(task, _answer(0));
        if (agreed == 0 || disproved) return;
        for (uint256 i; i < AGGREGATORS; ++i)
            if ((agreed >> i) & 1 != 0)
                _seatPay[_aggregator(i)] += (uint256(REWARD) * 1000) / (10_000 * ROUNDS * AGGREGATORS);
        ++_settledIn[_settled / PERIOD];
        ++_settled;
    }

    // ----------------------------------------------------------------------------------------- what must always hold

    function accounts() external pure returns (uint256) {
        return CLIENTS + AUDITORS + AGGREGATORS + 1;
    }

    /// @dev All that ever left the escrow, by where it went.
    function paid() external view returns (uint256 sum) {
        for (uint256 i; i < CLIENTS + AUDITORS + AGGREGATORS + 1; ++i) sum += token.balanceOf(_account(i));
        sum += token.balanceOf(ELSEWHERE) + token.balanceOf(COOPERATIVE);
    }

    function escrowed() external view returns (uint256 remaining, uint256 balance) {
        return (_remaining(), token.balanceOf(address(escrow)));
    }

    function owed() external view returns (uint256) {
        return _owed();
    }

    /// @return earned what the contracts say; `plain` what the plain rules say; `received` what was paid.
    function bookOf(uint256 i) external view returns (uint256 earned, uint256 plain, uint256 received) {
        address account = _account(i);
        (earned, ) = tasks.earningsOf(task, account);
        plain =
            i < CLIENTS
                ? _plainPay(i)
                : account == TREASURY
                    ? _plainTreasury()
                    : _seatPay[account];
        return (earned, plain, _received(account));
    }

    function reward() external pure returns (uint256) {
        return REWARD;
    }

    /// @dev Of a sweep the treasury has more than it earned.
    function _received(address account) private view returns (uint256) {
        return token.balanceOf(account) + _directed[account];
    }

    function _plainPay(uint256 id) private view returns (uint256 pay) {
        for (uint256 period; period < PERIODS; ++period) {
            if (!_isOver(period) || _scores_[period][id] <= 0) continue;
            uint256 sum;
            for (uint256 i; i < CLIENTS; ++i) if (_scores_[period][i] > 0) sum += uint256(_scores_[period][i]);
            uint256 pool = (uint256(REWARD) * 6500 * _settledIn[period]) / (10_000 * ROUNDS);
            pay += (pool * uint256(_scores_[period][id])) / (sum < 100 ? 100 : sum);
        }
    }

    function _plainTreasury() private view returns (uint256 pay) {
        for (uint256 period; period < PERIODS; ++period)
            if (_isOver(period)) pay += (uint256(REWARD) * 500 * _settledIn[period]) / (10_000 * ROUNDS);
    }

    function _isOver(uint256 period) private view returns (bool) {
        return _settledIn[period] == PERIOD || (_isClosed() && _settledIn[period] != 0);
    }

    function _account(uint256 i) private pure returns (address) {
        if (i < CLIENTS) return _client(i);
        if (i < CLIENTS + AUDITORS) return _auditor(i - CLIENTS);
        i -= CLIENTS + AUDITORS;
        return i < AGGREGATORS ? _aggregator(i) : TREASURY;
    }
}
