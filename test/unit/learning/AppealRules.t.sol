// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {ILearningAppeals} from "../../../contracts/learning/interfaces/ILearningAppeals.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {AppealsFixture} from "./AppealsFixture.sol";

/// @dev Appeals beside the same rules in plain numbers, one update and one auditor after another; and where the money of
/// a task and of its stakes is when all is done. Scores, absence, silence and the end of the period are by chance.
contract AppealRulesTest is AppealsFixture {
    uint256 private constant POOL = (uint256(REWARD) * 6500) / 10_000;

    uint256 private _chance;
    uint256 private _bondLocked;
    uint256 private _perSeat;
    uint256 private _penalty;
    address[] private _old;
    address[] private _new;
    int256[] private _medians;
    int256[] private _before;

    function _scoreBy(address auditor, uint256 id) internal view override returns (int256) {
        uint256 truth = uint256(keccak256(abi.encode(_chance, id)));
        uint256 said = uint256(keccak256(abi.encode(_chance, id, auditor)));
        // an update in eight is hardly there, an auditor in four has another opinion of everything
        if (said % (truth % 8 == 0 ? 2 : 12) == 0) return ABSENT;
        bool off = uint256(keccak256(abi.encode(_chance, auditor))) % 4 == 0;
        int256 score = int256((truth >> 8) % 300) - 100;
        return score + int256((said >> 8) % 31) - 15 + (off ? int256((said >> 16) % 900) - 200 : int256(0));
    }

    function testFuzz_APL06_APL07_APL08_APL09_APL10_APL14_asThePlainRules(uint256 chance) public {
        _chance = chance;
        _deploy();
        ILearningTasks.TaskTerms memory terms = _appealTerms();
        bool last = chance % 2 == 0;
        if (last) {
            terms.rounds = 1;
            terms.periodRounds = 1;
            terms.auditorStake = 9 * STAKE;
            terms.missPenalty = 3 * STAKE;
        }
        _penalty = terms.missPenalty;
        _begin(terms);
        _drawPanels();
        _audit();
        _settleAll();
        int256[] memory others = _mediansOf(_seatsOf(1), _cellsOf(1));
        uint256 fixedPart = _positiveOf(others);
        _appeal(0);
        _bondLocked = _locked(APPELLANT);
        _perSeat = _seatPay();
        _old = _seatsOf(0);
        _before = _mediansOf(_old, _appealedCells());
        assertEq(_positive(0), fixedPart + _positiveOf(_before));
        _finish();
        _drawAppeal();
        _new = _fresh();
        for (uint256 i; i < _new.length; ++i)
            isSilent[_new[i]] = uint256(keccak256(abi.encode(_chance, "silent", i))) % (1 + ((_chance >> 8) % 5)) != 0;
        _review();
        uint256 held = vault.totalHeld(address(token));
        _settleAppeal();
        assertEq(vault.totalHeld(address(token)), held);
        _expect(fixedPart, terms.auditorStake);
        if (last) _expectEnd();
    }

    function _expect(uint256 fixedPart, uint256 stake) private {
        uint256 reveals;
        uint256 silent;
        for (uint256 i; i < _new.length; ++i) {
            if (isSilent[_new[i]]) ++silent;
            else ++reveals;
            assertEq(_locked(_new[i]), isSilent[_new[i]] ? stake - _penalty : stake);
        }
        if (reveals < 3) {
            assertEq(_positive(0), fixedPart + _positiveOf(_before));
            assertEq(_free(APPELLANT), _bondLocked);
            assertEq(_collectable(SLASHED_TO), silent * _penalty);
            return;
        }
        _medians = _mediansOf(_new, _appealedCells());
        assertEq(_positive(0), fixedPart + _positiveOf(_medians));
        uint256 paid = _expectPay();
        (uint256 outliers, uint256 given) = _expectFines(stake, paid);
        bool upheld = outliers != 0 || _updates() - _near(_before) != _foundAbsent(_before);
        assertEq(_free(APPELLANT), upheld ? _bondLocked - paid : 0);
        assertEq(_locked(APPELLANT), 0);
        assertEq(_collectable(APPELLANT), given);
        uint256 rest = upheld ? 0 : _bondLocked - paid;
        assertEq(_collectable(SLASHED_TO), rest + (silent + outliers) * _penalty - given);
    }

    function _expectPay() private view returns (uint256 paid) {
        bool told;
        for (uint256 i; i < _medians.length; ++i) if (_medians[i] != 0 && _medians[i] != ABSENT) told = true;
        for (uint256 i; i < _new.length; ++i) {
            uint256 pay;
            if (told && !isSilent[_new[i]]) pay = (_perSeat * _nearOf(_new[i])) / _updates();
            assertEq(_collectable(_new[i]), pay);
            paid += pay;
        }
    }

    function _expectFines(uint256 stake, uint256 owed) private view returns (uint256 outliers, uint256 given) {
        for (uint256 i; i < _old.length; ++i) {
            bool outlier = 2 * _farOf(_old[i]) > _updates();
            assertEq(_locked(_old[i]), outlier ? stake - _penalty : stake);
            if (!outlier) continue;
            ++outliers;
            uint256 repaid = owed < _penalty ? owed : _penalty;
            owed -= repaid;
            given += repaid + (_penalty - repaid) / 2;
        }
    }

    /// @dev When everybody has claimed, the owner and the treasury too, less than a unit for each client is left.
    function _expectEnd() private {
        (, uint256 positive, uint256 divisor, uint256 from) = tasks.periodOf(task, 0);
        assertEq(divisor, positive < 100 ? 100 : positive);
        vm.warp(from);
        uint256 paid;
        for (uint256 id; id < CLIENTS; ++id) paid += _claim(_client(id), 1);
        assertLe(paid, POOL);
        for (uint256 i; i < AUDITORS; ++i) paid += _claim(_auditor(i), 0);
        for (uint256 i; i < 3; ++i) paid += _claim(_aggregator(i), 0);
        paid += _claim(SLASHED_TO, 0);
        if (paid < REWARD) paid += tasks.refund(task);
        (, uint256 remaining) = escrow.accountOf(address(tasks), TaskId.unwrap(task));
        assertEq(paid + remaining, REWARD);
        assertLe(remaining, CLIENTS);
    }

    // ------------------------------------------------------------------------------------------------- the plain rules

    /// @dev Lower medians of those who are not silent, for each client of the cells.
    function _mediansOf(address[] memory seats, uint256[] memory cells) private view returns (int256[] memory medians) {
        uint256 reveals;
        for (uint256 s; s < seats.length; ++s) if (!isSilent[seats[s]]) ++reveals;
        medians = new int256[](8);
        for (uint256 lane; lane < 8; ++lane) {
            uint256 id = cells[0] * 8 + lane;
            medians[lane] = ABSENT;
            if (id >= CLIENTS) continue;
            int256[] memory sorted = new int256[](reveals);
            uint256 count;
            for (uint256 s; s < seats.length; ++s) {
                if (isSilent[seats[s]]) continue;
                uint256 j = count;
                ++count;
                for (; j > 0 && sorted[j - 1] > _scoreBy(seats[s], id); --j) sorted[j] = sorted[j - 1];
                sorted[j] = _scoreBy(seats[s], id);
            }
            medians[lane] = sorted[(reveals - 1) / 2];
        }
    }

    function _positiveOf(int256[] memory medians) private pure returns (uint256 sum) {
        for (uint256 i; i < medians.length; ++i) if (medians[i] > 0) sum += uint256(medians[i]);
    }

    function _updates() private view returns (uint256 count) {
        for (uint256 lane; lane < 8; ++lane) if (_appealedCells()[0] * 8 + lane < CLIENTS) ++count;
    }

    function _nearOf(address auditor) private view returns (uint256) {
        return _near(_scoresOf(auditor));
    }

    /// @dev How many of an auditor's scores are further than epsilon from the new medians; none is far from absence, nor is
    /// absence of what the appealed panel had.
    function _farOf(address auditor) private view returns (uint256) {
        return _updates() - _nearOf(auditor) - _foundAbsent(_scoresOf(auditor)) - _kept(_scoresOf(auditor));
    }

    /// @dev How many of the scores are of updates that the fresh panel found absent, and the scores not.
    function _foundAbsent(int256[] memory scores) private view returns (uint256 count) {
        for (uint256 lane; lane < 8; ++lane)
            if (_appealedCells()[0] * 8 + lane < CLIENTS && _medians[lane] == ABSENT && scores[lane] != ABSENT) ++count;
    }

    /// @dev How many of the updates both panels had and the scores not.
    function _kept(int256[] memory scores) private view returns (uint256 count) {
        for (uint256 lane; lane < 8; ++lane)
            if (scores[lane] == ABSENT && _medians[lane] != ABSENT && _before[lane] != ABSENT) ++count;
    }

    function _scoresOf(address auditor) private view returns (int256[] memory scores) {
        scores = new int256[](8);
        for (uint256 lane; lane < 8; ++lane) scores[lane] = _scoreBy(auditor, _appealedCells()[0] * 8 + lane);
    }

    /// @dev How many of the scores are within epsilon of the new medians; absence is only close to absence.
    function _near(int256[] memory scores) private view returns (uint256 count) {
        for (uint256 lane; lane < 8; ++lane) {
            if (_appealedCells()[0] * 8 + lane >= CLIENTS) continue;
            (int256 score, int256 median) = (scores[lane], _medians[lane]);
            if (score == ABSENT || median == ABSENT) {
                if (score == median) ++count;
            } else if (score - median <= 10 && median - score <= 10) {
                ++count;
            }
        }
    }

    // -------------------------------------------------------------------------------------------------------------- gas

    /// @dev 96 updates, eleven auditors on the panel and eleven on the fresh one. Execution, 21,000, and calldata at 64 a
    /// byte (EIP-7976).
    function test_APL13_anAppealOfElevenSeatsAnd96UpdatesSettlesWithinTwoMillion() public {
        assertLe(_settlementGas(96), 2_000_000);
    }

    function _settlementGas(uint24 clients) private returns (uint256 gas) {
        _deploy();
        ILearningTasks.TaskTerms memory terms = _appealTerms();
        terms.panelSeats = 11;
        terms.minAuditors = 12;
        terms.maxClients = clients;
        terms.panelCells = 32;
        terms.minimumScore = 10_000_000;
        task = _open(terms);
        _joinAll(clients, 22, 3);
        _drawPanels();
        _audit();
        _settleAll();
        _appeal(0);
        for (uint256 i; i < appealed.revealed.length; ++i) isSilent[appealed.revealed[i]] = false;
        _finish();
        _drawAppeal();
        // so that every score of the panel changes
        _chance = 1;
        _review();
        bytes memory openings = _pack(_fresh(), _appealedCells());
        vm.warp(_startedAt() + 150);
        bytes memory data = abi.encodeCall(ILearningAppeals.settleAppeal, (task, appealed, openings));
        gas = gasleft();
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, ) = address(tasks).call(data);
        gas -= gasleft();
        assertTrue(success);
        gas += 21_000 + 64 * data.length;
    }
}
