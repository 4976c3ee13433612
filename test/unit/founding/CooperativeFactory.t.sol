// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";

import {ICooperativeFactory} from "../../../contracts/founding/interfaces/ICooperativeFactory.sol";
import {IPolicyBook} from "../../../contracts/governance/interfaces/IPolicyBook.sol";
import {ITreasury} from "../../../contracts/governance/interfaces/ITreasury.sol";
import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {Vm} from "../Vm.sol";
import {CooperativeFixture, Ledger} from "../governance/CooperativeFixture.sol";

/// @dev Branches: CooperativeFactory.tree.
contract CooperativeFactoryTest is CooperativeFixture {
    function setUp() public {
        _deploy();
    }

    function test_FND01_found_makesAWorkingCooperative() public {
        ICooperativeFactory.FoundingTerms memory terms = _terms(3, _ordinary(), _constitutional());
        terms.calls = new ITreasury.Call[](1);
        terms.calls[0] = ITreasury.Call(address(ledger), abi.encodeCall(Ledger.set, (9)));
        terms.limits = new ICooperativeFactory.ClassLimit[](1);
        terms.limits[0] = ICooperativeFactory.ClassLimit(ORDINARY, address(0), 7 ether, 30 days);
        terms.heir = address(0xBEEF);
        _useFounded(terms);
        assertEq(treasury.heir(), address(0xBEEF));
        (uint104 limit, uint32 period, ) = treasury.limitOf(ORDINARY, address(0));
        assertEq(limit, 7 ether);
        assertEq(period, 30 days);
        assertEq(treasury.governor(), address(governor));
        assertEq(treasury.governorSince(), START);
        assertEq(governor.treasury(), address(treasury));
        assertEq(governor.token(), address(token));
        assertEq(token.cooperative(), address(treasury));
        assertEq(membership.electorate(address(treasury)), 3);
        assertEq(policyBook.currentVersion(address(treasury), ORDINARY), 2);
        assertEq(ledger.writer(), address(treasury));
        vm.warp(START + 1);
        _carryOut(2, address(ledger), 0, abi.encodeCall(Ledger.set, (5)));
        assertEq(ledger.value(), 5);
    }

    function test_FND03_found_isAnnouncedBeforeAnythingElse() public {
        ICooperativeFactory.FoundingTerms memory terms = _terms(3, _ordinary(), _constitutional());
        vm.recordLogs();
        _useFounded(terms);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs[0].topics[0], ICooperativeFactory.CooperativeFounded.selector);
        assertEq(logs[0].emitter, address(factory));
        assertEq(logs[0].topics[1], bytes32(uint256(uint160(address(treasury)))));
        assertEq(logs[1].topics[0], ITreasury.GovernorChanged.selector);
        assertEq(logs[2].topics[0], IMembership.MemberAdmitted.selector);
        assertEq(logs[5].topics[0], IPolicyBook.PolicySet.selector);
        assertEq(logs[7].topics[0], IPolicyBook.RuleSet.selector);
        assertEq(logs.length, 8);
    }

    function test_FND02_found_givesThePredictedAddresses() public {
        ICooperativeFactory.FoundingTerms memory terms = _terms(3, _ordinary(), _constitutional());
        (address cooperative, address governor_, address token_) = factory.predict(address(this), terms);
        _useFounded(terms);
        assertEq(address(treasury), cooperative);
        assertEq(address(governor), governor_);
        assertEq(address(token), token_);
    }

    function test_FND02_found_cantBeFrontRun() public {
        ICooperativeFactory.FoundingTerms memory terms = _terms(3, _ordinary(), _constitutional());
        (address mine, , ) = factory.predict(address(this), terms);
        // The same terms from somebody else, and other terms from the same founder, go elsewhere.
        vm.prank(address(0xBAD));
        (address theirs, , ) = factory.found(terms);
        assertNotEq(theirs, mine);
        terms.dids[2] = address(0xBAD);
        (address other, , ) = factory.predict(address(this), terms);
        assertNotEq(other, mine);
        terms.dids[2] = _member(3);
        _useFounded(terms);
        assertEq(address(treasury), mine);
    }

    function test_FND04_found_revertsTwiceWithTheSameTerms() public {
        ICooperativeFactory.FoundingTerms memory terms = _terms(3, _ordinary(), _constitutional());
        factory.found(terms);
        vm.expectRevert(Errors.FailedDeployment.selector);
        factory.found(terms);
        terms.salt = bytes32(uint256(1));
        factory.found(terms);
    }

    function test_FND04_found_revertsForBadTerms() public {
        ICooperativeFactory.FoundingTerms memory terms = _terms(3, _ordinary(), _constitutional());
        terms.name = "";
        vm.expectRevert(abi.encodeWithSelector(ICooperativeFactory.CooperativeFactory_InvalidName.selector, 0, 64));
        factory.found(terms);
        terms.name = string(new bytes(65));
        vm.expectRevert(abi.encodeWithSelector(ICooperativeFactory.CooperativeFactory_InvalidName.selector, 65, 64));
        factory.found(terms);
        terms = _terms(0, _ordinary(), _constitutional());
        vm.expectRevert(ICooperativeFactory.CooperativeFactory_NoMembers.selector);
        factory.found(terms);
        terms = _terms(3, _ordinary(), _constitutional());
        terms.policies = new ICooperativeFactory.ClassPolicy[](0);
        vm.expectRevert(ICooperativeFactory.CooperativeFactory_NoPolicies.selector);
        factory.found(terms);
    }

    function test_FND04_found_revertsIfAFoundingCallDoes() public {
        ICooperativeFactory.FoundingTerms memory terms = _terms(3, _ordinary(), _constitutional());
        terms.calls = new ITreasury.Call[](1);
        terms.calls[0] = ITreasury.Call(address(ledger), abi.encodeCall(Ledger.refuse, ()));
        vm.expectRevert(Ledger.Ledger_Refused.selector);
        factory.found(terms);
    }

    /// @dev Neither who deployed the suite, nor the founder, nor the factory can do anything to a cooperative.
    function test_FND05_nobodyKeepsPowers() public {
        _useFounded(_terms(3, _ordinary(), _constitutional()));
        address[] memory dids = new address[](1);
        dids[0] = address(this);
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(address(ledger), 0, "");
        address[2] memory callers = [address(this), address(factory)];
        for (uint256 i; i < callers.length; ++i) {
            vm.startPrank(callers[i]);
            vm.expectRevert();
            treasury.execute(1, ORDINARY, policyBook, targets, values, calldatas);
            vm.expectRevert();
            treasury.setGovernor(address(ledger));
            vm.expectRevert();
            treasury.found(address(ledger), new ITreasury.Call[](0));
            vm.expectRevert();
            membership.expel(1);
            vm.expectRevert();
            membership.suspend(1, 0);
            vm.expectRevert();
            governor.propose(targets, values, calldatas, "");
            // These write the caller's own book and leave the cooperative's alone.
            membership.admit(dids);
            policyBook.setPolicy(CONSTITUTIONAL, _ordinary());
            vm.stopPrank();
        }
        assertEq(membership.electorate(address(treasury)), 3);
        assertEq(policyBook.currentVersion(address(treasury), CONSTITUTIONAL), 1);
    }
}
