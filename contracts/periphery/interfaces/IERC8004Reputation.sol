// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IERC8004Reputation
/// @notice The reads of ERC-8004's Reputation Registry, with the signatures of its specification.
interface IERC8004Reputation {
    /// @notice Where agents are registered.
    function getIdentityRegistry() external view returns (address identityRegistry);

    /// @notice The mean of an agent's feedback from some clients.
    /// @param agentId The agent.
    /// @param clientAddresses Whose feedback counts; not empty.
    /// @param tag1 First tag.
    /// @param tag2 Second tag.
    /// @return count How many feedbacks there are.
    /// @return summaryValue Their mean.
    /// @return summaryValueDecimals Decimals of `summaryValue`.
    function getSummary(
        uint256 agentId,
        address[] calldata clientAddresses,
        string calldata tag1,
        string calldata tag2
    ) external view returns (uint64 count, int128 summaryValue, uint8 summaryValueDecimals);

    /// @notice One feedback.
    /// @param agentId The agent.
    /// @param clientAddress Who gave it.
    /// @param feedbackIndex Its index among the client's, from 1.
    function readFeedback(
        uint256 agentId,
        address clientAddress,
        uint64 feedbackIndex
    ) external view returns (int128 value, uint8 valueDecimals, string memory tag1, string memory tag2, bool isRevoked);

    /// @notice Index of a client's last feedback, zero if it gave none.
    function getLastIndex(uint256 agentId, address clientAddress) external view returns (uint64 lastIndex);
}
