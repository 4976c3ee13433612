// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";

/// @title Words of participants
/// @notice What an account does in a task and has committed to in a round is one word, written anew in every round:
///
/// `[hash 192 | committed 16 | id 24 | round 16 | flags 8]`
///
/// `hash` is the first 24 bytes of the commitment; `committed` its time within Commit in 1/65,536 of that phase; `id`
/// counts from 0 within the role; `round` is that of the commitment, 0 before the first. Flags, from the lowest bit:
/// revealed, struck, two bits of misses (of clients those before the last commitment), two bits of the role. A word of 0
/// is an account without a place.
///
/// `places` has a lane of 32 bits a member number, `role << 24 | id`, 0 while the member has no place: who changes the
/// key of their identity has a new account, but no second place.
library ParticipantLib {
    uint256 internal constant REVEALED = 1;
    uint256 internal constant STRUCK = 2;
    /// @dev Misses with which a client is excluded: it may leave one commitment unrevealed.
    uint256 internal constant MAX_MISSES = 2;
    /// @dev The lane of the owner's member number: a place that is none, so that the owner takes no other.
    uint256 internal constant OWNERS_PLACE = 1 << 31;

    uint256 private constant MISSES_SHIFT = 2;
    uint256 private constant ROLE_SHIFT = 4;
    uint256 private constant ROUND_SHIFT = 8;
    uint256 private constant ID_SHIFT = 24;
    uint256 private constant COMMITTED_SHIFT = 48;
    uint256 private constant HASH_SHIFT = 64;

    /// @notice The word of an account that takes a place.
    function place(ILearningTasks.Role role, uint256 id) internal pure returns (uint256 word) {
        return (id << ID_SHIFT) | (uint256(role) << ROLE_SHIFT);
    }

    /// @notice The word after a commitment in a round: not revealed, not struck.
    /// @param committed below 65,536.
    /// @param misses from then on, at most 3.
    function commit(
        uint256 word,
        bytes32 commitment,
        uint256 committed,
        uint256 round,
        uint256 misses
    ) internal pure returns (uint256 next) {
        uint256 kept = word & ((0xffffff << ID_SHIFT) | (3 << ROLE_SHIFT));
        uint256 hash = (uint256(commitment) >> HASH_SHIFT) << HASH_SHIFT;
        return hash | (committed << COMMITTED_SHIFT) | kept | (round << ROUND_SHIFT) | (misses << MISSES_SHIFT);
    }

    /// @notice Whether the word holds this commitment for this round, revealed or not.
    function opens(uint256 word, bytes32 commitment, uint256 round) internal pure returns (bool) {
        return (uint256(commitment) ^ word) >> HASH_SHIFT == 0 && roundOf(word) == round;
    }

    /// @notice Whether the update of the word was revealed in this round and not struck.
    function counts(uint256 word, uint256 round) internal pure returns (bool) {
        return word & (REVEALED | STRUCK) == REVEALED && roundOf(word) == round;
    }

    function hashOf(uint256 word) internal pure returns (bytes24) {
        // the highest 24 bytes
        return bytes24(bytes32(word));
    }

    function roleOf(uint256 word) internal pure returns (ILearningTasks.Role) {
        // two bits: one of the four roles
        return ILearningTasks.Role((word >> ROLE_SHIFT) & 3);
    }

    function idOf(uint256 word) internal pure returns (uint256 id) {
        return (word >> ID_SHIFT) & 0xffffff;
    }

    function roundOf(uint256 word) internal pure returns (uint256 round) {
        return (word >> ROUND_SHIFT) & 0xffff;
    }

    /// @notice Whether a client may reveal in this round what it committed to: it did, and has not revealed it yet.
    function mayReveal(uint256 word, bytes32 commitment, uint256 round) internal pure returns (bool) {
        return _isClient(word) && word & REVEALED == 0 && opens(word, commitment, round);
    }

    /// @notice The word of an auditor or aggregator that did not give a reveal it owed. Three misses are the most it counts.
    function miss(uint256 word) internal pure returns (uint256 next) {
        return missesOf(word) == 3 ? word : word + (1 << MISSES_SHIFT);
    }

    function missesOf(uint256 word) internal pure returns (uint256 misses) {
        return (word >> MISSES_SHIFT) & 3;
    }

    /// @notice Misses of a client, its last commitment included if it was never revealed; asked in a later round.
    function missedBy(uint256 word) internal pure returns (uint256 misses) {
        bool missed = roundOf(word) != 0 && word & REVEALED == 0;
        return missed ? missesOf(word) + 1 : missesOf(word);
    }

    /// @notice Whether a client may commit in this round: it has not, and is not excluded.
    function mayCommit(uint256 word, uint256 round) internal pure returns (bool) {
        return _isClient(word) && roundOf(word) != round && missedBy(word) < MAX_MISSES;
    }

    function committedOf(uint256 word) internal pure returns (uint256 committed) {
        return (word >> COMMITTED_SHIFT) & 0xffff;
    }

    /// @notice Time and id of a commitment as one number: of two in a round the lower one came first.
    function precedenceOf(uint256 word) internal pure returns (uint256 precedence) {
        return (word >> ID_SHIFT) & 0xffffffffff;
    }

    /// @notice The word of an account that must have a role.
    function wordAs(
        TaskState storage task,
        TaskId taskId,
        address account,
        ILearningTasks.Role needed
    ) internal view returns (uint256 word) {
        word = task.words[account];
        ILearningTasks.Role role = roleOf(word);
        if (role != needed) revert ILearningTasks.LearningTasks_WrongRole(taskId, account, role, needed);
    }

    /// @notice Notes the commitment of the sender's seat to what it reveals later, once a round.
    /// @return seat its id within the role.
    function commitAs(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        ILearningTasks.Role role,
        bytes32 commitment
    ) internal returns (uint256 seat) {
        uint256 word = wordAs(task, taskId, msg.sender, role);
        if (roundOf(word) == round) revert ILearningTasks.LearningTasks_AlreadyCommitted(taskId, round, msg.sender);
        task.words[msg.sender] = commit(word, commitment, 0, round, missesOf(word));
        return idOf(word);
    }

    /// @notice Notes that a seat revealed what it committed to in this round, once.
    /// @return seat its id within the role.
    function revealAs(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        ILearningTasks.Role role,
        address account,
        bytes32 commitment
    ) internal returns (uint256 seat) {
        uint256 word = wordAs(task, taskId, account, role);
        if (!opens(word, commitment, round))
            revert ILearningTasks.LearningTasks_CommitmentMismatch(taskId, round, account);
        if (word & REVEALED != 0) revert ILearningTasks.LearningTasks_AlreadyRevealed(taskId, round, account);
        task.words[account] = word | REVEALED;
        return idOf(word);
    }

    /// @notice Whether this member number took the place of this account's word.
    function isPlaceOf(TaskState storage task, uint256 number, uint256 word) internal view returns (bool) {
        return word != 0 && laneOf(task, number) == _lane(roleOf(word), idOf(word));
    }

    /// @notice The lane of a member number, 0 while it has no place.
    function laneOf(TaskState storage task, uint256 number) internal view returns (uint256 lane) {
        return (task.places[number >> 3] >> _shift(number)) & 0xffffffff;
    }

    /// @notice Notes the place of a member number that has none yet.
    function setPlace(TaskState storage task, uint256 number, ILearningTasks.Role role, uint256 id) internal {
        task.places[number >> 3] |= _lane(role, id) << _shift(number);
    }

    /// @notice Notes that a member number is the owner's.
    function setOwner(TaskState storage task, uint256 number) internal {
        task.places[number >> 3] |= OWNERS_PLACE << _shift(number);
    }

    /// @dev Without the check of a conversion to `Role`, which takes most of the gas of `roleOf`.
    function _isClient(uint256 word) private pure returns (bool) {
        return (word >> ROLE_SHIFT) & 3 == uint256(ILearningTasks.Role.Client);
    }

    function _lane(ILearningTasks.Role role, uint256 id) private pure returns (uint256) {
        return (uint256(role) << 24) | id;
    }

    function _shift(uint256 number) private pure returns (uint256) {
        return (number & 7) << 5;
    }
}
