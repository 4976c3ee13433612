// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";

import {IMembership} from "../../membership/interfaces/IMembership.sol";
import {IOffices} from "./IOffices.sol";

/// @title Elections
/// @notice Members of a cooperative elect some of themselves to an office, one member one ballot: by ranked choice (single
/// transferable vote) or by approval, for one seat or several.
///
/// One contract serves every cooperative on a chain and has no administrator. Only a cooperative (its Treasury, so a vote)
/// opens elections to its offices, cancels them and recalls who was elected. Everything else is the members' own, and
/// whoever likes counts.
///
/// ```
///        open                nominationsEnd          votingEnd            count
/// (none) ----> Nomination ------------------> Voting ----------> Counting -----> Decided
///                  |    stand, second            |  ballots          |
///                  +-----------------------------+-------------------+--> Cancelled, by the cooperative
/// ```
///
/// **Candidates** are members who stand themselves. The paper has `MAX_PLACES` places. When it is full, a candidate with
/// more seconders takes the place of the one with the fewest (of several, of the one furthest down). A member seconds one
/// candidate, once; who stands without having seconded anybody seconds themselves. So junk keeps nobody off the paper who
/// is seconded by more than a sixteenth of the members. From `nominationsEnd` on the paper stays as it is.
///
/// **Ballots** name places on the paper: all that the member approves of, or in order of preference as many as they like.
/// None at all is a blank ballot, which counts for nobody. Those vote who had standing in the second before the election
/// was opened and have it when they vote. A ballot may be changed until the end, by the account as often as it likes, by
/// one signature at most; it stays when the member leaves afterwards. Ballots are public.
///
/// **Counting** is in `CountLib`, with its source. It takes votes in units of 1/100,000 ballot and follows from ballots and
/// withdrawals alone, fixed at `votingEnd`: neither who counts nor in which pages can make a difference. Approval elects
/// those named on most ballots, and nobody who is on none. Without a valid ballot nobody is elected.
///
/// **Ties** are broken by the votes at the most recent stage in which the candidates differed, else by lot: the hash of a
/// block that comes 64 blocks after the tie was found. Whoever produces that block can choose among hashes. Nobody else
/// can steer it, unless nobody at all asks for the hash while the chain remembers it (8191 blocks, 256 on chains without
/// EIP-2935); then a later block decides.
///
/// **Terms** end `term` seconds after `votingEnd`, whenever the count was. There is one election at a time to an office.
/// Once decided, those elected hold the office instead of all who held it before, unless nobody was elected.
interface IElections is IOffices, IERC6372 {
    /// @notice How ballots are read and counted.
    enum Method {
        Ranked,
        Approval
    }

    /// @notice Where an election is.
    enum Phase {
        None,
        Nomination,
        Voting,
        Counting,
        Decided,
        Cancelled
    }

    /// @notice Why a signed ballot does not count.
    enum Refusal {
        None,
        NoBallotRight,
        InvalidChoices,
        AlreadyCast,
        InvalidSignature
    }

    /// @notice What a cooperative decides when it opens an election.
    /// @param office name of the office, such as `keccak256("guardian")`.
    /// @param seats members to be elected, 1 to `MAX_PLACES`.
    /// @param nominationPeriod seconds in which members stand; at least one, as the next two.
    /// @param votingPeriod seconds in which ballots are taken.
    /// @param term seconds after the end of voting in which the office is held.
    struct Terms {
        bytes32 office;
        Method method;
        uint8 seats;
        uint32 nominationPeriod;
        uint32 votingPeriod;
        uint32 term;
    }

    /// @notice An election as kept.
    struct Election {
        address cooperative; // slot 0
        uint40 openedAt;
        Method method;
        uint8 seats;
        uint8 places; // on the paper
        bool isDecided;
        bool isCancelled;
        bytes32 office; // slot 1
        uint40 nominationsEnd; // slot 2: last second of nominations
        uint40 votingEnd; // last second of voting
        uint40 termEnd;
        uint32 highest; // highest number of a member with a ballot
        uint16 withdrawn; // a bit a place: candidates on the paper who withdrew
        uint16 holders; // a bit a place: elected, and neither resigned nor recalled
    }

    /// @notice What a member is in an election.
    struct Candidacy {
        uint32 seconders; // slot 0
        uint8 place; // on the paper, 0: none
        bool stands;
        bool hasWithdrawn;
        bool hasSeconded; // themselves or another
    }

    /// @notice How far a count is.
    struct Progress {
        uint256 stage; // 0: not begun
        uint256 moving; // place whose ballots move on in this stage, 0 in the first
        uint256 cursor; // next word of ballots
        uint256 quota; // in units, 0 until known, and with approval
        uint256 elected; // a bit a place
        uint256 continuing; // a bit a place: neither elected nor excluded
        uint256 lotBlock; // whose hash is the seed of lots, 0: no tie so far
        bytes32 seed; // 0 until drawn
    }

