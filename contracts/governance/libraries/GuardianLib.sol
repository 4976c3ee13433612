// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMembership} from "../../membership/interfaces/IMembership.sol";
import {ICooperativeGovernor} from "../interfaces/ICooperativeGovernor.sol";
import {IOffices} from "../interfaces/IOffices.sol";
import {ITreasury} from "../interfaces/ITreasury.sol";

/// @title What a guardian may cancel
/// @notice See `ICooperativeGovernor.cancelAsGuardian`. Linked, so that `CooperativeGovernor` stays below the size limit of
/// contracts.
library GuardianLib {
    /// @dev What guardians have done under one governor.
    struct Guardianship {
        mapping(uint256 election => uint256 cancellations) used; // slot 0
        mapping(bytes32 actions => uint256 time) immuneUntil; // slot 1
    }

    /// @notice The office of guardians.
    bytes32 internal constant OFFICE = keccak256("guardian");
    /// @notice Most cancellations by all who were elected to the office together.
    uint256 internal constant MAX_CANCELLATIONS = 3;
    /// @notice Seconds after a cancellation within which the same actions can be proposed and not be cancelled again.
    uint256 internal constant IMMUNITY = 60 days;

    // Arguments in memory keep the stack shallow enough to compile without the IR pipeline.
    // solhint-disable gas-calldata-parameters
    /// @notice Enters a cancellation by the caller, or reverts if it may not.
    /// @param createdAt when the proposal was made.
    function enter(
        Guardianship storage self,
        uint256 proposalId,
        uint256 createdAt,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory reason
    ) external {
        if (bytes(reason).length == 0) revert ICooperativeGovernor.Governor_NoReason();
        (uint256 number, uint256 election) = _guardian();
        uint256 used = self.used[election];
        if (used == MAX_CANCELLATIONS) {
            revert ICooperativeGovernor.Governor_CancellationsUsed(election, MAX_CANCELLATIONS);
        }
        if (_concernsGuardians(targets, calldatas)) revert ICooperativeGovernor.Governor_AboutGuardian(proposalId);
        bytes32 actions = keccak256(abi.encode(targets, values, calldatas));
        uint256 immuneUntil = self.immuneUntil[actions];
        if (createdAt <= immuneUntil) revert ICooperativeGovernor.Governor_Immune(proposalId, immuneUntil);
        self.used[election] = used + 1;
        self.immuneUntil[actions] = block.timestamp + IMMUNITY;
        emit ICooperativeGovernor.GuardianCancelled(proposalId, number, election, reason);
    }
    // solhint-enable gas-calldata-parameters

    /// @dev Number of the caller, and the election by which it holds the office.
    function _guardian() private view returns (uint256 number, uint256 election) {
        ICooperativeGovernor governor = ICooperativeGovernor(address(this));
        address cooperative = governor.treasury();
        number = governor.membership().ballotRight(cooperative, msg.sender, block.timestamp);
        if (number != 0) (election, ) = governor.offices().termOf(cooperative, OFFICE, number);
        if (election == 0) revert ICooperativeGovernor.Governor_NotTheGuardian(msg.sender);
    }

    /// @dev Whether all actions concern guardians. One among others does not: it would be a shield for the others.
    function _concernsGuardians(address[] memory targets, bytes[] memory calldatas) private view returns (bool) {
        for (uint256 i; i < targets.length; ++i) {
            if (!_concernsGuardian(targets[i], calldatas[i])) return false;
        }
        return true;
    }

    /// @dev Who holds offices, which governor asks them, and the membership of a guardian.
    function _concernsGuardian(address target, bytes memory data) private view returns (bool) {
        ICooperativeGovernor governor = ICooperativeGovernor(address(this));
        IOffices offices = governor.offices();
        if (target == address(offices)) return true;
        bytes4 selector = bytes4(data);
        address cooperative = governor.treasury();
        if (target == cooperative) return selector == ITreasury.setGovernor.selector;
        bool isMeasure =
            selector == IMembership.giveNotice.selector ||
                selector == IMembership.suspend.selector ||
                selector == IMembership.expel.selector;
        if (target != address(governor.membership()) || !isMeasure || data.length < 36) return false;
        uint256 named;
        // the first argument, behind the length and the selector
        assembly ("memory-safe") {
            named := mload(add(data, 36))
        }
        (uint256 election, ) = offices.termOf(cooperative, OFFICE, named);
        return election != 0;
    }
}
