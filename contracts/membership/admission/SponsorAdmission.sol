// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {SignerLib} from "../../identity/libraries/SignerLib.sol";
import {IMembership} from "../interfaces/IMembership.sol";
import {IAdmission} from "./interfaces/IAdmission.sol";
import {ISponsorAdmission} from "./interfaces/ISponsorAdmission.sol";

/// @title Admission by sponsors
/// @notice See `ISponsorAdmission`.
contract SponsorAdmission is ISponsorAdmission, EIP712 {
    struct Sponsorship {
        uint8 sponsors; // slot 0
        uint32 seasoning;
    }

    /// @inheritdoc ISponsorAdmission
    uint8 public constant MAX_SPONSORS = 16;

    bytes32 private constant VOUCH_TYPE = keccak256(
        "Vouch(address cooperative,address did,uint256 lastNumber,uint48 deadline)"
    );

    /// @inheritdoc ISponsorAdmission
    IMembership public immutable MEMBERSHIP;

    /// @inheritdoc ISponsorAdmission
    mapping(address cooperative => Sponsorship sponsorship) public sponsorshipOf;

    /// @param membership the book of all members.
    constructor(IMembership membership) EIP712("Artel Sponsors", "1") {
        MEMBERSHIP = membership;
    }

    /// @inheritdoc ISponsorAdmission
    function setSponsorship(uint8 sponsors, uint32 seasoning) external {
        if (sponsors > MAX_SPONSORS) revert SponsorAdmission_TooManySponsors(sponsors, MAX_SPONSORS);
        sponsorshipOf[msg.sender] = Sponsorship(sponsors, seasoning);
        emit SponsorshipSet(msg.sender, sponsors, seasoning);
    }

    /// @inheritdoc IAdmission
    function admits(address cooperative, address did, address, bytes calldata proof) external view returns (bool) {
        Vouch[] memory vouches = abi.decode(proof, (Vouch[]));
        Sponsorship memory needed = sponsorshipOf[cooperative];
        if (needed.sponsors == 0 || vouches.length != needed.sponsors) {
            revert SponsorAdmission_WrongCount(vouches.length, needed.sponsors);
        }
        uint256 lastNumber = MEMBERSHIP.numberOfDid(cooperative, did);
        uint256 since = Math.saturatingSub(block.timestamp, needed.seasoning);
        address previous;
        for (uint256 i; i < vouches.length; ++i) {
            Vouch memory vouch = vouches[i];
            if (vouch.sponsor <= previous) revert SponsorAdmission_NotAscending(vouch.sponsor);
            previous = vouch.sponsor;
            if (block.timestamp > vouch.deadline) revert SponsorAdmission_Expired(vouch.sponsor, vouch.deadline);
            if (MEMBERSHIP.ballotRight(cooperative, vouch.sponsor, since) == 0) {
                revert SponsorAdmission_NotASponsor(cooperative, vouch.sponsor);
            }
            bytes32 digest = vouchDigest(cooperative, did, lastNumber, vouch.deadline);
            if (!SignerLib.hasSigned(vouch.sponsor, digest, vouch.signature)) {
                revert SponsorAdmission_BadSignature(vouch.sponsor);
            }
        }
        return true;
    }

    /// @inheritdoc ISponsorAdmission
    function vouchDigest(
        address cooperative,
        address did,
        uint256 lastNumber,
        uint48 deadline
    ) public view returns (bytes32 digest) {
        return _hashTypedDataV4(keccak256(abi.encode(VOUCH_TYPE, cooperative, did, lastNumber, deadline)));
    }
}
