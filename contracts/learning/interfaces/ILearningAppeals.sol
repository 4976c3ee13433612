// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskId} from "../types/TaskId.sol";
import {ILearningTasks} from "./ILearningTasks.sol";

/// @title Appeals of learning tasks
/// @notice The part of `LearningTasks` in which whoever finds the scores of a panel wrong has them judged again, once and
/// for a bond, by a fresh panel: up to eleven auditors who were not on it, always an odd number of them. Which those are
/// follows from a second that nobody has seen when the appeal is made. Only tasks with a `schedule.appeal` have appeals.
///
/// ```
///  panel settled -> appealPanel until the round is finished -> the round is finished: `startedAt` of its appeals
///
///   startedAt            + auditCommit           + auditReveal         + min(settle, commit + reveal)
///       | drawAppeal, commitReview | revealReview          | settleAppeal          | endAppeal: no verdict
/// ```
///
/// All of it happens beside the next round and before that scores its first panel, so that no appeal changes what a round
/// aggregates while it is aggregated, and before anything of the period can be claimed: an appeal delays nobody.
///
/// **Verdict.** The medians of the fresh panel take the place of the old ones in the scores of the period of the round. Where it
/// finds an update absent, which may have been withheld from it alone, a negative score stays, and any other is 0.
/// Who was on the old panel and is farther than `epsilon` from the new medians in more than half of the updates is an
/// outlier and loses `missPenalty`. The aggregate of the round stays as it is.
///
/// **Money.** Each seat of the fresh panel earns as a seat of the old one, by how close it is to the new medians, out of the
/// bond. The appellant gets the rest of the bond back, unless no median moved by more than `epsilon` (none moves to
/// absence) and nobody was an outlier; then the treasury of the task has it. From the stake of outliers the appellant is
/// repaid what the fresh panel cost, and has half of what is left; the treasury has the other half. Nothing of it is paid
/// out of the reward.
///
/// A fresh panel with fewer reveals than the panel it judges, and more than two silent seats, has no verdict: the bond is
/// free, and nothing changes but that its silent auditors lose `missPenalty`, as on any panel. Silence on several fresh
/// panels of a round is one miss. Of one that was drawn in the second half of `auditCommit` nobody is silent.
interface ILearningAppeals {
    /// @notice A panel as it was settled and appealed.
    /// @param round of the panel.
    /// @param number of the panel in the round.
    /// @param period pay period of the round.
    /// @param updates bit `8 * i + lane`: the update of that client of cell i was scored or found absent.
    /// @param cells of the panel in its order, two bytes each.
    /// @param revealed auditors who revealed, seat by seat.
    /// @param silent auditors who did not.
    /// @param vectors of those who revealed, one after the other.
    struct AppealedPanel {
        uint256 round;
        uint256 number;
        uint256 period;
        uint256 updates;
        bytes cells;
        address[] revealed;
        address[] silent;
        bytes vectors;
    }

    /// @notice An appeal, for readers.
    /// @param appellant zero if there is none, or it is over.
    /// @param bond locked by the appellant.
    /// @param seats of the fresh panel.
    /// @param startedAt second from which the fresh panel commits; 0 until it is drawn.
    /// @param seed of the fresh panel; 0 until it is drawn.
    /// @param digest keccak256 of the ABI encoding of the `AppealedPanel`.
    struct AppealState {
        address appellant;
        uint256 bond;
        uint256 seats;
        uint256 startedAt;
        bytes32 seed;
        bytes32 digest;
    }

    /// @notice A panel is to be judged again. With the vectors of its auditors, as they revealed them, this is the
    /// `AppealedPanel`.
    event PanelAppealed(
        TaskId indexed taskId,
        uint256 indexed round,
        uint256 indexed panel,
        address appellant,
        uint256 bond,
        uint256 period,
        uint256 updates,
        bytes cells,
        address[] revealed,
        address[] silent
    );
    /// @notice The fresh panel is known: it commits from `startedAt` on.
    event AppealDrawn(
        TaskId indexed taskId,
        uint256 indexed round,
        uint256 indexed panel,
        bytes32 seed,
        uint256 seats,
        uint256 startedAt
    );
    /// @notice An auditor committed to a vector of scores for an appealed panel.
    event ReviewCommitted(
        TaskId indexed taskId,
        uint256 indexed round,
        uint256 indexed panel,
        address auditor,
        bytes32 commitment
    );
    /// @notice An auditor's vector for an appealed panel, which is stored nowhere else: it is needed to settle the appeal.
    event ReviewRevealed(
        TaskId indexed taskId,
        uint256 indexed round,
        uint256 indexed panel,
        address auditor,
        bytes16 salt,
        bytes scores
    );
    /// @notice A fresh panel's verdict: its medians are in the scores of the panel's period instead of the old ones.
    /// @param period whose scores changed.
    /// @param corrected updates whose median moved by more than epsilon, or became present.
    /// @param medians as in `PanelSettled`; where an update was found absent, the old median if that was negative.
    /// @param before the medians that they replace, in the same form.
    /// @param auditors of the fresh panel who revealed; each earned `seatPay * accurate / updates`, rounded down.
    /// @param returned what of the bond is free again.
    event AppealSettled(
        TaskId indexed taskId,
        uint256 indexed round,
        uint256 indexed panel,
        uint256 period,
        uint256 corrected,
        bytes medians,
        bytes before,
        address[] auditors,
        uint256[] accurate,
        uint256 seatPay,
        uint256 returned
    );
    /// @notice A fresh panel revealed too little for a verdict; the bond is free.
    event AppealVoided(TaskId indexed taskId, uint256 indexed round, uint256 indexed panel, uint256 reveals);
    /// @notice An appeal is over without a verdict, because nobody drew or settled it in time; the bond is free.
    event AppealEnded(TaskId indexed taskId, uint256 indexed round, uint256 indexed panel, address appellant);
    /// @notice A period that was closed already pays by these numbers now.
    event PeriodAmended(TaskId indexed taskId, uint256 indexed period, uint256 positive, uint256 divisor);

