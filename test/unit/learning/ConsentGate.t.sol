// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConsentRegistry} from "../../../contracts/identity/interfaces/IConsentRegistry.sol";
import {ConsentId} from "../../../contracts/identity/types/ConsentId.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {ILearningRounds} from "../../../contracts/learning/interfaces/ILearningRounds.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {LearningFixture} from "./LearningFixture.sol";

contract ConsentGateTest is LearningFixture {
    bytes32 private constant PURPOSE = "training";
    bytes32 private constant DATA = keccak256("data");
    uint48 private constant END = START + 365 days;

    function setUp() public {
        _deploy();
        task = _openGated(PURPOSE);
        _joinAll(3, 5, 3);
    }

    function _openGated(bytes32 purpose) private returns (TaskId) {
        ILearningRounds.TaskTerms memory terms = _terms();
        terms.consentPurpose = purpose;
        return _open(terms);
    }

    function _scope(address client) private pure returns (IConsentRegistry.Scope memory) {
        return IConsentRegistry.Scope(Did.wrap(_did(client)), COOPERATIVE, DATA, PURPOSE);
    }

    function _grantAs(address client, IConsentRegistry.Scope memory scope, uint48 expiresAt) private {
        vm.prank(_did(client));
        consents.grant(scope, keccak256("terms"), expiresAt);
    }

    function _grant(address client) private {
        _grantAs(client, _scope(client), END);
    }

    function _revoke(address client) private {
        vm.prank(_did(client));
        consents.revoke(_scope(client));
    }

    function _declare(address client, bytes32 data) private {
        vm.prank(client);
        rounds.declareData(task, data);
    }

    /// @dev Everything that clients 0 to `n` - 1 need to take part.
    function _prepare(uint256 n) private {
        for (uint256 i; i < n; ++i) {
            _declare(_client(i), DATA);
            _grant(_client(i));
        }
    }

    function _commitRefused(address client, ConsentId consentId) private {
        bytes32 commitment = rounds.updateCommitment(task, _round(), client, _update(client));
        _refused(client, abi.encodeCall(rounds.commitUpdate, (task, commitment)), _noConsent(client, consentId));
    }

    function _revealRefused(address client) private {
        bytes memory data = abi.encodeCall(rounds.revealUpdate, (task, client, _update(client)));
        _refused(address(this), data, _noConsent(client, consents.idOf(_scope(client))));
    }

    function _noConsent(address client, ConsentId consentId) private view returns (bytes memory) {
        return abi.encodeWithSelector(ILearningRounds.LearningRounds_NoConsent.selector, task, client, consentId);
    }

    // -------------------------------------------------------------------------------------------------------- commit

    function test_CNS12_takesAnUpdateUnderALiveConsent() public {
        _prepare(2);
        _updates(2);
        assertEq(rounds.roundState(task).updates, 2);
        assertTrue(
            ConsentId.unwrap(rounds.consentOf(task, _client(0))) == ConsentId.unwrap(consents.idOf(_scope(_client(0))))
        );
    }

    function test_CNS12_playsAWholeRoundUnderConsent() public {
        _prepare(3);
        _run(3, _unanimous(_flat(100, 3), 5));
        assertEq(rounds.roundState(task).settled, 1);
        _updates(3);
        assertEq(rounds.roundState(task).updates, 3);
    }

    function test_CNS12_announcesThePurpose() public {
        ILearningRounds.TaskTerms memory terms = _terms();
        terms.consentPurpose = PURPOSE;
        token.mint(COOPERATIVE, terms.reward);
        vm.startPrank(COOPERATIVE);
        token.approve(address(rounds), terms.reward);
        vm.expectEmit(address(rounds));
        emit ILearningRounds.ConsentRequired(TaskId.wrap(2), COOPERATIVE, PURPOSE);
        rounds.openTask(terms);
        vm.stopPrank();
    }

    function test_CNS14_announcesDeclaredData() public {
        address client = _client(0);
        vm.expectEmit(address(rounds));
        emit ILearningRounds.DataDeclared(task, client, Did.wrap(_did(client)), DATA, consents.idOf(_scope(client)));
        _declare(client, DATA);
    }

    function test_CNS12_aTaskWithoutPurposeAsksForNoConsent() public {
        task = _openGated(0);
        _joinAll(2, 5, 3);
        _updates(2);
        assertEq(rounds.roundState(task).updates, 2);
    }

    function test_CNS12_refusesACommitWithoutDeclaredData() public {
        _grant(_client(0));
        _enter(ILearningRounds.Phase.Commit);
        _commitRefused(_client(0), ConsentId.wrap(0));
    }

    function test_CNS12_refusesACommitWithoutConsent() public {
        _declare(_client(0), DATA);
        _enter(ILearningRounds.Phase.Commit);
        _commitRefused(_client(0), consents.idOf(_scope(_client(0))));
    }

    function test_CNS12_refusesACommitUnderExpiredConsent() public {
        address client = _client(0);
        _declare(client, DATA);
        _grantAs(client, _scope(client), START);
        _enter(ILearningRounds.Phase.Commit);
        _commitRefused(client, consents.idOf(_scope(client)));
    }

    function test_CNS12_refusesACommitUnderRevokedConsent() public {
        _prepare(1);
        _revoke(_client(0));
        _enter(ILearningRounds.Phase.Commit);
        _commitRefused(_client(0), consents.idOf(_scope(_client(0))));
    }

    function test_CNS12_refusesACommitUnderConsentForAnotherPurpose() public {
        address client = _client(0);
        _declare(client, DATA);
        IConsentRegistry.Scope memory scope = _scope(client);
        scope.purpose = "research";
        _grantAs(client, scope, END);
        _enter(ILearningRounds.Phase.Commit);
        _commitRefused(client, consents.idOf(_scope(client)));
    }

    /// @dev Nor for another cooperative, nor for other data than were declared.
    function test_CNS12_refusesACommitUnderConsentToAnother() public {
        address client = _client(0);
        _declare(client, DATA);
        IConsentRegistry.Scope memory scope = _scope(client);
        scope.grantee = address(rounds);
        _grantAs(client, scope, END);
        scope = _scope(client);
        scope.dataHash = keccak256("other data");
        _grantAs(client, scope, END);
        _enter(ILearningRounds.Phase.Commit);
        _commitRefused(client, consents.idOf(_scope(client)));
    }

    /// @dev Consent of somebody else's identity is nobody's consent.
    function test_CNS12_refusesACommitUnderAnothersConsent() public {
        _declare(_client(0), DATA);
        _grant(_client(1));
        _enter(ILearningRounds.Phase.Commit);
        _commitRefused(_client(0), consents.idOf(_scope(_client(0))));
    }

    /// @dev The thief of an account can't go on once the identity's new owner has revoked.
    function test_CNS12_theNewOwnerOfTheIdentityStopsTheOldAccount() public {
        address client = _client(0);
        _prepare(1);
        vm.prank(_did(client));
        dids.changeOwner(Did.wrap(_did(client)), address(0x4E17));
        vm.prank(address(0x4E17));
        consents.revoke(_scope(client));
        _enter(ILearningRounds.Phase.Commit);
        _commitRefused(client, consents.idOf(_scope(client)));
    }

    function test_CNS12_takesAnUpdateOnceConsentIsGrantedInTheSameSecond() public {
        address client = _client(0);
        _declare(client, DATA);
        _enter(ILearningRounds.Phase.Commit);
        _commitRefused(client, consents.idOf(_scope(client)));
        _grant(client);
        _commitUpdate(client);
        (ILearningRounds.Role role, ) = rounds.participantOf(task, client);
        assertTrue(role == ILearningRounds.Role.Client);
    }

    // ---------------------------------------------------------------------------------------- between commit and reveal

    /// @dev Revoked between commit and reveal: the update never counts, not even if somebody else opens it.
    function test_CNS13_consentRevokedBetweenCommitAndRevealStopsTheUpdate() public {
        _prepare(3);
        _enter(ILearningRounds.Phase.Commit);
        for (uint256 i; i < 3; ++i) _commitUpdate(_client(i));
        _revoke(_client(2));
        _enter(ILearningRounds.Phase.Reveal);
        _revealRefused(_client(2));
        for (uint256 i; i < 2; ++i) rounds.revealUpdate(task, _client(i), _update(_client(i)));
        assertEq(rounds.roundState(task).updates, 2);
        bytes[] memory vectors = _unanimous(abi.encodePacked(int16(100), int16(100), ABSENT), 5);
        _audits(vectors);
        _score(vectors);
        _aggregates(_agree(3));
        _finish();
        assertEq(rounds.scoreOf(task, _client(2)), 0);
        assertEq(rounds.roundState(task).settled, 1);
    }

    /// @dev The round it was withdrawn from is void if too few are left, and nobody loses anything by it.
    function test_CNS15_withdrawnConsentStallsNobody() public {
        _prepare(2);
        _enter(ILearningRounds.Phase.Commit);
        for (uint256 i; i < 2; ++i) _commitUpdate(_client(i));
        _revoke(_client(0));
        _enter(ILearningRounds.Phase.Reveal);
        rounds.revealUpdate(task, _client(1), _update(_client(1)));
        _enter(ILearningRounds.Phase.AuditCommit);
        rounds.finishRound(task);
        assertEq(rounds.roundState(task).voided, 1);
        for (uint256 i; i < 5; ++i) assertEq(_locked(_auditor(i)), STAKE);
        _grant(_client(0));
        _updates(2);
        assertEq(rounds.roundState(task).updates, 2);
    }

    function test_CNS13_consentThatExpiresBetweenCommitAndRevealStopsTheUpdate() public {
        address client = _client(0);
        _declare(client, DATA);
        _grantAs(client, _scope(client), START + 100);
        _enter(ILearningRounds.Phase.Commit);
        _commitUpdate(client);
        _enter(ILearningRounds.Phase.Reveal);
        _revealRefused(client);
    }

    /// @dev The same consent, granted again in time, carries the update that was committed under it.
    function test_CNS13_consentGrantedAgainBeforeRevealCarriesTheUpdate() public {
        address client = _client(0);
        _prepare(1);
        _enter(ILearningRounds.Phase.Commit);
        _commitUpdate(client);
        _revoke(client);
        _enter(ILearningRounds.Phase.Reveal);
        _revealRefused(client);
        _grant(client);
        rounds.revealUpdate(task, client, _update(client));
        assertEq(rounds.roundState(task).updates, 1);
    }

    /// @dev What was revealed stays, and is paid.
    function test_CNS15_consentRevokedAfterRevealLeavesTheUpdate() public {
        _prepare(3);
        _updates(3);
        _revoke(_client(2));
        bytes[] memory vectors = _unanimous(_flat(100, 3), 5);
        _audits(vectors);
        _score(vectors);
        _aggregates(_agree(3));
        _finish();
        assertEq(rounds.scoreOf(task, _client(2)), 100);
        _enter(ILearningRounds.Phase.Commit);
        _commitRefused(_client(2), consents.idOf(_scope(_client(2))));
    }

    // ------------------------------------------------------------------------------------------------------ declaring

    /// @dev Nobody slips other data's consent under an update between its commit and its reveal.
    function test_CNS14_dataCannotBeExchangedUnderACommittedUpdate() public {
        address client = _client(0);
        _prepare(1);
        _enter(ILearningRounds.Phase.Commit);
        _commitUpdate(client);
        bytes memory data = abi.encodeCall(rounds.declareData, (task, keccak256("other data")));
        bytes4 selector = ILearningRounds.LearningRounds_AlreadyCommitted.selector;
        _refused(client, data, _inRound(selector, client));
        _enter(ILearningRounds.Phase.Reveal);
        _refused(client, data, _inRound(selector, client));
    }

    function test_CNS14_otherDataAreDeclaredForTheNextRound() public {
        _prepare(3);
        _run(3, _unanimous(_flat(100, 3), 5));
        address client = _client(0);
        IConsentRegistry.Scope memory scope = _scope(client);
        scope.dataHash = keccak256("other data");
        _declare(client, scope.dataHash);
        _enter(ILearningRounds.Phase.Commit);
        _commitRefused(client, consents.idOf(scope));
        _grantAs(client, scope, END);
        _commitUpdate(client);
    }

    function test_CNS14_onlyClientsDeclareData() public {
        bytes memory data = abi.encodeCall(rounds.declareData, (task, DATA));
        _refused(_auditor(0), data, _wrongRole(_auditor(0), ILearningRounds.Role.Auditor, ILearningRounds.Role.Client));
        _refused(
            address(0xBAD),
            data,
            _wrongRole(address(0xBAD), ILearningRounds.Role.None, ILearningRounds.Role.Client)
        );
    }
}
