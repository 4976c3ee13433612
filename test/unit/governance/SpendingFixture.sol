// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {ICooperativeFactory} from "../../../contracts/founding/interfaces/ICooperativeFactory.sol";
import {IPolicyBook} from "../../../contracts/governance/interfaces/IPolicyBook.sol";
import {ITreasury} from "../../../contracts/governance/interfaces/ITreasury.sol";
import {HostileToken} from "../../../contracts/mocks/HostileToken.sol";
import {CooperativeFixture} from "./CooperativeFixture.sol";

/// @dev A cooperative of three whose ordinary class may pay 1,000 of a token, 500 of another and 10 ether in any 30 days,
/// and whose major class 5,000 of the first.
abstract contract SpendingFixture is CooperativeFixture {
    uint8 internal constant MAJOR = 3;
    uint8 internal constant VALUE_ONLY = 255;
    uint32 internal constant PERIOD = 30 days;
    address internal constant NATIVE = address(0);
    address internal constant PAYEE = address(0xBEEF);

    HostileToken internal money;
    HostileToken internal other;

    function _foundSpender() internal {
        _deploy();
        money = new HostileToken();
        other = new HostileToken();
        ICooperativeFactory.FoundingTerms memory terms = _terms(3, _ordinary(), _constitutional());
        ICooperativeFactory.ClassPolicy[] memory policies = new ICooperativeFactory.ClassPolicy[](3);
        (policies[0], policies[1]) = (terms.policies[0], terms.policies[1]);
        policies[2] = ICooperativeFactory.ClassPolicy(MAJOR, _ordinary());
        terms.policies = policies;
        terms.rules = new ICooperativeFactory.ClassRule[](5);
        IPolicyBook.Rule memory second = IPolicyBook.Rule(ORDINARY, 2, 0, false);
        terms.rules[0] = ICooperativeFactory.ClassRule(address(money), IERC20.transfer.selector, second);
        terms.rules[1] = ICooperativeFactory.ClassRule(address(money), IERC20.approve.selector, second);
        terms.rules[2] = ICooperativeFactory.ClassRule(address(other), IERC20.transfer.selector, second);
        terms.rules[3] = ICooperativeFactory.ClassRule(NATIVE, bytes4(0), _byValue(ORDINARY));
        terms.rules[4] = ICooperativeFactory.ClassRule(address(ledger), ledger.set.selector, _byValue(ORDINARY));
        terms.limits = new ICooperativeFactory.ClassLimit[](4);
        terms.limits[0] = ICooperativeFactory.ClassLimit(ORDINARY, address(money), 1_000, PERIOD);
        terms.limits[1] = ICooperativeFactory.ClassLimit(ORDINARY, address(other), 500, PERIOD);
        terms.limits[2] = ICooperativeFactory.ClassLimit(ORDINARY, NATIVE, 10 ether, PERIOD);
        terms.limits[3] = ICooperativeFactory.ClassLimit(MAJOR, address(money), 5_000, PERIOD);
        _useFounded(terms);
        vm.warp(START + 1 days);
        money.mint(address(treasury), 100_000);
        other.mint(address(treasury), 100_000);
        vm.deal(address(treasury), 100 ether);
    }

    function _byValue(uint8 policyClass) internal pure returns (IPolicyBook.Rule memory rule) {
        return IPolicyBook.Rule(policyClass, VALUE_ONLY, 0, false);
    }

    function _transfer(uint256 amount) internal pure returns (bytes memory) {
        return abi.encodeCall(IERC20.transfer, (PAYEE, amount));
    }

    /// @dev What the governor does with a passed proposal of a class.
    function _spendAs(uint8 policyClass, address target, uint256 value, bytes memory data) internal {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(target, value, data);
        vm.prank(address(governor));
        treasury.execute(1, policyClass, policyBook, targets, values, calldatas);
    }

    function _spend(uint256 amount) internal {
        _spendAs(ORDINARY, address(money), 0, _transfer(amount));
    }

    function _refuseToSpend(uint256 amount, uint256 counted, uint256 limit) internal {
        _expectExceeded(ORDINARY, address(money), amount, counted, limit);
        _spend(amount);
    }

    function _expectExceeded(
        uint8 policyClass,
        address token,
        uint256 amount,
        uint256 counted,
        uint256 limit
    ) internal {
        vm.expectRevert(
            abi.encodeWithSelector(
                ITreasury.Treasury_LimitExceeded.selector,
                policyClass,
                token,
                amount,
                counted,
                limit
            )
        );
    }

    function _setLimit(uint8 policyClass, address token, uint104 amount, uint32 period) internal {
        vm.prank(address(treasury));
        treasury.setLimit(policyClass, token, amount, period);
    }

    function _setRule(address target, bytes4 selector, IPolicyBook.Rule memory rule) internal {
        vm.prank(address(treasury));
        policyBook.setRule(target, selector, rule);
    }

    /// @dev Proposes in the name of the first member and has all three agree; executable from now on.
    function _pass(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description
    ) internal returns (uint256 proposalId) {
        vm.prank(_member(1));
        proposalId = governor.propose(targets, values, calldatas, description);
        _toVoting(proposalId);
        for (uint256 number = 1; number <= 3; ++number) _vote(proposalId, number, 1);
        _toEta(proposalId);
    }

    function _counted(uint8 policyClass, address token) internal view returns (uint256 spent) {
        (, , spent) = treasury.limitOf(policyClass, token);
    }
}
