// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC1155Holder} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";
import {ERC721Holder} from "@openzeppelin/contracts/token/ERC721/utils/ERC721Holder.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

import {IMembership} from "../membership/interfaces/IMembership.sol";
import {CurrencyLib} from "../rewards/libraries/CurrencyLib.sol";
import {IPolicyBook} from "./interfaces/IPolicyBook.sol";
import {ITreasury} from "./interfaces/ITreasury.sol";
import {MeterLib} from "./libraries/MeterLib.sol";
import {PolicyLib} from "./libraries/PolicyLib.sol";

/// @title Treasury
/// @notice See `ITreasury`.
/// @dev Used through clones. Only the factory can found one, and it founds those it has just made, so the
/// implementation itself never has a governor and does nothing.
contract Treasury is ITreasury, ERC721Holder, ERC1155Holder {
    using MeterLib for MeterLib.Meter;

    /// @inheritdoc ITreasury
    uint256 public constant DISSOLUTION_DELAY = 90 days;

    /// @inheritdoc ITreasury
    address public immutable FACTORY;
    /// @inheritdoc ITreasury
    IMembership public immutable MEMBERSHIP;

    /// @inheritdoc ITreasury
    address public governor; // slot 0, with the next
    /// @inheritdoc ITreasury
    uint48 public governorSince;
    /// @inheritdoc ITreasury
    address public heir;

    mapping(uint8 policyClass => mapping(address token => MeterLib.Meter meter)) private _meters;

    /// @param factory the factory that founds treasuries.
    /// @param membership the book of all members.
    constructor(address factory, IMembership membership) {
        FACTORY = factory;
        MEMBERSHIP = membership;
    }

    modifier onlyItself() {
        if (msg.sender != address(this)) revert Treasury_NotItself(msg.sender);
        _;
    }

    /// @notice Takes native currency from anybody.
    receive() external payable {
        emit NativeReceived(msg.sender, msg.value);
    }

    /// @inheritdoc ITreasury
    function found(address firstGovernor, Call[] calldata calls) external {
        if (msg.sender != FACTORY || governor != address(0)) revert Treasury_AlreadyFounded(msg.sender);
        _setGovernor(firstGovernor);
        for (uint256 i; i < calls.length; ++i) Address.functionCall(calls[i].target, calls[i].data);
    }

    /// @inheritdoc ITreasury
    /// @dev Re-entrancy is harmless: only the governor may call, it marks a proposal executed before it does, all is
    /// metered before the first call, and nothing is read here after one. The governor bounds the number of actions.
    function execute(
        uint256 proposalId,
        uint8 policyClass,
        IPolicyBook policyBook,
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata calldatas
    ) external payable {
        if (msg.sender != governor) revert Treasury_NotTheGovernor(msg.sender, governor);
        if (targets.length != values.length || targets.length != calldatas.length) {
            revert Treasury_LengthMismatch(targets.length, values.length, calldatas.length);
        }
        if (policyClass < PolicyLib.CONSTITUTIONAL) {
            for (uint256 i; i < targets.length; ++i) {
                _meter(policyClass, policyBook, i, targets[i], values[i], calldatas[i]);
            }
        }
        for (uint256 i; i < targets.length; ++i) {
            _call(targets[i], values[i], calldatas[i]);
            emit ActionExecuted(proposalId, i, targets[i], values[i], bytes4(calldatas[i]));
        }
    }

    /// @inheritdoc ITreasury
    function setGovernor(address newGovernor) external onlyItself {
        _setGovernor(newGovernor);
    }

    /// @inheritdoc ITreasury
    function setLimit(uint8 policyClass, address token, uint104 amount, uint32 period) external onlyItself {
        if (policyClass >= PolicyLib.CONSTITUTIONAL || period == 0) revert Treasury_InvalidLimit(policyClass, period);
        MeterLib.Meter storage meter = _meters[policyClass][token];
        meter.limit = amount;
        meter.period = period;
        emit LimitSet(policyClass, token, amount, period);
    }

    /// @inheritdoc ITreasury
    function setHeir(address newHeir) external onlyItself {
        heir = newHeir;
        emit HeirSet(newHeir);
    }

    /// @inheritdoc ITreasury
    /// @dev The number of tokens is the caller's own gas. A token that calls back finds what is left.
    function dissolve(address[] calldata tokens) external {
        address to = heir;
        (uint256 members, uint256 since) = MEMBERSHIP.electorateSince(address(this));
        if (to == address(0) || members != 0 || block.timestamp < since + DISSOLUTION_DELAY) {
            revert Treasury_NotDissolved(to, members, since);
        }
        for (uint256 i; i < tokens.length; ++i) {
            uint256 amount = CurrencyLib.balance(tokens[i]);
            emit Inherited(to, tokens[i], amount);
            // One heir: whoever refuses a token refuses for nobody else.
            // solhint-disable-next-line multiple-sends
            CurrencyLib.send(tokens[i], to, amount);
        }
    }

    /// @inheritdoc ITreasury
    function limitOf(
        uint8 policyClass,
        address token
    ) external view returns (uint104 amount, uint32 period, uint256 spent) {
        MeterLib.Meter storage meter = _meters[policyClass][token];
        return (meter.limit, meter.period, meter.spent());
    }

    /// @dev Counts what an action spends, if the rules of now still leave it to this class.
    function _meter(
        uint8 policyClass,
        IPolicyBook policyBook,
        uint256 index,
        address target,
        uint256 value,
        bytes calldata data
    ) private {
        (uint8 needed, address token, uint256 amount) = policyBook.spendingOf(address(this), target, value, data);
        if (needed > policyClass) revert Treasury_ClassTooLow(index, needed, policyClass);
        if (value != 0) _spend(policyClass, address(0), value);
        if (amount != 0) _spend(policyClass, token, amount);
    }

    function _spend(uint8 policyClass, address token, uint256 amount) private {
        MeterLib.Meter storage meter = _meters[policyClass][token];
        if (!meter.spend(amount)) {
            revert Treasury_LimitExceeded(policyClass, token, amount, meter.spent(), meter.limit);
        }
    }

    function _setGovernor(address newGovernor) private {
        if (newGovernor.code.length == 0) revert Treasury_NotAContract(newGovernor);
        emit GovernorChanged(governor, newGovernor);
        governor = newGovernor;
        governorSince = uint48(block.timestamp); // fits for 8.9 million years
    }

    /// @dev A call with data to an account without code would succeed and do nothing; it reverts instead.
    function _call(address target, uint256 value, bytes calldata data) private {
        if (data.length == 0) Address.sendValue(payable(target), value);
        else Address.functionCallWithValue(target, data, value);
    }
}
