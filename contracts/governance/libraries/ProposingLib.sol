// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {SignerLib} from "../../identity/libraries/SignerLib.sol";
import {IMembership} from "../../membership/interfaces/IMembership.sol";
import {ICooperativeGovernor} from "../interfaces/ICooperativeGovernor.sol";
import {Proposal} from "../types/Proposal.sol";

/// @title Who may propose
/// @notice Whom a description names, and who signed for a proposal. Linked, so that `CooperativeGovernor` stays below the
/// size limit of contracts.
library ProposingLib {
    using SignerLib for bytes;

    bytes32 private constant SPONSORSHIP_TYPEHASH = keccak256(
        "Sponsorship(uint256 proposalId,address proposer,uint256 deadline)"
    );

    /// @notice Whether the last 42 characters of a description are no address, or that of this account.
    function isNamed(string calldata description, address proposer) external pure returns (bool) {
        uint256 length = bytes(description).length;
        (bool isAddress, address named) = Strings.tryParseAddress(description, length - 42, length);
        return !isAddress || named == proposer;
    }

    /// @notice Reverts unless all sponsorships of the caller's proposal are good and reach `sponsors`, or are of all other
    /// members.
    /// @param domain EIP-712 domain separator of the governor, for which this runs.
    function checkSponsors(
        uint256 proposalId,
        Proposal proposal,
        uint256 sponsors,
        bytes32 domain,
        ICooperativeGovernor.Sponsorship[] calldata sponsorships
    ) external {
        // The proposer is one of the electorate.
        uint256 needed = Math.min(sponsors, proposal.electorate() - 1);
        if (sponsorships.length < needed) {
            revert ICooperativeGovernor.Governor_SponsorsMissing(sponsorships.length, needed);
        }
        uint256[] memory numbers = new uint256[](sponsorships.length);
        uint256 previous;
        for (uint256 i; i < sponsorships.length; ++i) {
            uint256 number = _sponsorOf(proposalId, proposal, domain, sponsorships[i]);
            // Rising numbers are distinct, and none is 0.
            if (number <= previous || number == proposal.proposer()) {
                revert ICooperativeGovernor.Governor_InvalidSponsor(i, sponsorships[i].signer.accountOf());
            }
            numbers[i] = previous = number;
        }
        emit ICooperativeGovernor.ProposalSponsored(proposalId, numbers);
    }

    /// @dev Number of the member who signed, 0 if no member did.
    function _sponsorOf(
        uint256 proposalId,
        Proposal proposal,
        bytes32 domain,
        ICooperativeGovernor.Sponsorship calldata sponsorship
    ) private view returns (uint256 number) {
        uint256 deadline = sponsorship.deadline;
        if (block.timestamp > deadline) return 0;
        bytes32 structHash = keccak256(abi.encode(SPONSORSHIP_TYPEHASH, proposalId, msg.sender, deadline));
        bytes32 digest = MessageHashUtils.toTypedDataHash(domain, structHash);
        if (!sponsorship.signer.hasSigned(digest, sponsorship.signature)) return 0;
        ICooperativeGovernor governor = ICooperativeGovernor(address(this));
        IMembership membership = governor.membership();
        return membership.ballotRight(governor.treasury(), sponsorship.signer.accountOf(), proposal.createdAt() - 1);
    }
}
