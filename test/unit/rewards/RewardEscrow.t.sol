// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {HostileReceiver} from "../../../contracts/mocks/HostileReceiver.sol";
import {HostileToken} from "../../../contracts/mocks/HostileToken.sol";
import {RewardEscrow} from "../../../contracts/rewards/RewardEscrow.sol";
import {IRewardEscrow} from "../../../contracts/rewards/interfaces/IRewardEscrow.sol";
import {TestBase} from "../Vm.sol";

contract RewardEscrowTest is TestBase {
    address private constant MODULE = address(0x111);
    address private constant OTHER = address(0x222);
    address private constant PAYEE = address(0x333);

    RewardEscrow private _escrow;
    HostileToken private _token;

    function setUp() public {
        _escrow = new RewardEscrow();
        _token = new HostileToken();
    }

    function _fund(address module, uint256 id, uint128 amount) private {
        _token.mint(module, amount);
        vm.startPrank(module);
        _token.approve(address(_escrow), amount);
        _escrow.fund(id, address(_token), amount);
        vm.stopPrank();
    }

    function _refused(address caller, bytes memory data, bytes memory reason) private {
        vm.prank(caller);
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory result) = address(_escrow).call(data);
        assertFalse(success);
        assertEq(result, reason);
    }

    function _fundData(uint256 id, address token, uint128 amount) private view returns (bytes memory) {
        return abi.encodeCall(_escrow.fund, (id, token, amount));
    }

    function test_RWD02_fundsAndPays() public {
        _fund(MODULE, 1, 100);
        vm.prank(MODULE);
        _escrow.pay(1, PAYEE, 60);
        assertEq(_token.balanceOf(PAYEE), 60);
        (address token, uint256 remaining) = _escrow.accountOf(MODULE, 1);
        assertEq(token, address(_token));
        assertEq(remaining, 40);
        assertEq(_token.balanceOf(address(_escrow)), 40);
    }

    function test_RWD02_refusesToFundTwice() public {
        _fund(MODULE, 1, 100);
        vm.prank(MODULE);
        _escrow.pay(1, PAYEE, 100); // an emptied account is not a new one
        bytes memory reason = abi.encodeWithSelector(IRewardEscrow.RewardEscrow_AlreadyFunded.selector, MODULE, 1);
        _refused(MODULE, _fundData(1, address(_token), 1), reason);
    }

    function test_RWD02_anEmptiedAccountOfNativeCurrencyIsNotANewOne() public {
        vm.deal(MODULE, 10);
        vm.startPrank(MODULE);
        _escrow.fund{value: 10}(1, address(0), 10);
        _escrow.pay(1, PAYEE, 10);
        vm.stopPrank();
        bytes memory reason = abi.encodeWithSelector(IRewardEscrow.RewardEscrow_AlreadyFunded.selector, MODULE, 1);
        _refused(MODULE, _fundData(1, address(0), 1), reason);
        _refused(MODULE, _fundData(1, address(_token), 1), reason);
    }

    function test_RWD02_anUnfundedAccountHasNoToken() public view {
        (address token, uint256 remaining) = _escrow.accountOf(MODULE, 9);
        assertEq(token, address(0));
        assertEq(remaining, 0);
    }

    /// @dev Its own address stands for native currency within: as a token it must get nobody any.
    function test_RWD02_theEscrowIsNoToken() public {
        vm.deal(address(_escrow), 100);
        vm.expectRevert();
        vm.prank(MODULE);
        _escrow.fund(1, address(_escrow), 100);
    }

    function test_RWD02_holdsAtMostAWordsShare() public {
        uint128 most = type(uint96).max;
        _fund(MODULE, 1, most);
        (, uint256 remaining) = _escrow.accountOf(MODULE, 1);
        assertEq(remaining, most);
        bytes4 selector = IRewardEscrow.RewardEscrow_TooLarge.selector;
        _refused(MODULE, _fundData(2, address(_token), most + 1), abi.encodeWithSelector(selector, most + 1, most));
        bytes memory reason = abi.encodeWithSelector(selector, type(uint128).max, most);
        _refused(MODULE, _fundData(2, address(_token), type(uint128).max), reason);
    }

    function test_RWD02_refusesNothing() public {
        bytes memory reason = abi.encodeWithSelector(IRewardEscrow.RewardEscrow_NoAmount.selector);
        _refused(MODULE, _fundData(1, address(_token), 0), reason);
    }

    function test_RWD01_refusesTheWrongValue() public {
        vm.deal(MODULE, 10);
        bytes4 selector = IRewardEscrow.RewardEscrow_WrongValue.selector;
        _refused(MODULE, _fundData(1, address(0), 5), abi.encodeWithSelector(selector, 0, 5));
        bytes memory reason = abi.encodeWithSelector(selector, 1, 0);
        vm.prank(MODULE);
        vm.expectRevert(reason);
        _escrow.fund{value: 1}(1, address(_token), 5);
    }

    function test_RWD01_refusesAFee() public {
        _token.mint(MODULE, 100);
        vm.prank(MODULE);
        _token.approve(address(_escrow), 100);
        _token.setFee(3);
        bytes4 selector = IRewardEscrow.RewardEscrow_WrongAmountReceived.selector;
        bytes memory reason = abi.encodeWithSelector(selector, address(_token), 97, 100);
        _refused(MODULE, _fundData(1, address(_token), 100), reason);
    }

    function test_RWD01_refusesATokenThatReturnsFalse() public {
        _fund(MODULE, 1, 100);
        _token.setFailing(true);
        bytes memory reason = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(_token));
        _refused(MODULE, _fundData(2, address(_token), 100), reason);
        _refused(MODULE, abi.encodeCall(_escrow.pay, (1, PAYEE, 1)), reason);
    }

    function test_RWD02_neverPaysMoreThanTheAccountHolds() public {
        _fund(MODULE, 1, 100);
        _fund(MODULE, 2, 1000);
        bytes4 selector = IRewardEscrow.RewardEscrow_Insufficient.selector;
        bytes memory reason = abi.encodeWithSelector(selector, MODULE, 1, 100, 101);
        _refused(MODULE, abi.encodeCall(_escrow.pay, (1, PAYEE, 101)), reason);
    }

    function test_RWD02_aModulePaysOnlyFromItsOwn() public {
        _fund(MODULE, 1, 100);
        bytes4 selector = IRewardEscrow.RewardEscrow_Insufficient.selector;
        bytes memory reason = abi.encodeWithSelector(selector, OTHER, 1, 0, 1);
        _refused(OTHER, abi.encodeCall(_escrow.pay, (1, PAYEE, 1)), reason);
    }

    function test_RWD02_paysNativeCurrency() public {
        vm.deal(MODULE, 10);
        vm.startPrank(MODULE);
        _escrow.fund{value: 10}(1, address(0), 10);
        _escrow.pay(1, PAYEE, 4);
        vm.stopPrank();
        assertEq(PAYEE.balance, 4);
        assertEq(address(_escrow).balance, 6);
        (address token, uint256 remaining) = _escrow.accountOf(MODULE, 1);
        assertEq(token, address(0));
        assertEq(remaining, 6);
    }

    /// @dev A token may refuse one recipient: the others are paid from the same account.
    function test_RWD03_aBlockedRecipientHarmsNobodyElse() public {
        _fund(MODULE, 1, 100);
        _token.setBlocked(PAYEE);
        bytes memory reason = abi.encodeWithSelector(HostileToken.HostileToken_Blocked.selector, PAYEE);
        _refused(MODULE, abi.encodeCall(_escrow.pay, (1, PAYEE, 1)), reason);
        vm.prank(MODULE);
        _escrow.pay(1, OTHER, 100);
        assertEq(_token.balanceOf(OTHER), 100);
    }

    /// @dev One delivery can't be counted for two accounts.
    function test_RWD04_aTokenCantFundWhileItIsTaken() public {
        _token.setHook(address(_escrow), _fundData(1, address(_token), 100));
        _fund(MODULE, 1, 100);
        assertFalse(_token.hookSucceeded());
        (, uint256 remaining) = _escrow.accountOf(MODULE, 1);
        assertEq(remaining, 100);
    }

    function test_RWD03_aReenteringModuleIsRefused() public {
        HostileReceiver module = new HostileReceiver();
        vm.deal(address(module), 10);
        module.act(address(_escrow), 10, _fundData(1, address(0), 10));
        bytes memory pay = abi.encodeCall(_escrow.pay, (1, address(module), 5));
        module.setHook(address(_escrow), pay);
        module.act(address(_escrow), 0, pay);
        assertFalse(module.hookSucceeded());
        assertEq(address(module).balance, 5);
        module.setRefusing(true);
        vm.expectRevert(abi.encodeWithSelector(HostileReceiver.HostileReceiver_Refused.selector));
        module.act(address(_escrow), 0, pay);
        (, uint256 remaining) = _escrow.accountOf(address(module), 1);
        assertEq(remaining, 5);
    }

    function testFuzz_RWD04_accountsAreApart(uint128 a, uint128 b, uint256 paid) public {
        a = uint128(bound(a, 1, type(uint96).max));
        b = uint128(bound(b, 1, type(uint96).max));
        _fund(MODULE, 1, a);
        _fund(OTHER, 1, b);
        paid = bound(paid, 0, a);
        vm.prank(MODULE);
        _escrow.pay(1, PAYEE, paid);
        (, uint256 remaining) = _escrow.accountOf(OTHER, 1);
        assertEq(remaining, b);
        (, remaining) = _escrow.accountOf(MODULE, 1);
        assertEq(remaining, a - paid);
        assertEq(_token.balanceOf(address(_escrow)), uint256(a) + b - paid);
    }
}
