// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ConsentId} from "../../identity/types/ConsentId.sol";
import {Did} from "../../identity/types/Did.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";

/// @dev What everybody reads who joins, commits or reveals, in one word.
struct Head {
    // slot 0
    uint40 startedAt; // second at which Commit of the running round opens; of a closed task that in which it closed
    uint16 round; // number of the attempt, from 1; 0: no such task
    uint24 commit; // seconds of Commit, as in the terms
    uint24 reveal; // seconds of Reveal, as in the terms
    uint24 clients; // joined; ids from 0
    uint24 capacity; // clients that may join: what the auditors who joined can score, at most the terms' most; 0 too few
    uint16 auditors; // joined; the list is frozen when the first Commit opens
    uint8 aggregators; // joined
    uint16 settled; // rounds
    uint16 voided; // rounds
    bool consentGated; // whether the terms name a purpose
    bool reputationGated; // whether the terms name a category
    bool closed;
    bool spendsPrivacy; // whether the terms say what a commitment tells
    bool scored; // whether a panel of the running round was
}

/// @dev Panels of the running round, see PanelLib. All of it is stale unless `round` is the running one.
struct Panels {
    // slot 0
    uint16 round; // whose seed was drawn
    uint8 panels;
    uint24 cells;
    uint16 auditors; // at the draw
    uint128 seatPay; // most that a seat can earn in this round
    bool late; // drawn after AuditCommit: nobody is silent who may not have known their seat
    // slot 1
    bytes32 seed;
    // slot 2
    uint256 voidSet; // bit p: panel p is settled, but void; bit 255 is always set, so that no panel writes a word of zero
    // slot 3
    uint256 scoredSet; // the same of panels that are settled and not void: those whose updates may be aggregated
}

/// @dev Answers of the running round. All of it is stale unless `round` is the running one. Different answers are numbered
/// in the order in which they were revealed.
struct Answers {
    // slot 0
    uint16 round;
    uint16 revealed; // bit i: aggregator i revealed
    uint16 disproved; // bit i: the answer of aggregator i was disproved or withheld
    uint8 deletions; // leading answers disproved
    uint40 challengeEnds; // second from which the leading answer may be settled
    uint40 prolongedTo; // second up to which demands may put that off
    uint8 distinct; // different answers
    uint64 choices; // four bits a seat, those of seat 0 the lowest: the number of the answer it gave
}

/// @dev A demand to open a part of an answer, see AvailabilityLib.
struct Demand {
    // slot 0
    address demander; // 0: opened, or never demanded
    uint40 deadline; // last second in which it may be opened; 0: never demanded
}

/// @dev An appeal against a panel, see AppealLib.
struct Appeal {
    // slot 0
    address appellant; // 0: none, or it is over
    uint96 bond;
    // slot 1
    bytes32 digest; // of the panel as it was appealed
    // slot 2
    bytes32 seed; // of the fresh panel; 0 until it is drawn
    // slot 3
    uint40 startedAt; // second at which the fresh panel's commitments open; known once it is drawn
    uint16 length; // bytes of a vector
    bool late; // drawn in the second half of the time for commitments: nobody is silent who had less to score
}

/// @dev A seat of an auditor or aggregator.
struct Seat {
    // slot 0
    address account;
    uint96 stake; // still locked for the seat
    // slot 1
    address did; // under which the member was admitted: what is jailed, whatever account it changes to
}

/// @dev What an account has earned by seats; what clients earn follows from periods and scores.
struct Credit {
    // slot 0
    uint128 earned;
    uint128 claimed;
}

/// @dev What a client trains on, as it last declared.
struct DataSource {
    // slot 0
    Did subject;
    // slot 1
    bytes32 dataHash;
}

/// @dev A pay period.
struct PayPeriod {
    // slot 0
    uint96 pool; // 0 while it runs
    uint56 positive; // sum of the positive accumulated scores: at most 2^24 clients with less than 2^31 each
    uint56 divisor; // max(positive, D_min), from its close on
    uint48 claimableFrom; // second from which it can be claimed, from its close on
}

/// @dev A task. Words and lanes are described in the libraries that pack them:
///
/// - `words[account]` (ParticipantLib): role, place, and the commitment of the running round of an account
/// - `places[number >> 3]` (ParticipantLib): eight lanes of 32 bits, one a member number: its role and place
/// - `revealed[id / 240]` (RevealedLib): a bit for each client id, set while its update of the running round counts
/// - `absent[id / 240]` (RevealedLib): the same of updates that a panel of the running round found absent
/// - `reviews[appeal][auditor]` (AppealLib): the commitment of an auditor to a fresh panel's scores; under the number of no
///   panel whether an auditor was punished for silence on fresh panels of the round (VerdictLib)
/// - `scores[period][cell]` (LaneLib): eight lanes of 32 bits, one a client id: accumulated score plus 2^31; a word of
///   0 was never written in this period
/// - `payouts[period >> 1]` (ClaimLib): what claims read of two closed periods
/// - `claims[account]` (ClaimLib): the periods a client was paid for, and its id
struct TaskState {
    Head head;
    Panels panels;
    Answers answers;
    address owner;
    uint96 owed; // of the reward: what seats, clients and the treasury have earned, and what was refunded
    bytes32 modelRoot;
    bytes32 previousRoot; // of the model before it, for the server's momentum; the same in the first round
    ILearningTasks.TaskTerms terms;
    mapping(address account => uint256 word) words;
    mapping(uint256 index => uint256 lanes) places;
    mapping(uint256 index => uint256 word) revealed;
    mapping(uint256 index => Seat seat) auditors;
    mapping(uint256 index => Seat seat) aggregators;
    mapping(uint256 number => bytes32 digest) given; // different answers, see AnswerLib
    mapping(bytes32 part => Demand demand) demands; // see AvailabilityLib
    mapping(uint256 period => PayPeriod pay) periods;
    uint256[112] payouts;
    mapping(uint256 period => mapping(uint256 cell => uint256 lanes)) scores;
    mapping(address account => Credit credit) credits;
    mapping(address account => uint256 word) claims;
    mapping(address client => ConsentId consentId) consents;
    mapping(address client => DataSource source) sources; // of tasks that spend privacy
    mapping(uint256 index => uint256 word) absent;
    mapping(bytes32 id => Appeal appeal) appeals;
    mapping(bytes32 id => mapping(address auditor => uint256 word)) reviews;
}
