// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LearningFixture} from "../learning/LearningFixture.sol";

contract ReadmittedAccountTest is LearningFixture {
    /// @dev An account earns for one DID, leaves, and is admitted again for another DID: the work stays the first one's.
    function test_RWD12_reputationGoesToTheDidThatDidTheWork() public {
        _deploy();
        task = _open(_terms());
        _joinAll(2, 3, 3);
        _run(2, _unanimous(_flat(100, 2), 3));
        address other = address(0xD1D2);
        membership.admit(COOPERATIVE, _auditor(0), other);
        rounds.recordReputation(task, _auditor(0));
        assertEq(reputation.scoreOf(COOPERATIVE, keccak256("auditing"), other), 0);
        assertGe(reputation.scoreOf(COOPERATIVE, keccak256("auditing"), _did(_auditor(0))), 1);
    }
}
