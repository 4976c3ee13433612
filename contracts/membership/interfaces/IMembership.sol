// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";

/// @title Membership
/// @notice Who belongs to which cooperative: one member, one vote, never for sale.
///
/// One contract serves every cooperative on a chain and has no administrator. A cooperative is an address (its
/// Treasury), and only that address writes its own book: `admit`, `suspend` and `expel` act on the book of
/// `msg.sender`. Leaving needs nobody's leave.
///
/// ```
///            admit                    suspend
///  (none) ----------->  active  <----------------->  suspended
///                         |         reinstate             |
///                         | resign, expel                 | resign, expel
///                         v                               v
///                      departed  <------------------------+
///                         |
///                         +-- admit --> active under a new number
/// ```
///
/// Standing is read at a past time in constant time from one word a member. Times are seconds (ERC-6372 timestamp
/// mode). Member numbers start at 1 in each cooperative and are never reused.
interface IMembership is IERC6372 {
    /// @notice Standing of an account in a cooperative.
    enum Standing {
        None,
        Active,
        Suspended,
        Departed
    }

    /// @notice A member was admitted and may vote on proposals created from the next second on.
    /// @param account the account that acts and votes for the member: the owner of `did` at admission.
    event MemberAdmitted(address indexed cooperative, uint256 indexed number, address indexed account, address did);
    /// @notice The member left of their own will.
    event MemberLeft(address indexed cooperative, uint256 indexed number, address indexed account);
    /// @notice The cooperative ended the membership.
    event MemberExpelled(address indexed cooperative, uint256 indexed number, address indexed account);
    /// @notice The member has no standing from `from` on. `until` is 0 while only a vote can end the suspension.
    event MemberSuspended(
        address indexed cooperative,
        uint256 indexed number,
        address indexed account,
        uint48 from,
        uint48 until
    );
    /// @notice A suspension ended.
    event MemberReinstated(address indexed cooperative, uint256 indexed number, address indexed account);

    /// @notice The account, or the DID, is an active or suspended member already: `account` under `number`.
    error Membership_AlreadyMember(address cooperative, address account, uint256 number);
    /// @notice The DID is deactivated: nobody could act for this member.
    error Membership_DeactivatedDid(address did);
    /// @notice No active or suspended member has this number.
    error Membership_NotAMember(address cooperative, uint256 number);
    /// @notice The caller is not an active or suspended member.
    error Membership_NotTheMember(address cooperative, address caller);
    /// @notice More members in one call than `MAX_BATCH`.
    error Membership_BatchTooLarge(uint256 length, uint256 maximum);
    /// @notice The member is suspended already, or the end of the suspension is not in the future.
    error Membership_CannotSuspend(address cooperative, uint256 number, uint48 until);
    /// @notice The member is not suspended, or the suspension has not ended.
    error Membership_CannotReinstate(address cooperative, uint256 number, uint48 until);
    /// @notice Standing and electorate are only known for times before the current second.
    error Membership_FutureLookup(uint256 timepoint, uint48 clock);

    /// @notice Most members that one call admits.
    function MAX_BATCH() external view returns (uint256);

    /// @notice Admits the owners of `dids` to the cooperative of the caller, in order.
    /// @dev Caller: the cooperative. Reverts as a whole if one can't be admitted.
    function admit(address[] calldata dids) external returns (uint256 firstNumber);

    /// @notice Leaves a cooperative at once. Always possible for an active or suspended member.
    function resign(address cooperative) external;

    /// @notice Ends a membership. Caller: the cooperative.
    function expel(uint256 number) external;

    /// @notice Takes a member's standing away until `until` (0: until reinstated by the cooperative).
    /// @dev Caller: the cooperative. A second suspension keeps the earlier start, so a gap reads as suspended.
    function suspend(uint256 number, uint48 until) external;

    /// @notice Ends a suspension. Caller: the cooperative at any time, anybody once its end has passed.
    function reinstate(address cooperative, uint256 number) external;

    /// @notice Member number if `account` had standing at `timepoint` and has it now, else 0.
    /// @param timepoint seconds; may be the present or the past.
    function ballotRight(
        address cooperative,
        address account,
        uint256 timepoint
    ) external view returns (uint256 number);

    /// @notice Whether an account has standing now.
    function standingOf(address cooperative, address account) external view returns (Standing standing);

    /// @notice Number of the account's current or last membership, 0 if it never was a member.
    function numberOf(address cooperative, address account) external view returns (uint256 number);

    /// @notice Account bound to a number; also answers for departed members.
    function accountOf(address cooperative, uint256 number) external view returns (address account);

    /// @notice DID under which a number was admitted.
    function didOf(address cooperative, uint256 number) external view returns (address did);

    /// @notice Members with standing now.
    function electorate(address cooperative) external view returns (uint256 members);

    /// @notice Members with standing at a past second.
    function pastElectorate(address cooperative, uint256 timepoint) external view returns (uint256 members);

    /// @notice 1 if the account had standing at a past second, else 0 (ERC-5805's getPastVotes, by cooperative).
    function pastStanding(
        address cooperative,
        address account,
        uint256 timepoint
    ) external view returns (uint256 votes);
}
