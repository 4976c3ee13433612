// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Grants} from "../../../contracts/rewards/Grants.sol";
import {IGrants} from "../../../contracts/rewards/interfaces/IGrants.sol";
import {CooperativeFixture} from "../governance/CooperativeFixture.sol";

/// @dev Recipients of grants who come to hold the office that reviews them, under another name.
contract OwnReviewsTest is CooperativeFixture {
    bytes32 private constant BOARD = keccak256("board");
    bytes private constant WORK = "work";
    address private constant LATER = address(0x1a7e4);

    Grants private _grants;

    function setUp() public {
        _deploy();
        _found(3, _ordinary(), _constitutional());
        _grants = new Grants(membership, offices);
        vm.deal(address(treasury), 10 ether);
    }

    function _deliveredBy(address recipient) private {
        IGrants.Terms memory terms;
        terms.recipient = recipient;
        terms.office = BOARD;
        terms.acceptBy = uint48(block.timestamp + 1 days);
        terms.reviewPeriod = 5 days;
        terms.decisionPeriod = 10 days;
        terms.description = "what is to be done";
        terms.milestones = new IGrants.Milestone[](1);
        terms.milestones[0] = IGrants.Milestone(1 ether, uint48(block.timestamp + 30 days));
        vm.prank(address(treasury));
        _grants.openGrant{value: 1 ether}(address(0), 1 ether, terms);
        vm.startPrank(recipient);
        _grants.accept(1);
        _grants.deliver(1, 0, WORK);
        vm.stopPrank();
    }

    function _admit(address did) private returns (uint256 number) {
        address[] memory dids = new address[](1);
        dids[0] = did;
        vm.prank(address(treasury));
        number = membership.admit(dids);
    }

    function _refuses(address reviewer, uint256 number) private {
        assertEq(membership.numberOf(address(treasury), reviewer), number);
        offices.appoint(BOARD, number, 1, uint48(block.timestamp + 30 days));
        vm.expectRevert(abi.encodeWithSelector(IGrants.Grants_NotADecider.selector, 1, reviewer));
        vm.prank(reviewer);
        _grants.approve(1, 0, keccak256(WORK));
    }

    /// @dev A member leaves, takes another key, and is admitted again, by the same DID, under another number.
    function test_GRT04_whoCameBackDoesNotReview() public {
        _deliveredBy(_member(1));
        vm.prank(_member(1));
        membership.resign(address(treasury));
        registry.setOwner(_member(1), LATER);
        _refuses(LATER, _admit(_member(1)));
        // another member in that office does
        offices.appoint(BOARD, 2, 1, uint48(block.timestamp + 30 days));
        vm.prank(_member(2));
        _grants.approve(1, 0, keccak256(WORK));
    }

    function test_GRT04_whoChangedKeysDoesNotReview() public {
        _deliveredBy(_member(1));
        registry.setOwner(_member(1), LATER);
        membership.rebind(address(treasury), 1);
        _refuses(LATER, 1);
    }

    /// @dev The grant names a DID, whose owner is the member.
    function test_GRT04_whoIsNamedByDidDoesNotReview() public {
        address did = address(0xD1D);
        registry.setOwner(did, LATER);
        uint256 number = _admit(did);
        _deliveredBy(did);
        _refuses(LATER, number);
    }
}
