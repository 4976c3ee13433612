// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskId} from "../types/TaskId.sol";
import {ILearningTasks} from "./ILearningTasks.sol";
import {IModelRegistry} from "./IModelRegistry.sol";

/// @title Rewards of learning tasks
/// @notice The part of `LearningTasks` that ends rounds and pays for them. All amounts round down, so that what is paid
/// never exceeds the reward:
///
/// - clients share the pool of a period, `reward * their share * settled rounds of the period / rounds`. A client with a
///   positive score has `pool * score / max(sum of positive scores, minimumScore)` of it;
/// - a seat on a panel can earn `reward * auditorShare / ((rounds + retries) * seats on all panels)` in a round;
/// - an aggregator's seat earns `reward * aggregatorShare / (rounds * aggregators who joined)` for a round that settles
///   with its answer;
/// - the treasury (`slashRecipient`) has `reward * treasuryShare * settled rounds of a period / rounds`.
///
/// ```
///  period runs -> closed by its last round -> `schedule.appeal` seconds later it can be claimed
///  task runs   -> Closed -> `schedule.appeal` seconds later: refund of what nobody earned, stakes are free
///                        -> CLAIM_TIME: sweep of all that is left
/// ```
///
/// Whoever is paid in the end, anybody may send the call.
interface ITaskRewards {
    /// @notice A round settled: this is the new global model. `codec` and `digest` are its CID.
    event RoundSettled(
        TaskId indexed taskId,
        uint256 indexed round,
        bytes32 indexed modelRoot,
        bytes32 previousRoot,
        uint256 codec,
        bytes32 digest,
        bytes32 nodesRoot
    );
    /// @notice A round brought no model. Of its part of the reward only what auditors earned is owed.
    event RoundVoided(TaskId indexed taskId, uint256 indexed round, ILearningTasks.Outcome outcome);
    /// @notice An aggregator answered as the round settled.
    event AggregatorRewarded(TaskId indexed taskId, uint256 indexed round, address indexed aggregator, uint256 amount);
    /// @notice A pay period is over: a client's score is worth `pool * score / divisor` from `claimableFrom` on.
    /// @param treasury what the treasury has earned with it.
    event PeriodClosed(
        TaskId indexed taskId,
        uint256 indexed period,
        uint256 pool,
        uint256 positive,
        uint256 divisor,
        uint256 treasury,
        uint256 claimableFrom
    );
    /// @notice A task is over.
    /// @param refundable what nobody earned, before its last appeals.
    event TaskClosed(TaskId indexed taskId, uint256 settled, uint256 voided, uint256 refundable);
    /// @notice An account was paid: a client for these periods; for none, what a seat or the treasury has earned.
    event RewardClaimed(TaskId indexed taskId, address indexed account, address to, uint256 periods, uint256 amount);
    /// @notice What nobody earned went back to the owner.
    event TaskRefunded(TaskId indexed taskId, address indexed owner, uint256 amount);
    /// @notice What nobody claimed went to the treasury of the task.
    event TaskSwept(TaskId indexed taskId, address indexed treasury, uint256 amount);
    /// @notice What an account earned in the task was recorded as reputation.
    event ReputationRecorded(
        TaskId indexed taskId,
        address indexed account,
        ILearningTasks.Role indexed role,
        uint256 points
    );

    /// @notice The round may still succeed, or it waits for its answers to stand unchallenged.
    error LearningTasks_NotFinishable(TaskId taskId, uint256 round, ILearningTasks.Phase current);
    /// @notice This is not the leading answer.
    error LearningTasks_WrongAnswer(TaskId taskId, uint256 round, bytes32 digest, bytes32 needed);
    /// @notice The period runs (0), or its appeals do.
    error LearningTasks_NotClaimable(TaskId taskId, uint256 period, uint256 claimableFrom);
    /// @notice The task is not over.
    error LearningTasks_NotClosed(TaskId taskId);
    /// @notice Not before this second.
    error LearningTasks_TooEarly(TaskId taskId, uint256 from);
    /// @notice Everything is earned, or was refunded.
    error LearningTasks_NothingToRefund(TaskId taskId);
    /// @notice Everything was paid.
    error LearningTasks_NothingToSweep(TaskId taskId);
    /// @notice The account holds no stake in the task.
    error LearningTasks_NothingToRelease(TaskId taskId, address account);
    /// @notice Reputation is recorded only for tasks that the cooperative opened itself.
    error LearningTasks_ForeignTask(TaskId taskId, address owner, address cooperative);
    /// @notice The account does not hold the place that this member number took.
    error LearningTasks_NotItsPlace(TaskId taskId, address account, uint256 number);
    /// @notice The account has earned too little for a point, or its reputation was recorded.
    error LearningTasks_NothingToRecord(TaskId taskId, address account);

