// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningRounds} from "../interfaces/ILearningRounds.sol";

/// @title PhaseLib
/// @notice Phases as pure functions of the clock. Every phase is a half-open interval [start, end); a `challenge` of
/// 0 seconds is skipped.
library PhaseLib {
    /// @notice Phase at `timepoint` of a round whose Commit opens at `startedAt`. Never Closed.
    function phaseAt(
        ILearningRounds.Schedule memory schedule,
        uint256 startedAt,
        uint256 timepoint
    ) internal pure returns (ILearningRounds.Phase) {
        if (timepoint < startedAt) return ILearningRounds.Phase.Waiting;
        uint256 end = startedAt + schedule.commit;
        if (timepoint < end) return ILearningRounds.Phase.Commit;
        if (timepoint < (end += schedule.reveal)) return ILearningRounds.Phase.Reveal;
        if (timepoint < (end += schedule.auditCommit)) return ILearningRounds.Phase.AuditCommit;
        if (timepoint < (end += schedule.auditReveal)) return ILearningRounds.Phase.AuditReveal;
        if (timepoint < (end += schedule.aggregateCommit)) return ILearningRounds.Phase.AggregateCommit;
        if (timepoint < (end += schedule.aggregateReveal)) return ILearningRounds.Phase.AggregateReveal;
        if (timepoint < (end += schedule.challenge)) return ILearningRounds.Phase.Challenge;
        return ILearningRounds.Phase.Finishing;
    }

    /// @notice Seconds from the start of a round to the start of one of its phases, Commit to Finishing.
    function offsetOf(
        ILearningRounds.Schedule memory schedule,
        ILearningRounds.Phase phase
    ) internal pure returns (uint256 offset) {
        if (phase > ILearningRounds.Phase.Commit) offset += schedule.commit;
        if (phase > ILearningRounds.Phase.Reveal) offset += schedule.reveal;
        if (phase > ILearningRounds.Phase.AuditCommit) offset += schedule.auditCommit;
        if (phase > ILearningRounds.Phase.AuditReveal) offset += schedule.auditReveal;
        if (phase > ILearningRounds.Phase.AggregateCommit) offset += schedule.aggregateCommit;
        if (phase > ILearningRounds.Phase.AggregateReveal) offset += schedule.aggregateReveal;
        if (phase > ILearningRounds.Phase.Challenge) offset += schedule.challenge;
    }
}
