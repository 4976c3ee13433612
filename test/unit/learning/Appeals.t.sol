// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningAppeals} from "../../../contracts/learning/interfaces/ILearningAppeals.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {ITaskRewards} from "../../../contracts/learning/interfaces/ITaskRewards.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {IStakeVault} from "../../../contracts/rewards/interfaces/IStakeVault.sol";
import {AppealsFixture} from "./AppealsFixture.sol";

/// @dev Appeals of whole tasks. Two colluders on a panel of three say 1000 more than the truth.
contract AppealsTest is AppealsFixture {
    int256 private constant LIE = 1000;
    // of 12 clients: 100, 110, ... 210
    uint256 private constant TRUTH = 12 * 100 + 10 * 66;

    function setUp() public {
        _deploy();
        _begin(_appealTerms());
    }

    function _lied() private view returns (uint256) {
        return TRUTH + uint256(LIE) * _clientsOfPanel();
    }

    function _clientsOfPanel() private view returns (uint256 count) {
        uint256[] memory cells = _cellsOf(0);
        for (uint256 id; id < CLIENTS; ++id) if (id / 8 == cells[0]) ++count;
    }

    function _appealCall(uint256 panel, bytes memory openings) private view returns (bytes memory) {
        return abi.encodeCall(ILearningAppeals.appealPanel, (task, panel, openings));
    }

    function _drawCall() private view returns (bytes memory) {
        return abi.encodeCall(ILearningAppeals.drawAppeal, (task, appealed.round, appealed.number));
    }

    function _settleCall() private view returns (bytes memory) {
        return abi.encodeCall(ILearningAppeals.settleAppeal, (task, appealed, _pack(_fresh(), _appealedCells())));
    }

    function _endCall() private view returns (bytes memory) {
        return abi.encodeCall(ILearningAppeals.endAppeal, (task, appealed.round, appealed.number));
    }

    function _ofPanel(bytes4 selector) private view returns (bytes memory) {
        return abi.encodeWithSelector(selector, task, appealed.round, appealed.number);
    }

    function _wrongTime(uint256 from, uint256 until) private view returns (bytes memory) {
        bytes4 selector = ILearningAppeals.LearningAppeals_WrongTime.selector;
        return abi.encodeWithSelector(selector, task, appealed.round, appealed.number, from, until);
    }

    function _notScored(uint256 panel) private view returns (bytes memory) {
        bytes4 selector = ILearningAppeals.LearningAppeals_NotScored.selector;
        return abi.encodeWithSelector(selector, task, _round(), panel);
    }

    // ------------------------------------------------------------------------------------------------- when, and by whom

    function test_APL01_aPanelIsAppealedFromItsSettlementUntilItsRoundIsFinished() public {
        _drawPanels();
        _audit();
        bytes memory openings = _openings(0);
        tasks.settlePanel(task, 1, _openings(1));
        _fund(APPELLANT);
        _refused(APPELLANT, _appealCall(0, openings), _notScored(0));
        _refused(APPELLANT, _appealCall(2, openings), _notScored(2));
        // bit 255 of the set of panels is none
        _refused(APPELLANT, _appealCall(255, openings), _notScored(255));
        tasks.settlePanel(task, 0, openings);
        _describe(0);
        vm.prank(APPELLANT);
        tasks.appealPanel(task, 0, openings);
        assertEq(tasks.appealOf(task, 1, 0).appellant, APPELLANT);
        _refused(
            APPELLANT,
            _appealCall(0, openings),
            _ofPanel(ILearningAppeals.LearningAppeals_AlreadyAppealed.selector)
        );
    }

    function test_APL01_upToTheLastSecondOfARound() public {
        _lie(2, LIE);
        bytes memory openings = _openings(0);
        bytes memory others = _openings(1);
        _fund(APPELLANT);
        _enter(ILearningTasks.Phase.AggregateCommit);
        bytes32 commitment = tasks.answerCommitment(task, 1, _aggregator(0), _answer(), SALT);
        vm.prank(_aggregator(0));
        tasks.commitAnswer(task, commitment);
        _enter(ILearningTasks.Phase.AggregateReveal);
        tasks.revealAnswer(task, _aggregator(0), _answer(), SALT);
        _enter(ILearningTasks.Phase.Finishing);
        vm.prank(APPELLANT);
        tasks.appealPanel(task, 0, openings);
        tasks.finishRound(task, _answer());
        _refused(
            APPELLANT,
            _appealCall(1, others),
            _wrongPhase(ILearningTasks.Phase.Commit, ILearningTasks.Phase.Settle)
        );
    }

    function test_APL01_notAPanelThatWasVoid() public {
        _drawPanels();
        isSilent[_seatsOf(0)[1]] = true;
        _audit();
        _settleAll();
        _fund(APPELLANT);
        _refused(APPELLANT, _appealCall(0, _openings(0)), _notScored(0));
    }

    function test_APL01_notInATaskWithoutAppeals() public {
        vm.warp(START - 1000);
        ILearningTasks.TaskTerms memory terms = _appealTerms();
        terms.schedule.appeal = 0;
        _begin(terms);
        _lie(2, LIE);
        _fund(APPELLANT);
        _refused(
            APPELLANT,
            _appealCall(0, _openings(0)),
            abi.encodeWithSelector(ILearningAppeals.LearningAppeals_NotOffered.selector, task)
        );
    }

    function test_APL01_notWhereTooFewAuditorsWereNotOnThePanel() public {
        vm.warp(START - 1000);
        task = _open(_appealTerms());
        _joinAll(8, 7, 3);
        for (uint256 id; id < 8; ++id) scoreOf[id] = 5;
        _lie(2, LIE);
        _deposit(APPELLANT, REWARD);
        _refused(
            APPELLANT,
            _appealCall(0, _openings(0)),
            abi.encodeWithSelector(ILearningAppeals.LearningAppeals_TooFewAuditors.selector, task, 7, 8)
        );
    }

    function test_APL02_openingsAreThoseOfThePanel() public {
        _lie(2, LIE);
        _deposit(APPELLANT, REWARD);
        _refusedAs(ILearningTasks.LearningTasks_WrongSeat.selector, _appealCall(0, _openings(1)));
        // a vector that its auditor did not reveal
        bytes memory openings = _openings(0);
        openings[openings.length - 1] ^= 0x01;
        _refusedAs(ILearningTasks.LearningTasks_CommitmentMismatch.selector, _appealCall(0, openings));
        openings = bytes.concat(_openings(0), hex"00");
        _refusedAs(ILearningTasks.LearningTasks_InvalidOpenings.selector, _appealCall(0, openings));
    }

    /// @dev The appellant's call must fail with this error, whatever its arguments.
    function _refusedAs(bytes4 selector, bytes memory data) private {
        vm.prank(APPELLANT);
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory result) = address(tasks).call(data);
        assertFalse(success);
        assertEq(bytes32(bytes4(result)), bytes32(selector));
    }

    // ------------------------------------------------------------------------------------------------------------- bond

    function test_APL03_theBondIsLockedAndServesOneAppeal() public {
        _lie(2, LIE);
        _describe(0);
        uint256 bond = _fund(APPELLANT);
        assertEq(bond, 11 * _seatPay() + (3 * STAKE + 31) / 32);
        vm.prank(APPELLANT);
        // one unit short
        vault.withdraw(address(tasks), address(token), 1, APPELLANT);
        _refusedAs(IStakeVault.StakeVault_InsufficientFree.selector, _appealCall(0, _openings(0)));
        _deposit(APPELLANT, 1);
        bytes memory openings = _openings(0);
        vm.prank(APPELLANT);
        tasks.appealPanel(task, 0, openings);
        assertEq(_locked(APPELLANT), bond);
        assertEq(_free(APPELLANT), 0);
        assertEq(tasks.appealOf(task, 1, 0).bond, bond);
        _refusedAs(IStakeVault.StakeVault_InsufficientFree.selector, _appealCall(1, _openings(1)));
        vm.prank(APPELLANT);
        vm.expectPartialRevert(IStakeVault.StakeVault_InsufficientFree.selector);
        vault.withdraw(address(tasks), address(token), 1, APPELLANT);
    }

    // ------------------------------------------------------------------------------------------------------ fresh panel

    function test_APL04_theSeedIsOfTheSecondInWhichTheRoundIsFinished() public {
        _lie(2, LIE);
        _appeal(0);
        // while the round runs nothing can be drawn, whatever is known
        for (uint48 i; i < 400; ++i) beacon.set(uint48(block.timestamp) + i, BEACON);
        bytes memory notDrawable = abi.encodeWithSelector(
            ILearningAppeals.LearningAppeals_NotDrawable.selector,
            task,
            1
        );
        _refused(APPELLANT, _drawCall(), notDrawable);
        _finish();
        uint256 startedAt = tasks.roundState(task).startedAt;
        beacon.set(uint48(startedAt), 0);
        _refused(
            APPELLANT,
            _drawCall(),
            abi.encodeWithSelector(ILearningTasks.LearningTasks_SeedUnknown.selector, task, 1, startedAt)
        );
        _drawAppeal();
        assertEq(_startedAt(), startedAt);
        _refused(APPELLANT, _drawCall(), _ofPanel(ILearningAppeals.LearningAppeals_AlreadyDrawn.selector));
    }

    function test_APL04_itIsNotDrawnAfterItsCommitmentsClose() public {
        _lie(2, LIE);
        _appeal(0);
        _finish();
        uint256 startedAt = block.timestamp;
        vm.warp(startedAt + 80);
        beacon.set(uint48(startedAt), BEACON);
        _refused(APPELLANT, _drawCall(), _wrongTime(startedAt, startedAt + 80));
        // and the bond is free
        tasks.endAppeal(task, 1, 0);
        assertEq(_locked(APPELLANT), 0);
    }

    function test_APL04_nobodyOfTheOldPanelIsOnTheFreshOne() public {
        _lie(2, LIE);
        _appeal(0);
        _finish();
        _drawAppeal();
        address[] memory seats = _fresh();
        assertEq(seats.length, 11);
        for (uint256 i; i < seats.length; ++i) {
            for (uint256 j; j < i; ++j) assertNotEq(seats[i], seats[j]);
            for (uint256 j; j < 3; ++j) assertNotEq(seats[i], _seatsOf(0)[j]);
        }
        _review();
        // fourteen auditors less three are eleven: whoever puts another in a seat is refused
        (seats[0], seats[1]) = (seats[1], seats[0]);
        bytes memory openings = _pack(seats, _appealedCells());
        vm.warp(_startedAt() + 150);
        vm.expectPartialRevert(ILearningTasks.LearningTasks_WrongSeat.selector);
        tasks.settleAppeal(task, appealed, openings);
        seats[1] = _seatsOf(0)[0];
        openings = _pack(seats, _appealedCells());
        vm.expectPartialRevert(ILearningTasks.LearningTasks_WrongSeat.selector);
        tasks.settleAppeal(task, appealed, openings);
        _settleAppeal();
    }

    function test_APL05_reviewsAreCommittedAndRevealedInTheirTime() public {
        _lie(2, LIE);
        _appeal(0);
        _finish();
        bytes32 commitment = keccak256("x");
        bytes memory commitCall = abi.encodeCall(ILearningAppeals.commitReview, (task, 1, 0, commitment));
        _refused(_auditor(0), commitCall, _ofPanel(ILearningAppeals.LearningAppeals_NotDrawn.selector));
        _drawAppeal();
        uint256 start = _startedAt();
        address auditor = _fresh()[0];
        uint256[] memory cells = _appealedCells();
        bytes memory revealCall = abi.encodeCall(ILearningAppeals.revealReview, (task, 1, 0, _said(cells, auditor)));
        vm.warp(start + 79);
        _refused(
            _client(0),
            commitCall,
            _wrongRole(_client(0), ILearningTasks.Role.Client, ILearningTasks.Role.Auditor)
        );
        _commitReview(auditor, cells);
        _refused(
            auditor,
            commitCall,
            abi.encodeWithSelector(ILearningTasks.LearningTasks_AlreadyCommitted.selector, task, 1, auditor)
        );
        _refused(auditor, revealCall, _wrongTime(start + 80, start + 150));
        vm.warp(start + 80);
        _refused(_fresh()[1], commitCall, _wrongTime(start, start + 80));
        vm.warp(start + 149);
        tasks.revealReview(task, 1, 0, _said(cells, auditor));
        _refused(
            auditor,
            revealCall,
            abi.encodeWithSelector(ILearningTasks.LearningTasks_AlreadyRevealed.selector, task, 1, auditor)
        );
        _refused(APPELLANT, _settleCall(), _wrongTime(start + 150, start + 215));
        vm.warp(start + 150);
        _refused(_fresh()[1], revealCall, _wrongTime(start + 80, start + 150));
    }

    function test_APL05_aCopiedCommitmentCantBeOpened() public {
        _lie(2, LIE);
        _appeal(0);
        _appealOther();
        _finish();
        _drawAppeal();
        address[] memory seats = _fresh();
        uint256[] memory cells = _appealedCells();
        bytes32 commitment = tasks.reviewCommitment(task, 1, appealed.number, _said(cells, seats[0]));
        _commitReview(seats[0], cells);
        // the thief has the commitment of another; it is neither the thief's nor that of another panel, nor that of a round
        vm.prank(seats[1]);
        tasks.commitReview(task, 1, appealed.number, commitment);
        commitment = tasks.scoresCommitment(task, 1, _said(cells, seats[2]));
        vm.prank(seats[2]);
        tasks.commitReview(task, 1, appealed.number, commitment);
        commitment = tasks.reviewCommitment(task, 1, 0, _said(cells, seats[3]));
        vm.prank(seats[3]);
        tasks.commitReview(task, 1, appealed.number, commitment);
        vm.warp(_startedAt() + 80);
        for (uint256 i = 1; i < 4; ++i) {
            _refused(
                seats[i],
                abi.encodeCall(ILearningAppeals.revealReview, (task, 1, appealed.number, _said(cells, seats[i]))),
                _inFirst(ILearningTasks.LearningTasks_CommitmentMismatch.selector, seats[i])
            );
        }
        // nor does who never committed open anything
        _refused(
            seats[4],
            abi.encodeCall(ILearningAppeals.revealReview, (task, 1, appealed.number, _said(cells, seats[4]))),
            _inFirst(ILearningTasks.LearningTasks_CommitmentMismatch.selector, seats[4])
        );
        // a vector of another length would keep the appeal from being settled
        ILearningTasks.ScoresOpening memory longer = _said(cells, seats[0]);
        longer.scores = bytes.concat(longer.scores, bytes32(0));
        _refused(
            seats[0],
            abi.encodeCall(ILearningAppeals.revealReview, (task, 1, appealed.number, longer)),
            abi.encodeWithSelector(ILearningTasks.LearningTasks_InvalidVector.selector, task, 1, 64, 32)
        );
    }

    function _appealOther() private {
        _describe(1);
        _fund(APPELLANT);
        bytes memory openings = _openings(1);
        vm.prank(APPELLANT);
        tasks.appealPanel(task, 1, openings);
    }

    function _inFirst(bytes4 selector, address account) private view returns (bytes memory) {
        return abi.encodeWithSelector(selector, task, 1, account);
    }

    // ---------------------------------------------------------------------------------------------------------- verdict

    /// @dev The period goes on: the balances are then what they had been, had the fresh panel been the first.
    function test_APL06_theScoresAreReplacedOnce() public {
        _lie(2, LIE);
        uint256 lied = _lied();
        assertEq(_positive(0), lied);
        _appeal(0);
        _finish();
        _drawAppeal();
        _review();
        assertEq(_positive(0), lied);
        _settleAppeal();
        assertEq(_positive(0), TRUTH);
        _refused(APPELLANT, _settleCall(), _ofPanel(ILearningAppeals.LearningAppeals_NotAppealed.selector));
        _refused(APPELLANT, _endCall(), _ofPanel(ILearningAppeals.LearningAppeals_NotAppealed.selector));
        assertEq(_positive(0), TRUTH);
    }

    function test_APL06_whatIsSettledIsWhatWasAppealed() public {
        _lie(2, LIE);
        _appeal(0);
        _finish();
        _drawAppeal();
        _review();
        vm.warp(_startedAt() + 150);
        bytes memory openings = _pack(_fresh(), _appealedCells());
        ILearningAppeals.AppealedPanel memory other = appealed;
        other.period = 1;
        vm.expectPartialRevert(ILearningAppeals.LearningAppeals_WrongPanel.selector);
        tasks.settleAppeal(task, other, openings);
        other = appealed;
        other.updates ^= 1;
        vm.expectPartialRevert(ILearningAppeals.LearningAppeals_WrongPanel.selector);
        tasks.settleAppeal(task, other, openings);
        other = appealed;
        other.vectors[0] ^= 0x01;
        vm.expectPartialRevert(ILearningAppeals.LearningAppeals_WrongPanel.selector);
        tasks.settleAppeal(task, other, openings);
        // a reveal can't be left out
        isSilent[_fresh()[4]] = true;
        openings = _pack(_fresh(), _appealedCells());
        vm.expectPartialRevert(ILearningTasks.LearningTasks_CommitmentMismatch.selector);
        tasks.settleAppeal(task, appealed, openings);
    }

    /// @dev A round in Challenge has the aggregate that its scores gave: no appeal is settled from the end of the next
    /// round's AuditReveal on, and its panels are settled after that.
    function test_APL06_noAppealIsSettledWhileARoundSettlesItsPanelsOrAggregates() public {
        vm.warp(START - 1000);
        ILearningTasks.TaskTerms memory terms = _appealTerms();
        terms.schedule.settle = 1000;
        terms.schedule.appeal = 1150;
        _begin(terms);
        _lie(2, LIE);
        _appeal(0);
        _finish();
        _drawAppeal();
        _review();
        uint256 settles = tasks.phaseStart(task, ILearningTasks.Phase.Settle);
        vm.warp(settles);
        assertTrue(tasks.phaseOf(task) == ILearningTasks.Phase.Settle);
        _refused(APPELLANT, _settleCall(), _wrongTime(_startedAt() + 150, settles));
        tasks.endAppeal(task, 1, 0);
        assertEq(_locked(APPELLANT), 0);
    }

    /// @dev An update that two liars of three find absent has no score and is left out of the aggregate; the fresh panel
    /// gives it its score, and the aggregate stays as it is.
    function test_APL12_anUpdateThatIsThereGetsItsScore() public {
        _drawPanels();
        uint256[] memory cells = _cellsOf(0);
        address[] memory seats = _seatsOf(0);
        uint256 id = cells[0] * 8;
        int256 truth = scoreOf[id];
        // all of them, for a plain fixture
        scoreOf[id] = ABSENT;
        _audit();
        _settleAll();
        assertEq(_positive(0), TRUTH - uint256(truth));
        assertEq(tasks.roundState(task).updates, CLIENTS - 1);
        _appeal(0);
        _finish();
        _drawAppeal();
        scoreOf[id] = truth;
        _review();
        _settleAppeal();
        assertEq(_positive(0), TRUTH);
        // one of twelve updates makes nobody an outlier; but the appellant was right
        for (uint256 i; i < 3; ++i) assertEq(_locked(seats[i]), 3 * STAKE);
        assertEq(_collectable(SLASHED_TO), 0);
    }

    // ------------------------------------------------------------------------------------------------------------ money

    function test_APL08_outliersPayTheFreshPanelAndTheAppellant() public {
        _lie(2, LIE);
        _appeal(0);
        uint256 seatPay = _seatPay();
        address[] memory seats = _seatsOf(0);
        uint256 bond = _locked(APPELLANT);
        _finish();
        _drawAppeal();
        address[] memory fresh = _fresh();
        _review();
        _settleAppeal();
        for (uint256 i; i < 11; ++i) assertEq(_collectable(fresh[i]), seatPay);
        // what is not paid out of the bond is free again; what was is repaid, and half of the rest is the appellant's
        assertEq(_locked(APPELLANT), 0);
        assertEq(_free(APPELLANT), bond - 11 * seatPay);
        uint256 first = 11 * seatPay < STAKE ? 11 * seatPay : STAKE;
        uint256 second = 11 * seatPay - first;
        uint256 given = first + (STAKE - first) / 2 + second + (STAKE - second) / 2;
        assertEq(_collectable(APPELLANT), given);
        assertEq(_collectable(SLASHED_TO), 2 * STAKE - given);
        assertEq(_locked(seats[0]), 2 * STAKE);
        assertEq(_locked(seats[1]), 2 * STAKE);
        // who told the truth is not
        assertEq(_locked(seats[2]), 3 * STAKE);
        (, uint256 stake) = tasks.seatAt(task, ILearningTasks.Role.Auditor, 0);
        assertLe(stake, 3 * STAKE);
    }

    function test_APL08_halfOfTheUpdatesMakeNoOutlier() public {
        _drawPanels();
        _audit();
        _settleAll();
        _appeal(0);
        _finish();
        _drawAppeal();
        uint256[] memory cells = _appealedCells();
        uint256 clients = _clientsOfPanel();
        for (uint256 i; i < clients / 2; ++i) scoreOf[cells[0] * 8 + i] += 11;
        _review();
        _settleAppeal();
        for (uint256 i; i < 3; ++i) assertEq(_locked(appealed.revealed[i]), 3 * STAKE);
        assertEq(_positive(0), TRUTH + 11 * (clients / 2));
    }

    function test_APL08_oneMoreThanHalfDoes() public {
        _drawPanels();
        _audit();
        _settleAll();
        _appeal(0);
        _finish();
        _drawAppeal();
        uint256[] memory cells = _appealedCells();
        for (uint256 i; i <= _clientsOfPanel() / 2; ++i) scoreOf[cells[0] * 8 + i] += 11;
        _review();
        _settleAppeal();
        for (uint256 i; i < 3; ++i) assertEq(_locked(appealed.revealed[i]), 2 * STAKE);
    }

    function test_APL09_aFrivolousAppealCostsTheBond() public {
        _lie(0, 0);
        _appeal(0);
        uint256 bond = _locked(APPELLANT);
        uint256 seatPay = _seatPay();
        _finish();
        _drawAppeal();
        address[] memory fresh = _fresh();
        // within epsilon nothing has moved
        for (uint256 id; id < CLIENTS; ++id) scoreOf[id] += 10;
        _review();
        _settleAppeal();
        for (uint256 i; i < 11; ++i) assertEq(_collectable(fresh[i]), seatPay);
        assertEq(_locked(APPELLANT) + _free(APPELLANT) + _collectable(APPELLANT), 0);
        assertEq(_collectable(SLASHED_TO), bond - 11 * seatPay);
        for (uint256 i; i < 3; ++i) assertEq(_locked(appealed.revealed[i]), 3 * STAKE);
    }

    function test_APL09_freshAuditorsEarnByWhatIsNearTheirMedian() public {
        _lie(2, LIE);
        _appeal(0);
        uint256 seatPay = _seatPay();
        _finish();
        _drawAppeal();
        address[] memory fresh = _fresh();
        for (uint256 i; i < 5; ++i) biasOf[fresh[i]] = LIE;
        _review();
        _settleAppeal();
        for (uint256 i; i < 11; ++i) assertEq(_collectable(fresh[i]), i < 5 ? 0 : seatPay);
    }

    function test_APL10_fewerRevealsThanThePanelHadAreNoVerdict() public {
        _lie(2, LIE);
        uint256 lied = _lied();
        _appeal(0);
        uint256 bond = _locked(APPELLANT);
        _finish();
        _drawAppeal();
        address[] memory fresh = _fresh();
        for (uint256 i; i < 9; ++i) isSilent[fresh[i]] = true;
        _review();
        _settleAppeal();
        assertEq(_positive(0), lied);
        assertEq(_free(APPELLANT), bond);
        for (uint256 i; i < 11; ++i) {
            assertEq(_locked(fresh[i]), i < 9 ? 2 * STAKE : 3 * STAKE);
            assertEq(tasks.participantOf(task, fresh[i]).misses, i < 9 ? 1 : 0);
            assertEq(_collectable(fresh[i]), 0);
        }
        assertEq(_collectable(SLASHED_TO), 9 * STAKE);
    }

    function test_APL10_asManyAreOne() public {
        _lie(2, LIE);
        _appeal(0);
        _finish();
        _drawAppeal();
        address[] memory fresh = _fresh();
        for (uint256 i; i < 8; ++i) isSilent[fresh[i]] = true;
        _review();
        _settleAppeal();
        assertEq(_positive(0), TRUTH);
        for (uint256 i; i < 8; ++i) assertEq(_locked(fresh[i]), 2 * STAKE);
    }

    // --------------------------------------------------------------------------------------------------------- attacks

    /// @dev Colluders who appeal their own panel, so that nobody else can, get a fresh panel all the same, and lose.
    function test_APL08_colludersWhoAppealThemselvesLose() public {
        _lie(2, LIE);
        address liar = _seatsOf(0)[0];
        _describe(0);
        uint256 bond = _fund(liar);
        bytes memory openings = _openings(0);
        vm.prank(liar);
        tasks.appealPanel(task, 0, openings);
        uint256 seatPay = _seatPay();
        _finish();
        _drawAppeal();
        _review();
        _settleAppeal();
        assertEq(_positive(0), TRUTH);
        // both lose a third of their stakes; the appellant has at most half of what the fresh panel left back
        uint256 left = _free(liar) + _locked(liar) + _collectable(liar) + _locked(appealed.revealed[1]);
        assertLe(left + 11 * seatPay, 6 * STAKE + bond - STAKE + (11 * seatPay) / 2);
    }

    /// @dev The appeal of a whole cell of clients whose honest panel is overruled by nobody: who appeals to stall gains no
    /// second.
    function test_APL11_appealsDelayNoClaim() public {
        _lie(2, LIE);
        for (uint256 p; p < 2; ++p) {
            _describe(p);
            _fund(APPELLANT);
            bytes memory openings = _openings(p);
            vm.prank(APPELLANT);
            tasks.appealPanel(task, p, openings);
        }
        _finish();
        // nobody draws, reviews or settles anything
        _lie(0, 0);
        _finish();
        (, , , uint256 from) = tasks.periodOf(task, 0);
        assertEq(from, block.timestamp + 215);
        vm.warp(from);
        assertGe(_claim(_client(0), 1), 1);
        tasks.endAppeal(task, 1, 0);
        tasks.endAppeal(task, 1, 1);
        assertEq(_locked(APPELLANT), 0);
    }

    function test_APL11_theBondIsFreeWhateverHappens() public {
        _lie(2, LIE);
        _appeal(0);
        uint256 bond = _locked(APPELLANT);
        uint256 far = type(uint256).max;
        _refused(APPELLANT, _endCall(), _wrongTime(far, far));
        _finish();
        _refused(APPELLANT, _endCall(), _wrongTime(block.timestamp + 80, far));
        _drawAppeal();
        _refused(APPELLANT, _endCall(), _wrongTime(block.timestamp + 215, far));
        vm.warp(_startedAt() + 215);
        _refused(APPELLANT, _settleCall(), _wrongTime(_startedAt() + 150, _startedAt() + 215));
        tasks.endAppeal(task, 1, 0);
        assertEq(_free(APPELLANT), bond);
        assertEq(_locked(APPELLANT), 0);
    }

    /// @dev A round without updates is finished after its Reveal: who did not draw by then does not any more.
    function test_APL11_aVoidRoundEndsWhatWasNotDrawn() public {
        _lie(2, LIE);
        _appeal(0);
        _finish();
        uint256 startedAt = block.timestamp;
        ILearningTasks.Answer memory none;
        _enter(ILearningTasks.Phase.AuditCommit);
        tasks.finishRound(task, none);
        beacon.set(uint48(startedAt), BEACON);
        _refused(
            APPELLANT,
            _drawCall(),
            abi.encodeWithSelector(ILearningAppeals.LearningAppeals_NotDrawable.selector, task, 1)
        );
        tasks.endAppeal(task, 1, 0);
        assertEq(_locked(APPELLANT), 0);
    }

    function test_APL11_aDrawnAppealOutlivesAVoidRound() public {
        _lie(2, LIE);
        _appeal(0);
        _finish();
        _drawAppeal();
        _review();
        ILearningTasks.Answer memory none;
        _enter(ILearningTasks.Phase.AuditCommit);
        tasks.finishRound(task, none);
        bytes memory openings = _pack(_fresh(), _appealedCells());
        tasks.settleAppeal(task, appealed, openings);
        assertEq(_positive(0), TRUTH);
    }
}

