// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {PanelFixture} from "./PanelFixture.sol";

/// @dev Settlement beside the same rules in plain numbers: one client and one auditor after another, sorted lists, no
/// lanes. Rounds of a task with all that chance brings: clients, auditors, panels, silence, ghosts, periods, extremes.
contract PanelRulesTest is PanelFixture {
    /// @dev What the rules say by themselves.
    struct Expected {
        int256[] balances; // by client, of the running period
        uint256[] earned; // by auditor
        uint256[] stakes;
        uint256 owed;
        uint256 positiveBefore; // of the period before
    }

    uint256 private constant ROUNDS = 3;

    Expected private _expected;
    ILearningTasks.TaskTerms private _rules;
    uint256 private _auditors;
    uint256 private _chance;
    bool[] private _live;

    function testFuzz_PAN04_PAN05_PAN08_PAN10_settlesAsThePlainRules(uint256 chance) public {
        _chance = chance;
        _prepare();
        for (uint16 round = 1; round <= ROUNDS; ++round) {
            // the third round is the first of the second period
            if (round == 3) _turnPeriod();
            _playRound(round, round - 1);
            _compare((round - 1) / 2);
        }
    }

    function _pick(uint256 bound_) private returns (uint256) {
        _chance = uint256(keccak256(abi.encode(_chance)));
        return _chance % bound_;
    }

    function _prepare() private {
        ILearningTasks.TaskTerms memory terms = _terms();
        uint256 seats = 3 + 2 * _pick(3);
        terms.panelSeats = uint8(seats);
        terms.panelCells = uint8(1 + _pick(3));
        terms.epsilon = uint16(_pick(4) == 0 ? _pick(65_536) : _pick(20));
        terms.exclusionScore = uint16(_pick(100));
        _rules = terms;
        _auditors = seats + 1 + _pick(seats);
        uint24 clients_ = uint24(1 + _pick(36));
        _open(terms, clients_, _auditors);
        delete _expected;
        _expected.balances = new int256[](clients_);
        _expected.earned = new uint256[](_auditors);
        _expected.stakes = new uint256[](_auditors);
        for (uint256 i; i < _auditors; ++i) _expected.stakes[i] = STAKE;
    }

    function _turnPeriod() private {
        _expected.positiveBefore = _positive();
        for (uint256 id; id < clients; ++id) if (_expected.balances[id] > 0) _expected.balances[id] = 0;
    }

    function _playRound(uint16 round, uint16 settled) private {
        harness.start(round, settled);
        _live = new bool[](clients);
        for (uint256 id; id < clients; ++id) {
            if (_pick(8) == 0) continue;
            _live[id] = true;
            harness.revealUpdate(id);
        }
        harness.draw(bytes32(_pick(type(uint256).max)));
        vm.warp(block.timestamp + 100 + 90 + 80);
        uint256 panels = harness.panels().panels;
        int256[][][] memory said = new int256[][][](panels);
        for (uint256 p; p < panels; ++p) said[p] = _speak(p);
        _toSettle();
        for (uint256 p = panels; p > 0; --p) {
            _settle(p - 1);
            _expect(p - 1, said[p - 1]);
        }
    }

    /// @dev Scores by seat and client; none for a seat that stays silent. One mood a panel, so that medians of all kinds
    /// come about.
    function _speak(uint256 panel) private returns (int256[][] memory said) {
        address[] memory seats = harness.seatsOf(panel);
        said = new int256[][](seats.length);
        uint256 mood = _pick(4);
        for (uint256 s; s < seats.length; ++s) {
            if (_pick(6) == 0) continue;
            said[s] = new int256[](clients);
            for (uint256 id; id < clients; ++id) said[s][id] = _scoreIn(mood);
            _reveal(seats[s], _encode(panel, said[s]));
        }
    }

    function _scoreIn(uint256 mood) private returns (int256) {
        if (mood == 0) return 0;
        if (_pick(5) == 0) return ABSENT;
        if (mood == 1) return int256(_pick(30)) - 15;
        if (mood == 2) return int256(_pick(65_535)) - 32_767;
        return _pick(2) == 0 ? int256(32_767) : -32_767;
    }

    // ------------------------------------------------------------------------------------------------- the plain rules

    function _expect(uint256 panel, int256[][] memory said) private {
        uint256 reveals;
        for (uint256 s; s < said.length; ++s) if (said[s].length != 0) ++reveals;
        address[] memory seats = harness.seatsOf(panel);
        for (uint256 s; s < said.length; ++s) {
            if (said[s].length == 0) {
                uint256 i = _index(seats[s]);
                _expected.stakes[i] -= _expected.stakes[i] < PENALTY ? _expected.stakes[i] : PENALTY;
            }
        }
        if (reveals >= 3) _expectScores(panel, said, seats);
    }

    function _expectScores(uint256 panel, int256[][] memory said, address[] memory seats) private {
        uint256[] memory accurate = new uint256[](said.length);
        uint256 updates;
        bool informative;
        uint256[] memory cells = harness.cellsOf(panel);
        for (uint256 c; c < cells.length; ++c) {
            for (uint256 id = cells[c] * 8; id < cells[c] * 8 + 8 && id < clients; ++id) {
                if (!_live[id]) continue;
                ++updates;
                int256 median = _median(said, id);
                for (uint256 s; s < said.length; ++s) if (_isClose(said[s], id, median)) ++accurate[s];
                if (median == ABSENT) _live[id] = false;
                else _expected.balances[id] += median;
                if (median != ABSENT && median != 0) informative = true;
            }
        }
        if (!informative) return;
        uint256 attempts = uint256(_rules.rounds) + _rules.retries;
        uint256 allSeats = uint256(harness.panels().panels) * _rules.panelSeats;
        uint256 seatPay = (uint256(REWARD) * _rules.auditorShare) / (10_000 * attempts * allSeats);
        for (uint256 s; s < said.length; ++s) {
            uint256 amount = (seatPay * accurate[s]) / updates;
            _expected.earned[_index(seats[s])] += amount;
            _expected.owed += amount;
        }
    }

    function _isClose(int256[] memory scores, uint256 id, int256 median) private view returns (bool) {
        if (scores.length == 0) return false;
        if (scores[id] == ABSENT || median == ABSENT) return scores[id] == median;
        int256 distance = scores[id] - median;
        return (distance < 0 ? -distance : distance) <= int256(uint256(_rules.epsilon));
    }

    /// @dev Over all seats: silent ones have minus and plus infinity in turn.
    function _median(int256[][] memory said, uint256 id) private pure returns (int256) {
        int256[] memory sorted = new int256[](said.length);
        bool high;
        for (uint256 s; s < said.length; ++s) {
            if (said[s].length != 0) {
                sorted[s] = said[s][id];
            } else {
                sorted[s] = high ? type(int256).max : type(int256).min;
                high = !high;
            }
        }
        for (uint256 i = 1; i < sorted.length; ++i) {
            for (uint256 j = i; j > 0 && sorted[j - 1] > sorted[j]; --j)
                (sorted[j - 1], sorted[j]) = (sorted[j], sorted[j - 1]);
        }
        return sorted[(sorted.length - 1) / 2];
    }

    function _index(address auditor) private pure returns (uint256) {
        return uint160(auditor) - uint160(_auditor(0));
    }

    function _positive() private view returns (uint256 sum) {
        for (uint256 id; id < clients; ++id) if (_expected.balances[id] > 0) sum += uint256(_expected.balances[id]);
    }

    function _compare(uint256 period) private view {
        for (uint256 id; id < clients; ++id) {
            assertEq(harness.balanceOf(period, id), _expected.balances[id]);
            int256 least = -int256(uint256(_rules.exclusionScore));
            bool aggregated = _live[id] && _scored(id / 8) && _expected.balances[id] >= least;
            assertEq((harness.aggregatedIn(id / 8) >> (id % 8)) & 1 == 1, aggregated);
        }
        assertEq(harness.positive(period), _positive());
        if (period != 0) assertEq(harness.positive(period - 1), _expected.positiveBefore);
        for (uint256 i; i < _auditors; ++i) {
            assertEq(harness.earnedBy(_auditor(i)), _expected.earned[i]);
            assertEq(harness.stakeOf(_auditor(i)), _expected.stakes[i]);
        }
        assertEq(harness.owed(), _expected.owed);
        assertLe(_expected.owed, (uint256(REWARD) * _rules.auditorShare) / 10_000);
    }

    /// @dev Whether the panel of a cell was scored in this round.
    function _scored(uint256 cell) private view returns (bool) {
        uint256 set = harness.panels().scoredSet;
        for (uint256 p; p < harness.panels().panels; ++p) {
            uint256[] memory cells = harness.cellsOf(p);
            for (uint256 i; i < cells.length; ++i) if (cells[i] == cell) return (set >> p) & 1 == 1;
        }
        return false;
    }
}
