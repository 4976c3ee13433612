// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Grants} from "../../../contracts/rewards/Grants.sol";
import {IGrants} from "../../../contracts/rewards/interfaces/IGrants.sol";
import {CooperativeFixture} from "../governance/CooperativeFixture.sol";

/// @dev A grant with a real governor and Treasury on the other side.
contract GrantByVoteTest is CooperativeFixture {
    address private constant RECIPIENT = address(0x4ec1);
    uint128 private constant AMOUNT = 3 ether;

    Grants private _grants;

    function setUp() public {
        _deploy();
        _found(3, _ordinary(), _constitutional());
        _grants = new Grants(membership, offices);
        vm.deal(address(treasury), 10 ether);
    }

    function _offer() private view returns (bytes memory) {
        IGrants.Terms memory terms;
        terms.recipient = RECIPIENT;
        terms.acceptBy = uint48(START + 60 days);
        terms.decisionPeriod = 30 days;
        terms.description = "what is to be done";
        terms.milestones = new IGrants.Milestone[](2);
        terms.milestones[0] = IGrants.Milestone(1 ether, uint48(START + 90 days));
        terms.milestones[1] = IGrants.Milestone(2 ether, uint48(START + 120 days));
        return abi.encodeCall(_grants.openGrant, (address(0), AMOUNT, terms));
    }

    function test_GRT01_GRT04_GRT08_aGrantByVoteFromOfferToStop() public {
        _carryOut(3, address(_grants), AMOUNT, _offer());
        assertEq(_grants.grantOf(1).cooperative, address(treasury));
        assertEq(address(_grants).balance, AMOUNT);
        vm.startPrank(RECIPIENT);
        _grants.accept(1);
        _grants.deliver(1, 0, "work");
        vm.stopPrank();
        _carryOut(3, address(_grants), 0, abi.encodeCall(_grants.approve, (1, 0, keccak256("work"))));
        _carryOut(3, address(_grants), 0, abi.encodeCall(_grants.stop, (1)));
        _grants.collect(address(0), RECIPIENT);
        _grants.collect(address(0), address(treasury));
        assertEq(RECIPIENT.balance, 1 ether);
        assertEq(address(treasury).balance, 9 ether);
    }

    /// @dev The same proposal passes and executes once; what opens a grant opens no second one.
    function test_GRT01_whatWasOfferedByOneVoteIsOfferedOnce() public {
        _carryOut(3, address(_grants), AMOUNT, _offer());
        vm.expectRevert();
        _execute(address(_grants), AMOUNT, _offer());
        assertEq(_grants.grantCount(), 1);
    }
}
