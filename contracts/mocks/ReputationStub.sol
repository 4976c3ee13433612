// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title ReputationStub
/// @notice For tests of issuers alone: remembers what was awarded, and refuses while told to.
contract ReputationStub {
    mapping(address realm => mapping(bytes32 category => mapping(address subject => uint256 amount))) public scoreOf;
    bytes32 public lastEvidence;
    bool public refusing;

    error ReputationStub_Refused();

    function setRefusing(bool value) external {
        refusing = value;
    }

    /// @notice See `IReputation.award`; value types are their plain types in the ABI.
    function award(address realm, bytes32 category, address subject, uint96 amount, bytes32 evidence) external {
        if (refusing) revert ReputationStub_Refused();
        scoreOf[realm][category][subject] += amount;
        lastEvidence = evidence;
    }

    /// @notice See `IReputation.meets`.
    function meets(address subject, address realm, bytes32 category, uint96 minimum) external view returns (bool) {
        return scoreOf[realm][category][subject] >= minimum;
    }
}
