// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {TasksFixture} from "./TasksFixture.sol";

contract SealingTest is TasksFixture {
    bytes private constant KEY = "a key of an auditor";

    function setUp() public {
        _deploy();
        task = _open(_terms());
        _joinAll(3, 4, 1);
    }

    function _wraps(address client) private pure returns (ILearningTasks.Content memory) {
        return ILearningTasks.Content(0x55, keccak256(abi.encode("wraps", client)));
    }

    function _publish(address client) private {
        vm.prank(client);
        tasks.publishWraps(task, _wraps(client));
    }

    function _wrapsRefused(address client, bytes memory reason) private {
        _refused(client, abi.encodeCall(tasks.publishWraps, (task, _wraps(client))), reason);
    }

    function _keyRefused(address account, bytes memory reason) private {
        _refused(account, abi.encodeCall(tasks.publishSealingKey, (task, KEY)), reason);
    }

    function _notRevealed(address client) private view returns (bytes memory) {
        return _inRound(ILearningTasks.LearningTasks_NotRevealed.selector, client);
    }

    // ---------------------------------------------------------------------------------------------------------- keys

    function test_PRV17_recipientsPublishTheirKeysBeforeTheTaskStarts() public {
        vm.warp(START - 1);
        address[2] memory accounts = [_auditor(0), _aggregator(0)];
        for (uint256 i; i < 2; ++i) {
            vm.expectEmit(address(tasks));
            emit ILearningTasks.SealingKeyPublished(task, accounts[i], KEY);
            vm.prank(accounts[i]);
            tasks.publishSealingKey(task, KEY);
        }
    }

    function test_PRV17_nobodyChangesAKeyOnceSomethingMayBeSealedUnderIt() public {
        vm.warp(START);
        _keyRefused(_auditor(0), _wrongPhase(ILearningTasks.Phase.Commit, ILearningTasks.Phase.Waiting));
        _updates(3);
        _keyRefused(_auditor(0), _wrongPhase(ILearningTasks.Phase.Reveal, ILearningTasks.Phase.Waiting));
        _enter(ILearningTasks.Phase.AuditCommit);
        _keyRefused(_aggregator(0), _wrongPhase(ILearningTasks.Phase.AuditCommit, ILearningTasks.Phase.Waiting));
    }

    function test_PRV17_nobodyElsePublishesAKey() public {
        _keyRefused(address(this), _wrongRole(address(this), ILearningTasks.Role.None, ILearningTasks.Role.Auditor));
        _keyRefused(_client(0), _wrongRole(_client(0), ILearningTasks.Role.Client, ILearningTasks.Role.Auditor));
        _keyRefused(OWNER, _wrongRole(OWNER, ILearningTasks.Role.None, ILearningTasks.Role.Auditor));
    }

    // --------------------------------------------------------------------------------------------------------- wraps

    function test_PRV18_aClientAnnouncesItsWrapsOnceTheSeedCanBeKnown() public {
        _updates(2);
        _enter(ILearningTasks.Phase.AuditCommit);
        ILearningTasks.Content memory wraps = _wraps(_client(0));
        vm.expectEmit(address(tasks));
        emit ILearningTasks.WrapsPublished(task, 1, _client(0), wraps.codec, wraps.digest);
        _publish(_client(0));
        // whether or not anybody has drawn it
        _draw();
        _publish(_client(1));
    }

    /// @dev What comes too late would be seen by some auditors and not by others.
    function test_PRV18_refusesWrapsBeforeTheSeedAndAfterHalfOfAuditCommit() public {
        _updates(2);
        _wrapsRefused(_client(0), _wrongPhase(ILearningTasks.Phase.Reveal, ILearningTasks.Phase.AuditCommit));
        uint256 start = tasks.phaseStart(task, ILearningTasks.Phase.AuditCommit);
        vm.warp(start - 1);
        _wrapsRefused(_client(0), _wrongPhase(ILearningTasks.Phase.Reveal, ILearningTasks.Phase.AuditCommit));
        vm.warp(start);
        _publish(_client(0));
        // AuditCommit has 80 seconds
        vm.warp(start + 39);
        _publish(_client(1));
        vm.warp(start + 40);
        bytes memory late = abi.encodeWithSelector(
            ILearningTasks.LearningTasks_WrapsTooLate.selector,
            task,
            1,
            start + 40
        );
        _wrapsRefused(_client(0), late);
        vm.warp(start + 80);
        _wrapsRefused(_client(0), _wrongPhase(ILearningTasks.Phase.AuditReveal, ILearningTasks.Phase.AuditCommit));
    }

    function test_PRV18_refusesWrapsWithoutAnUpdate() public {
        _updates(2);
        _enter(ILearningTasks.Phase.AuditCommit);
        // has a place, but committed to nothing
        _wrapsRefused(_client(2), _notRevealed(_client(2)));
        _wrapsRefused(_client(5), _wrongRole(_client(5), ILearningTasks.Role.None, ILearningTasks.Role.Client));
        _wrapsRefused(_auditor(0), _wrongRole(_auditor(0), ILearningTasks.Role.Auditor, ILearningTasks.Role.Client));
        _wrapsRefused(OWNER, _wrongRole(OWNER, ILearningTasks.Role.None, ILearningTasks.Role.Client));
    }

    function test_PRV18_refusesWrapsOfAnUpdateThatWasNotRevealed() public {
        _enter(ILearningTasks.Phase.Commit);
        for (uint256 i; i < 3; ++i) _commitUpdate(_client(i));
        _enter(ILearningTasks.Phase.Reveal);
        for (uint256 i; i < 2; ++i) tasks.revealUpdate(task, _client(i), _update(_client(i)));
        _enter(ILearningTasks.Phase.AuditCommit);
        _wrapsRefused(_client(2), _notRevealed(_client(2)));
    }

    function test_PRV18_refusesWrapsOfAStruckUpdate() public {
        ILearningTasks.UpdateOpening memory opening = _update(_client(0));
        _enter(ILearningTasks.Phase.Commit);
        for (uint256 i; i < 2; ++i) {
            bytes32 commitment = tasks.updateCommitment(task, 1, _client(i), opening);
            vm.prank(_client(i));
            tasks.commitUpdate(task, commitment);
        }
        _enter(ILearningTasks.Phase.Reveal);
        for (uint256 i; i < 2; ++i) tasks.revealUpdate(task, _client(i), opening);
        tasks.strikeCopy(task, _client(0), opening, _client(1), opening);
        _enter(ILearningTasks.Phase.AuditCommit);
        _wrapsRefused(_client(1), _notRevealed(_client(1)));
        _publish(_client(0));
    }

    /// @dev Nobody says where the wraps of another are, so that none counts before its client's own; the client itself may
    /// say it twice, and readers take the first.
    function test_PRV18_announcesInTheClientsNameAlone() public {
        _updates(2);
        _enter(ILearningTasks.Phase.AuditCommit);
        ILearningTasks.Content memory others = _wraps(_client(1));
        vm.expectEmit(address(tasks));
        emit ILearningTasks.WrapsPublished(task, 1, _client(0), others.codec, others.digest);
        vm.prank(_client(0));
        tasks.publishWraps(task, others);
        _publish(_client(0));
        _publish(_client(1));
    }

    function test_PRV18_anUpdateOfAnEarlierRoundGivesNoRightToWraps() public {
        _updates(3);
        _enter(ILearningTasks.Phase.AggregateCommit);
        // without a seed the round is void
        tasks.finishRound(task, ILearningTasks.Answer(0, ILearningTasks.Content(0, 0), 0));
        assertEq(_round(), 2);
        _updates(2);
        _enter(ILearningTasks.Phase.AuditCommit);
        _wrapsRefused(_client(2), _notRevealed(_client(2)));
    }

    function test_PRV18_refusesUnknownTasks() public {
        TaskId unknown = TaskId.wrap(9);
        bytes memory reason = abi.encodeWithSelector(ILearningTasks.LearningTasks_UnknownTask.selector, unknown);
        _refused(_auditor(0), abi.encodeCall(tasks.publishSealingKey, (unknown, KEY)), reason);
        _refused(_client(0), abi.encodeCall(tasks.publishWraps, (unknown, _wraps(_client(0)))), reason);
    }
}
