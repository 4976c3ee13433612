// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOffices} from "../governance/interfaces/IOffices.sol";

/// @title OfficesStub
/// @notice For tests of what the holders of offices may do: whoever is told holds one.
contract OfficesStub is IOffices {
    struct Term {
        uint256 election;
        uint48 until;
    }

    mapping(bytes32 office => mapping(uint256 memberNumber => Term term)) private _terms;

    /// @notice Puts a member into an office, by an election and until a second.
    function appoint(bytes32 office, uint256 memberNumber, uint256 election, uint48 until) external {
        _terms[office][memberNumber] = Term(election, until);
    }

    /// @inheritdoc IOffices
    function termOf(
        address,
        bytes32 office,
        uint256 memberNumber
    ) external view returns (uint256 election, uint48 until) {
        Term memory term = _terms[office][memberNumber];
        if (block.timestamp < term.until) (election, until) = (term.election, term.until);
    }
}
