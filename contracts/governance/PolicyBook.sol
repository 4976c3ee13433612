// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IMembership} from "../membership/interfaces/IMembership.sol";
import {CategoryId} from "../reputation/types/CategoryId.sol";
import {IPolicyBook} from "./interfaces/IPolicyBook.sol";
import {ITreasury} from "./interfaces/ITreasury.sol";
import {PolicyLib} from "./libraries/PolicyLib.sol";
import {RuleLib} from "./libraries/RuleLib.sol";
import {SpenderLib} from "./libraries/SpenderLib.sol";
import {WrapperLib} from "./libraries/WrapperLib.sol";

/// @title Policies by effect
/// @notice See `IPolicyBook`.
contract PolicyBook is IPolicyBook {
    using RuleLib for uint32;

    /// @inheritdoc IPolicyBook
    uint8 public constant CONSTITUTIONAL = PolicyLib.CONSTITUTIONAL;
    /// @inheritdoc IPolicyBook
    uint8 public constant VALUE_ONLY = RuleLib.VALUE_ONLY;
    /// @inheritdoc IPolicyBook
    uint32 public constant LATE_UNIT = PolicyLib.LATE_UNIT;
    /// @inheritdoc IPolicyBook
    uint8 public constant MAX_SPONSORS = PolicyLib.MAX_SPONSORS;

    /// @inheritdoc IPolicyBook
    IMembership public immutable MEMBERSHIP;

    // versions (16 bits) | current version of class 0, 1, ... 7 (16 bits each)
    mapping(address cooperative => uint256 head) private _heads;
    mapping(address cooperative => mapping(uint256 version => uint256 policy)) private _policies;
    mapping(address cooperative => mapping(address target => mapping(bytes4 selector => uint32 rule))) private _rules;

    /// @inheritdoc IPolicyBook
    mapping(address cooperative => mapping(uint256 version => CategoryId category)) public categoryOf;

    /// @param membership the book of all members.
    constructor(IMembership membership) {
        MEMBERSHIP = membership;
    }

    /// @inheritdoc IPolicyBook
    function setPolicy(uint8 policyClass, Policy calldata policy) external returns (uint256 version) {
        if (policyClass > CONSTITUTIONAL) revert PolicyBook_UnknownClass(policyClass);
        string memory field = PolicyLib.invalidField(policy);
        bool isWeighted = policy.weightCap != 0;
        // What may change every rule is decided by heads.
        if (isWeighted && policyClass == CONSTITUTIONAL) field = "category";
        if (bytes(field).length != 0) revert PolicyBook_InvalidPolicy(policyClass, field);
        uint256 word = PolicyLib.inClass(PolicyLib.pack(policy), policyClass);
        uint256 head = _heads[msg.sender];
        if (policyClass != CONSTITUTIONAL && _version(head, CONSTITUTIONAL) == 0) {
            revert PolicyBook_NoPolicy(msg.sender, CONSTITUTIONAL);
        }
        _requireMonotone(head, policyClass, word);

        version = SafeCast.toUint16(uint16(head) + 1);
        uint256 shift = _shift(policyClass);
        uint256 replaced = type(uint16).max | (uint256(type(uint16).max) << shift);
        _heads[msg.sender] = (head & ~replaced) | version | (version << shift);
        _policies[msg.sender][version] = word;
        emit PolicySet(msg.sender, policyClass, version, word);
        if (isWeighted) {
            categoryOf[msg.sender][version] = policy.category;
            emit WeightingSet(msg.sender, version, policy.category);
        }
    }

    /// @inheritdoc IPolicyBook
    function setRule(address target, bytes4 selector, Rule calldata rule) external {
        uint8 policyClass = rule.policyClass;
        if (policyClass > CONSTITUTIONAL) revert PolicyBook_UnknownClass(policyClass);
        if (_isPinned(msg.sender, target, selector)) revert PolicyBook_Pinned(target, selector);
        if (_version(_heads[msg.sender], policyClass) == 0) revert PolicyBook_NoPolicy(msg.sender, policyClass);
        string memory field = RuleLib.invalidField(rule);
        if (bytes(field).length != 0) revert PolicyBook_InvalidRule(target, selector, field);
        if (policyClass != CONSTITUTIONAL) _requireMetered(target, selector, rule);
        _rules[msg.sender][target][selector] = RuleLib.pack(rule);
        emit RuleSet(msg.sender, target, selector, policyClass, rule.amountArgument, rule.tokenArgument, rule.inStruct);
    }

    /// @inheritdoc IPolicyBook
    // solhint-disable-next-line no-empty-blocks
    function raiseTo(uint8 policyClass) external pure {}

    /// @inheritdoc IPolicyBook
    function classify(
        address cooperative,
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata calldatas
    ) external view returns (uint8 policyClass, uint256 version, uint256 policy) {
        for (uint256 i; i < targets.length; ++i) {
            uint8 next = classOf(cooperative, targets[i], values[i], calldatas[i]);
            if (i == 0) policyClass = next;
            if (next == policyClass) continue;
            (uint8 lower, uint8 higher) = next < policyClass ? (next, policyClass) : (policyClass, next);
            if (_weightingOf(cooperative, lower) != _weightingOf(cooperative, higher)) {
                revert PolicyBook_MixedWeightings(lower, higher);
            }
            policyClass = higher;
        }
        version = _version(_heads[cooperative], policyClass);
        if (version == 0) revert PolicyBook_NoPolicy(cooperative, policyClass);
        policy = _policies[cooperative][version];
    }

    /// @inheritdoc IPolicyBook
    function classOf(
        address cooperative,
        address target,
        uint256 value,
        bytes calldata data
    ) public view returns (uint8 policyClass) {
        (policyClass, , ) = spendingOf(cooperative, target, value, data);
    }

    /// @inheritdoc IPolicyBook
    function spendingOf(
        address cooperative,
        address target,
        uint256 value,
        bytes calldata data
    ) public view returns (uint8 policyClass, address token, uint256 amount) {
        if (target == address(this)) return (_raised(data), address(0), 0);
        bool isTransfer = data.length == 0;
        if (!isTransfer && data.length < 4) return (CONSTITUTIONAL, address(0), 0);
        uint32 rule =
            isTransfer ? _rules[cooperative][address(0)][bytes4(0)] : _rules[cooperative][target][bytes4(data)];
        // What is pinned gets no rule, but for transfers, which go by one rule wherever they go; and a rule may be older
        // than the governor that it names now.
        if (rule == 0 || (value != 0 && !rule.isMetered()) || _isAnchor(cooperative, target)) {
            return (CONSTITUTIONAL, address(0), 0);
        }
        bool isReadable;
        (isReadable, token, amount) = rule.spending(target, data);
        policyClass = isReadable ? rule.policyClass() : CONSTITUTIONAL;
    }

    /// @inheritdoc IPolicyBook
    function isWrapper(bytes4 selector) external pure returns (bool) {
        return WrapperLib.isWrapper(selector);
    }

    /// @inheritdoc IPolicyBook
    function policyWord(address cooperative, uint256 version) public view returns (uint256 policy) {
        policy = _policies[cooperative][version];
        if (policy == 0) revert PolicyBook_UnknownVersion(cooperative, version);
    }

    /// @inheritdoc IPolicyBook
    function policyAt(address cooperative, uint256 version) external view returns (Policy memory policy) {
        policy = PolicyLib.unpack(policyWord(cooperative, version));
        policy.category = categoryOf[cooperative][version];
    }

    /// @inheritdoc IPolicyBook
    function currentVersion(address cooperative, uint8 policyClass) external view returns (uint256 version) {
        if (policyClass > CONSTITUTIONAL) revert PolicyBook_UnknownClass(policyClass);
        return _version(_heads[cooperative], policyClass);
    }

    function _requireMonotone(uint256 head, uint8 policyClass, uint256 word) private view {
        for (uint8 other; other <= CONSTITUTIONAL; ++other) {
            uint256 version = _version(head, other);
            if (other == policyClass || version == 0) continue;
            uint256 otherWord = _policies[msg.sender][version];
            (uint8 lower, uint8 higher) = other < policyClass ? (other, policyClass) : (policyClass, other);
            string memory field =
                other < policyClass ? PolicyLib.easierField(otherWord, word) : PolicyLib.easierField(word, otherWord);
            if (bytes(field).length != 0) revert PolicyBook_NotMonotone(lower, higher, field);
        }
    }

    /// @dev Tells by what and how ballots of a class weigh.
    function _weightingOf(address cooperative, uint8 policyClass) private view returns (bytes32) {
        uint256 version = _version(_heads[cooperative], policyClass);
        uint256 word = _policies[cooperative][version];
        if (!PolicyLib.isWeighted(word)) return 0;
        CategoryId category = categoryOf[cooperative][version];
        return keccak256(abi.encode(category, PolicyLib.curve(word), PolicyLib.weightCap(word)));
    }

    /// @dev What a call to this book is decided as.
    function _raised(bytes calldata data) private pure returns (uint8 policyClass) {
        if (bytes4(data) != IPolicyBook.raiseTo.selector || data.length != 36) return CONSTITUTIONAL;
        uint256 wanted = uint256(bytes32(data[4:]));
        return wanted < CONSTITUTIONAL ? uint8(wanted) : CONSTITUTIONAL; // checked in this line
    }

    function _requireMetered(address target, bytes4 selector, Rule calldata rule) private pure {
        bool isNative = target == address(0);
        uint8 needed = isNative ? VALUE_ONLY : SpenderLib.amountArgument(selector);
        if (needed == 0) return;
        bool isMetered = rule.amountArgument == needed && rule.tokenArgument == 0 && !rule.inStruct;
        if (!isMetered || (isNative && selector != 0)) revert PolicyBook_MustBeMetered(target, selector, needed);
    }

    function _isPinned(address cooperative, address target, bytes4 selector) private view returns (bool) {
        if (WrapperLib.isWrapper(selector)) return true;
        if (target == address(MEMBERSHIP)) {
            return
                selector != IMembership.admit.selector &&
                selector != IMembership.suspend.selector &&
                selector != IMembership.expel.selector &&
                selector != IMembership.reinstate.selector &&
                selector != IMembership.giveNotice.selector &&
                selector != IMembership.withdrawNotice.selector;
        }
        return target == address(this) || _isAnchor(cooperative, target);
    }

    function _isAnchor(address cooperative, address target) private view returns (bool) {
        return target == cooperative || target == ITreasury(cooperative).governor();
    }

    function _version(uint256 head, uint8 policyClass) private pure returns (uint256) {
        return uint16(head >> _shift(policyClass)); // cuts one field out of the word
    }

    function _shift(uint8 policyClass) private pure returns (uint256) {
        return 16 * (uint256(policyClass) + 1);
    }
}
