// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {ConsentId, consentIdOf} from "../../identity/types/ConsentId.sol";
import {Did} from "../../identity/types/Did.sol";
import {IMembership} from "../../membership/interfaces/IMembership.sol";
import {IReputation} from "../../reputation/interfaces/IReputation.sol";
import {CategoryId} from "../../reputation/types/CategoryId.sol";
import {IStakeVault} from "../../rewards/interfaces/IStakeVault.sol";
import {ILearningRounds} from "../interfaces/ILearningRounds.sol";
import {LearningTask, Ledger, Period, Progress} from "../types/LearningTask.sol";
import {TaskId} from "../types/TaskId.sol";
import {PayLib} from "./PayLib.sol";
import {PhaseLib} from "./PhaseLib.sol";
import {ScoreLib} from "./ScoreLib.sol";
import {TaskLib} from "./TaskLib.sol";
import {TermsLib} from "./TermsLib.sol";

/// @title SettlementLib
/// @notice What is seldom done: a client's declaration of its data, the two steps that turn what was revealed into
/// credits (scoring and finishing a round), and the record of reputation. Linked, so that `LearningRounds` stays below
/// the size limit of contracts.
library SettlementLib {
    using PayLib for ILearningRounds.TaskTerms;
    using TaskLib for LearningTask;

    uint256 private constant POINTS = 1e6;

    /// @notice See `ILearningRounds.declareData`.
    function declare(LearningTask storage task, TaskId taskId, bytes32 dataHash, IMembership membership) external {
        uint256 round = task.progress.round;
        if (task.participantAs(taskId, msg.sender, ILearningRounds.Role.Client).round == round)
            revert ILearningRounds.LearningRounds_AlreadyCommitted(taskId, round, msg.sender);
        address cooperative = task.terms.cooperative;
        Did subject = _didOf(task, membership, task.ledgerOf(msg.sender));
        ConsentId consentId = consentIdOf(subject, cooperative, dataHash, task.terms.consentPurpose);
        task.consents[msg.sender] = consentId;
        emit ILearningRounds.DataDeclared(taskId, msg.sender, subject, dataHash, consentId);
    }

    /// @notice See `ILearningRounds.recordReputation`.
    function record(
        LearningTask storage task,
        TaskId taskId,
        address account,
        IMembership membership,
        IReputation reputation
    ) external returns (uint256 points) {
        address cooperative = task.terms.cooperative;
        if (task.owner != cooperative)
            revert ILearningRounds.LearningRounds_ForeignTask(taskId, task.owner, cooperative);
        Ledger storage ledger = task.ledgerOf(account);
        task.creditPeriod(ledger);
        uint256 earned = ledger.earned;
        uint256 all = (earned * POINTS) / task.terms.reward;
        points = all - ledger.points;
        if (points == 0) return 0;
        // both are at most POINTS, as nobody earns more than the reward
        ledger.points = uint32(all);
        ILearningRounds.Role role = task.participants[account].role;
        bytes32 evidence = keccak256(abi.encode(block.chainid, address(this), taskId, account, earned));
        emit ILearningRounds.ReputationRecorded(taskId, account, role, points);
        Did subject = _didOf(task, membership, ledger);
        reputation.award(cooperative, _category(role), subject, uint96(points), evidence);
    }

    /// @notice See `ILearningRounds.scoreRound`.
    function score(
        LearningTask storage task,
        TaskId taskId,
        ILearningRounds.ScoresOpening[] calldata openings
    ) external {
        uint256 round = task.progress.round;
        _requireScorable(task, taskId, round, openings.length);
        ScoreLib.Verdict memory verdict = ScoreLib.judge(
            _vectors(task, taskId, round, openings),
            task.progress.clients,
            task.live,
            task.terms.epsilon
        );
        task.progress.scored = true;
        task.progress.prompt = _isPrompt(task);
        uint256 included = _creditClients(task, verdict.medians);
        emit ILearningRounds.RoundScored(taskId, round, ScoreLib.encode(verdict.medians), included);
        _creditAuditors(task, taskId, round, openings, verdict);
    }

    /// @notice See `ILearningRounds.finishRound`.
    /// @param vault is trusted: no call to it comes back.
    function finish(LearningTask storage task, TaskId taskId, IStakeVault vault) external {
        uint256 round = task.progress.round;
        ILearningRounds.Outcome outcome = _outcome(task, taskId, round);
        if (outcome != ILearningRounds.Outcome.TooFewUpdates)
            _slashSilent(task, taskId, round, ILearningRounds.Role.Auditor, vault);
        if (outcome == ILearningRounds.Outcome.Settled || outcome == ILearningRounds.Outcome.NoAgreement)
            _slashSilent(task, taskId, round, ILearningRounds.Role.Aggregator, vault);

        if (outcome == ILearningRounds.Outcome.Settled) {
            _settle(task, taskId, round);
        } else {
            ++task.progress.voided;
            emit ILearningRounds.RoundVoided(taskId, round, outcome);
        }
        if (task.progress.settled == task.terms.rounds || task.progress.voided > task.terms.retries)
            _close(task, taskId);
        else _startNext(task, taskId, round + 1);
    }

    /// @dev The DID of the member number with which the holder of a place joined.
    function _didOf(
        LearningTask storage task,
        IMembership membership,
        Ledger storage ledger
    ) private view returns (Did) {
        return Did.wrap(membership.didOf(task.terms.cooperative, ledger.number));
    }

    function _category(ILearningRounds.Role role) private pure returns (CategoryId) {
        if (role == ILearningRounds.Role.Client) return CategoryId.wrap(keccak256("contribution"));
        if (role == ILearningRounds.Role.Auditor) return CategoryId.wrap(keccak256("auditing"));
        return CategoryId.wrap(keccak256("aggregation"));
    }

    function _requireScorable(LearningTask storage task, TaskId taskId, uint256 round, uint256 given) private view {
        if (task.progress.scored) revert ILearningRounds.LearningRounds_AlreadyScored(taskId, round);
        uint256 updates = task.progress.updates;
        uint256 minClients = task.terms.minClients;
        if (updates < minClients) revert ILearningRounds.LearningRounds_TooFewUpdates(updates, minClients);
        uint256 audits = task.progress.audits;
        if (audits < TermsLib.MIN_REVEALED_AUDITS)
            revert ILearningRounds.LearningRounds_TooFewAudits(audits, TermsLib.MIN_REVEALED_AUDITS);
        if (given != audits) revert ILearningRounds.LearningRounds_VectorsMissing(given, audits);
    }

    /// @dev As many vectors as were revealed, all of them revealed, seats ascending: each of them once.
    function _vectors(
        LearningTask storage task,
        TaskId taskId,
        uint256 round,
        ILearningRounds.ScoresOpening[] calldata openings
    ) private view returns (bytes[] memory vectors) {
        vectors = new bytes[](openings.length);
        uint256 unseen = task.progress.audited;
        for (uint256 i; i < openings.length; ++i) {
            uint256 seat = task.seatOf(taskId, round, openings[i]);
            // the lowest bit that is left must be this seat's
            if (unseen & (~unseen + 1) != 1 << seat)
                revert ILearningRounds.LearningRounds_VectorsMissing(i, openings.length);
            unseen &= unseen - 1;
            vectors[i] = openings[i].scores;
        }
    }

    /// @dev Whether aggregators have at least half of AggregateCommit left to work.
    function _isPrompt(LearningTask storage task) private view returns (bool) {
        ILearningRounds.Schedule memory schedule = task.terms.schedule;
        uint256 start = task.progress.startedAt + PhaseLib.offsetOf(schedule, ILearningRounds.Phase.AggregateCommit);
        return block.timestamp - start <= schedule.aggregateCommit / 2;
    }

    /// @dev Returns which updates belong into the aggregate: those of clients whose scores so far, this one included,
    /// add up to no less than the threshold. One round says little late in a task, when honest scores scatter about 0.
    function _creditClients(LearningTask storage task, int256[] memory medians) private returns (uint256 included) {
        uint256 period = task.period();
        int256 threshold = -int256(uint256(task.terms.exclusionScore));
        int256 rise;
        for (uint256 index; index < medians.length; ++index) {
            if (medians[index] == ScoreLib.ABSENT) continue;
            Ledger storage ledger = task.ledgers[ILearningRounds.Role.Client][index];
            if (medians[index] != 0) rise += _addScore(task, ledger, medians[index], period);
            if (ledger.total >= threshold) included |= 1 << index;
        }
        // the sum of non-negative numbers, each below 2^15 * 2^16: it fits, and is never negative
        Period storage pay = task.periods[period];
        pay.positive = uint64(uint256(int256(uint256(pay.positive)) + rise));
    }

    /// @dev Returns by how much the client's positive score changed.
    function _addScore(
        LearningTask storage task,
        Ledger storage ledger,
        int256 median,
        uint256 period
    ) private returns (int256 rise) {
        if (ledger.period != period) {
            task.creditPeriod(ledger);
            // there are at most as many periods as rounds, which fit 16 bits
            ledger.period = uint16(period);
        }
        int256 before = ledger.score;
        int256 next = before + median;
        // sums of at most 2^16 - 1 scores, each within 2^15 - 1 of 0
        ledger.score = int32(next);
        ledger.total = int32(ledger.total + median);
        return SignedMath.max(next, 0) - SignedMath.max(before, 0);
    }

    function _creditAuditors(
        LearningTask storage task,
        TaskId taskId,
        uint256 round,
        ILearningRounds.ScoresOpening[] calldata openings,
        ScoreLib.Verdict memory verdict
    ) private {
        uint256 seatPay = verdict.informative ? task.terms.auditorSeat() : 0;
        uint256 scored = task.progress.updates;
        uint256 sum;
        for (uint256 i; i < openings.length; ++i) {
            address auditor = openings[i].auditor;
            uint256 amount = (seatPay * verdict.accurate[i]) / scored;
            sum += amount;
            // all pay together is at most the reward, which has 128 bits
            if (amount != 0) task.ledgerOf(auditor).earned += uint128(amount);
            emit ILearningRounds.AuditorRewarded(taskId, round, auditor, verdict.accurate[i], scored, amount);
        }
        task.owed += uint128(sum);
    }

    /// @dev How the running round has ended; reverts if it has not.
    function _outcome(
        LearningTask storage task,
        TaskId taskId,
        uint256 round
    ) private view returns (ILearningRounds.Outcome) {
        ILearningRounds.Phase current = task.phase();
        if (current != ILearningRounds.Phase.Closed) {
            if (current >= ILearningRounds.Phase.AuditCommit && task.progress.updates < task.terms.minClients)
                return ILearningRounds.Outcome.TooFewUpdates;
            if (current >= ILearningRounds.Phase.AggregateCommit && task.progress.audits < TermsLib.MIN_REVEALED_AUDITS)
                return ILearningRounds.Outcome.TooFewAudits;
            if (current >= ILearningRounds.Phase.Challenge && !task.progress.agreed)
                return ILearningRounds.Outcome.NoAgreement;
            if (current == ILearningRounds.Phase.Finishing) return ILearningRounds.Outcome.Settled;
        }
        revert ILearningRounds.LearningRounds_NotFinishable(taskId, round, current);
    }

    /// @dev An auditor owes a reveal in every round that has enough updates. An aggregator owes one if it committed,
    /// or if the round was scored while half of AggregateCommit was left: late scoring must not cost it its stake.
    function _slashSilent(
        LearningTask storage task,
        TaskId taskId,
        uint256 round,
        ILearningRounds.Role role,
        IStakeVault vault
    ) private {
        bool isAuditor = role == ILearningRounds.Role.Auditor;
        uint256 seats = isAuditor ? task.progress.auditors : task.progress.aggregators;
        uint256 revealed = isAuditor ? task.progress.audited : task.progress.aggregated;
        bool all = isAuditor || task.progress.prompt;
        for (uint256 seat; seat < seats; ++seat) {
            if ((revealed >> seat) & 1 != 0) continue;
            Ledger storage ledger = task.ledgers[role][seat];
            if (all || task.participants[ledger.account].round == round)
                _slash(task, taskId, round, role, ledger, vault);
        }
    }

    function _slash(
        LearningTask storage task,
        TaskId taskId,
        uint256 round,
        ILearningRounds.Role role,
        Ledger storage ledger,
        IStakeVault vault
    ) private {
        uint128 stake = ledger.stake;
        uint128 amount = task.terms.missPenalty;
        if (amount > stake) amount = stake;
        if (amount == 0) return;
        ledger.stake = stake - amount;
        emit ILearningRounds.ParticipantSlashed(taskId, round, ledger.account, role, amount);
        vault.slash(ledger.account, task.terms.token, amount, task.terms.slashRecipient);
    }

    function _settle(LearningTask storage task, TaskId taskId, uint256 round) private {
        bytes32 root = task.nextRoot;
        bytes memory model = task.nextModel;
        task.modelRoot = root;
        _creditAggregators(task, taskId, round, TaskLib.answerOf(root, model));
        uint256 settled = ++task.progress.settled;
        emit ILearningRounds.RoundSettled(taskId, round, root, model);
        uint256 periodRounds = task.terms.periodRounds;
        if (settled % periodRounds == 0) _closePeriod(task, taskId, settled / periodRounds - 1, periodRounds);
    }

    function _creditAggregators(LearningTask storage task, TaskId taskId, uint256 round, bytes32 answer) private {
        uint256 amount = task.terms.aggregatorSeat();
        uint256 aggregated = task.progress.aggregated;
        uint256 sum;
        for (uint256 seat; aggregated >> seat != 0; ++seat) {
            if ((aggregated >> seat) & 1 == 0 || task.answers[seat] != answer) continue;
            Ledger storage ledger = task.ledgers[ILearningRounds.Role.Aggregator][seat];
            sum += amount;
            // all pay together is at most the reward, which has 128 bits
            ledger.earned += uint128(amount);
            emit ILearningRounds.AggregatorRewarded(taskId, round, ledger.account, amount);
        }
        task.owed += uint128(sum);
    }

    /// @dev `owed` may exceed the sum of what the clients can claim by less than one base unit a client: each of their
    /// shares is rounded down by itself.
    function _closePeriod(LearningTask storage task, TaskId taskId, uint256 index, uint256 settled) private {
        Period memory period = task.periods[index];
        // at most the reward, which has 128 bits; `minimumScore` has 32
        period.pool = uint128(task.terms.pool(settled));
        period.divisor = uint64(Math.max(period.positive, task.terms.minimumScore));
        task.periods[index] = period;
        task.owed += uint128(PayLib.clientPay(period, period.positive));
        emit ILearningRounds.PeriodClosed(taskId, index, period.pool, period.positive, period.divisor);
    }

    function _close(LearningTask storage task, TaskId taskId) private {
        uint256 settled = task.progress.settled;
        uint256 periodRounds = task.terms.periodRounds;
        uint256 rest = settled % periodRounds;
        if (rest != 0) _closePeriod(task, taskId, settled / periodRounds, rest);
        task.progress.closed = true;
        emit ILearningRounds.TaskClosed(taskId, settled, task.progress.voided, task.terms.reward - task.owed);
    }

    function _startNext(LearningTask storage task, TaskId taskId, uint256 round) private {
        Progress storage progress = task.progress;
        // a 48-bit clock, and rounds are numbered in 16 bits
        progress.startedAt = uint48(block.timestamp);
        progress.round = uint16(round);
        progress.updates = 0;
        progress.audits = 0;
        progress.audited = 0;
        progress.aggregated = 0;
        progress.scored = false;
        progress.prompt = false;
        progress.agreed = false;
        emit ILearningRounds.RoundStarted(taskId, round, block.timestamp);
    }
}
