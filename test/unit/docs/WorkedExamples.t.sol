// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPolicyBook} from "../../../contracts/governance/interfaces/IPolicyBook.sol";
import {PolicyLib} from "../../../contracts/governance/libraries/PolicyLib.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {DecayLib} from "../../../contracts/reputation/libraries/DecayLib.sol";
import {RewardsFixture} from "../learning/RewardsFixture.sol";

/// @dev The examples of docs/spec.md, number by number.
contract WorkedExamplesTest is RewardsFixture {
    /// @dev Yes-ballots needed when all vote and nobody abstains.
    function test_GOV07_tableOfApproval() public pure {
        uint8[6][3] memory needed = [[1, 1, 1, 2, 2, 2], [1, 2, 2, 2, 2, 3], [3, 3, 4, 4, 5, 5]];
        uint8[3] memory members = [2, 3, 7];
        for (uint256 row; row < 3; ++row) {
            for (uint256 column; column < 6; ++column) {
                IPolicyBook.Policy memory policy;
                (policy.approvalNumerator, policy.approvalDenominator) = _fraction(column / 2);
                policy.strict = column % 2 == 1;
                (policy.quorumNumerator, policy.quorumDenominator) = (1, 1);
                uint256 word = PolicyLib.pack(policy);
                for (uint256 yes = 1; yes <= members[row]; ++yes) {
                    bool passes = _passes(word, members[row] - yes, yes, 0, members[row]);
                    assertEq(passes, yes >= needed[row][column]);
                }
            }
        }
    }

    /// @dev Ballots needed for a quorum, whatever they say.
    function test_GOV09_tableOfQuorum() public pure {
        uint8[3][3] memory needed = [[1, 1, 2], [1, 2, 2], [3, 4, 5]];
        uint8[3] memory members = [2, 3, 7];
        for (uint256 row; row < 3; ++row) {
            for (uint256 column; column < 3; ++column) {
                IPolicyBook.Policy memory policy;
                policy.approvalDenominator = 1;
                (policy.quorumNumerator, policy.quorumDenominator) = _fraction(column);
                uint256 word = PolicyLib.pack(policy);
                assertEq(PolicyLib.quorum(word, members[row]), needed[row][column]);
                for (uint256 ballots = 1; ballots <= members[row]; ++ballots) {
                    bool passes = _passes(word, 0, 1, ballots - 1, members[row]);
                    assertEq(passes, ballots >= needed[row][column]);
                }
            }
        }
    }

    function test_REP05_decayOfAThousandPoints() public pure {
        uint128 value = 1000 << 32;
        assertEq(DecayLib.decayDown(value, 90 days, 90 days) >> 32, 500);
        assertEq(DecayLib.decayDown(value, 30 days, 90 days) >> 32, 793);
        assertEq(DecayLib.decayDown(value, 896 days, 90 days) >> 32, 1);
        assertEq(DecayLib.decayDown(value, 897 days, 90 days) >> 32, 0);
    }

    function test_PAY01_PAY02_PAY03_payOfAPeriod() public {
        _deploy();
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.reward = 1_000_000;
        (terms.auditorShare, terms.aggregatorShare, terms.treasuryShare) = (1500, 500, 0);
        task = _open(terms);
        _joinAll(3, 5, 3);
        _settle(_scores(300, 120, -40));
        _settle(_scores(200, -20, 10));
        vm.warp(block.timestamp + APPEAL);
        assertEq(_claim(_client(0), 1), 333_333);
        assertEq(_claim(_client(1), 1), 66_666);
        assertEq(_claim(_client(2), 1), 0);
        assertEq(_claim(_aggregator(0), 0), 4166 + 4166);
    }

    /// @dev Whether ballots without vetoes pass, all of the same weight.
    function _passes(
        uint256 word,
        uint256 no,
        uint256 yes,
        uint256 abstain,
        uint256 members
    ) private pure returns (bool) {
        return PolicyLib.qualifies(word, no, yes, abstain, 0, members) && PolicyLib.approves(word, yes, no);
    }

    /// @dev 1/3, 1/2, 2/3.
    function _fraction(uint256 index) private pure returns (uint8 numerator, uint8 denominator) {
        if (index == 0) return (1, 3);
        return index == 1 ? (1, 2) : (2, 3);
    }
}
