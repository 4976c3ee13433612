// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICooperativeFactory} from "../../../contracts/founding/interfaces/ICooperativeFactory.sol";
import {IPolicyBook} from "../../../contracts/governance/interfaces/IPolicyBook.sol";
import {ITreasury} from "../../../contracts/governance/interfaces/ITreasury.sol";
import {IDIDRegistry} from "../../../contracts/identity/interfaces/IDIDRegistry.sol";
import {IIdentityRecovery} from "../../../contracts/identity/interfaces/IIdentityRecovery.sol";
import {ITaskRewards} from "../../../contracts/learning/interfaces/ITaskRewards.sol";
import {Grants} from "../../../contracts/rewards/Grants.sol";
import {IGrants} from "../../../contracts/rewards/interfaces/IGrants.sol";
import {SpendingFixture} from "../governance/SpendingFixture.sol";

/// @dev Called by a cooperative that is being founded, asks for its money at once.
contract EagerHeir {
    function inherit() external {
        ITreasury(msg.sender).dissolve(new address[](1));
    }
}

/// @dev Ways to a cooperative's money that pass no meter.
contract SideDoorsTest is SpendingFixture {
    bytes4 private constant WITHDRAW_TO = bytes4(keccak256("withdrawTo(address,uint256)"));

    Grants private _grants;

    function setUp() public {
        _foundSpender();
        _grants = new Grants(membership, offices);
    }

    /// @dev What a stopped grant owes the cooperative is its money, and no argument says how much it is.
    function test_GOV03_whatIsOwedIsNotSentElsewhere() public {
        IGrants.Terms memory terms;
        terms.recipient = PAYEE;
        terms.acceptBy = uint48(block.timestamp + 1 days);
        terms.decisionPeriod = 1 days;
        terms.description = "what is to be done";
        terms.milestones = new IGrants.Milestone[](1);
        terms.milestones[0] = IGrants.Milestone(90 ether, uint48(block.timestamp + 2 days));
        vm.startPrank(address(treasury));
        _grants.openGrant{value: 90 ether}(NATIVE, 90 ether, terms);
        _grants.stop(1);
        vm.stopPrank();

        bytes4 selector = _grants.collectTo.selector;
        bytes memory door = abi.encodeCall(_grants.collectTo, (NATIVE, PAYEE));
        vm.expectRevert(abi.encodeWithSelector(IPolicyBook.PolicyBook_Pinned.selector, address(_grants), selector));
        _setRule(address(_grants), selector, _unmetered(ORDINARY));
        vm.expectRevert(abi.encodeWithSelector(ITreasury.Treasury_ClassTooLow.selector, 0, CONSTITUTIONAL, ORDINARY));
        _spendAs(ORDINARY, address(_grants), 0, door);
        _grants.collect(NATIVE, address(treasury));
        assertEq(address(treasury).balance, 100 ether);
        assertTrue(policyBook.isWrapper(ITaskRewards.claimTo.selector));
    }

    /// @dev A Treasury is an identity too, and perhaps a member elsewhere by it.
    function test_GOV03_theTreasurysIdentityIsNotHandedOn() public {
        bytes4[2] memory selectors = [IDIDRegistry.changeOwner.selector, IIdentityRecovery.setGuardians.selector];
        for (uint256 i; i < 2; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IPolicyBook.PolicyBook_Pinned.selector, address(registry), selectors[i])
            );
            _setRule(address(registry), selectors[i], _unmetered(ORDINARY));
        }
    }

    /// @dev A wrapped token that is unwrapped into somebody else's hands.
    function test_SPD05_unwrappingForAnotherIsSpending() public {
        vm.expectRevert(
            abi.encodeWithSelector(IPolicyBook.PolicyBook_MustBeMetered.selector, address(money), WITHDRAW_TO, 2)
        );
        _setRule(address(money), WITHDRAW_TO, _unmetered(ORDINARY));
        _setRule(address(money), WITHDRAW_TO, IPolicyBook.Rule(ORDINARY, 2, 0, false));
        _expectExceeded(ORDINARY, address(money), 1_001, 0, 1_000);
        _spendAs(ORDINARY, address(money), 0, abi.encodeWithSelector(WITHDRAW_TO, PAYEE, 1_001));
    }

    /// @dev The present limit and the former both hold; what had ceased to count does not come back.
    function test_SPD03_aLongerPeriodRemembersNothingForgotten() public {
        _spend(1_000);
        vm.warp(block.timestamp + PERIOD);
        _spend(400);
        _setLimit(ORDINARY, address(money), 1_000, 3 * PERIOD);
        _refuseToSpend(601, 400, 1_000);
        _spend(600);
        vm.warp(block.timestamp + 3 * PERIOD - 1);
        _refuseToSpend(1, 1_000, 1_000);
    }

    /// @dev No cooperative is without members from the beginning: who founds one that expels all waits like anybody.
    function test_SPD10_aFoundingIsNoDissolution() public {
        ICooperativeFactory.FoundingTerms memory terms = _terms(1, _ordinary(), _constitutional());
        terms.heir = PAYEE;
        terms.calls = new ITreasury.Call[](1);
        terms.calls[0] = ITreasury.Call(address(new EagerHeir()), abi.encodeCall(EagerHeir.inherit, ()));
        vm.expectRevert(abi.encodeWithSelector(ITreasury.Treasury_NotDissolved.selector, PAYEE, 1, block.timestamp));
        factory.found(terms);
        terms.calls[0] = ITreasury.Call(address(membership), abi.encodeCall(membership.expel, (1)));
        _useFounded(terms);
        uint256 since = block.timestamp;
        vm.deal(address(treasury), 1 ether);
        vm.warp(since + 90 days - 1);
        vm.expectRevert(abi.encodeWithSelector(ITreasury.Treasury_NotDissolved.selector, PAYEE, 0, since));
        treasury.dissolve(new address[](1));
    }
}
