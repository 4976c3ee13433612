// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningAnswers} from "../../../contracts/learning/interfaces/ILearningAnswers.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {RoundFixture} from "../learning/RoundFixture.sol";

/// @dev What: a bond goes to whoever opens the part, so that who holds the tree demands, opens, and has the bond back.
/// Impact: Challenge is put off as far as demands can, twelve steps, for gas alone; and whoever sees the opening of an
/// aggregator before it is mined takes its bond.
/// Fix: whoever opens, what is not the treasury's of the bond is that of the seats whose answer was demanded, in equal parts.
contract TasksSelfDemandTest is RoundFixture {
    address private constant DEMANDER = address(0xDE3A4D);
    uint96 private constant BOND = (STAKE + 31) / 32;
    uint96 private constant SHARED = BOND - BOND / 2;
    int256 private constant RIGHT = 6;

    uint256 private opening; // gas

    function setUp() public {
        _deploy();
        _openRound(OWNER);
        _entrust(DEMANDER);
        _entrust(_aggregator(1));
        _clientsAct();
        _auditorsAct();
        _aggregatorsAct([RIGHT, RIGHT, RIGHT]);
    }

    function _entrust(address account) private {
        token.mint(account, BOND);
        vm.startPrank(account);
        token.approve(address(vault), BOND);
        vault.deposit(address(tasks), address(token), BOND);
        vm.stopPrank();
    }

    /// @dev What an account has left of a bond after it demanded and opened the top of the tree itself.
    function _leftOf(address account) private returns (uint256 left) {
        ILearningTasks.Answer memory answer = _answer(RIGHT);
        ILearningAnswers.Part memory part = ILearningAnswers.Part(ILearningAnswers.Kind.Node, 0, answer.nodesRoot);
        vm.startPrank(account);
        tasks.demandNode(task, 0, answer, 0, 0, answer.nodesRoot, "");
        bytes memory data = abi.encode(_rootOf(RIGHT), WEIGHT);
        opening = gasleft();
        tasks.openPart(task, answer, part, data);
        opening -= gasleft();
        vm.stopPrank();
        (left, ) = vault.stakeOf(address(tasks), address(token), account);
        left += vault.collectable(address(token), account);
    }

    function test_AGG15_whoOpensItsOwnDemandHasNothingOfTheBond() public {
        assertEq(_leftOf(DEMANDER), 0);
        // none of it is lost: the first parts are rounded up
        uint256 sum;
        for (uint256 i; i < 3; ++i) {
            uint256 part = vault.collectable(address(token), _aggregator(i));
            assertGe(part, SHARED / 3);
            assertLe(part, SHARED / 3 + 1);
            sum += part;
        }
        assertEq(sum, SHARED);
        assertEq(vault.collectable(address(token), SLASHED_TO), BOND / 2);
    }

    /// @dev Execution alone, which for one seat is less than 150,000 with the transaction.
    function test_AGG14_whoSharesABondCostsLittle() public {
        _leftOf(DEMANDER);
        assertLe(opening, 150_000 - 21_000 + 2 * 35_000);
    }

    function test_AGG15_norDoesOneOfThoseWhoGaveTheAnswer() public {
        assertLe(_leftOf(_aggregator(1)), SHARED / 3 + 1);
    }
}
