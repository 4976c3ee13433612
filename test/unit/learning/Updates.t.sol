// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningRounds} from "../../../contracts/learning/interfaces/ILearningRounds.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {LearningFixture} from "./LearningFixture.sol";

contract UpdatesTest is LearningFixture {
    function setUp() public {
        _deploy();
        task = _open(_terms());
        _joinAll(3, 5, 3);
        _enter(ILearningRounds.Phase.Commit);
    }

    function _commit(address client, bytes32 commitment) private {
        vm.prank(client);
        rounds.commitUpdate(task, commitment);
    }

    function _revealData(
        address client,
        ILearningRounds.UpdateOpening memory opening
    ) private view returns (bytes memory) {
        return abi.encodeCall(rounds.revealUpdate, (task, client, opening));
    }

    function _mismatch(address client) private view returns (bytes memory) {
        return _inRound(ILearningRounds.LearningRounds_CommitmentMismatch.selector, client);
    }

    // ------------------------------------------------------------------------------------------------------ committing

    function test_LRN07_onlyClientsCommit() public {
        bytes memory data = abi.encodeCall(rounds.commitUpdate, (task, SALT));
        ILearningRounds.Role client = ILearningRounds.Role.Client;
        _refused(_auditor(0), data, _wrongRole(_auditor(0), ILearningRounds.Role.Auditor, client));
        _refused(address(7), data, _wrongRole(address(7), ILearningRounds.Role.None, client));
    }

    function test_LRN07_commitsOnce() public {
        _commitUpdate(_client(0));
        bytes memory data = abi.encodeCall(rounds.commitUpdate, (task, SALT));
        _refused(_client(0), data, _inRound(ILearningRounds.LearningRounds_AlreadyCommitted.selector, _client(0)));
    }

    /// @dev The formula, written out once more.
    function test_LRN06_commitmentFormula() public view {
        ILearningRounds.UpdateOpening memory opening = _update(_client(0));
        bytes32 expected = keccak256(
            abi.encode(
                keccak256("artel.update.v1"),
                block.chainid,
                address(rounds),
                task,
                uint256(1),
                _client(0),
                opening.root,
                uint256(opening.samples),
                uint256(opening.norm),
                keccak256(opening.cid),
                opening.salt
            )
        );
        assertEq(rounds.updateCommitment(task, 1, _client(0), opening), expected);
    }

    /// @dev Whatever a commitment binds, changing it makes another one.
    function test_LRN06_commitmentBindsEverything() public {
        ILearningRounds.UpdateOpening memory opening = _update(_client(0));
        bytes32 commitment = rounds.updateCommitment(task, 1, _client(0), opening);
        assertNotEq(commitment, rounds.updateCommitment(TaskId.wrap(2), 1, _client(0), opening));
        assertNotEq(commitment, rounds.updateCommitment(task, 2, _client(0), opening));
        assertNotEq(commitment, rounds.updateCommitment(task, 1, _client(1), opening));
        ++opening.samples;
        assertNotEq(commitment, rounds.updateCommitment(task, 1, _client(0), opening));
        opening = _update(_client(0));
        ++opening.norm;
        assertNotEq(commitment, rounds.updateCommitment(task, 1, _client(0), opening));
        opening = _update(_client(0));
        opening.cid = "other";
        assertNotEq(commitment, rounds.updateCommitment(task, 1, _client(0), opening));
        vm.chainId(99);
        assertNotEq(commitment, rounds.updateCommitment(task, 1, _client(0), _update(_client(0))));
    }

    // ------------------------------------------------------------------------------------------------------- revealing

    function test_LRN07_anybodyReveals() public {
        _commitUpdate(_client(0));
        _enter(ILearningRounds.Phase.Reveal);
        vm.prank(address(0xabc));
        rounds.revealUpdate(task, _client(0), _update(_client(0)));
        assertEq(rounds.roundState(task).updates, 1);
    }

    function test_LRN03_refusesToRevealDuringCommit() public {
        _commitUpdate(_client(0));
        _refused(
            _client(0),
            _revealData(_client(0), _update(_client(0))),
            _wrongPhase(ILearningRounds.Phase.Commit, ILearningRounds.Phase.Reveal)
        );
    }

    /// @dev A copied commitment can't be opened: it binds another sender.
    function test_LRN07_refusesToRevealACopiedCommitment() public {
        _commitUpdate(_client(0));
        _commit(_client(1), rounds.updateCommitment(task, 1, _client(0), _update(_client(0))));
        _enter(ILearningRounds.Phase.Reveal);
        _refused(_client(1), _revealData(_client(1), _update(_client(0))), _mismatch(_client(1)));
    }

    function test_LRN06_refusesAnotherOpening() public {
        _commitUpdate(_client(0));
        _enter(ILearningRounds.Phase.Reveal);
        ILearningRounds.UpdateOpening memory opening = _update(_client(0));
        ++opening.norm;
        _refused(_client(0), _revealData(_client(0), opening), _mismatch(_client(0)));
    }

    function test_LRN07_refusesACommitmentOfAnEarlierRound() public {
        _commitUpdate(_client(0));
        ILearningRounds.UpdateOpening memory old = _update(_client(0));
        _enter(ILearningRounds.Phase.Finishing);
        rounds.finishRound(task);
        _enter(ILearningRounds.Phase.Reveal);
        _refused(_client(0), _revealData(_client(0), old), _mismatch(_client(0)));
    }

    function test_LRN07_revealsOnce() public {
        _updates(1);
        bytes memory reason = _inRound(ILearningRounds.LearningRounds_AlreadyRevealed.selector, _client(0));
        _refused(_client(0), _revealData(_client(0), _update(_client(0))), reason);
    }

    function test_LRN07_onlyClientsReveal() public {
        _enter(ILearningRounds.Phase.Reveal);
        bytes memory reason = _wrongRole(_auditor(0), ILearningRounds.Role.Auditor, ILearningRounds.Role.Client);
        _refused(_auditor(0), _revealData(_auditor(0), _update(_auditor(0))), reason);
    }

    function test_LRN08_refusesBadContent() public {
        ILearningRounds.UpdateOpening memory opening = _update(_client(0));
        _enter(ILearningRounds.Phase.Reveal);
        bytes4 selector = ILearningRounds.LearningRounds_InvalidContent.selector;
        opening.root = 0;
        bytes memory reason = abi.encodeWithSelector(selector, bytes32(0), opening.cid.length);
        _refused(_client(0), _revealData(_client(0), opening), reason);
        opening = _update(_client(0));
        opening.cid = "";
        _refused(_client(0), _revealData(_client(0), opening), abi.encodeWithSelector(selector, opening.root, 0));
        opening.cid = new bytes(97);
        _refused(_client(0), _revealData(_client(0), opening), abi.encodeWithSelector(selector, opening.root, 97));
    }

    // -------------------------------------------------------------------------------------------------------- striking

    /// @dev Clients 0 and 1 commit to the same root, `gap` seconds apart, the one with index `first` first.
    function _copies(uint256 first, uint256 gap) private returns (ILearningRounds.UpdateOpening memory opening) {
        opening = _update(_client(0));
        _commit(_client(first), rounds.updateCommitment(task, 1, _client(first), opening));
        vm.warp(block.timestamp + gap);
        _commit(_client(1 - first), rounds.updateCommitment(task, 1, _client(1 - first), opening));
        _commitUpdate(_client(2));
        _enter(ILearningRounds.Phase.Reveal);
        rounds.revealUpdate(task, _client(0), opening);
        rounds.revealUpdate(task, _client(1), opening);
        rounds.revealUpdate(task, _client(2), _update(_client(2)));
    }

    function _strikeData(
        address original,
        ILearningRounds.UpdateOpening memory originalOpening,
        address copy,
        ILearningRounds.UpdateOpening memory copyOpening
    ) private view returns (bytes memory) {
        return abi.encodeCall(rounds.strikeCopy, (task, original, originalOpening, copy, copyOpening));
    }

    function _strikesTheLater(uint256 first, uint256 gap) private {
        ILearningRounds.UpdateOpening memory opening = _copies(first, gap);
        address original = _client(first);
        address copy = _client(1 - first);
        bytes memory reason = abi.encodeWithSelector(ILearningRounds.LearningRounds_NotACopy.selector, copy, original);
        _refused(address(this), _strikeData(copy, opening, original, opening), reason);
        rounds.strikeCopy(task, original, opening, copy, opening);
        assertEq(rounds.roundState(task).updates, 2);
        // neither twice, nor back again
        _refused(address(this), _strikeData(original, opening, copy, opening), _mismatch(copy));
        _refused(copy, _revealData(copy, opening), _mismatch(copy));
    }

    function test_LRN09_strikesTheLaterOfTwo() public {
        _strikesTheLater(0, 1);
    }

    function test_LRN09_strikesTheLaterEvenWithALowerIndex() public {
        _strikesTheLater(1, 1);
    }

    function test_LRN09_strikesTheHigherIndexInTheSameSecond() public {
        _strikesTheLater(0, 0);
    }

    function test_LRN09_strikesTheHigherIndexEvenIfItWasFirstWithinTheSecond() public {
        ILearningRounds.UpdateOpening memory opening = _copies(1, 0);
        rounds.strikeCopy(task, _client(0), opening, _client(1), opening);
        assertEq(rounds.roundState(task).updates, 2);
    }

    function test_LRN09_refusesToStrikeAnHonestUpdate() public {
        _updates(2);
        bytes memory reason = abi.encodeWithSelector(
            ILearningRounds.LearningRounds_NotACopy.selector,
            _client(0),
            _client(1)
        );
        _refused(address(this), _strikeData(_client(0), _update(_client(0)), _client(1), _update(_client(1))), reason);
    }

    function test_LRN09_refusesToStrikeAnUpdateByItself() public {
        _updates(2);
        ILearningRounds.UpdateOpening memory opening = _update(_client(0));
        bytes memory reason = abi.encodeWithSelector(
            ILearningRounds.LearningRounds_NotACopy.selector,
            _client(0),
            _client(0)
        );
        _refused(address(this), _strikeData(_client(0), opening, _client(0), opening), reason);
    }

    /// @dev A commitment that was never revealed strikes nobody: its owner could have guessed, but not trained.
    function test_LRN09_refusesToStrikeByAnUnrevealedUpdate() public {
        ILearningRounds.UpdateOpening memory opening = _update(_client(0));
        _commit(_client(0), rounds.updateCommitment(task, 1, _client(0), opening));
        _commit(_client(1), rounds.updateCommitment(task, 1, _client(1), opening));
        _enter(ILearningRounds.Phase.Reveal);
        bytes memory data = _strikeData(_client(0), opening, _client(1), opening);
        bytes4 selector = ILearningRounds.LearningRounds_NotRevealed.selector;
        _refused(address(this), data, _inRound(selector, _client(0)));
        rounds.revealUpdate(task, _client(1), opening);
        _refused(address(this), data, _inRound(selector, _client(0)));
    }

    function test_LRN09_strikesUntilTheEndOfAuditCommit() public {
        ILearningRounds.UpdateOpening memory opening = _copies(0, 1);
        _enter(ILearningRounds.Phase.AuditReveal);
        _refused(
            address(this),
            _strikeData(_client(0), opening, _client(1), opening),
            _wrongPhase(ILearningRounds.Phase.AuditReveal, ILearningRounds.Phase.AuditCommit)
        );
        vm.warp(block.timestamp - 1);
        rounds.strikeCopy(task, _client(0), opening, _client(1), opening);
    }

    function test_LRN09_aStruckUpdateIsNotScored() public {
        ILearningRounds.UpdateOpening memory opening = _copies(0, 1);
        bytes[] memory vectors = _unanimous(_flat(100, 3), 5);
        rounds.strikeCopy(task, _client(0), opening, _client(1), opening);
        _audits(vectors);
        _score(vectors);
        assertEq(rounds.scoreOf(task, _client(0)), 100);
        assertEq(rounds.scoreOf(task, _client(1)), 0);
    }

    function test_LRN09_strikesOnlyFromRevealOn() public {
        ILearningRounds.UpdateOpening memory opening = _update(_client(0));
        _refused(
            address(this),
            _strikeData(_client(0), opening, _client(1), opening),
            _wrongPhase(ILearningRounds.Phase.Commit, ILearningRounds.Phase.Reveal)
        );
    }
}
