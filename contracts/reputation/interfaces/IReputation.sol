// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Did} from "../../identity/types/Did.sol";
import {CategoryId} from "../types/CategoryId.sol";
import {Curve} from "../types/Curve.sol";

/// @title IReputation
/// @notice Standing that members earn: category x realm x subject. It can't be transferred, and it fades: a score halves
/// every half-life of its category, continuously and without a transaction.
///
/// A realm is whoever appoints the issuers: a cooperative's Treasury, a federation. It speaks for itself alone, so that
/// a score means as much as its realm does. Issuers are modules that write only what is settled, and name the evidence.
///
/// Units and precision: amounts and scores are whole points. Inside, values carry 32 fractional bits; each touch and
/// each read rounds a subject down by less than 2^-32 points plus 2^-71 of the value, the total up by as little. Hence
/// `totalOf` is never below the sum of its subjects' scores. A value holds up to 2^96 - 1 points at any age.
///
/// Epochs are weeks since the Unix epoch (they begin on Thursdays, 00:00 UTC). Caps count per epoch, and the past is
/// known at the starts of epochs.
interface IReputation {
    /// @notice A category was added for everyone. Its half-life never changes.
    /// @param category The category.
    /// @param halfLife Seconds in which a score of it halves.
    event CategoryAdded(CategoryId indexed category, uint32 halfLife);

    /// @notice A realm appointed an issuer, or changed its caps.
    /// @param realm The realm.
    /// @param category What the issuer may write.
    /// @param issuer The issuer.
    /// @param awardCap Points that it may award per epoch.
    /// @param penaltyCap Points that it may take per epoch.
    event IssuerAppointed(
        address indexed realm,
        CategoryId indexed category,
        address indexed issuer,
        uint88 awardCap,
        uint88 penaltyCap
    );

    /// @notice A realm dismissed an issuer of a category.
    event IssuerRevoked(address indexed realm, CategoryId indexed category, address indexed issuer);

    /// @notice A subject earned points.
    /// @param realm The realm.
    /// @param category The category.
    /// @param subject The identity.
    /// @param issuer Who awarded them.
    /// @param amount Points earned.
    /// @param score The score after, rounded down; it decays from this block's time on.
    /// @param evidence What it was for: the id or hash of the settled fact.
    event ReputationAwarded(
        address indexed realm,
        CategoryId indexed category,
        Did indexed subject,
        address issuer,
        uint96 amount,
        uint96 score,
        bytes32 evidence
    );

    /// @notice A subject lost points.
    /// @param realm The realm.
    /// @param category The category.
    /// @param subject The identity.
    /// @param issuer Who took them.
    /// @param requested Points that the issuer asked to take.
    /// @param taken Points taken: no more than there were.
    /// @param score The score after, rounded down; it decays from this block's time on.
    /// @param evidence What it was for: the id or hash of the settled fact.
    event ReputationPenalised(
        address indexed realm,
        CategoryId indexed category,
        Did indexed subject,
        address issuer,
        uint96 requested,
        uint96 taken,
        uint96 score,
        bytes32 evidence
    );

    /// @notice The category exists, with this half-life in seconds: categories can't be changed.
    error Reputation_CategoryExists(CategoryId category, uint32 halfLife);

    /// @notice No such category.
    error Reputation_UnknownCategory(CategoryId category);

    /// @notice A category must fade: its half-life is at least one second.
    error Reputation_ZeroHalfLife(CategoryId category);

    /// @notice The realm has not appointed this account for the category.
    error Reputation_NotIssuer(address realm, CategoryId category, address account);

    /// @notice The issuer would award or take `amount` points, and `left` are left of that cap in this epoch.
    error Reputation_CapExceeded(address realm, CategoryId category, address issuer, uint256 amount, uint88 left);

    /// @notice Every subject needs one amount.
    error Reputation_LengthMismatch(uint256 subjects, uint256 amounts);

    /// @notice The epoch is in the future: its start has no score yet.
    error Reputation_EpochNotStarted(uint32 epoch, uint32 current);

    /// @notice Adds a category for every realm to use. The only call that the network's AccessManager governs.
    /// @dev Reverts with `AccessManagedUnauthorized`, `Reputation_ZeroHalfLife` or `Reputation_CategoryExists`.
    /// @param category The new category.
    /// @param halfLife Seconds in which its scores halve, for ever.
    function addCategory(CategoryId category, uint32 halfLife) external;

    /// @notice Lets `issuer` write scores of a category in the caller's realm, or changes its caps. What the issuer
    /// has used of this epoch still counts.
    /// @dev Called by the realm itself. Reverts with `Reputation_UnknownCategory`.
    /// @param category The category.
    /// @param issuer The module that writes.
    /// @param awardCap Points that it may award per epoch, zero for none.
    /// @param penaltyCap Points that it may take per epoch, zero for none.
    function appointIssuer(CategoryId category, address issuer, uint88 awardCap, uint88 penaltyCap) external;

