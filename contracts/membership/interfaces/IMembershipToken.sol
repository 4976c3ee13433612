// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";

import {IMembership} from "./IMembership.sol";

/// @title ERC-5192: minimal soul-bound tokens
interface IERC5192 {
    /// @notice A token can't be transferred.
    event Locked(uint256 tokenId);
    /// @notice A token can be transferred.
    event Unlocked(uint256 tokenId);

    /// @notice Whether a token is soul-bound; reverts for a token that does not exist.
    function locked(uint256 tokenId) external view returns (bool);
}

/// @title Membership as a token
/// @notice One cooperative's book in the words of wallets and voting clients: ERC-721 (read only), ERC-5192,
/// ERC-5805 and ERC-6372. Holds no state of its own; token id = member number. Every transfer, approval and
/// delegation reverts: a membership is not for sale, and votes are lent by a proxy, not by a delegate.
///
/// `tokenURI` is complete in itself: JSON in a data URL with the name, the number, the DID, the standing and an image
/// (SVG, in a data URL again), so that a wallet shows a card without asking any server. The cooperative's name is
/// escaped for both.
interface IMembershipToken is IERC721Metadata, IERC5192, IERC5805 {
    /// @notice A membership can't change hands.
    error MembershipToken_NotTransferable(uint256 tokenId);
    /// @notice Votes can't be delegated here.
    error MembershipToken_NotDelegable(address account);

    /// @notice The book of all members, that this is a view of.
    function MEMBERSHIP() external view returns (IMembership);

    /// @notice The cooperative (its Treasury) whose members these are.
    function cooperative() external view returns (address);
}
