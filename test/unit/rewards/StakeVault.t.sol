// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {HostileReceiver} from "../../../contracts/mocks/HostileReceiver.sol";
import {HostileToken} from "../../../contracts/mocks/HostileToken.sol";
import {StakeVault} from "../../../contracts/rewards/StakeVault.sol";
import {IStakeVault} from "../../../contracts/rewards/interfaces/IStakeVault.sol";
import {TestBase} from "../Vm.sol";

contract StakeVaultTest is TestBase {
    address private constant MODULE = address(0x111);
    address private constant OTHER = address(0x222);
    address private constant STAKER = address(0x333);
    address private constant VICTIM = address(0x444);

    StakeVault private _vault;
    HostileToken private _token;

    function setUp() public {
        _vault = new StakeVault();
        _token = new HostileToken();
        _deposit(100);
    }

    function _deposit(uint128 amount) private {
        _token.mint(STAKER, amount);
        vm.startPrank(STAKER);
        _token.approve(address(_vault), amount);
        _vault.deposit(MODULE, address(_token), amount);
        vm.stopPrank();
    }

    function _lock(uint128 amount) private {
        vm.prank(MODULE);
        _vault.lock(STAKER, address(_token), amount);
    }

    function _refused(address caller, bytes memory data, bytes memory reason) private {
        vm.prank(caller);
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory result) = address(_vault).call(data);
        assertFalse(success);
        assertEq(result, reason);
    }

    function _holds(uint256 free, uint256 locked) private view {
        (uint256 actualFree, uint256 actualLocked) = _vault.stakeOf(MODULE, address(_token), STAKER);
        assertEq(actualFree, free);
        assertEq(actualLocked, locked);
    }

    function _short(bytes4 selector, address module, uint256 has, uint256 needed) private view returns (bytes memory) {
        return abi.encodeWithSelector(selector, module, address(_token), STAKER, has, needed);
    }

    function test_STK02_locksUnlocksAndWithdraws() public {
        _lock(70);
        _holds(30, 70);
        vm.prank(MODULE);
        _vault.unlock(STAKER, address(_token), 20);
        _holds(50, 50);
        vm.prank(STAKER);
        _vault.withdraw(MODULE, address(_token), 50, VICTIM);
        assertEq(_token.balanceOf(VICTIM), 50);
        _holds(0, 50);
        assertEq(_vault.totalHeld(address(_token)), 50);
    }

    function test_STK01_refusesZero() public {
        bytes memory reason = abi.encodeWithSelector(IStakeVault.StakeVault_NoAmount.selector);
        _refused(STAKER, abi.encodeCall(_vault.deposit, (MODULE, address(_token), 0)), reason);
        _refused(STAKER, abi.encodeCall(_vault.withdraw, (MODULE, address(_token), 0, STAKER)), reason);
        _refused(MODULE, abi.encodeCall(_vault.lock, (STAKER, address(_token), 0)), reason);
        _refused(MODULE, abi.encodeCall(_vault.unlock, (STAKER, address(_token), 0)), reason);
    }

    function test_STK01_refusesTheWrongValue() public {
        bytes4 selector = IStakeVault.StakeVault_WrongValue.selector;
        bytes memory data = abi.encodeCall(_vault.deposit, (MODULE, address(0), 5));
        _refused(STAKER, data, abi.encodeWithSelector(selector, 0, 5));
        vm.deal(STAKER, 1);
        bytes memory reason = abi.encodeWithSelector(selector, 1, 0);
        vm.prank(STAKER);
        vm.expectRevert(reason);
        _vault.deposit{value: 1}(MODULE, address(_token), 5);
    }

    function test_STK04_refusesAFee() public {
        _token.mint(STAKER, 10);
        vm.prank(STAKER);
        _token.approve(address(_vault), 10);
        _token.setFee(1);
        bytes4 selector = IStakeVault.StakeVault_WrongAmountReceived.selector;
        bytes memory reason = abi.encodeWithSelector(selector, address(_token), 9, 10);
        _refused(STAKER, abi.encodeCall(_vault.deposit, (MODULE, address(_token), 10)), reason);
    }

    function test_STK02_lockedStakeStays() public {
        _lock(70);
        bytes4 selector = IStakeVault.StakeVault_InsufficientFree.selector;
        bytes memory reason = _short(selector, MODULE, 30, 31);
        _refused(STAKER, abi.encodeCall(_vault.withdraw, (MODULE, address(_token), 31, STAKER)), reason);
        _refused(MODULE, abi.encodeCall(_vault.lock, (STAKER, address(_token), 31)), reason);
        selector = IStakeVault.StakeVault_InsufficientLocked.selector;
        reason = _short(selector, MODULE, 70, 71);
        _refused(MODULE, abi.encodeCall(_vault.unlock, (STAKER, address(_token), 71)), reason);
    }

    /// @dev Stake entrusted to one module is out of every other's reach.
    function test_STK01_aModuleReachesOnlyItsOwn() public {
        _lock(70);
        bytes memory reason = _short(IStakeVault.StakeVault_InsufficientFree.selector, OTHER, 0, 1);
        _refused(OTHER, abi.encodeCall(_vault.lock, (STAKER, address(_token), 1)), reason);
        reason = _short(IStakeVault.StakeVault_InsufficientLocked.selector, OTHER, 0, 1);
        _refused(OTHER, abi.encodeCall(_vault.unlock, (STAKER, address(_token), 1)), reason);
        vm.prank(OTHER);
        assertEq(_vault.slash(STAKER, address(_token), 70, VICTIM), 0);
        _holds(30, 70);
    }

    function test_STK03_slashesWhatIsThere() public {
        _lock(70);
        vm.startPrank(MODULE);
        assertEq(_vault.slash(STAKER, address(_token), 50, VICTIM), 50);
        assertEq(_vault.slash(STAKER, address(_token), type(uint128).max, VICTIM), 20);
        assertEq(_vault.slash(STAKER, address(_token), 1, VICTIM), 0);
        vm.stopPrank();
        _holds(30, 0);
        assertEq(_vault.collectable(address(_token), VICTIM), 70);
        assertEq(_vault.collect(address(_token), VICTIM), 70);
        assertEq(_token.balanceOf(VICTIM), 70);
        bytes memory reason = abi.encodeWithSelector(
            IStakeVault.StakeVault_NothingToCollect.selector,
            address(_token),
            VICTIM
        );
        _refused(VICTIM, abi.encodeCall(_vault.collect, (address(_token), VICTIM)), reason);
    }

    /// @dev A token that blocks everybody can't keep a module from slashing and unlocking.
    function test_STK03_aHostileTokenStallsNoModule() public {
        _lock(70);
        _token.setFailing(true);
        vm.startPrank(MODULE);
        _vault.slash(STAKER, address(_token), 10, VICTIM);
        _vault.unlock(STAKER, address(_token), 60);
        vm.stopPrank();
        _holds(90, 0);
    }

    function test_STK05_aJailedAccountTakesNoSeat() public {
        uint48 until = uint48(block.timestamp + 100);
        _lock(10);
        vm.expectEmit(address(_vault));
        emit IStakeVault.AccountJailed(MODULE, STAKER, until);
        vm.prank(MODULE);
        _vault.jail(STAKER, until);
        assertEq(_vault.jailedUntil(MODULE, STAKER), until);
        bytes memory lock = abi.encodeCall(_vault.lock, (STAKER, address(_token), 1));
        bytes memory reason = abi.encodeWithSelector(IStakeVault.StakeVault_Jailed.selector, MODULE, STAKER, until);
        _refused(MODULE, lock, reason);
        vm.warp(until - 1);
        _refused(MODULE, lock, reason);
        vm.warp(until);
        _lock(1);
        _holds(89, 11);
    }

    /// @dev Jail keeps no money: what is locked is unlocked and slashed as ever, what is free taken back.
    function test_STK05_jailHoldsNoStake() public {
        _lock(70);
        vm.startPrank(MODULE);
        _vault.jail(STAKER, type(uint48).max);
        assertEq(_vault.slash(STAKER, address(_token), 20, VICTIM), 20);
        _vault.unlock(STAKER, address(_token), 50);
        vm.stopPrank();
        vm.prank(STAKER);
        _vault.withdraw(MODULE, address(_token), 80, STAKER);
        assertEq(_token.balanceOf(STAKER), 80);
    }

    function test_STK05_jailIsNeverShortened() public {
        uint48 until = uint48(block.timestamp + 100);
        vm.startPrank(MODULE);
        _vault.jail(STAKER, until);
        _vault.jail(STAKER, until - 50);
        _vault.jail(STAKER, 0);
        vm.stopPrank();
        assertEq(_vault.jailedUntil(MODULE, STAKER), until);
    }

    /// @dev Anybody is a module of their own: they jail for themselves alone.
    function test_STK05_aModuleJailsOnlyForItself() public {
        vm.prank(OTHER);
        _vault.jail(STAKER, type(uint48).max);
        assertEq(_vault.jailedUntil(MODULE, STAKER), 0);
        _lock(70);
        _holds(30, 70);
    }

    function test_STK02_native() public {
        HostileReceiver staker = new HostileReceiver();
        vm.deal(address(staker), 10);
        staker.act(address(_vault), 10, abi.encodeCall(_vault.deposit, (MODULE, address(0), 10)));
        bytes memory withdraw = abi.encodeCall(_vault.withdraw, (MODULE, address(0), 5, address(staker)));
        staker.setHook(address(_vault), withdraw); // re-enters
        staker.act(address(_vault), 0, withdraw);
        assertFalse(staker.hookSucceeded());
        assertEq(address(staker).balance, 5);
        assertEq(address(_vault).balance, _vault.totalHeld(address(0)));
        staker.setRefusing(true);
        vm.expectRevert(abi.encodeWithSelector(HostileReceiver.HostileReceiver_Refused.selector));
        staker.act(address(_vault), 0, withdraw);
    }

    function test_STK04_aTokenCantDepositWhileItIsTaken() public {
        _token.setHook(address(_vault), abi.encodeCall(_vault.deposit, (MODULE, address(_token), 5)));
        _deposit(5);
        assertFalse(_token.hookSucceeded());
        _holds(105, 0);
    }

    function testFuzz_STK04_stakeIsConserved(uint128 locked, uint128 slashed, uint128 unlocked) public {
        locked = uint128(bound(locked, 1, 100));
        _lock(locked);
        vm.prank(MODULE);
        uint128 taken = _vault.slash(STAKER, address(_token), slashed, VICTIM);
        assertLe(taken, locked);
        if (locked > taken) {
            unlocked = uint128(bound(unlocked, 1, locked - taken));
            vm.prank(MODULE);
            _vault.unlock(STAKER, address(_token), unlocked);
        } else {
            unlocked = 0;
        }
        _holds(100 - locked + unlocked, locked - taken - unlocked);
        assertEq(_vault.collectable(address(_token), VICTIM), taken);
        assertEq(_vault.totalHeld(address(_token)), 100);
    }
}
