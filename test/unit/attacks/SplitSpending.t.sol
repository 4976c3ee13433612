// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

import {IPolicyBook} from "../../../contracts/governance/interfaces/IPolicyBook.sol";
import {ITreasury} from "../../../contracts/governance/interfaces/ITreasury.sol";
import {HostileReceiver} from "../../../contracts/mocks/HostileReceiver.sol";
import {SpendingFixture} from "../governance/SpendingFixture.sol";

contract PermitToken is ERC20Permit {
    constructor() ERC20("Permit", "PMT") ERC20Permit("Permit") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @dev Answers with more than anybody wants to read.
contract Bomb {
    fallback() external payable {
        assembly {
            return(0, 200000)
        }
    }
}

/// @dev Does with whatever it is sent, or called with, what nobody voted on.
contract EagerFallback {
    address private _target;
    bytes private _data;

    error EagerFallback_Refused();

    constructor(address target, bytes memory data) {
        (_target, _data) = (target, data);
    }

    // solhint-disable-next-line no-complex-fallback
    fallback() external payable {
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, ) = _target.call(_data);
        if (!success) revert EagerFallback_Refused();
    }
}

/// @dev Ways to spend more than a class may.
contract SplitSpendingTest is SpendingFixture {
    function setUp() public {
        _foundSpender();
    }

    function _one(
        address target,
        uint256 value,
        bytes memory data,
        string memory description
    ) private returns (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) {
        (targets, values, calldatas) = _single(target, value, data);
        _pass(targets, values, calldatas, description);
    }

    /// @dev Five proposals of 300 each would be 1,500 within a month.
    function test_SPD01_splitOverProposals() public {
        address[] memory targets;
        uint256[] memory values;
        bytes[] memory calldatas;
        string[5] memory names = ["a", "b", "c", "d", "e"];
        for (uint256 i; i < 5; ++i) {
            (targets, values, calldatas) = _one(address(money), 0, _transfer(300), names[i]);
            if (i > 2) vm.expectPartialRevert(ITreasury.Treasury_LimitExceeded.selector);
            governor.execute(targets, values, calldatas, keccak256(bytes(names[i])));
        }
        assertEq(money.balanceOf(PAYEE), 900);
    }

    /// @dev A token's callback executes another passed proposal in the middle of the first.
    function test_SPD01_aHookExecutesAnotherProposal() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _one(
            address(money),
            0,
            _transfer(600),
            "outer"
        );
        _one(address(money), 0, _transfer(600), "inner");
        money.setHook(
            address(governor),
            abi.encodeCall(governor.execute, (targets, values, calldatas, keccak256("inner")))
        );
        governor.execute(targets, values, calldatas, keccak256("outer"));
        assertFalse(money.hookSucceeded());
        assertEq(money.balanceOf(PAYEE), 600);
        assertEq(_counted(ORDINARY, address(money)), 600);
    }

    /// @dev The same where the other one still fits: both count.
    function test_SPD01_aHookThatFitsCountsToo() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _one(
            address(money),
            0,
            _transfer(400),
            "outer"
        );
        _one(address(money), 0, _transfer(400), "inner");
        money.setHook(
            address(governor),
            abi.encodeCall(governor.execute, (targets, values, calldatas, keccak256("inner")))
        );
        governor.execute(targets, values, calldatas, keccak256("outer"));
        assertEq(money.balanceOf(PAYEE), 800);
        assertEq(_counted(ORDINARY, address(money)), 800);
    }

    function test_SPD01_aRecipientExecutesAnotherProposal() public {
        HostileReceiver receiver = new HostileReceiver();
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _one(
            address(receiver),
            6 ether,
            "",
            "outer"
        );
        _one(address(receiver), 6 ether, "", "inner");
        receiver.setHook(
            address(governor),
            abi.encodeCall(governor.execute, (targets, values, calldatas, keccak256("inner")))
        );
        governor.execute(targets, values, calldatas, keccak256("outer"));
        assertFalse(receiver.hookSucceeded());
        assertEq(address(receiver).balance, 6 ether);
    }

    /// @dev What an executor sends along is spent like the treasury's own: the meter can't be paid out of.
    function test_SPD01_moneySentAlongCounts() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _one(PAYEE, 11 ether, "", "");
        vm.deal(address(this), 11 ether);
        _expectExceeded(ORDINARY, NATIVE, 11 ether, 0, 10 ether);
        governor.execute{value: 11 ether}(targets, values, calldatas, keccak256(""));
    }

    /// @dev A call with data that carries value too: both count.
    function test_SPD01_valueBesideData() public {
        _spendAs(ORDINARY, address(ledger), 7 ether, abi.encodeCall(ledger.set, (1)));
        _expectExceeded(ORDINARY, NATIVE, 4 ether, 7 ether, 10 ether);
        _spendAs(ORDINARY, PAYEE, 4 ether, "");
        // Value is no way around an unmetered rule.
        _setRule(address(ledger), ledger.set.selector, _unmetered(ORDINARY));
        vm.expectRevert(abi.encodeWithSelector(ITreasury.Treasury_ClassTooLow.selector, 0, CONSTITUTIONAL, ORDINARY));
        _spendAs(ORDINARY, address(ledger), 1, abi.encodeCall(ledger.set, (1)));
    }

    function test_SPD04_negativeAndHugeAmounts() public {
        _refuseToSpend(type(uint256).max, 0, 1_000);
        _refuseToSpend(uint256(type(int256).min), 0, 1_000);
        _refuseToSpend(uint256(1) << 104, 0, 1_000);
        _setLimit(ORDINARY, address(money), type(uint104).max, PERIOD);
        _spend(1);
        _refuseToSpend(type(uint256).max, 1, type(uint104).max);
        _refuseToSpend(uint256(type(uint104).max), 1, type(uint104).max);
    }

    /// @dev An amount that the calldata lacks, or that a longer calldata hides behind.
    function test_SPD04_calldataThatIsNotAsItSeems() public {
        bytes memory truncated = abi.encodePacked(IERC20.transfer.selector, uint256(uint160(PAYEE)), uint128(0));
        vm.expectRevert(abi.encodeWithSelector(ITreasury.Treasury_ClassTooLow.selector, 0, CONSTITUTIONAL, ORDINARY));
        _spendAs(ORDINARY, address(money), 0, truncated);
        bytes memory longer = abi.encodePacked(_transfer(1_001), uint256(1));
        _expectExceeded(ORDINARY, address(money), 1_001, 0, 1_000);
        _spendAs(ORDINARY, address(money), 0, longer);
        // Dirt above the recipient's address is the token's to refuse, and moves no amount.
        bytes memory dirty = abi.encodePacked(IERC20.transfer.selector, type(uint256).max, uint256(1_001));
        _expectExceeded(ORDINARY, address(money), 1_001, 0, 1_000);
        _spendAs(ORDINARY, address(money), 0, dirty);
    }

    /// @dev The allowance counted; taking it later neither counts again nor makes room.
    function test_SPD05_anAllowanceIsSpentWhenItIsGiven() public {
        _spendAs(ORDINARY, address(money), 0, abi.encodeCall(IERC20.approve, (PAYEE, 1_000)));
        _refuseToSpend(1, 1_000, 1_000);
        vm.prank(PAYEE);
        money.transferFrom(address(treasury), PAYEE, 1_000);
        _expectExceeded(ORDINARY, address(money), 1_000, 1_000, 1_000);
        _spendAs(ORDINARY, address(money), 0, abi.encodeCall(IERC20.approve, (PAYEE, 1_000)));
        // Taking one back is free.
        _spendAs(ORDINARY, address(money), 0, abi.encodeCall(IERC20.approve, (PAYEE, 0)));
    }

    /// @dev A treasury has no key and vouches for no signature, so nobody can sign an allowance in its name.
    function test_SPD05_nobodySignsAnAllowance() public {
        PermitToken token = new PermitToken();
        token.mint(address(treasury), 1_000);
        uint256 deadline = block.timestamp + 1 days;
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_key(1), keccak256("whatever"));
        vm.expectRevert();
        token.permit(address(treasury), PAYEE, 1_000, deadline, v, r, s);
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, ) = address(treasury).call(abi.encodeWithSignature("isValidSignature(bytes32,bytes)", r, ""));
        assertFalse(success);
        vm.expectRevert(
            abi.encodeWithSelector(IPolicyBook.PolicyBook_Pinned.selector, address(token), ERC20Permit.permit.selector)
        );
        _setRule(address(token), ERC20Permit.permit.selector, _unmetered(ORDINARY));
    }

    /// @dev A fee is taken from what arrives: the treasury spends what was counted, no more.
    function test_SPD04_aTokenThatTakesAFee() public {
        money.setFee(7);
        _spend(1_000);
        assertEq(money.balanceOf(address(treasury)), 99_000);
        assertEq(money.balanceOf(PAYEE), 993);
        _refuseToSpend(1, 1_000, 1_000);
    }

    /// @dev Raising the limit, or lowering what counts, by the class that would profit.
    function test_SPD03_aClassCantRaiseItsOwnLimit() public {
        bytes[3] memory calls = [
            abi.encodeCall(ITreasury.setLimit, (ORDINARY, address(money), type(uint104).max, 1)),
            abi.encodeCall(ITreasury.setHeir, (PAYEE)),
            abi.encodeCall(ITreasury.setGovernor, (PAYEE))
        ];
        for (uint256 i; i < calls.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(ITreasury.Treasury_ClassTooLow.selector, 0, CONSTITUTIONAL, ORDINARY)
            );
            _spendAs(ORDINARY, address(treasury), 0, calls[i]);
            vm.expectRevert(
                abi.encodeWithSelector(IPolicyBook.PolicyBook_Pinned.selector, address(treasury), bytes4(calls[i]))
            );
            _setRule(address(treasury), bytes4(calls[i]), _unmetered(ORDINARY));
        }
    }

    /// @dev A limit lowered while a proposal waits holds for that proposal.
    function test_SPD03_aLimitLoweredWhileAProposalWaits() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _one(
            address(money),
            0,
            _transfer(600),
            ""
        );
        _setLimit(ORDINARY, address(money), 500, PERIOD);
        _expectExceeded(ORDINARY, address(money), 600, 0, 500);
        governor.execute(targets, values, calldatas, keccak256(""));
    }

    /// @dev Money sent to a contract whose fallback acts: it acts in its own name.
    function test_SPD06_aFallbackThatExecutes() public {
        EagerFallback fallback_ = new EagerFallback(
            address(treasury),
            abi.encodeCall(ITreasury.setGovernor, (address(ledger)))
        );
        vm.expectRevert();
        _spendAs(ORDINARY, address(fallback_), 1 ether, "");
        fallback_ = new EagerFallback(address(money), _transfer(1));
        vm.expectRevert();
        _spendAs(ORDINARY, address(fallback_), 1 ether, "");
        assertEq(money.balanceOf(address(treasury)), 100_000);
    }

    /// @dev What a target answers is not looked at, and costs its proposal alone.
    function test_SPD08_aReturnBomb() public {
        Bomb bomb = new Bomb();
        address[] memory targets = new address[](2);
        bytes[] memory calldatas = new bytes[](2);
        (targets[0], calldatas[0]) = (address(bomb), hex"12345678");
        (targets[1], calldatas[1]) = (address(money), _transfer(5));
        _pass(targets, new uint256[](2), calldatas, "");
        governor.execute{gas: 2_000_000}(targets, new uint256[](2), calldatas, keccak256(""));
        assertEq(money.balanceOf(PAYEE), 5);
    }

    /// @dev What the description says is nobody's class: the calldata decide.
    function test_GOV01_wordingAndEffectDiffer() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(
            address(treasury),
            0,
            abi.encodeCall(ITreasury.setGovernor, (address(ledger)))
        );
        vm.prank(_member(1));
        uint256 proposalId = governor.propose(targets, values, calldatas, "# Buy flowers\n\nAn ordinary matter.");
        (, uint256 policy) = governor.proposalPolicy(proposalId);
        assertEq(policy >> 253, CONSTITUTIONAL);
    }
}
