// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ConsentId} from "../../identity/types/ConsentId.sol";
import {ILearningRounds} from "../interfaces/ILearningRounds.sol";

/// @dev The running round, in one word.
struct Progress {
    // slot 0
    uint48 startedAt; // second at which its Commit opens
    uint16 round; // number of the attempt, from 1; 0: no such task
    uint16 settled;
    uint16 voided;
    uint16 clients; // joined
    uint16 updates; // revealed in this round and not struck
    uint8 auditors; // joined
    uint8 aggregators; // joined
    uint8 audits; // vectors revealed in this round
    uint16 audited; // bit i: auditor i revealed in this round
    uint16 aggregated; // bit i: aggregator i revealed in this round
    bool scored;
    bool prompt; // scored while at least half of AggregateCommit was left
    bool agreed; // a root has its quorum
    bool closed;
    bool refunded;
    // from the terms, beside what everybody reads anyway who joins or commits:
    bool consentGated; // whether they name a purpose
    uint24 commit; // seconds of Commit
}

/// @dev What an account does in a task, and its commitment: one word, written anew in every round.
struct Participant {
    // slot 0
    bytes24 commitment; // first 24 bytes of the hash; 0 after a strike
    uint24 committedAt; // seconds since the round started, at most 2^24 - 1
    uint16 index; // place within the role, from 0
    uint16 round; // of the commitment
    ILearningRounds.Role role;
}

/// @dev What the holder of a place has earned.
struct Ledger {
    // slot 0
    uint128 earned; // of closed periods: as far as it was credited already
    int32 score; // of `period`, begun with the debt of the one before
    int32 total; // of all rounds; both fit: at most 2^16 rounds of scores above -2^15
    uint16 period; // of the last score
    uint32 points; // millionths of the reward recorded as reputation
    // slot 1
    uint128 claimed;
    uint128 stake; // still locked for this seat
    // slot 2
    address account;
    uint32 number; // as a member, when it joined: the account may stand for another DID later
}

/// @dev What a closed period pays; while it runs only `positive` is known.
struct Period {
    // slot 0
    uint128 pool;
    uint64 positive; // sum of the clients' positive scores
    uint64 divisor;
}

struct LearningTask {
    // slot 0
    Progress progress;
    // slot 1
    address owner;
    // slot 2
    uint128 owed; // everything earned so far; of clients: in closed periods
    // slot 3
    uint256 live; // bit i: client i revealed in this round and was not struck; stale while `updates` is 0
    // slot 4
    bytes32 modelRoot;
    // slots 5, 6: the next model, once agreed
    bytes32 nextRoot;
    bytes nextModel;
    // slots 7 to 22
    ILearningRounds.TaskTerms terms;
    mapping(address account => Participant participant) participants;
    mapping(ILearningRounds.Role role => mapping(uint256 index => Ledger ledger)) ledgers;
    mapping(address client => ConsentId consentId) consents; // as last declared
    mapping(uint256 seat => bytes32 answer) answers; // of aggregators: hash of root and CID
    mapping(uint256 period => Period pay) periods;
    mapping(uint256 index => uint256 bits) seated; // bit n % 256 of word n / 256: member n has a place
}
