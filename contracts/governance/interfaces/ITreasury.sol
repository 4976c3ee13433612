// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Treasury
/// @notice The cooperative on chain: it holds the money and the powers, and does what its governor's passed
/// proposals say. Its address is the cooperative's identity everywhere else (membership, reputation realm, policies)
/// and never changes; its governor can be replaced by a vote.
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
    /// @notice Native currency arrived.
    event NativeReceived(address indexed from, uint256 amount);

    /// @notice Only the governor may have actions carried out.
    error Treasury_NotTheGovernor(address caller, address governor);
    /// @notice Only the treasury itself, so only a passed proposal, may do this.
    error Treasury_NotItself(address caller);
    /// @notice The treasury has its governor, or the caller is not the factory that made it.
    error Treasury_AlreadyFounded(address caller);
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

    /// @notice Binds the first governor and makes the founding calls in the treasury's name.
    /// @dev Caller: the factory, once, in the transaction that creates the treasury.
    /// @param firstGovernor a contract.
    /// @param calls what the treasury does first, in order, without value; all succeed or the founding reverts.
    function found(address firstGovernor, Call[] calldata calls) external;

    /// @notice Carries out the actions of a passed proposal, all or none. Caller: the governor.
    /// @dev A call with data to an account without code reverts.
    /// @param proposalId number of the proposal at the governor; it is repeated in the events.
    /// @param targets who is called.
    /// @param values native currency for each, in wei, from what the treasury holds and what is sent along.
    /// @param calldatas data for each; the three lists are of equal length.
    function execute(
        uint256 proposalId,
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata calldatas
    ) external payable;

    /// @notice Replaces the governor. Caller: the treasury itself.
    /// @param newGovernor a contract.
    function setGovernor(address newGovernor) external;

    /// @notice The governor whose passed proposals this treasury carries out.
    function governor() external view returns (address);

    /// @notice Second since which it is; what was proposed before is void, even if the governor had been here before.
    function governorSince() external view returns (uint48);
}
