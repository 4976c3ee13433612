// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMembership} from "../../interfaces/IMembership.sol";
import {IAdmission} from "./IAdmission.sol";

/// @title Admission by sponsors
/// @notice Who as many members vouch for as the cooperative asks may join. A sponsor is in standing now and was so
/// `seasoning` seconds ago, so that those just let in don't let in the next.
///
/// A vouch is a signature (EIP-712; of an account, one that delegates to code, or an ERC-1271 contract) over
/// `Vouch(address cooperative,address did,uint256 lastNumber,uint48 deadline)`, where `lastNumber` is
/// `IMembership.numberOfDid` when it is used: a vouch serves one admission and doesn't bring back who has left since.
/// It can't be taken back before its deadline.
///
/// Proof: `abi.encode(Vouch[] vouches)`, exactly as many as asked for, in ascending order of sponsor.
interface ISponsorAdmission is IAdmission {
    /// @param sponsor the account of a member.
    /// @param deadline last second in which it may be used.
    struct Vouch {
        address sponsor;
        uint48 deadline;
        bytes signature;
    }

    /// @notice A cooperative asks for `sponsors` vouches from now on; 0: nobody joins this way.
    event SponsorshipSet(address indexed cooperative, uint8 sponsors, uint32 seasoning);

    /// @notice More sponsors than `MAX_SPONSORS`.
    error SponsorAdmission_TooManySponsors(uint8 sponsors, uint8 maximum);
    /// @notice Not as many vouches as asked for, or sponsors are not asked for at all.
    error SponsorAdmission_WrongCount(uint256 vouches, uint8 needed);
    /// @notice The sponsors don't ascend: one may be named twice.
    error SponsorAdmission_NotAscending(address sponsor);
    /// @notice Not a member in standing, or not for long enough.
    error SponsorAdmission_NotASponsor(address cooperative, address sponsor);
    /// @notice The vouch is too old.
    error SponsorAdmission_Expired(address sponsor, uint48 deadline);
    /// @notice The signature is not the sponsor's over this vouch.
    error SponsorAdmission_BadSignature(address sponsor);

    /// @notice The book of all members.
    function MEMBERSHIP() external view returns (IMembership);

    /// @notice Most sponsors that may be asked for.
    function MAX_SPONSORS() external view returns (uint8);

    /// @notice Says how many sponsors the caller asks for, and how long they must have been members, in seconds.
    /// @dev Caller: the cooperative.
    function setSponsorship(uint8 sponsors, uint32 seasoning) external;

    /// @notice What a cooperative asks for; 0 sponsors: nobody joins this way.
    function sponsorshipOf(address cooperative) external view returns (uint8 sponsors, uint32 seasoning);

    /// @notice What a sponsor signs.
    function vouchDigest(
        address cooperative,
        address did,
        uint256 lastNumber,
        uint48 deadline
    ) external view returns (bytes32 digest);
}
