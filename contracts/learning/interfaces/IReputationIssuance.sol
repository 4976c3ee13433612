// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Reputation, as an issuer sees it
interface IReputationIssuance {
    /// @notice Adds to a subject's standing in a realm. Reverts unless the realm has appointed the caller for the
    /// category, and beyond the cap of the current week.
    /// @param realm the cooperative (its Treasury) in which the award counts.
    /// @param subject DID of who receives it.
    /// @param evidence commitment to the facts that earned it.
    function award(address realm, bytes32 category, address subject, uint96 amount, bytes32 evidence) external;
}