    /// @notice Dismisses an issuer of the caller's realm. What it wrote stands.
    /// @dev Called by the realm itself. Reverts with `Reputation_NotIssuer`.
    function revokeIssuer(CategoryId category, address issuer) external;

    /// @notice Adds points to a subject's score. Only an issuer of the realm may, within its cap.
    /// @dev Reverts with `Reputation_NotIssuer` or `Reputation_CapExceeded`, and with OpenZeppelin's
    /// `SafeCastOverflowedUintDowncast` when the realm's total would pass 2^96 points.
    /// @param realm The realm that appointed the caller.
    /// @param category The category.
    /// @param subject The identity that earned them.
    /// @param amount Points.
    /// @param evidence Id or hash of the settled fact.
    function award(address realm, CategoryId category, Did subject, uint96 amount, bytes32 evidence) external;

    /// @notice As {award} for many subjects in one realm and category, for one settled fact: all or none. The cap counts
    /// their sum. A subject may occur more than once. How many fit is a matter of the caller's gas.
    /// @dev Reverts as {award} does, and with `Reputation_LengthMismatch`.
    /// @param realm The realm that appointed the caller.
    /// @param category The category.
    /// @param subjects The identities that earned them.
    /// @param amounts Points of each.
    /// @param evidence Id or hash of the settled fact.
    function awardMany(
        address realm,
        CategoryId category,
        Did[] calldata subjects,
        uint96[] calldata amounts,
        bytes32 evidence
    ) external;

    /// @notice Takes up to `amount` points from a subject: never more than there are. Only an issuer of the realm may.
    /// The cap counts what is taken, not what is asked for.
    /// @dev Reverts with `Reputation_NotIssuer` or `Reputation_CapExceeded`.
    /// @param realm The realm that appointed the caller.
    /// @param category The category.
    /// @param subject The identity at fault.
    /// @param amount Points.
    /// @param evidence Id or hash of the settled fact.
    function penalise(address realm, CategoryId category, Did subject, uint96 amount, bytes32 evidence) external;

    /// @notice The half-life of a category in seconds, zero when there is no such category.
    function categoryOf(CategoryId category) external view returns (uint32 halfLife);

    /// @notice The epoch of the current block.
    function currentEpoch() external view returns (uint32 epoch);

    /// @notice What an issuer may do, and how much of it is left in this epoch.
    /// @return appointed Whether the realm lets it write.
    /// @return awardCap Points that it may award per epoch.
    /// @return awardLeft Points that it may still award in this epoch.
    /// @return penaltyCap Points that it may take per epoch.
    /// @return penaltyLeft Points that it may still take in this epoch.
    function issuerOf(
        address realm,
        CategoryId category,
        address issuer
    ) external view returns (bool appointed, uint88 awardCap, uint88 awardLeft, uint88 penaltyCap, uint88 penaltyLeft);

    /// @notice A subject's score now, decayed and rounded down.
    function scoreOf(address realm, CategoryId category, Did subject) external view returns (uint96 score);

    /// @notice All scores of a realm together now, decayed and rounded up: never below their sum. Where something was
    /// ever earned it fades to one, not to zero.
    function totalOf(address realm, CategoryId category) external view returns (uint128 total);

    /// @notice A subject's score at the start of an epoch, before anything written in that very second. Once the epoch
    /// has begun the answer never changes.
    /// @dev Reverts with `Reputation_EpochNotStarted`. Takes one binary search over the epochs in which the subject's
    /// score was written.
    /// @param epoch Weeks since the Unix epoch.
    function scoreAtEpoch(
        address realm,
        CategoryId category,
        Did subject,
        uint32 epoch
    ) external view returns (uint96 score);

    /// @notice Whether a subject's score now is at least `minimum`.
    function meets(Did subject, address realm, CategoryId category, uint96 minimum) external view returns (bool met);

    /// @notice A subject's weight now, as a bylaw counts it: its score along a curve, and no more than `cap`.
    /// @param curve How the score is bent.
    /// @param cap The most; `type(uint96).max` for none.
    function weightOf(
        address realm,
        CategoryId category,
        Did subject,
        Curve curve,
        uint96 cap
    ) external view returns (uint96 weight);

    /// @notice A subject's weight at the start of an epoch, see {weightOf} and {scoreAtEpoch}. For votes: the start
    /// before a proposal can't be influenced any more once the proposal is known.
    /// @dev Reverts with `Reputation_EpochNotStarted`.
    function weightAtEpoch(
        address realm,
        CategoryId category,
        Did subject,
        uint32 epoch,
        Curve curve,
        uint96 cap
    ) external view returns (uint96 weight);
}
