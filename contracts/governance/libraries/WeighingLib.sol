// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Did} from "../../identity/types/Did.sol";
import {IReputation} from "../../reputation/interfaces/IReputation.sol";
import {CategoryId} from "../../reputation/types/CategoryId.sol";
import {Curve} from "../../reputation/types/Curve.sol";
import {BallotLib} from "./BallotLib.sol";
import {ICooperativeGovernor} from "../interfaces/ICooperativeGovernor.sol";
import {IPolicyBook} from "../interfaces/IPolicyBook.sol";
import {PolicyLib} from "./PolicyLib.sol";
import {Proposal} from "../types/Proposal.sol";

/// @title Ballots that weigh
/// @notice Four tallies of 64 bits in a word beside the proposal's, in the order of support. Linked, so that
/// `CooperativeGovernor` stays below the size limit of contracts; only weighted classes come here.
///
/// A weight is the member's score at the start of the week before the proposal was made, along the policy's curve, at
/// least 1 and at most the policy's cap. Nothing that happens to the score afterwards changes it, so that it needs no place
/// of its own: a ballot that is changed takes off again what it had brought.
library WeighingLib {
    using BallotLib for uint256;

    uint256 private constant TALLY_BITS = 64;

    /// @dev What weighs the ballots of a proposal.
    struct Scale {
        IReputation reputation;
        address cooperative;
        CategoryId category;
        uint32 epoch;
        Curve curve;
        uint96 cap;
    }

    /// @notice Adds a member's ballot to the tallies, in place of the former one if there was any.
    /// @param former the ballot before, 0 for none.
    /// @return weight what it weighs.
    function move(
        mapping(uint256 proposalId => uint256 tallies) storage self,
        uint256 proposalId,
        Proposal proposal,
        uint256 number,
        uint256 former,
        uint256 support
    ) external returns (uint256 weight) {
        weight = _weigh(_scaleOf(proposal), number);
        uint256 tallies = self[proposalId];
        if (former != 0) tallies -= _at(weight, former.supportOf());
        self[proposalId] = tallies + _at(weight, support);
    }

    /// @notice Adds members' first ballots of one support to the tallies, and announces what each weighs.
    function add(
        mapping(uint256 proposalId => uint256 tallies) storage self,
        uint256 proposalId,
        Proposal proposal,
        uint256[] calldata members,
        uint256 support
    ) external {
        Scale memory scale = _scaleOf(proposal);
        uint256[] memory weights = new uint256[](members.length);
        uint256 sum;
        for (uint256 i; i < members.length; ++i) {
            weights[i] = _weigh(scale, members[i]);
            sum += weights[i];
        }
        self[proposalId] += _at(sum, support);
        emit ICooperativeGovernor.ProxiedBallotsWeighed(proposalId, members, weights);
    }

    /// @notice One of the tallies in a word.
    function tallyOf(uint256 tallies, uint256 support) internal pure returns (uint256) {
        return uint64(tallies >> (support * TALLY_BITS)); // cuts one field out of the word
    }

    /// @dev Members have numbers of 24 bits and weights of 16, so that no tally runs into the next.
    function _at(uint256 weight, uint256 support) private pure returns (uint256) {
        return weight << (support * TALLY_BITS);
    }

    function _scaleOf(Proposal proposal) private view returns (Scale memory scale) {
        ICooperativeGovernor governor = ICooperativeGovernor(address(this));
        IPolicyBook policyBook = governor.policyBook();
        scale.reputation = governor.reputation();
        scale.cooperative = governor.treasury();
        scale.category = policyBook.categoryOf(scale.cooperative, proposal.version());
        scale.epoch = uint32((proposal.createdAt() - 1) / 1 weeks); // a time of 33 bits
        uint256 policy = policyBook.policyWord(scale.cooperative, proposal.version());
        scale.curve = PolicyLib.curve(policy);
        scale.cap = PolicyLib.weightCap(policy);
    }

    function _weigh(Scale memory scale, uint256 number) private view returns (uint256 weight) {
        Did member = Did.wrap(ICooperativeGovernor(address(this)).membership().didOf(scale.cooperative, number));
        weight = scale.reputation.weightAtEpoch(
            scale.cooperative,
            scale.category,
            member,
            scale.epoch,
            scale.curve,
            scale.cap
        );
        return Math.max(weight, 1);
    }
}
