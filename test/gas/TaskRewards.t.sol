// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../contracts/learning/interfaces/ILearningTasks.sol";
import {LocalToken} from "../../contracts/mocks/LocalToken.sol";
import {RewardsFixture} from "../unit/learning/RewardsFixture.sol";

/// @dev Snapshots are of execution alone, as in Operations.t.sol, with nothing of it read before; the bounds are of whole
/// transactions. Claims are those of a client that has some of the token.
contract TaskRewardsGas is RewardsFixture {
    uint256 private constant TRANSACTION = 21_000;

    function setUp() public {
        _deploy();
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.rounds = 14;
        terms.periodRounds = 1;
        task = _open(terms);
        _joinAll(3, 5, 3);
        for (uint256 i; i < 13; ++i) _settle(_scores(300, 100, -40));
        _score(_scores(300, 100, -40));
        _agree(14, 3);
        _enter(ILearningTasks.Phase.Finishing);
        vm.warp(block.timestamp + APPEAL);
        tasks.payAuditor(task, _auditor(0), 7, 8);
        token.mint(_auditor(0), 1);
        for (uint256 i; i < 2; ++i) token.mint(_client(i), 1);
        _claim(_client(0), 1);
        // an ordinary token with the same balances: what a hostile one reads beside them is no part of a claim
        vm.etch(address(token), address(new LocalToken("Token", "TOKEN")).code);
    }

    /// @dev What the last call took, and its transaction: 4 gas for each byte of calldata that is 0, 16 for any other.
    function _whole(uint256 execution, bytes memory data) private pure returns (uint256 gas) {
        gas = TRANSACTION + execution;
        for (uint256 i; i < data.length; ++i) gas += data[i] == 0 ? 4 : 16;
    }

    function _claimGas(address account, uint256 periods, string memory name) private returns (uint256) {
        bytes memory data = abi.encodeCall(tasks.claim, (_items(periods)));
        vm.prank(account);
        tasks.claim(_items(periods));
        return _whole(vm.snapshotGasLastCall("taskRewards", name), data);
    }

    function test_PAY06_gasOfClaimingOnePeriod() public {
        assertLe(_claimGas(_client(0), 2, "claim.onePeriod"), 63_000);
    }

    function test_PAY06_gasOfClaimingTenPeriods() public {
        assertLe(_claimGas(_client(0), 0x7fe, "claim.tenPeriods"), 100_000);
    }

    function test_gasOfAFirstClaim() public {
        _claimGas(_client(1), 1, "claim.first");
    }

    function test_gasOfClaimingASeat() public {
        _claimGas(_auditor(0), 0, "claim.seat");
    }

    function test_gasOfFinishing() public {
        tasks.finishRound(task, _answer(14));
        vm.snapshotGasLastCall("taskRewards", "finishRound.last");
    }
}
