// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {IModelRegistry} from "../../../contracts/learning/interfaces/IModelRegistry.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {ITaskRewards} from "../../../contracts/learning/interfaces/ITaskRewards.sol";
import {AnswerLib} from "../../../contracts/learning/libraries/AnswerLib.sol";
import {ClaimLib} from "../../../contracts/learning/libraries/ClaimLib.sol";
import {FinishingLib} from "../../../contracts/learning/libraries/FinishingLib.sol";
import {PanelLib} from "../../../contracts/learning/libraries/PanelLib.sol";
import {ParticipantLib} from "../../../contracts/learning/libraries/ParticipantLib.sol";
import {PoolLib} from "../../../contracts/learning/libraries/PoolLib.sol";
import {RevealedLib} from "../../../contracts/learning/libraries/RevealedLib.sol";
import {RewardLib} from "../../../contracts/learning/libraries/RewardLib.sol";
import {SeatLib} from "../../../contracts/learning/libraries/SeatLib.sol";
import {TaskPhaseLib} from "../../../contracts/learning/libraries/TaskPhaseLib.sol";
import {PayPeriod, TaskState} from "../../../contracts/learning/types/TaskState.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {IReputation} from "../../../contracts/reputation/interfaces/IReputation.sol";
import {IRewardEscrow} from "../../../contracts/rewards/interfaces/IRewardEscrow.sol";
import {IStakeVault} from "../../../contracts/rewards/interfaces/IStakeVault.sol";

