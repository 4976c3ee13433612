// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IReputationIssuance} from "../learning/interfaces/IReputationIssuance.sol";

/// @title ReputationStub
/// @notice For tests of issuers alone: remembers what was awarded, and refuses while told to.
contract ReputationStub is IReputationIssuance {
    mapping(address realm => mapping(bytes32 category => mapping(address subject => uint256 amount))) public scoreOf;
    bytes32 public lastEvidence;
    bool public refusing;

    error ReputationStub_Refused();

    function setRefusing(bool value) external {
        refusing = value;
    }

    /// @inheritdoc IReputationIssuance
    function award(address realm, bytes32 category, address subject, uint96 amount, bytes32 evidence) external {
        if (refusing) revert ReputationStub_Refused();
        scoreOf[realm][category][subject] += amount;
        lastEvidence = evidence;
    }
}
