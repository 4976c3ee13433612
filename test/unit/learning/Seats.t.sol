// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningRounds} from "../../../contracts/learning/interfaces/ILearningRounds.sol";
import {LearningFixture} from "./LearningFixture.sol";

/// @dev Branches: Seats.tree.
contract SeatsTest is LearningFixture {
    function setUp() public {
        _deploy();
        task = _open(_terms());
    }

    /// @dev One member could otherwise fill the panel of auditors by changing the key of their DID between two joins.
    function test_join_givesOnePlaceAMemberAcrossKeys() public {
        _join(_client(0), ILearningRounds.Role.Client);
        membership.rebind(COOPERATIVE, _client(0), _client(1));
        vm.expectRevert(abi.encodeWithSelector(ILearningRounds.LearningRounds_AlreadySeated.selector, task, 1));
        vm.prank(_client(1));
        rounds.join(task, ILearningRounds.Role.Auditor);
        // The place stays with the account that took it, and others are not touched.
        (ILearningRounds.Role role, ) = rounds.participantOf(task, _client(0));
        assertTrue(role == ILearningRounds.Role.Client);
        _join(_client(2), ILearningRounds.Role.Client);
    }

    function test_join_isCountedByTask() public {
        _join(_client(0), ILearningRounds.Role.Client);
        membership.rebind(COOPERATIVE, _client(0), _client(1));
        task = _open(_terms());
        _join(_client(1), ILearningRounds.Role.Client);
    }
}
