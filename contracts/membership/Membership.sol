// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IDIDRegistry} from "../identity/interfaces/IDIDRegistry.sol";
import {Did} from "../identity/types/Did.sol";
import {IAdmission} from "./admission/interfaces/IAdmission.sol";
import {IMembership} from "./interfaces/IMembership.sol";
import {ElectorateLib} from "./libraries/ElectorateLib.sol";

/// @title Membership
/// @notice See `IMembership`.
contract Membership is IMembership {
    using ElectorateLib for ElectorateLib.Electorate;

    /// @dev All that decides standing, in one slot; 56 bits are free. Times are block
    /// timestamps, which fit 40 bits for another 34,000 years.
    struct Member {
        uint32 number; // slot 0
        uint40 joined;
        uint40 left;
        uint40 suspendedFrom; // start of the earliest suspension
        uint40 suspendedUntil; // announced end while suspended (0: none), actual end afterwards
        uint8 flags; // SUSPENDED, MOVED, BARRED: of the membership; INDEXED: of the address
    }

    struct Application {
        address did; // slot 0
        uint48 appliedAt;
    }

    struct Admission {
        uint32 places; // slot 0
        bool readmits;
    }

    struct Notice {
        uint48 from; // slot 0: end of the hearing
        uint48 until;
    }

    struct NoticePeriod {
        uint32 period; // slot 0: before `since`
        uint32 next; // from `since` on
        uint48 since;
    }

    /// @inheritdoc IMembership
    uint256 public constant MAX_BATCH = 200;
    /// @inheritdoc IMembership
    uint32 public constant MAX_NOTICE = 90 days;
    /// @inheritdoc IMembership
    uint32 public constant NOTICE_WINDOW = 90 days;

    uint8 private constant SUSPENDED = 1;
    // The number went on to another account, and this one serves no other.
    uint8 private constant MOVED = 2;
    // Ended in bad standing: only a vote lets them back.
    uint8 private constant BARRED = 4;
    // As a DID, this address has an entry in `_numbersOfDids`; says so here to save the others a look-up.
    uint8 private constant INDEXED = 8;

    // The bits of `left`, `suspendedFrom` and `suspendedUntil` in a `Member`: 0 without any.
    uint256 private constant INTERRUPTION = ((1 << 120) - 1) << 72;

    /// @inheritdoc IMembership
    IDIDRegistry public immutable DID_REGISTRY;

    mapping(address cooperative => mapping(address account => Member member)) private _members;
    // Only for members whose DID is not the address of their account; the others would pay two slots for nothing.
    mapping(address cooperative => mapping(uint256 number => address did)) private _dids;
    mapping(address cooperative => mapping(address did => uint256 number)) private _numbersOfDids;
    mapping(address cooperative => ElectorateLib.Electorate electorate) private _electorates;
    // One bit a number, set once its standing was ever taken away: all others have had it since they were given.
    mapping(address cooperative => mapping(uint256 index => uint256 word)) private _interruptions;

    mapping(address cooperative => mapping(address account => Application application)) private _applications;
    mapping(address cooperative => mapping(address module => Admission admission)) private _admissions;
    mapping(address cooperative => NoticePeriod period) private _noticePeriods;
    mapping(address cooperative => mapping(uint256 number => Notice notice)) private _notices;

    /// @param didRegistry an ERC-1056 registry.
    constructor(IDIDRegistry didRegistry) {
        DID_REGISTRY = didRegistry;
    }

    /// @inheritdoc IMembership
    function applyFor(address cooperative, address did, bytes32 statement) external {
        _requireOwner(did);
        _applications[cooperative][msg.sender] = Application(did, clock());
        emit MembershipApplied(cooperative, msg.sender, did, statement);
    }

    /// @inheritdoc IMembership
    function withdrawApplication(address cooperative) external {
        if (standingOf(cooperative, msg.sender) != Standing.Applied) {
            revert Membership_NoApplication(cooperative, msg.sender);
        }
        delete _applications[cooperative][msg.sender];
        emit ApplicationWithdrawn(cooperative, msg.sender);
    }

    /// @inheritdoc IMembership
    function appointAdmission(address module, uint32 cap, bool readmits) external {
        _admissions[msg.sender][module] = Admission(cap, readmits);
        emit AdmissionAppointed(msg.sender, module, cap, readmits);
    }

    /// @inheritdoc IMembership
    function join(
        address cooperative,
        address module,
        address did,
        bytes calldata proof
    ) external returns (uint256 number) {
        _requireOwner(did);
        Admission storage admission = _admissions[cooperative][module];
        if (admission.places == 0) revert Membership_NoPlaceLeft(cooperative, module);
        --admission.places;
        bool readmits = admission.readmits;
        _requireReturnable(cooperative, did, _members[cooperative][msg.sender].number, readmits);
        _requireReturnable(cooperative, did, numberOfDid(cooperative, did), readmits);
        if (!IAdmission(module).admits(cooperative, did, msg.sender, proof)) {
            revert Membership_NotAdmitted(cooperative, module, did);
        }
        ElectorateLib.Head memory head = _electorates[cooperative].head;
        number = _admit(cooperative, head, did);
        _electorates[cooperative].head = head;
        emit AdmittedByModule(cooperative, number, module);
    }

    /// @inheritdoc IMembership
    function admit(address[] calldata dids) external returns (uint256 firstNumber) {
        if (dids.length > MAX_BATCH) revert Membership_BatchTooLarge(dids.length, MAX_BATCH);
        ElectorateLib.Head memory head = _electorates[msg.sender].head;
        firstNumber = uint256(head.lastNumber) + 1;
        for (uint256 i; i < dids.length; ++i) _admit(msg.sender, head, dids[i]);
        _electorates[msg.sender].head = head;
    }

    /// @inheritdoc IMembership
    function resign(address cooperative) external {
        Member memory member = _members[cooperative][msg.sender];
        if (member.number == 0 || member.left != 0) revert Membership_NotTheMember(cooperative, msg.sender);
        _end(cooperative, msg.sender, member);
        emit MemberLeft(cooperative, member.number, msg.sender);
    }

    /// @inheritdoc IMembership
    function rebind(address cooperative, uint256 number) external {
        (address previous, Member memory member) = _memberOf(cooperative, number);
        address did = didOf(cooperative, number);
        address account = DID_REGISTRY.identityOwner(Did.wrap(did));
        if (account == address(0)) revert Membership_DeactivatedDid(did);
        if (account == previous) revert Membership_NothingToRebind(cooperative, number);
        // With a past of its own, its old ballots would count for this number: also one that departed is refused.
        Member memory target = _members[cooperative][account];
        if (target.number != 0 && target.number != number) {
            if (target.flags & MOVED != 0) revert Membership_Tombstoned(cooperative, account, target.number);
            revert Membership_AlreadyMember(cooperative, account, target.number);
        }

        uint8 indexed_ = member.flags & INDEXED;
        member.flags = (member.flags & ~INDEXED) | (target.flags & INDEXED);
        _members[cooperative][account] = member;
        uint40 time = _now();
        _members[cooperative][previous] = Member(uint32(number), time, time, 0, 0, MOVED | indexed_); // read as 32 bits
        _electorates[cooperative].seats[number].account = account;
        if (_dids[cooperative][number] == address(0)) _index(cooperative, did, number);
        emit MemberRebound(cooperative, number, account, previous);
    }

    /// @inheritdoc IMembership
    function setNoticePeriod(uint32 period) external {
        if (period > MAX_NOTICE) revert Membership_NoticeTooLong(period, MAX_NOTICE);
        uint32 current = noticePeriod(msg.sender);
        uint48 since = clock();
        if (period < current) since += current;
        _noticePeriods[msg.sender] = NoticePeriod(current, period, since);
        emit NoticePeriodSet(msg.sender, period, since);
    }

    /// @inheritdoc IMembership
    function giveNotice(uint256 number, bytes32 charge) external {
        _memberOf(msg.sender, number);
        (uint48 from, uint48 until) = noticeOf(msg.sender, number);
        if (until != 0) revert Membership_NoticeStands(msg.sender, number, from);
        from = clock() + noticePeriod(msg.sender);
        until = from + NOTICE_WINDOW;
        _notices[msg.sender][number] = Notice(from, until);
        emit NoticeGiven(msg.sender, number, charge, from, until);
    }

    /// @inheritdoc IMembership
    function withdrawNotice(uint256 number) external {
        _requireNotice(msg.sender, number);
        delete _notices[msg.sender][number];
        emit NoticeWithdrawn(msg.sender, number);
    }

    /// @inheritdoc IMembership
    function answerNotice(address cooperative, bytes32 statement) external {
        Member memory member = _members[cooperative][msg.sender];
        if (member.number == 0 || member.left != 0) revert Membership_NotTheMember(cooperative, msg.sender);
        _requireNotice(cooperative, member.number);
        emit NoticeAnswered(cooperative, member.number, statement);
    }

    /// @inheritdoc IMembership
    function expel(uint256 number) external {
        (address account, Member memory member) = _memberOf(msg.sender, number);
        _useNotice(number);
        member.flags |= BARRED;
        _end(msg.sender, account, member);
        emit MemberExpelled(msg.sender, number, account);
    }

    /// @inheritdoc IMembership
    function suspend(uint256 number, uint48 until) external {
        (address account, Member memory member) = _memberOf(msg.sender, number);
        bool hasValidEnd = until == 0 || (until > block.timestamp && until <= type(uint40).max);
        if (member.flags & SUSPENDED != 0 || !hasValidEnd) revert Membership_CannotSuspend(msg.sender, number, until);
        _useNotice(number);
        if (member.suspendedFrom == 0) member.suspendedFrom = _now();
        member.suspendedUntil = uint40(until); // checked above
        member.flags |= SUSPENDED;
        _members[msg.sender][account] = member;
        _interrupt(msg.sender, number);
        _removeFromElectorate(msg.sender);
        emit MemberSuspended(msg.sender, number, account, member.suspendedFrom, until);
    }

    /// @inheritdoc IMembership
    function reinstate(address cooperative, uint256 number) external {
        (address account, Member memory member) = _memberOf(cooperative, number);
        uint48 until = member.suspendedUntil;
        bool isDue = until != 0 && block.timestamp >= until;
        if (member.flags & SUSPENDED == 0 || (msg.sender != cooperative && !isDue)) {
            revert Membership_CannotReinstate(cooperative, number, until);
        }
        member.flags &= ~SUSPENDED;
        member.suspendedUntil = _now();
        _members[cooperative][account] = member;
        ElectorateLib.Electorate storage book = _electorates[cooperative];
        book.list(uint256(book.head.members) + 1);
        emit MemberReinstated(cooperative, number, account);
    }

    /// @inheritdoc IMembership
    function ballotRight(
        address cooperative,
        address account,
        uint256 timepoint
    ) external view returns (uint256 number) {
        return _ballotRight(_members[cooperative][account], timepoint);
    }

    /// @inheritdoc IMembership
    function ballotRights(
        address cooperative,
        address[] calldata accounts,
        uint256 timepoint
    ) external view returns (uint256[] memory numbers) {
        numbers = new uint256[](accounts.length);
        mapping(address account => Member member) storage members = _members[cooperative];
        for (uint256 i; i < accounts.length; ++i) numbers[i] = _ballotRight(members[accounts[i]], timepoint);
    }

    /// @inheritdoc IMembership
    function numbersInStanding(
        address cooperative,
        uint256[] calldata numbers,
        uint256 since,
        uint256 timepoint
    ) external view returns (uint256[] memory standing) {
        standing = new uint256[](numbers.length);
        // Numbers are given in order: of those given by then only the interrupted have to be looked up.
        uint256 last = _electorates[cooperative].lastNumberAt(Math.min(since, timepoint));
        mapping(uint256 index => uint256 word) storage interruptions = _interruptions[cooperative];
        uint256 index = type(uint256).max; // no number's
        uint256 word;
        for (uint256 i; i < numbers.length; ++i) {
            uint256 number = numbers[i];
            if (number > last) continue;
            if (number >> 8 != index) {
                index = number >> 8;
                word = interruptions[index];
            }
            bool isInterrupted = (word >> (number & 255)) & 1 != 0;
            if (!isInterrupted || _keepsStanding(cooperative, number, since, timepoint)) standing[i] = number;
        }
    }

    /// @inheritdoc IMembership
    function standingOf(address cooperative, address account) public view returns (Standing standing) {
        Member memory member = _members[cooperative][account];
        if (member.number != 0 && member.left == 0) {
            return member.flags & SUSPENDED != 0 ? Standing.Suspended : Standing.Active;
        }
        // An application that was made before the last membership was answered by it.
        if (_applications[cooperative][account].appliedAt > member.left) return Standing.Applied;
        return member.number == 0 ? Standing.None : Standing.Departed;
    }

    /// @inheritdoc IMembership
    function numberOf(address cooperative, address account) external view returns (uint256 number) {
        return _members[cooperative][account].number;
    }

    /// @inheritdoc IMembership
    function accountOf(address cooperative, uint256 number) public view returns (address account) {
        return _electorates[cooperative].seats[number].account;
    }

    /// @inheritdoc IMembership
    function didOf(address cooperative, uint256 number) public view returns (address did) {
        did = _dids[cooperative][number];
        if (did == address(0)) did = accountOf(cooperative, number);
    }

    /// @inheritdoc IMembership
    function numberOfDid(address cooperative, address did) public view returns (uint256 number) {
        Member memory member = _members[cooperative][did];
        if (member.flags & INDEXED != 0) number = _numbersOfDids[cooperative][did];
        // Later, it may have been admitted under its own address.
        if (member.number > number && didOf(cooperative, member.number) == did) number = member.number;
    }

    /// @inheritdoc IMembership
    function applicationOf(address cooperative, address account) external view returns (address did, uint48 appliedAt) {
        Application memory application = _applications[cooperative][account];
        return (application.did, application.appliedAt);
    }

    /// @inheritdoc IMembership
    function admissionOf(address cooperative, address module) external view returns (uint32 places, bool readmits) {
        Admission memory admission = _admissions[cooperative][module];
        return (admission.places, admission.readmits);
    }

    /// @inheritdoc IMembership
    function noticePeriod(address cooperative) public view returns (uint32 period) {
        NoticePeriod memory published = _noticePeriods[cooperative];
        return block.timestamp < published.since ? published.period : published.next;
    }

    /// @inheritdoc IMembership
    function noticeOf(address cooperative, uint256 number) public view returns (uint48 from, uint48 until) {
        Notice memory notice = _notices[cooperative][number];
        if (block.timestamp < notice.until) (from, until) = (notice.from, notice.until);
    }

    /// @inheritdoc IMembership
    function electorate(address cooperative) external view returns (uint256 members) {
        return _electorates[cooperative].head.members;
    }

    /// @inheritdoc IMembership
    function electorateSince(address cooperative) external view returns (uint256 members, uint256 since) {
        ElectorateLib.Head storage head = _electorates[cooperative].head;
        return (head.members, head.since);
    }

    /// @inheritdoc IMembership
    function pastElectorate(address cooperative, uint256 timepoint) external view returns (uint256 members) {
        return _electorates[cooperative].membersAt(_past(timepoint));
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

    /// @dev Leaves it to the caller to write `head`.
    function _admit(address cooperative, ElectorateLib.Head memory head, address did) private returns (uint256 number) {
        address account = DID_REGISTRY.identityOwner(Did.wrap(did));
        if (account == address(0)) revert Membership_DeactivatedDid(did);
        Member memory member = _members[cooperative][account];
        if (member.flags & MOVED != 0) revert Membership_Tombstoned(cooperative, account, member.number);
        // One membership an account, and one a DID: it may be a member under a former owner.
        _requireFree(cooperative, member.number);
        if (did != account || member.flags & INDEXED != 0) _requireFree(cooperative, numberOfDid(cooperative, did));

        number = _electorates[cooperative].seat(head, account);
        uint8 indexed_ = member.flags & INDEXED;
        if (did != account) {
            // The word that told of the account's own DID is about to be another's.
            if (member.number != 0 && _dids[cooperative][member.number] == address(0)) {
                _numbersOfDids[cooperative][account] = numberOfDid(cooperative, account);
                indexed_ = INDEXED;
            }
            _index(cooperative, did, number);
        }
        _members[cooperative][account] = Member(head.lastNumber, head.since, 0, 0, 0, indexed_);
        emit MemberAdmitted(cooperative, number, account, did);
    }

    /// @dev Notes under which number a DID is represented by an account that is not its own address.
    function _index(address cooperative, address did, uint256 number) private {
        _dids[cooperative][number] = did;
        _numbersOfDids[cooperative][did] = number;
        _members[cooperative][did].flags |= INDEXED;
    }

    function _end(address cooperative, address account, Member memory member) private {
        // Nobody escapes a measure, under way or announced, by leaving and walking in again.
        (, uint48 noticeUntil) = noticeOf(cooperative, member.number);
        if (member.flags & SUSPENDED != 0 || noticeUntil != 0) member.flags |= BARRED;
        member.left = _now();
        _members[cooperative][account] = member;
        _interrupt(cooperative, member.number);
        if (member.flags & SUSPENDED == 0) _removeFromElectorate(cooperative);
    }

    function _interrupt(address cooperative, uint256 number) private {
        _interruptions[cooperative][number >> 8] |= 1 << (number & 255);
    }

    function _removeFromElectorate(address cooperative) private {
        ElectorateLib.Electorate storage book = _electorates[cooperative];
        book.list(uint256(book.head.members) - 1);
    }

    /// @dev Requires a notice that has run if one was given or has to be, and uses it up.
    function _useNotice(uint256 number) private {
        (uint48 from, uint48 until) = noticeOf(msg.sender, number);
        if (until == 0) {
            if (noticePeriod(msg.sender) != 0) revert Membership_NoNotice(msg.sender, number);
            return;
        }
        if (block.timestamp < from) revert Membership_NoticeRuns(msg.sender, number, from);
        delete _notices[msg.sender][number];
    }

    function _requireNotice(address cooperative, uint256 number) private view {
        (, uint48 until) = noticeOf(cooperative, number);
        if (until == 0) revert Membership_NoNotice(cooperative, number);
    }

    function _requireOwner(address did) private view {
        address owner = DID_REGISTRY.identityOwner(Did.wrap(did));
        if (msg.sender != owner) revert Membership_NotTheOwner(did, msg.sender, owner);
    }

    /// @dev Reverts if `number` (0: none) was a membership after which a module may not admit again. One whose word was
    /// overwritten can't be judged any more and is left to a vote.
    function _requireReturnable(address cooperative, address did, uint256 number, bool readmits) private view {
        if (number == 0) return;
        Member memory member = _members[cooperative][accountOf(cooperative, number)];
        if (member.number == number && member.left == 0) {
            revert Membership_AlreadyMember(cooperative, accountOf(cooperative, number), number);
        }
        if (!readmits || member.number != number || member.flags & BARRED != 0) {
            revert Membership_NotReadmitted(cooperative, did, number);
        }
    }

    function _memberOf(
        address cooperative,
        uint256 number
    ) private view returns (address account, Member memory member) {
        account = accountOf(cooperative, number);
        member = _members[cooperative][account];
        if (number == 0 || member.number != number || member.left != 0)
            revert Membership_NotAMember(cooperative, number);
    }

    /// @dev Reverts if `number` (0: none) is an active or suspended member.
    function _requireFree(address cooperative, uint256 number) private view {
        if (number == 0) return;
        address account = accountOf(cooperative, number);
        Member memory member = _members[cooperative][account];
        if (member.number == number && member.left == 0) {
            revert Membership_AlreadyMember(cooperative, account, number);
        }
    }

    function _past(uint256 timepoint) private view returns (uint48) {
        if (timepoint >= block.timestamp) revert Membership_FutureLookup(timepoint, clock());
        return uint48(timepoint); // less than the clock
    }

    /// @dev Most members never left nor were suspended: one look at the word tells that only their admission matters.
    function _ballotRight(Member storage member, uint256 timepoint) private view returns (uint256 number) {
        uint256 word;
        assembly ("memory-safe") {
            word := sload(member.slot)
        }
        if (word & INTERRUPTION != 0) {
            return _hasStanding(member, timepoint) && _hasStanding(member, block.timestamp) ? member.number : 0;
        }
        // `joined`, then `number`, cut out of the word
        if (uint40(word >> 32) <= timepoint) number = uint32(word);
    }

    /// @dev Whether a number, given to somebody already, had standing at both times and has it now.
    function _keepsStanding(
        address cooperative,
        uint256 number,
        uint256 since,
        uint256 timepoint
    ) private view returns (bool) {
        Member storage member = _members[cooperative][accountOf(cooperative, number)];
        return
            member.number == number &&
            _hasStanding(member, since) &&
            _hasStanding(member, timepoint) &&
            _hasStanding(member, block.timestamp);
    }

    /// @dev Fields are read one by one: all are in one word, and a copy of it in memory costs more.
    function _hasStanding(Member storage member, uint256 timepoint) private view returns (bool) {
        if (member.number == 0 || timepoint < member.joined) return false;
        if (member.left != 0 && timepoint >= member.left) return false;
        if (member.suspendedFrom == 0 || timepoint < member.suspendedFrom) return true;
        return member.flags & SUSPENDED == 0 && timepoint >= member.suspendedUntil;
    }

    function _now() private view returns (uint40) {
        return SafeCast.toUint40(block.timestamp);
    }
}
