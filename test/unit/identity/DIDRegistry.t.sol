// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DIDRegistry} from "../../../contracts/identity/DIDRegistry.sol";
import {IDIDRegistry} from "../../../contracts/identity/interfaces/IDIDRegistry.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {ArbSysMock} from "../../../contracts/mocks/ArbSysMock.sol";
import {TestBase, Vm} from "../Vm.sol";

contract DIDRegistryTest is TestBase {
    /// @dev Order of the secp256k1 group.
    uint256 private constant GROUP_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    bytes32 private constant VERI_KEY = "veriKey";
    bytes32 private constant SIG_AUTH = "sigAuth";
    bytes32 private constant SERVICE = "did/svc/Hub";
    uint256 private constant NOW = 1_800_000_000;
    address private constant OTHER = address(0xbad);
    address private constant DELEGATE = address(0xde1);

    DIDRegistry private _registry;
    Did private _did;
    address private _first;
    uint256 private _firstKey;
    address private _next;
    uint256 private _nextKey;

    function setUp() public {
        vm.warp(NOW);
        vm.roll(100);
        _registry = new DIDRegistry();
        (_first, _firstKey) = makeAccount("first key");
        (_next, _nextKey) = makeAccount("next key");
        _did = Did.wrap(_first);
    }

    // ---------------------------------------------------------------- owner

    function test_IDN01_anIdentityOwnsItself() public view {
        assertEq(_registry.identityOwner(_did), _first);
        assertEq(_registry.owners(_did), address(0));
        assertEq(_registry.changed(_did), 0);
        assertEq(uint32(_registry.nonce(_first)), 0);
    }

    function test_IDN02_changeOwnerHandsControlOver() public {
        vm.expectEmit(address(_registry));
        emit IDIDRegistry.DIDOwnerChanged(_did, _next, 0);
        vm.prank(_first);
        _registry.changeOwner(_did, _next);
        assertEq(_registry.identityOwner(_did), _next);
        assertEq(_registry.owners(_did), _next);
        assertEq(_registry.changed(_did), 100);
        assertEq(uint32(_registry.nonce(_first)), 1);

        vm.roll(105);
        vm.expectEmit(address(_registry));
        emit IDIDRegistry.DIDOwnerChanged(_did, OTHER, 100);
        vm.prank(_next);
        _registry.changeOwner(_did, OTHER);
        assertEq(_registry.changed(_did), 105);
    }

    function testFuzz_IDN02_onlyTheOwnerChangesAnything(address caller, address identity) public {
        vm.assume(caller != identity && identity != address(0));
        Did did = Did.wrap(identity);
        bytes memory reason = abi.encodeWithSelector(
            IDIDRegistry.DIDRegistry_NotOwner.selector,
            identity,
            caller,
            identity
        );
        vm.startPrank(caller);
        vm.expectRevert(reason);
        _registry.changeOwner(did, caller);
        vm.expectRevert(reason);
        _registry.addDelegate(did, VERI_KEY, caller, 1);
        vm.expectRevert(reason);
        _registry.revokeDelegate(did, VERI_KEY, caller);
        vm.expectRevert(reason);
        _registry.setAttribute(did, SERVICE, "x", 1);
        vm.expectRevert(reason);
        _registry.revokeAttribute(did, SERVICE, "x");
        vm.stopPrank();
    }

    function test_IDN02_theFirstKeyLosesControl() public {
        _handOver(_first, _next);
        vm.expectRevert(abi.encodeWithSelector(IDIDRegistry.DIDRegistry_NotOwner.selector, _did, _first, _next));
        vm.prank(_first);
        _registry.changeOwner(_did, _first);
    }

    function test_IDN02_nobodyOwnsTheZeroIdentity() public {
        Did zero = Did.wrap(address(0));
        bytes memory reason = abi.encodeWithSelector(IDIDRegistry.DIDRegistry_Deactivated.selector, zero);
        vm.expectRevert(reason);
        vm.prank(address(0));
        _registry.changeOwner(zero, _next);
        // a signature that recovers to nothing must not pass for the zero address
        vm.expectRevert(reason);
        _registry.changeOwnerSigned(zero, 27, 0, 0, _next);
    }

    // ---------------------------------------------------------------- deactivation

    function test_IDN03_zeroOwnerDeactivatesForGood() public {
        vm.prank(_first);
        _registry.addDelegate(_did, VERI_KEY, DELEGATE, 1 days);
        _handOver(_first, address(0));

        assertEq(_registry.identityOwner(_did), address(0));
        assertFalse(_registry.validDelegate(_did, VERI_KEY, DELEGATE));

        bytes memory reason = abi.encodeWithSelector(IDIDRegistry.DIDRegistry_Deactivated.selector, _did);
        vm.startPrank(_first);
        vm.expectRevert(reason);
        _registry.changeOwner(_did, _first);
        vm.expectRevert(reason);
        _registry.addDelegate(_did, VERI_KEY, DELEGATE, 1);
        vm.expectRevert(reason);
        _registry.revokeDelegate(_did, VERI_KEY, DELEGATE);
        vm.expectRevert(reason);
        _registry.setAttribute(_did, SERVICE, "x", 1);
        vm.expectRevert(reason);
        _registry.revokeAttribute(_did, SERVICE, "x");
        vm.stopPrank();

        (uint8 v, bytes32 r, bytes32 s) = _sign(_firstKey, abi.encodePacked("changeOwner", _first));
        vm.expectRevert(reason);
        _registry.changeOwnerSigned(_did, v, r, s, _first);
    }

    // ---------------------------------------------------------------- delegates

    function testFuzz_IDN04_aDelegateIsValidUntilItsEnd(uint256 validity) public {
        validity = bound(validity, 1, type(uint256).max - NOW);
        vm.expectEmit(address(_registry));
        emit IDIDRegistry.DIDDelegateChanged(_did, VERI_KEY, DELEGATE, NOW + validity, 0);
        vm.prank(_first);
        _registry.addDelegate(_did, VERI_KEY, DELEGATE, validity);

        assertEq(_registry.delegates(_did, keccak256(abi.encode(VERI_KEY)), DELEGATE), NOW + validity);
        assertTrue(_registry.validDelegate(_did, VERI_KEY, DELEGATE));
        assertFalse(_registry.validDelegate(_did, SIG_AUTH, DELEGATE));
        assertFalse(_registry.validDelegate(_did, VERI_KEY, OTHER));
        if (validity < type(uint64).max - NOW) {
            vm.warp(NOW + validity - 1);
            assertTrue(_registry.validDelegate(_did, VERI_KEY, DELEGATE));
            vm.warp(NOW + validity);
            assertFalse(_registry.validDelegate(_did, VERI_KEY, DELEGATE));
        }
    }

    function test_IDN04_anEndThatOverflowsIsRefused() public {
        vm.startPrank(_first);
        vm.expectRevert();
        _registry.addDelegate(_did, VERI_KEY, DELEGATE, type(uint256).max);
        vm.expectRevert();
        _registry.setAttribute(_did, SERVICE, "x", type(uint256).max);
        vm.stopPrank();
    }

    function test_IDN04_aRevokedDelegateIsInvalidAtOnce() public {
        vm.startPrank(_first);
        _registry.addDelegate(_did, VERI_KEY, DELEGATE, 1 days);
        vm.roll(101);
        vm.expectEmit(address(_registry));
        emit IDIDRegistry.DIDDelegateChanged(_did, VERI_KEY, DELEGATE, NOW, 100);
        _registry.revokeDelegate(_did, VERI_KEY, DELEGATE);
        vm.stopPrank();
        assertFalse(_registry.validDelegate(_did, VERI_KEY, DELEGATE));
    }

    // ---------------------------------------------------------------- attributes

    function testFuzz_IDN05_attributesAreLogged(bytes32 name, bytes calldata value, uint256 validity) public {
        validity = bound(validity, 0, type(uint256).max - NOW);
        vm.expectEmit(address(_registry));
        emit IDIDRegistry.DIDAttributeChanged(_did, name, value, NOW + validity, 0);
        vm.startPrank(_first);
        _registry.setAttribute(_did, name, value, validity);
        vm.roll(200);
        vm.expectEmit(address(_registry));
        emit IDIDRegistry.DIDAttributeChanged(_did, name, value, 0, 100);
        _registry.revokeAttribute(_did, name, value);
        vm.stopPrank();
        assertEq(_registry.changed(_did), 200);
    }

    /// @dev Walks back as a resolver does: every event names the block of the one before.
    function test_IDN06_theHistoryIsAChainOfBlocks() public {
        vm.recordLogs();
        vm.startPrank(_first);
        _registry.setAttribute(_did, SERVICE, "a", 1);
        vm.roll(110);
        _registry.addDelegate(_did, VERI_KEY, DELEGATE, 1);
        vm.roll(120);
        _registry.revokeDelegate(_did, VERI_KEY, DELEGATE);
        _registry.changeOwner(_did, _next);
        vm.stopPrank();

        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 4);
        (, , uint256 before, uint256 link) = abi.decode(logs[1].data, (bytes32, address, uint256, uint256));
        assertEq(before, NOW + 1);
        assertEq(link, 100);
        (, , , link) = abi.decode(logs[2].data, (bytes32, address, uint256, uint256));
        assertEq(link, 110);
        (, link) = abi.decode(logs[3].data, (address, uint256));
        assertEq(link, 120);
    }

    // ---------------------------------------------------------------- signatures

    function testFuzz_IDN07_eachSignedFunctionTakesTheOwnersDigest(
        address sender,
        bytes32 name,
        bytes calldata value,
        uint256 validity
    ) public {
        validity = bound(validity, 1, type(uint256).max - NOW);
        uint8 v;
        bytes32 r;
        bytes32 s;
        vm.startPrank(sender);

        (v, r, s) = _sign(_firstKey, abi.encodePacked("setAttribute", name, value, validity));
        vm.expectEmit(address(_registry));
        emit IDIDRegistry.DIDAttributeChanged(_did, name, value, NOW + validity, 0);
        _registry.setAttributeSigned(_did, v, r, s, name, value, validity);

        (v, r, s) = _sign(_firstKey, abi.encodePacked("revokeAttribute", name, value));
        vm.expectEmit(address(_registry));
        emit IDIDRegistry.DIDAttributeChanged(_did, name, value, 0, 100);
        _registry.revokeAttributeSigned(_did, v, r, s, name, value);

        (v, r, s) = _sign(_firstKey, abi.encodePacked("addDelegate", name, DELEGATE, validity));
        _registry.addDelegateSigned(_did, v, r, s, name, DELEGATE, validity);
        assertTrue(_registry.validDelegate(_did, name, DELEGATE));

        (v, r, s) = _sign(_firstKey, abi.encodePacked("revokeDelegate", name, DELEGATE));
        _registry.revokeDelegateSigned(_did, v, r, s, name, DELEGATE);
        assertFalse(_registry.validDelegate(_did, name, DELEGATE));

        assertEq(uint32(_registry.nonce(_first)), 4);
        (v, r, s) = _sign(_firstKey, abi.encodePacked("changeOwner", _next));
        _registry.changeOwnerSigned(_did, v, r, s, _next);
        assertEq(_registry.identityOwner(_did), _next);
        vm.stopPrank();
    }

    function test_IDN08_aSignatureWorksOnce() public {
        (uint8 v, bytes32 r, bytes32 s) = _sign(_firstKey, abi.encodePacked("setAttribute", SERVICE, "x", uint256(9)));
        _registry.setAttributeSigned(_did, v, r, s, SERVICE, "x", 9);
        vm.expectPartialRevert(IDIDRegistry.DIDRegistry_BadSignature.selector);
        _registry.setAttributeSigned(_did, v, r, s, SERVICE, "x", 9);
    }

    function test_IDN08_anothersSignatureIsRefused() public {
        (uint8 v, bytes32 r, bytes32 s) = _sign(_nextKey, abi.encodePacked("changeOwner", _next));
        vm.expectRevert(abi.encodeWithSelector(IDIDRegistry.DIDRegistry_BadSignature.selector, _did, _next, _first));
        _registry.changeOwnerSigned(_did, v, r, s, _next);
        assertEq(uint32(_registry.nonce(_first)), 0);
    }

    function test_IDN08_aMalleableSignatureIsRefused() public {
        (uint8 v, bytes32 r, bytes32 s) = _sign(_firstKey, abi.encodePacked("changeOwner", _next));
        bytes memory reason = abi.encodeWithSelector(
            IDIDRegistry.DIDRegistry_BadSignature.selector,
            _did,
            address(0),
            _first
        );
        vm.expectRevert(reason);
        _registry.changeOwnerSigned(_did, v == 27 ? 28 : 27, r, bytes32(GROUP_ORDER - uint256(s)), _next);
    }

    function testFuzz_IDN08_theSignatureCoversTheArguments(address signedFor, address sentFor) public {
        vm.assume(signedFor != sentFor);
        (uint8 v, bytes32 r, bytes32 s) = _sign(_firstKey, abi.encodePacked("changeOwner", signedFor));
        vm.expectPartialRevert(IDIDRegistry.DIDRegistry_BadSignature.selector);
        _registry.changeOwnerSigned(_did, v, r, s, sentFor);
    }

    function test_IDN08_theSignatureCoversTheFunction() public {
        bytes memory call = abi.encodePacked("addDelegate", VERI_KEY, DELEGATE);
        (uint8 v, bytes32 r, bytes32 s) = _sign(_firstKey, call);
        vm.expectPartialRevert(IDIDRegistry.DIDRegistry_BadSignature.selector);
        _registry.revokeDelegateSigned(_did, v, r, s, VERI_KEY, DELEGATE);
    }

    function test_IDN08_theSigningOwnersNonceCounts() public {
        _handOver(_first, _next);
        bytes memory call = abi.encodePacked("setAttribute", SERVICE, "x", uint256(9));
        (uint8 v, bytes32 r, bytes32 s) = _sign(_nextKey, call);
        _registry.setAttributeSigned(_did, v, r, s, SERVICE, "x", 9);
        assertEq(uint32(_registry.nonce(_next)), 1);
        assertEq(uint32(_registry.nonce(_first)), 1); // by the change of owner
    }

    function test_IDN09_whatTheFirstKeySignedDiesWithAChangeOfOwner() public {
        (uint8 v, bytes32 r, bytes32 s) = _sign(_firstKey, abi.encodePacked("changeOwner", OTHER));
        _handOver(_first, _next);
        _handOver(_next, _first);
        vm.expectPartialRevert(IDIDRegistry.DIDRegistry_BadSignature.selector);
        _registry.changeOwnerSigned(_did, v, r, s, OTHER);
    }

    function test_IDN10_signaturesAreRefusedOnAForkedChain() public {
        uint256 home = block.chainid;
        (uint8 v, bytes32 r, bytes32 s) = _sign(_firstKey, abi.encodePacked("changeOwner", _next));
        vm.chainId(home + 1);
        bytes memory reason = abi.encodeWithSelector(IDIDRegistry.DIDRegistry_ChainChanged.selector, home, home + 1);
        vm.expectRevert(reason);
        _registry.changeOwnerSigned(_did, v, r, s, _next);
        vm.expectRevert(reason);
        _registry.addDelegateSigned(_did, v, r, s, VERI_KEY, DELEGATE, 1);
        vm.expectRevert(reason);
        _registry.revokeDelegateSigned(_did, v, r, s, VERI_KEY, DELEGATE);
        vm.expectRevert(reason);
        _registry.setAttributeSigned(_did, v, r, s, SERVICE, "x", 1);
        vm.expectRevert(reason);
        _registry.revokeAttributeSigned(_did, v, r, s, SERVICE, "x");
        _handOver(_first, _next);
        assertEq(_registry.identityOwner(_did), _next);
    }

    // ---------------------------------------------------------------- chain and storage

    function test_IDN06_onArbitrumBlocksAreThoseOfTheLayer2() public {
        uint256[3] memory chains = [uint256(42161), 42170, 421614];
        vm.etch(address(0x64), type(ArbSysMock).runtimeCode);
        for (uint256 i; i < chains.length; ++i) {
            vm.chainId(chains[i]);
            DIDRegistry registry = new DIDRegistry();
            vm.prank(_first);
            registry.setAttribute(_did, SERVICE, "x", 1);
            assertEq(registry.changed(_did), 123_456_789);
        }
    }

    function test_IDN12_anIdentityTakesOneWord() public {
        _handOver(_first, _next);
        bytes32 slot = keccak256(abi.encode(_first, uint256(0)));
        uint256 expected = uint256(uint160(_next)) | (100 << 160) | (1 << 208);
        assertEq(vm.load(address(_registry), slot), bytes32(expected));
        vm.prank(_next);
        _registry.changeOwner(_did, address(0));
        assertEq(vm.load(address(_registry), slot), bytes32((uint256(100) << 160) | (2 << 208) | (1 << 240)));
    }

    function _handOver(address from, address to) private {
        vm.prank(from);
        _registry.changeOwner(_did, to);
    }

    /// @dev Signs for `_did` at the signer's current nonce.
    function _sign(uint256 key, bytes memory call) private view returns (uint8 v, bytes32 r, bytes32 s) {
        uint256 nonce = _registry.nonce(vm.addr(key));
        return vm.sign(key, keccak256(abi.encodePacked(hex"1900", address(_registry), nonce, _did, call)));
    }
}
