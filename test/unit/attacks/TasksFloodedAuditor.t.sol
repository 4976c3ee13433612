// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningAppeals} from "../../../contracts/learning/interfaces/ILearningAppeals.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {AppealsFixture} from "../learning/AppealsFixture.sol";

/// @dev What: all appeals of a round have one timetable, and an auditor may sit on the fresh panel of each. Silence on each is a miss
/// of its own.
/// Impact: who appeals all panels of a round, of the last one too, takes the whole stake of any auditor that is offline for that
/// hour, or can't score so many panels at once, and has it jailed for 90 days: for a 32nd of a stake and some pay an appeal.
/// Fix: silence on the fresh panels of one round is one miss.
contract TasksFloodedAuditorTest is AppealsFixture {
    uint256 private constant PANELS = 4;

    ILearningAppeals.AppealedPanel[] private _told;

    function setUp() public {
        _deploy();
        _begin(_appealTerms());
        for (uint256 i = CLIENTS; i < 8 * PANELS; ++i) {
            _join(_client(i), ILearningTasks.Role.Client);
            scoreOf[i] = 100;
        }
    }

    /// @dev All panels of a round are appealed, and the fresh ones drawn.
    function _flood() private {
        _lie(0, 0);
        for (uint256 p; p < PANELS; ++p) {
            _appeal(p);
            _told.push(appealed);
        }
        _finish();
        for (uint256 p; p < PANELS; ++p) {
            appealed = _told[p];
            _drawAppeal();
        }
    }

    /// @dev Who is not silent reviews on all of them.
    function _reviewAll() private {
        uint256 from = block.timestamp;
        for (uint256 p; p < PANELS; ++p) {
            appealed = _told[p];
            address[] memory seats = _fresh();
            for (uint256 i; i < seats.length; ++i) if (!isSilent[seats[i]]) _commitReview(seats[i], _appealedCells());
        }
        vm.warp(from + 80);
        for (uint256 p; p < PANELS; ++p) {
            appealed = _told[p];
            address[] memory seats = _fresh();
            for (uint256 i; i < seats.length; ++i)
                if (!isSilent[seats[i]]) tasks.revealReview(task, appealed.round, p, _saidOf(seats[i]));
        }
        for (uint256 p; p < PANELS; ++p) {
            appealed = _told[p];
            _settleAppeal();
        }
    }

    function _saidOf(address auditor) private view returns (ILearningTasks.ScoresOpening memory) {
        return _said(_appealedCells(), auditor);
    }

    function _lost(address auditor) private view returns (uint256) {
        return tasks.termsOf(task).auditorStake - _locked(auditor);
    }

    function test_APL10_oneOutageIsOneMiss() public {
        _flood();
        address offline = _auditor(0);
        isSilent[offline] = true;
        _reviewAll();
        assertEq(_lost(offline), STAKE);
        assertEq(tasks.participantOf(task, offline).misses, 1);
        assertEq(vault.jailedUntil(address(tasks), offline), 0);
    }

    function test_APL10_silenceInTheNextRoundIsAnother() public {
        _flood();
        address offline = _auditor(0);
        isSilent[offline] = true;
        _reviewAll();
        delete _told;
        isSilent[offline] = false;
        _flood();
        isSilent[offline] = true;
        _reviewAll();
        assertEq(_lost(offline), 2 * STAKE);
        assertEq(tasks.participantOf(task, offline).misses, 2);
    }
}
