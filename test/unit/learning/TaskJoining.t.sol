// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {IStakeVault} from "../../../contracts/rewards/interfaces/IStakeVault.sol";
import {TasksFixture} from "./TasksFixture.sol";

contract TaskJoiningTest is TasksFixture {
    ILearningTasks.Role private constant CLIENT = ILearningTasks.Role.Client;
    ILearningTasks.Role private constant AUDITOR = ILearningTasks.Role.Auditor;
    ILearningTasks.Role private constant AGGREGATOR = ILearningTasks.Role.Aggregator;

    function setUp() public {
        _deploy();
        task = _open(_terms());
    }

    function _joinData(ILearningTasks.Role role) private view returns (bytes memory) {
        return abi.encodeCall(tasks.join, (task, role));
    }

    function _noPlace(ILearningTasks.Role role, uint256 places) private view returns (bytes memory) {
        return abi.encodeWithSelector(ILearningTasks.LearningTasks_NoPlace.selector, task, role, places);
    }

    // ---------------------------------------------------------------------------------------------------------- places

    function test_TSK04_givesPlacesInOrder() public {
        _joinAll(3, 4, 2);
        for (uint256 i; i < 3; ++i) {
            ILearningTasks.ParticipantState memory client = tasks.participantOf(task, _client(i));
            assertTrue(client.role == CLIENT);
            assertEq(client.id, i);
            assertEq(client.round, 0);
        }
        (address account, uint256 stake) = tasks.seatAt(task, AUDITOR, 3);
        assertEq(account, _auditor(3));
        assertEq(stake, STAKE);
        (account, ) = tasks.seatAt(task, AGGREGATOR, 1);
        assertEq(account, _aggregator(1));
        (, uint256 locked) = vault.stakeOf(address(tasks), address(token), _aggregator(1));
        assertEq(locked, STAKE);
    }

    function test_TSK04_refusesAStranger() public {
        _joinAll(0, 4, 1);
        bytes memory reason = abi.encodeWithSelector(
            ILearningTasks.LearningTasks_NotAMember.selector,
            task,
            address(0xBAD)
        );
        _refused(address(0xBAD), _joinData(CLIENT), reason);
        _enter(ILearningTasks.Phase.Commit);
        _refused(address(0xBAD), abi.encodeCall(tasks.commitUpdate, (task, SALT)), reason);
    }

    function test_TSK04_refusesASecondRole() public {
        _joinAll(1, 4, 1);
        _refused(_client(0), _joinData(AUDITOR), _wrongRole(_client(0), CLIENT, ILearningTasks.Role.None));
        _refused(_auditor(0), _joinData(CLIENT), _wrongRole(_auditor(0), AUDITOR, ILearningTasks.Role.None));
        _refused(
            _auditor(0),
            _joinData(ILearningTasks.Role.None),
            _wrongRole(_auditor(0), ILearningTasks.Role.None, CLIENT)
        );
    }

    /// @dev Who changes the key of their identity has a new account, not a new member.
    function test_TSK04_refusesASecondRoleOfAMemberAfterAChangeOfKey() public {
        _joinAll(1, 4, 1);
        address heir = address(0x4E17);
        membership.rebind(COOPERATIVE, _auditor(2), heir);
        bytes memory reason = abi.encodeWithSelector(
            ILearningTasks.LearningTasks_AlreadyPlaced.selector,
            task,
            membership.numberOf(COOPERATIVE, heir)
        );
        _refused(heir, _joinData(CLIENT), reason);
        _enter(ILearningTasks.Phase.Commit);
        _refused(heir, abi.encodeCall(tasks.commitUpdate, (task, SALT)), reason);
    }

    function test_TSK04_theOwnerTakesNoRole() public {
        _joinAll(0, 4, 1);
        _admit(OWNER);
        bytes memory reason = abi.encodeWithSelector(ILearningTasks.LearningTasks_OwnersTask.selector, task, OWNER);
        _refused(OWNER, _joinData(CLIENT), reason);
        _refused(OWNER, _joinData(AUDITOR), reason);
        _refused(OWNER, _joinData(AGGREGATOR), reason);
    }

    /// @dev Nor by another key of the same member.
    function test_TSK04_theOwnerTakesNoRoleAfterAChangeOfKey() public {
        _admit(OWNER);
        task = _open(_terms());
        _joinAll(0, 4, 1);
        address heir = address(0x4E17);
        membership.rebind(COOPERATIVE, OWNER, heir);
        bytes memory reason = abi.encodeWithSelector(
            ILearningTasks.LearningTasks_AlreadyPlaced.selector,
            task,
            membership.numberOf(COOPERATIVE, heir)
        );
        _refused(heir, _joinData(CLIENT), reason);
    }

    /// @dev Neighbours in a word of places do not touch each other.
    function testFuzz_TSK04_placesOfMembersAreApart(uint8 n) public {
        uint256 clients = bound(n, 1, 40);
        _joinAll(clients, 4, 1);
        assertEq(tasks.roundState(task).clients, clients);
        for (uint256 i; i < clients; ++i) assertEq(tasks.participantOf(task, _client(i)).id, i);
        for (uint256 i; i < 4; ++i) assertTrue(tasks.participantOf(task, _auditor(i)).role == AUDITOR);
    }

    function test_TSK04_asksForReputation() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.reputationCategory = keccak256("contribution");
        terms.minimumReputation = 7;
        task = _open(terms);
        address auditor = _auditor(0);
        _prepare(auditor, AUDITOR);
        reputation.award(COOPERATIVE, terms.reputationCategory, _did(auditor), 6, 0);
        bytes memory reason = abi.encodeWithSelector(
            ILearningTasks.LearningTasks_TooLittleReputation.selector,
            task,
            auditor,
            terms.reputationCategory,
            7
        );
        _refused(auditor, _joinData(AUDITOR), reason);
        reputation.award(COOPERATIVE, terms.reputationCategory, _did(auditor), 1, 0);
        vm.prank(auditor);
        tasks.join(task, AUDITOR);
        assertEq(tasks.roundState(task).auditors, 1);
    }

    // ------------------------------------------------------------------------------------------------------------ room

    function test_TSK05_noClientBeforeAuditorsAndAnAggregator() public {
        _admit(_client(0));
        _refused(_client(0), _joinData(CLIENT), _noPlace(CLIENT, 0));
        for (uint256 i; i < 4; ++i) _join(_auditor(i), AUDITOR);
        _refused(_client(0), _joinData(CLIENT), _noPlace(CLIENT, 0));
        _join(_aggregator(0), AGGREGATOR);
        assertEq(tasks.roundState(task).capacity, 64);
        _join(_client(0), CLIENT);
    }

    function test_TSK05_asManyClientsAsTheAuditorsCanScore() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.maxClients = 600;
        task = _open(terms);
        _joinAll(0, 5, 1);
        // one panel of 32 cells
        assertEq(tasks.roundState(task).capacity, 256);
        _join(_auditor(5), AUDITOR);
        assertEq(tasks.roundState(task).capacity, 512);
        for (uint256 i = 6; i < 12; ++i) _join(_auditor(i), AUDITOR);
        assertEq(tasks.roundState(task).capacity, 600);
    }

    function test_TSK05_refusesOneClientMoreThanThereIsRoomFor() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.maxClients = 3;
        task = _open(terms);
        _joinAll(3, 4, 1);
        _admit(_client(3));
        _refused(_client(3), _joinData(CLIENT), _noPlace(CLIENT, 3));
        _enter(ILearningTasks.Phase.Commit);
        _refused(_client(3), abi.encodeCall(tasks.commitUpdate, (task, SALT)), _noPlace(CLIENT, 3));
    }

    function test_TSK05_refusesOneSeatMoreThanTheTerms() public {
        _joinAll(0, 12, 3);
        _prepare(_auditor(12), AUDITOR);
        _refused(_auditor(12), _joinData(AUDITOR), _noPlace(AUDITOR, 12));
        _prepare(_aggregator(3), AGGREGATOR);
        _refused(_aggregator(3), _joinData(AGGREGATOR), _noPlace(AGGREGATOR, 3));
    }

    function test_TSK05_refusesASeatWithoutStake() public {
        _admit(_auditor(0));
        bytes memory reason = abi.encodeWithSelector(
            IStakeVault.StakeVault_InsufficientFree.selector,
            address(tasks),
            address(token),
            _auditor(0),
            0,
            STAKE
        );
        _refused(_auditor(0), _joinData(AUDITOR), reason);
    }

    /// @dev Stake that is locked for one task locks no seat in another.
    function test_TSK05_refusesStakeThatIsLockedForAnotherTask() public {
        _join(_auditor(0), AUDITOR);
        task = _open(_terms());
        bytes memory reason = abi.encodeWithSelector(
            IStakeVault.StakeVault_InsufficientFree.selector,
            address(tasks),
            address(token),
            _auditor(0),
            0,
            STAKE
        );
        _refused(_auditor(0), _joinData(AUDITOR), reason);
    }

    function test_TSK05_theListsOfSeatsFreezeWhenCommitOpens() public {
        _joinAll(1, 4, 1);
        _prepare(_auditor(4), AUDITOR);
        _prepare(_aggregator(1), AGGREGATOR);
        _enter(ILearningTasks.Phase.Commit);
        bytes memory reason = _wrongPhase(ILearningTasks.Phase.Commit, ILearningTasks.Phase.Waiting);
        _refused(_auditor(4), _joinData(AUDITOR), reason);
        _refused(_aggregator(1), _joinData(AGGREGATOR), reason);
        vm.warp(block.timestamp - 1);
        vm.prank(_auditor(4));
        tasks.join(task, AUDITOR);
    }

    function test_TSK05_clientsJoinUntilTheEndOfCommit() public {
        _joinAll(0, 4, 1);
        _admit(_client(0));
        _enter(ILearningTasks.Phase.Reveal);
        _refused(_client(0), _joinData(CLIENT), _wrongPhase(ILearningTasks.Phase.Reveal, ILearningTasks.Phase.Commit));
        vm.warp(block.timestamp - 1);
        vm.prank(_client(0));
        tasks.join(task, CLIENT);
        assertEq(tasks.roundState(task).clients, 1);
    }

    function test_TSK05_joinsWithTheFirstCommitment() public {
        _joinAll(2, 4, 1);
        _admit(_client(2));
        _enter(ILearningTasks.Phase.Commit);
        _commitUpdate(_client(2));
        ILearningTasks.ParticipantState memory client = tasks.participantOf(task, _client(2));
        assertTrue(client.role == CLIENT);
        assertEq(client.id, 2);
        assertEq(client.round, 1);
        assertTrue(client.commitment == bytes24(_commitment(_client(2))));
    }

    /// @dev A task that nobody can audit takes no client in, and can be seen never to start.
    function test_TSK05_aTaskWithoutAuditorsTakesNobodyIn() public {
        for (uint256 i; i < 3; ++i) _join(_auditor(i), AUDITOR);
        _join(_aggregator(0), AGGREGATOR);
        _admit(_client(0));
        _enter(ILearningTasks.Phase.Commit);
        _refused(_client(0), abi.encodeCall(tasks.commitUpdate, (task, SALT)), _noPlace(CLIENT, 0));
    }

    function test_TSK04_refusesAnUnknownTask() public {
        bytes memory reason = abi.encodeWithSelector(ILearningTasks.LearningTasks_UnknownTask.selector, TaskId.wrap(9));
        _refused(_client(0), abi.encodeCall(tasks.join, (TaskId.wrap(9), CLIENT)), reason);
    }
}
