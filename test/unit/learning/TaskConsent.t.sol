// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConsentRegistry} from "../../../contracts/identity/interfaces/IConsentRegistry.sol";
import {ConsentId} from "../../../contracts/identity/types/ConsentId.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {TasksFixture} from "./TasksFixture.sol";

contract TaskConsentTest is TasksFixture {
    bytes32 private constant PURPOSE = "training";
    bytes32 private constant DATA = keccak256("data");
    uint48 private constant END = START + 365 days;

    function setUp() public {
        _deploy();
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.consentPurpose = PURPOSE;
        task = _open(terms);
        _joinAll(3, 4, 1);
    }

    function _scope(address client) private pure returns (IConsentRegistry.Scope memory) {
        return IConsentRegistry.Scope(Did.wrap(_did(client)), COOPERATIVE, DATA, PURPOSE);
    }

    function _grantUntil(address client, IConsentRegistry.Scope memory scope, uint48 expiresAt) private {
        vm.prank(_did(client));
        consents.grant(scope, keccak256("terms"), expiresAt);
    }

    function _revoke(address client) private {
        vm.prank(_did(client));
        consents.revoke(_scope(client));
    }

    function _declare(address client, bytes32 data) private {
        vm.prank(client);
        tasks.declareData(task, data);
    }

    /// @dev Everything that clients 0 to `n` - 1 need to take part.
    function _prepareData(uint256 n) private {
        for (uint256 i; i < n; ++i) {
            _declare(_client(i), DATA);
            _grantUntil(_client(i), _scope(_client(i)), END);
        }
    }

    function _noConsent(address client, ConsentId consentId) private view returns (bytes memory) {
        return abi.encodeWithSelector(ILearningTasks.LearningTasks_NoConsent.selector, task, client, consentId);
    }

    /// @dev Neither alone, nor signed, nor in a batch.
    function _commitRefused(uint256 i, ConsentId consentId) private {
        address client = _client(i);
        bytes32 commitment = _commitment(client);
        bytes memory reason = _noConsent(client, consentId);
        _refused(client, abi.encodeCall(tasks.commitUpdate, (task, commitment)), reason);
        bytes memory signature = signatureOf(_key(i), _digest(address(tasks), task, 1, client, commitment));
        _refused(address(this), abi.encodeCall(tasks.commitUpdateBySig, (task, client, commitment, signature)), reason);
        assertEq(tasks.commitUpdates(task, _commitItem(i)), 0);
    }

    function _revealRefused(uint256 i) private {
        address client = _client(i);
        bytes memory reason = _noConsent(client, consents.idOf(_scope(client)));
        _refused(address(this), abi.encodeCall(tasks.revealUpdate, (task, client, _update(client))), reason);
        assertEq(tasks.revealUpdates(task, _revealItem(i)), 0);
    }

    function test_TSK14_takesUpdatesUnderLiveConsent() public {
        _prepareData(3);
        _enter(ILearningTasks.Phase.Commit);
        _commitUpdate(_client(0));
        assertEq(tasks.commitUpdates(task, _commitItems(1, 3)), 2);
        _enter(ILearningTasks.Phase.Reveal);
        tasks.revealUpdate(task, _client(0), _update(_client(0)));
        assertEq(tasks.revealUpdates(task, _revealItems(1, 3)), 2);
        assertEq(tasks.roundState(task).updates, 3);
        ConsentId consentId = tasks.consentOf(task, _client(0));
        assertTrue(ConsentId.unwrap(consentId) == ConsentId.unwrap(consents.idOf(_scope(_client(0)))));
    }

    function test_TSK14_refusesACommitmentWithoutDeclaredData() public {
        _grantUntil(_client(0), _scope(_client(0)), END);
        _enter(ILearningTasks.Phase.Commit);
        _commitRefused(0, ConsentId.wrap(0));
    }

    function test_TSK14_refusesACommitmentUnderMissingExpiredOrRevokedConsent() public {
        _declare(_client(0), DATA);
        _declare(_client(1), DATA);
        _grantUntil(_client(1), _scope(_client(1)), START);
        _declare(_client(2), DATA);
        _grantUntil(_client(2), _scope(_client(2)), END);
        _revoke(_client(2));
        _enter(ILearningTasks.Phase.Commit);
        for (uint256 i; i < 3; ++i) _commitRefused(i, consents.idOf(_scope(_client(i))));
    }

    function test_TSK14_refusesACommitmentUnderConsentForSomethingElse() public {
        address client = _client(0);
        _declare(client, DATA);
        IConsentRegistry.Scope memory scope = _scope(client);
        scope.purpose = "research";
        _grantUntil(client, scope, END);
        scope = _scope(client);
        scope.grantee = address(tasks);
        _grantUntil(client, scope, END);
        scope = _scope(client);
        scope.dataHash = keccak256("other data");
        _grantUntil(client, scope, END);
        _grantUntil(_client(1), _scope(_client(1)), END);
        _enter(ILearningTasks.Phase.Commit);
        _commitRefused(0, consents.idOf(_scope(client)));
    }

    function test_TSK14_consentThatEndsBetweenCommitAndRevealStopsTheUpdate() public {
        _prepareData(1);
        _declare(_client(1), DATA);
        _grantUntil(_client(1), _scope(_client(1)), START + 100);
        _enter(ILearningTasks.Phase.Commit);
        _commitUpdate(_client(0));
        _commitUpdate(_client(1));
        _revoke(_client(0));
        _enter(ILearningTasks.Phase.Reveal);
        _revealRefused(0);
        _revealRefused(1);
        // the same consent, granted again in time, carries the update that was committed under it
        _grantUntil(_client(0), _scope(_client(0)), END);
        tasks.revealUpdate(task, _client(0), _update(_client(0)));
        assertEq(tasks.roundState(task).updates, 1);
    }

    /// @dev Nobody slips other data's consent under an update between its commit and its reveal.
    function test_TSK14_dataCannotBeExchangedUnderACommittedUpdate() public {
        _prepareData(1);
        _enter(ILearningTasks.Phase.Commit);
        _commitUpdate(_client(0));
        bytes memory data = abi.encodeCall(tasks.declareData, (task, keccak256("other data")));
        bytes memory reason = _inRound(ILearningTasks.LearningTasks_AlreadyCommitted.selector, _client(0));
        _refused(_client(0), data, reason);
        _enter(ILearningTasks.Phase.Reveal);
        _refused(_client(0), data, reason);
    }

    function test_TSK14_onlyTheMemberOfAPlaceDeclaresData() public {
        bytes memory data = abi.encodeCall(tasks.declareData, (task, DATA));
        _refused(_auditor(0), data, _wrongRole(_auditor(0), ILearningTasks.Role.Auditor, ILearningTasks.Role.Client));
        // an account that its member has left declares nothing in another's name
        membership.rebind(COOPERATIVE, _client(0), address(0x4E17));
        membership.rebind(COOPERATIVE, _client(1), _client(0));
        _refused(
            _client(0),
            data,
            abi.encodeWithSelector(ILearningTasks.LearningTasks_NotAMember.selector, task, _client(0))
        );
    }
}
