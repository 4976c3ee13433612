// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {IERC721Receiver} from "@openzeppelin/contracts/token/ERC721/IERC721Receiver.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

import {Treasury} from "../../../contracts/governance/Treasury.sol";
import {ITreasury} from "../../../contracts/governance/interfaces/ITreasury.sol";
import {CooperativeFixture, Ledger} from "./CooperativeFixture.sol";

/// @dev Branches: Treasury.tree.
contract TreasuryTest is CooperativeFixture {
    function setUp() public {
        _deploy();
        _found(7, _ordinary(), _constitutional());
    }

    function test_GOV24_receive_announces() public {
        vm.deal(address(this), 1 ether);
        vm.expectEmit(address(treasury));
        emit ITreasury.NativeReceived(address(this), 1 ether);
        Address.sendValue(payable(treasury), 1 ether);
    }

    function test_GOV24_receivers_takeTokens() public {
        assertEq(
            bytes32(treasury.onERC721Received(address(0), address(0), 0, "")),
            bytes32(IERC721Receiver.onERC721Received.selector)
        );
        assertTrue(treasury.supportsInterface(type(IERC1155Receiver).interfaceId));
    }

    function test_GOV20_execute_paysAnAccount() public {
        vm.deal(address(treasury), 5 ether);
        _carryOut(7, address(0xBEEF), 2 ether, "");
        assertEq(address(0xBEEF).balance, 2 ether);
    }

    function test_GOV23_execute_revertsForAnybodyElse() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(address(ledger), 0, "");
        address[5] memory callers = [
            address(this),
            _member(1),
            address(factory),
            address(treasury),
            factory.GOVERNOR_IMPLEMENTATION()
        ];
        for (uint256 i; i < callers.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(ITreasury.Treasury_NotTheGovernor.selector, callers[i], address(governor))
            );
            vm.prank(callers[i]);
            treasury.execute(1, CONSTITUTIONAL, policyBook, targets, values, calldatas);
        }
    }

    function test_GOV20_execute_revertsForUnevenLists() public {
        vm.expectRevert(abi.encodeWithSelector(ITreasury.Treasury_LengthMismatch.selector, 1, 2, 1));
        vm.prank(address(governor));
        treasury.execute(1, CONSTITUTIONAL, policyBook, new address[](1), new uint256[](2), new bytes[](1));
        vm.expectRevert(abi.encodeWithSelector(ITreasury.Treasury_LengthMismatch.selector, 1, 1, 0));
        vm.prank(address(governor));
        treasury.execute(1, CONSTITUTIONAL, policyBook, new address[](1), new uint256[](1), new bytes[](0));
    }

    function test_GOV20_execute_isAllOrNothing() public {
        address[] memory targets = new address[](2);
        bytes[] memory calldatas = new bytes[](2);
        targets[0] = targets[1] = address(ledger);
        calldatas[0] = abi.encodeCall(Ledger.set, (5));
        calldatas[1] = abi.encodeCall(Ledger.refuse, ());
        vm.expectRevert(Ledger.Ledger_Refused.selector);
        vm.prank(address(governor));
        treasury.execute(1, CONSTITUTIONAL, policyBook, targets, new uint256[](2), calldatas);
        assertEq(ledger.value(), 0);
    }

    function test_GOV20_execute_revertsForACallToNoContract() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(
            address(0xBEEF),
            0,
            hex"12345678"
        );
        vm.expectRevert(abi.encodeWithSelector(Address.AddressEmptyCode.selector, address(0xBEEF)));
        vm.prank(address(governor));
        treasury.execute(1, CONSTITUTIONAL, policyBook, targets, values, calldatas);
    }

    function test_GOV23_setGovernor_onlyByVote() public {
        address[3] memory callers = [address(this), address(governor), address(factory)];
        for (uint256 i; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ITreasury.Treasury_NotItself.selector, callers[i]));
            vm.prank(callers[i]);
            treasury.setGovernor(address(ledger));
        }
        _carryOut(7, address(treasury), 0, abi.encodeCall(ITreasury.setGovernor, (address(ledger))));
        assertEq(treasury.governor(), address(ledger));
        assertEq(treasury.governorSince(), block.timestamp);
    }

    function test_GOV23_setGovernor_revertsForAnAccountWithoutCode() public {
        vm.expectRevert(abi.encodeWithSelector(ITreasury.Treasury_NotAContract.selector, address(0xBEEF)));
        vm.prank(address(treasury));
        treasury.setGovernor(address(0xBEEF));
    }

    function test_FND05_found_onlyOnceAndOnlyByTheFactory() public {
        address[3] memory callers = [address(this), address(factory), address(governor)];
        for (uint256 i; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ITreasury.Treasury_AlreadyFounded.selector, callers[i]));
            vm.prank(callers[i]);
            treasury.found(address(ledger), new ITreasury.Call[](0));
        }
    }

    function test_FND05_implementation_isLocked() public {
        Treasury implementation = Treasury(payable(factory.TREASURY_IMPLEMENTATION()));
        vm.expectRevert(abi.encodeWithSelector(ITreasury.Treasury_AlreadyFounded.selector, address(this)));
        implementation.found(address(ledger), new ITreasury.Call[](0));
        assertEq(implementation.governor(), address(0));
    }
}
