// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {IPolicyBook} from "../../../contracts/governance/interfaces/IPolicyBook.sol";
import {CooperativeFixture} from "../governance/CooperativeFixture.sol";

/// @dev Ways to have something decided by an easier majority than it deserves.
contract LoweredClassTest is CooperativeFixture {
    function setUp() public {
        _deploy();
        _found(7, _ordinary(), _constitutional());
    }

    function _cantBeLowered(address target, bytes4 selector) private {
        vm.prank(address(treasury));
        vm.expectRevert(abi.encodeWithSelector(IPolicyBook.PolicyBook_Pinned.selector, target, selector));
        policyBook.setRule(target, selector, _unmetered(ORDINARY));
    }

    /// @dev Every function by which an administrator changes an AccessManager or acts through it.
    function test_GOV03_anAccessManagerIsConstitutional() public {
        bytes4[15] memory selectors = [
            IAccessManager.labelRole.selector,
            IAccessManager.grantRole.selector,
            IAccessManager.revokeRole.selector,
            IAccessManager.renounceRole.selector,
            IAccessManager.setRoleAdmin.selector,
            IAccessManager.setRoleGuardian.selector,
            IAccessManager.setGrantDelay.selector,
            IAccessManager.setTargetFunctionRole.selector,
            IAccessManager.setTargetAdminDelay.selector,
            IAccessManager.setTargetClosed.selector,
            IAccessManager.schedule.selector,
            IAccessManager.execute.selector,
            IAccessManager.cancel.selector,
            IAccessManager.updateAuthority.selector,
            bytes4(keccak256("multicall(bytes[])"))
        ];
        for (uint256 i; i < selectors.length; ++i) _cantBeLowered(address(0xACCE55), selectors[i]);
    }

    /// @dev A rule on a selector must not reach what has other effects: value, other data, other functions, or the
    /// fallback that too short calldata ends in.
    function test_GOV02_aRuleCoversItsSelectorOnly() public view {
        address target = address(ledger);
        bytes memory data = abi.encodeWithSelector(ledger.set.selector, 1);
        address cooperative = address(treasury);
        assertEq(policyBook.classOf(cooperative, target, 0, data), ORDINARY);
        assertEq(policyBook.classOf(cooperative, target, 1, data), CONSTITUTIONAL);
        assertEq(policyBook.classOf(cooperative, target, 0, hex"60fe47"), CONSTITUTIONAL);
        assertEq(policyBook.classOf(cooperative, target, 0, ""), CONSTITUTIONAL);
        assertEq(policyBook.classOf(cooperative, address(this), 0, data), CONSTITUTIONAL);
        assertEq(policyBook.classOf(address(this), target, 0, data), CONSTITUTIONAL);
    }

    /// @dev The book of members can't be lowered but for the four powers that the design names.
    function test_GOV03_leavingInTheTreasurysNameIsConstitutional() public {
        _cantBeLowered(address(membership), IMembership.resign.selector);
        _cantBeLowered(address(treasury), treasury.setGovernor.selector);
        _cantBeLowered(address(governor), governor.cancel.selector);
        _cantBeLowered(address(policyBook), IPolicyBook.setRule.selector);
    }
}
