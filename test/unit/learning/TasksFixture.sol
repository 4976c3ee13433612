// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ConsentRegistry} from "../../../contracts/identity/ConsentRegistry.sol";
import {DIDRegistry} from "../../../contracts/identity/DIDRegistry.sol";
import {LearningTasks} from "../../../contracts/learning/LearningTasks.sol";
import {LearningAnswers} from "../../../contracts/learning/LearningAnswers.sol";
import {ModelRegistry} from "../../../contracts/learning/ModelRegistry.sol";
import {PrivacyLedger} from "../../../contracts/learning/PrivacyLedger.sol";
import {ILearning} from "../../../contracts/learning/interfaces/ILearning.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {HostileToken} from "../../../contracts/mocks/HostileToken.sol";
import {MembershipStub} from "../../../contracts/mocks/MembershipStub.sol";
import {RandomnessStub} from "../../../contracts/mocks/RandomnessStub.sol";
import {ReputationStub} from "../../../contracts/mocks/ReputationStub.sol";
import {IRandomness} from "../../../contracts/randomness/interfaces/IRandomness.sol";
import {IReputation} from "../../../contracts/reputation/interfaces/IReputation.sol";
import {RewardEscrow} from "../../../contracts/rewards/RewardEscrow.sol";
import {StakeVault} from "../../../contracts/rewards/StakeVault.sol";
import {TestBase} from "../Vm.sol";

