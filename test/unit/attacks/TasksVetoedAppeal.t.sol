// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {AppealsFixture} from "../learning/AppealsFixture.sol";

/// @dev What: a panel of eleven that all revealed can be appealed before a fresh panel of eleven, of whom all must reveal.
/// Impact: six liars keep their stakes and their scores if a single accomplice among the eleven is silent: it loses
/// `missPenalty` once, in place of theirs six times; and nobody can appeal again.
/// Fix: up to two silent seats keep no fresh panel from its verdict.
contract TasksVetoedAppealTest is AppealsFixture {
    uint256 private constant MANY = 24;

    function setUp() public {
        _deploy();
        ILearningTasks.TaskTerms memory terms = _appealTerms();
        terms.panelSeats = 11;
        terms.minAuditors = uint16(MANY);
        terms.maxAuditors = uint16(MANY);
        task = _open(terms);
        _joinAll(CLIENTS, MANY, 3);
        for (uint256 id; id < CLIENTS; ++id) scoreOf[id] = 100 + 10 * int256(id);
    }

    function test_APL10_oneSilentSeatDoesNotVetoTheVerdict() public {
        _lie(6, 1000);
        _appeal(0);
        _finish();
        _drawAppeal();
        isSilent[_fresh()[0]] = true;
        _review();
        _settleAppeal();
        for (uint256 i; i < 6; ++i) assertLe(_locked(appealed.revealed[i]), 2 * uint256(STAKE));
    }

    function test_APL10_threeOfElevenDo() public {
        _lie(6, 1000);
        _appeal(0);
        _finish();
        _drawAppeal();
        address[] memory seats = _fresh();
        for (uint256 i; i < 3; ++i) isSilent[seats[i]] = true;
        _review();
        _settleAppeal();
        for (uint256 i; i < 6; ++i) assertEq(_locked(appealed.revealed[i]), 3 * uint256(STAKE));
        for (uint256 i; i < 3; ++i) assertEq(_locked(seats[i]), 2 * uint256(STAKE));
    }
}
