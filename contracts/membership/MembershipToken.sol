// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";

import {IMembership} from "./interfaces/IMembership.sol";
import {IERC5192, IMembershipToken} from "./interfaces/IMembershipToken.sol";
import {TokenCardLib} from "./libraries/TokenCardLib.sol";

/// @title Membership as a token
/// @notice See `IMembershipToken`.
/// @dev Used through clones whose immutable arguments are `abi.encode(cooperative, name)`. The book emits the events;
/// this view emits none.
contract MembershipToken is IMembershipToken, IERC721Errors {
    /// @inheritdoc IMembershipToken
    IMembership public immutable MEMBERSHIP;

    /// @param membership the book of all members.
    constructor(IMembership membership) {
        MEMBERSHIP = membership;
    }

    /// @inheritdoc IMembershipToken
    function cooperative() public view returns (address) {
        (address cooperative_, ) = _arguments();
        return cooperative_;
    }

    /// @inheritdoc IERC721Metadata
    function name() external view returns (string memory) {
        (, string memory name_) = _arguments();
        return name_;
    }

    /// @inheritdoc IERC721Metadata
    function symbol() external pure returns (string memory) {
        return "MEMBER";
    }

    /// @inheritdoc IERC721Metadata
    function tokenURI(uint256 tokenId) external view returns (string memory) {
        address owner = ownerOf(tokenId);
        (address cooperative_, string memory name_) = _arguments();
        return
            TokenCardLib.uri(
                name_,
                tokenId,
                MEMBERSHIP.didOf(cooperative_, tokenId),
                MEMBERSHIP.standingOf(cooperative_, owner) == IMembership.Standing.Suspended
            );
    }

    /// @inheritdoc IERC721
    function balanceOf(address owner) external view returns (uint256) {
        if (owner == address(0)) revert ERC721InvalidOwner(owner);
        return _isMember(cooperative(), owner) ? 1 : 0;
    }

    /// @inheritdoc IERC721
    function ownerOf(uint256 tokenId) public view returns (address owner) {
        address cooperative_ = cooperative();
        owner = MEMBERSHIP.accountOf(cooperative_, tokenId);
        bool isCurrent =
            owner != address(0) &&
                MEMBERSHIP.numberOf(cooperative_, owner) == tokenId &&
                _isMember(cooperative_, owner);
        if (!isCurrent) revert ERC721NonexistentToken(tokenId);
    }

    /// @inheritdoc IERC5192
    function locked(uint256 tokenId) external view returns (bool) {
        ownerOf(tokenId);
        return true;
    }

    /// @inheritdoc IERC721
    function getApproved(uint256 tokenId) external view returns (address) {
        ownerOf(tokenId);
        return address(0);
    }

    /// @inheritdoc IERC721
    function isApprovedForAll(address, address) external pure returns (bool) {
        return false;
    }

    /// @inheritdoc IVotes
    function getVotes(address account) external view returns (uint256) {
        return MEMBERSHIP.standingOf(cooperative(), account) == IMembership.Standing.Active ? 1 : 0;
    }

    /// @inheritdoc IVotes
    function getPastVotes(address account, uint256 timepoint) external view returns (uint256) {
        return MEMBERSHIP.pastStanding(cooperative(), account, timepoint);
    }

    /// @inheritdoc IVotes
    function getPastTotalSupply(uint256 timepoint) external view returns (uint256) {
        return MEMBERSHIP.pastElectorate(cooperative(), timepoint);
    }

    /// @inheritdoc IVotes
    function delegates(address account) external pure returns (address) {
        return account;
    }

    /// @inheritdoc IERC6372
    function clock() external view returns (uint48) {
        return MEMBERSHIP.clock();
    }

    /// @inheritdoc IERC6372
    function CLOCK_MODE() external view returns (string memory) {
        return MEMBERSHIP.CLOCK_MODE();
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return
            interfaceId == type(IERC165).interfaceId ||
            interfaceId == type(IERC721).interfaceId ||
            interfaceId == type(IERC721Metadata).interfaceId ||
            interfaceId == type(IERC5192).interfaceId ||
            interfaceId == type(IERC6372).interfaceId ||
            interfaceId == type(IVotes).interfaceId;
    }

    /// @inheritdoc IERC721
    function transferFrom(address, address, uint256 tokenId) external pure {
        revert MembershipToken_NotTransferable(tokenId);
    }

    /// @inheritdoc IERC721
    function safeTransferFrom(address, address, uint256 tokenId) external pure {
        revert MembershipToken_NotTransferable(tokenId);
    }

    /// @inheritdoc IERC721
    function safeTransferFrom(address, address, uint256 tokenId, bytes calldata) external pure {
        revert MembershipToken_NotTransferable(tokenId);
    }

    /// @inheritdoc IERC721
    function approve(address, uint256 tokenId) external pure {
        revert MembershipToken_NotTransferable(tokenId);
    }

    /// @inheritdoc IERC721
    function setApprovalForAll(address, bool) external view {
        revert MembershipToken_NotTransferable(MEMBERSHIP.numberOf(cooperative(), msg.sender));
    }

    /// @inheritdoc IVotes
    function delegate(address delegatee) external pure {
        revert MembershipToken_NotDelegable(delegatee);
    }

    /// @inheritdoc IVotes
    function delegateBySig(address delegatee, uint256, uint256, uint8, bytes32, bytes32) external pure {
        revert MembershipToken_NotDelegable(delegatee);
    }

    function _isMember(address cooperative_, address account) private view returns (bool) {
        IMembership.Standing standing = MEMBERSHIP.standingOf(cooperative_, account);
        return standing == IMembership.Standing.Active || standing == IMembership.Standing.Suspended;
    }

    function _arguments() private view returns (address cooperative_, string memory name_) {
        return abi.decode(Clones.fetchCloneArgs(address(this)), (address, string));
    }
}
