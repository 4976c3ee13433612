// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOffices} from "../../governance/interfaces/IOffices.sol";
import {IMembership} from "../../membership/interfaces/IMembership.sol";
import {IPullPayments} from "./IPullPayments.sol";

/// @title Grants
/// @notice Money set aside for somebody's work, paid milestone by milestone. No administrator: a grant belongs to the
/// cooperative (by vote, its Treasury) that funded it in full when it was opened.
///
/// ```
///                 deliver                 approve
///       open  ---------------> delivered ----------> approved   owed to the recipient
///         |     ^    |             |                     ^
///         |     |    | deliver     | reject, for a reason| approve, by the cooperative
///         |     |    v             v                     |
///         |     +-- (again) <-- rejected ----------------+
///         |                        |
///         +------------------------+---- reclaim ------> reclaimed  owed to the cooperative
/// ```
///
/// **Who decides.** The cooperative, by vote, always. If a reviewer is named, an account or whoever holds an office of the
/// cooperative then, the reviewer too, within `reviewPeriod` of a delivery; the cooperative overrules a rejection. A
/// decision names the content that it is about, so that what was delivered since is not meant.
///
/// **Silence pays nobody.** What nobody has decided `reviewPeriod + decisionPeriod` after the delivery, and what was
/// not delivered by its deadline, anybody returns to the cooperative. Pay on silence would let a recipient draw money
/// with any delivery while nobody looks, for good; what silence returned wrongly, one more vote pays.
///
/// **The cooperative can stop a grant** by vote: what is not delivered comes back at once. What is delivered is decided
/// first, so that nobody's finished work is taken back without a reason.
interface IGrants is IPullPayments {
    /// @notice Where a milestone is.
    enum Status {
        Open,
        Delivered,
        Rejected,
        Approved,
        Reclaimed
    }

    /// @notice What a milestone pays, and the last second in which it can be delivered.
    struct Milestone {
        uint128 amount;
        uint48 deadline;
    }

    /// @notice What a cooperative offers.
    /// @param recipient who delivers and is paid.
    /// @param reviewer account that decides beside the cooperative; zero for none.
    /// @param office office of the cooperative whose holders do, instead of an account; zero for none.
    /// @param acceptBy last second in which the recipient can accept.
    /// @param reviewPeriod seconds after a delivery in which the reviewer decides; 0 exactly if there is none.
    /// @param decisionPeriod seconds after that in which the cooperative still decides; not 0. Shorter than a vote
    /// takes, it leaves the recipient without one.
    /// @param description CID of what is to be done, 1 to 96 bytes.
    /// @param milestones 1 to `MAX_MILESTONES`; each with an amount and a deadline later than `acceptBy`.
    struct Terms {
        address recipient;
        address reviewer;
        bytes32 office;
        uint48 acceptBy;
        uint32 reviewPeriod;
        uint32 decisionPeriod;
        bytes description;
        Milestone[] milestones;
    }

    /// @notice A grant as it stands.
    struct Grant {
        // slot 0
        address cooperative;
        uint48 acceptBy;
        uint32 reviewPeriod;
        uint8 milestones;
        bool accepted;
        // slot 1
        address recipient;
        uint32 decisionPeriod;
        bool stopped;
        // slot 2
        address reviewer;
        // slot 3
        address token;
        // slot 4
        bytes32 office;
    }

    /// @notice A milestone as it stands.
    /// @param decideBy last second in which a decision can be expected; 0 if none is.
    /// @param content hash of the CID that was delivered last.
    struct MilestoneState {
        // slot 0
        uint128 amount;
        uint48 deadline;
        uint48 decideBy;
        Status status;
        // slot 1
        bytes32 content;
    }

    /// @notice A cooperative offers a grant, and has put all of it aside.
    event GrantOpened(
        uint256 indexed grantId,
        address indexed cooperative,
        address indexed recipient,
        address token,
        uint256 amount,
        address reviewer,
        bytes32 office,
        uint256 acceptBy,
        uint256 reviewPeriod,
        uint256 decisionPeriod,
        bytes description
    );
    /// @notice A milestone of a grant that was just opened, from 0.
    event MilestoneSet(uint256 indexed grantId, uint256 indexed index, uint256 amount, uint256 deadline);
    /// @notice The recipient accepted.
    event GrantAccepted(uint256 indexed grantId);
    /// @notice The recipient delivered.
    /// @param content hash of `cid`, which decisions name.
    /// @param decideBy last second in which a decision can be expected.
    event MilestoneDelivered(
        uint256 indexed grantId,
        uint256 indexed index,
        bytes32 content,
        uint256 decideBy,
        bytes cid
    );
    /// @notice The amount is owed to the recipient.
    event MilestoneApproved(uint256 indexed grantId, uint256 indexed index, bytes32 content, address by);
    /// @notice The delivery was refused.
    event MilestoneRejected(uint256 indexed grantId, uint256 indexed index, bytes32 content, address by, string reason);
    /// @notice The amount is owed to the cooperative again.
    event MilestoneReclaimed(uint256 indexed grantId, uint256 indexed index, uint256 amount);
    /// @notice The cooperative takes no more deliveries.
    event GrantStopped(uint256 indexed grantId);

