// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IPolicyBook} from "../../../contracts/governance/interfaces/IPolicyBook.sol";
import {ITreasury} from "../../../contracts/governance/interfaces/ITreasury.sol";
import {MeterLib} from "../../../contracts/governance/libraries/MeterLib.sol";
import {IRewardEscrow} from "../../../contracts/rewards/interfaces/IRewardEscrow.sol";
import {SpendingFixture} from "./SpendingFixture.sol";

/// @dev Takes its amount and token in a struct whose size varies, so that calldata say first where it begins.
interface IStructured {
    struct Terms {
        address owner;
        address token;
        uint256 amount;
        bytes reason;
    }

    function open(Terms calldata terms) external;
}

/// @dev Branches: Spending.tree.
contract SpendingTest is SpendingFixture {
    using MeterLib for MeterLib.Meter;

    struct Spending {
        uint256 time;
        uint256 amount;
    }

    MeterLib.Meter private _meter;
    Spending[] private _history;

    function setUp() public {
        _foundSpender();
    }

    // ------------------------------------------------------------------------------------------------ limits

    function test_SPD01_execute_countsEveryActionOfAProposal() public {
        address[] memory targets = new address[](3);
        bytes[] memory calldatas = new bytes[](3);
        for (uint256 i; i < 3; ++i) (targets[i], calldatas[i]) = (address(money), _transfer(400));
        _pass(targets, new uint256[](3), calldatas, "");
        _expectExceeded(ORDINARY, address(money), 400, 800, 1_000);
        governor.execute(targets, new uint256[](3), calldatas, keccak256(""));
        assertEq(_counted(ORDINARY, address(money)), 0);
        calldatas[2] = _transfer(200);
        _pass(targets, new uint256[](3), calldatas, "");
        governor.execute(targets, new uint256[](3), calldatas, keccak256(""));
        assertEq(money.balanceOf(PAYEE), 1_000);
        assertEq(_counted(ORDINARY, address(money)), 1_000);
    }

    function test_SPD01_execute_countsEachTokenByItself() public {
        _spend(1_000);
        _spendAs(ORDINARY, address(other), 0, _transfer(500));
        _spendAs(ORDINARY, PAYEE, 10 ether, "");
        _refuseToSpend(1, 1_000, 1_000);
        _expectExceeded(ORDINARY, address(other), 1, 500, 500);
        _spendAs(ORDINARY, address(other), 0, _transfer(1));
        _expectExceeded(ORDINARY, NATIVE, 1, 10 ether, 10 ether);
        _spendAs(ORDINARY, PAYEE, 1, "");
    }

    function test_SPD01_execute_countsAgainstTheClassOfTheProposal() public {
        _spendAs(MAJOR, address(money), 0, _transfer(4_500));
        assertEq(_counted(MAJOR, address(money)), 4_500);
        assertEq(_counted(ORDINARY, address(money)), 0);
        _expectExceeded(MAJOR, address(money), 501, 4_500, 5_000);
        _spendAs(MAJOR, address(money), 0, _transfer(501));
        _spendAs(CONSTITUTIONAL, address(money), 0, _transfer(50_000));
        assertEq(_counted(CONSTITUTIONAL, address(money)), 0);
        _spend(1_000);
    }

    function test_SPD01_execute_spendsNothingWithoutALimit() public {
        _expectExceeded(MAJOR, address(other), 1, 0, 0);
        _spendAs(MAJOR, address(other), 0, _transfer(1));
        _spendAs(MAJOR, address(other), 0, _transfer(0));
    }

    function test_SPD02_limit_asInTheWorkedExample() public {
        uint256 start = block.timestamp;
        _spend(600);
        vm.warp(start + 20 days);
        _spend(300);
        vm.warp(start + 31 days);
        _spend(50);
        vm.warp(start + 40 days);
        _refuseToSpend(51, 950, 1_000);
        vm.warp(start + 50 days - 1);
        assertEq(_counted(ORDINARY, address(money)), 950);
        vm.warp(start + 50 days);
        assertEq(_counted(ORDINARY, address(money)), 50);
        _spend(950);
    }

    function test_SPD02_limit_isThereAgainAfterExactlyAPeriod() public {
        _spend(1_000);
        vm.warp(block.timestamp + PERIOD - 1);
        _refuseToSpend(1, 1_000, 1_000);
        vm.warp(block.timestamp + 1);
        _spend(1_000);
        vm.warp(block.timestamp + PERIOD);
        _spend(1_000);
    }

    /// @dev Against a list of all that was spent: what one period sees, whichever ends now, is never above the limit, and
    /// nothing is refused that two periods would have had room for.
    function testFuzz_SPD02_limit_holdsInEveryPeriod(uint256 seed) public {
        (_meter.limit, _meter.period) = (1_000, 100);
        for (uint256 i; i < 40; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(block.timestamp + ((seed >> 8) % (seed & 7 == 0 ? 300 : 40)));
            uint256 amount = (seed >> 64) % 500;
            if (!_meter.spend(amount)) {
                assertGe(_spentSince(200) + amount, 1_001);
                continue;
            }
            _history.push(Spending(block.timestamp, amount));
            assertLe(_spentSince(100), 1_000);
            assertGe(_meter.spent(), _spentSince(100));
            assertLe(_meter.spent(), _spentSince(200));
        }
    }

    /// @dev As before, while amount and period change: no period as long as the new one sees more than the new limit
    /// from then on, as far as it was remembered.
    function testFuzz_SPD03_limit_holdsAfterChanges(uint256 seed) public {
        (_meter.limit, _meter.period) = (1_000, 100);
        for (uint256 i; i < 40; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(block.timestamp + ((seed >> 8) % 40));
            if (seed & 7 == 1) {
                _meter.limit = uint104((seed >> 128) % 1_500);
                // never longer: what was forgotten stays forgotten
                _meter.period = uint32(1 + ((seed >> 160) % _meter.period));
            }
            uint256 amount = (seed >> 64) % 500;
            if (!_meter.spend(amount)) continue;
            _history.push(Spending(block.timestamp, amount));
            assertLe(_spentSince(_meter.period), _meter.limit);
        }
    }

    function _spentSince(uint256 age) private view returns (uint256 sum) {
        for (uint256 i; i < _history.length; ++i) {
            if (_history[i].time + age > block.timestamp) sum += _history[i].amount;
        }
    }

    function test_SPD03_setLimit_onlyByTheTreasuryItself() public {
        address[3] memory callers = [address(this), address(governor), _member(1)];
        for (uint256 i; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ITreasury.Treasury_NotItself.selector, callers[i]));
            vm.prank(callers[i]);
            treasury.setLimit(ORDINARY, address(money), 5, 1);
        }
        vm.expectEmit(address(treasury));
        emit ITreasury.LimitSet(ORDINARY, address(money), 5, 1);
        _setLimit(ORDINARY, address(money), 5, 1);
        (uint104 amount, uint32 period, uint256 spent) = treasury.limitOf(ORDINARY, address(money));
        assertEq(amount, 5);
        assertEq(period, 1);
        assertEq(spent, 0);
    }

    function test_SPD03_setLimit_revertsForTheConstitutionalClassOrNoPeriod() public {
        uint8[2] memory classes = [CONSTITUTIONAL, 255];
        for (uint256 i; i < classes.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ITreasury.Treasury_InvalidLimit.selector, classes[i], 1));
            _setLimit(classes[i], NATIVE, 1, 1);
        }
        vm.expectRevert(abi.encodeWithSelector(ITreasury.Treasury_InvalidLimit.selector, ORDINARY, 0));
        _setLimit(ORDINARY, NATIVE, 1, 0);
    }

    function test_SPD03_setLimit_forgetsNothing() public {
        _spend(700);
        _setLimit(ORDINARY, address(money), 500, PERIOD);
        _refuseToSpend(1, 700, 500);
        _setLimit(ORDINARY, address(money), 0, 1 days);
        _setLimit(ORDINARY, address(money), 1_500, 60 days);
        _refuseToSpend(801, 700, 1_500);
        _spend(800);
        vm.warp(block.timestamp + 60 days - 1);
        _refuseToSpend(1, 1_500, 1_500);
    }

    // ------------------------------------------------------------------------------------------------- rules

    function test_SPD04_spendingOf_readsTheArgumentsThatTheRuleNames() public {
        bytes memory data = abi.encodeCall(IRewardEscrow.fund, (7, address(money), 300));
        _setRule(address(ledger), IRewardEscrow.fund.selector, IPolicyBook.Rule(ORDINARY, 3, 2, false));
        _expectSpending(address(ledger), data, ORDINARY, address(money), 300);
        // Native currency counts by the value that the call carries.
        data = abi.encodeCall(IRewardEscrow.fund, (7, NATIVE, 300));
        _expectSpending(address(ledger), data, ORDINARY, NATIVE, 0);
        // What spends nothing does not read.
        _expectSpending(address(ledger), abi.encodeCall(ledger.set, (5)), ORDINARY, NATIVE, 0);
        _expectSpending(PAYEE, "", ORDINARY, NATIVE, 0);
    }

    function test_SPD04_spendingOf_readsWithinAStruct() public {
        IStructured.Terms memory terms = IStructured.Terms(address(this), address(money), 300, "why");
        bytes memory data = abi.encodeCall(IStructured.open, (terms));
        _setRule(address(ledger), IStructured.open.selector, IPolicyBook.Rule(ORDINARY, 3, 2, true));
        _expectSpending(address(ledger), data, ORDINARY, address(money), 300);
        // A struct elsewhere leaves a decoy where it should be.
        data[35] = 0x40;
        _expectSpending(address(ledger), data, CONSTITUTIONAL, NATIVE, 0);
        _expectSpending(address(ledger), abi.encodePacked(IStructured.open.selector), CONSTITUTIONAL, NATIVE, 0);
    }

    function test_SPD04_spendingOf_isConstitutionalWhereArgumentsLack() public {
        _setRule(address(ledger), IRewardEscrow.fund.selector, IPolicyBook.Rule(ORDINARY, 3, 2, false));
        bytes memory data = abi.encodeCall(IRewardEscrow.fund, (7, address(money), 300));
        bytes memory short = new bytes(data.length - 1);
        for (uint256 i; i < short.length; ++i) short[i] = data[i];
        _expectSpending(address(ledger), short, CONSTITUTIONAL, NATIVE, 0);
        // A token with dirt above its 160 bits.
        data[4 + 32] = 0x01;
        _expectSpending(address(ledger), data, CONSTITUTIONAL, NATIVE, 0);
    }

    /// @dev Values as they are signed, narrow or huge; the amount is the whole word.
    function testFuzz_SPD04_spendingOf_readsWholeWords(uint256 amount) public view {
        _expectSpending(address(money), _transfer(amount), ORDINARY, address(money), amount);
    }

    function test_SPD04_setRule_revertsForContradictions() public {
        IPolicyBook.Rule[6] memory rules = [
            IPolicyBook.Rule(ORDINARY, 0, 1, false),
            IPolicyBook.Rule(ORDINARY, VALUE_ONLY, 1, false),
            IPolicyBook.Rule(ORDINARY, 2, 2, false),
            IPolicyBook.Rule(ORDINARY, VALUE_ONLY, 2, false),
            IPolicyBook.Rule(ORDINARY, 0, 0, true),
            IPolicyBook.Rule(ORDINARY, VALUE_ONLY, 0, true)
        ];
        for (uint256 i; i < rules.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IPolicyBook.PolicyBook_InvalidRule.selector,
                    address(ledger),
                    ledger.refuse.selector,
                    i < 4 ? "tokenArgument" : "inStruct"
                )
            );
            _setRule(address(ledger), ledger.refuse.selector, rules[i]);
        }
    }

    function test_SPD05_setRule_wantsKnownSpendersMetered() public {
        string[18] memory known = [
            "burn(uint256)",
            "burn(uint256,bytes)",
            "withdraw(uint256,address,address)",
            "redeem(uint256,address,address)",
            "transfer(address,uint256)",
            "approve(address,uint256)",
            "increaseAllowance(address,uint256)",
            "increaseApproval(address,uint256)",
            "burnFrom(address,uint256)",
            "send(address,uint256,bytes)",
            "transferAndCall(address,uint256)",
            "transferAndCall(address,uint256,bytes)",
            "approveAndCall(address,uint256)",
            "approveAndCall(address,uint256,bytes)",
            "transferFrom(address,address,uint256)",
            "transferFromAndCall(address,address,uint256)",
            "transferFromAndCall(address,address,uint256,bytes)",
            ""
        ];
        for (uint256 i; i < 17; ++i) {
            bytes4 selector = bytes4(keccak256(bytes(known[i])));
            _wantsMetered(
                PAYEE,
                selector,
                i < 4
                    ? 1
                    : i < 14
                        ? 2
                        : 3
            );
        }
        _wantsMetered(NATIVE, bytes4(0), VALUE_ONLY);
    }

    function _wantsMetered(address target, bytes4 selector, uint8 amountArgument) private {
        IPolicyBook.Rule[5] memory rules = [
            _unmetered(ORDINARY),
            IPolicyBook.Rule(ORDINARY, 4, 0, false),
            IPolicyBook.Rule(ORDINARY, amountArgument, amountArgument == 1 ? 2 : 1, false),
            IPolicyBook.Rule(ORDINARY, amountArgument, 0, true),
            _byValue(ORDINARY)
        ];
        for (uint256 i; i < (target == NATIVE ? 2 : 5); ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IPolicyBook.PolicyBook_MustBeMetered.selector, target, selector, amountArgument)
            );
            _setRule(target, selector, rules[i]);
        }
        _setRule(target, selector, IPolicyBook.Rule(ORDINARY, amountArgument, 0, false));
        // Back to the constitution it may always go.
        _setRule(target, selector, _unmetered(CONSTITUTIONAL));
    }

    function test_SPD05_setRule_forNobodyIsForTransfersOnly() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IPolicyBook.PolicyBook_MustBeMetered.selector,
                NATIVE,
                IERC20.transfer.selector,
                VALUE_ONLY
            )
        );
        _setRule(NATIVE, IERC20.transfer.selector, _byValue(ORDINARY));
    }

    function test_GOV02_classOf_transfersOfNativeCurrency() public {
        assertEq(policyBook.classOf(address(treasury), PAYEE, 1, ""), ORDINARY);
        assertEq(policyBook.classOf(address(treasury), PAYEE, 0, ""), ORDINARY);
        assertEq(policyBook.classOf(address(treasury), PAYEE, 1, hex"00"), CONSTITUTIONAL);
        assertEq(policyBook.classOf(address(treasury), PAYEE, 1, hex"00000000"), CONSTITUTIONAL);
        assertEq(policyBook.classOf(address(treasury), NATIVE, 1, hex"000000"), CONSTITUTIONAL);
        // What the cooperative consists of stays pinned.
        assertEq(policyBook.classOf(address(treasury), address(treasury), 1, ""), CONSTITUTIONAL);
        assertEq(policyBook.classOf(address(treasury), address(governor), 1, ""), CONSTITUTIONAL);
        assertEq(policyBook.classOf(address(treasury), address(policyBook), 1, ""), CONSTITUTIONAL);
        _setRule(NATIVE, bytes4(0), _unmetered(CONSTITUTIONAL));
        assertEq(policyBook.classOf(address(treasury), PAYEE, 1, ""), CONSTITUTIONAL);
    }

    // --------------------------------------------------------------------------------------------- execution

    function test_SPD06_execute_revertsForAnActionThatNeedsMoreByNow() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(
            address(money),
            0,
            _transfer(10)
        );
        uint256 proposalId = _pass(targets, values, calldatas, "");
        _setRule(address(money), IERC20.transfer.selector, IPolicyBook.Rule(MAJOR, 2, 0, false));
        vm.expectRevert(abi.encodeWithSelector(ITreasury.Treasury_ClassTooLow.selector, 0, MAJOR, ORDINARY));
        governor.execute(targets, values, calldatas, keccak256(""));
        _setRule(address(money), IERC20.transfer.selector, _unmetered(CONSTITUTIONAL));
        vm.expectRevert(abi.encodeWithSelector(ITreasury.Treasury_ClassTooLow.selector, 0, CONSTITUTIONAL, ORDINARY));
        governor.execute(targets, values, calldatas, keccak256(""));
        _setRule(address(money), IERC20.transfer.selector, IPolicyBook.Rule(ORDINARY, 2, 0, false));
        governor.execute(targets, values, calldatas, keccak256(""));
        assertEq(uint8(governor.state(proposalId)), 7);
    }

    function test_SPD07_raiseTo_raisesAProposal() public {
        address[] memory targets = new address[](2);
        bytes[] memory calldatas = new bytes[](2);
        (targets[0], calldatas[0]) = (address(money), _transfer(3_000));
        (targets[1], calldatas[1]) = (address(policyBook), abi.encodeCall(IPolicyBook.raiseTo, (MAJOR)));
        _pass(targets, new uint256[](2), calldatas, "");
        governor.execute(targets, new uint256[](2), calldatas, keccak256(""));
        assertEq(_counted(MAJOR, address(money)), 3_000);
        assertEq(_counted(ORDINARY, address(money)), 0);
    }

    function test_SPD07_raiseTo_neverLowers() public view {
        uint256[4] memory wanted = [CONSTITUTIONAL, CONSTITUTIONAL + 1, 1 << 8, type(uint256).max];
        for (uint256 i; i < wanted.length; ++i) {
            bytes memory raise = abi.encodeWithSelector(IPolicyBook.raiseTo.selector, wanted[i]);
            assertEq(policyBook.classOf(address(treasury), address(policyBook), 0, raise), CONSTITUTIONAL);
        }
        // Beside a call of a higher class, with an argument too much or too few, or at another book.
        bytes memory low = abi.encodeCall(IPolicyBook.raiseTo, (0));
        address[] memory targets = new address[](2);
        bytes[] memory calldatas = new bytes[](2);
        (targets[0], calldatas[0]) = (address(policyBook), low);
        (targets[1], calldatas[1]) = (address(money), _transfer(1));
        (uint8 policyClass, , ) = policyBook.classify(address(treasury), targets, new uint256[](2), calldatas);
        assertEq(policyClass, ORDINARY);
        bytes[3] memory odd = [abi.encodePacked(low, uint8(0)), bytes(hex"12"), abi.encodePacked(bytes4(low))];
        for (uint256 i; i < odd.length; ++i) {
            assertEq(policyBook.classOf(address(treasury), address(policyBook), 0, odd[i]), CONSTITUTIONAL);
        }
        assertEq(policyBook.classOf(address(treasury), address(ledger), 0, low), CONSTITUTIONAL);
    }

    function test_SPD07_raiseTo_revertsForAClassWithoutPolicy() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(
            address(policyBook),
            0,
            abi.encodeCall(IPolicyBook.raiseTo, (4))
        );
        vm.expectRevert(abi.encodeWithSelector(IPolicyBook.PolicyBook_NoPolicy.selector, address(treasury), 4));
        vm.prank(_member(1));
        governor.propose(targets, values, calldatas, "");
    }

    /// @dev Empty when it should pay, full again before the window ends.
    function test_SPD08_execute_isTriedAgainAfterADrain() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(
            address(money),
            0,
            _transfer(900)
        );
        uint256 proposalId = _pass(targets, values, calldatas, "");
        uint256 eta = governor.proposalEta(proposalId);
        vm.prank(address(treasury));
        money.transfer(address(1), 100_000);
        vm.expectRevert();
        governor.execute(targets, values, calldatas, keccak256(""));
        assertEq(_counted(ORDINARY, address(money)), 0);
        assertEq(uint8(governor.state(proposalId)), 5);
        money.mint(address(treasury), 900);
        vm.warp(eta + 7 days);
        governor.execute(targets, values, calldatas, keccak256(""));
        assertEq(money.balanceOf(PAYEE), 900);
    }

    function test_SPD08_execute_isTriedAgainWhenTheLimitAllows() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(
            address(money),
            0,
            _transfer(400)
        );
        _spend(700);
        vm.warp(block.timestamp + PERIOD - 5 days); // voting and delay last four days and an hour
        _pass(targets, values, calldatas, "");
        _expectExceeded(ORDINARY, address(money), 400, 700, 1_000);
        governor.execute(targets, values, calldatas, keccak256(""));
        vm.warp(block.timestamp + 1 days);
        governor.execute(targets, values, calldatas, keccak256(""));
        assertEq(_counted(ORDINARY, address(money)), 400);
    }

    function _expectSpending(
        address target,
        bytes memory data,
        uint8 policyClass,
        address token,
        uint256 amount
    ) private view {
        (uint8 actualClass, address actualToken, uint256 actual) = policyBook.spendingOf(
            address(treasury),
            target,
            0,
            data
        );
        assertEq(actualClass, policyClass);
        assertEq(actualToken, token);
        assertEq(actual, amount);
    }
}
