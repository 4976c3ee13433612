// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {CooperativeFixture} from "../governance/CooperativeFixture.sol";

contract AppliedTokenTest is CooperativeFixture {
    /// @dev Who was expelled has no card again by asking to be let in.
    function test_MEM13_anApplicationGivesNoTokenBack() public {
        _deploy();
        _found(3, _ordinary(), _constitutional());
        vm.prank(address(treasury));
        membership.expel(1);
        vm.warp(block.timestamp + 1);
        vm.prank(_member(1));
        membership.applyFor(address(treasury), _member(1), 0);
        assertEq(token.balanceOf(_member(1)), 0);
        bytes memory reason = abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 1);
        vm.expectRevert(reason);
        token.ownerOf(1);
        vm.expectRevert(reason);
        token.tokenURI(1);
    }
}
