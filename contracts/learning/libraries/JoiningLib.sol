// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ConsentId, consentIdOf} from "../../identity/types/ConsentId.sol";
import {Did} from "../../identity/types/Did.sol";
import {IMembership} from "../../membership/interfaces/IMembership.sol";
import {CategoryId} from "../../reputation/types/CategoryId.sol";
import {IReputation} from "../../reputation/interfaces/IReputation.sol";
import {IStakeVault} from "../../rewards/interfaces/IStakeVault.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {DataSource, Seat, TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";
import {ParticipantLib} from "./ParticipantLib.sol";
import {TaskPhaseLib} from "./TaskPhaseLib.sol";
import {TaskTermsLib} from "./TaskTermsLib.sol";

/// @title How members join a learning task
/// @notice Linked, so that `LearningTasks` stays below the size limit of contracts.
library JoiningLib {
    using ParticipantLib for TaskState;

    /// @notice See `ILearningTasks.join`.
    function join(
        TaskState storage task,
        TaskId taskId,
        ILearningTasks.Role role,
        IMembership membership,
        IReputation reputation,
        IStakeVault vault
    ) external {
        if (role == ILearningTasks.Role.None)
            revert ILearningTasks.LearningTasks_WrongRole(taskId, msg.sender, role, ILearningTasks.Role.Client);
        if (role == ILearningTasks.Role.Client) {
            TaskPhaseLib.requirePhases(task, taskId, ILearningTasks.Phase.Waiting, ILearningTasks.Phase.Commit);
            joinAsClient(task, taskId, msg.sender, membership, reputation);
            return;
        }
        TaskPhaseLib.requirePhase(task, taskId, ILearningTasks.Phase.Waiting);
        uint96 stake = _takeSeat(task, taskId, role, membership, reputation, vault);
        vault.lock(msg.sender, task.terms.token, stake);
    }

    /// @notice Gives an account a client's place, in a phase in which clients join.
    /// @return word its word, in which it has not committed yet.
    function joinAsClient(
        TaskState storage task,
        TaskId taskId,
        address account,
        IMembership membership,
        IReputation reputation
    ) public returns (uint256 word) {
        uint256 id = task.head.clients;
        uint256 capacity = task.head.capacity;
        if (id >= capacity) revert ILearningTasks.LearningTasks_NoPlace(taskId, ILearningTasks.Role.Client, capacity);
        // below the capacity, which has 24 bits
        task.head.clients = uint24(id + 1);
        (word, ) = _place(task, taskId, account, ILearningTasks.Role.Client, id, membership, reputation);
    }

    /// @notice See `ILearningTasks.declareData`.
    function declareData(TaskState storage task, TaskId taskId, bytes32 dataHash, IMembership membership) external {
        uint256 word = task.wordAs(taskId, msg.sender, ILearningTasks.Role.Client);
        uint256 round = task.head.round;
        if (ParticipantLib.roundOf(word) == round)
            revert ILearningTasks.LearningTasks_AlreadyCommitted(taskId, round, msg.sender);
        address cooperative = task.terms.cooperative;
        uint256 number = membership.numberOf(cooperative, msg.sender);
        if (!task.isPlaceOf(number, word)) revert ILearningTasks.LearningTasks_NotAMember(taskId, msg.sender);
        Did subject = Did.wrap(membership.didOf(cooperative, number));
        ConsentId consentId = consentIdOf(subject, cooperative, dataHash, task.terms.consentPurpose);
        task.consents[msg.sender] = consentId;
        if (task.head.spendsPrivacy) task.sources[msg.sender] = DataSource(subject, dataHash);
        emit ILearningTasks.DataDeclared(taskId, msg.sender, subject, dataHash, consentId);
    }

    /// @dev A seat of an auditor or aggregator.
    function _takeSeat(
        TaskState storage task,
        TaskId taskId,
        ILearningTasks.Role role,
        IMembership membership,
        IReputation reputation,
        IStakeVault vault
    ) private returns (uint96 stake) {
        bool audits = role == ILearningTasks.Role.Auditor;
        uint256 id = audits ? task.head.auditors : task.head.aggregators;
        uint256 seats = audits ? task.terms.maxAuditors : task.terms.aggregators;
        if (id == seats) revert ILearningTasks.LearningTasks_NoPlace(taskId, role, seats);
        // both casts: below the number of seats, which the terms keep in as many bits
        if (audits) task.head.auditors = uint16(id + 1);
        else task.head.aggregators = uint8(id + 1);
        task.head.capacity = _capacity(task);
        (, uint256 number) = _place(task, taskId, msg.sender, role, id, membership, reputation);
        address did = _freeDid(task, number, membership, vault);
        stake = audits ? task.terms.auditorStake : task.terms.aggregatorStake;
        mapping(uint256 index => Seat seat) storage taken = audits ? task.auditors : task.aggregators;
        taken[id] = Seat(msg.sender, stake, did);
    }

    /// @dev DID of a member who is not jailed. The vault itself asks for the account alone, which its owner can change.
    function _freeDid(
        TaskState storage task,
        uint256 number,
        IMembership membership,
        IStakeVault vault
    ) private view returns (address did) {
        did = membership.didOf(task.terms.cooperative, number);
        uint48 until = vault.jailedUntil(address(this), did);
        if (block.timestamp < until) revert IStakeVault.StakeVault_Jailed(address(this), did, until);
    }

    /// @dev Writes the word and place of an account that has none, and whose member has none.
    function _place(
        TaskState storage task,
        TaskId taskId,
        address account,
        ILearningTasks.Role role,
        uint256 id,
        IMembership membership,
        IReputation reputation
    ) private returns (uint256 word, uint256 number) {
        ILearningTasks.Role taken = ParticipantLib.roleOf(task.words[account]);
        if (taken != ILearningTasks.Role.None)
            revert ILearningTasks.LearningTasks_WrongRole(taskId, account, taken, ILearningTasks.Role.None);
        if (account == task.owner) revert ILearningTasks.LearningTasks_OwnersTask(taskId, account);
        number = membership.ballotRight(task.terms.cooperative, account, block.timestamp);
        if (number == 0) revert ILearningTasks.LearningTasks_NotAMember(taskId, account);
        if (task.laneOf(number) != 0) revert ILearningTasks.LearningTasks_AlreadyPlaced(taskId, number);
        _requireReputation(task, taskId, account, number, membership, reputation);
        task.setPlace(number, role, id);
        word = ParticipantLib.place(role, id);
        task.words[account] = word;
        emit ILearningTasks.ParticipantJoined(taskId, account, role, id, number);
    }

    function _requireReputation(
        TaskState storage task,
        TaskId taskId,
        address account,
        uint256 number,
        IMembership membership,
        IReputation reputation
    ) private view {
        if (!task.head.reputationGated) return;
        bytes32 category = task.terms.reputationCategory;
        address cooperative = task.terms.cooperative;
        uint96 minimum = task.terms.minimumReputation;
        Did subject = Did.wrap(membership.didOf(cooperative, number));
        if (!reputation.meets(subject, cooperative, CategoryId.wrap(category), minimum))
            revert ILearningTasks.LearningTasks_TooLittleReputation(taskId, account, category, minimum);
    }

    /// @dev Clients that there is room for, given the seats taken.
    function _capacity(TaskState storage task) private view returns (uint24) {
        uint256 auditors = task.head.auditors;
        if (auditors < task.terms.minAuditors || task.head.aggregators == 0) return 0;
        // at most the terms' clients, which have 24 bits
        return uint24(TaskTermsLib.capacityOf(auditors, task.terms.panelSeats, task.terms.maxClients));
    }
}