    /// @notice A ballot with a signature under it.
    /// @param signer the member's account, or an ERC-7913 signer (verifier and key) whose account it is.
    /// @param choices places on the paper.
    /// @param isChange whether it is the signed change (nonce 1) and not the first ballot (nonce 0).
    struct SignedBallot {
        bytes signer;
        uint8[] choices;
        bool isChange;
        bytes signature;
    }

    /// @notice Members can stand from now on.
    /// @param nominationsEnd last second in which they can.
    /// @param votingEnd last second of voting, which starts after that.
    /// @param termEnd second from which the term of those elected is over.
    event ElectionOpened(
        uint256 indexed election,
        address indexed cooperative,
        bytes32 indexed office,
        Method method,
        uint8 seats,
        uint48 nominationsEnd,
        uint48 votingEnd,
        uint48 termEnd
    );
    /// @notice A member stands. `statement` is the hash of what they wrote, 0 for nothing.
    event CandidateStood(uint256 indexed election, uint256 indexed candidate, bytes32 statement);
    /// @notice A member, perhaps the candidate, wants the candidate on the paper.
    event CandidateSeconded(uint256 indexed election, uint256 indexed candidate, uint256 indexed seconder);
    /// @notice A candidate has this place on the paper.
    event CandidatePlaced(uint256 indexed election, uint256 indexed candidate, uint8 place);
    /// @notice A candidate lost their place to one with more seconders, or after having withdrawn.
    event CandidateDisplaced(uint256 indexed election, uint256 indexed candidate);
    /// @notice A candidate stands no longer; a place that they have stays on the paper, and is passed over.
    event CandidateWithdrawn(uint256 indexed election, uint256 indexed candidate);
    /// @notice A ballot counts instead of the member's former one, if there was any.
    event BallotCast(uint256 indexed election, address indexed voter, uint256 indexed number, uint8[] choices);
    /// @notice A signed ballot was passed over. For `AlreadyCast` the member has voted, changed that ballot, or says the same
    /// again.
    event BallotRefused(uint256 indexed election, address indexed voter, Refusal refusal);
    /// @notice A stage was counted. `votes` are in units of 1/100,000 ballot, by place; the first is what was not
    /// transferable.
    /// @param moved whose ballots moved on, 0 in the first stage.
    event StageCounted(uint256 indexed election, uint8 stage, uint256 moved, uint256[] votes);
    /// @notice A candidate is elected.
    event CandidateElected(uint256 indexed election, uint256 indexed candidate, uint8 stage);
    /// @notice A candidate is out, and their ballots move on.
    event CandidateExcluded(uint256 indexed election, uint256 indexed candidate, uint8 stage);
    /// @notice Candidates are even: lots will be drawn by the hash of this block.
    event LotCalled(uint256 indexed election, uint256 lotBlock);
    /// @notice Lots are drawn by this seed, in this and every other tie of the election.
    event LotDrawn(uint256 indexed election, bytes32 seed);
    /// @notice The count is over. `elected` of the seats are filled; if it is 0 the office stays as it was.
    event ElectionDecided(uint256 indexed election, address indexed cooperative, bytes32 indexed office, uint8 elected);
    /// @notice The cooperative ended an election before it was decided.
    event ElectionCancelled(uint256 indexed election, address indexed cooperative, bytes32 indexed office);
    /// @notice A member gave an office back, or was recalled from it.
    event OfficeVacated(uint256 indexed election, uint256 indexed number, bool isRecall);

    /// @notice Seats are 1 to `MAX_PLACES`, periods and term at least a second; `field` names what to correct.
    error Elections_InvalidTerms(string field);
    /// @notice An election to this office is under way.
    error Elections_UnderWay(address cooperative, bytes32 office, uint256 election);
    /// @notice This is not possible in the present phase of the election.
    error Elections_WrongPhase(uint256 election, Phase phase);
    /// @notice The account is not of a member in standing now and in the second before the election was opened.
    error Elections_NoBallotRight(uint256 election, address account);
    /// @notice The member stands, with a place on the paper.
    error Elections_AlreadyStands(uint256 election, uint256 number);
    /// @notice Who withdrew does not stand again in this election.
    error Elections_HasWithdrawn(uint256 election, uint256 number);
    /// @notice The member does not stand in this election, or stands no longer; 0 if the account is no member's.
    error Elections_NotACandidate(uint256 election, uint256 number);
    /// @notice A member seconds once.
    error Elections_AlreadySeconded(uint256 election, uint256 number);
    /// @notice The candidate is a member in standing.
    error Elections_InStanding(uint256 election, uint256 number);
    /// @notice A choice is not on the paper or named twice, or there are more of them than places.
    error Elections_InvalidChoices(uint256 election, uint8[] choices);
    /// @notice The member's ballot says the same already.
    error Elections_AlreadyCast(uint256 election, uint256 number);
    /// @notice Lots are drawn in a later block than this one.
    error Elections_LotPending(uint256 election, uint256 lotBlock);
    /// @notice Only the cooperative may cancel its elections.
    error Elections_NotTheCooperative(uint256 election, address caller);
    /// @notice The member does not hold the office, or the term is over; 0 if the account is no member's.
    error Elections_NotAHolder(address cooperative, bytes32 office, uint256 number);

