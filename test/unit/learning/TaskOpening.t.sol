// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {TasksFixture} from "./TasksFixture.sol";

contract TaskOpeningTest is TasksFixture {
    function setUp() public {
        _deploy();
    }

    function _openRefused(ILearningTasks.TaskTerms memory terms, string memory term, uint256 value) private {
        bytes memory reason = abi.encodeWithSelector(ILearningTasks.LearningTasks_InvalidTerms.selector, term, value);
        _refused(OWNER, abi.encodeCall(tasks.openTask, (terms)), reason);
    }

    function test_TSK01_opensATask() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        task = _open(terms);
        assertEq(tasks.taskCount(), 1);
        assertEq(tasks.ownerOf(task), OWNER);
        assertEq(keccak256(abi.encode(tasks.termsOf(task))), keccak256(abi.encode(terms)));
        ILearningTasks.RoundState memory state = tasks.roundState(task);
        assertEq(state.round, 1);
        assertEq(state.startedAt, START);
        assertEq(state.modelRoot, INITIAL_ROOT);
        assertEq(state.previousRoot, INITIAL_ROOT);
        assertTrue(state.phase == ILearningTasks.Phase.Waiting);
        (address currency, uint256 remaining) = escrow.accountOf(address(tasks), TaskId.unwrap(task));
        assertEq(currency, address(token));
        assertEq(remaining, REWARD);
    }

    function test_TSK01_opensATaskInNativeCurrency() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.token = address(0);
        task = _open(terms);
        assertEq(address(escrow).balance, REWARD);
        vm.deal(OWNER, REWARD);
        vm.prank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ILearningTasks.LearningTasks_WrongValue.selector, REWARD - 1, REWARD));
        tasks.openTask{value: REWARD - 1}(terms);
    }

    function test_TSK01_refusesPartiesAndContentsOfZero() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.cooperative = address(0);
        _openRefused(terms, "cooperative", 0);
        terms = _terms();
        terms.reward = 0;
        _openRefused(terms, "reward", 0);
        terms = _terms();
        terms.slashRecipient = address(0);
        _openRefused(terms, "slashRecipient", 0);
        terms = _terms();
        terms.initialRoot = 0;
        _openRefused(terms, "initialRoot", 0);
        terms = _terms();
        terms.initialModel.digest = 0;
        _openRefused(terms, "initialModel", 0);
        terms = _terms();
        terms.manifest.digest = 0;
        _openRefused(terms, "manifest", 0);
        terms = _terms();
        terms.minimumReputation = 1;
        _openRefused(terms, "minimumReputation", 1);
        terms = _terms();
        terms.reputationCategory = "c";
        _openRefused(terms, "minimumReputation", 0);
    }

    function test_TSK01_refusesASchedule() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.startsAt = uint40(block.timestamp);
        _openRefused(terms, "startsAt", block.timestamp);
        terms = _terms();
        terms.schedule.commit = 0;
        _openRefused(terms, "schedule.commit", 0);
        terms = _terms();
        terms.schedule.reveal = 0;
        _openRefused(terms, "schedule.reveal", 0);
        terms = _terms();
        terms.schedule.auditCommit = 0;
        _openRefused(terms, "schedule.auditCommit", 0);
        terms = _terms();
        terms.schedule.auditReveal = 0;
        _openRefused(terms, "schedule.auditReveal", 0);
        terms = _terms();
        terms.schedule.settle = 0;
        _openRefused(terms, "schedule.settle", 0);
        terms = _terms();
        terms.schedule.aggregateCommit = 0;
        _openRefused(terms, "schedule.aggregateCommit", 0);
        terms = _terms();
        terms.schedule.aggregateReveal = 0;
        _openRefused(terms, "schedule.aggregateReveal", 0);
        terms = _terms();
        terms.schedule.challenge = 0;
        _openRefused(terms, "schedule.challenge", 0);
        terms = _terms();
        terms.schedule.longChallenge = 39;
        _openRefused(terms, "schedule.longChallenge", 39);
        terms = _terms();
        // a second too short for an appeal of the last second; none at all is a task without appeals
        terms.schedule.appeal = 80 + 70 + 65 - 1;
        _openRefused(terms, "schedule.appeal", 214);
        terms.schedule.appeal = 0;
        assertEq(TaskId.unwrap(_open(terms)), 1);
    }

    /// @dev The fresh panel of an appeal is drawn while the next round runs, which may last no longer than its Reveal.
    function test_APL04_refusesAppealsWhoseSeedMayMissTheNextRound() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.schedule.commit = 2;
        terms.schedule.reveal = 1;
        _openRefused(terms, "schedule.appeal", 215);
        terms.schedule.appeal = 0;
        assertEq(TaskId.unwrap(_open(terms)), 1);
    }

    /// @dev Clients must have the seed before half of AuditCommit is over, when wraps are refused; the beacon needs three
    /// seconds.
    function test_TSK12_refusesAnAuditCommitThatTheSeedMisses() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.schedule.auditCommit = 7;
        _openRefused(terms, "schedule.auditCommit", 7);
        terms.schedule.auditCommit = 8;
        _open(terms);
    }

    function test_TSK01_refusesARuleOfAggregation() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.aggregation.parameters = 0;
        _openRefused(terms, "aggregation.parameters", 0);
        terms = _terms();
        terms.aggregation.sampleCap = 0;
        _openRefused(terms, "aggregation.sampleCap", 0);
        terms = _terms();
        terms.aggregation.clipNorm = 0;
        _openRefused(terms, "aggregation.clipNorm", 0);
        terms = _terms();
        terms.aggregation.trim = 1;
        _openRefused(terms, "aggregation.trim", 1);
        terms = _terms();
        terms.aggregation.leafCells = 0;
        _openRefused(terms, "aggregation.leafCells", 0);
        terms.aggregation.leafCells = 5;
        _openRefused(terms, "aggregation.leafCells", 5);
        terms = _terms();
        terms.aggregation.combining = ILearningTasks.Combining.Median;
        _openRefused(terms, "aggregation.leafCells", 1);
        terms.aggregation.combining = ILearningTasks.Combining.TrimmedMean;
        terms.aggregation.leafCells = 2;
        _openRefused(terms, "aggregation.trim", 0);
        terms.aggregation.trim = 128;
        _openRefused(terms, "aggregation.trim", 128);
        terms.aggregation.trim = 127;
        _open(terms);
    }

    function test_TSK01_refusesNumbersOfRounds() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.rounds = 0;
        _openRefused(terms, "rounds", 0);
        terms = _terms();
        terms.periodRounds = 0;
        _openRefused(terms, "periodRounds", 0);
        terms.periodRounds = 3;
        _openRefused(terms, "periodRounds", 3);
        terms = _terms();
        terms.rounds = 225;
        terms.periodRounds = 1;
        _openRefused(terms, "periodRounds", 1);
        terms = _terms();
        terms.retries = type(uint16).max - 4;
        _openRefused(terms, "retries", type(uint16).max - 4);
    }

    function test_TSK01_refusesNumbersOfPlaces() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.maxClients = 0;
        _openRefused(terms, "maxClients", 0);
        terms.maxClients = 61_441;
        _openRefused(terms, "maxClients", 61_441);
        for (uint8 seats = 0; seats < 15; ++seats) {
            if (seats >= 3 && seats <= 11 && seats % 2 == 1) continue;
            terms = _terms();
            terms.panelSeats = seats;
            _openRefused(terms, "panelSeats", seats);
        }
        terms = _terms();
        terms.panelCells = 0;
        _openRefused(terms, "panelCells", 0);
        terms.panelCells = 33;
        _openRefused(terms, "panelCells", 33);
        terms = _terms();
        terms.minAuditors = 3;
        _openRefused(terms, "minAuditors", 3);
        terms.minAuditors = 13;
        _openRefused(terms, "minAuditors", 13);
        terms = _terms();
        terms.minClients = 0;
        _openRefused(terms, "minClients", 0);
        terms.minClients = 65;
        _openRefused(terms, "minClients", 65);
        // four auditors are one panel, of at most 256 clients
        terms.maxClients = 300;
        terms.minClients = 257;
        _openRefused(terms, "minClients", 257);
        terms = _terms();
        terms.aggregators = 0;
        _openRefused(terms, "aggregators", 0);
        terms.aggregators = 17;
        _openRefused(terms, "aggregators", 17);
        terms = _terms();
        terms.aggregatorQuorum = 1;
        _openRefused(terms, "aggregatorQuorum", 1);
        terms.aggregatorQuorum = 4;
        _openRefused(terms, "aggregatorQuorum", 4);
    }

    function test_TSK01_refusesShares() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.auditorShare = 10_001;
        _openRefused(terms, "auditorShare", 10_001);
        terms = _terms();
        terms.aggregatorShare = 8_001;
        _openRefused(terms, "aggregatorShare", 8_001);
        terms = _terms();
        terms.treasuryShare = 7_001;
        _openRefused(terms, "treasuryShare", 7_001);
        terms = _terms();
        terms.minimumScore = 0;
        _openRefused(terms, "minimumScore", 0);
    }

    /// @dev Two seats move a median of three, three that of five, and of more where some are silent.
    function test_TSK02_bindsTheStakeToTheSeatsThatMoveAMedian() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        uint256 pool = (uint256(REWARD) * 6500 * 2) / (10_000 * 4);
        for (uint8 seats = 3; seats <= 7; seats += 2) {
            uint96 least = uint96(seats == 3 ? (pool + 1) / 2 : (pool + 2) / 3);
            terms.panelSeats = seats;
            terms.minAuditors = seats + 1;
            terms.missPenalty = least;
            terms.auditorStake = least - 1;
            _openRefused(terms, "auditorStake", least - 1);
            terms.auditorStake = least;
            _open(terms);
        }
    }

    /// @dev Three stakes, those of the seats that move a median, are worth a period's pool.
    function test_TSK02_bindsTheStakeToThePoolOfAPeriod() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.panelSeats = 5;
        terms.minAuditors = 6;
        uint256 pool = (uint256(REWARD) * 6500 * 2) / (10_000 * 4);
        uint96 least = uint96((pool + 2) / 3);
        terms.auditorStake = least - 1;
        _openRefused(terms, "auditorStake", least - 1);
        terms.auditorStake = least;
        _open(terms);
        // where so many scores can't reach the minimum, less can be taken: 64 clients of 32,767 are 2,097,088 in each of
        // two rounds, and of two that are void
        terms.minimumScore = 2 * 4 * 2_097_088;
        least = uint96((pool / 2 + 2) / 3);
        terms.auditorStake = least - 1;
        _openRefused(terms, "auditorStake", least - 1);
        terms.auditorStake = least;
        _open(terms);
    }

    function test_TSK02_bindsThePenaltyToTheStake() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.missPenalty = (STAKE - 1) / 3;
        _openRefused(terms, "missPenalty", (STAKE - 1) / 3);
        terms = _terms();
        terms.aggregatorStake = 0;
        _openRefused(terms, "aggregatorStake", 0);
        terms = _terms();
        terms.auditorShare = 10_000;
        terms.aggregatorShare = 0;
        terms.treasuryShare = 0;
        terms.auditorStake = 0;
        _openRefused(terms, "auditorStake", 0);
    }

    function test_TSK01_announcesATaskWithEveryTerm() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.aggregation.combining = ILearningTasks.Combining.TrimmedMean;
        terms.aggregation.trim = 32;
        terms.aggregation.leafCells = 4;
        terms.aggregation.momentum = 58_982;
        terms.reputationCategory = "care";
        terms.minimumReputation = 7;
        terms.consentPurpose = "training";
        terms.microRho = 9;
        token.mint(OWNER, terms.reward);
        vm.startPrank(OWNER);
        token.approve(address(tasks), terms.reward);
        TaskId taskId = TaskId.wrap(1);
        vm.expectEmit(address(tasks));
        emit ILearningTasks.TaskOpened(taskId, OWNER, COOPERATIVE, address(token), REWARD, 4, START);
        vm.expectEmit(address(tasks));
        emit ILearningTasks.TaskDescribed(taskId, INITIAL_ROOT, 0x55, keccak256("model"), 0x55, keccak256("manifest"));
        vm.expectEmit(address(tasks));
        emit ILearningTasks.TaskScheduled(taskId, 100, 90, 80, 70, 65, 60, 50, 40, 45, 215);
        vm.expectEmit(address(tasks));
        emit ILearningTasks.TaskAggregationSet(
            taskId,
            100,
            1000,
            1 << 40,
            terms.aggregation.combining,
            32,
            4,
            58_982,
            50
        );
        vm.expectEmit(address(tasks));
        emit ILearningTasks.TaskPlacesSet(taskId, 2, 2, 64, 1, 3, 4, 12, 3, 2);
        vm.expectEmit(address(tasks));
        emit ILearningTasks.TaskPaySet(taskId, SLASHED_TO, 2, 2000, 1000, 500, 10, 100, STAKE, STAKE, 60_000_000);
        vm.expectEmit(address(tasks));
        emit ILearningTasks.ReputationRequired(taskId, "care", 7);
        vm.expectEmit(address(tasks));
        emit ILearningTasks.ConsentRequired(taskId, COOPERATIVE, "training", 9);
        vm.expectEmit(address(tasks));
        emit ILearningTasks.RoundStarted(taskId, 1, START);
        tasks.openTask(terms);
        vm.stopPrank();
    }

    // ---------------------------------------------------------------------------------------------------------- phases

    function test_TSK03_phasesAreHalfOpenIntervals() public {
        task = _open(_terms());
        uint256 end = START;
        uint8[7] memory lengths = [100, 90, 80, 70, 65, 60, 50];
        vm.warp(START - 1);
        assertTrue(tasks.phaseOf(task) == ILearningTasks.Phase.Waiting);
        for (uint256 i; i < 7; ++i) {
            // Commit is 1
            ILearningTasks.Phase phase = ILearningTasks.Phase(i + 1);
            assertEq(tasks.phaseStart(task, phase), end);
            vm.warp(end);
            assertTrue(tasks.phaseOf(task) == phase);
            end += lengths[i];
            vm.warp(end - 1);
            assertTrue(tasks.phaseOf(task) == phase);
        }
        // nobody has answered: there is nothing to challenge
        vm.warp(end);
        assertTrue(tasks.phaseOf(task) == ILearningTasks.Phase.Finishing);
        assertEq(tasks.phaseStart(task, ILearningTasks.Phase.Finishing), end);
        assertEq(tasks.phaseStart(task, ILearningTasks.Phase.Waiting), 0);
        assertEq(tasks.phaseStart(task, ILearningTasks.Phase.Closed), type(uint256).max);
    }

    /// @dev Each act one second early and one second late.
    function test_TSK03_everyActKeepsItsPhaseToTheSecond() public {
        task = _open(_terms());
        _joinAll(2, 4, 1);
        ILearningTasks.ScoresOpening memory scores = ILearningTasks.ScoresOpening(_auditor(0), SALT, "");
        _edges(_client(0), abi.encodeCall(tasks.commitUpdate, (task, SALT)), ILearningTasks.Phase.Commit);
        bytes memory reveal = abi.encodeCall(tasks.revealUpdate, (task, _client(0), _update(_client(0))));
        _edges(address(this), reveal, ILearningTasks.Phase.Reveal);
        _edges(_auditor(0), abi.encodeCall(tasks.commitScores, (task, SALT)), ILearningTasks.Phase.AuditCommit);
        _edges(address(this), abi.encodeCall(tasks.revealScores, (task, scores)), ILearningTasks.Phase.AuditReveal);
    }

    function _edges(address caller, bytes memory data, ILearningTasks.Phase phase) private {
        ILearningTasks.Phase previous = ILearningTasks.Phase(uint8(phase) - 1);
        ILearningTasks.Phase next = ILearningTasks.Phase(uint8(phase) + 1);
        uint256 start = tasks.phaseStart(task, phase);
        uint256 end = tasks.phaseStart(task, next);
        vm.warp(start - 1);
        _refused(caller, data, _wrongPhase(previous, phase));
        vm.warp(end);
        _refused(caller, data, _wrongPhase(next, phase));
    }
}
