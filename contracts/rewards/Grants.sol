// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOffices} from "../governance/interfaces/IOffices.sol";
import {IMembership} from "../membership/interfaces/IMembership.sol";
import {PullPayments} from "./PullPayments.sol";
import {IGrants} from "./interfaces/IGrants.sol";
import {CidLib} from "./libraries/CidLib.sol";

/// @title Grants
/// @notice See `IGrants`.
/// @dev Beside the books of rewards because it decides nothing about members: it holds money and asks who calls. Calls
/// out only to the contracts fixed at deployment, for views, and to a grant's token.
contract Grants is IGrants, PullPayments {
    /// @inheritdoc IGrants
    uint256 public constant MAX_MILESTONES = 16;

    /// @inheritdoc IGrants
    IMembership public immutable MEMBERSHIP;
    /// @inheritdoc IGrants
    IOffices public immutable OFFICES;

    mapping(uint256 grantId => Grant grant) private _grants;
    mapping(uint256 grantId => mapping(uint256 index => MilestoneState milestone)) private _milestones;

    /// @inheritdoc IGrants
    uint256 public grantCount;

    /// @param membership the book of all members.
    /// @param offices who holds which office.
    constructor(IMembership membership, IOffices offices) {
        MEMBERSHIP = membership;
        OFFICES = offices;
    }

    // ------------------------------------------------------------------------------------------ offering, accepting

    /// @inheritdoc IGrants
    function openGrant(
        address token,
        uint256 amount,
        Terms calldata terms
    ) external payable nonReentrant returns (uint256 grantId) {
        _checkTerms(terms);
        grantId = ++grantCount;
        _grants[grantId] = Grant({
            cooperative: msg.sender,
            acceptBy: terms.acceptBy,
            reviewPeriod: terms.reviewPeriod,
            milestones: uint8(terms.milestones.length), // at most MAX_MILESTONES
            accepted: false,
            recipient: terms.recipient,
            decisionPeriod: terms.decisionPeriod,
            stopped: false,
            reviewer: terms.reviewer,
            token: token,
            office: terms.office
        });
        emit GrantOpened(
            grantId,
            msg.sender,
            terms.recipient,
            token,
            amount,
            terms.reviewer,
            terms.office,
            terms.acceptBy,
            terms.reviewPeriod,
            terms.decisionPeriod,
            terms.description
        );
        _check(_setMilestones(grantId, terms) == amount, "amount", amount);
        _hold(token, amount);
    }

    /// @inheritdoc IGrants
    function accept(uint256 grantId) external {
        Grant storage grant = _asRecipient(grantId);
        if (grant.accepted) revert Grants_AlreadyAccepted(grantId);
        if (block.timestamp > grant.acceptBy) revert Grants_TooLate(grantId, grant.acceptBy);
        grant.accepted = true;
        emit GrantAccepted(grantId);
    }

    // ------------------------------------------------------------------------------------------ delivering, deciding

    /// @inheritdoc IGrants
    function deliver(uint256 grantId, uint256 index, bytes calldata cid) external {
        Grant storage grant = _asRecipient(grantId);
        if (!grant.accepted) revert Grants_NotAccepted(grantId);
        MilestoneState storage milestone = _milestone(grantId, index);
        Status status = milestone.status;
        bool deliverable =
            status == Status.Open ||
                status == Status.Rejected ||
                (status == Status.Delivered && block.timestamp > milestone.decideBy);
        if (!deliverable) revert Grants_WrongStatus(grantId, index, status);
        if (block.timestamp > milestone.deadline) revert Grants_TooLate(grantId, milestone.deadline);
        if (!CidLib.isCid(cid)) revert Grants_InvalidCid(cid);

        bytes32 content = keccak256(cid);
        // the deadline bounds the present to 48 bits, and a sum of it and two periods fits for 8 million years more
        uint48 decideBy = uint48(block.timestamp + grant.reviewPeriod + grant.decisionPeriod);
        milestone.status = Status.Delivered;
        milestone.decideBy = decideBy;
        milestone.content = content;
        emit MilestoneDelivered(grantId, index, content, decideBy, cid);
    }

    /// @inheritdoc IGrants
    function approve(uint256 grantId, uint256 index, bytes32 content) external {
        (Grant storage grant, MilestoneState storage milestone) = _asDecider(grantId, index, content);
        milestone.status = Status.Approved;
        emit MilestoneApproved(grantId, index, content, msg.sender);
        _owe(grant.token, grant.recipient, milestone.amount);
    }

    /// @inheritdoc IGrants
    function reject(uint256 grantId, uint256 index, bytes32 content, string calldata reason) external {
        (Grant storage grant, MilestoneState storage milestone) = _asDecider(grantId, index, content);
        if (bytes(reason).length == 0) revert Grants_NoReason(grantId, index);
        milestone.status = Status.Rejected;
        // nobody is left to ask
        if (msg.sender == grant.cooperative) milestone.decideBy = 0;
        emit MilestoneRejected(grantId, index, content, msg.sender, reason);
    }

    // ----------------------------------------------------------------------------------------------------- returning

    /// @inheritdoc IGrants
    function reclaim(uint256 grantId, uint256 index) external {
        Grant storage grant = _grants[grantId];
        MilestoneState storage milestone = _milestone(grantId, index);
        if (!_reclaimable(grant, milestone)) revert Grants_NotReclaimable(grantId, index);
        _reclaim(grantId, index, grant, milestone);
    }

    /// @inheritdoc IGrants
    function stop(uint256 grantId) external {
        Grant storage grant = _grants[grantId];
        if (msg.sender != grant.cooperative) revert Grants_NotTheCooperative(grantId, msg.sender, grant.cooperative);
        if (grant.stopped) revert Grants_Stopped(grantId);
        grant.stopped = true;
        emit GrantStopped(grantId);
        for (uint256 index; index < grant.milestones; ++index) {
            MilestoneState storage milestone = _milestones[grantId][index];
            if (_reclaimable(grant, milestone)) _reclaim(grantId, index, grant, milestone);
        }
    }

    // ------------------------------------------------------------------------------------------------------- reading

    /// @inheritdoc IGrants
    function grantOf(uint256 grantId) external view returns (Grant memory grant) {
        return _grants[grantId];
    }

    /// @inheritdoc IGrants
    function milestoneOf(uint256 grantId, uint256 index) external view returns (MilestoneState memory milestone) {
        return _milestones[grantId][index];
    }

    /// @inheritdoc IGrants
    function isReclaimable(uint256 grantId, uint256 index) external view returns (bool reclaimable) {
        MilestoneState storage milestone = _milestones[grantId][index];
        return milestone.amount != 0 && _reclaimable(_grants[grantId], milestone);
    }

    function _setMilestones(uint256 grantId, Terms calldata terms) private returns (uint256 total) {
        for (uint256 index; index < terms.milestones.length; ++index) {
            Milestone calldata milestone = terms.milestones[index];
            _check(milestone.amount != 0, "milestones.amount", index);
            _check(milestone.deadline > terms.acceptBy, "milestones.deadline", index);
            MilestoneState storage state = _milestones[grantId][index];
            state.amount = milestone.amount;
            state.deadline = milestone.deadline;
            total += milestone.amount;
            emit MilestoneSet(grantId, index, milestone.amount, milestone.deadline);
        }
    }

    function _reclaim(uint256 grantId, uint256 index, Grant storage grant, MilestoneState storage milestone) private {
        uint256 amount = milestone.amount;
        milestone.status = Status.Reclaimed;
        emit MilestoneReclaimed(grantId, index, amount);
        _owe(grant.token, grant.cooperative, amount);
    }

    function _checkTerms(Terms calldata terms) private view {
        address recipient = terms.recipient;
        _check(recipient != address(0) && recipient != msg.sender, "recipient", uint160(recipient));
        // who delivers must not decide; the cooperative decides anyway
        bool fit = terms.reviewer != recipient && terms.reviewer != msg.sender;
        _check(fit, "reviewer", uint160(terms.reviewer));
        _check(terms.acceptBy > block.timestamp, "acceptBy", terms.acceptBy);
        bool isReviewed = terms.reviewer != address(0) || terms.office != 0;
        _check(terms.reviewer == address(0) || terms.office == 0, "office", uint256(terms.office));
        _check((terms.reviewPeriod != 0) == isReviewed, "reviewPeriod", terms.reviewPeriod);
        _check(terms.decisionPeriod != 0, "decisionPeriod", 0);
        _check(CidLib.isCid(terms.description), "description", terms.description.length);
        uint256 count = terms.milestones.length;
        _check(count != 0 && count <= MAX_MILESTONES, "milestones", count);
    }

    function _asRecipient(uint256 grantId) private view returns (Grant storage grant) {
        grant = _grants[grantId];
        if (msg.sender != grant.recipient) revert Grants_NotTheRecipient(grantId, msg.sender, grant.recipient);
        if (grant.stopped) revert Grants_Stopped(grantId);
    }

    /// @dev Reverts unless the caller may decide about this delivery now.
    function _asDecider(
        uint256 grantId,
        uint256 index,
        bytes32 content
    ) private view returns (Grant storage grant, MilestoneState storage milestone) {
        grant = _grants[grantId];
        bool isCooperative = msg.sender == grant.cooperative;
        if (!isCooperative && !_isReviewer(grant)) revert Grants_NotADecider(grantId, msg.sender);
        milestone = _milestone(grantId, index);
        Status status = milestone.status;
        // the cooperative overrules, and confirms, what the reviewer rejected
        bool decidable = status == Status.Delivered || (isCooperative && status == Status.Rejected);
        if (!decidable) revert Grants_WrongStatus(grantId, index, status);
        if (content != milestone.content) revert Grants_OtherContent(grantId, index, content, milestone.content);
        if (!isCooperative) {
            // a delivery's second is a sum of both periods and more
            uint256 last = milestone.decideBy - grant.decisionPeriod;
            if (block.timestamp > last) revert Grants_TooLate(grantId, last);
        }
    }

    /// @dev A recipient who holds the office is passed over: with whatever key, under whatever number, and if the grant
    /// names them by their DID.
    function _isReviewer(Grant storage grant) private view returns (bool) {
        bytes32 office = grant.office;
        if (office == 0) return msg.sender == grant.reviewer;
        address cooperative = grant.cooperative;
        uint256 number = MEMBERSHIP.ballotRight(cooperative, msg.sender, block.timestamp);
        if (number == 0) return false;
        address did = MEMBERSHIP.didOf(cooperative, number);
        address recipient = grant.recipient;
        if (did == recipient || did == MEMBERSHIP.didOf(cooperative, MEMBERSHIP.numberOf(cooperative, recipient))) {
            return false;
        }
        (uint256 election, ) = OFFICES.termOf(cooperative, office, number);
        return election != 0;
    }

    function _milestone(uint256 grantId, uint256 index) private view returns (MilestoneState storage milestone) {
        milestone = _milestones[grantId][index];
        if (milestone.amount == 0) revert Grants_NoSuchMilestone(grantId, index);
    }

    /// @dev Whether nothing more can come of it: neither decision nor delivery.
    function _reclaimable(Grant storage grant, MilestoneState storage milestone) private view returns (bool) {
        Status status = milestone.status;
        if (status == Status.Approved || status == Status.Reclaimed || block.timestamp <= milestone.decideBy)
            return false;
        bool offered = grant.accepted || block.timestamp <= grant.acceptBy;
        return grant.stopped || !offered || block.timestamp > milestone.deadline;
    }

    function _check(bool valid, string memory term, uint256 value) private pure {
        if (!valid) revert Grants_InvalidTerms(term, value);
    }
}
