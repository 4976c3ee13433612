// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearning} from "../../../contracts/learning/interfaces/ILearning.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {SignerWallet} from "../../../contracts/mocks/SignerWallet.sol";
import {IReputation} from "../../../contracts/reputation/interfaces/IReputation.sol";
import {TasksFixture} from "./TasksFixture.sol";

contract TaskUpdatesTest is TasksFixture {
    function setUp() public {
        _deploy();
        task = _open(_terms());
        _joinAll(3, 4, 1);
        _enter(ILearningTasks.Phase.Commit);
    }

    function _commit(address client, bytes32 commitment) private {
        vm.prank(client);
        tasks.commitUpdate(task, commitment);
    }

    function _commitData(bytes32 commitment) private view returns (bytes memory) {
        return abi.encodeCall(tasks.commitUpdate, (task, commitment));
    }

    function _revealData(
        address client,
        ILearningTasks.UpdateOpening memory opening
    ) private view returns (bytes memory) {
        return abi.encodeCall(tasks.revealUpdate, (task, client, opening));
    }

    function _mismatch(address client) private view returns (bytes memory) {
        return _inRound(ILearningTasks.LearningTasks_CommitmentMismatch.selector, client);
    }

    /// @dev The running round is void, by nobody's update; the next one begins.
    function _nextRound() internal {
        uint256 slot = _headSlot();
        // startedAt in the lowest 40 bits, round in the 16 above
        uint256 head = uint256(vm.load(address(tasks), bytes32(slot)));
        uint256 round = uint16(head >> 40) + 1;
        head = ((head >> 56) << 56) | (round << 40) | block.timestamp;
        vm.store(address(tasks), bytes32(slot), bytes32(head));
    }

    /// @dev `_tasks` is the first variable of the contract.
    function _headSlot() private view returns (uint256) {
        return uint256(keccak256(abi.encode(task, uint256(0))));
    }

    // ------------------------------------------------------------------------------------------------------ committing

    function test_TSK07_onlyClientsCommit() public {
        _refused(
            _auditor(0),
            _commitData(SALT),
            _wrongRole(_auditor(0), ILearningTasks.Role.Auditor, ILearningTasks.Role.Client)
        );
    }

    function test_TSK07_commitsOnceARound() public {
        _commitUpdate(_client(0));
        bytes4 selector = ILearningTasks.LearningTasks_AlreadyCommitted.selector;
        _refused(_client(0), _commitData(SALT), _inRound(selector, _client(0)));
        _nextRound();
        _commitUpdate(_client(0));
        assertEq(tasks.participantOf(task, _client(0)).round, 2);
    }

    function test_TSK07_keepsTheTimeOfACommitment() public {
        vm.warp(block.timestamp + 25);
        _commitUpdate(_client(0));
        assertEq(tasks.participantOf(task, _client(0)).committed, 16_384);
        vm.warp(START + 99);
        _commitUpdate(_client(1));
        assertEq(tasks.participantOf(task, _client(1)).committed, (uint256(99) << 16) / 100);
    }

    /// @dev The formula, written out once more.
    function test_TSK06_commitmentFormula() public view {
        ILearningTasks.UpdateOpening memory opening = _update(_client(0));
        bytes32 inner = keccak256(abi.encode(uint256(0x55), opening.content.digest, opening.salt));
        bytes32 expected = keccak256(
            abi.encode(
                keccak256("artel.task.update.v1"),
                block.chainid,
                address(tasks),
                task,
                uint256(1),
                _client(0),
                opening.root,
                uint256(600),
                uint256(12345),
                inner
            )
        );
        assertEq(tasks.updateCommitment(task, 1, _client(0), opening), expected);
    }

    /// @dev Chain, contract, task, round and client are all in it, and everything of the update.
    function testFuzz_TSK06_aCommitmentBindsEverything(uint8 what, bytes32 other) public {
        ILearningTasks.UpdateOpening memory opening = _update(_client(0));
        bytes32 commitment = tasks.updateCommitment(task, 1, _client(0), opening);
        _commit(_client(0), commitment);
        _enter(ILearningTasks.Phase.Reveal);
        what %= 6;
        if (what == 0) opening.root = keccak256(abi.encode(other));
        if (what == 1) opening.samples ^= uint32(uint256(other) | 1);
        if (what == 2) opening.norm ^= uint64(uint256(other) | 1);
        if (what == 3) opening.content.codec ^= uint32(uint256(other) | 1);
        if (what == 4) opening.content.digest = keccak256(abi.encode(other));
        if (what == 5) opening.salt ^= bytes16(uint128(uint256(other) | 1));
        _refused(address(this), _revealData(_client(0), opening), _mismatch(_client(0)));
    }

    function test_TSK06_aCommitmentOfAnotherTaskContractOrChainCannotBeOpened() public {
        ILearningTasks.UpdateOpening memory opening = _update(_client(0));
        TaskId other = TaskId.wrap(TaskId.unwrap(task) + 1);
        _commit(_client(0), tasks.updateCommitment(other, 1, _client(0), opening));
        ILearning twin = _newTasks(IReputation(address(reputation)));
        _commit(_client(1), twin.updateCommitment(task, 1, _client(1), _update(_client(1))));
        uint256 home = block.chainid;
        vm.chainId(home + 1);
        bytes32 foreign = tasks.updateCommitment(task, 1, _client(2), _update(_client(2)));
        vm.chainId(home);
        _commit(_client(2), foreign);
        _enter(ILearningTasks.Phase.Reveal);
        for (uint256 i; i < 3; ++i)
            _refused(address(this), _revealData(_client(i), _update(_client(i))), _mismatch(_client(i)));
    }

    // --------------------------------------------------------------------------------------------------------- ghosts

    function test_TSK10_twoGhostCommitmentsExclude() public {
        bytes memory excluded = abi.encodeWithSelector(
            ILearningTasks.LearningTasks_Excluded.selector,
            task,
            _client(0)
        );
        _commit(_client(0), SALT);
        _nextRound();
        _commit(_client(0), SALT);
        assertEq(tasks.participantOf(task, _client(0)).misses, 1);
        _nextRound();
        _refused(_client(0), _commitData(SALT), excluded);
        // nor later
        _nextRound();
        _refused(_client(0), _commitData(SALT), excluded);
        _commit(_client(1), SALT);
    }

    function test_TSK10_aRevealIsNoMissAndTakesNoneBack() public {
        for (uint256 i; i < 4; ++i) {
            bool silent = i == 1;
            _commitUpdate(_client(0));
            _enter(ILearningTasks.Phase.Reveal);
            if (!silent) tasks.revealUpdate(task, _client(0), _update(_client(0)));
            _nextRound();
        }
        _commit(_client(0), SALT);
        assertEq(tasks.participantOf(task, _client(0)).misses, 1);
        _nextRound();
        _refused(
            _client(0),
            _commitData(SALT),
            abi.encodeWithSelector(ILearningTasks.LearningTasks_Excluded.selector, task, _client(0))
        );
    }

    // ------------------------------------------------------------------------------------------------------- revealing

    function test_TSK07_anybodyRevealsWhoKnowsTheOpening() public {
        _commitUpdate(_client(0));
        _enter(ILearningTasks.Phase.Reveal);
        ILearningTasks.UpdateOpening memory opening = _update(_client(0));
        vm.expectEmit(address(tasks));
        emit ILearningTasks.UpdateRevealed(
            task,
            1,
            _client(0),
            opening.root,
            opening.content.digest,
            _details(opening)
        );
        vm.prank(address(0xA27));
        tasks.revealUpdate(task, _client(0), opening);
        assertEq(tasks.roundState(task).updates, 1);
    }

    function test_TSK07_aCopiedCommitmentCannotBeOpened() public {
        bytes32 commitment = _commitment(_client(0));
        _commit(_client(0), commitment);
        _commit(_client(1), commitment);
        _enter(ILearningTasks.Phase.Reveal);
        tasks.revealUpdate(task, _client(0), _update(_client(0)));
        _refused(_client(1), _revealData(_client(1), _update(_client(0))), _mismatch(_client(1)));
    }

    function test_TSK07_refusesARevealDuringCommit() public {
        _commitUpdate(_client(0));
        _refused(
            _client(0),
            _revealData(_client(0), _update(_client(0))),
            _wrongPhase(ILearningTasks.Phase.Commit, ILearningTasks.Phase.Reveal)
        );
    }

    function test_TSK07_revealsOnce() public {
        _updates(1);
        bytes4 selector = ILearningTasks.LearningTasks_AlreadyRevealed.selector;
        _refused(_client(0), _revealData(_client(0), _update(_client(0))), _inRound(selector, _client(0)));
        assertEq(tasks.roundState(task).updates, 1);
    }

    function test_TSK07_aCommitmentOfAnEarlierRoundCannotBeOpened() public {
        ILearningTasks.UpdateOpening memory opening = _update(_client(0));
        _commitUpdate(_client(0));
        _nextRound();
        _enter(ILearningTasks.Phase.Reveal);
        _refused(_client(0), _revealData(_client(0), opening), _mismatch(_client(0)));
    }

    /// @dev The word of revealed updates is of the running round alone, though nobody clears it.
    function test_TSK07_countsUpdatesOfTheRunningRoundAlone() public {
        _updates(3);
        assertEq(tasks.roundState(task).updates, 3);
        _nextRound();
        assertEq(tasks.roundState(task).updates, 0);
        _updates(1);
        assertEq(tasks.roundState(task).updates, 1);
    }

    function test_TSK07_refusesARootOrDigestOfZero() public {
        ILearningTasks.UpdateOpening memory opening = _update(_client(0));
        opening.root = 0;
        _commit(_client(0), tasks.updateCommitment(task, 1, _client(0), opening));
        _enter(ILearningTasks.Phase.Reveal);
        bytes4 selector = ILearningTasks.LearningTasks_InvalidContent.selector;
        _refused(
            address(this),
            _revealData(_client(0), opening),
            abi.encodeWithSelector(selector, 0, opening.content.digest)
        );
        opening = _update(_client(1));
        opening.content.digest = 0;
        _refused(address(this), _revealData(_client(1), opening), abi.encodeWithSelector(selector, opening.root, 0));
    }

    // --------------------------------------------------------------------------------------------------------- signed

    function _signed(uint256 key, bytes32 digest) private pure returns (bytes memory) {
        return signatureOf(key, digest);
    }

    function _refuseSigned(address client, bytes32 digest) private {
        bytes32 commitment = _commitment(client);
        bytes memory signature = _signed(_key(0), digest);
        _refused(
            address(this),
            abi.encodeCall(tasks.commitUpdateBySig, (task, client, commitment, signature)),
            _inRound(ILearningTasks.LearningTasks_InvalidSignature.selector, client)
        );
    }

    function test_TSK08_anybodyBringsASignedCommitment() public {
        bytes32 commitment = _commitment(_client(0));
        bytes memory signature = _signed(_key(0), _digest(address(tasks), task, 1, _client(0), commitment));
        tasks.commitUpdateBySig(task, _client(0), commitment, signature);
        _enter(ILearningTasks.Phase.Reveal);
        tasks.revealUpdate(task, _client(0), _update(_client(0)));
    }

    function test_TSK08_aSignatureIsForItsChainContractTaskRoundAndClient() public {
        address client = _client(0);
        bytes32 commitment = _commitment(client);
        _refuseSigned(client, _digest(address(0xBAD), task, 1, client, commitment));
        _refuseSigned(client, _digest(address(tasks), TaskId.wrap(2), 1, client, commitment));
        _refuseSigned(client, _digest(address(tasks), task, 2, client, commitment));
        _refuseSigned(client, _digest(address(tasks), task, 1, _client(1), commitment));
        _refuseSigned(client, _digest(address(tasks), task, 1, client, SALT));
        _refuseSigned(_client(1), _digest(address(tasks), task, 1, _client(1), _commitment(_client(1))));
        uint256 home = block.chainid;
        vm.chainId(home + 1);
        bytes32 foreign = _digest(address(tasks), task, 1, client, commitment);
        vm.chainId(home);
        _refuseSigned(client, foreign);
    }

    function test_TSK08_aSignedCommitmentAndAnOwnOneAreOneTogether() public {
        bytes32 commitment = _commitment(_client(0));
        bytes memory signature = _signed(_key(0), _digest(address(tasks), task, 1, _client(0), commitment));
        bytes memory data = abi.encodeCall(tasks.commitUpdateBySig, (task, _client(0), commitment, signature));
        bytes memory reason = _inRound(ILearningTasks.LearningTasks_AlreadyCommitted.selector, _client(0));
        tasks.commitUpdateBySig(task, _client(0), commitment, signature);
        _refused(_client(0), _commitData(SALT), reason);
        _refused(address(this), data, reason);
        // nor does the signature commit in the next round
        _nextRound();
        _refused(address(this), data, _inRound(ILearningTasks.LearningTasks_InvalidSignature.selector, _client(0)));
    }

    function test_TSK08_aWalletSignsByItsContract() public {
        address wallet = address(new SignerWallet(_client(7)));
        _admit(wallet);
        bytes32 commitment = _commitment(wallet);
        bytes32 digest = _digest(address(tasks), task, 1, wallet, commitment);
        bytes memory wrong = _signed(_key(6), digest);
        _refused(
            address(this),
            abi.encodeCall(tasks.commitUpdateBySig, (task, wallet, commitment, wrong)),
            _inRound(ILearningTasks.LearningTasks_InvalidSignature.selector, wallet)
        );
        // it has no place yet, and joins by it
        tasks.commitUpdateBySig(task, wallet, commitment, _signed(_key(7), digest));
        assertEq(tasks.participantOf(task, wallet).id, 3);
    }

    // -------------------------------------------------------------------------------------------------------- striking

    /// @dev Clients 0 and 1 commit to the same root, `gap` seconds apart, the one with id `first` first.
    function _copies(uint256 first, uint256 gap) private returns (ILearningTasks.UpdateOpening memory opening) {
        opening = _update(_client(0));
        _commit(_client(first), tasks.updateCommitment(task, 1, _client(first), opening));
        vm.warp(block.timestamp + gap);
        _commit(_client(1 - first), tasks.updateCommitment(task, 1, _client(1 - first), opening));
        _commitUpdate(_client(2));
        _enter(ILearningTasks.Phase.Reveal);
        tasks.revealUpdate(task, _client(0), opening);
        tasks.revealUpdate(task, _client(1), opening);
        tasks.revealUpdate(task, _client(2), _update(_client(2)));
    }

    function _strikeData(
        address original,
        ILearningTasks.UpdateOpening memory originalOpening,
        address copy,
        ILearningTasks.UpdateOpening memory copyOpening
    ) private view returns (bytes memory) {
        return abi.encodeCall(tasks.strikeCopy, (task, original, originalOpening, copy, copyOpening));
    }

    function _notACopy(address original, address copy) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ILearningTasks.LearningTasks_NotACopy.selector, original, copy);
    }

    function _strikesTheLater(uint256 first, uint256 gap) private {
        ILearningTasks.UpdateOpening memory opening = _copies(first, gap);
        address original = _client(first);
        address copy = _client(1 - first);
        _refused(address(this), _strikeData(copy, opening, original, opening), _notACopy(copy, original));
        tasks.strikeCopy(task, original, opening, copy, opening);
        assertEq(tasks.roundState(task).updates, 2);
        assertTrue(tasks.participantOf(task, copy).struck);
        // neither twice, nor the original by it, nor back again
        bytes memory gone = _inRound(ILearningTasks.LearningTasks_NotRevealed.selector, copy);
        _refused(address(this), _strikeData(original, opening, copy, opening), gone);
        _refused(address(this), _strikeData(copy, opening, original, opening), gone);
        bytes4 selector = ILearningTasks.LearningTasks_AlreadyRevealed.selector;
        _refused(copy, _revealData(copy, opening), _inRound(selector, copy));
    }

    function test_TSK11_strikesTheLaterOfTwo() public {
        _strikesTheLater(0, 1);
    }

    function test_TSK11_strikesTheLaterEvenWithALowerId() public {
        _strikesTheLater(1, 1);
    }

    function test_TSK11_strikesTheHigherIdAtTheSameTime() public {
        _strikesTheLater(0, 0);
    }

    function test_TSK11_refusesToStrikeAnHonestUpdate() public {
        _updates(2);
        bytes memory data = _strikeData(_client(0), _update(_client(0)), _client(1), _update(_client(1)));
        _refused(address(this), data, _notACopy(_client(0), _client(1)));
        data = _strikeData(_client(0), _update(_client(0)), _client(0), _update(_client(0)));
        _refused(address(this), data, _notACopy(_client(0), _client(0)));
    }

    /// @dev A commitment that was never revealed strikes nobody: its owner could have guessed, but not trained.
    function test_TSK11_refusesToStrikeByAnUnrevealedUpdate() public {
        ILearningTasks.UpdateOpening memory opening = _update(_client(0));
        _commit(_client(0), tasks.updateCommitment(task, 1, _client(0), opening));
        _commit(_client(1), tasks.updateCommitment(task, 1, _client(1), opening));
        _enter(ILearningTasks.Phase.Reveal);
        tasks.revealUpdate(task, _client(1), opening);
        _refused(
            address(this),
            _strikeData(_client(0), opening, _client(1), opening),
            _inRound(ILearningTasks.LearningTasks_NotRevealed.selector, _client(0))
        );
    }

    function test_TSK11_strikesUntilScoresShow() public {
        ILearningTasks.UpdateOpening memory opening = _copies(0, 1);
        _enter(ILearningTasks.Phase.AuditReveal);
        _refused(
            address(this),
            _strikeData(_client(0), opening, _client(1), opening),
            _wrongPhase(ILearningTasks.Phase.AuditReveal, ILearningTasks.Phase.AuditCommit)
        );
        vm.warp(block.timestamp - 1);
        _refused(
            address(this),
            _strikeData(_client(0), opening, _client(1), opening),
            abi.encodeWithSelector(ILearningTasks.LearningTasks_NotDrawn.selector, task, 1)
        );
        _draw();
        tasks.strikeCopy(task, _client(0), opening, _client(1), opening);
    }

    /// @dev A struck client is no ghost: it did reveal.
    function test_TSK11_aStruckClientCommitsAgain() public {
        ILearningTasks.UpdateOpening memory opening = _copies(0, 1);
        tasks.strikeCopy(task, _client(0), opening, _client(1), opening);
        _nextRound();
        _commitUpdate(_client(1));
        assertEq(tasks.participantOf(task, _client(1)).misses, 0);
    }

    // ------------------------------------------------------------------------------------------------ seed and scores

    function _scores(address auditor) private pure returns (ILearningTasks.ScoresOpening memory) {
        return ILearningTasks.ScoresOpening(auditor, SALT, abi.encode(uint256(uint160(auditor))));
    }

    function _commitScores(address auditor) private {
        bytes32 commitment = tasks.scoresCommitment(task, _round(), _scores(auditor));
        vm.prank(auditor);
        tasks.commitScores(task, commitment);
    }

    function test_TSK12_drawsTheSeedOfTheBeacon() public {
        _updates(3);
        _enter(ILearningTasks.Phase.AuditCommit);
        bytes32 seed = _draw();
        bytes32 expected = keccak256(
            abi.encode(keccak256("artel.task.seed.v1"), block.chainid, address(tasks), task, uint256(1), BEACON)
        );
        assertEq(seed, expected);
        ILearningTasks.PanelState memory panels = tasks.panelState(task);
        assertEq(panels.round, 1);
        assertEq(panels.seed, seed);
        assertEq(panels.panels, 1);
        assertEq(panels.cells, 1);
        assertEq(panels.auditors, 4);
        assertEq(panels.seatPay, (uint256(REWARD) * 2000) / (10_000 * 6 * 3));
    }

    function test_TSK12_drawsOnce() public {
        _updates(2);
        _enter(ILearningTasks.Phase.AuditCommit);
        _draw();
        _refused(
            address(this),
            abi.encodeCall(tasks.drawSeed, (task)),
            abi.encodeWithSelector(ILearningTasks.LearningTasks_AlreadyDrawn.selector, task, 1)
        );
    }

    function test_TSK12_drawsFromTheEndOfRevealToTheEndOfSettle() public {
        _updates(2);
        bytes memory data = abi.encodeCall(tasks.drawSeed, (task));
        _refused(address(this), data, _wrongPhase(ILearningTasks.Phase.Reveal, ILearningTasks.Phase.AuditCommit));
        _enter(ILearningTasks.Phase.AggregateCommit);
        _refused(address(this), data, _wrongPhase(ILearningTasks.Phase.AggregateCommit, ILearningTasks.Phase.Settle));
        vm.warp(block.timestamp - 1);
        _draw();
    }

    function test_TSK12_refusesASeedThatTheBeaconHasNotGiven() public {
        _updates(2);
        _enter(ILearningTasks.Phase.AuditCommit);
        _refused(
            address(this),
            abi.encodeCall(tasks.drawSeed, (task)),
            abi.encodeWithSelector(ILearningTasks.LearningTasks_SeedUnknown.selector, task, 1, block.timestamp)
        );
    }

    function test_TSK12_refusesASeedForTooFewUpdates() public {
        _updates(1);
        _enter(ILearningTasks.Phase.AuditCommit);
        _refused(
            address(this),
            abi.encodeCall(tasks.drawSeed, (task)),
            abi.encodeWithSelector(ILearningTasks.LearningTasks_TooFewUpdates.selector, task, 1, 1, 2)
        );
    }

    function test_TSK13_scoresAreCheckedAndShown() public {
        _enter(ILearningTasks.Phase.AuditCommit);
        _commitScores(_auditor(0));
        _enter(ILearningTasks.Phase.AuditReveal);
        ILearningTasks.ScoresOpening memory opening = _scores(_auditor(0));
        vm.expectEmit(address(tasks));
        emit ILearningTasks.ScoresRevealed(task, 1, _auditor(0), SALT, opening.scores);
        tasks.revealScores(task, opening);
        assertTrue(tasks.participantOf(task, _auditor(0)).revealed);
        bytes4 selector = ILearningTasks.LearningTasks_AlreadyRevealed.selector;
        _refused(address(this), abi.encodeCall(tasks.revealScores, (task, opening)), _inRound(selector, _auditor(0)));
    }

    function test_TSK13_refusesOtherScoresThanCommitted() public {
        _enter(ILearningTasks.Phase.AuditCommit);
        _commitScores(_auditor(0));
        // a copy of another's commitment
        bytes32 copied = tasks.scoresCommitment(task, 1, _scores(_auditor(0)));
        vm.prank(_auditor(1));
        tasks.commitScores(task, copied);
        _enter(ILearningTasks.Phase.AuditReveal);
        bytes4 selector = ILearningTasks.LearningTasks_CommitmentMismatch.selector;
        ILearningTasks.ScoresOpening memory opening = _scores(_auditor(0));
        opening.auditor = _auditor(1);
        _refused(address(this), abi.encodeCall(tasks.revealScores, (task, opening)), _inRound(selector, _auditor(1)));
        opening = _scores(_auditor(0));
        opening.scores = bytes.concat(opening.scores, hex"00");
        _refused(address(this), abi.encodeCall(tasks.revealScores, (task, opening)), _inRound(selector, _auditor(0)));
        opening = _scores(_auditor(0));
        opening.salt = 0;
        _refused(address(this), abi.encodeCall(tasks.revealScores, (task, opening)), _inRound(selector, _auditor(0)));
    }

    function test_TSK13_onlyAuditorsCommitScoresAndOnce() public {
        _enter(ILearningTasks.Phase.AuditCommit);
        bytes memory data = abi.encodeCall(tasks.commitScores, (task, SALT));
        _refused(_client(0), data, _wrongRole(_client(0), ILearningTasks.Role.Client, ILearningTasks.Role.Auditor));
        _commitScores(_auditor(0));
        _refused(_auditor(0), data, _inRound(ILearningTasks.LearningTasks_AlreadyCommitted.selector, _auditor(0)));
    }
}
