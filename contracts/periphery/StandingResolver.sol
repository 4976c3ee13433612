// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDIDRegistry} from "../identity/interfaces/IDIDRegistry.sol";
import {Did} from "../identity/types/Did.sol";
import {IReputation} from "../reputation/interfaces/IReputation.sol";
import {CategoryId} from "../reputation/types/CategoryId.sol";
import {Attestation, IEasResolver} from "./interfaces/IEasResolver.sol";

/// @title StandingResolver
/// @notice Resolver of a schema of the Ethereum Attestation Service that takes attestations only from those who have the
/// standing for it: the attester speaks for an identity whose score in a realm and category is at least a minimum.
///
/// The data of an attestation begins with that identity (an ABI-encoded `address`); the attester must be its owner, so
/// that standing outlives keys. Revoking is always allowed: the service lets only the attester do it.
contract StandingResolver is IEasResolver {
    /// @notice Only the service may ask.
    error StandingResolver_NotTheService(address caller);

    /// @notice The attestation service.
    address public immutable EAS;
    /// @notice Who controls which identity.
    IDIDRegistry public immutable DID_REGISTRY;
    /// @notice Where the scores are.
    IReputation public immutable REPUTATION;
    /// @notice Whose issuers wrote the scores.
    address public immutable REALM;
    /// @notice What the scores are about.
    CategoryId public immutable CATEGORY;
    /// @notice Points that an attester needs.
    uint96 public immutable MINIMUM;

    /// @param eas The attestation service.
    /// @param didRegistry Who controls which identity.
    /// @param reputation Where the scores are.
    /// @param realm Whose issuers wrote the scores.
    /// @param category What the scores are about.
    /// @param minimum Points that an attester needs.
    constructor(
        address eas,
        IDIDRegistry didRegistry,
        IReputation reputation,
        address realm,
        CategoryId category,
        uint96 minimum
    ) {
        if (reputation.categoryOf(category) == 0) revert IReputation.Reputation_UnknownCategory(category);
        EAS = eas;
        DID_REGISTRY = didRegistry;
        REPUTATION = reputation;
        REALM = realm;
        CATEGORY = category;
        MINIMUM = minimum;
    }

    /// @inheritdoc IEasResolver
    function attest(Attestation calldata attestation) external payable returns (bool accepted) {
        _requireService();
        return _hasStanding(attestation);
    }

    /// @inheritdoc IEasResolver
    /// @dev The number of attestations is the attester's own gas.
    function multiAttest(
        Attestation[] calldata attestations,
        uint256[] calldata
    ) external payable returns (bool accepted) {
        _requireService();
        for (uint256 i; i < attestations.length; ++i) if (!_hasStanding(attestations[i])) return false;
        return true;
    }

    /// @inheritdoc IEasResolver
    function revoke(Attestation calldata) external payable returns (bool accepted) {
        _requireService();
        return true;
    }

    /// @inheritdoc IEasResolver
    function multiRevoke(Attestation[] calldata, uint256[] calldata) external payable returns (bool accepted) {
        _requireService();
        return true;
    }

    /// @inheritdoc IEasResolver
    function version() external pure returns (string memory semver) {
        return "1.0.0";
    }

    /// @inheritdoc IEasResolver
    function isPayable() external pure returns (bool payableResolver) {
        return false;
    }

    /// @dev Payable functions that take nothing: the service only forwards value to resolvers that are payable.
    function _requireService() private view {
        if (msg.sender != EAS) revert StandingResolver_NotTheService(msg.sender);
    }

    function _hasStanding(Attestation calldata attestation) private view returns (bool standing) {
        if (attestation.data.length < 32) return false;
        uint256 word = uint256(bytes32(attestation.data[:32]));
        if (word > type(uint160).max) return false;
        // checked
        Did did = Did.wrap(address(uint160(word)));
        address owner = DID_REGISTRY.identityOwner(did);
        // nobody owns a deactivated identity
        if (owner == address(0) || owner != attestation.attester) return false;
        return REPUTATION.meets(did, REALM, CATEGORY, MINIMUM);
    }
}
