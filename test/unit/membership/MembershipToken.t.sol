// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

import {IMembershipToken} from "../../../contracts/membership/interfaces/IMembershipToken.sol";
import {ICooperativeFactory} from "../../../contracts/founding/interfaces/ICooperativeFactory.sol";
import {CooperativeFixture} from "../governance/CooperativeFixture.sol";

/// @dev Branches: MembershipToken.tree.
contract MembershipTokenTest is CooperativeFixture {
    function setUp() public {
        _deploy();
        _found(3, _ordinary(), _constitutional());
    }

    function test_MEM13_views_mirrorTheBook() public view {
        assertEq(token.name(), "Artel");
        assertEq(token.symbol(), "MEMBER");
        assertEq(token.cooperative(), address(treasury));
        assertEq(token.ownerOf(2), _member(2));
        assertEq(token.balanceOf(_member(2)), 1);
        assertEq(token.balanceOf(address(this)), 0);
        assertTrue(token.locked(2));
        assertEq(token.getApproved(2), address(0));
        assertFalse(token.isApprovedForAll(_member(1), _member(2)));
        assertEq(token.getVotes(_member(2)), 1);
        assertEq(token.getPastVotes(_member(2), START - 1), 0);
        assertEq(token.getPastVotes(_member(2), START), 1);
        assertEq(token.getPastTotalSupply(START), 3);
        assertEq(token.delegates(_member(2)), _member(2));
        assertEq(token.clock(), block.timestamp);
        assertEq(token.CLOCK_MODE(), "mode=timestamp");
    }

    function test_MEM13_views_afterSuspensionAndLeaving() public {
        vm.prank(address(treasury));
        membership.suspend(1, 0);
        assertEq(token.ownerOf(1), _member(1));
        assertEq(token.balanceOf(_member(1)), 1);
        assertEq(token.getVotes(_member(1)), 0);
        vm.prank(_member(1));
        membership.resign(address(treasury));
        assertEq(token.balanceOf(_member(1)), 0);
        _expectNonexistent(1);
        token.ownerOf(1);
        _expectNonexistent(1);
        token.locked(1);
        _expectNonexistent(1);
        token.tokenURI(1);
        // A new number; the old token stays burnt.
        address[] memory dids = new address[](1);
        dids[0] = _member(1);
        vm.prank(address(treasury));
        membership.admit(dids);
        assertEq(token.ownerOf(4), _member(1));
        _expectNonexistent(1);
        token.getApproved(1);
        _expectNonexistent(5);
        token.ownerOf(5);
    }

    function test_MEM13_balanceOf_revertsForZero() public {
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InvalidOwner.selector, address(0)));
        token.balanceOf(address(0));
    }

    function test_MEM13_tokenURI_escapesTheName() public {
        ICooperativeFactory.FoundingTerms memory terms = _terms(1, _ordinary(), _constitutional());
        // solhint-disable-next-line quotes
        terms.name = 'A"\\';
        _useFounded(terms);
        // {"name":"A\"\\ member 1","description":"Membership: ... and on from there.
        bytes memory start = bytes(
            "data:application/json;base64,eyJuYW1lIjoiQVwiXFwgbWVtYmVyIDEiLCJkZXNjcmlwdGlvbiI6Ik1lbWJlcnNoaXA6"
        );
        bytes memory uri = bytes(token.tokenURI(1));
        for (uint256 i; i < start.length; ++i) assertTrue(uri[i] == start[i]);
    }

    function test_MEM12_transfersAndApprovals_revert() public {
        vm.startPrank(_member(1));
        _expectLocked(1);
        token.transferFrom(_member(1), _member(2), 1);
        _expectLocked(1);
        token.safeTransferFrom(_member(1), _member(2), 1);
        _expectLocked(1);
        token.safeTransferFrom(_member(1), _member(2), 1, "");
        _expectLocked(1);
        token.approve(_member(2), 1);
        _expectLocked(1);
        token.setApprovalForAll(_member(2), true);
        vm.stopPrank();
    }

    function test_MEM12_delegation_reverts() public {
        bytes memory reason = abi.encodeWithSelector(
            IMembershipToken.MembershipToken_NotDelegable.selector,
            _member(2)
        );
        vm.expectRevert(reason);
        token.delegate(_member(2));
        vm.expectRevert(reason);
        token.delegateBySig(_member(2), 0, 0, 27, 0, 0);
    }

    function test_MEM13_supportsInterface() public view {
        assertTrue(token.supportsInterface(0x01ffc9a7)); // ERC-165
        assertTrue(token.supportsInterface(type(IERC721).interfaceId));
        assertTrue(token.supportsInterface(0x5b5e139f)); // ERC-721 metadata
        assertTrue(token.supportsInterface(0xb45a3c0e)); // ERC-5192
        assertTrue(token.supportsInterface(type(IERC6372).interfaceId));
        assertTrue(token.supportsInterface(type(IVotes).interfaceId));
        assertFalse(token.supportsInterface(0xffffffff));
    }

    function _expectNonexistent(uint256 tokenId) private {
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, tokenId));
    }

    function _expectLocked(uint256 tokenId) private {
        vm.expectRevert(abi.encodeWithSelector(IMembershipToken.MembershipToken_NotTransferable.selector, tokenId));
    }
}