    /// @notice EIP-712 type of a ballot: `ElectionBallot(uint256 election,uint8[] choices,address voter,uint256 nonce)`,
    /// domain "Artel Elections", version "1". The nonce is 0 for the first ballot and 1 for the single signed change, which
    /// may arrive first.
    function BALLOT_TYPEHASH() external view returns (bytes32);

    /// @notice Places on a paper, and most seats.
    function MAX_PLACES() external view returns (uint256);

    /// @notice Most gas that a wallet (ERC-1271) or a verifier of keys (ERC-7913) gets to check one signature.
    function SIGNER_GAS() external view returns (uint256);

    /// @notice The book of all members.
    function MEMBERSHIP() external view returns (IMembership);

    /// @notice Opens an election. Caller: the cooperative, for itself.
    /// @dev Reverts with `Elections_InvalidTerms` or `Elections_UnderWay`.
    /// @return election its number on this chain, from 1.
    function open(Terms calldata terms) external returns (uint256 election);

    /// @notice Ends an election before it is decided. Caller: the cooperative.
    function cancel(uint256 election) external;

    /// @notice Stands for election. Repeated by a candidate who has no place, it takes one if they can have it now.
    /// @dev Caller: a member in standing now and in the second before the election was opened.
    function stand(uint256 election, bytes32 statement) external;

    /// @notice Seconds a candidate. Caller: as for `stand`, once.
    function second(uint256 election, uint256 candidate) external;

    /// @notice Stands no longer. Caller: the candidate, until voting ends.
    function withdraw(uint256 election) external;

    /// @notice Withdraws a candidate who has no standing now, until voting ends: otherwise they could win a seat that stays
    /// empty. Caller: anybody.
    function strike(uint256 election, uint256 candidate) external;

    /// @notice Casts or changes the caller's ballot.
    /// @dev Reverts with `Elections_NoBallotRight`, `Elections_InvalidChoices` or `Elections_AlreadyCast`.
    function castBallot(uint256 election, uint8[] calldata choices) external;

    /// @notice Casts signed ballots of any mix of signers. One that does not count is passed over with `BallotRefused`.
    /// @dev Caller: anybody. Reverts as a whole with `Governor_GasTooLow` if a signer said no with less than `SIGNER_GAS`.
    function castBallotsBySig(
        uint256 election,
        SignedBallot[] calldata ballots
    ) external returns (uint256 countedBallots);

    /// @notice Counts on, as far as `work` reaches: a unit for every word of four ballots, and 64 for the end of a stage.
    /// @dev Caller: anybody, after the end of voting. Reverts with `Elections_LotPending` while lots can't be drawn yet.
    /// @return isDecided whether the count is over.
    function count(uint256 election, uint256 work) external returns (bool isDecided);

    /// @notice Gives an office back. Caller: a member elected to it.
    function resign(address cooperative, bytes32 office) external;

    /// @notice Takes an office from a member. Caller: the cooperative.
    function recall(bytes32 office, uint256 number) external;

    /// @notice An election as kept.
    function electionOf(uint256 election) external view returns (Election memory);

    /// @notice Where an election is.
    function phaseOf(uint256 election) external view returns (Phase phase);

    /// @notice Election by which an office is held or was held last, and the one under way; 0: none.
    function officeOf(address cooperative, bytes32 office) external view returns (uint128 current, uint128 underWay);

    /// @notice Numbers of the members who hold an office now.
    function holdersOf(address cooperative, bytes32 office) external view returns (uint256[] memory numbers);

    /// @notice Member numbers of the candidates, in the order of their places from 1.
    function paperOf(uint256 election) external view returns (uint256[] memory numbers);

    /// @notice What a member is in an election.
    function candidacyOf(uint256 election, uint256 number) external view returns (Candidacy memory candidacy);

    /// @notice A member's choices, and the nonce of the next ballot that they sign: 0 if there is no ballot, 2 if no
    /// signature is taken any more.
    function ballotOf(uint256 election, uint256 number) external view returns (uint256 nonce, uint8[] memory choices);

    /// @notice Words of ballots, to count again: word `i` has those of members `4 i` to `4 i + 3`, 64 bits each (`RankingLib`).
    function ballotWords(
        uint256 election,
        uint256 first,
        uint256 length
    ) external view returns (uint256[] memory words);

    /// @notice How far the count is.
    function progressOf(uint256 election) external view returns (Progress memory progress);

    /// @notice Votes in units of 1/100,000 ballot at the end of a stage, by place; the first is what was not transferable.
    function votesAt(uint256 election, uint256 stage) external view returns (uint256[] memory votes);
}