/// @title RewardsHarness
/// @notice A module that finishes rounds and pays for them as `LearningTasks` does, and is told what happened before: who
/// joined, which updates count, which panels were scored, what was answered.
contract RewardsHarness is ITaskRewards {
    using FinishingLib for TaskState;
    using ParticipantLib for TaskState;
    using PoolLib for ILearningTasks.TaskTerms;
    using RevealedLib for TaskState;
    using RewardLib for TaskState;
    using SeatLib for TaskState;
    using TaskPhaseLib for TaskState;

    uint256 public constant CLAIM_TIME = RewardLib.CLAIM_TIME;
    IModelRegistry public immutable MODELS;
    IRewardEscrow public immutable ESCROW;
    IStakeVault public immutable VAULT;
    IMembership public immutable MEMBERSHIP;
    IReputation public immutable REPUTATION;

    mapping(TaskId taskId => TaskState task) private _tasks;
    uint256 private _taskCount;

    constructor(
        IModelRegistry models,
        IRewardEscrow escrow,
        IStakeVault vault,
        IMembership membership,
        IReputation reputation
    ) {
        MODELS = models;
        ESCROW = escrow;
        VAULT = vault;
        MEMBERSHIP = membership;
        REPUTATION = reputation;
    }

    // ------------------------------------------------------------------------------------------------- what is tested

    function finishRound(TaskId taskId, ILearningTasks.Answer calldata answer) external {
        _tasks[taskId].finish(taskId, answer, VAULT, MODELS);
    }

    function claim(uint256[] calldata items) external returns (uint256 total) {
        return ClaimLib.claim(_tasks, items, msg.sender, msg.sender, ESCROW);
    }

    function claimFor(uint256[] calldata items, address account) external returns (uint256 total) {
        return ClaimLib.claim(_tasks, items, account, account, ESCROW);
    }

    function claimTo(uint256[] calldata items, address to) external returns (uint256 total) {
        return ClaimLib.claim(_tasks, items, msg.sender, to, ESCROW);
    }

    function refund(TaskId taskId) external returns (uint256 amount) {
        return _tasks[taskId].refund(taskId, ESCROW);
    }

    function sweep(TaskId taskId) external returns (uint256 amount) {
        return _tasks[taskId].sweep(taskId, ESCROW);
    }

    function releaseStake(TaskId taskId, address account) external {
        _tasks[taskId].release(taskId, account, VAULT);
    }

    function recordReputation(TaskId taskId, address account, uint256 number) external returns (uint256 points) {
        return _tasks[taskId].record(taskId, account, number, MEMBERSHIP, REPUTATION);
    }

    function earningsOf(TaskId taskId, address account) external view returns (uint256 earned, uint256 claimable) {
        return _tasks[taskId].earnings(account);
    }

    function shareOf(TaskId taskId, address client) external view returns (uint256 pay, uint256 ofAll) {
        return _tasks[taskId].share(client);
    }

    function periodOf(
        TaskId taskId,
        uint256 period
    ) external view returns (uint256 pool, uint256 positive, uint256 divisor, uint256 claimableFrom) {
        PayPeriod memory pay = _tasks[taskId].periods[period];
        return (pay.pool, pay.positive, pay.divisor, pay.claimableFrom);
    }

    // ------------------------------------------------------------------------------------------- what happened before

    /// @dev The reward lies here already.
    function open(ILearningTasks.TaskTerms calldata terms, address owner) external payable returns (TaskId taskId) {
        taskId = TaskId.wrap(++_taskCount);
        TaskState storage task = _tasks[taskId];
        task.owner = owner;
        task.terms = terms;
        task.modelRoot = terms.initialRoot;
        task.previousRoot = terms.initialRoot;
        task.head.startedAt = terms.startsAt;
        task.head.round = 1;
        task.head.commit = terms.schedule.commit;
        task.head.reveal = terms.schedule.reveal;
        task.head.capacity = terms.maxClients;
        if (terms.token != address(0)) IApproving(terms.token).approve(address(ESCROW), terms.reward);
        ESCROW.fund{value: msg.value}(TaskId.unwrap(taskId), terms.token, terms.reward);
    }

    function join(TaskId taskId, ILearningTasks.Role role, address account, uint256 number) external {
        TaskState storage task = _tasks[taskId];
        uint256 id = _next(task, role, account);
        task.words[account] = ParticipantLib.place(role, id);
        task.setPlace(number, role, id);
    }

    function _next(TaskState storage task, ILearningTasks.Role role, address account) private returns (uint256 id) {
        if (role == ILearningTasks.Role.Client) return ++task.head.clients - 1;
        bool auditing = role == ILearningTasks.Role.Auditor;
        uint96 stake = auditing ? task.terms.auditorStake : task.terms.aggregatorStake;
        id = (auditing ? ++task.head.auditors : ++task.head.aggregators) - 1;
        (auditing ? task.auditors[id] : task.aggregators[id]).account = account;
        (auditing ? task.auditors[id] : task.aggregators[id]).stake = stake;
        VAULT.lock(account, task.terms.token, stake);
    }

    function setCapacity(TaskId taskId, uint24 capacity) external {
        _tasks[taskId].head.capacity = capacity;
    }

    function reveal(TaskId taskId, uint256 id) external {
        _tasks[taskId].add(_tasks[taskId].head.round, id);
    }

    function draw(TaskId taskId, uint8 panels) external {
        TaskState storage task = _tasks[taskId];
        task.panels.round = task.head.round;
        task.panels.panels = panels;
        task.panels.voidSet = PanelLib.NOBODY;
        task.panels.scoredSet = PanelLib.NOBODY;
    }

    function settlePanel(TaskId taskId, uint256 panel, bool scored) external {
        TaskState storage task = _tasks[taskId];
        task.head.scored = task.head.scored || scored;
        if (scored) task.panels.scoredSet |= 1 << panel;
        else task.panels.voidSet |= 1 << panel;
    }

    /// @dev Adds a score to a client's balance in the running period, by the plain rule.
    function score(TaskId taskId, uint256 id, int256 amount) external {
        TaskState storage task = _tasks[taskId];
        uint256 period = task.head.settled / task.terms.periodRounds;
        uint256 word = task.scores[period][id >> 3];
        if (word == 0) {
            for (uint256 lane; lane < 8; ++lane) {
                int256 debt = period == 0 ? int256(0) : balanceOf(taskId, (id & ~uint256(7)) | lane, period - 1);
                word |= uint256(uint32(uint256((debt < 0 ? debt : int256(0)) + (1 << 31)))) << (32 * lane);
            }
        }
        int256 before = int256(uint256(uint32(word >> (32 * (id & 7))))) - (1 << 31);
        int256 next = before + amount;
        word &= ~(uint256(type(uint32).max) << (32 * (id & 7)));
        word |= uint256(next + (1 << 31)) << (32 * (id & 7));
        task.scores[period][id >> 3] = word;
        int256 rise = (next > 0 ? next : int256(0)) - (before > 0 ? before : int256(0));
        task.periods[period].positive = uint56(uint256(int256(uint256(task.periods[period].positive)) + rise));
    }

    function balanceOf(TaskId taskId, uint256 id, uint256 period) public view returns (int256) {
        uint256 word = _tasks[taskId].scores[period][id >> 3];
        return word == 0 ? int256(0) : int256(uint256(uint32(word >> (32 * (id & 7))))) - (1 << 31);
    }

    function payAuditor(
        TaskId taskId,
        address auditor,
        uint256 accurate,
        uint256 all
    ) external returns (uint256 amount) {
        TaskState storage task = _tasks[taskId];
        amount = (task.terms.auditorSeat(task.head.auditors) * accurate) / all;
        task.credits[auditor].earned += uint128(amount);
        task.owed += uint96(amount);
    }

    function missAudit(TaskId taskId, uint256 seat) external {
        TaskState storage task = _tasks[taskId];
        task.miss(taskId, task.head.round, task.auditors[seat], ILearningTasks.Role.Auditor, VAULT);
    }

    function reply(TaskId taskId, uint256 seat, bytes32 digest, uint40 challengeEnds) external {
        TaskState storage task = _tasks[taskId];
        AnswerLib.add(task, task.head.round, seat, digest);
        task.answers.challengeEnds = challengeEnds;
    }

    function disprove(TaskId taskId, uint256 seats, uint8 deletions, uint40 challengeEnds) external {
        TaskState storage task = _tasks[taskId];
        task.answers.disproved |= uint16(seats);
        task.answers.deletions += deletions;
        task.answers.challengeEnds = challengeEnds;
        for (uint256 seat; seats >> seat != 0; ++seat)
            if ((seats >> seat) & 1 != 0)
                task.forfeit(taskId, task.head.round, task.aggregators[seat], msg.sender, VAULT);
    }

    // ----------------------------------------------------------------------------------------------------------- views

    function state(
        TaskId taskId
    ) external view returns (uint256 round, uint256 settled, uint256 voided, bool closed, uint256 owed) {
        TaskState storage task = _tasks[taskId];
        return (task.head.round, task.head.settled, task.head.voided, task.head.closed, task.owed);
    }

    function roots(TaskId taskId) external view returns (bytes32 model, bytes32 previous) {
        return (_tasks[taskId].modelRoot, _tasks[taskId].previousRoot);
    }

    function phaseOf(TaskId taskId) external view returns (ILearningTasks.Phase) {
        return _tasks[taskId].phase();
    }

    function startOf(TaskId taskId, ILearningTasks.Phase phase) external view returns (uint256) {
        return _tasks[taskId].start(phase);
    }

    function missesOf(TaskId taskId, address account) external view returns (uint256) {
        return ParticipantLib.missesOf(_tasks[taskId].words[account]);
    }
}

/// @dev What the harness needs of a token.
interface IApproving {
    function approve(address spender, uint256 amount) external returns (bool);
}
