// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMembership} from "../../membership/interfaces/IMembership.sol";
import {IPolicyBook} from "./IPolicyBook.sol";

/// @title Treasury
/// @notice The cooperative on chain: it holds the money and the powers, and does what its governor's passed
/// proposals say. Its address is the cooperative's identity everywhere else (membership, reputation realm, policies)
/// and never changes; its governor can be replaced by a vote.
///
/// **Spending.** What proposals of a class below the constitutional one spend is metered when it is carried out: for
/// each class and token the cooperative sets how much may go in any period, whenever it begins. Nothing may go without
/// a limit. All actions of a proposal count against its class, whatever their own; the rules in the PolicyBook say what
/// each spends. Constitutional proposals have no limit.
///
/// **Heir.** When a cooperative has had no member in standing for `DISSOLUTION_DELAY`, nobody can decide on its money any
/// more, and anybody may send it to the heir that was named before.
interface ITreasury {
    /// @notice Action `index`, from 0, of a proposal was carried out.
    /// @param selector first four bytes of its data, padded with zeros if there are fewer.
    event ActionExecuted(
        uint256 indexed proposalId,
        uint256 indexed index,
        address indexed target,
        uint256 value,
        bytes4 selector
    );
    /// @notice Another governor decides from now on; proposals open under the former one are void.
    event GovernorChanged(address indexed previousGovernor, address indexed newGovernor);
    /// @notice Proposals of a class may spend `amount` of a token in any `period` seconds from now on. The token is the
    /// zero address for native currency.
    event LimitSet(uint8 indexed policyClass, address indexed token, uint104 amount, uint32 period);
    /// @notice Another account is going to inherit; none if it is the zero address.
    event HeirSet(address indexed heir);
    /// @notice The heir got all there was of a token, the zero address for native currency.
    event Inherited(address indexed heir, address indexed token, uint256 amount);
    /// @notice Native currency arrived.
    event NativeReceived(address indexed from, uint256 amount);

    /// @notice Only the governor may have actions carried out.
    error Treasury_NotTheGovernor(address caller, address governor);
    /// @notice Only the treasury itself, so only a passed proposal, may do this.
    error Treasury_NotItself(address caller);
    /// @notice The treasury has its governor, or the caller is not the factory that made it.
    error Treasury_AlreadyFounded(address caller);
    /// @notice By the rules as they are now, action `index` needs a higher class than the proposal has.
    error Treasury_ClassTooLow(uint256 index, uint8 needed, uint8 policyClass);
    /// @notice The amount exceeds what is left of the limit. `counted` is what was spent within the period.
    error Treasury_LimitExceeded(uint8 policyClass, address token, uint256 amount, uint256 counted, uint256 limit);
    /// @notice A limit needs a period, and a class below the constitutional one.
    error Treasury_InvalidLimit(uint8 policyClass, uint32 period);
    /// @notice There is no heir, or the cooperative has members, or had until less than `DISSOLUTION_DELAY` ago.
    error Treasury_NotDissolved(address heir, uint256 members, uint256 since);
    /// @notice A governor must be a contract.
    error Treasury_NotAContract(address governor);
    /// @notice The lists differ in length.
    error Treasury_LengthMismatch(uint256 targets, uint256 values, uint256 calldatas);

    /// @notice A call made at founding.
    /// @param target who is called.
    /// @param data selector and arguments.
    struct Call {
        address target;
        bytes data;
    }

    /// @notice The factory that founds treasuries.
    function FACTORY() external view returns (address);

    /// @notice The book of all members.
    function MEMBERSHIP() external view returns (IMembership);

    /// @notice Seconds without any member in standing after which the heir inherits.
    function DISSOLUTION_DELAY() external view returns (uint256);

    /// @notice Binds the first governor and makes the founding calls in the treasury's name.
    /// @dev Caller: the factory, once, in the transaction that creates the treasury.
    /// @param firstGovernor a contract.
    /// @param calls what the treasury does first, in order, without value; all succeed or the founding reverts.
    function found(address firstGovernor, Call[] calldata calls) external;

    /// @notice Carries out the actions of a passed proposal, all or none. Caller: the governor.
    /// @dev A call with data to an account without code reverts.
    /// @param proposalId number of the proposal at the governor; it is repeated in the events.
    /// @param policyClass class that the proposal was decided by.
    /// @param policyBook whose rules say what class each action needs and what it spends; not asked for constitutional
    /// proposals.
    /// @param targets who is called.
    /// @param values native currency for each, in wei, from what the treasury holds and what is sent along.
    /// @param calldatas data for each; the three lists are of equal length.
    function execute(
        uint256 proposalId,
        uint8 policyClass,
        IPolicyBook policyBook,
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata calldatas
    ) external payable;

    /// @notice Limits what proposals of a class may spend of a token in any period. Caller: the treasury itself.
    /// @dev What was spent before still counts, for as long as the new period says or, if it is longer, for what is
    /// still remembered.
    /// @param policyClass a class below the constitutional one.
    /// @param token the zero address for native currency.
    /// @param amount 0: nothing.
    /// @param period seconds, at least one.
    function setLimit(uint8 policyClass, address token, uint104 amount, uint32 period) external;

    /// @notice Names who inherits, or nobody. Caller: the treasury itself.
    function setHeir(address newHeir) external;

    /// @notice Sends all there is of some tokens to the heir. Anybody may call it, once the cooperative has had no member
    /// in standing for `DISSOLUTION_DELAY`.
    /// @param tokens the zero address for native currency.
    function dissolve(address[] calldata tokens) external;

    /// @notice Replaces the governor. Caller: the treasury itself.
    /// @param newGovernor a contract.
    function setGovernor(address newGovernor) external;

    /// @notice The governor whose passed proposals this treasury carries out.
    function governor() external view returns (address);

    /// @notice Who inherits; the zero address: nobody.
    function heir() external view returns (address);

    /// @notice Limit of a class and token, and what counts against it now.
    function limitOf(
        uint8 policyClass,
        address token
    ) external view returns (uint104 amount, uint32 period, uint256 spent);

    /// @notice Second since which it is; what was proposed before is void, even if the governor had been here before.
    function governorSince() external view returns (uint48);
}
