// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPolicyBook} from "../../../contracts/governance/interfaces/IPolicyBook.sol";
import {ITreasury} from "../../../contracts/governance/interfaces/ITreasury.sol";
import {PolicyLib} from "../../../contracts/governance/libraries/PolicyLib.sol";
import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {CooperativeFixture, Ledger} from "./CooperativeFixture.sol";

/// @dev Branches: PolicyBook.tree.
contract PolicyBookTest is CooperativeFixture {
    address private _coop;

    function setUp() public {
        _deploy();
        _found(7, _ordinary(), _constitutional());
        _coop = address(treasury);
    }

    function test_GOV05_setPolicy_appendsVersions() public {
        assertEq(policyBook.currentVersion(_coop, CONSTITUTIONAL), 1);
        assertEq(policyBook.currentVersion(_coop, ORDINARY), 2);
        assertEq(policyBook.currentVersion(_coop, 3), 0);
        IPolicyBook.Policy memory policy = _ordinary();
        policy.votingPeriod = 4 days;
        vm.expectEmit(address(policyBook));
        emit IPolicyBook.PolicySet(_coop, ORDINARY, 3, PolicyLib.inClass(PolicyLib.pack(policy), ORDINARY));
        assertEq(_set(ORDINARY, policy), 3);
        assertEq(policyBook.currentVersion(_coop, ORDINARY), 3);
        assertEq(policyBook.currentVersion(_coop, CONSTITUTIONAL), 1);
        assertEq(policyBook.policyAt(_coop, 2).votingPeriod, 3 days);
        assertEq(policyBook.policyAt(_coop, 3).votingPeriod, 4 days);
    }

    function test_GOV05_setPolicy_startsWithTheConstitution() public {
        vm.expectRevert(
            abi.encodeWithSelector(IPolicyBook.PolicyBook_NoPolicy.selector, address(this), CONSTITUTIONAL)
        );
        policyBook.setPolicy(ORDINARY, _ordinary());
    }

    function test_GOV06_setPolicy_revertsForAnUnknownClass() public {
        vm.expectRevert(abi.encodeWithSelector(IPolicyBook.PolicyBook_UnknownClass.selector, 8));
        policyBook.setPolicy(8, _ordinary());
        vm.expectRevert(abi.encodeWithSelector(IPolicyBook.PolicyBook_UnknownClass.selector, 8));
        policyBook.currentVersion(_coop, 8);
    }

    function test_GOV06_setPolicy_revertsForContradictions() public {
        IPolicyBook.Policy memory p = _constitutional();
        p.approvalDenominator = 0;
        _expectInvalid(p, "approval");
        p = _constitutional();
        p.approvalNumerator = 4;
        _expectInvalid(p, "approval");
        p = _constitutional();
        (p.approvalNumerator, p.strict) = (3, true);
        _expectInvalid(p, "strict");
        p = _constitutional();
        p.quorumDenominator = 0;
        _expectInvalid(p, "quorum");
        p = _constitutional();
        p.vetoDenominator = 3;
        _expectInvalid(p, "veto");
        p = _constitutional();
        p.vetoNumerator = 1;
        _expectInvalid(p, "veto");
        p = _constitutional();
        p.votingDelay = 1 << 23;
        _expectInvalid(p, "votingDelay");
        p = _constitutional();
        p.votingPeriod = 0;
        _expectInvalid(p, "votingPeriod");
        p.votingPeriod = 1 << 23;
        _expectInvalid(p, "votingPeriod");
        p = _constitutional();
        p.executionDelay = 365 days + 1;
        _expectInvalid(p, "executionDelay");
        p = _constitutional();
        p.executionWindow = 0;
        _expectInvalid(p, "executionWindow");
        p = _constitutional();
        p.seasoning = 365 days + 1;
        _expectInvalid(p, "seasoning");
        p = _constitutional();
        p.lateWindow = 61;
        _expectInvalid(p, "lateWindow");
        p.lateWindow = 4096 minutes;
        _expectInvalid(p, "lateWindow");
        (p.lateWindow, p.votingPeriod) = (2 minutes, 1 minutes);
        _expectInvalid(p, "lateWindow");
    }

    function test_GOV04_setPolicy_neverLetsAHigherClassBeEasier() public {
        IPolicyBook.Policy memory p = _constitutional();
        (p.approvalNumerator, p.approvalDenominator) = (1, 3);
        _expectNotMonotone(p, "approval");
        p = _constitutional();
        (p.approvalNumerator, p.approvalDenominator, p.strict) = (2, 4, false); // reaching a half, below it exceeding
        _expectNotMonotone(p, "approval");
        p = _constitutional();
        (p.quorumNumerator, p.quorumDenominator) = (1, 4);
        _expectNotMonotone(p, "quorum");
        p = _constitutional();
        p.votingDelay = 1 hours - 1;
        _expectNotMonotone(p, "votingDelay");
        p = _constitutional();
        p.votingPeriod = 3 days - 1;
        _expectNotMonotone(p, "votingPeriod");
        p = _constitutional();
        p.executionDelay = 0;
        _expectNotMonotone(p, "executionDelay");
        // Nor the lower one harder.
        p = _ordinary();
        p.seasoning = 1;
        vm.expectRevert(
            abi.encodeWithSelector(IPolicyBook.PolicyBook_NotMonotone.selector, ORDINARY, CONSTITUTIONAL, "seasoning")
        );
        _set(ORDINARY, p);
        p = _ordinary();
        (p.vetoNumerator, p.vetoDenominator) = (1, 3);
        vm.expectRevert(
            abi.encodeWithSelector(IPolicyBook.PolicyBook_NotMonotone.selector, ORDINARY, CONSTITUTIONAL, "veto")
        );
        _set(ORDINARY, p);
    }

    function test_GOV02_setRule_movesAnAction() public {
        bytes memory data = abi.encodeCall(Ledger.refuse, ());
        assertEq(policyBook.classOf(_coop, address(ledger), 0, data), CONSTITUTIONAL);
        vm.expectEmit(address(policyBook));
        emit IPolicyBook.RuleSet(_coop, address(ledger), Ledger.refuse.selector, ORDINARY, 0, 0, false);
        _rule(address(ledger), Ledger.refuse.selector, ORDINARY);
        assertEq(policyBook.classOf(_coop, address(ledger), 0, data), ORDINARY);
        // Only for this cooperative.
        assertEq(policyBook.classOf(address(this), address(ledger), 0, data), CONSTITUTIONAL);
    }

    function test_GOV06_setRule_revertsWithoutAPolicy() public {
        vm.expectRevert(abi.encodeWithSelector(IPolicyBook.PolicyBook_NoPolicy.selector, _coop, 2));
        _rule(address(ledger), Ledger.set.selector, 2);
    }

    function test_GOV06_setRule_revertsForAnUnknownClass() public {
        vm.expectRevert(abi.encodeWithSelector(IPolicyBook.PolicyBook_UnknownClass.selector, 8));
        _rule(address(ledger), Ledger.set.selector, 8);
    }

    function test_GOV03_setRule_revertsForThePinned() public {
        _expectPinned(address(policyBook), IPolicyBook.setRule.selector);
        _expectPinned(_coop, ITreasury.setGovernor.selector);
        _expectPinned(address(governor), 0x12345678);
        _expectPinned(address(membership), IMembership.resign.selector);
        _rule(address(membership), IMembership.admit.selector, ORDINARY);
        _rule(address(membership), IMembership.suspend.selector, ORDINARY);
        _rule(address(membership), IMembership.expel.selector, ORDINARY);
        _rule(address(membership), IMembership.reinstate.selector, ORDINARY);
    }

    function test_GOV03_setRule_revertsForWrappersAnywhere() public {
        string[24] memory wrappers = [
            "multicall(bytes[])",
            "aggregate((address,bytes)[])",
            "aggregate3((address,bool,bytes)[])",
            "execute(address,bytes)",
            "execute(address,uint256,bytes)",
            "execute(bytes32,bytes)",
            "execute(address[],uint256[],bytes[],bytes32)",
            "executeBatch((address,uint256,bytes)[])",
            "execTransactionFromModule(address,uint256,bytes,uint8)",
            "relay(address,uint256,bytes)",
            "schedule(address,bytes,uint48)",
            "schedule(address,uint256,bytes,bytes32,bytes32,uint256)",
            "scheduleBatch(address[],uint256[],bytes[],bytes32,bytes32,uint256)",
            "grantRole(uint64,address,uint32)",
            "grantRole(bytes32,address)",
            "setTargetFunctionRole(address,bytes4[],uint64)",
            "updateAuthority(address,address)",
            "setAuthority(address)",
            "upgradeTo(address)",
            "upgradeToAndCall(address,bytes)",
            "upgradeAndCall(address,address,bytes)",
            "diamondCut((address,uint8,bytes4[])[],address,bytes)",
            "functionDelegateCall(address,bytes)",
            "transferOwnership(address)"
        ];
        for (uint256 i; i < wrappers.length; ++i) {
            bytes4 selector = bytes4(keccak256(bytes(wrappers[i])));
            assertTrue(policyBook.isWrapper(selector), wrappers[i]);
            _expectPinned(address(ledger), selector);
        }
        assertFalse(policyBook.isWrapper(Ledger.set.selector));
    }

    function test_GOV02_classOf_valueOrShortDataIsConstitutional() public view {
        bytes memory data = abi.encodeCall(Ledger.set, (1));
        assertEq(policyBook.classOf(_coop, address(ledger), 0, data), ORDINARY);
        assertEq(policyBook.classOf(_coop, address(ledger), 1, data), CONSTITUTIONAL);
        assertEq(policyBook.classOf(_coop, address(ledger), 0, hex"60fe47"), CONSTITUTIONAL);
        assertEq(policyBook.classOf(_coop, address(ledger), 0, ""), CONSTITUTIONAL);
    }

    function test_GOV03_classOf_aRuleIsSilentOnceItsTargetGoverns() public {
        vm.prank(_coop);
        treasury.setGovernor(address(ledger));
        assertEq(policyBook.classOf(_coop, address(ledger), 0, abi.encodeCall(Ledger.set, (1))), CONSTITUTIONAL);
    }

    function test_GOV05_classify_revertsWithoutABook() public {
        address[] memory targets = new address[](1);
        vm.expectRevert(
            abi.encodeWithSelector(IPolicyBook.PolicyBook_NoPolicy.selector, address(this), CONSTITUTIONAL)
        );
        policyBook.classify(address(this), targets, new uint256[](1), new bytes[](1));
    }

    function test_GOV05_policyWord_revertsForAnUnknownVersion() public {
        vm.expectRevert(abi.encodeWithSelector(IPolicyBook.PolicyBook_UnknownVersion.selector, _coop, 3));
        policyBook.policyWord(_coop, 3);
        vm.expectRevert(abi.encodeWithSelector(IPolicyBook.PolicyBook_UnknownVersion.selector, _coop, 0));
        policyBook.policyAt(_coop, 0);
    }

    function testFuzz_GOV05_packing(uint256 word) public pure {
        word &= ((1 << 250) - 1) & ~(uint256(0xfe) << 16); // what fields use; a flag of one bit
        if ((word >> 232) & 3 == 3) word ^= 1 << 232; // there are three curves
        assertEq(PolicyLib.pack(PolicyLib.unpack(word)), word);
    }

    /// @dev Against the same rules in fractions of a common denominator.
    function testFuzz_GOV07_passes(
        uint8 numerator,
        uint8 denominator,
        bool strict,
        uint24[4] memory ballots
    ) public pure {
        IPolicyBook.Policy memory policy = _ordinary();
        denominator = denominator == 0 ? 1 : denominator;
        (policy.approvalNumerator, policy.approvalDenominator) = (numerator % denominator, denominator);
        (policy.strict, policy.quorumNumerator) = (strict, 0);
        uint256 total = uint256(ballots[0]) + ballots[1] + ballots[3];
        uint256 scale = 1e30;
        uint256 share = total == 0 ? 0 : (uint256(ballots[1]) * denominator * scale) / total;
        uint256 bar = uint256(numerator % denominator) * scale;
        // The quotient is exact enough: two different fractions of these sizes differ by more than 1 / scale.
        bool isExact = total != 0 && uint256(ballots[1]) * denominator == uint256(numerator % denominator) * total;
        bool expected = ballots[1] != 0 && (isExact ? !strict : share > bar);
        uint256 word = PolicyLib.pack(policy);
        bool qualifies = PolicyLib.qualifies(word, ballots[0], ballots[1], ballots[2], ballots[3], type(uint24).max);
        bool approves = PolicyLib.approves(word, ballots[1], uint256(ballots[0]) + ballots[3]);
        assertEq(qualifies && approves, expected);
    }

    function _set(uint8 class, IPolicyBook.Policy memory policy) private returns (uint256) {
        vm.prank(_coop);
        return policyBook.setPolicy(class, policy);
    }

    function _rule(address target, bytes4 selector, uint8 class) private {
        vm.prank(_coop);
        policyBook.setRule(target, selector, _unmetered(class));
    }

    function _expectPinned(address target, bytes4 selector) private {
        vm.expectRevert(abi.encodeWithSelector(IPolicyBook.PolicyBook_Pinned.selector, target, selector));
        _rule(target, selector, ORDINARY);
    }

    function _expectInvalid(IPolicyBook.Policy memory policy, string memory field) private {
        vm.expectRevert(abi.encodeWithSelector(IPolicyBook.PolicyBook_InvalidPolicy.selector, CONSTITUTIONAL, field));
        _set(CONSTITUTIONAL, policy);
    }

    function _expectNotMonotone(IPolicyBook.Policy memory policy, string memory field) private {
        vm.expectRevert(
            abi.encodeWithSelector(IPolicyBook.PolicyBook_NotMonotone.selector, ORDINARY, CONSTITUTIONAL, field)
        );
        _set(CONSTITUTIONAL, policy);
    }
}
