// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConsentRegistry} from "../../identity/interfaces/IConsentRegistry.sol";
import {ConsentId} from "../../identity/types/ConsentId.sol";
import {Did} from "../../identity/types/Did.sol";
import {IMembership} from "../../membership/interfaces/IMembership.sol";
import {IRewardEscrow} from "../../rewards/interfaces/IRewardEscrow.sol";
import {IStakeVault} from "../../rewards/interfaces/IStakeVault.sol";
import {TaskId} from "../types/TaskId.sol";
import {IReputation} from "../../reputation/interfaces/IReputation.sol";

/// @title Learning rounds
/// @notice Federated learning decided by the chain: a task is escrowed and immutable once opened; its rounds follow
/// the clock; who earned what follows from what was committed and revealed. Nobody, the owner included, can change,
/// stop or stall a running task.
///
/// A round is one attempt to improve the model. Its phases are pure functions of the second it started:
///
/// ```
///  Commit -> Reveal -> AuditCommit -> AuditReveal -> AggregateCommit -> AggregateReveal -> Challenge -> Finishing
///  clients   clients   auditors       auditors       aggregators        aggregators
///                                            | scoreRound: any time from here to the end of the round
///
///  finishRound (anybody): at the end of Challenge a scored round with an agreed root becomes the next global model;
///  a round that can't succeed any more is void, and can be finished as soon as that is certain. The next round
///  starts in the second the last one is finished. After `rounds` settled or more than `retries` void ones the task
///  is Closed, and what was not earned goes back to the owner.
/// ```
///
/// Roles are exclusive within a task, and open to members in standing of the task's cooperative. Rewards accumulate
/// as balances here and are paid out of `RewardEscrow` by `claim`; stakes lie in `StakeVault`.
///
/// Scores are contributions in units of 2^-14 nat, as signed 16-bit numbers; `ABSENT` (-32768) says that the
/// auditor could not obtain the update or found it malformed. The score of a client in a round is the lower median
/// over the auditors who revealed.
///
/// Clients share `reward * clientShare / 10,000 * periodRounds / rounds` a period in proportion to their positive
/// scores; a task that closes within a period pays for the rounds it settled. All pay rounds down.
///
/// A task may ask for consent: `consentPurpose` says what for. Each of its clients then names the data it trains on by
/// a hash, `declareData`, and its update is taken only while the consent of the client's DID (as a member) that the
/// task's cooperative uses these data for this purpose is live in the registry. It is asked for twice: at commit, and
/// again at reveal, because an update leaves its client only there: consent that ended in between ends the use at once,
/// whoever else knows the opening, and costs the client nothing but the round. An update that was revealed stays; what
/// was learned from it can only be asked back (`IConsentRegistry.requestErasure`). Consent is granted to the
/// cooperative, not to this contract, so that it never covers the tasks of another one.
interface ILearningRounds {
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
        TooFewAudits,
        NoAgreement
    }

    /// @notice Seconds of each phase; none may be 0 except `challenge`. `commit` is less than 2^24 (194 days): times of
    /// commitments are kept in 24 bits.
    struct Schedule {
        uint32 commit;
        uint32 reveal;
        uint32 auditCommit;
        uint32 auditReveal;
        uint32 aggregateCommit;
        uint32 aggregateReveal;
        uint32 challenge;
    }

    /// @notice Everything a task is, fixed at opening.
    /// @param cooperative whose members in standing may take part; its realm receives the reputation.
    /// @param token reward and stake token; zero is the chain's native currency.
    /// @param reward full reward, escrowed at opening.
    /// @param startsAt second at which the first round's Commit opens; seats of auditors and aggregators are taken
    /// before.
    /// @param rounds settled rounds after which the task closes.
    /// @param periodRounds settled rounds in a pay period; divides `rounds`.
    /// @param retries void rounds tolerated in all.
    /// @param minClients fewest revealed updates for a round to go on.
    /// @param maxClients most clients that may join, at most `MAX_CLIENTS`.
    /// @param auditors seats on the panel, one more than `MIN_REVEALED_AUDITS` to `MAX_SEATS`: one silent auditor must
    /// not void a round.
    /// @param aggregators seats, 3 to `MAX_SEATS`.
    /// @param aggregatorQuorum equal roots needed, more than half of `aggregators` and fewer than all.
    /// @param auditorShare of the reward, in 1/10,000.
    /// @param aggregatorShare of the reward, in 1/10,000; clients have the rest.
    /// @param epsilon an auditor's score counts as accurate within this distance of the median.
    /// @param exclusionScore updates of clients whose scores so far in the task, the present one included, add up to
    /// less than minus this are left out of the aggregate.
    /// @param minimumScore least sum of positive scores over which a period's pool is divided (`D_min`): a period
    /// in which less was contributed pays less.
    /// @param auditorStake locked per auditor seat.
    /// @param aggregatorStake locked per aggregator seat.
    /// @param missPenalty slashed from a stake for each round in which its holder owed a reveal and gave none.
    /// @param slashRecipient who receives slashed stake.
    /// @param consentPurpose purpose of the consent that clients' data are used under; zero asks for none.
    /// @param initialRoot tensor root of the first global model.
    /// @param initialModel CID (binary) of the first global model.
    /// @param manifest CID (binary) of the manifest: architecture, recipe, quantisation, scoring.
    struct TaskTerms {
        address cooperative;
        address token;
        uint128 reward;
        uint48 startsAt;
        Schedule schedule;
        uint16 rounds;
        uint16 periodRounds;
        uint16 retries;
        uint16 minClients;
        uint16 maxClients;
        uint8 auditors;
        uint8 aggregators;
        uint8 aggregatorQuorum;
        uint16 auditorShare;
        uint16 aggregatorShare;
        uint16 epsilon;
        uint16 exclusionScore;
        uint32 minimumScore;
        uint128 auditorStake;
        uint128 aggregatorStake;
        uint128 missPenalty;
        address slashRecipient;
        bytes32 consentPurpose;
        bytes32 initialRoot;
        bytes initialModel;
        bytes manifest;
    }

    /// @notice What a client's commitment hid.
    /// @param root tensor root of the quantised update.
    /// @param samples declared number of training examples.
    /// @param norm declared L2 norm of the quantised update, rounded up.
    /// @param cid CID (binary) of the serialised update.
    /// @param salt random, so that the commitment can't be guessed.
    struct UpdateOpening {
        bytes32 root;
        uint32 samples;
        uint64 norm;
        bytes cid;
        bytes32 salt;
    }

    /// @notice A scores vector as its auditor committed to it.
    struct ScoresOpening {
        address auditor;
        bytes32 salt;
        bytes scores;
    }

    /// @notice A running round, for readers.
    /// @param round number of the attempt, from 1.
    /// @param startedAt second at which its Commit opened.
    /// @param settled rounds settled so far.
    /// @param voided rounds voided so far.
    /// @param clients clients that have joined the task.
    /// @param updates revealed in this round and not struck.
    /// @param audits vectors revealed in this round.
    /// @param scored whether the medians of this round are known.
    /// @param modelRoot tensor root of the current global model.
    struct RoundState {
        uint256 round;
        uint256 startedAt;
        uint256 settled;
        uint256 voided;
        uint256 clients;
        uint256 updates;
        uint256 audits;
        bool scored;
        Phase phase;
        bytes32 modelRoot;
    }

    /// @notice A task is open and its reward is in escrow.
    event TaskOpened(
        TaskId indexed taskId,
        address indexed owner,
        address indexed cooperative,
        address token,
        uint256 reward,
        uint256 rounds,
        uint256 startsAt,
        bytes32 initialRoot,
        bytes initialModel,
        bytes manifest
    );
    /// @notice A task takes updates only under consent to `grantee`, the cooperative, for `purpose`. Said at opening.
    event ConsentRequired(TaskId indexed taskId, address indexed grantee, bytes32 indexed purpose);
    /// @notice A client said which data it trains on from now on, and so which consent it needs.
    event DataDeclared(
        TaskId indexed taskId,
        address indexed client,
        Did indexed subject,
        bytes32 dataHash,
        ConsentId consentId
    );
    /// @notice An account took a role. `index` counts from 0 within the role and is the client's place in vectors.
    event ParticipantJoined(TaskId indexed taskId, address indexed account, Role indexed role, uint256 index);
    /// @notice A round's Commit is open.
    event RoundStarted(TaskId indexed taskId, uint256 indexed round, uint256 startedAt);
    /// @notice A client committed to an update.
    event UpdateCommitted(TaskId indexed taskId, uint256 indexed round, address indexed client, bytes32 commitment);
    /// @notice A client's update is known; its content can be fetched under `cid`.
    event UpdateRevealed(
        TaskId indexed taskId,
        uint256 indexed round,
        address indexed client,
        uint256 index,
        bytes32 root,
        uint256 samples,
        uint256 norm,
        bytes cid
    );
    /// @notice An update was proved to be an exact copy of one committed earlier, and counts as not revealed.
    event UpdateStruck(TaskId indexed taskId, uint256 indexed round, address indexed client, address original);
    /// @notice An auditor committed to a vector of scores.
    event ScoresCommitted(TaskId indexed taskId, uint256 indexed round, address indexed auditor, bytes32 commitment);
    /// @notice An auditor's vector: two bytes a client, in order of index. It is needed again by `scoreRound`.
    event ScoresRevealed(
        TaskId indexed taskId,
        uint256 indexed round,
        address indexed auditor,
        bytes32 salt,
        bytes scores
    );
    /// @notice The medians of a round: two bytes a client, in order of index, `ABSENT` where there was no update.
    /// @param included bit i: the update of client i belongs into the aggregate.
    event RoundScored(TaskId indexed taskId, uint256 indexed round, bytes medians, uint256 included);
    /// @notice What an auditor earned for a round: `accurate` of `scored` scores were within epsilon of the median.
    event AuditorRewarded(
        TaskId indexed taskId,
        uint256 indexed round,
        address indexed auditor,
        uint256 accurate,
        uint256 scored,
        uint256 amount
    );
    /// @notice An aggregator committed to a root.
    event AggregateCommitted(
        TaskId indexed taskId,
        uint256 indexed round,
        address indexed aggregator,
        bytes32 commitment
    );
    /// @notice An aggregator's root and the content of the model it stands for.
    event AggregateRevealed(
        TaskId indexed taskId,
        uint256 indexed round,
        address indexed aggregator,
        bytes32 root,
        bytes cid
    );
    /// @notice What an aggregator earned for a round.
    event AggregatorRewarded(TaskId indexed taskId, uint256 indexed round, address indexed aggregator, uint256 amount);
    /// @notice A round gave the next global model.
    event RoundSettled(TaskId indexed taskId, uint256 indexed round, bytes32 modelRoot, bytes model);
    /// @notice A round came to nothing; its share stays in escrow.
    event RoundVoided(TaskId indexed taskId, uint256 indexed round, Outcome outcome);
    /// @notice A pay period is over: clients share `pool * score / divisor` by their positive scores in it.
    event PeriodClosed(TaskId indexed taskId, uint256 indexed period, uint256 pool, uint256 positive, uint256 divisor);
    /// @notice A stake paid for a missing reveal.
    event ParticipantSlashed(
        TaskId indexed taskId,
        uint256 indexed round,
        address indexed account,
        Role role,
        uint256 amount
    );
    /// @notice No more rounds; `refund` of the reward was not earned and can go back to the owner.
    event TaskClosed(TaskId indexed taskId, uint256 settled, uint256 voided, uint256 refund);
    /// @notice An account was paid what it had earned in a task.
    event RewardClaimed(TaskId indexed taskId, address indexed account, address to, uint256 amount);
    /// @notice The unearned part of the reward went back.
    event TaskRefunded(TaskId indexed taskId, address indexed owner, uint256 amount);
    /// @notice Reputation was asked for what the account had earned: `points` millionths of the task's reward.
    event ReputationRecorded(TaskId indexed taskId, address indexed account, Role role, uint256 points);

    /// @notice There is no task of this number.
    error LearningRounds_UnknownTask(TaskId taskId);
    /// @notice A term is out of its bounds; `term` names it.
    error LearningRounds_InvalidTerms(string term, uint256 value);
    /// @notice The native currency sent is not what the task needs.
    error LearningRounds_WrongValue(uint256 sent, uint256 needed);
    /// @notice The act belongs to another phase.
    error LearningRounds_WrongPhase(TaskId taskId, uint256 round, Phase current, Phase needed);
    /// @notice The account has another role in this task, or none.
    error LearningRounds_WrongRole(TaskId taskId, address account, Role actual, Role needed);
    /// @notice Every seat of the role is taken.
    error LearningRounds_NoSeat(TaskId taskId, Role role, uint256 seats);
    /// @notice The member has a place already, taken by the account that stood for them before.
    error LearningRounds_AlreadySeated(TaskId taskId, uint256 number);
    /// @notice Only members in standing of the task's cooperative take part.
    error LearningRounds_NotAMember(TaskId taskId, address account);
    /// @notice The consent that the client's update needs was not granted, has expired or was revoked; zero: the client
    /// has not declared its data.
    error LearningRounds_NoConsent(TaskId taskId, address client, ConsentId consentId);
    /// @notice One commitment a round.
    error LearningRounds_AlreadyCommitted(TaskId taskId, uint256 round, address account);
    /// @notice This commitment was opened already.
    error LearningRounds_AlreadyRevealed(TaskId taskId, uint256 round, address account);
    /// @notice What was revealed is not what was committed in this round.
    error LearningRounds_CommitmentMismatch(TaskId taskId, uint256 round, address account);
    /// @notice A root of zero, or an empty or overlong CID.
    error LearningRounds_InvalidContent(bytes32 root, uint256 cidLength);
    /// @notice A vector has two bytes for each client of the task.
    error LearningRounds_WrongVectorLength(uint256 length, uint256 needed);
    /// @notice Every vector revealed in this round is needed, each once and in the order of the seats.
    error LearningRounds_VectorsMissing(uint256 given, uint256 needed);
    /// @notice The round is scored already.
    error LearningRounds_AlreadyScored(TaskId taskId, uint256 round);
    /// @notice The round has fewer live updates than the task needs.
    error LearningRounds_TooFewUpdates(uint256 updates, uint256 needed);
    /// @notice Aggregation begins once the round is scored.
    error LearningRounds_NotScored(TaskId taskId, uint256 round);
    /// @notice Only a revealed update that was not struck can be, or have, a copy.
    error LearningRounds_NotRevealed(TaskId taskId, uint256 round, address account);
    /// @notice Too few vectors were revealed to take a median of.
    error LearningRounds_TooFewAudits(uint256 revealed, uint256 needed);
    /// @notice The two updates are not copies of each other, or the accused one came first.
    error LearningRounds_NotACopy(address original, address copy);
    /// @notice The round may still succeed.
    error LearningRounds_NotFinishable(TaskId taskId, uint256 round, Phase current);
    /// @notice The task still runs.
    error LearningRounds_NotClosed(TaskId taskId);
    /// @notice The stake was released already, or there never was one.
    error LearningRounds_NothingToRelease(TaskId taskId, address account);
    /// @notice The unearned part was refunded already.
    error LearningRounds_AlreadyRefunded(TaskId taskId);

    /// @notice A task counts for reputation only if the cooperative itself opened it.
    error LearningRounds_ForeignTask(TaskId taskId, address owner, address cooperative);

    /// @notice Where members are looked up.
    function MEMBERSHIP() external view returns (IMembership);

    /// @notice Where rewards lie.
    function ESCROW() external view returns (IRewardEscrow);

    /// @notice Where auditors and aggregators deposit their stake, for this contract as the module.
    function VAULT() external view returns (IStakeVault);

    /// @notice Where reputation is recorded.
    function REPUTATION() external view returns (IReputation);

    /// @notice Where consents are looked up.
    function CONSENTS() external view returns (IConsentRegistry);

    /// @notice Most clients in a task.
    function MAX_CLIENTS() external view returns (uint256);

    /// @notice Most auditors, and most aggregators, in a task.
    function MAX_SEATS() external view returns (uint256);

    /// @notice Fewest revealed vectors that a median is taken of.
    function MIN_REVEALED_AUDITS() external view returns (uint256);

    /// @notice Opens a task and moves its full reward from the caller into escrow. Its first round is announced with
    /// it.
    /// @dev For a token the caller has approved this contract; tokens that deliver less than asked are refused. The
    /// caller is the owner: it receives the unearned part back and has no power over the task.
    function openTask(TaskTerms calldata terms) external payable returns (TaskId taskId);

    /// @notice Takes a role. Clients join until a Commit closes; auditors and aggregators before the task starts,
    /// and their stake must lie free in the vault.
    function join(TaskId taskId, Role role) external;

    /// @notice Says which data the caller trains on from now on: the consent that its updates need. Caller: a client,
    /// unless its commitment of the running round stands, for an update keeps the consent it was committed under.
    /// @dev The subject is the DID of the member number with which the caller joined, the grantee the task's cooperative, the purpose the
    /// task's. Whether the consent is live is asked at commit and at reveal.
    function declareData(TaskId taskId, bytes32 dataHash) external;

    /// @notice Commits to an update. Caller: a client, during Commit, under a live consent if the task asks for one.
    function commitUpdate(TaskId taskId, bytes32 commitment) external;

    /// @notice Opens a client's commitment. Anybody who knows it, during Reveal, while the consent it was committed
    /// under is still live.
    function revealUpdate(TaskId taskId, address client, UpdateOpening calldata opening) external;

    /// @notice Strikes an update that is an exact copy (an equal root) of one that was committed earlier (equal
    /// seconds: by lower index). Anybody, during Reveal and AuditCommit: before any score can be known. Both must have
    /// been revealed.
    function strikeCopy(
        TaskId taskId,
        address original,
        UpdateOpening calldata originalOpening,
        address copy,
        UpdateOpening calldata copyOpening
    ) external;

    /// @notice Commits to a vector of scores. Caller: an auditor, during AuditCommit.
    function commitScores(TaskId taskId, bytes32 commitment) external;

    /// @notice Opens a vector. Anybody who knows it, during AuditReveal.
    function revealScores(TaskId taskId, ScoresOpening calldata opening) external;

    /// @notice Takes the medians, credits clients and auditors. Anybody, once, from the end of AuditReveal on.
    /// @dev A scored round counts in its clients' scores even if it is void in the end: they did the work. What a
    /// period pays in all follows from its settled rounds alone. An auditor earns
    /// `reward * auditorShare / 10,000 / (rounds + retries) / auditors * accurate / scored`, rounded down, and nothing
    /// if every median is 0 or `ABSENT`.
    /// @param openings all revealed vectors of the round, in the order of the auditors' seats.
    function scoreRound(TaskId taskId, ScoresOpening[] calldata openings) external;

    /// @notice Commits to the root of the next model. Caller: an aggregator, during AggregateCommit, once scored.
    function commitAggregate(TaskId taskId, bytes32 commitment) external;

    /// @notice Opens an aggregator's commitment. Anybody who knows it, during AggregateReveal.
    function revealAggregate(
        TaskId taskId,
        address aggregator,
        bytes32 root,
        bytes calldata cid,
        bytes32 salt
    ) external;

    /// @notice Ends a round: settles it or, if it can't succeed any more, voids it; slashes those who were silent;
    /// starts the next round or closes the task. Anybody.
    /// @dev In order: fewer than `minClients` updates after Reveal (`TooFewUpdates`, nobody is slashed); fewer than
    /// `MIN_REVEALED_AUDITS` vectors after AuditReveal (`TooFewAudits`); no answer with a quorum after AggregateReveal
    /// (`NoAgreement`); an agreed answer after Challenge (`Settled`). Otherwise reverts.
    ///
    /// Silent is an auditor who did not reveal, and an aggregator who did not reveal although it had committed or the
    /// round was scored while at least half of AggregateCommit was left: nobody can have aggregators slashed by
    /// scoring late. An aggregator whose answer is the agreed one earns
    /// `reward * aggregatorShare / 10,000 / (rounds + retries) / aggregators`, rounded down.
    function finishRound(TaskId taskId) external;

    /// @notice Pays an account what it has earned in these tasks. Anybody; the money goes to the account.
    function claim(TaskId[] calldata taskIds, address account) external returns (uint256 total);

    /// @notice The same, to another address. Caller: the account.
    function claimTo(TaskId[] calldata taskIds, address to) external returns (uint256 total);

    /// @notice Sends the unearned part of a closed task's reward to its owner. Anybody, once.
    /// @dev Every claim stays payable. Shares of a period are rounded down one by one: less than one base unit a client
    /// and period stays in escrow.
    function refund(TaskId taskId) external returns (uint256 amount);

    /// @notice Frees the stake of a seat once the task is closed. Anybody.
    function releaseStake(TaskId taskId, address account) external;

    /// @notice Awards reputation in the cooperative's realm for what an account has earned since the last record.
    /// Anybody; reverts if the realm has not appointed this contract or its cap is reached, and can be tried again.
    /// @dev Only in tasks that the cooperative itself opened. Categories are keccak256 of "contribution" (clients),
    /// "auditing" and "aggregation"; the subject is the DID of the member number with which the account joined.
    function recordReputation(TaskId taskId, address account) external returns (uint256 points);

    /// @notice Terms of a task.
    function termsOf(TaskId taskId) external view returns (TaskTerms memory terms);

    /// @notice Who opened a task.
    function ownerOf(TaskId taskId) external view returns (address owner);

    /// @notice The running round.
    function roundState(TaskId taskId) external view returns (RoundState memory state);

    /// @notice Phase of the running round at this second.
    function phaseOf(TaskId taskId) external view returns (Phase phase);

    /// @notice Second at which a phase of the running round begins: 0 for Waiting, the end of time for Closed.
    function phaseStart(TaskId taskId, Phase phase) external view returns (uint256 timepoint);

    /// @notice Role and index of an account in a task.
    function participantOf(TaskId taskId, address account) external view returns (Role role, uint256 index);

    /// @notice The consent that a client's updates need, as it last declared; zero if it never did.
    function consentOf(TaskId taskId, address client) external view returns (ConsentId consentId);

    /// @notice Account with a role and index in a task, zero if there is none.
    function participantAt(TaskId taskId, Role role, uint256 index) external view returns (address account);

    /// @notice What an account has earned in all and can claim now. Pay of a period counts once it is over.
    function earningsOf(TaskId taskId, address account) external view returns (uint256 earned, uint256 claimable);

    /// @notice Signed score of a client in the running pay period, begun with the debt of earlier ones.
    function scoreOf(TaskId taskId, address client) external view returns (int256 score);

    /// @notice Number of tasks opened so far.
    function taskCount() external view returns (uint256 count);

    /// @notice Commitment of a client: keccak256 of the ABI encoding of keccak256("artel.update.v1"), chain, contract,
    /// task, round, client, root, samples, norm, keccak256(cid), salt.
    function updateCommitment(
        TaskId taskId,
        uint256 round,
        address client,
        UpdateOpening calldata opening
    ) external view returns (bytes32);

    /// @notice Commitment of an auditor: keccak256 of the ABI encoding of keccak256("artel.scores.v1"), chain,
    /// contract, task, round, auditor, keccak256(scores), salt.
    function scoresCommitment(
        TaskId taskId,
        uint256 round,
        ScoresOpening calldata opening
    ) external view returns (bytes32);

    /// @notice Commitment of an aggregator: keccak256 of the ABI encoding of keccak256("artel.aggregate.v1"), chain,
    /// contract, task, round, aggregator, root, keccak256(cid), salt.
    function aggregateCommitment(
        TaskId taskId,
        uint256 round,
        address aggregator,
        bytes32 root,
        bytes calldata cid,
        bytes32 salt
    ) external view returns (bytes32);
}