/// @title TasksFixture
/// @notice A cooperative with a learning task, and the steps of a round as single calls.
abstract contract TasksFixture is TestBase {
    address internal constant COOPERATIVE = address(0xC00B);
    address internal constant OWNER = address(0x0111E4);
    address internal constant SLASHED_TO = address(0x51A5);
    uint40 internal constant START = 1_000_000;
    uint96 internal constant REWARD = 1_000_000_007; // a prime, so that nothing divides by luck
    uint96 internal constant STAKE = 165_000_000;
    bytes32 internal constant INITIAL_ROOT = keccak256("initial");
    bytes16 internal constant SALT = bytes16(keccak256("salt"));
    bytes32 internal constant BEACON = keccak256("beacon");

    MembershipStub internal membership;
    ReputationStub internal reputation;
    RandomnessStub internal beacon;
    RewardEscrow internal escrow;
    StakeVault internal vault;
    DIDRegistry internal dids;
    ConsentRegistry internal consents;
    PrivacyLedger internal ledger;
    ModelRegistry internal models;
    ILearning internal tasks;
    HostileToken internal token;
    TaskId internal task;

    function _deploy() internal {
        vm.warp(START - 1000);
        membership = new MembershipStub();
        reputation = new ReputationStub();
        beacon = new RandomnessStub();
        escrow = new RewardEscrow();
        vault = new StakeVault();
        dids = new DIDRegistry();
        consents = new ConsentRegistry(dids);
        ledger = new PrivacyLedger(consents);
        models = new ModelRegistry();
        tasks = _newTasks(IReputation(address(reputation)));
        token = new HostileToken();
    }

    function _newTasks(IReputation record) internal returns (ILearning) {
        LearningTasks deployed = new LearningTasks(
            IMembership(address(membership)),
            escrow,
            new LearningAnswers(vault, IRandomness(address(beacon))),
            record,
            ledger,
            models
        );
        return ILearning(address(deployed));
    }

    // ------------------------------------------------------------------------------------------------------- opening

    function _terms() internal view returns (ILearningTasks.TaskTerms memory terms) {
        terms.cooperative = COOPERATIVE;
        terms.token = address(token);
        terms.reward = REWARD;
        terms.startsAt = START;
        terms.schedule = ILearningTasks.Schedule(100, 90, 80, 70, 65, 60, 50, 40, 45, 215);
        terms.aggregation = ILearningTasks.Aggregation({
            parameters: 100,
            sampleCap: 1000,
            clipNorm: 1 << 40,
            combining: ILearningTasks.Combining.Mean,
            trim: 0,
            leafCells: 1,
            momentum: 0
        });
        terms.rounds = 4;
        terms.periodRounds = 2;
        terms.retries = 2;
        terms.minClients = 2;
        terms.maxClients = 64;
        terms.panelCells = 1;
        terms.panelSeats = 3;
        terms.minAuditors = 4;
        terms.maxAuditors = 12;
        terms.aggregators = 3;
        terms.aggregatorQuorum = 2;
        terms.auditorShare = 2000;
        terms.aggregatorShare = 1000;
        terms.treasuryShare = 500;
        terms.epsilon = 10;
        terms.exclusionScore = 50;
        terms.minimumScore = 100;
        terms.auditorStake = STAKE;
        terms.aggregatorStake = STAKE;
        terms.missPenalty = 60_000_000;
        terms.slashRecipient = SLASHED_TO;
        terms.initialRoot = INITIAL_ROOT;
        terms.initialModel = ILearningTasks.Content(0x55, keccak256("model"));
        terms.manifest = ILearningTasks.Content(0x55, keccak256("manifest"));
    }

    function _open(ILearningTasks.TaskTerms memory terms) internal returns (TaskId) {
        return _openFor(OWNER, terms);
    }

    function _openFor(address owner, ILearningTasks.TaskTerms memory terms) internal returns (TaskId taskId) {
        if (terms.token == address(0)) {
            vm.deal(owner, terms.reward);
            vm.prank(owner);
            return tasks.openTask{value: terms.reward}(terms);
        }
        token.mint(owner, terms.reward);
        vm.prank(owner);
        token.approve(address(tasks), terms.reward);
        vm.prank(owner);
        return tasks.openTask(terms);
    }

    // ------------------------------------------------------------------------------------------------------- joining

    function _key(uint256 i) internal pure returns (uint256) {
        return 0x100000 + i;
    }

    function _client(uint256 i) internal pure returns (address) {
        return vm.addr(_key(i));
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

    /// @dev A member with the stake of the role.
    function _prepare(address account, ILearningTasks.Role role) internal {
        _admit(account);
        if (role == ILearningTasks.Role.Client) return;
        ILearningTasks.TaskTerms memory terms = tasks.termsOf(task);
        uint96 stake = role == ILearningTasks.Role.Auditor ? terms.auditorStake : terms.aggregatorStake;
        token.mint(account, stake);
        vm.startPrank(account);
        token.approve(address(vault), stake);
        vault.deposit(address(tasks), address(token), stake);
        vm.stopPrank();
    }

    function _join(address account, ILearningTasks.Role role) internal {
        _prepare(account, role);
        vm.prank(account);
        tasks.join(task, role);
    }

    function _joinAll(uint256 clients, uint256 auditors, uint256 aggregators) internal {
        for (uint256 i; i < auditors; ++i) _join(_auditor(i), ILearningTasks.Role.Auditor);
        for (uint256 i; i < aggregators; ++i) _join(_aggregator(i), ILearningTasks.Role.Aggregator);
        for (uint256 i; i < clients; ++i) _join(_client(i), ILearningTasks.Role.Client);
    }

    // -------------------------------------------------------------------------------------------------------- rounds

    function _round() internal view returns (uint256) {
        return tasks.roundState(task).round;
    }

    function _enter(ILearningTasks.Phase phase) internal {
        vm.warp(tasks.phaseStart(task, phase));
    }

    function _update(address client) internal view returns (ILearningTasks.UpdateOpening memory opening) {
        opening.root = keccak256(abi.encode("root", client, _round()));
        opening.samples = 600;
        opening.norm = 12345;
        opening.content = ILearningTasks.Content(0x55, keccak256(abi.encode("update", client, _round())));
        opening.salt = SALT;
    }

    function _commitment(address client) internal view returns (bytes32) {
        return tasks.updateCommitment(task, _round(), client, _update(client));
    }

    function _commitUpdate(address client) internal {
        bytes32 commitment = _commitment(client);
        vm.prank(client);
        tasks.commitUpdate(task, commitment);
    }

    /// @dev Clients 0 to `n` - 1 commit and reveal.
    function _updates(uint256 n) internal {
        _enter(ILearningTasks.Phase.Commit);
        for (uint256 i; i < n; ++i) _commitUpdate(_client(i));
        _enter(ILearningTasks.Phase.Reveal);
        for (uint256 i; i < n; ++i) tasks.revealUpdate(task, _client(i), _update(_client(i)));
    }

    function _draw() internal returns (bytes32) {
        // the end of Reveal: below 2^48
        beacon.set(uint48(tasks.phaseStart(task, ILearningTasks.Phase.AuditCommit)), BEACON);
        return tasks.drawSeed(task);
    }

    // ------------------------------------------------------------------------------------------------------- batches

    function _signature(uint256 key, bytes32 commitment) internal view returns (bytes32 r, bytes32 vs) {
        bytes32 digest = _digest(address(tasks), task, _round(), vm.addr(key), commitment);
        uint8 v;
        bytes32 s;
        (v, r, s) = vm.sign(key, digest);
        vs = bytes32((uint256(v - 27) << 255) | uint256(s));
    }

    function _digest(
        address verifier,
        TaskId taskId,
        uint256 round,
        address client,
        bytes32 commitment
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "UpdateCommitment(uint256 taskId,uint256 round,address client,bytes32 commitment)"
        );
        return
            typedDigest("Artel Learning", verifier, keccak256(abi.encode(typeHash, taskId, round, client, commitment)));
    }

    function _commitItem(uint256 i) internal view returns (bytes memory) {
        address client = _client(i);
        bytes32 commitment = _commitment(client);
        (bytes32 r, bytes32 vs) = _signature(_key(i), commitment);
        return abi.encodePacked(client, commitment, r, vs);
    }

    function _revealItem(uint256 i) internal view returns (bytes memory) {
        ILearningTasks.UpdateOpening memory opening = _update(_client(i));
        return abi.encodePacked(_client(i), opening.root, opening.content.digest, _details(opening));
    }

    function _details(ILearningTasks.UpdateOpening memory opening) internal pure returns (bytes32) {
        return bytes32(abi.encodePacked(opening.samples, opening.norm, opening.content.codec, opening.salt));
    }

    function _commitItems(uint256 from, uint256 to) internal view returns (bytes memory items) {
        for (uint256 i = from; i < to; ++i) items = bytes.concat(items, _commitItem(i));
    }

    function _revealItems(uint256 from, uint256 to) internal view returns (bytes memory items) {
        for (uint256 i = from; i < to; ++i) items = bytes.concat(items, _revealItem(i));
    }

    // -------------------------------------------------------------------------------------------------------- errors

    /// @dev The call must fail with exactly this error.
    function _refused(address caller, bytes memory data, bytes memory reason) internal {
        vm.prank(caller);
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory result) = address(tasks).call(data);
        assertFalse(success);
        assertEq(result, reason);
    }

    function _wrongPhase(
        ILearningTasks.Phase current,
        ILearningTasks.Phase needed
    ) internal view returns (bytes memory) {
        return
            abi.encodeWithSelector(ILearningTasks.LearningTasks_WrongPhase.selector, task, _round(), current, needed);
    }

    function _wrongRole(
        address account,
        ILearningTasks.Role actual,
        ILearningTasks.Role needed
    ) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ILearningTasks.LearningTasks_WrongRole.selector, task, account, actual, needed);
    }

    /// @dev An error whose arguments are task, round and account.
    function _inRound(bytes4 selector, address account) internal view returns (bytes memory) {
        return abi.encodeWithSelector(selector, task, _round(), account);
    }
}