    /// @notice Where global models are recorded.
    function MODELS() external view returns (IModelRegistry);

    /// @notice Seconds after the end of a task's last appeals from which `sweep` takes what nobody claimed: a year.
    function CLAIM_TIME() external view returns (uint256);

    /// @notice Ends the running round as soon as its outcome is certain, and starts the next or closes the task. Anybody.
    ///
    /// The leading answer, the one of most aggregators among those not disproved (at a tie of the lowest seat), becomes the
    /// global model. Void is a round with too few updates, from the end of Reveal on; without a seed, or with no panel
    /// that could be scored, from the end of Settle on or when all panels are void; without an answer that stands, from
    /// the end of AggregateReveal on. A task whose first Commit opened with too few auditors, or with no aggregator, closes.
    ///
    /// Aggregators owe a reveal in every round of which a panel was scored; who gave none loses `missPenalty`.
    /// @param answer what the leading digest hides; of a void round it is not read.
    function finishRound(TaskId taskId, ILearningTasks.Answer calldata answer) external;

    /// @notice Pays the caller what it earned in any tasks, periods and roles. Periods that were paid are passed over; one
    /// that can't be claimed yet reverts.
    /// @param items each `[task 32 | periods 224]`: bit p for what a client earned in period p; no bit for what the account
    /// earned by a seat, or as treasury.
    /// @return total of all tasks, in the units of whatever their tokens are.
    function claim(uint256[] calldata items) external returns (uint256 total);

    /// @notice The same for any account, to which it is paid. Anybody.
    function claimFor(uint256[] calldata items, address account) external returns (uint256 total);

    /// @notice The same of the caller's own, paid to `to`: who is blocked by a token has another account paid.
    function claimTo(uint256[] calldata items, address to) external returns (uint256 total);

    /// @notice Sends what nobody earned to the owner, once, when the task is closed and its last appeals are over. Anybody.
    function refund(TaskId taskId) external returns (uint256 amount);

    /// @notice Sends everything that is left of a task to its treasury: what rounding left, and what could have been claimed
    /// or refunded for `CLAIM_TIME` and was not. Anybody.
    function sweep(TaskId taskId) external returns (uint256 amount);

    /// @notice Frees what is left of the stake of a seat, when the task is closed and its last appeals are over. Anybody.
    function releaseStake(TaskId taskId, address account) external;

    /// @notice Records what an account earned, in millionths of the reward, as reputation of the member whose place it
    /// holds, in the realm of the cooperative; once, when the task is closed and its last appeals are over. Anybody. Only
    /// of tasks that the cooperative opened itself: nobody farms reputation with a task of their own.
    /// @param number of the member that took the place.
    function recordReputation(TaskId taskId, address account, uint256 number) external returns (uint256 points);

    /// @notice What an account has earned so far, and what of it `claim` would pay now. Of clients: in closed periods.
    function earningsOf(TaskId taskId, address account) external view returns (uint256 earned, uint256 claimable);

    /// @notice The share of a client in the models of a task, by contribution: its pay of all clients' pay so far. Both
    /// are 0 before the first period is closed with a positive score.
    function shareOf(TaskId taskId, address client) external view returns (uint256 pay, uint256 ofAll);

    /// @notice A pay period; all but `positive` is 0 while it runs.
    function periodOf(
        TaskId taskId,
        uint256 period
    ) external view returns (uint256 pool, uint256 positive, uint256 divisor, uint256 claimableFrom);
}
