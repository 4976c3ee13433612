// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConsentRegistry} from "../../../contracts/identity/interfaces/IConsentRegistry.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {IPrivacyLedger} from "../../../contracts/learning/interfaces/IPrivacyLedger.sol";
import {TasksFixture} from "./TasksFixture.sol";

contract TaskPrivacyTest is TasksFixture {
    bytes32 private constant PURPOSE = "training";
    bytes32 private constant DATA = keccak256("data");
    uint48 private constant END = START + 365 days;
    uint32 private constant MICRO_RHO = 400;

    function setUp() public {
        _deploy();
        task = _open(_spending());
        _joinAll(3, 4, 1);
        vm.prank(COOPERATIVE);
        ledger.appointSpender(address(tasks));
    }

    function _spending() private view returns (ILearningTasks.TaskTerms memory terms) {
        terms = _terms();
        terms.consentPurpose = PURPOSE;
        terms.microRho = MICRO_RHO;
    }

    function _subject(uint256 i) private pure returns (Did) {
        return Did.wrap(_did(_client(i)));
    }

    /// @dev A client with consent and a cap on what its data may tell.
    function _prepareData(uint256 i, uint96 cap) private {
        vm.prank(_client(i));
        tasks.declareData(task, DATA);
        vm.startPrank(_did(_client(i)));
        consents.grant(IConsentRegistry.Scope(_subject(i), COOPERATIVE, DATA, PURPOSE), keccak256("terms"), END);
        ledger.setCap(_subject(i), DATA, cap);
        vm.stopPrank();
    }

    function _spent(uint256 i) private view returns (uint256) {
        return ledger.budgetOf(_subject(i), DATA).spent;
    }

    function _aboveCap(uint256 i, uint256 spent, uint256 cap) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IPrivacyLedger.PrivacyLedger_AboveCap.selector,
                _subject(i),
                DATA,
                MICRO_RHO,
                spent,
                cap
            );
    }

    /// @dev Neither alone, nor signed, nor in a batch; and nothing has changed.
    function _commitRefused(uint256 i, bytes memory reason) private {
        address client = _client(i);
        bytes32 commitment = _commitment(client);
        uint256 round = _round();
        uint256 spent = _spent(i);
        _refused(client, abi.encodeCall(tasks.commitUpdate, (task, commitment)), reason);
        bytes memory signature = signatureOf(_key(i), _digest(address(tasks), task, round, client, commitment));
        _refused(address(this), abi.encodeCall(tasks.commitUpdateBySig, (task, client, commitment, signature)), reason);
        assertEq(tasks.commitUpdates(task, _commitItem(i)), 0);
        assertTrue(tasks.participantOf(task, client).round != round);
        assertEq(_spent(i), spent);
    }

    function _voidRound() private {
        _enter(ILearningTasks.Phase.AuditCommit);
        tasks.finishRound(task, ILearningTasks.Answer(0, ILearningTasks.Content(0, 0), 0));
    }

    function test_PRV22_everyCommitmentSpendsWhatTheTermsSay() public {
        for (uint256 i; i < 3; ++i) _prepareData(i, 1000);
        _enter(ILearningTasks.Phase.Commit);
        vm.expectEmit(address(ledger));
        emit IPrivacyLedger.PrivacySpent(_subject(0), DATA, COOPERATIVE, address(tasks), PURPOSE, MICRO_RHO, MICRO_RHO);
        _commitUpdate(_client(0));
        assertEq(tasks.commitUpdates(task, _commitItems(1, 3)), 2);
        for (uint256 i; i < 3; ++i) assertEq(_spent(i), MICRO_RHO);
        // a reveal spends nothing, and neither does what is refused
        _enter(ILearningTasks.Phase.Reveal);
        tasks.revealUpdate(task, _client(0), _update(_client(0)));
        assertEq(tasks.revealUpdates(task, _revealItems(1, 3)), 2);
        for (uint256 i; i < 3; ++i) assertEq(_spent(i), MICRO_RHO);
    }

    function test_PRV22_nobodyCommitsAboveTheCap() public {
        // two rounds and no third
        _prepareData(0, 2 * MICRO_RHO + MICRO_RHO / 2);
        for (uint256 round = 1; round <= 2; ++round) {
            _enter(ILearningTasks.Phase.Commit);
            _commitUpdate(_client(0));
            assertEq(_spent(0), round * MICRO_RHO);
            tasks.commitUpdates(task, _commitItem(0));
            assertEq(_spent(0), round * MICRO_RHO);
            _enter(ILearningTasks.Phase.Reveal);
            tasks.revealUpdate(task, _client(0), _update(_client(0)));
            _voidRound();
        }
        _enter(ILearningTasks.Phase.Commit);
        _commitRefused(0, _aboveCap(0, 2 * MICRO_RHO, 2 * MICRO_RHO + MICRO_RHO / 2));
    }

    function test_PRV22_aCapLoweredMeanwhileStopsTheNextCommitment() public {
        _prepareData(0, 1000);
        _prepareData(1, 1000);
        vm.prank(_did(_client(0)));
        ledger.setCap(_subject(0), DATA, MICRO_RHO - 1);
        _enter(ILearningTasks.Phase.Commit);
        _commitRefused(0, _aboveCap(0, 0, MICRO_RHO - 1));
        // the others of a batch are taken
        assertEq(tasks.commitUpdates(task, _commitItems(0, 2)), 1);
        assertEq(_spent(1), MICRO_RHO);
    }

    function test_PRV22_spendsFromTheDataDeclaredLast() public {
        _prepareData(0, 1000);
        bytes32 other = keccak256("other data");
        vm.prank(_client(0));
        tasks.declareData(task, other);
        vm.prank(_did(_client(0)));
        consents.grant(IConsentRegistry.Scope(_subject(0), COOPERATIVE, other, PURPOSE), keccak256("terms"), END);
        _enter(ILearningTasks.Phase.Commit);
        bytes memory reason = abi.encodeWithSelector(
            IPrivacyLedger.PrivacyLedger_AboveCap.selector,
            _subject(0),
            other,
            MICRO_RHO,
            0,
            0
        );
        _commitRefused(0, reason);
        vm.prank(_did(_client(0)));
        ledger.setCap(_subject(0), other, MICRO_RHO);
        _commitUpdate(_client(0));
        assertEq(ledger.budgetOf(_subject(0), other).spent, MICRO_RHO);
        assertEq(_spent(0), 0);
    }

    function test_PRV22_aCooperativeThatAppointedNobodyTakesNoUpdates() public {
        _prepareData(0, 1000);
        vm.prank(COOPERATIVE);
        ledger.dismissSpender(address(tasks));
        _enter(ILearningTasks.Phase.Commit);
        bytes4 selector = IPrivacyLedger.PrivacyLedger_NotSpender.selector;
        _commitRefused(0, abi.encodeWithSelector(selector, COOPERATIVE, address(tasks)));
    }

    function test_PRV22_spendsOnlyUnderConsentAndOnlyWhereTheTermsSaySo() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.microRho = 1;
        token.mint(OWNER, terms.reward);
        bytes memory reason = abi.encodeWithSelector(
            ILearningTasks.LearningTasks_InvalidTerms.selector,
            "microRho",
            uint256(1)
        );
        _refused(OWNER, abi.encodeCall(tasks.openTask, (terms)), reason);
        // the same data in a task that asks for consent, and tells nothing that is counted
        terms = _spending();
        terms.microRho = 0;
        task = _open(terms);
        _joinAll(1, 4, 1);
        _prepareData(0, 1000);
        _enter(ILearningTasks.Phase.Commit);
        _commitUpdate(_client(0));
        assertEq(_spent(0), 0);
    }
}
