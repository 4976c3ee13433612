// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ModelRegistry} from "../../../contracts/learning/ModelRegistry.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {HostileToken} from "../../../contracts/mocks/HostileToken.sol";
import {MembershipStub} from "../../../contracts/mocks/MembershipStub.sol";
import {ReputationStub} from "../../../contracts/mocks/ReputationStub.sol";
import {IReputation} from "../../../contracts/reputation/interfaces/IReputation.sol";
import {RewardEscrow} from "../../../contracts/rewards/RewardEscrow.sol";
import {StakeVault} from "../../../contracts/rewards/StakeVault.sol";
import {TestBase} from "../Vm.sol";
import {RewardsHarness} from "./RewardsHarness.sol";

/// @title RewardsFixture
/// @notice A task of a cooperative on a `RewardsHarness`, and the steps of a round as single calls.
abstract contract RewardsFixture is TestBase {
    address internal constant COOPERATIVE = address(0xC00B);
    address internal constant TREASURY = address(0x51A5);
    address internal constant STRANGER = address(0xBAD);
    uint40 internal constant START = 1_000_000;
    uint96 internal constant REWARD = 1_000_000_007; // a prime, so that nothing divides by luck
    uint96 internal constant STAKE = 1000;
    uint24 internal constant APPEAL = 1000;
    bytes32 internal constant INITIAL_ROOT = keccak256("initial");

    MembershipStub internal membership;
    ReputationStub internal reputation;
    RewardEscrow internal escrow;
    StakeVault internal vault;
    ModelRegistry internal models;
    RewardsHarness internal tasks;
    HostileToken internal token;
    TaskId internal task;

    function _deploy() internal {
        vm.warp(START - 1000);
        membership = new MembershipStub();
        reputation = new ReputationStub();
        escrow = new RewardEscrow();
        vault = new StakeVault();
        models = new ModelRegistry();
        tasks = new RewardsHarness(
            models,
            escrow,
            vault,
            IMembership(address(membership)),
            IReputation(address(reputation))
        );
        token = new HostileToken();
    }

    // ------------------------------------------------------------------------------------------------------- opening

    function _terms() internal view returns (ILearningTasks.TaskTerms memory terms) {
        terms.cooperative = COOPERATIVE;
        terms.token = address(token);
        terms.reward = REWARD;
        terms.startsAt = START;
        terms.schedule = ILearningTasks.Schedule(100, 90, 80, 70, 60, 50, 40, 30, 60, APPEAL);
        terms.rounds = 4;
        terms.periodRounds = 2;
        terms.retries = 2;
        terms.minClients = 2;
        terms.maxClients = 64;
        terms.aggregatorQuorum = 2;
        terms.auditorShare = 2000;
        terms.aggregatorShare = 1000;
        terms.treasuryShare = 500;
        terms.minimumScore = 100;
        terms.auditorStake = STAKE;
        terms.aggregatorStake = STAKE;
        terms.missPenalty = 400;
        terms.slashRecipient = TREASURY;
        terms.initialRoot = INITIAL_ROOT;
    }

    function _open(ILearningTasks.TaskTerms memory terms) internal returns (TaskId) {
        return _openFor(COOPERATIVE, terms);
    }

    function _openFor(address owner, ILearningTasks.TaskTerms memory terms) internal returns (TaskId) {
        if (terms.token == address(0)) {
            vm.deal(address(this), terms.reward);
            return tasks.open{value: terms.reward}(terms, owner);
        }
        token.mint(address(tasks), terms.reward);
        return tasks.open(terms, owner);
    }

    // ------------------------------------------------------------------------------------------------------- joining

    function _client(uint256 i) internal pure returns (address) {
        return address(uint160(0x100000 + i));
    }

    function _auditor(uint256 i) internal pure returns (address) {
        return address(uint160(0x200000 + i));
    }

    function _aggregator(uint256 i) internal pure returns (address) {
        return address(uint160(0x300000 + i));
    }

    function _did(address account) internal pure returns (address) {
        return address(uint160(account) ^ uint160(0xd1d << 64));
    }

    function _numberOf(address account) internal returns (uint256 number) {
        if (membership.numberOf(COOPERATIVE, account) == 0) membership.admit(COOPERATIVE, account, _did(account));
        return membership.numberOf(COOPERATIVE, account);
    }

    function _deposit(address account, uint128 amount) internal {
        token.mint(account, amount);
        vm.startPrank(account);
        token.approve(address(vault), amount);
        vault.deposit(address(tasks), address(token), amount);
        vm.stopPrank();
    }

    function _join(address account, ILearningTasks.Role role) internal {
        if (role != ILearningTasks.Role.Client) _deposit(account, STAKE);
        tasks.join(task, role, account, _numberOf(account));
    }

    function _joinAll(uint256 clients, uint256 auditors, uint256 aggregators) internal {
        for (uint256 i; i < clients; ++i) _join(_client(i), ILearningTasks.Role.Client);
        for (uint256 i; i < auditors; ++i) _join(_auditor(i), ILearningTasks.Role.Auditor);
        for (uint256 i; i < aggregators; ++i) _join(_aggregator(i), ILearningTasks.Role.Aggregator);
    }

    // -------------------------------------------------------------------------------------------------------- rounds

    function _answer(uint256 i) internal pure returns (ILearningTasks.Answer memory answer) {
        answer.modelRoot = keccak256(abi.encode("model", i));
        answer.model = ILearningTasks.Content(0x55, keccak256(abi.encode("content", i)));
        answer.nodesRoot = keccak256(abi.encode("nodes", i));
    }

    function _digest(ILearningTasks.Answer memory answer) internal pure returns (bytes32) {
        return keccak256(abi.encode(answer.modelRoot, answer.model.codec, answer.model.digest, answer.nodesRoot));
    }

    function _enter(ILearningTasks.Phase phase) internal {
        uint256 start = tasks.startOf(task, phase);
        if (start > block.timestamp) vm.warp(start);
    }

    function _revealAll(uint256 clients) internal {
        _enter(ILearningTasks.Phase.Reveal);
        for (uint256 i; i < clients; ++i) tasks.reveal(task, i);
    }

    /// @dev To the end of Settle, with one panel that was scored.
    function _score(int256[] memory scores) internal {
        _revealAll(scores.length);
        _enter(ILearningTasks.Phase.Settle);
        tasks.draw(task, 1);
        tasks.settlePanel(task, 0, true);
        for (uint256 i; i < scores.length; ++i) tasks.score(task, i, scores[i]);
    }

    /// @dev One answer of all aggregators, unchallenged.
    function _agree(uint256 answer, uint256 aggregators) internal {
        _enter(ILearningTasks.Phase.AggregateReveal);
        uint256 end = tasks.startOf(task, ILearningTasks.Phase.AggregateReveal) + 40;
        for (uint256 i; i < aggregators; ++i) tasks.reply(task, i, _digest(_answer(answer)), uint40(end + 30));
    }

    function _finish(uint256 answer) internal {
        _enter(ILearningTasks.Phase.Finishing);
        tasks.finishRound(task, _answer(answer));
    }

    /// @dev A whole round that settles with three aggregators.
    function _settle(int256[] memory scores) internal {
        _score(scores);
        (uint256 round, , , , ) = tasks.state(task);
        _agree(round, 3);
        _finish(round);
    }

    /// @dev A round without updates.
    function _void() internal {
        _enter(ILearningTasks.Phase.AuditCommit);
        tasks.finishRound(task, _answer(0));
    }

    function _scores(int256 a, int256 b, int256 c) internal pure returns (int256[] memory scores) {
        scores = new int256[](3);
        (scores[0], scores[1], scores[2]) = (a, b, c);
    }

    // --------------------------------------------------------------------------------------------------------- money

    function _item(TaskId taskId, uint256 periods) internal pure returns (uint256) {
        return (TaskId.unwrap(taskId) << 224) | periods;
    }

    function _items(uint256 periods) internal view returns (uint256[] memory items) {
        items = new uint256[](1);
        items[0] = _item(task, periods);
    }

    /// @dev To where nothing that the task pays can change any more.
    function _afterAppeals() internal {
        uint256 from = tasks.startOf(task, ILearningTasks.Phase.Commit) + APPEAL;
        if (from > block.timestamp) vm.warp(from);
    }

    function _claim(address account, uint256 periods) internal returns (uint256) {
        return tasks.claimFor(_items(periods), account);
    }

    function _remaining() internal view returns (uint256 remaining) {
        (, remaining) = escrow.accountOf(address(tasks), TaskId.unwrap(task));
    }

    function _owed() internal view returns (uint256 owed) {
        (, , , , owed) = tasks.state(task);
    }

    function _isClosed() internal view returns (bool closed) {
        (, , , closed, ) = tasks.state(task);
    }
}
