// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConsentRegistry} from "../../contracts/identity/interfaces/IConsentRegistry.sol";
import {Did} from "../../contracts/identity/types/Did.sol";
import {ILearningRounds} from "../../contracts/learning/interfaces/ILearningRounds.sol";
import {LearningFixture} from "../unit/learning/LearningFixture.sol";

/// @dev Execution alone, as in Operations.t.sol: the second commit and reveal of a client, with the gate and without.
contract ConsentGas is LearningFixture {
    bytes32 private constant PURPOSE = "training";

    function test_gasOfGatedRounds() public {
        _play(PURPOSE, "gated");
    }

    function test_gasOfOpenRounds() public {
        _play(0, "open");
    }

    function _play(bytes32 purpose, string memory kind) private {
        _deploy();
        ILearningRounds.TaskTerms memory terms = _terms();
        terms.consentPurpose = purpose;
        task = _open(terms);
        _joinAll(3, 5, 3);
        if (purpose != 0) for (uint256 i; i < 3; ++i) _consent(_client(i));
        _run(3, _unanimous(_flat(100, 3), 5));
        _enter(ILearningRounds.Phase.Commit);
        _commitUpdate(_client(1));
        bytes32 commitment = rounds.updateCommitment(task, _round(), _client(0), _update(_client(0)));
        vm.prank(_client(0));
        rounds.commitUpdate(task, commitment);
        vm.snapshotGasLastCall("consent", string.concat("commitUpdate.next.", kind));
        _enter(ILearningRounds.Phase.Reveal);
        rounds.revealUpdate(task, _client(1), _update(_client(1)));
        rounds.revealUpdate(task, _client(0), _update(_client(0)));
        vm.snapshotGasLastCall("consent", string.concat("revealUpdate.next.", kind));
    }

    function _consent(address client) private {
        bytes32 data = keccak256("data");
        IConsentRegistry.Scope memory scope = IConsentRegistry.Scope(
            Did.wrap(_did(client)),
            COOPERATIVE,
            data,
            PURPOSE
        );
        vm.prank(_did(client));
        consents.grant(scope, keccak256("terms"), START + 365 days);
        vm.snapshotGasLastCall("consent", "grant.first");
        vm.prank(client);
        rounds.declareData(task, data);
        vm.snapshotGasLastCall("consent", "declareData.first");
    }
}
