// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {TasksFixture} from "./TasksFixture.sol";

contract TaskBatchesTest is TasksFixture {
    uint256 private constant N = 50;
    uint256 private constant FEW = 4;
    uint256 private constant ITEM = 116;
    uint256 private constant BLOCK_SHARE = 2_000_000;

    function setUp() public {
        _deploy();
        task = _open(_terms());
        _joinAll(N, 4, 1);
        _enter(ILearningTasks.Phase.Commit);
    }

    /// @dev The items with one byte changed.
    function _spoilt(bytes memory items, uint256 offset) private pure returns (bytes memory) {
        items[offset] = bytes1(uint8(items[offset]) ^ 1);
        return items;
    }

    function _assertCommitted(uint256 n, uint256 except) private view {
        for (uint256 i; i < n; ++i) assertEq(tasks.participantOf(task, _client(i)).round, i == except ? 0 : 1);
    }

    /// @dev What a transaction pays at 64 gas a byte of calldata, or for its work, whichever is more.
    function _transactionGas(bytes memory data, uint256 execution) private pure returns (uint256) {
        uint256 calldataGas = 21_000 + 64 * data.length;
        uint256 work = 21_000 + 16 * data.length + execution;
        return work > calldataGas ? work : calldataGas;
    }

    function test_TSK09_TSK15_fiftyCommitAndRevealInTwoTransactions() public {
        bytes memory items = _commitItems(0, N);
        uint256 before = gasleft();
        assertEq(tasks.commitUpdates(task, items), N);
        assertLe(_transactionGas(items, before - gasleft()), BLOCK_SHARE);
        _assertCommitted(N, N);
        _enter(ILearningTasks.Phase.Reveal);
        items = _revealItems(0, N);
        before = gasleft();
        assertEq(tasks.revealUpdates(task, items), N);
        assertLe(_transactionGas(items, before - gasleft()), BLOCK_SHARE);
        assertEq(tasks.roundState(task).updates, N);
        for (uint256 i; i < N; ++i) assertTrue(tasks.participantOf(task, _client(i)).revealed);
    }

    function test_TSK09_oneBadOfFiftyHarmsNoOther() public {
        assertEq(tasks.commitUpdates(task, _spoilt(_commitItems(0, N), 7 * ITEM + 30)), N - 1);
        _assertCommitted(N, 7);
    }

    /// @dev Whatever is wrong with one item, the others count, and nothing of it does.
    function testFuzz_TSK09_oneBadCommitmentHarmsNoOther(uint256 which, uint256 offset) public {
        which = bound(which, 0, FEW - 1);
        offset = bound(offset, 0, ITEM - 1);
        bytes memory items = _spoilt(_commitItems(0, FEW), which * ITEM + offset);
        // of the parity bit and s the lowest bit alone was changed, so that no signature is its other form
        assertEq(tasks.commitUpdates(task, items), FEW - 1);
        _assertCommitted(FEW, which);
    }

    function testFuzz_TSK09_oneBadRevealHarmsNoOther(uint256 which, uint256 offset) public {
        which = bound(which, 0, FEW - 1);
        offset = bound(offset, 0, ITEM - 1);
        tasks.commitUpdates(task, _commitItems(0, FEW));
        _enter(ILearningTasks.Phase.Reveal);
        assertEq(tasks.revealUpdates(task, _spoilt(_revealItems(0, FEW), which * ITEM + offset)), FEW - 1);
        assertFalse(tasks.participantOf(task, _client(which)).revealed);
        // which it can still do by itself
        tasks.revealUpdate(task, _client(which), _update(_client(which)));
        assertEq(tasks.roundState(task).updates, FEW);
    }

    function test_TSK09_skipsWhatCameAlready() public {
        bytes memory items = bytes.concat(_commitItem(0), _commitItem(1), _commitItem(0));
        assertEq(tasks.commitUpdates(task, items), 2);
        assertEq(tasks.commitUpdates(task, items), 0);
        _enter(ILearningTasks.Phase.Reveal);
        items = bytes.concat(_revealItem(0), _revealItem(1), _revealItem(0));
        assertEq(tasks.revealUpdates(task, items), 2);
        assertEq(tasks.revealUpdates(task, items), 0);
        assertEq(tasks.roundState(task).updates, 2);
    }

    /// @dev Members without a place, other roles, and the zero address that a broken signature recovers to.
    function test_TSK09_skipsWhoIsNoClient() public {
        _admit(_client(N));
        bytes memory zero = new bytes(ITEM);
        assertEq(tasks.commitUpdates(task, bytes.concat(_commitItem(N), zero, _commitItem(0))), 1);
        _enter(ILearningTasks.Phase.Reveal);
        assertEq(tasks.revealUpdates(task, bytes.concat(_revealItem(N), zero, _revealItem(0))), 1);
    }

    function test_TSK09_refusesPartsOfItemsAndTooMany() public {
        uint256 most = (tasks.MAX_BATCH() + 1) * ITEM;
        uint256[4] memory lengths = [0, ITEM - 1, ITEM + 1, most];
        for (uint256 i; i < 4; ++i) {
            bytes memory reason = abi.encodeWithSelector(
                ILearningTasks.LearningTasks_InvalidBatch.selector,
                lengths[i],
                ITEM
            );
            _refused(address(this), abi.encodeCall(tasks.commitUpdates, (task, new bytes(lengths[i]))), reason);
        }
        assertEq(tasks.commitUpdates(task, new bytes(most - ITEM)), 0);
        _enter(ILearningTasks.Phase.Reveal);
        for (uint256 i; i < 4; ++i) {
            bytes memory reason = abi.encodeWithSelector(
                ILearningTasks.LearningTasks_InvalidBatch.selector,
                lengths[i],
                ITEM
            );
            _refused(address(this), abi.encodeCall(tasks.revealUpdates, (task, new bytes(lengths[i]))), reason);
        }
    }

    function test_TSK09_batchesKeepTheirPhases() public {
        bytes memory items = _commitItem(0);
        bytes memory openings = _revealItem(0);
        _refused(
            address(this),
            abi.encodeCall(tasks.revealUpdates, (task, openings)),
            _wrongPhase(ILearningTasks.Phase.Commit, ILearningTasks.Phase.Reveal)
        );
        _enter(ILearningTasks.Phase.Reveal);
        _refused(
            address(this),
            abi.encodeCall(tasks.commitUpdates, (task, items)),
            _wrongPhase(ILearningTasks.Phase.Reveal, ILearningTasks.Phase.Commit)
        );
    }
}
