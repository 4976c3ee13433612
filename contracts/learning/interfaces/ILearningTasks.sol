// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ConsentId} from "../../identity/types/ConsentId.sol";
import {Did} from "../../identity/types/Did.sol";
import {TaskId} from "../types/TaskId.sol";

/// @title Learning tasks
/// @notice Federated learning decided by the chain: a task is escrowed and immutable once opened; its rounds follow
/// the clock; scores, pay and faults follow from what was committed and revealed, and from a seed that nobody chooses.
/// Nobody, the owner included, can change, stop or stall a running task.
///
/// A round is one attempt to improve the model. Its phases are pure functions of the second it started, but for
/// Challenge, which starts anew when an answer is disproved:
///
/// ```
///  Commit -> Reveal -> AuditCommit -> AuditReveal -> Settle -> AggregateCommit -> AggregateReveal -> Challenge -> Finishing
///  clients   clients   auditors       auditors       anybody   aggregators        aggregators        anybody      anybody
///                    | seed: first output of the beacon `seedDelay` after Reveal; drawn by anybody, from its time on
///                                                  | settlePanel: panel by panel
///
///  finishRound (anybody): the leading answer that was not disproved becomes the next global model; a round that can't
///  succeed any more is void, and can be finished as soon as that is certain. The next round starts in the second the
///  last one is finished. After `rounds` settled or more than `retries` void ones the task is Closed.
/// ```
///
/// **Places.** Roles are exclusive, one a member number and task, for members in standing of the task's cooperative.
/// The owner takes none. Clients have ids from 0 in order of joining; eight ids are a cell (`id >> 3`). Auditors and
/// aggregators join before the first Commit; then their lists are frozen.
///
/// **Panels.** The seed permutes cells into panels and auditors into seats (`PanelLib`); the sizes of panels differ by
/// at most one cell. Each auditor commits to one vector for its panel and reveals it in an event. Settling a panel
/// takes the lower median over its seats, adds it to the clients' scores of the pay period, pays the auditors for
/// scores within `epsilon` of the median, and slashes who was silent. Scores are contributions in units of 2^-14 nat.
///
/// **Pay.** A period's pool is shared as `pool * score / max(sum of positive scores, minimumScore)`, rounded down; a
/// negative score is carried into the next period. What is not earned goes back to the owner.
///
/// **Aggregation.** Exact integers over a tree (`AggregationLib`): anybody who finds one wrong chunk of 64 values in
/// any node of an answer deletes the answer by recomputing that chunk on-chain.
///
/// **Consent.** As in the terms' `consentPurpose`: asked for at commit and again at reveal (see `declareData`).
interface ILearningTasks {
    /// @notice What an account does in a task.
    enum Role {
        None,
        Client,
        Auditor,
        Aggregator
    }

    /// @notice Where a round stands.
    enum Phase {
        Waiting,
        Commit,
        Reveal,
        AuditCommit,
        AuditReveal,
        Settle,
        AggregateCommit,
        AggregateReveal,
        Challenge,
        Finishing,
        Closed
    }

    /// @notice How a round ended.
    enum Outcome {
        Settled,
        TooFewUpdates,
        NoSeed,
        TooFewAudits,
        NoAnswer
    }

    /// @notice How a node of the aggregation tree combines its children.
    enum Combining {
        Mean,
        TrimmedMean,
        Median
    }

    /// @notice Seconds of each phase; none may be 0. `commit` and `reveal` are less than 2^24 (194 days).
    /// @param challenge seconds in which an answer with `aggregatorQuorum` equal reveals can be disproved.
    /// @param longChallenge the same for any other answer; at least `challenge`.
    /// @param appeal seconds after the end of a period before it can be claimed.
    struct Schedule {
        uint24 commit;
        uint24 reveal;
        uint24 auditCommit;
        uint24 auditReveal;
        uint24 settle;
        uint24 aggregateCommit;
        uint24 aggregateReveal;
        uint24 challenge;
        uint24 longChallenge;
        uint24 appeal;
    }

    /// @notice How updates become the next model, exactly; see `AggregationLib`.
    /// @param parameters values of the model, and of every update.
    /// @param sampleCap samples counted at most in a weight, less than 65,536.
    /// @param clipNorm L2 norm, in quantised units, above which an update weighs less.
    /// @param combining what a node does with its children.
    /// @param trim for `TrimmedMean`: children left out at each end, in 1/256 of their number, rounded down.
    /// @param leafCells cells under a lowest node, 1 to 4: 8 to 32 updates.
    /// @param momentum of the server's step, in 1/65,536: `next = model + floor(momentum * (model - previous)) + delta`.
    struct Aggregation {
        uint32 parameters;
        uint16 sampleCap;
        uint64 clipNorm;
        Combining combining;
        uint8 trim;
        uint8 leafCells;
        uint16 momentum;
    }

    /// @notice Content on IPFS: CIDv1 of `codec` with a sha2-256 multihash. Any such CID is rebuilt byte by byte.
    /// @param codec multicodec code, e.g. 0x55 for raw bytes.
    /// @param digest the sha2-256 digest; not zero.
    struct Content {
        uint32 codec;
        bytes32 digest;
    }