    /// @notice A term is out of its bounds.
    error Grants_InvalidTerms(string term, uint256 value);
    /// @notice Only the recipient accepts and delivers.
    error Grants_NotTheRecipient(uint256 grantId, address caller, address recipient);
    /// @notice Only the cooperative may do this.
    error Grants_NotTheCooperative(uint256 grantId, address caller, address cooperative);
    /// @notice Only the cooperative and the reviewer decide, and never the recipient.
    error Grants_NotADecider(uint256 grantId, address caller);
    /// @notice The grant was accepted before.
    error Grants_AlreadyAccepted(uint256 grantId);
    /// @notice The recipient has not accepted.
    error Grants_NotAccepted(uint256 grantId);
    /// @notice The cooperative has stopped the grant.
    error Grants_Stopped(uint256 grantId);
    /// @notice It was possible until `last`.
    error Grants_TooLate(uint256 grantId, uint256 last);
    /// @notice The grant has no such milestone.
    error Grants_NoSuchMilestone(uint256 grantId, uint256 index);
    /// @notice Not possible while the milestone is where it is.
    error Grants_WrongStatus(uint256 grantId, uint256 index, Status status);
    /// @notice The decision is about something else than what was delivered last.
    error Grants_OtherContent(uint256 grantId, uint256 index, bytes32 named, bytes32 delivered);
    /// @notice Content is named by a CID of 1 to 96 bytes.
    error Grants_InvalidCid(bytes cid);
    /// @notice A rejection has a reason.
    error Grants_NoReason(uint256 grantId, uint256 index);
    /// @notice The milestone can still be delivered or decided.
    error Grants_NotReclaimable(uint256 grantId, uint256 index);

    /// @notice The book of all members.
    function MEMBERSHIP() external view returns (IMembership);

    /// @notice Who holds which office.
    function OFFICES() external view returns (IOffices);

    /// @notice Most milestones of a grant.
    function MAX_MILESTONES() external view returns (uint256);

    /// @notice Offers a grant of the caller's money. Caller: the cooperative, by vote (anybody may, with their own).
    /// @param token in which it is paid, approved for this contract; zero is native currency, sent along.
    /// @param amount sum of the milestones, in the token's smallest unit. Token and amount come first, where a rule that
    /// meters spending finds them.
    /// @param terms what is offered.
    function openGrant(address token, uint256 amount, Terms calldata terms) external payable returns (uint256 grantId);

    /// @notice Accepts a grant. Caller: its recipient, by `acceptBy`.
    function accept(uint256 grantId) external;

    /// @notice Delivers a milestone, by its deadline; again after a rejection, or if nobody decided in time.
    /// @dev Caller: the recipient.
    /// @param cid of the result, 1 to 96 bytes.
    function deliver(uint256 grantId, uint256 index, bytes calldata cid) external;

    /// @notice Approves what was delivered. Caller: the reviewer in the review period, or the cooperative, also of what
    /// the reviewer rejected, until it is reclaimed.
    /// @param content hash of the CID that is approved.
    function approve(uint256 grantId, uint256 index, bytes32 content) external;

    /// @notice Rejects what was delivered. Caller: as for `approve`. Of the cooperative it is final for this delivery.
    /// @param content hash of the CID that is rejected.
    /// @param reason for the recipient and the public, not empty.
    function reject(uint256 grantId, uint256 index, bytes32 content, string calldata reason) external;

    /// @notice Returns a milestone's amount to the cooperative: not delivered by its deadline, refused or undecided, of a
    /// grant that was stopped or not accepted in time. Anybody.
    function reclaim(uint256 grantId, uint256 index) external;

    /// @notice Ends a grant: no more deliveries, and what is neither delivered nor decided returns. Caller: the
    /// cooperative.
    function stop(uint256 grantId) external;

    /// @notice How many grants there are; they are numbered from 1.
    function grantCount() external view returns (uint256 count);

    /// @notice A grant; empty if there is none.
    function grantOf(uint256 grantId) external view returns (Grant memory grant);

    /// @notice A milestone, from 0; empty if there is none.
    function milestoneOf(uint256 grantId, uint256 index) external view returns (MilestoneState memory milestone);

    /// @notice Whether `reclaim` would succeed now.
    function isReclaimable(uint256 grantId, uint256 index) external view returns (bool reclaimable);
}
