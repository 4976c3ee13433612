// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";

import {IDIDRegistry} from "../../identity/interfaces/IDIDRegistry.sol";

/// @title Membership
/// @notice Who belongs to which cooperative: one member, one vote, never for sale.
///
/// One contract serves every cooperative on a chain and has no administrator. A cooperative is an address (its
/// Treasury), and only that address writes its own book: who is admitted, suspended and expelled, which modules may
/// admit, what notice is needed. Leaving needs nobody's leave.
///
/// ```
///          apply          admit, join               suspend
///  (none) ------> applied ----------->  active  <----------------->  suspended
///     |                          ^        |         reinstate             |
///     +--------------------------+        | resign, expel                 | resign, expel
///                 admit, join             v                               v
///                                      departed  <------------------------+
///                                         |
///                                         +-- admit, join --> active under a new number
/// ```
///
/// **Admission.** A cooperative admits by vote (`admit`), and may appoint modules (`IAdmission`) that let people in
/// without one (`join`). A module is only asked a question: it can admit, nothing else, as many members as the
/// cooperative allowed, and only an applicant who sends the transaction. Nobody is a member twice, neither by DID nor
/// by the account that controls it. Who was a member before comes back through a module only where the appointment
/// says so, and never after an expulsion, or after leaving while suspended or under notice: that takes a vote.
///
/// **Notice.** A cooperative publishes a notice period, none at first. While it has one, `suspend` and `expel` need a
/// notice to that member which has run in full; meanwhile the member may answer. A notice can't be restarted, outlives
/// a change of the member's key, and holds for `NOTICE_WINDOW` after it has run, for one measure. A period is at most
/// `MAX_NOTICE`, and a shorter one begins to apply only when the one before has run, so that one proposal can't abolish
/// it and expel.
///
/// **Keys.** Standing belongs to an account, what `msg.sender` is. When the DID's owner changes, anybody may `rebind`
/// the number to the new owner. The account left behind serves no other number of that cooperative ever again, for
/// what it once signed must not count for somebody else.
///
/// Standing is read at a past time in constant time from one word a member. Times are seconds (ERC-6372 timestamp
/// mode). Member numbers start at 1 in each cooperative and are never reused.
interface IMembership is IERC6372 {
    /// @notice Standing of an account in a cooperative.
    enum Standing {
        None,
        Active,
        Suspended,
        Departed,
        Applied
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

    /// @notice Somebody wishes to join under their DID. `statement` is the hash of what they wrote, 0 for nothing.
    event MembershipApplied(
        address indexed cooperative,
        address indexed account,
        address indexed did,
        bytes32 statement
    );
    /// @notice The applicant no longer wishes to join.
    event ApplicationWithdrawn(address indexed cooperative, address indexed account);
    /// @notice A module may admit `cap` members from now on, former ones too if `readmits`; none if `cap` is 0.
    event AdmissionAppointed(address indexed cooperative, address indexed module, uint32 cap, bool readmits);
    /// @notice The member that was admitted under this number came through a module.
    event AdmittedByModule(address indexed cooperative, uint256 indexed number, address indexed module);
    /// @notice The DID's owner changed, and the member's standing followed from `previousAccount` to `account`.
    event MemberRebound(
        address indexed cooperative,
        uint256 indexed number,
        address indexed account,
        address previousAccount
    );
    /// @notice Notices run for `period` seconds if given at `from` or later.
    event NoticePeriodSet(address indexed cooperative, uint32 period, uint48 from);
    /// @notice The member may be suspended or expelled from `from` until before `until`. `charge` is the hash of why.
    event NoticeGiven(address indexed cooperative, uint256 indexed number, bytes32 charge, uint48 from, uint48 until);
    /// @notice The member answered a notice. `statement` is the hash of what they said.
    event NoticeAnswered(address indexed cooperative, uint256 indexed number, bytes32 statement);
    /// @notice The cooperative took a notice back.
    event NoticeWithdrawn(address indexed cooperative, uint256 indexed number);

    /// @notice The account, or the DID, is an active or suspended member already: `account` under `number`. To take
    /// over a number, an account must not have been a member before either.
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

    /// @notice Only the owner of a DID applies and joins with it.
    error Membership_NotTheOwner(address did, address caller, address owner);
    /// @notice There is no application to withdraw.
    error Membership_NoApplication(address cooperative, address account);
    /// @notice The module is not appointed, or has admitted as many as it may.
    error Membership_NoPlaceLeft(address cooperative, address module);
    /// @notice The module does not admit this DID.
    error Membership_NotAdmitted(address cooperative, address module, address did);
    /// @notice The DID or its owner was member `number` before, and this module does not let them back.
    error Membership_NotReadmitted(address cooperative, address did, uint256 number);
    /// @notice The account was left behind by member `number` and serves no other.
    error Membership_Tombstoned(address cooperative, address account, uint256 number);
    /// @notice The member's account is the DID's owner already.
    error Membership_NothingToRebind(address cooperative, uint256 number);
    /// @notice A notice period longer than `MAX_NOTICE`.
    error Membership_NoticeTooLong(uint32 period, uint32 maximum);
    /// @notice The member has been given notice already.
    error Membership_NoticeStands(address cooperative, uint256 number, uint48 from);
    /// @notice The member was given no notice, or it is over.
    error Membership_NoNotice(address cooperative, uint256 number);
    /// @notice The notice runs until `from`.
    error Membership_NoticeRuns(address cooperative, uint256 number, uint48 from);

