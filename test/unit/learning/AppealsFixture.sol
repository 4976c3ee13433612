// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningAppeals} from "../../../contracts/learning/interfaces/ILearningAppeals.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {PanelLib} from "../../../contracts/learning/libraries/PanelLib.sol";
import {PermutationLib} from "../../../contracts/learning/libraries/PermutationLib.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {Panels} from "../../../contracts/learning/types/TaskState.sol";
import {TasksFixture} from "./TasksFixture.sol";

/// @title AppealsFixture
/// @notice A task of two panels of three auditors and one cell each, fourteen auditors and twelve clients; and the steps
/// of an appeal as single calls. Auditors say `scoreOf[id] + bias[auditor]`.
abstract contract AppealsFixture is TasksFixture {
    using PanelLib for Panels;
    using PermutationLib for PermutationLib.Permutation;

    uint256 internal constant CLIENTS = 12;
    uint256 internal constant AUDITORS = 14;
    int256 internal constant ABSENT = type(int16).min;
    address internal constant APPELLANT = address(0xA99EA1);
    bytes32 internal constant FRESH = keccak256("artel.panels.fresh.v1");

    mapping(uint256 id => int256 score) internal scoreOf;
    mapping(address auditor => int256 bias) internal biasOf;
    mapping(address auditor => bool silent) internal isSilent;
    /// @dev The panel that was appealed last.
    ILearningAppeals.AppealedPanel internal appealed;

    function _begin(ILearningTasks.TaskTerms memory terms) internal {
        task = _open(terms);
        _joinAll(CLIENTS, AUDITORS, 3);
        for (uint256 id; id < CLIENTS; ++id) scoreOf[id] = 100 + 10 * int256(id);
    }

    function _appealTerms() internal view returns (ILearningTasks.TaskTerms memory terms) {
        terms = _terms();
        terms.maxAuditors = 200;
        terms.auditorStake = 3 * STAKE;
        terms.missPenalty = STAKE;
    }

    // --------------------------------------------------------------------------------------------------------- panels

    function _panels() internal view returns (Panels memory panels) {
        ILearningTasks.PanelState memory state = tasks.panelState(task);
        panels.seed = state.seed;
        // as they were drawn
        panels.panels = uint8(state.panels);
        panels.cells = uint24(state.cells);
        panels.auditors = uint16(state.auditors);
    }

    function _seatsOf(uint256 panel) internal view returns (address[] memory auditors) {
        PermutationLib.Permutation memory order = _panels().auditorsIn();
        auditors = new address[](tasks.termsOf(task).panelSeats);
        for (uint256 i; i < auditors.length; ++i) auditors[i] = _auditor(order.valueAt(panel * auditors.length + i));
    }

    function _cellsOf(uint256 panel) internal view returns (uint256[] memory cells) {
        Panels memory panels = _panels();
        PermutationLib.Permutation memory order = panels.cellsIn();
        cells = new uint256[](panels.firstOf(panel + 1) - panels.firstOf(panel));
        for (uint256 i; i < cells.length; ++i) cells[i] = order.valueAt(panels.firstOf(panel) + i);
    }

    /// @dev What an auditor says of the clients of some cells.
    function _vector(uint256[] memory cells, address auditor) internal view returns (bytes memory vector) {
        vector = new bytes(((_largest() + 1) / 2) * 32);
        for (uint256 i; i < cells.length; ++i) {
            for (uint256 lane; lane < 8; ++lane) {
                uint256 said = uint256(_scoreBy(auditor, cells[i] * 8 + lane) + 2 ** 15);
                uint256 place = (i / 2) * 32 + (7 - lane) * 4 + (i % 2) * 2;
                vector[place] = bytes1(uint8(said >> 8));
                vector[place + 1] = bytes1(uint8(said));
            }
        }
    }

    function _scoreBy(address auditor, uint256 id) internal view virtual returns (int256 score) {
        score = scoreOf[id];
        return score == ABSENT ? score : score + biasOf[auditor];
    }

    function _largest() internal view returns (uint256) {
        Panels memory panels = _panels();
        return (panels.cells + panels.panels - 1) / panels.panels;
    }

    function _said(
        uint256[] memory cells,
        address auditor
    ) internal view returns (ILearningTasks.ScoresOpening memory) {
        return ILearningTasks.ScoresOpening(auditor, SALT, _vector(cells, auditor));
    }

    // ---------------------------------------------------------------------------------------------------------- round

    /// @dev A round up to its panels.
    function _drawPanels() internal {
        _updates(tasks.roundState(task).clients);
        _enter(ILearningTasks.Phase.AuditCommit);
        _draw();
    }

    /// @dev From there to Settle, with all that its auditors reveal.
    function _audit() internal {
        uint256 panels = tasks.panelState(task).panels;
        for (uint256 p; p < panels; ++p) _commitAll(p);
        _enter(ILearningTasks.Phase.AuditReveal);
        for (uint256 p; p < panels; ++p) _revealAll(p);
        _enter(ILearningTasks.Phase.Settle);
    }

    function _commitAll(uint256 panel) private {
        address[] memory seats = _seatsOf(panel);
        uint256[] memory cells = _cellsOf(panel);
        for (uint256 i; i < seats.length; ++i) {
            if (isSilent[seats[i]]) continue;
            bytes32 commitment = tasks.scoresCommitment(task, _round(), _said(cells, seats[i]));
            vm.prank(seats[i]);
            tasks.commitScores(task, commitment);
        }
    }

    function _revealAll(uint256 panel) private {
        address[] memory seats = _seatsOf(panel);
        uint256[] memory cells = _cellsOf(panel);
        for (uint256 i; i < seats.length; ++i)
            if (!isSilent[seats[i]]) tasks.revealScores(task, _said(cells, seats[i]));
    }

    function _openings(uint256 panel) internal view returns (bytes memory openings) {
        return _pack(_seatsOf(panel), _cellsOf(panel));
    }

    function _pack(address[] memory seats, uint256[] memory cells) internal view returns (bytes memory openings) {
        for (uint256 i; i < seats.length; ++i) {
            openings = abi.encodePacked(openings, seats[i]);
            if (!isSilent[seats[i]]) openings = abi.encodePacked(openings, SALT, _vector(cells, seats[i]));
        }
    }

    function _settleAll() internal {
        uint256 panels = tasks.panelState(task).panels;
        for (uint256 p; p < panels; ++p) tasks.settlePanel(task, p, _openings(p));
    }

    function _answer() internal view returns (ILearningTasks.Answer memory answer) {
        answer.modelRoot = keccak256(abi.encode("next", _round()));
        answer.model = ILearningTasks.Content(0x55, keccak256("next model"));
        answer.nodesRoot = keccak256("nodes");
    }

    /// @dev A round whose panel 0 has liars in its first seats, up to Settle: all panels are settled.
    function _lie(uint256 liars, int256 bias) internal {
        _drawPanels();
        address[] memory seats = _seatsOf(0);
        for (uint256 i; i < liars; ++i) biasOf[seats[i]] = bias;
        _audit();
        _settleAll();
    }

    /// @dev From Settle to the end of a round, which settles.
    function _finish() internal {
        _enter(ILearningTasks.Phase.AggregateCommit);
        for (uint256 i; i < 3; ++i) {
            bytes32 commitment = tasks.answerCommitment(task, _round(), _aggregator(i), _answer(), SALT);
            vm.prank(_aggregator(i));
            tasks.commitAnswer(task, commitment);
        }
        _enter(ILearningTasks.Phase.AggregateReveal);
        for (uint256 i; i < 3; ++i) tasks.revealAnswer(task, _aggregator(i), _answer(), SALT);
        _enter(ILearningTasks.Phase.Finishing);
        tasks.finishRound(task, _answer());
    }

    // --------------------------------------------------------------------------------------------------------- appeals

    function _fund(address account) internal returns (uint256 bond) {
        bond = _bond();
        // less than the rewards of any test
        _deposit(account, uint128(bond));
    }

    function _deposit(address account, uint128 amount) internal {
        token.mint(account, amount);
        vm.startPrank(account);
        token.approve(address(vault), amount);
        vault.deposit(address(tasks), address(token), amount);
        vm.stopPrank();
    }

    function _seatPay() internal view returns (uint256) {
        return tasks.panelState(task).seatPay;
    }

    function _bond() internal view returns (uint256) {
        uint256 stake = tasks.termsOf(task).auditorStake;
        return tasks.appealOf(task, 1, 0).seats * _seatPay() + (stake + 31) / 32;
    }

    /// @dev As whoever settles it needs it, made from what the round told.
    function _describe(uint256 panel) internal returns (ILearningAppeals.AppealedPanel memory told) {
        delete appealed;
        address[] memory seats = _seatsOf(panel);
        uint256[] memory cells = _cellsOf(panel);
        ILearningTasks.TaskTerms memory terms = tasks.termsOf(task);
        appealed.round = _round();
        appealed.number = panel;
        appealed.period = tasks.roundState(task).settled / terms.periodRounds;
        for (uint256 i; i < seats.length; ++i) {
            if (isSilent[seats[i]]) {
                appealed.silent.push(seats[i]);
                continue;
            }
            appealed.revealed.push(seats[i]);
            appealed.vectors = bytes.concat(appealed.vectors, _vector(cells, seats[i]));
        }
        uint256 clients = tasks.roundState(task).clients;
        for (uint256 i; i < cells.length; ++i) {
            appealed.cells = bytes.concat(appealed.cells, bytes2(uint16(cells[i])));
            for (uint256 lane; lane < 8; ++lane)
                if (cells[i] * 8 + lane < clients) appealed.updates |= 1 << (8 * i + lane);
        }
        return appealed;
    }

    function _appeal(uint256 panel) internal {
        _describe(panel);
        _fund(APPELLANT);
        bytes memory openings = _openings(panel);
        vm.prank(APPELLANT);
        tasks.appealPanel(task, panel, openings);
    }

    /// @dev The fresh panel, right after the appealed round was finished.
    function _drawAppeal() internal {
        uint256 startedAt = tasks.roundState(task).startedAt;
        beacon.set(uint48(startedAt), keccak256(abi.encode("fresh", startedAt)));
        tasks.drawAppeal(task, appealed.round, appealed.number);
    }

    /// @dev The auditors of the fresh panel, from what is public.
    function _fresh() internal view returns (address[] memory seats) {
        return _freshOf(appealed);
    }

    function _freshOf(ILearningAppeals.AppealedPanel memory panel) internal view returns (address[] memory seats) {
        ILearningAppeals.AppealState memory state = tasks.appealOf(task, panel.round, panel.number);
        PermutationLib.Permutation memory order = PermutationLib.create(
            state.seed,
            FRESH,
            tasks.roundState(task).auditors
        );
        seats = new address[](state.seats);
        uint256 position;
        for (uint256 i; i < seats.length; ++position) {
            address auditor = _auditor(order.valueAt(position));
            if (_isAmong(panel.revealed, auditor) || _isAmong(panel.silent, auditor)) continue;
            seats[i] = auditor;
            ++i;
        }
    }

    function _isAmong(address[] memory accounts, address account) private pure returns (bool) {
        for (uint256 i; i < accounts.length; ++i) if (accounts[i] == account) return true;
        return false;
    }

    function _appealedCells() internal view returns (uint256[] memory cells) {
        cells = new uint256[](appealed.cells.length / 2);
        for (uint256 i; i < cells.length; ++i)
            cells[i] = (uint256(uint8(appealed.cells[2 * i])) << 8) | uint8(appealed.cells[2 * i + 1]);
    }

    function _startedAt() internal view returns (uint256) {
        return tasks.appealOf(task, appealed.round, appealed.number).startedAt;
    }

    /// @dev All of the fresh panel who are not silent commit, and reveal when it is time.
    function _review() internal {
        address[] memory seats = _fresh();
        uint256[] memory cells = _appealedCells();
        for (uint256 i; i < seats.length; ++i) if (!isSilent[seats[i]]) _commitReview(seats[i], cells);
        vm.warp(_startedAt() + 80);
        for (uint256 i; i < seats.length; ++i) {
            if (isSilent[seats[i]]) continue;
            tasks.revealReview(task, appealed.round, appealed.number, _said(cells, seats[i]));
        }
    }

    function _commitReview(address auditor, uint256[] memory cells) internal {
        bytes32 commitment = tasks.reviewCommitment(task, appealed.round, appealed.number, _said(cells, auditor));
        vm.prank(auditor);
        tasks.commitReview(task, appealed.round, appealed.number, commitment);
    }

    function _settleAppeal() internal {
        bytes memory openings = _pack(_fresh(), _appealedCells());
        vm.warp(_startedAt() + 80 + 70);
        tasks.settleAppeal(task, appealed, openings);
    }

    // ----------------------------------------------------------------------------------------------------------- views

    function _locked(address account) internal view returns (uint256 locked) {
        (, locked) = vault.stakeOf(address(tasks), address(token), account);
    }

    function _free(address account) internal view returns (uint256 free) {
        (free, ) = vault.stakeOf(address(tasks), address(token), account);
    }

    function _collectable(address account) internal view returns (uint256) {
        return vault.collectable(address(token), account);
    }

    function _positive(uint256 period) internal view returns (uint256 positive) {
        (, positive, , ) = tasks.periodOf(task, period);
    }

    function _claim(address account, uint256 periods) internal returns (uint256) {
        uint256[] memory items = new uint256[](1);
        items[0] = (TaskId.unwrap(task) << 224) | periods;
        return tasks.claimFor(items, account);
    }
}