    /// @notice Everything a task is, fixed at opening.
    /// @param cooperative whose members in standing may take part; its realm receives the reputation.
    /// @param token reward and stake token; zero is the chain's native currency.
    /// @param reward full reward, escrowed at opening.
    /// @param startsAt second at which the first round's Commit opens.
    /// @param rounds settled rounds after which the task closes.
    /// @param periodRounds settled rounds in a pay period; divides `rounds`; at most 256 periods.
    /// @param retries void rounds tolerated in all.
    /// @param minClients fewest revealed updates for a round to go on.
    /// @param maxClients most clients that may join.
    /// @param panelCells cells a panel aims at, 1 to `MAX_PANEL_CELLS`; there are fewer panels if auditors are few.
    /// @param panelSeats auditors on a panel (k): odd, 3 to 11.
    /// @param minAuditors fewest auditors for the task to start, at least one more than `panelSeats`.
    /// @param maxAuditors seats of auditors.
    /// @param aggregators seats, 1 to `MAX_AGGREGATORS`.
    /// @param aggregatorQuorum equal answers that shorten Challenge.
    /// @param auditorShare of the reward, in 1/10,000.
    /// @param aggregatorShare of the reward, in 1/10,000.
    /// @param treasuryShare of the reward, in 1/10,000, for `slashRecipient`; clients have the rest.
    /// @param epsilon an auditor's score counts as accurate within this distance of the median.
    /// @param exclusionScore updates of clients whose score in the period is below minus this are not aggregated.
    /// @param minimumScore least sum of positive scores over which a period's pool is divided (`D_min`), not 0.
    /// @param auditorStake locked per auditor seat; bounded below, see `LearningTasks_InvalidTerms`.
    /// @param aggregatorStake locked per aggregator seat, not 0.
    /// @param missPenalty slashed for each owed reveal that was not given; a third of `auditorStake` or more.
    /// @param slashRecipient who receives slashed stake: a treasury, fixed at opening.
    /// @param consentPurpose purpose of the consent that clients' data are used under; zero asks for none.
    /// @param reputationCategory category of the reputation asked for; zero asks for none.
    /// @param minimumReputation least reputation to join, in the realm of `cooperative`.
    /// @param initialRoot tensor root of the first global model.
    /// @param initialModel content of the first global model.
    /// @param manifest content of the manifest: architecture, recipe, quantisation, loss, test plan.
    struct TaskTerms {
        address cooperative;
        address token;
        uint96 reward;
        uint40 startsAt;
        Schedule schedule;
        Aggregation aggregation;
        uint16 rounds;
        uint16 periodRounds;
        uint16 retries;
        uint24 minClients;
        uint24 maxClients;
        uint8 panelCells;
        uint8 panelSeats;
        uint16 minAuditors;
        uint16 maxAuditors;
        uint8 aggregators;
        uint8 aggregatorQuorum;
        uint16 auditorShare;
        uint16 aggregatorShare;
        uint16 treasuryShare;
        uint16 epsilon;
        uint16 exclusionScore;
        uint32 minimumScore;
        uint96 auditorStake;
        uint96 aggregatorStake;
        uint96 missPenalty;
        address slashRecipient;
        bytes32 consentPurpose;
        bytes32 reputationCategory;
        uint96 minimumReputation;
        bytes32 initialRoot;
        Content initialModel;
        Content manifest;
    }

    /// @notice What a client's commitment hid.
    /// @param root tensor root of the quantised update; not that of the constant zero.
    /// @param samples declared number of training examples.
    /// @param norm declared L2 norm of the quantised update, rounded up.
    /// @param content of the serialised update.
    /// @param salt random, so that the commitment can't be guessed.
    struct UpdateOpening {
        bytes32 root;
        uint32 samples;
        uint64 norm;
        Content content;
        bytes16 salt;
    }

    /// @notice A scores vector as its auditor committed to it. All vectors of a round have the same number of 32-byte
    /// words: one for each two cells of the largest panel, begun ones included. Word i holds cells 2i and 2i + 1 of the
    /// auditor's panel, in the order of the panel: eight 32-bit lanes, client `id & 7` in the lane of that number from the
    /// least significant end; the score of cell 2i in the upper 16 bits of the lane, that of cell 2i + 1 in the lower.
    /// A score is given plus 2^15; 0 means absent: the update can't be had or is malformed. What stands in places
    /// without a cell or without a revealed update counts for nothing.
    struct ScoresOpening {
        address auditor;
        bytes16 salt;
        bytes scores;
    }

    /// @notice What an aggregator answers.
    /// @param modelRoot tensor root of the next global model.
    /// @param model content of the next global model.
    /// @param nodesRoot Merkle root over all nodes of the aggregation tree, see `AggregationLib`.
    struct Answer {
        bytes32 modelRoot;
        Content model;
        bytes32 nodesRoot;
    }
}
