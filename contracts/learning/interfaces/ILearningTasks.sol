// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConsentRegistry} from "../../identity/interfaces/IConsentRegistry.sol";
import {ConsentId} from "../../identity/types/ConsentId.sol";
import {Did} from "../../identity/types/Did.sol";
import {IMembership} from "../../membership/interfaces/IMembership.sol";
import {IReputation} from "../../reputation/interfaces/IReputation.sol";
import {IRewardEscrow} from "../../rewards/interfaces/IRewardEscrow.sol";
import {TaskId} from "../types/TaskId.sol";
import {IPrivacyLedger} from "./IPrivacyLedger.sol";

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
///                    | seed: the beacon's for the end of Reveal; drawn by anybody, as soon as the beacon has it
///                                                  | settlePanel: panel by panel
///
///  finishRound (anybody): the leading answer that was not disproved becomes the next global model; a round that can't
///  succeed any more is void, and can be finished as soon as that is certain. The next round starts in the second the
///  last one is finished. After `rounds` settled or more than `retries` void ones the task is Closed.
/// ```
///
/// **Places.** Roles are exclusive, one a member number and task, for members in standing of the task's cooperative.
/// The owner takes none. Clients have ids from 0 in order of joining; eight ids are a cell (`id >> 3`). Auditors and
/// aggregators join before the first Commit; then their lists are frozen. There is room for as many clients as the
/// auditors who joined can score, and for none before there are `minAuditors` of them and an aggregator: a task without
/// them never starts, and anybody can close it.
///
/// **Panels.** The seed permutes cells into panels and auditors into seats (`PanelLib`); the sizes of panels differ by
/// at most one cell. Each auditor commits to one vector for its panel and reveals it in an event. Settling a panel
/// takes the lower median over its seats, adds it to the clients' scores of the pay period, pays the auditors for
/// scores within `epsilon` of the median, and slashes who was silent. Scores are contributions in units of 2^-14 nat.
///
/// **Pay.** A period's pool is shared as `pool * score / max(sum of positive scores, minimumScore)`, rounded down; a
/// negative score is carried into the next period. What is not earned goes back to the owner.
///
/// **Aggregation.** Exact integers over a tree (`ILearningAnswers`): anybody who finds one wrong chunk of 64 values in
/// any node of an answer deletes the answer by recomputing that chunk on-chain.
///
/// **Consent.** As in the terms' `consentPurpose`: asked for at commit and again at reveal (see `declareData`).
///
/// **Privacy.** Where the terms say how much an update tells (`microRho`), every commitment spends it in `PRIVACY`, from what
/// the client's subject lets these data tell, before anything is told. Where the manifest says that updates are sealed,
/// clients wrap their keys, once the seed is known, for the auditors of their panel and all aggregators, under the sealing
/// keys that these have published before the first Commit.
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

    /// @notice Seconds of each phase; none but `appeal` may be 0. `commit` and `reveal` are less than 2^24 (194 days).
    /// @param challenge seconds in which an answer with `aggregatorQuorum` equal reveals can be disproved.
    /// @param longChallenge the same for any other answer; at least `challenge`.
    /// @param appeal seconds after the end of a period before it can be claimed: 0 in a task without appeals, else at least
    /// `auditCommit + auditReveal + settle`, for the appeals of its last round. 0 also where updates are sealed: a
    /// fresh panel could not open them. See `ILearningAppeals`.
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

    /// @notice How updates become the next model, exactly; see `ILearningAnswers`.
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
    /// @param periodRounds settled rounds in a pay period; divides `rounds`; at most 224 periods.
    /// @param retries void rounds tolerated in all.
    /// @param minClients fewest revealed updates for a round to go on.
    /// @param maxClients most clients that may join.
    /// @param panelCells cells a panel aims at, 1 to 32; there are fewer panels if auditors are few.
    /// @param panelSeats auditors on a panel (k): odd, 3 to 11.
    /// @param minAuditors fewest auditors for the task to start, at least one more than `panelSeats`.
    /// @param maxAuditors seats of auditors.
    /// @param aggregators seats, 1 to 16.
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
    /// @param slashRecipient who receives slashed stake but for what is a challenger's or appellant's: a treasury, fixed at
    /// opening.
    /// @param consentPurpose purpose of the consent that clients' data are used under; zero asks for none.
    /// @param reputationCategory category of the reputation asked for; zero asks for none.
    /// @param minimumReputation least reputation to join, in the realm of `cooperative`.
    /// @param microRho what each commitment spends of the client's privacy, in millionths of rho; only with a purpose, and
    /// once `cooperative` has appointed this contract in `PRIVACY`. Zero spends nothing.
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
        uint32 microRho;
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
    /// @param nodesRoot Merkle root over all nodes of the aggregation tree, see `ILearningAnswers`.
    struct Answer {
        bytes32 modelRoot;
        Content model;
        bytes32 nodesRoot;
    }

    /// @notice A running round, for readers.
    /// @param round number of the attempt, from 1.
    /// @param startedAt second at which its Commit opened.
    /// @param settled rounds settled so far.
    /// @param voided rounds voided so far.
    /// @param clients clients that have joined the task.
    /// @param capacity clients that there is room for.
    /// @param auditors auditors that have joined.
    /// @param aggregators aggregators that have joined.
    /// @param updates revealed in this round and not struck.
    /// @param modelRoot tensor root of the current global model.
    /// @param previousRoot tensor root of the one before it; the same in the first round.
    struct RoundState {
        uint256 round;
        uint256 startedAt;
        uint256 settled;
        uint256 voided;
        uint256 clients;
        uint256 capacity;
        uint256 auditors;
        uint256 aggregators;
        uint256 updates;
        Phase phase;
        bytes32 modelRoot;
        bytes32 previousRoot;
    }

    /// @notice Panels of a round, for readers.
    /// @param round whose seed was drawn last; the rest belongs to it.
    /// @param seed from which panels, seats and the order of the aggregation tree follow.
    /// @param panels how many there are.
    /// @param cells how many are shared among them.
    /// @param auditors how many are shared among their seats.
    /// @param voidSet bit p: panel p is settled, but had too few reveals. Bit 255 is no panel: it is set since the draw.
    /// @param scoredSet bit p: panel p is settled and was not void. Bit 255 as in `voidSet`.
    /// @param seatPay most that a seat earns in the round.
    struct PanelState {
        uint256 round;
        bytes32 seed;
        uint256 panels;
        uint256 cells;
        uint256 auditors;
        uint256 voidSet;
        uint256 scoredSet;
        uint256 seatPay;
    }

    /// @notice What an account is and has done in a task, for readers.
    /// @param id place within the role, from 0.
    /// @param round of the last commitment; 0: none.
    /// @param commitment its first 24 bytes.
    /// @param committed its time within Commit, in 1/65,536 of that phase; of clients.
    /// @param misses reveals that were owed and not given; a client's last one counts from its next commitment on.
    struct ParticipantState {
        Role role;
        uint256 id;
        uint256 round;
        bytes24 commitment;
        uint256 committed;
        bool revealed;
        bool struck;
        uint256 misses;
    }

    // ------------------------------------------------------------------------------------------------------- events

    /// @notice A task is open and its reward is in escrow.
    event TaskOpened(
        TaskId indexed taskId,
        address indexed owner,
        address indexed cooperative,
        address token,
        uint256 reward,
        uint256 rounds,
        uint256 startsAt
    );
    /// @notice What a task starts from and is described by. Said at opening.
    event TaskDescribed(
        TaskId indexed taskId,
        bytes32 initialRoot,
        uint256 modelCodec,
        bytes32 modelDigest,
        uint256 manifestCodec,
        bytes32 manifestDigest
    );
    /// @notice When a task goes on: the `Schedule` of its terms. Said at opening, as are the others of its terms.
    event TaskScheduled(
        TaskId indexed taskId,
        uint256 commit,
        uint256 reveal,
        uint256 auditCommit,
        uint256 auditReveal,
        uint256 settle,
        uint256 aggregateCommit,
        uint256 aggregateReveal,
        uint256 challenge,
        uint256 longChallenge,
        uint256 appeal
    );
    /// @notice How updates become the next model: the `Aggregation` of a task's terms, and which clients' are left out.
    event TaskAggregationSet(
        TaskId indexed taskId,
        uint256 parameters,
        uint256 sampleCap,
        uint256 clipNorm,
        Combining combining,
        uint256 trim,
        uint256 leafCells,
        uint256 momentum,
        uint256 exclusionScore
    );
    /// @notice How many take part in a task, and how many rounds may be void.
    event TaskPlacesSet(
        TaskId indexed taskId,
        uint256 retries,
        uint256 minClients,
        uint256 maxClients,
        uint256 panelCells,
        uint256 panelSeats,
        uint256 minAuditors,
        uint256 maxAuditors,
        uint256 aggregators,
        uint256 aggregatorQuorum
    );
    /// @notice What a task pays for, and what is lost by whom does not do it.
    event TaskPaySet(
        TaskId indexed taskId,
        address indexed slashRecipient,
        uint256 periodRounds,
        uint256 auditorShare,
        uint256 aggregatorShare,
        uint256 treasuryShare,
        uint256 epsilon,
        uint256 minimumScore,
        uint256 auditorStake,
        uint256 aggregatorStake,
        uint256 missPenalty
    );
    /// @notice A task takes members with so much reputation only.
    event ReputationRequired(TaskId indexed taskId, bytes32 indexed category, uint256 minimum);
    /// @notice A task takes updates only under consent to `grantee`, the cooperative, for `purpose`. Each commitment spends
    /// `microRho` of the client's privacy.
    event ConsentRequired(TaskId indexed taskId, address indexed grantee, bytes32 indexed purpose, uint256 microRho);
    /// @notice A client said which data it trains on from now on, and so which consent it needs.
    event DataDeclared(
        TaskId indexed taskId,
        address indexed client,
        Did indexed subject,
        bytes32 dataHash,
        ConsentId consentId
    );
    /// @notice An account took a role. `id` counts from 0 within the role.
    event ParticipantJoined(
        TaskId indexed taskId,
        address indexed account,
        Role indexed role,
        uint256 id,
        uint256 number
    );
    /// @notice A round's Commit is open.
    event RoundStarted(TaskId indexed taskId, uint256 indexed round, uint256 startedAt);
    /// @notice A client committed to an update.
    event UpdateCommitted(TaskId indexed taskId, uint256 indexed round, address indexed client, bytes32 commitment);
    /// @notice A client's update is known.
    /// @param root tensor root of the update.
    /// @param digest sha2-256 digest of its content.
    /// @param details `[samples 32 | norm 64 | codec 32 | salt 128]`: with them anybody can open the commitment.
    event UpdateRevealed(
        TaskId indexed taskId,
        uint256 indexed round,
        address indexed client,
        bytes32 root,
        bytes32 digest,
        bytes32 details
    );
    /// @notice An update was proved to be an exact copy of one committed earlier, and counts as not revealed.
    event UpdateStruck(TaskId indexed taskId, uint256 indexed round, address indexed client, address original);
    /// @notice Updates can be sealed to a party under this key from now on, in place of an earlier one.
    event SealingKeyPublished(TaskId indexed taskId, address indexed account, bytes key);
    /// @notice With this content the recipients of a client's update can open it; of several the first counts.
    event WrapsPublished(
        TaskId indexed taskId,
        uint256 indexed round,
        address indexed client,
        uint256 codec,
        bytes32 digest
    );
    /// @notice The panels of a round are known.
    event SeedDrawn(
        TaskId indexed taskId,
        uint256 indexed round,
        bytes32 seed,
        uint256 panels,
        uint256 cells,
        uint256 auditors,
        uint256 seatPay
    );
    /// @notice A panel was settled: its medians are in its clients' scores of the period.
    /// @param updates that count: revealed, not struck.
    /// @param medians laid out as in `ScoresOpening`, absent where there is no such update.
    /// @param auditors of the panel who revealed; each earned `seatPay * accurate / updates`, rounded down.
    /// @param accurate scores of theirs within epsilon of the median, of updates that count.
    /// @param seatPay zero if every median is 0 or absent, or nothing counts.
    event PanelSettled(
        TaskId indexed taskId,
        uint256 indexed round,
        uint256 indexed panel,
        uint256 updates,
        bytes medians,
        address[] auditors,
        uint256[] accurate,
        uint256 seatPay
    );
    /// @notice A panel had too few reveals: it scores nobody and pays nobody.
    event PanelVoided(TaskId indexed taskId, uint256 indexed round, uint256 indexed panel, uint256 reveals);
    /// @notice A seat lost stake: for a reveal that it owed, a disproved answer, or scores that an appeal found far off.
    event ParticipantSlashed(
        TaskId indexed taskId,
        uint256 indexed round,
        address indexed account,
        Role role,
        uint256 amount
    );
    /// @notice An auditor committed to a vector of scores.
    event ScoresCommitted(TaskId indexed taskId, uint256 indexed round, address indexed auditor, bytes32 commitment);
    /// @notice An auditor's vector, which is stored nowhere else: it is needed to settle its panel.
    event ScoresRevealed(
        TaskId indexed taskId,
        uint256 indexed round,
        address indexed auditor,
        bytes16 salt,
        bytes scores
    );

    // ------------------------------------------------------------------------------------------------------- errors

    /// @notice There is no task of this number.
    error LearningTasks_UnknownTask(TaskId taskId);
    /// @notice A term is out of its bounds; `term` names it. Of stakes:
    /// `m * auditorStake >= pool of a period * min(1, n * clients of a panel * 32,767 / minimumScore)` with `m = 2` for
    /// panels of three seats, 3 for larger ones, and `n = periodRounds + retries` rounds whose scores may meet in a period,
    /// so that the seats which can move a median have as much to lose as a period to give;
    /// `3 * missPenalty >= auditorStake`.
    error LearningTasks_InvalidTerms(string term, uint256 value);
    /// @notice The native currency sent is not what the task needs.
    error LearningTasks_WrongValue(uint256 sent, uint256 needed);
    /// @notice The act belongs to another phase.
    error LearningTasks_WrongPhase(TaskId taskId, uint256 round, Phase current, Phase needed);
    /// @notice The account has another role in this task, or none.
    error LearningTasks_WrongRole(TaskId taskId, address account, Role actual, Role needed);
    /// @notice There is no room in the role.
    error LearningTasks_NoPlace(TaskId taskId, Role role, uint256 places);
    /// @notice The member has a place already, taken by the account that stood for them before, or is the owner.
    error LearningTasks_AlreadyPlaced(TaskId taskId, uint256 number);
    /// @notice The owner takes no role.
    error LearningTasks_OwnersTask(TaskId taskId, address owner);
    /// @notice Only members in standing of the task's cooperative take part.
    error LearningTasks_NotAMember(TaskId taskId, address account);
    /// @notice The member has less reputation than the task asks for.
    error LearningTasks_TooLittleReputation(TaskId taskId, address account, bytes32 category, uint256 minimum);
    /// @notice The consent that the client's update needs was not granted, has expired or was revoked; zero: the client
    /// has not declared its data.
    error LearningTasks_NoConsent(TaskId taskId, address client, ConsentId consentId);
    /// @notice Two commitments of the client were never revealed: it commits no more in this task.
    error LearningTasks_Excluded(TaskId taskId, address client);
    /// @notice One commitment a round.
    error LearningTasks_AlreadyCommitted(TaskId taskId, uint256 round, address account);
    /// @notice This commitment was opened already.
    error LearningTasks_AlreadyRevealed(TaskId taskId, uint256 round, address account);
    /// @notice What was revealed is not what was committed in this round.
    error LearningTasks_CommitmentMismatch(TaskId taskId, uint256 round, address account);
    /// @notice A root or digest of zero.
    error LearningTasks_InvalidContent(bytes32 root, bytes32 digest);
    /// @notice The client did not sign this commitment for this round.
    error LearningTasks_InvalidSignature(TaskId taskId, uint256 round, address client);
    /// @notice A batch has 1 to `MAX_BATCH` whole items.
    error LearningTasks_InvalidBatch(uint256 length, uint256 itemLength);
    /// @notice Only a revealed update that was not struck can be, or have, a copy, and needs wraps.
    error LearningTasks_NotRevealed(TaskId taskId, uint256 round, address account);
    /// @notice The time for wraps is over; what is left of AuditCommit is the auditors'.
    error LearningTasks_WrapsTooLate(TaskId taskId, uint256 round, uint256 ended);
    /// @notice The two updates are not copies of each other, or the accused one came first.
    error LearningTasks_NotACopy(address original, address copy);
    /// @notice The round has fewer updates than the task needs.
    error LearningTasks_TooFewUpdates(TaskId taskId, uint256 round, uint256 updates, uint256 needed);
    /// @notice The beacon has no output yet for this second.
    error LearningTasks_SeedUnknown(TaskId taskId, uint256 round, uint256 timepoint);
    /// @notice A vector has another length than all of the round have.
    error LearningTasks_InvalidVector(TaskId taskId, uint256 round, uint256 length, uint256 needed);
    /// @notice The round has no panels: its seed was not drawn.
    error LearningTasks_NotDrawn(TaskId taskId, uint256 round);
    /// @notice What is left of the seat's stake is less than half of a miss: nothing would keep it honest.
    error LearningTasks_TooLittleStake(TaskId taskId, address account, uint256 stake);
    /// @notice There is no panel of this number in the round.
    error LearningTasks_NoSuchPanel(TaskId taskId, uint256 panel, uint256 panels);
    /// @notice The panel was settled already.
    error LearningTasks_AlreadySettled(TaskId taskId, uint256 round, uint256 panel);
    /// @notice The seat, counted through all panels, is that of another auditor.
    error LearningTasks_WrongSeat(TaskId taskId, uint256 panel, uint256 seat, address account);
    /// @notice The openings of a panel are longer or shorter than its seats need.
    error LearningTasks_InvalidOpenings(TaskId taskId, uint256 panel, uint256 length, uint256 needed);
    /// @notice The seed of the round was drawn already.
    error LearningTasks_AlreadyDrawn(TaskId taskId, uint256 round);

    // ----------------------------------------------------------------------------------------- contracts and constants

    /// @notice Where members are looked up.
    function MEMBERSHIP() external view returns (IMembership);

    /// @notice Where rewards lie.
    function ESCROW() external view returns (IRewardEscrow);

    /// @notice Whose code runs here for `ILearningAnswers` and `ILearningAppeals`.
    function ANSWERS() external view returns (address);

    /// @notice Where reputation is asked for and recorded.
    function REPUTATION() external view returns (IReputation);

    /// @notice Where consents are looked up: in the registry of `PRIVACY`.
    function CONSENTS() external view returns (IConsentRegistry);

    /// @notice Where is counted what updates tell.
    function PRIVACY() external view returns (IPrivacyLedger);

    /// @notice Most items in a batch.
    function MAX_BATCH() external view returns (uint256);

    /// @notice EIP-712 type of a commitment that a client signs and anybody brings.
    function UPDATE_COMMITMENT_TYPEHASH() external view returns (bytes32);

    // -------------------------------------------------------------------------------------------------------- opening

    /// @notice Opens a task and moves its full reward from the caller into escrow. Its first round is announced with
    /// it.
    /// @dev For a token the caller has approved this contract; tokens that deliver less than asked are refused. The
    /// caller is the owner: it receives the unearned part back and has no power over the task.
    function openTask(TaskTerms calldata terms) external payable returns (TaskId taskId);

    /// @notice Takes a place. Caller: a member in standing with the reputation that the task asks for. Clients join
    /// until a Commit closes, as long as there is room; auditors and aggregators before the task starts, and their
    /// stake must lie free in the vault.
    function join(TaskId taskId, Role role) external;

    /// @notice Publishes the key under which updates are sealed to the caller: an auditor or aggregator, before the task
    /// starts. Nobody can change a key once anything may have been sealed under it.
    /// @param key an X-Wing public key, which the chain does not check: under any other nothing can be sealed.
    function publishSealingKey(TaskId taskId, bytes calldata key) external;

    // -------------------------------------------------------------------------------------------------------- clients

    /// @notice Says which data the caller trains on from now on: the consent that its updates need. Caller: a client,
    /// unless its commitment of the running round stands, for an update keeps the consent it was committed under.
    /// @dev The subject is the DID of the member number with which the caller joined, the grantee the task's
    /// cooperative, the purpose the task's. Whether the consent is live is asked at commit and at reveal.
    function declareData(TaskId taskId, bytes32 dataHash) external;

    /// @notice Commits to an update, and joins as a client if the caller has no place. During Commit, once a round,
    /// under a live consent if the task asks for one; not after two commitments that were never revealed. Spends `microRho`
    /// of the terms, or is refused with the error of `PRIVACY`.
    function commitUpdate(TaskId taskId, bytes32 commitment) external;

    /// @notice The same for a client that signed `UpdateCommitment(uint256 taskId,uint256 round,address client,bytes32
    /// commitment)` under EIP-712 ("Artel Learning", version 1), by its key or as an ERC-1271 wallet. Anybody.
    function commitUpdateBySig(TaskId taskId, address client, bytes32 commitment, bytes calldata signature) external;

    /// @notice Many signed commitments of clients that have a place and a key. Anybody. An item that would fail alone is
    /// skipped.
    /// @param items up to `MAX_BATCH` of 116 bytes: client, commitment, and an EIP-2098 signature as in
    /// `commitUpdateBySig`.
    /// @return taken how many were not skipped.
    function commitUpdates(TaskId taskId, bytes calldata items) external returns (uint256 taken);

    /// @notice Opens a client's commitment. Anybody who knows it, during Reveal, while the consent it was committed
    /// under is still live.
    function revealUpdate(TaskId taskId, address client, UpdateOpening calldata opening) external;

    /// @notice Opens many. An item that would fail alone is skipped.
    /// @param items up to `MAX_BATCH` of 116 bytes: client, root, digest and details as in `UpdateRevealed`.
    /// @return taken how many were not skipped.
    function revealUpdates(TaskId taskId, bytes calldata items) external returns (uint256 taken);

    /// @notice Strikes an update that is an exact copy (an equal root) of one that was committed earlier (at equal
    /// times: by lower id). Anybody, during Reveal, and during AuditCommit once the seed is drawn: before any score can be
    /// known, and not so that a round lacks updates that Reveal left it. Both must have been revealed.
    function strikeCopy(
        TaskId taskId,
        address original,
        UpdateOpening calldata originalOpening,
        address copy,
        UpdateOpening calldata copyOpening
    ) external;

    /// @notice Announces the content with which the recipients of the caller's update can open it. Caller: a client whose
    /// update was revealed and not struck, during the first half of AuditCommit: not before the seed can be known, and early
    /// enough for all auditors to see the same when they commit.
    function publishWraps(TaskId taskId, Content calldata wraps) external;

    // ------------------------------------------------------------------------------------------------------- auditors

    /// @notice Makes the seed of the running round from the beacon, and so its panels. Anybody, once, from the end
    /// of Reveal until the end of Settle, as soon as the beacon has it; auditors need not wait for it, for its source is
    /// public. Drawn after AuditCommit it makes nobody pay for silence: the beacon may have been late.
    function drawSeed(TaskId taskId) external returns (bytes32 seed);

    /// @notice Commits to a vector of scores. Caller: an auditor, during AuditCommit, whose seat still holds half of
    /// `missPenalty`, or all that was locked for it.
    function commitScores(TaskId taskId, bytes32 commitment) external;

    /// @notice Opens a vector. Anybody who knows it, during AuditReveal.
    function revealScores(TaskId taskId, ScoresOpening calldata opening) external;

    /// @notice Settles a panel. Anybody, once, during Settle. A panel that nobody settles scores and pays nobody.
    ///
    /// The score of each update that counts is the lower median of what the panel's auditors revealed, of three at least.
    /// It is added to the client's score of the pay period, which begins with what was negative in the period before; a void
    /// panel leaves it at that. An
    /// auditor earns `seatPay * accurate / updates`, unless every median is 0 or absent. Who was silent loses
    /// `missPenalty`, and with the third miss in the task takes no new seat for 90 days.
    /// @param openings seat by seat, packed: the auditor (20 bytes), and if it has revealed, salt (16) and vector.
    function settlePanel(TaskId taskId, uint256 panel, bytes calldata openings) external;

    // ---------------------------------------------------------------------------------------------------------- views

    /// @notice Number of tasks opened so far.
    function taskCount() external view returns (uint256 count);

    /// @notice Terms of a task.
    function termsOf(TaskId taskId) external view returns (TaskTerms memory terms);

    /// @notice Who opened a task.
    function ownerOf(TaskId taskId) external view returns (address owner);

    /// @notice The running round.
    function roundState(TaskId taskId) external view returns (RoundState memory state);

    /// @notice The panels drawn last.
    function panelState(TaskId taskId) external view returns (PanelState memory state);

    /// @notice Phase of the running round at this second.
    function phaseOf(TaskId taskId) external view returns (Phase phase);

    /// @notice Second at which a phase of the running round begins, as long as no answer is disproved: 0 for Waiting,
    /// the end of time for Closed.
    function phaseStart(TaskId taskId, Phase phase) external view returns (uint256 timepoint);

    /// @notice What an account is and has done in a task.
    function participantOf(TaskId taskId, address account) external view returns (ParticipantState memory participant);

    /// @notice Account and locked stake of an auditor's or aggregator's seat, zero if there is none.
    function seatAt(TaskId taskId, Role role, uint256 id) external view returns (address account, uint256 stake);

    /// @notice The consent that a client's updates need, as it last declared; zero if it never did.
    function consentOf(TaskId taskId, address client) external view returns (ConsentId consentId);

    /// @notice Commitment of a client: keccak256 of the ABI encoding of keccak256("artel.task.update.v1"), chain,
    /// contract, task, round, client, root, samples, norm, and keccak256 of that of codec, digest and salt.
    function updateCommitment(
        TaskId taskId,
        uint256 round,
        address client,
        UpdateOpening calldata opening
    ) external view returns (bytes32);

    /// @notice Commitment of an auditor: keccak256 of the ABI encoding of keccak256("artel.task.scores.v1"), chain,
    /// contract, task, round, auditor, salt, keccak256(scores).
    function scoresCommitment(
        TaskId taskId,
        uint256 round,
        ScoresOpening calldata opening
    ) external view returns (bytes32);
}
