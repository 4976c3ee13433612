// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Treasury
/// @notice The cooperative on chain: it holds the money and the powers, and does what its governor's passed
/// proposals say. Its address is the cooperative's identity everywhere else (membership, reputation realm, policies)
/// and never changes; its governor can be replaced by a vote.
interface ITreasury {
    /// @notice Action `index` of a proposal was carried out.
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
    struct Call {
        address target;
        bytes data;
    }

    /// @notice Binds the first governor and makes the founding calls in the treasury's name.
    /// @dev Caller: the factory, once, in the transaction that creates the treasury.
    function found(address firstGovernor, Call[] calldata calls) external;

    /// @notice Carries out the actions of a passed proposal, all or none. Caller: the governor.
    /// @dev A call with data to an account without code reverts.
    function execute(
        uint256 proposalId,
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata calldatas
    ) external payable;

    /// @notice Replaces the governor. Caller: the treasury itself.
    function setGovernor(address newGovernor) external;

    /// @notice The governor whose passed proposals this treasury carries out.
    function governor() external view returns (address);

    /// @notice Second since which it is; what was proposed before is void, even if the governor had been here before.
    function governorSince() external view returns (uint48);
}
