// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {StakeVault} from "../../../contracts/rewards/StakeVault.sol";
import {TestBase} from "../Vm.sol";
import {PanelHarness} from "./PanelHarness.sol";

/// @title PanelFixture
/// @notice Rounds of panels, and the steps of auditors as single calls.
abstract contract PanelFixture is TestBase {
    int256 internal constant ABSENT = type(int16).min;
    uint256 internal constant ABSENT_BITS = 1 << 15;
    address internal constant SLASHED_TO = address(0x51A5);
    uint96 internal constant REWARD = 1_000_000_007; // a prime, so that nothing divides by luck
    uint96 internal constant STAKE = 1000;
    uint96 internal constant PENALTY = 400;
    bytes16 internal constant SALT = bytes16("salt");

    StakeVault internal vault;
    PanelHarness internal harness;
    uint24 internal clients;
    mapping(address auditor => bytes vector) internal vectors;

    function _terms() internal pure returns (ILearningTasks.TaskTerms memory terms) {
        terms.reward = REWARD;
        terms.schedule.commit = 100;
        terms.schedule.reveal = 90;
        terms.schedule.auditCommit = 80;
        terms.schedule.auditReveal = 70;
        terms.schedule.settle = 60;
        terms.schedule.aggregateCommit = 50;
        terms.schedule.aggregateReveal = 40;
        terms.rounds = 4;
        terms.periodRounds = 2;
        terms.retries = 2;
        terms.panelCells = 2;
        terms.panelSeats = 5;
        terms.auditorShare = 2000;
        terms.epsilon = 10;
        terms.exclusionScore = 50;
        terms.auditorStake = STAKE;
        terms.missPenalty = PENALTY;
        terms.slashRecipient = SLASHED_TO;
    }

    function _open(ILearningTasks.TaskTerms memory terms, uint24 clients_, uint256 auditors) internal {
        vm.warp(1_000_000);
        vault = new StakeVault();
        harness = new PanelHarness(vault);
        harness.open(terms);
        clients = clients_;
        harness.joinClients(clients_);
        for (uint256 i; i < auditors; ++i) {
            address account = _auditor(i);
            if (terms.auditorStake != 0) {
                vm.deal(account, terms.auditorStake);
                vm.prank(account);
                vault.deposit{value: terms.auditorStake}(address(harness), address(0), terms.auditorStake);
            }
            harness.joinAuditor(account);
        }
    }

    function _auditor(uint256 i) internal pure returns (address) {
        return address(uint160(0x200000 + i));
    }

    /// @dev A round in AuditReveal, with its seed drawn and all updates revealed.
    function _start(uint16 round, uint16 settled) internal {
        _startWithout(round, settled, type(uint256).max);
    }

    /// @dev The same, with one update that was never revealed.
    function _startWithout(uint16 round, uint16 settled, uint256 missing) internal {
        harness.start(round, settled);
        for (uint256 id; id < clients; ++id) if (id != missing) harness.revealUpdate(id);
        harness.draw(keccak256(abi.encode("seed", round)));
        vm.warp(block.timestamp + 100 + 90 + 80);
    }

    function _toSettle() internal {
        vm.warp(block.timestamp + 70);
    }

    /// @dev The vector of scores by client id for the cells of a panel; what is beyond the clients is absent.
    function _encode(uint256 panel, int256[] memory scores) internal view returns (bytes memory vector) {
        uint256[] memory cells = harness.cellsOf(panel);
        vector = new bytes(harness.vectorLength());
        for (uint256 i; i < cells.length; ++i) {
            for (uint256 lane; lane < 8; ++lane) {
                uint256 id = cells[i] * 8 + lane;
                uint256 score = uint256((id < scores.length ? scores[id] : ABSENT) + int256(ABSENT_BITS));
                uint256 place = (i / 2) * 32 + (7 - lane) * 4 + (i % 2) * 2;
                vector[place] = bytes1(uint8(score >> 8));
                vector[place + 1] = bytes1(uint8(score));
            }
        }
    }

    function _reveal(address auditor, bytes memory vector) internal {
        ILearningTasks.ScoresOpening memory opening = ILearningTasks.ScoresOpening(auditor, SALT, vector);
        uint256 round = harness.panels().round;
        harness.commitScores(auditor, harness.commitmentOf(round, opening));
        harness.revealScores(opening);
        vectors[auditor] = vector;
    }

    /// @dev Everybody's score is that of the seat.
    function _revealFlat(uint256 panel, int256[] memory bySeat) internal {
        address[] memory seats = harness.seatsOf(panel);
        for (uint256 i; i < bySeat.length; ++i) _reveal(seats[i], _encode(panel, _flat(bySeat[i])));
    }

    function _flat(int256 score) internal view returns (int256[] memory scores) {
        scores = new int256[](clients);
        for (uint256 i; i < clients; ++i) scores[i] = score;
    }

    function _five(int256 a, int256 b, int256 c, int256 d, int256 e) internal pure returns (int256[] memory values) {
        values = new int256[](5);
        (values[0], values[1], values[2], values[3], values[4]) = (a, b, c, d, e);
    }

    /// @dev What the chain needs to settle a panel, from what was revealed with `_reveal`.
    function _openings(uint256 panel) internal returns (bytes memory packed) {
        address[] memory seats = harness.seatsOf(panel);
        for (uint256 i; i < seats.length; ++i) {
            packed = bytes.concat(packed, bytes20(seats[i]));
            if (vectors[seats[i]].length != 0) packed = bytes.concat(packed, SALT, vectors[seats[i]]);
            delete vectors[seats[i]];
        }
    }

    function _settle(uint256 panel) internal {
        harness.settle(panel, _openings(panel));
    }
}