    /// @notice The task has no appeals: its `schedule.appeal` is 0.
    error LearningAppeals_NotOffered(TaskId taskId);
    /// @notice Too few auditors were not on the panel: a fresh one has more seats, or eleven.
    error LearningAppeals_TooFewAuditors(TaskId taskId, uint256 auditors, uint256 needed);
    /// @notice No such panel was scored in the running round.
    error LearningAppeals_NotScored(TaskId taskId, uint256 round, uint256 panel);
    /// @notice A panel is appealed once.
    error LearningAppeals_AlreadyAppealed(TaskId taskId, uint256 round, uint256 panel);
    /// @notice There is no such appeal, or it is over.
    error LearningAppeals_NotAppealed(TaskId taskId, uint256 round, uint256 panel);
    /// @notice The fresh panel is drawn while the round after the appealed one runs, or the task closed with that.
    error LearningAppeals_NotDrawable(TaskId taskId, uint256 round);
    /// @notice The fresh panel is not drawn.
    error LearningAppeals_NotDrawn(TaskId taskId, uint256 round, uint256 panel);
    /// @notice The fresh panel was drawn already.
    error LearningAppeals_AlreadyDrawn(TaskId taskId, uint256 round, uint256 panel);
    /// @notice The act belongs to the seconds from `from` to before `until`.
    error LearningAppeals_WrongTime(TaskId taskId, uint256 round, uint256 panel, uint256 from, uint256 until);
    /// @notice This is not the panel that was appealed.
    error LearningAppeals_WrongPanel(TaskId taskId, bytes32 digest, bytes32 needed);

    /// @notice Appeals a panel. Anybody with the bond as free stake in the vault, once for each panel, from its settlement
    /// until its round is finished. The bond is what the seats of the fresh panel can earn together, and a 32nd of
    /// `auditorStake`.
    /// @param openings as in `settlePanel`.
    function appealPanel(TaskId taskId, uint256 panel, bytes calldata openings) external;

    /// @notice Draws the fresh panel of an appeal from the beacon's seed for the second in which the round was finished.
    /// Anybody, once, as soon as the beacon has it, until the fresh panel's commitments close.
    function drawAppeal(TaskId taskId, uint256 round, uint256 panel) external returns (bytes32 seed);

    /// @notice Commits to a vector for an appealed panel, laid out as in `ScoresOpening`. Caller: an auditor who could commit in
    /// a round, once, while commitments are open. Of those alone who have a seat on the fresh panel it counts.
    function commitReview(TaskId taskId, uint256 round, uint256 panel, bytes32 commitment) external;

    /// @notice Opens a vector for an appealed panel, as long as the panel's own. Anybody who knows it, while reveals are open.
    function revealReview(
        TaskId taskId,
        uint256 round,
        uint256 panel,
        ILearningTasks.ScoresOpening calldata opening
    ) external;

    /// @notice Carries out the verdict of a fresh panel. Anybody, once, in its time. See the head.
    /// @param panel as it was appealed.
    /// @param openings seat by seat of the fresh panel, packed: the auditor (20 bytes), and if it has revealed, salt (16)
    /// and vector.
    function settleAppeal(TaskId taskId, AppealedPanel calldata panel, bytes calldata openings) external;

    /// @notice Frees the bond of an appeal that nobody drew or settled in time. Anybody.
    function endAppeal(TaskId taskId, uint256 round, uint256 panel) external;

    /// @notice An appeal; all but `seats` is zero if there is none, or it is over.
    function appealOf(TaskId taskId, uint256 round, uint256 panel) external view returns (AppealState memory state);

    /// @notice Commitment of an auditor of a fresh panel: keccak256 of the ABI encoding of keccak256("artel.task.review.v1"),
    /// chain, contract, task, round, panel, auditor, salt, keccak256(scores).
    function reviewCommitment(
        TaskId taskId,
        uint256 round,
        uint256 panel,
        ILearningTasks.ScoresOpening calldata opening
    ) external view returns (bytes32);
}
