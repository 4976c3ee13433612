// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDIDRegistry} from "../identity/interfaces/IDIDRegistry.sol";
import {Did} from "../identity/types/Did.sol";
import {IReputation} from "../reputation/interfaces/IReputation.sol";
import {CategoryId} from "../reputation/types/CategoryId.sol";
import {IERC8004Reputation} from "./interfaces/IERC8004Reputation.sol";

/// @title FeedbackView
/// @notice Scores as a reader of ERC-8004 knows them: an agent is an identity (its address as a number), a client is a
/// realm, and the one feedback that a realm gives is the score as it stands now, whole points without decimals. It is
/// never revoked; what a realm took has gone from its score.
///
/// One view serves one category, whose name is the first tag. A second tag, or another first, finds nothing; an empty
/// one is no filter, as in ERC-8004. Realms are not listed on chain, so there is no list of an agent's clients: who asks
/// names the realms that it trusts, each once: one that is named twice counts twice.
contract FeedbackView is IERC8004Reputation {
    /// @notice An agent's number is at most an address.
    error FeedbackView_NotAnIdentity(uint256 agentId);
    /// @notice A realm gives one feedback, of index 1.
    error FeedbackView_NoFeedback(uint256 agentId, address realm, uint64 feedbackIndex);
    /// @notice A summary takes the scores of some realms.
    error FeedbackView_NoRealms();

    /// @notice Where identities are registered.
    IDIDRegistry public immutable DID_REGISTRY;
    /// @notice Where the scores are.
    IReputation public immutable REPUTATION;
    /// @notice What they are about.
    CategoryId public immutable CATEGORY;
    /// @dev Name of the category.
    string private _name;

    /// @param didRegistry Where identities are registered.
    /// @param reputation Where the scores are.
    /// @param name Name of the category, whose keccak256 is its id.
    constructor(IDIDRegistry didRegistry, IReputation reputation, string memory name) {
        DID_REGISTRY = didRegistry;
        REPUTATION = reputation;
        CATEGORY = CategoryId.wrap(keccak256(bytes(name)));
        if (reputation.categoryOf(CATEGORY) == 0) revert IReputation.Reputation_UnknownCategory(CATEGORY);
        _name = name;
    }

    /// @inheritdoc IERC8004Reputation
    function getIdentityRegistry() external view returns (address identityRegistry) {
        return address(DID_REGISTRY);
    }

    /// @inheritdoc IERC8004Reputation
    /// @dev Realms where the agent has no points don't count. The number of realms is the caller's own gas.
    function getSummary(
        uint256 agentId,
        address[] calldata clientAddresses,
        string calldata tag1,
        string calldata tag2
    ) external view returns (uint64 count, int128 summaryValue, uint8 summaryValueDecimals) {
        if (clientAddresses.length == 0) revert FeedbackView_NoRealms();
        if (!_matches(tag1, tag2)) return (0, 0, 0);
        Did subject = _didOf(agentId);
        uint256 sum;
        for (uint256 i; i < clientAddresses.length; ++i) {
            uint96 score = REPUTATION.scoreOf(clientAddresses[i], CATEGORY, subject);
            if (score == 0) continue;
            sum += score;
            ++count;
        }
        // a mean of 96-bit scores
        if (count != 0) summaryValue = int128(uint128(sum / count));
    }

    /// @inheritdoc IERC8004Reputation
    function readFeedback(
        uint256 agentId,
        address clientAddress,
        uint64 feedbackIndex
    )
        external
        view
        returns (int128 value, uint8 valueDecimals, string memory tag1, string memory tag2, bool isRevoked)
    {
        uint96 score = REPUTATION.scoreOf(clientAddress, CATEGORY, _didOf(agentId));
        if (score == 0 || feedbackIndex != 1) revert FeedbackView_NoFeedback(agentId, clientAddress, feedbackIndex);
        // 96 bits
        return (int128(uint128(score)), 0, _name, "", false);
    }

    /// @inheritdoc IERC8004Reputation
    function getLastIndex(uint256 agentId, address clientAddress) external view returns (uint64 lastIndex) {
        return REPUTATION.scoreOf(clientAddress, CATEGORY, _didOf(agentId)) == 0 ? 0 : 1;
    }

    function _matches(string calldata tag1, string calldata tag2) private view returns (bool matched) {
        if (bytes(tag2).length != 0) return false;
        return bytes(tag1).length == 0 || keccak256(bytes(tag1)) == CategoryId.unwrap(CATEGORY);
    }

    function _didOf(uint256 agentId) private pure returns (Did did) {
        if (agentId > type(uint160).max) revert FeedbackView_NotAnIdentity(agentId);
        // checked
        return Did.wrap(address(uint160(agentId)));
    }
}
