// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice An attestation as the Ethereum Attestation Service hands it to a schema's resolver.
struct Attestation {
    bytes32 uid;
    bytes32 schema;
    uint64 time;
    uint64 expirationTime;
    uint64 revocationTime;
    bytes32 refUID;
    address recipient;
    address attester;
    bool revocable;
    bytes data;
}

/// @title IEasResolver
/// @notice What the Ethereum Attestation Service asks the resolver of a schema, with its signatures. An answer of false
/// refuses.
interface IEasResolver {
    /// @notice Version of the resolver.
    function version() external view returns (string memory semver);

    /// @notice Whether attestations may carry native currency.
    function isPayable() external pure returns (bool payableResolver);

    /// @notice An attestation is made.
    function attest(Attestation calldata attestation) external payable returns (bool accepted);

    /// @notice Attestations are made at once.
    function multiAttest(
        Attestation[] calldata attestations,
        uint256[] calldata values
    ) external payable returns (bool accepted);

    /// @notice An attestation is revoked.
    function revoke(Attestation calldata attestation) external payable returns (bool accepted);

    /// @notice Attestations are revoked at once.
    function multiRevoke(
        Attestation[] calldata attestations,
        uint256[] calldata values
    ) external payable returns (bool accepted);
}