/// @dev Tasks of one round, whose period closes with it: all that follows from its scores is made anew.
contract LastAppealsTest is AppealsFixture {
    int256 private constant LIE = 1000;
    uint256 private constant POOL = (uint256(REWARD) * 6500) / 10_000;

    function setUp() public {
        _deploy();
        ILearningTasks.TaskTerms memory terms = _appealTerms();
        terms.rounds = 1;
        terms.periodRounds = 1;
        terms.auditorStake = 9 * STAKE;
        terms.missPenalty = 3 * STAKE;
        _begin(terms);
    }

    function _toVerdict() private {
        _appeal(0);
        _finish();
        _drawAppeal();
        _review();
    }

    function test_APL07_aClosedPeriodPaysByTheNewScores() public {
        _lie(2, LIE);
        _toVerdict();
        (, uint256 lied, , uint256 from) = tasks.periodOf(task, 0);
        _settleAppeal();
        (uint256 pool, uint256 positive, uint256 divisor, uint256 claimableFrom) = tasks.periodOf(task, 0);
        assertEq(pool, POOL);
        assertEq(positive, 12 * 100 + 10 * 66);
        assertEq(divisor, positive);
        assertGe(lied, positive + 4000);
        assertEq(claimableFrom, from);
        vm.warp(from);
        uint256 paid;
        for (uint256 id; id < CLIENTS; ++id) {
            uint256 pay = (POOL * uint256(scoreOf[id])) / positive;
            assertEq(_claim(_client(id), 1), pay);
            paid += pay;
        }
        assertLe(POOL - paid, CLIENTS);
    }

    /// @dev With fewer positive scores than `minimumScore` a part of the pool goes back to the owner: what an appeal frees is
    /// refunded, what it adds is owed.
    function test_APL07_theRefundFollowsTheNewScores() public {
        for (uint256 id; id < CLIENTS; ++id) scoreOf[id] = 1;
        _lie(2, LIE);
        _toVerdict();
        vm.expectPartialRevert(ITaskRewards.LearningTasks_TooEarly.selector);
        tasks.refund(task);
        _settleAppeal();
        (, uint256 positive, uint256 divisor, uint256 from) = tasks.periodOf(task, 0);
        assertEq(positive, 12);
        assertEq(divisor, 100);
        vm.warp(from - 1);
        vm.expectPartialRevert(ITaskRewards.LearningTasks_TooEarly.selector);
        tasks.refund(task);
        vm.warp(from);
        uint256 back = tasks.refund(task);
        assertGe(back, POOL - (POOL * 12) / 100);
        uint256 paid;
        for (uint256 id; id < CLIENTS; ++id) paid += _claim(_client(id), 1);
        for (uint256 i; i < AUDITORS; ++i) paid += _claim(_auditor(i), 0);
        for (uint256 i; i < 3; ++i) paid += _claim(_aggregator(i), 0);
        paid += _claim(SLASHED_TO, 0);
        (, uint256 remaining) = escrow.accountOf(address(tasks), TaskId.unwrap(task));
        assertEq(back + paid + remaining, REWARD);
        assertLe(remaining, CLIENTS);
    }

    /// @dev The last second of the last appeal is before the first of any claim, refund or release.
    function test_APL11_theLastAppealEndsBeforeAnythingIsPaidOrFreed() public {
        _lie(2, LIE);
        _toVerdict();
        (, , , uint256 from) = tasks.periodOf(task, 0);
        vm.warp(_startedAt() + 214);
        assertEq(from, block.timestamp + 1);
        vm.expectPartialRevert(ITaskRewards.LearningTasks_NotClaimable.selector);
        this.claim(_client(0));
        vm.expectPartialRevert(ITaskRewards.LearningTasks_TooEarly.selector);
        tasks.releaseStake(task, appealed.revealed[0]);
        bytes memory openings = _pack(_fresh(), _appealedCells());
        tasks.settleAppeal(task, appealed, openings);
        assertEq(_locked(appealed.revealed[0]), 6 * STAKE);
        vm.warp(from);
        tasks.releaseStake(task, appealed.revealed[0]);
        assertEq(_free(appealed.revealed[0]), 6 * STAKE);
    }

    function claim(address account) external {
        _claim(account, 1);
    }
}
