// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ILearningRounds} from "../../../contracts/learning/interfaces/ILearningRounds.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {IRewardEscrow} from "../../../contracts/rewards/interfaces/IRewardEscrow.sol";
import {LearningFixture} from "./LearningFixture.sol";

contract OpenTaskTest is LearningFixture {
    address private constant OWNER = address(0xB055);

    function setUp() public {
        _deploy();
    }

    function test_RWD01_escrowsTheRewardOfTheCaller() public {
        task = _openFor(OWNER, _terms());
        assertEq(TaskId.unwrap(task), 1);
        assertEq(rounds.taskCount(), 1);
        assertEq(rounds.ownerOf(task), OWNER);
        assertEq(token.balanceOf(OWNER), 0);
        assertEq(token.balanceOf(address(rounds)), 0);
        assertEq(token.allowance(address(rounds), address(escrow)), 0);
        (address currency, uint256 remaining) = escrow.accountOf(address(rounds), 1);
        assertEq(currency, address(token));
        assertEq(remaining, REWARD);
    }

    function test_RWD01_escrowsNativeCurrency() public {
        ILearningRounds.TaskTerms memory terms = _terms();
        terms.token = address(0);
        task = _openFor(OWNER, terms);
        assertEq(address(escrow).balance, REWARD);
        assertEq(address(escrow).balance, REWARD);
    }

    function test_LRN01_keepsTheTerms() public {
        ILearningRounds.TaskTerms memory terms = _terms();
        task = _open(terms);
        assertEq(abi.encode(rounds.termsOf(task)), abi.encode(terms));
    }

    function test_LRN02_startsInWaiting() public {
        task = _open(_terms());
        ILearningRounds.RoundState memory state = rounds.roundState(task);
        assertEq(state.round, 1);
        assertEq(state.startedAt, START);
        assertTrue(state.phase == ILearningRounds.Phase.Waiting);
        assertEq(state.modelRoot, INITIAL_ROOT);
    }

    function test_numbersTasks() public {
        _open(_terms());
        assertEq(TaskId.unwrap(_open(_terms())), 2);
    }

    // ------------------------------------------------------------------------------------------------------- funding

    function test_RWD01_refusesWithoutEnoughTokens() public {
        token.mint(OWNER, REWARD - 1);
        vm.prank(OWNER);
        token.approve(address(rounds), REWARD);
        _refused(
            OWNER,
            abi.encodeCall(rounds.openTask, (_terms())),
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, OWNER, REWARD - 1, REWARD)
        );
    }

    /// @dev Somebody else's approval of the contract is nobody's money.
    function test_RWD01_refusesToUseAStrangersApproval() public {
        token.mint(address(this), REWARD);
        token.approve(address(rounds), REWARD);
        _refused(
            OWNER,
            abi.encodeCall(rounds.openTask, (_terms())),
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(rounds), 0, REWARD)
        );
    }

    function test_RWD01_refusesAFeeOnTransfer() public {
        token.mint(OWNER, REWARD);
        vm.prank(OWNER);
        token.approve(address(rounds), REWARD);
        token.setFee(1);
        token.mint(address(rounds), 1); // even if a stray token makes up for the first hop
        _refused(
            OWNER,
            abi.encodeCall(rounds.openTask, (_terms())),
            abi.encodeWithSelector(
                IRewardEscrow.RewardEscrow_WrongAmountReceived.selector,
                address(token),
                REWARD - 1,
                REWARD
            )
        );
    }

    function test_RWD01_refusesATokenThatReturnsFalse() public {
        token.setFailing(true);
        _refused(
            OWNER,
            abi.encodeCall(rounds.openTask, (_terms())),
            abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token))
        );
    }

    function test_RWD01_refusesATokenWithoutCode() public {
        ILearningRounds.TaskTerms memory terms = _terms();
        terms.token = address(0xdead);
        vm.expectRevert();
        rounds.openTask(terms);
    }

    function test_RWD01_refusesTheWrongValue() public {
        ILearningRounds.TaskTerms memory terms = _terms();
        vm.deal(address(this), REWARD);
        bytes memory reason = abi.encodeWithSelector(ILearningRounds.LearningRounds_WrongValue.selector, 1, 0);
        vm.expectRevert(reason);
        rounds.openTask{value: 1}(terms);
        terms.token = address(0);
        reason = abi.encodeWithSelector(ILearningRounds.LearningRounds_WrongValue.selector, REWARD - 1, REWARD);
        vm.expectRevert(reason);
        rounds.openTask{value: REWARD - 1}(terms);
    }

    /// @dev A token that opens a second task while the first one is paid for gets two honest tasks or none.
    function test_RWD01_aReenteringTokenGainsNothing() public {
        token.setHook(address(rounds), abi.encodeCall(rounds.finishRound, (TaskId.wrap(1))));
        task = _open(_terms());
        assertFalse(token.hookSucceeded());
        assertEq(token.balanceOf(address(escrow)), REWARD);
        assertEq(token.balanceOf(address(escrow)), REWARD);
    }

    // --------------------------------------------------------------------------------------------------------- terms

    function _refusedTerm(ILearningRounds.TaskTerms memory terms, string memory term, uint256 value) private {
        _refused(
            OWNER,
            abi.encodeCall(rounds.openTask, (terms)),
            abi.encodeWithSelector(ILearningRounds.LearningRounds_InvalidTerms.selector, term, value)
        );
    }

    function test_LRN01_refusesTermsOfMoney() public {
        ILearningRounds.TaskTerms memory terms = _terms();
        terms.cooperative = address(0);
        _refusedTerm(terms, "cooperative", 0);
        terms = _terms();
        terms.reward = 0;
        _refusedTerm(terms, "reward", 0);
        terms = _terms();
        terms.auditorShare = 10_001;
        _refusedTerm(terms, "auditorShare", 10_001);
        terms = _terms();
        terms.auditorShare = 6000;
        terms.aggregatorShare = 4001;
        _refusedTerm(terms, "aggregatorShare", 4001);
        terms = _terms();
        terms.minimumScore = 0;
        _refusedTerm(terms, "minimumScore", 0);
        terms = _terms();
        terms.slashRecipient = address(0);
        _refusedTerm(terms, "slashRecipient", 0);
    }

    function test_LRN01_refusesTermsOfTime() public {
        ILearningRounds.TaskTerms memory terms = _terms();
        terms.startsAt = uint48(block.timestamp);
        _refusedTerm(terms, "startsAt", block.timestamp);
        terms = _terms();
        terms.schedule.commit = 0;
        _refusedTerm(terms, "schedule.commit", 0);
        terms = _terms();
        terms.schedule.reveal = 0;
        _refusedTerm(terms, "schedule.reveal", 0);
        terms = _terms();
        terms.schedule.auditCommit = 0;
        _refusedTerm(terms, "schedule.auditCommit", 0);
        terms = _terms();
        terms.schedule.auditReveal = 0;
        _refusedTerm(terms, "schedule.auditReveal", 0);
        terms = _terms();
        terms.schedule.aggregateCommit = 0;
        _refusedTerm(terms, "schedule.aggregateCommit", 0);
        terms = _terms();
        terms.schedule.aggregateReveal = 0;
        _refusedTerm(terms, "schedule.aggregateReveal", 0);
        terms = _terms();
        terms.rounds = 0;
        _refusedTerm(terms, "rounds", 0);
        terms = _terms();
        terms.periodRounds = 0;
        _refusedTerm(terms, "periodRounds", 0);
        terms = _terms();
        terms.periodRounds = 3;
        _refusedTerm(terms, "periodRounds", 3);
        terms = _terms();
        terms.retries = type(uint16).max - 3;
        _refusedTerm(terms, "retries", type(uint16).max - 3);
    }

    function test_LRN01_LRN18_refusesTermsOfSeats() public {
        ILearningRounds.TaskTerms memory terms = _terms();
        terms.maxClients = 257;
        _refusedTerm(terms, "maxClients", 257);
        terms = _terms();
        terms.minClients = 0;
        _refusedTerm(terms, "minClients", 0);
        terms = _terms();
        terms.minClients = 9;
        _refusedTerm(terms, "minClients", 9);
        terms = _terms();
        terms.auditors = 3;
        _refusedTerm(terms, "auditors", 3);
        terms = _terms();
        terms.auditors = 16;
        _refusedTerm(terms, "auditors", 16);
        terms = _terms();
        terms.aggregators = 0;
        _refusedTerm(terms, "aggregators", 0);
        terms = _terms();
        terms.aggregators = 16;
        _refusedTerm(terms, "aggregators", 16);
        terms = _terms();
        terms.aggregatorQuorum = 3;
        _refusedTerm(terms, "aggregatorQuorum", 3);
        terms = _terms();
        terms.aggregators = 4;
        _refusedTerm(terms, "aggregatorQuorum", 2); // half is no majority
    }

    function test_LRN01_refusesTermsOfContent() public {
        ILearningRounds.TaskTerms memory terms = _terms();
        terms.initialRoot = 0;
        _refusedTerm(terms, "initialRoot", 0);
        terms = _terms();
        terms.initialModel = "";
        _refusedTerm(terms, "initialModel", 0);
        terms = _terms();
        terms.manifest = new bytes(97);
        _refusedTerm(terms, "manifest", 97);
    }

    function test_unknownTask() public {
        bytes memory reason = abi.encodeWithSelector(
            ILearningRounds.LearningRounds_UnknownTask.selector,
            TaskId.wrap(7)
        );
        TaskId unknown = TaskId.wrap(7);
        _refused(OWNER, abi.encodeCall(rounds.join, (unknown, ILearningRounds.Role.Client)), reason);
        _refused(OWNER, abi.encodeCall(rounds.finishRound, (unknown)), reason);
        _refused(OWNER, abi.encodeCall(rounds.refund, (unknown)), reason);
        _refused(OWNER, abi.encodeCall(rounds.termsOf, (unknown)), reason);
    }
}
