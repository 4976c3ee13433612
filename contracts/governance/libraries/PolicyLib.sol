// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CategoryId} from "../../reputation/types/CategoryId.sol";
import {Curve} from "../../reputation/types/Curve.sol";
import {IPolicyBook} from "../interfaces/IPolicyBook.sol";

/// @title Arithmetic of policies
/// @notice A policy is one word, lowest bits first:
///
/// approval numerator 8 | approval denominator 8 | strict 8 | quorum numerator 8 | quorum denominator 8 |
/// veto numerator 8 | veto denominator 8 | voting delay 32 | voting period 32 | execution delay 32 |
/// execution window 32 | seasoning 32 | late window in `LATE_UNIT`s 12 | sponsors 4 |
/// curve 2 | weight cap 16; the highest three bits: the policy's
/// class
///
/// No packed policy is 0: denominators are not.
library PolicyLib {
    /// @notice The highest class, and that of every action no rule names.
    uint8 internal constant CONSTITUTIONAL = 7;
    /// @notice Granularity of the late window in seconds.
    uint32 internal constant LATE_UNIT = 60;
    /// @notice Longest voting delay and voting period in seconds (97 days): a proposal keeps each in 23 bits.
    uint32 internal constant MAX_PHASE = (1 << 23) - 1;
    /// @notice Longest late window in seconds (68 hours): a proposal keeps it in 12 bits.
    uint32 internal constant MAX_LATE_WINDOW = LATE_UNIT * ((1 << 12) - 1);
    /// @notice Longest execution delay and seasoning in seconds: more would lock a cooperative out of its own rules.
    uint32 internal constant MAX_WAIT = 365 days;
    /// @notice Most sponsors: a policy keeps them in 4 bits.
    uint8 internal constant MAX_SPONSORS = 15;

    uint256 private constant CLASS = 253;

    /// @notice Name of the first field that contradicts itself or its bounds, empty if there is none.
    function invalidField(IPolicyBook.Policy memory policy) internal pure returns (string memory field) {
        if (!_isFraction(policy.approvalNumerator, policy.approvalDenominator)) return "approval";
        // More than everybody can't be reached.
        if (policy.strict && policy.approvalNumerator == policy.approvalDenominator) return "strict";
        if (!_isFraction(policy.quorumNumerator, policy.quorumDenominator)) return "quorum";
        bool hasVeto = policy.vetoNumerator != 0 || policy.vetoDenominator != 0;
        // A veto fraction of 0 would defeat every proposal.
        if (hasVeto && (policy.vetoNumerator == 0 || !_isFraction(policy.vetoNumerator, policy.vetoDenominator))) {
            return "veto";
        }
        if (policy.votingDelay > MAX_PHASE) return "votingDelay";
        if (policy.votingPeriod == 0 || policy.votingPeriod > MAX_PHASE) return "votingPeriod";
        if (policy.executionDelay > MAX_WAIT) return "executionDelay";
        if (policy.executionWindow == 0) return "executionWindow";
        if (policy.seasoning > MAX_WAIT) return "seasoning";
        if (
            policy.lateWindow % LATE_UNIT != 0 ||
            policy.lateWindow > MAX_LATE_WINDOW ||
            policy.lateWindow > policy.votingPeriod
        ) return "lateWindow";
        if (policy.sponsors > MAX_SPONSORS) return "sponsors";
        bool isByHeads = CategoryId.unwrap(policy.category) == 0;
        if (isByHeads && policy.curve != Curve.Linear) return "curve";
        if (isByHeads != (policy.weightCap == 0)) return "weightCap";
    }

    /// @notice Packs a policy, but for its category.
    function pack(IPolicyBook.Policy memory policy) internal pure returns (uint256 word) {
        word = policy.approvalNumerator;
        word |= uint256(policy.approvalDenominator) << 8;
        if (policy.strict) word |= 1 << 16;
        word |= uint256(policy.quorumNumerator) << 24;
        word |= uint256(policy.quorumDenominator) << 32;
        word |= uint256(policy.vetoNumerator) << 40;
        word |= uint256(policy.vetoDenominator) << 48;
        word |= uint256(policy.votingDelay) << 56;
        word |= uint256(policy.votingPeriod) << 88;
        word |= uint256(policy.executionDelay) << 120;
        word |= uint256(policy.executionWindow) << 152;
        word |= uint256(policy.seasoning) << 184;
        word |= uint256(policy.lateWindow / LATE_UNIT) << 216;
        word |= uint256(policy.sponsors) << 228;
        word |= uint256(policy.curve) << 232;
        word |= uint256(policy.weightCap) << 234;
    }

    /// @notice A packed policy with the class that it is of: a proposal keeps the version of its policy alone.
    function inClass(uint256 word, uint8 policyClass) internal pure returns (uint256) {
        return word | (uint256(policyClass) << CLASS);
    }

    /// @notice Class of a policy, as `inClass` put it there.
    function classOf(uint256 word) internal pure returns (uint8) {
        return uint8(word >> CLASS); // three bits are left
    }

    /// @notice Unpacks a policy, but for its category, for which the word has no room. Casts cut one field out of the word.
    function unpack(uint256 word) internal pure returns (IPolicyBook.Policy memory policy) {
        policy.approvalNumerator = uint8(word);
        policy.approvalDenominator = uint8(word >> 8);
        policy.strict = isStrict(word);
        policy.quorumNumerator = uint8(word >> 24);
        policy.quorumDenominator = uint8(word >> 32);
        policy.vetoNumerator = uint8(word >> 40);
        policy.vetoDenominator = uint8(word >> 48);
        policy.votingDelay = votingDelay(word);
        policy.votingPeriod = votingPeriod(word);
        policy.executionDelay = executionDelay(word);
        policy.executionWindow = executionWindow(word);
        policy.seasoning = seasoning(word);
        policy.lateWindow = lateUnits(word) * LATE_UNIT;
        policy.sponsors = sponsors(word);
        policy.curve = curve(word);
        policy.weightCap = weightCap(word);
    }

    /// @notice Whether approval must exceed its fraction.
    function isStrict(uint256 word) internal pure returns (bool) {
        return uint8(word >> 16) != 0;
    }

    /// @notice Seconds from proposal to the start of voting.
    function votingDelay(uint256 word) internal pure returns (uint32) {
        return uint32(word >> 56);
    }

    /// @notice Seconds of voting.
    function votingPeriod(uint256 word) internal pure returns (uint32) {
        return uint32(word >> 88);
    }

    /// @notice Seconds from the end of voting to the earliest execution.
    function executionDelay(uint256 word) internal pure returns (uint32) {
        return uint32(word >> 120);
    }

    /// @notice Seconds during which execution is possible.
    function executionWindow(uint256 word) internal pure returns (uint32) {
        return uint32(word >> 152);
    }

    /// @notice Seconds of membership before the proposal that a voter needs.
    function seasoning(uint256 word) internal pure returns (uint32) {
        return uint32(word >> 184);
    }

    /// @notice Late window in units of `LATE_UNIT`.
    function lateUnits(uint256 word) internal pure returns (uint32) {
        return uint32(word >> 216) & 0xfff;
    }

    /// @notice Other members who must sign for a proposal.
    function sponsors(uint256 word) internal pure returns (uint8) {
        return uint8(word >> 228) & 15;
    }

    /// @notice How scores are bent into weights.
    function curve(uint256 word) internal pure returns (Curve) {
        return Curve(uint8(word >> 232) & 3);
    }

    /// @notice The most that a ballot weighs; 0: one each.
    function weightCap(uint256 word) internal pure returns (uint16) {
        return uint16(word >> 234);
    }

    /// @notice Whether ballots weigh differently.
    function isWeighted(uint256 word) internal pure returns (bool) {
        return weightCap(word) != 0;
    }

    /// @notice Ballots needed for the quorum of an electorate, rounded up.
    function quorum(uint256 word, uint256 electorate) internal pure returns (uint256 ballots) {
        uint256 denominator = uint8(word >> 32);
        return (electorate * uint8(word >> 24) + denominator - 1) / denominator;
    }

    /// @notice Whether ballots reach the quorum, with at least one yes, and vetoes don't defeat them. By heads, whatever
    /// ballots weigh.
    /// @param no ballots against, vetoes not included.
    /// @param yes ballots for.
    function qualifies(
        uint256 word,
        uint256 no,
        uint256 yes,
        uint256 abstain,
        uint256 veto,
        uint256 electorate
    ) internal pure returns (bool) {
        // Counts are of 24 bits and fractions of 8: no product or sum overflows.
        unchecked {
            uint256 ballots = yes + no + abstain + veto;
            if (yes == 0 || ballots * uint8(word >> 32) < electorate * uint8(word >> 24)) return false;
            uint256 vetoDenominator = uint8(word >> 48);
            return vetoDenominator == 0 || veto * vetoDenominator < electorate * uint8(word >> 40);
        }
    }

    /// @notice Whether yes reaches the approval fraction. Fractions are compared by cross-multiplication, never rounded.
    /// @param no votes against, vetoes included.
    function approves(uint256 word, uint256 yes, uint256 no) internal pure returns (bool) {
        // Votes are of 64 bits and fractions of 8: no product or sum overflows.
        unchecked {
            uint256 reached = yes * uint8(word >> 8);
            uint256 needed = (yes + no) * uint8(word);
            return isStrict(word) ? reached > needed : reached >= needed;
        }
    }

    /// @notice Name of the first field in which `higher` is easier to pass than `lower`, empty if there is none.
    function easierField(uint256 lower, uint256 higher) internal pure returns (string memory field) {
        if (_isEasierApproval(lower, higher)) return "approval";
        if (_isLess(higher >> 24, lower >> 24)) return "quorum";
        // No veto in the higher class, or one that needs more, makes the class easier.
        bool hasVeto = uint8(lower >> 48) != 0;
        if (hasVeto && (uint8(higher >> 48) == 0 || _isLess(lower >> 40, higher >> 40))) return "veto";
        if (votingDelay(higher) < votingDelay(lower)) return "votingDelay";
        if (votingPeriod(higher) < votingPeriod(lower)) return "votingPeriod";
        if (executionDelay(higher) < executionDelay(lower)) return "executionDelay";
        if (seasoning(higher) < seasoning(lower)) return "seasoning";
        if (sponsors(higher) < sponsors(lower)) return "sponsors";
        // Some could decide alone what takes more of them in the lower class.
        if (isWeighted(higher) && weightCap(higher) > weightCap(lower)) {
            return isWeighted(lower) ? "weightCap" : "category";
        }
    }

    function _isEasierApproval(uint256 lower, uint256 higher) private pure returns (bool) {
        if (_isLess(higher, lower)) return true;
        bool isEqual = !_isLess(lower, higher);
        return isEqual && isStrict(lower) && !isStrict(higher);
    }

    /// @dev Compares two fractions, each a numerator in the low byte and a denominator in the next.
    function _isLess(uint256 a, uint256 b) private pure returns (bool) {
        return uint256(uint8(a)) * uint8(b >> 8) < uint256(uint8(b)) * uint8(a >> 8);
    }

    function _isFraction(uint8 numerator, uint8 denominator) private pure returns (bool) {
        return denominator != 0 && numerator <= denominator;
    }
}
