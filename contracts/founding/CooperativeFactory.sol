// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";

import {Treasury} from "../governance/Treasury.sol";
import {ICooperativeGovernor} from "../governance/interfaces/ICooperativeGovernor.sol";
import {IPolicyBook} from "../governance/interfaces/IPolicyBook.sol";
import {ITreasury} from "../governance/interfaces/ITreasury.sol";
import {IMembership} from "../membership/interfaces/IMembership.sol";
import {ICooperativeFactory} from "./interfaces/ICooperativeFactory.sol";

/// @title Founding of cooperatives
/// @notice See `ICooperativeFactory`.
contract CooperativeFactory is ICooperativeFactory {
    /// @inheritdoc ICooperativeFactory
    uint256 public constant MAX_NAME = 64;

    /// @inheritdoc ICooperativeFactory
    address public immutable TREASURY_IMPLEMENTATION;
    /// @inheritdoc ICooperativeFactory
    address public immutable GOVERNOR_IMPLEMENTATION;
    /// @inheritdoc ICooperativeFactory
    address public immutable TOKEN_IMPLEMENTATION;

    /// @param governorImplementation a `CooperativeGovernor`.
    /// @param tokenImplementation a `MembershipToken` of the same book of members.
    constructor(address governorImplementation, address tokenImplementation) {
        IMembership membership = ICooperativeGovernor(governorImplementation).membership();
        TREASURY_IMPLEMENTATION = address(new Treasury(address(this), membership));
        GOVERNOR_IMPLEMENTATION = governorImplementation;
        TOKEN_IMPLEMENTATION = tokenImplementation;
    }

    /// @inheritdoc ICooperativeFactory
    function found(
        FoundingTerms calldata terms
    ) external returns (address cooperative, address governor, address membershipToken) {
        uint256 length = bytes(terms.name).length;
        if (length == 0 || length > MAX_NAME) revert CooperativeFactory_InvalidName(length, MAX_NAME);
        if (terms.dids.length == 0) revert CooperativeFactory_NoMembers();
        if (terms.policies.length == 0) revert CooperativeFactory_NoPolicies();

        bytes32 salt = _saltOf(msg.sender, terms);
        cooperative = Clones.cloneDeterministic(TREASURY_IMPLEMENTATION, salt);
        membershipToken = Clones.cloneDeterministicWithImmutableArgs(
            TOKEN_IMPLEMENTATION,
            _tokenArguments(cooperative, terms),
            salt
        );
        governor = Clones.cloneDeterministicWithImmutableArgs(
            GOVERNOR_IMPLEMENTATION,
            _governorArguments(cooperative, membershipToken),
            salt
        );
        // First, so that an indexer knows whose events the following ones are.
        emit CooperativeFounded(cooperative, governor, msg.sender, membershipToken, terms.name);
        ITreasury(cooperative).found(governor, _foundingCalls(cooperative, terms));
    }

    /// @inheritdoc ICooperativeFactory
    function predict(
        address founder,
        FoundingTerms calldata terms
    ) external view returns (address cooperative, address governor, address membershipToken) {
        bytes32 salt = _saltOf(founder, terms);
        cooperative = Clones.predictDeterministicAddress(TREASURY_IMPLEMENTATION, salt);
        membershipToken = Clones.predictDeterministicAddressWithImmutableArgs(
            TOKEN_IMPLEMENTATION,
            _tokenArguments(cooperative, terms),
            salt
        );
        governor = Clones.predictDeterministicAddressWithImmutableArgs(
            GOVERNOR_IMPLEMENTATION,
            _governorArguments(cooperative, membershipToken),
            salt
        );
    }

    /// @dev What the treasury does at its founding: members, heir, policies, rules, limits, then the founders' own calls.
    /// Their number is the founder's own gas.
    function _foundingCalls(
        address cooperative,
        FoundingTerms calldata terms
    ) private view returns (ITreasury.Call[] memory calls) {
        address membership = address(ICooperativeGovernor(GOVERNOR_IMPLEMENTATION).membership());
        address policyBook = address(ICooperativeGovernor(GOVERNOR_IMPLEMENTATION).policyBook());
        uint256 last = terms.heir == address(0) ? 0 : 1;
        calls = new ITreasury.Call[](
            1 + last + terms.policies.length + terms.rules.length + terms.limits.length + terms.calls.length
        );
        calls[0] = ITreasury.Call(membership, abi.encodeCall(IMembership.admit, (terms.dids)));
        if (last != 0) calls[1] = ITreasury.Call(cooperative, abi.encodeCall(ITreasury.setHeir, (terms.heir)));
        for (uint256 i; i < terms.policies.length; ++i) {
            ClassPolicy calldata policy = terms.policies[i];
            calls[++last] = ITreasury.Call(
                policyBook,
                abi.encodeCall(IPolicyBook.setPolicy, (policy.policyClass, policy.policy))
            );
        }
        for (uint256 i; i < terms.rules.length; ++i) {
            ClassRule calldata rule = terms.rules[i];
            calls[++last] = ITreasury.Call(
                policyBook,
                abi.encodeCall(IPolicyBook.setRule, (rule.target, rule.selector, rule.rule))
            );
        }
        for (uint256 i; i < terms.limits.length; ++i) {
            ClassLimit calldata limit = terms.limits[i];
            calls[++last] = ITreasury.Call(
                cooperative,
                abi.encodeCall(ITreasury.setLimit, (limit.policyClass, limit.token, limit.amount, limit.period))
            );
        }
        for (uint256 i; i < terms.calls.length; ++i) calls[++last] = terms.calls[i];
    }

    /// @dev Immutable arguments of a `MembershipToken`.
    function _tokenArguments(address cooperative, FoundingTerms calldata terms) private pure returns (bytes memory) {
        return abi.encode(cooperative, terms.name);
    }

    /// @dev Immutable arguments of a `CooperativeGovernor`.
    function _governorArguments(address cooperative, address membershipToken) private pure returns (bytes memory) {
        return abi.encode(cooperative, membershipToken);
    }

    function _saltOf(address founder, FoundingTerms calldata terms) private pure returns (bytes32) {
        return keccak256(abi.encode(founder, terms));
    }
}
