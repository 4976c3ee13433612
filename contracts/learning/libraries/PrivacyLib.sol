// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConsentRegistry} from "../../identity/interfaces/IConsentRegistry.sol";
import {IPrivacyLedger} from "../interfaces/IPrivacyLedger.sol";
import {DataSource, TaskState} from "../types/TaskState.sol";

/// @title What updates of a learning task tell
/// @notice Spent when a client commits, and so before anything is told: who has nothing left to spend misses no reveal. An
/// update that is not revealed after all has spent in vain. The ledger asks for the client's consent itself; of a client
/// that has declared no data there is none. Linked, so that `LearningTasks` stays below the size limit of contracts.
library PrivacyLib {
    /// @notice Spends what an update of a client tells, or reverts as the ledger does.
    function spend(TaskState storage task, address client, IPrivacyLedger ledger) external {
        ledger.spend(_scope(task, client), task.terms.microRho);
    }

    /// @notice The same, but false where the ledger refuses.
    function trySpend(TaskState storage task, address client, IPrivacyLedger ledger) internal returns (bool spent) {
        try ledger.spend(_scope(task, client), task.terms.microRho) {
            return true;
        } catch {
            return false;
        }
    }

    function _scope(TaskState storage task, address client) private view returns (IConsentRegistry.Scope memory scope) {
        DataSource storage source = task.sources[client];
        scope.subject = source.subject;
        scope.grantee = task.terms.cooperative;
        scope.dataHash = source.dataHash;
        scope.purpose = task.terms.consentPurpose;
    }
}
