// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {LaneLib} from "../../../contracts/learning/libraries/LaneLib.sol";
import {CommitmentsLib} from "../../../contracts/learning/libraries/CommitmentsLib.sol";
import {PanelLib} from "../../../contracts/learning/libraries/PanelLib.sol";
import {PanelSettlementLib} from "../../../contracts/learning/libraries/PanelSettlementLib.sol";
import {ParticipantLib} from "../../../contracts/learning/libraries/ParticipantLib.sol";
import {PermutationLib} from "../../../contracts/learning/libraries/PermutationLib.sol";
import {RevealedLib} from "../../../contracts/learning/libraries/RevealedLib.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {Panels, Seat, TaskState} from "../../../contracts/learning/types/TaskState.sol";
import {StakeVault} from "../../../contracts/rewards/StakeVault.sol";

/// @title PanelHarness
/// @notice A task's state with what panels need of it, without the gates of a whole task.
contract PanelHarness {
    using PermutationLib for PermutationLib.Permutation;

    TaskId public constant TASK = TaskId.wrap(7);

    StakeVault public immutable VAULT;
    TaskState private _task;

    constructor(StakeVault vault) {
        VAULT = vault;
    }

    // ---------------------------------------------------------------------------------------------------- the scene

    function open(ILearningTasks.TaskTerms calldata terms) external {
        _task.terms = terms;
    }

    /// @notice A round begins; earlier ones count as settled up to `settled`.
    function start(uint16 round, uint16 settled) external {
        _task.head.startedAt = uint40(block.timestamp);
        _task.head.commit = _task.terms.schedule.commit;
        _task.head.reveal = _task.terms.schedule.reveal;
        _task.head.round = round;
        _task.head.settled = settled;
    }

    function joinClients(uint24 clients) external {
        _task.head.clients = clients;
    }

    function joinAuditor(address account) external {
        uint256 id = _task.head.auditors;
        ++_task.head.auditors;
        _task.words[account] = ParticipantLib.place(ILearningTasks.Role.Auditor, id);
        uint96 stake = _task.terms.auditorStake;
        _task.auditors[id] = Seat(account, stake, account);
        if (stake != 0) VAULT.lock(account, _task.terms.token, stake);
    }

    function revealUpdate(uint256 id) external {
        RevealedLib.add(_task, _task.head.round, id);
    }

    function revealUpdates(uint256 count) external {
        for (uint256 id; id < count; ++id) RevealedLib.add(_task, _task.head.round, id);
    }

    function strikeUpdate(uint256 id) external {
        RevealedLib.remove(_task, id);
    }

    function commitScores(address auditor, bytes32 commitment) external {
        uint256 word = _task.words[auditor];
        _task.words[auditor] = ParticipantLib.commit(
            word,
            commitment,
            0,
            _task.head.round,
            ParticipantLib.missesOf(word)
        );
    }

    function revealScores(ILearningTasks.ScoresOpening calldata opening) external {
        PanelLib.requireLength(_task, TASK, opening.scores.length);
        uint256 word = _task.words[opening.auditor];
        if (!ParticipantLib.opens(word, commitmentOf(_task.head.round, opening), _task.head.round))
            revert ILearningTasks.LearningTasks_CommitmentMismatch(TASK, _task.head.round, opening.auditor);
        _task.words[opening.auditor] = word | ParticipantLib.REVEALED;
    }

    // ------------------------------------------------------------------------------------------------------ the part

    function draw(bytes32 seed) external {
        _task.panels = PanelLib.drawn(_task, _task.head, seed);
    }

    function settle(uint256 panel, bytes calldata openings) external {
        PanelSettlementLib.settle(_task, TASK, panel, openings, VAULT);
    }

    // --------------------------------------------------------------------------------------------------------- views

    function commitmentOf(uint256 round, ILearningTasks.ScoresOpening calldata opening) public view returns (bytes32) {
        return CommitmentsLib.ofScores(TASK, round, opening.auditor, opening.salt, keccak256(opening.scores));
    }

    function panels() external view returns (Panels memory) {
        return _task.panels;
    }

    function cellsOf(uint256 panel) external view returns (uint256[] memory cells) {
        Panels memory drawn = _task.panels;
        PermutationLib.Permutation memory order = PanelLib.cellsIn(drawn);
        uint256 first = PanelLib.firstOf(drawn, panel);
        cells = new uint256[](PanelLib.firstOf(drawn, panel + 1) - first);
        for (uint256 i; i < cells.length; ++i) cells[i] = order.valueAt(first + i);
    }

    function seatsOf(uint256 panel) external view returns (address[] memory auditors) {
        PermutationLib.Permutation memory order = PanelLib.auditorsIn(_task.panels);
        auditors = new address[](_task.terms.panelSeats);
        for (uint256 i; i < auditors.length; ++i)
            auditors[i] = _task.auditors[order.valueAt(panel * auditors.length + i)].account;
    }

    function vectorLength() external view returns (uint256) {
        return PanelLib.lengthOf(_task.panels.cells, _task.panels.panels);
    }

    function balanceOf(uint256 period, uint256 client) external view returns (int256) {
        uint256 word = _task.scores[period][client >> 3];
        return word == 0 ? int256(0) : int256(LaneLib.balanceIn(word, client & 7)) - 2 ** 31;
    }

    function balancesOf(uint256 period, uint256 cell) external view returns (uint256 word) {
        return _task.scores[period][cell];
    }

    function positive(uint256 period) external view returns (uint256) {
        return _task.periods[period].positive;
    }

    function earnedBy(address auditor) external view returns (uint256) {
        return _task.credits[auditor].earned;
    }

    function owed() external view returns (uint256) {
        return _task.owed;
    }

    function stakeOf(address auditor) external view returns (uint256) {
        return _task.auditors[ParticipantLib.idOf(_task.words[auditor])].stake;
    }

    function missesOf(address auditor) external view returns (uint256) {
        return ParticipantLib.missesOf(_task.words[auditor]);
    }

    function revealedIn(uint256 cell) external view returns (uint256 bits) {
        return RevealedLib.ofCell(_task, _task.head.round, cell);
    }

    function aggregatedIn(uint256 cell) external view returns (uint256 bits) {
        Panels memory drawn = _task.panels;
        PermutationLib.Permutation memory order = PanelLib.cellsIn(drawn);
        for (uint256 position; position < drawn.cells; ++position) {
            (uint256 found, uint256 included) = PanelLib.aggregatedAt(_task, drawn, order, position);
            if (found == cell) return included;
        }
    }

    function valueAt(bytes32 seed, uint256 size, uint256 position) external pure returns (uint256) {
        return PermutationLib.create(seed, "domain", size).valueAt(position);
    }

    function anyScored() external view returns (bool) {
        return _task.head.scored;
    }
}