    /// @notice The registry that says which account acts for a DID.
    function DID_REGISTRY() external view returns (IDIDRegistry);

    /// @notice Most members that one call admits. DIDs that are not their account's address cost more than twice as much:
    /// of those about 130 fit the gas of a transaction.
    function MAX_BATCH() external view returns (uint256);

    /// @notice Longest notice period, in seconds.
    function MAX_NOTICE() external view returns (uint32);

    /// @notice Seconds after a notice has run in which it can be acted upon.
    function NOTICE_WINDOW() external view returns (uint32);

    /// @notice Asks to be admitted. Only a record for those who decide: nothing requires it. Repeated, the last
    /// one counts.
    /// @dev Caller: the owner of `did`.
    function applyFor(address cooperative, address did, bytes32 statement) external;

    /// @notice Takes the caller's application back.
    function withdrawApplication(address cooperative) external;

    /// @notice Lets a module admit up to `cap` members, counted from now; 0 dismisses it.
    /// @dev Caller: the cooperative.
    function appointAdmission(address module, uint32 cap, bool readmits) external;

    /// @notice Joins through a module. `proof` is what the module asks for.
    /// @dev Caller: the owner of `did`, so that nobody is bound to a cooperative without having wished it.
    function join(
        address cooperative,
        address module,
        address did,
        bytes calldata proof
    ) external returns (uint256 number);

    /// @notice Admits the owners of `dids` to the cooperative of the caller, in order.
    /// @dev Caller: the cooperative. Reverts as a whole if one can't be admitted.
    function admit(address[] calldata dids) external returns (uint256 firstNumber);

    /// @notice Leaves a cooperative at once. Always possible for an active or suspended member.
    function resign(address cooperative) external;

    /// @notice Moves a member's standing, past included, to the account that owns their DID now. Anybody may call.
    function rebind(address cooperative, uint256 number) external;

    /// @notice Publishes how long notices run. Longer ones apply at once, shorter ones once the period before has run.
    /// @dev Caller: the cooperative.
    function setNoticePeriod(uint32 period) external;

    /// @notice Gives a member notice of a suspension or expulsion. `charge` is the hash of why.
    /// @dev Caller: the cooperative. Reverts while an earlier notice stands: nobody is heard twice on one measure.
    function giveNotice(uint256 number, bytes32 charge) external;

    /// @notice Takes a notice back. Caller: the cooperative.
    function withdrawNotice(uint256 number) external;

    /// @notice Answers a notice. Caller: the member.
    function answerNotice(address cooperative, bytes32 statement) external;

    /// @notice Ends a membership. Caller: the cooperative; needs a notice that has run while there is a notice period.
    function expel(uint256 number) external;

    /// @notice Takes a member's standing away until `until` (0: until reinstated by the cooperative).
    /// @dev Caller: the cooperative; needs notice as `expel` does. A second suspension keeps the earlier start, so a gap
    /// reads as suspended.
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

    /// @notice `ballotRight` of many accounts, in their order; whoever asks chooses how many fit a page.
    function ballotRights(
        address cooperative,
        address[] calldata accounts,
        uint256 timepoint
    ) external view returns (uint256[] memory numbers);

    /// @notice Each of these member numbers whose member had standing at both `since` and `timepoint` and has it now, else 0.
    /// Costs least where numbers are in order; numbers that were suspended once cost most.
    /// @param since seconds; like `timepoint` the present or the past, and earlier or later than it.
    function numbersInStanding(
        address cooperative,
        uint256[] calldata numbers,
        uint256 since,
        uint256 timepoint
    ) external view returns (uint256[] memory standing);

    /// @notice What an account is in a cooperative now. Only `Active` has standing.
    function standingOf(address cooperative, address account) external view returns (Standing standing);

    /// @notice Number of the account's current or last membership, 0 if it never was a member.
    function numberOf(address cooperative, address account) external view returns (uint256 number);

    /// @notice Account bound to a number; also answers for departed members.
    function accountOf(address cooperative, uint256 number) external view returns (address account);

    /// @notice DID under which a number was admitted.
    function didOf(address cooperative, uint256 number) external view returns (address did);

    /// @notice Number under which a DID was last admitted, 0 if it never was.
    function numberOfDid(address cooperative, address did) external view returns (uint256 number);

    /// @notice DID and second of an account's last application, also after it was admitted; 0 if it was withdrawn.
    function applicationOf(address cooperative, address account) external view returns (address did, uint48 appliedAt);

    /// @notice How many members a module may still admit, and whether former ones.
    function admissionOf(address cooperative, address module) external view returns (uint32 places, bool readmits);

    /// @notice Seconds that a notice given now runs.
    function noticePeriod(address cooperative) external view returns (uint32 period);

    /// @notice When the member may be suspended or expelled: from `from` until before `until`; both 0 without a notice.
    function noticeOf(address cooperative, uint256 number) external view returns (uint48 from, uint48 until);

    /// @notice Members with standing now.
    function electorate(address cooperative) external view returns (uint256 members);

    /// @notice Members with standing now, and the second of the last change of their number, by admission too.
    function electorateSince(address cooperative) external view returns (uint256 members, uint256 since);

    /// @notice Members with standing at a past second.
    function pastElectorate(address cooperative, uint256 timepoint) external view returns (uint256 members);

    /// @notice 1 if the account had standing at a past second, else 0 (ERC-5805's getPastVotes, by cooperative).
    function pastStanding(
        address cooperative,
        address account,
        uint256 timepoint
    ) external view returns (uint256 votes);
}
