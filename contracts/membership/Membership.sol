// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

import {IDIDRegistry} from "../identity/interfaces/IDIDRegistry.sol";
import {Did} from "../identity/types/Did.sol";
import {IMembership} from "./interfaces/IMembership.sol";

/// @title Membership
/// @notice See `IMembership`.
contract Membership is IMembership {
    using Checkpoints for Checkpoints.Trace208;

    /// @dev All that decides standing, in one slot; 56 bits are left for a proxy's number and expiry. Times are block
    /// timestamps, which fit 40 bits for another 34,000 years.
    struct Member {
        uint32 number; // slot 0
        uint40 joined;
        uint40 left;
        uint40 suspendedFrom; // start of the earliest suspension
        uint40 suspendedUntil; // announced end while suspended (0: none), actual end afterwards
        bool suspended;
    }

    /// @inheritdoc IMembership
    uint256 public constant MAX_BATCH = 200;

    /// @notice The registry that says which account acts for a DID.
    IDIDRegistry public immutable DID_REGISTRY;

    mapping(address cooperative => mapping(address account => Member member)) private _members;
    mapping(address cooperative => mapping(uint256 number => address account)) private _accounts;
    // Only for members whose DID is not the address of their account; the others would pay two slots for nothing.
    mapping(address cooperative => mapping(uint256 number => address did)) private _dids;
    mapping(address cooperative => mapping(address did => uint256 number)) private _numbersOfDids;
    // Checkpoint value: last number given (from bit 32) | members with standing (32 bits).
    mapping(address cooperative => Checkpoints.Trace208 trace) private _electorates;

    /// @param didRegistry an ERC-1056 registry.
    constructor(IDIDRegistry didRegistry) {
        DID_REGISTRY = didRegistry;
    }

    /// @inheritdoc IMembership
    function admit(address[] calldata dids) external returns (uint256 firstNumber) {
        if (dids.length > MAX_BATCH) revert Membership_BatchTooLarge(dids.length, MAX_BATCH);
        uint256 head = _electorates[msg.sender].latest();
        uint256 last = head >> 32;
        firstNumber = last + 1;
        for (uint256 i; i < dids.length; ++i) _admit(msg.sender, dids[i], SafeCast.toUint32(++last));
        _push(msg.sender, last, uint32(head) + dids.length);
    }

    /// @inheritdoc IMembership
    function resign(address cooperative) external {
        Member memory member = _members[cooperative][msg.sender];
        if (member.number == 0 || member.left != 0) revert Membership_NotTheMember(cooperative, msg.sender);
        _end(cooperative, msg.sender, member);
        emit MemberLeft(cooperative, member.number, msg.sender);
    }

    /// @inheritdoc IMembership
    function expel(uint256 number) external {
        (address account, Member memory member) = _memberOf(msg.sender, number);
        _end(msg.sender, account, member);
        emit MemberExpelled(msg.sender, number, account);
    }

    /// @inheritdoc IMembership
    function suspend(uint256 number, uint48 until) external {
        (address account, Member memory member) = _memberOf(msg.sender, number);
        bool hasValidEnd = until == 0 || (until > block.timestamp && until <= type(uint40).max);
        if (member.suspended || !hasValidEnd) revert Membership_CannotSuspend(msg.sender, number, until);
        if (member.suspendedFrom == 0) member.suspendedFrom = uint40(block.timestamp);
        member.suspendedUntil = uint40(until); // checked above
        member.suspended = true;
        _members[msg.sender][account] = member;
        _removeFromElectorate(msg.sender);
        emit MemberSuspended(msg.sender, number, account, member.suspendedFrom, until);
    }

    /// @inheritdoc IMembership
    function reinstate(address cooperative, uint256 number) external {
        (address account, Member memory member) = _memberOf(cooperative, number);
        uint48 until = member.suspendedUntil;
        bool isDue = until != 0 && block.timestamp >= until;
        if (!member.suspended || (msg.sender != cooperative && !isDue)) {
            revert Membership_CannotReinstate(cooperative, number, until);
        }
        member.suspended = false;
        member.suspendedUntil = uint40(block.timestamp);
        _members[cooperative][account] = member;
        uint256 head = _electorates[cooperative].latest();
        _push(cooperative, head >> 32, uint32(head) + 1);
        emit MemberReinstated(cooperative, number, account);
    }

    /// @inheritdoc IMembership
    function ballotRight(
        address cooperative,
        address account,
        uint256 timepoint
    ) external view returns (uint256 number) {
        Member memory member = _members[cooperative][account];
        return _hasStanding(member, timepoint) && _hasStanding(member, block.timestamp) ? member.number : 0;
    }

    /// @inheritdoc IMembership
    function standingOf(address cooperative, address account) external view returns (Standing standing) {
        Member memory member = _members[cooperative][account];
        if (member.number == 0) return Standing.None;
        if (member.left != 0) return Standing.Departed;
        return member.suspended ? Standing.Suspended : Standing.Active;
    }

    /// @inheritdoc IMembership
    function numberOf(address cooperative, address account) external view returns (uint256 number) {
        return _members[cooperative][account].number;
    }

    /// @inheritdoc IMembership
    function accountOf(address cooperative, uint256 number) external view returns (address account) {
        return _accounts[cooperative][number];
    }

    /// @inheritdoc IMembership
    function didOf(address cooperative, uint256 number) public view returns (address did) {
        did = _dids[cooperative][number];
        if (did == address(0)) did = _accounts[cooperative][number];
    }

    /// @inheritdoc IMembership
    function electorate(address cooperative) external view returns (uint256 members) {
        return uint32(_electorates[cooperative].latest());
    }

    /// @inheritdoc IMembership
    function pastElectorate(address cooperative, uint256 timepoint) external view returns (uint256 members) {
        uint48 key = _past(timepoint);
        return uint32(_electorates[cooperative].upperLookupRecent(key));
    }

    /// @inheritdoc IMembership
    function pastStanding(
        address cooperative,
        address account,
        uint256 timepoint
    ) external view returns (uint256 votes) {
        return _hasStanding(_members[cooperative][account], _past(timepoint)) ? 1 : 0;
    }

    /// @inheritdoc IERC6372
    function clock() public view returns (uint48) {
        return uint48(block.timestamp); // fits for 8.9 million years
    }

    /// @inheritdoc IERC6372
    function CLOCK_MODE() external pure returns (string memory) {
        return "mode=timestamp";
    }

    function _admit(address cooperative, address did, uint32 number) private {
        address account = DID_REGISTRY.identityOwner(Did.wrap(did));
        if (account == address(0)) revert Membership_DeactivatedDid(did);
        _requireFree(cooperative, _members[cooperative][account].number);
        // One membership a DID, also after its owner changed: it may have been admitted under its own address ...
        if (did != account) {
            uint256 asAccount = _members[cooperative][did].number;
            if (didOf(cooperative, asAccount) == did) _requireFree(cooperative, asAccount);
        }
        // ... or under another one.
        _requireFree(cooperative, _numbersOfDids[cooperative][did]);

        _members[cooperative][account] = Member(number, uint40(block.timestamp), 0, 0, 0, false);
        _accounts[cooperative][number] = account;
        if (did != account) {
            _dids[cooperative][number] = did;
            _numbersOfDids[cooperative][did] = number;
        }
        emit MemberAdmitted(cooperative, number, account, did);
    }

    function _end(address cooperative, address account, Member memory member) private {
        _members[cooperative][account].left = uint40(block.timestamp);
        if (!member.suspended) _removeFromElectorate(cooperative);
    }

    function _removeFromElectorate(address cooperative) private {
        uint256 head = _electorates[cooperative].latest();
        _push(cooperative, head >> 32, uint32(head) - 1);
    }

    /// @dev There are never more members than numbers, and numbers are checked to fit 32 bits when they are given.
    function _push(address cooperative, uint256 lastNumber, uint256 members) private {
        _electorates[cooperative].push(clock(), uint208((lastNumber << 32) | members));
    }

    function _memberOf(
        address cooperative,
        uint256 number
    ) private view returns (address account, Member memory member) {
        account = _accounts[cooperative][number];
        member = _members[cooperative][account];
        if (number == 0 || member.number != number || member.left != 0)
            revert Membership_NotAMember(cooperative, number);
    }

    /// @dev Reverts if `number` (0: none) is an active or suspended member.
    function _requireFree(address cooperative, uint256 number) private view {
        if (number == 0) return;
        address account = _accounts[cooperative][number];
        Member memory member = _members[cooperative][account];
        if (member.number == number && member.left == 0) {
            revert Membership_AlreadyMember(cooperative, account, number);
        }
    }

    function _past(uint256 timepoint) private view returns (uint48) {
        if (timepoint >= block.timestamp) revert Membership_FutureLookup(timepoint, clock());
        return uint48(timepoint); // less than the clock
    }

    function _hasStanding(Member memory member, uint256 timepoint) private pure returns (bool) {
        if (member.number == 0 || timepoint < member.joined) return false;
        if (member.left != 0 && timepoint >= member.left) return false;
        if (member.suspendedFrom == 0 || timepoint < member.suspendedFrom) return true;
        return !member.suspended && timepoint >= member.suspendedUntil;
    }
}
