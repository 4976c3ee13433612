// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningRounds} from "../../../contracts/learning/interfaces/ILearningRounds.sol";
import {LearningFixture} from "../learning/LearningFixture.sol";

contract LongCommitTest is LearningFixture {
    /// @dev The time of a commitment is kept in 24 bits: in a longer Commit the order of late ones would be lost, and a
    /// copy with the lower index would strike the original.
    function test_LRN01_commitIsNoLongerThanItsTimesAreKept() public {
        _deploy();
        ILearningRounds.TaskTerms memory terms = _terms();
        terms.schedule.commit = 1 << 24;
        bytes memory reason = abi.encodeWithSelector(
            ILearningRounds.LearningRounds_InvalidTerms.selector,
            "schedule.commit",
            terms.schedule.commit
        );
        _refused(COOPERATIVE, abi.encodeCall(rounds.openTask, (terms)), reason);
        terms.schedule.commit = (1 << 24) - 1;
        _open(terms);
    }
}
