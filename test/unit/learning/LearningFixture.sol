// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ConsentRegistry} from "../../../contracts/identity/ConsentRegistry.sol";
import {DIDRegistry} from "../../../contracts/identity/DIDRegistry.sol";
import {IReputation} from "../../../contracts/reputation/interfaces/IReputation.sol";
import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {LearningRounds} from "../../../contracts/learning/LearningRounds.sol";
import {ILearningRounds} from "../../../contracts/learning/interfaces/ILearningRounds.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {HostileToken} from "../../../contracts/mocks/HostileToken.sol";
import {MembershipStub} from "../../../contracts/mocks/MembershipStub.sol";
import {ReputationStub} from "../../../contracts/mocks/ReputationStub.sol";
import {RewardEscrow} from "../../../contracts/rewards/RewardEscrow.sol";
import {StakeVault} from "../../../contracts/rewards/StakeVault.sol";
import {TestBase} from "../Vm.sol";

/// @title LearningFixture
/// @notice A cooperative with a task, and the steps of a round as single calls.
abstract contract LearningFixture is TestBase {
    int16 internal constant ABSENT = type(int16).min;
    address internal constant COOPERATIVE = address(0xC00B);
    address internal constant SLASHED_TO = address(0x51A5);
    uint48 internal constant START = 1_000_000;
    uint128 internal constant REWARD = 1_000_000_007; // a prime, so that nothing divides by luck
    uint128 internal constant STAKE = 1000;
    bytes32 internal constant INITIAL_ROOT = keccak256("initial");
    bytes32 internal constant SALT = keccak256("salt");
    bytes32 internal constant MODEL = keccak256("model");

    MembershipStub internal membership;
    ReputationStub internal reputation;
    RewardEscrow internal escrow;
    StakeVault internal vault;
    DIDRegistry internal dids;
    ConsentRegistry internal consents;
    LearningRounds internal rounds;
    HostileToken internal token;
    TaskId internal task;

    function _deploy() internal {
        vm.warp(START - 1000);
        membership = new MembershipStub();
        reputation = new ReputationStub();
        escrow = new RewardEscrow();
        vault = new StakeVault();
        dids = new DIDRegistry();
        consents = new ConsentRegistry(dids);
        rounds = new LearningRounds(
            IMembership(address(membership)),
            escrow,
            vault,
            IReputation(address(reputation)),
            consents
        );
        token = new HostileToken();
    }

    // ------------------------------------------------------------------------------------------------------- opening

    function _terms() internal view returns (ILearningRounds.TaskTerms memory terms) {
        terms.cooperative = COOPERATIVE;
        terms.token = address(token);
        terms.reward = REWARD;
        terms.startsAt = START;
        terms.schedule = ILearningRounds.Schedule(100, 90, 80, 70, 60, 50, 40);
        terms.rounds = 4;
        terms.periodRounds = 2;
        terms.retries = 2;
        terms.minClients = 2;
        terms.maxClients = 8;
        terms.auditors = 5;
        terms.aggregators = 3;
        terms.aggregatorQuorum = 2;
        terms.auditorShare = 2000;
        terms.aggregatorShare = 1000;
        terms.epsilon = 10;
        terms.exclusionScore = 50;
        terms.minimumScore = 100;
        terms.auditorStake = STAKE;
        terms.aggregatorStake = STAKE;
        terms.missPenalty = 300;
        terms.slashRecipient = SLASHED_TO;
        terms.initialRoot = INITIAL_ROOT;
        terms.initialModel = "model";
        terms.manifest = "manifest";
    }

    function _open(ILearningRounds.TaskTerms memory terms) internal returns (TaskId) {
        return _openFor(COOPERATIVE, terms);
    }

    function _openFor(address owner, ILearningRounds.TaskTerms memory terms) internal returns (TaskId taskId) {
        if (terms.token == address(0)) {
            vm.deal(owner, terms.reward);
            vm.prank(owner);
            return rounds.openTask{value: terms.reward}(terms);
        }
        token.mint(owner, terms.reward);
        vm.prank(owner);
        token.approve(address(rounds), terms.reward);
        vm.prank(owner);
        return rounds.openTask(terms);
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

    function _admit(address account) internal {
        if (membership.numberOf(COOPERATIVE, account) == 0) membership.admit(COOPERATIVE, account, _did(account));
    }

    function _join(address account, ILearningRounds.Role role) internal {
        _admit(account);
        ILearningRounds.TaskTerms memory terms = rounds.termsOf(task);
        uint128 stake = role == ILearningRounds.Role.Auditor ? terms.auditorStake : terms.aggregatorStake;
        if (role != ILearningRounds.Role.Client && stake != 0) _deposit(account, terms.token, stake);
        vm.prank(account);
        rounds.join(task, role);
    }

    function _deposit(address account, address currency, uint128 amount) internal {
        if (currency == address(0)) {
            vm.deal(account, amount);
            vm.prank(account);
            vault.deposit{value: amount}(address(rounds), currency, amount);
            return;
        }
        token.mint(account, amount);
        vm.prank(account);
        token.approve(address(vault), amount);
        vm.prank(account);
        vault.deposit(address(rounds), currency, amount);
    }

    function _joinAll(uint256 clients, uint256 auditors, uint256 aggregators) internal {
        for (uint256 i; i < clients; ++i) _join(_client(i), ILearningRounds.Role.Client);
        for (uint256 i; i < auditors; ++i) _join(_auditor(i), ILearningRounds.Role.Auditor);
        for (uint256 i; i < aggregators; ++i) _join(_aggregator(i), ILearningRounds.Role.Aggregator);
    }

    // -------------------------------------------------------------------------------------------------------- rounds

    function _round() internal view returns (uint256) {
        return rounds.roundState(task).round;
    }

    function _enter(ILearningRounds.Phase phase) internal {
        vm.warp(rounds.phaseStart(task, phase));
    }

    function _update(address client) internal view returns (ILearningRounds.UpdateOpening memory opening) {
        opening.root = keccak256(abi.encode("root", client, _round()));
        opening.samples = 600;
        opening.norm = 12345;
        opening.cid = abi.encodePacked("update of ", client);
        opening.salt = SALT;
    }

    function _commitUpdate(address client) internal {
        bytes32 commitment = rounds.updateCommitment(task, _round(), client, _update(client));
        vm.prank(client);
        rounds.commitUpdate(task, commitment);
    }

    /// @dev Clients 0 to `n` - 1 commit and reveal.
    function _updates(uint256 n) internal {
        _enter(ILearningRounds.Phase.Commit);
        for (uint256 i; i < n; ++i) _commitUpdate(_client(i));
        _enter(ILearningRounds.Phase.Reveal);
        for (uint256 i; i < n; ++i) rounds.revealUpdate(task, _client(i), _update(_client(i)));
    }

    function _encode(int16[] memory scores) internal pure returns (bytes memory vector) {
        for (uint256 i; i < scores.length; ++i) vector = abi.encodePacked(vector, scores[i]);
    }

    function _scoresOf(
        address auditor,
        bytes memory vector
    ) internal pure returns (ILearningRounds.ScoresOpening memory) {
        return ILearningRounds.ScoresOpening({auditor: auditor, salt: SALT, scores: vector});
    }

    /// @dev Auditor i commits to and reveals `vectors[i]`; an empty one stays silent.
    function _audits(bytes[] memory vectors) internal {
        _enter(ILearningRounds.Phase.AuditCommit);
        uint256 round = _round();
        for (uint256 i; i < vectors.length; ++i) {
            if (vectors[i].length == 0) continue;
            bytes32 commitment = rounds.scoresCommitment(task, round, _scoresOf(_auditor(i), vectors[i]));
            vm.prank(_auditor(i));
            rounds.commitScores(task, commitment);
        }
        _enter(ILearningRounds.Phase.AuditReveal);
        for (uint256 i; i < vectors.length; ++i)
            if (vectors[i].length != 0) rounds.revealScores(task, _scoresOf(_auditor(i), vectors[i]));
    }

    function _openings(bytes[] memory vectors) internal pure returns (ILearningRounds.ScoresOpening[] memory openings) {
        uint256 revealed;
        for (uint256 i; i < vectors.length; ++i) if (vectors[i].length != 0) ++revealed;
        openings = new ILearningRounds.ScoresOpening[](revealed);
        revealed = 0;
        for (uint256 i; i < vectors.length; ++i) {
            if (vectors[i].length == 0) continue;
            openings[revealed] = _scoresOf(_auditor(i), vectors[i]);
            ++revealed;
        }
    }

    function _score(bytes[] memory vectors) internal {
        _enter(ILearningRounds.Phase.AggregateCommit);
        rounds.scoreRound(task, _openings(vectors));
    }

    /// @dev The same vector from `n` auditors.
    function _unanimous(bytes memory vector, uint256 n) internal pure returns (bytes[] memory vectors) {
        vectors = new bytes[](n);
        for (uint256 i; i < n; ++i) vectors[i] = vector;
    }

    /// @dev A vector with the same score for `n` clients.
    function _flat(int16 score, uint256 n) internal pure returns (bytes memory vector) {
        for (uint256 i; i < n; ++i) vector = abi.encodePacked(vector, score);
    }

    function _commitAggregate(uint256 i, bytes32 root, bytes memory cid) internal {
        bytes32 commitment = rounds.aggregateCommitment(task, _round(), _aggregator(i), root, cid, SALT);
        vm.prank(_aggregator(i));
        rounds.commitAggregate(task, commitment);
    }

    /// @dev Aggregator i commits to and reveals `roots[i]`; zero stays silent. The round must be scored.
    function _aggregates(bytes32[] memory roots) internal {
        _enter(ILearningRounds.Phase.AggregateCommit);
        for (uint256 i; i < roots.length; ++i) if (roots[i] != 0) _commitAggregate(i, roots[i], "next");
        _enter(ILearningRounds.Phase.AggregateReveal);
        for (uint256 i; i < roots.length; ++i)
            if (roots[i] != 0) rounds.revealAggregate(task, _aggregator(i), roots[i], "next", SALT);
    }

    function _agree(uint256 n) internal pure returns (bytes32[] memory roots) {
        roots = new bytes32[](n);
        for (uint256 i; i < n; ++i) roots[i] = MODEL;
    }

    function _finish() internal {
        _enter(ILearningRounds.Phase.Finishing);
        rounds.finishRound(task);
    }

    /// @dev A whole good round in which each of the `n` clients is scored by `vectors`.
    function _run(uint256 n, bytes[] memory vectors) internal {
        _updates(n);
        _audits(vectors);
        _score(vectors);
        _aggregates(_agree(3));
        _finish();
    }

    // --------------------------------------------------------------------------------------------------------- money

    function _ids() internal view returns (TaskId[] memory ids) {
        ids = new TaskId[](1);
        ids[0] = task;
    }

    function _earned(address account) internal view returns (uint256 earned) {
        (earned, ) = rounds.earningsOf(task, account);
    }

    function _locked(address account) internal view returns (uint256 locked) {
        (, locked) = vault.stakeOf(address(rounds), rounds.termsOf(task).token, account);
    }

    // -------------------------------------------------------------------------------------------------------- errors

    /// @dev The call must fail with exactly this error.
    function _refused(address caller, bytes memory data, bytes memory reason) internal {
        _refusedBy(address(rounds), caller, data, reason);
    }

    function _refusedBy(address target, address caller, bytes memory data, bytes memory reason) internal {
        vm.prank(caller);
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory result) = target.call(data);
        assertFalse(success);
        assertEq(result, reason);
    }

    function _wrongPhase(
        ILearningRounds.Phase current,
        ILearningRounds.Phase needed
    ) internal view returns (bytes memory) {
        return
            abi.encodeWithSelector(ILearningRounds.LearningRounds_WrongPhase.selector, task, _round(), current, needed);
    }

    function _wrongRole(
        address account,
        ILearningRounds.Role actual,
        ILearningRounds.Role needed
    ) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ILearningRounds.LearningRounds_WrongRole.selector, task, account, actual, needed);
    }

    /// @dev An error whose arguments are task, round and account.
    function _inRound(bytes4 selector, address account) internal view returns (bytes memory) {
        return abi.encodeWithSelector(selector, task, _round(), account);
    }
}
