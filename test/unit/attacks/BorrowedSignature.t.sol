// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ERC7913P256Verifier} from "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913P256Verifier.sol";

import {DIDRegistry} from "../../../contracts/identity/DIDRegistry.sol";
import {IDIDRegistry} from "../../../contracts/identity/interfaces/IDIDRegistry.sol";
import {Authorization} from "../../../contracts/identity/types/Authorization.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {Operation, OperationKind} from "../../../contracts/identity/types/Operation.sol";
import {HostileSigner} from "../../../contracts/mocks/HostileSigner.sol";
import {RecoveryFixture} from "../identity/RecoveryFixture.sol";

/// @dev A wallet that, asked for a signature, tries to hand its identity on first.
contract GreedyWallet {
    DIDRegistry private immutable _REGISTRY;

    constructor(DIDRegistry registry) {
        _REGISTRY = registry;
    }

    function isValidSignature(bytes32, bytes calldata) external returns (bytes4) {
        _REGISTRY.changeOwner(Did.wrap(address(this)), address(0xbad));
        return IERC1271.isValidSignature.selector;
    }
}

/// @dev Signatures used again, elsewhere, for something else, or by signers that are none.
contract BorrowedSignatureTest is RecoveryFixture {
    function setUp() public {
        _deploy();
    }

    function _signed() private view returns (Authorization memory) {
        return _authorization(abi.encodePacked(owner), signatureOf(ownerKey, _attributeDigest(did)));
    }

    function _bad(address account, address holder) private view returns (bytes memory) {
        return abi.encodeWithSelector(IDIDRegistry.DIDRegistry_BadSignature.selector, did, account, holder);
    }

    function _handOver(address by, address to) private {
        vm.prank(by);
        registry.changeOwner(did, to);
    }

    // ---------------------------------------------------------------- replay

    function test_IDN14_onceOnly() public {
        Authorization memory authorization = _signed();
        _setBySig(did, authorization);
        vm.expectRevert(_bad(owner, owner));
        _setBySig(did, authorization);
    }

    /// @dev Two chains may have the registry under one address, or a chain may split in two.
    function test_IDN14_onOneChainOnly() public {
        Authorization memory authorization = _signed();
        uint256 home = block.chainid;
        vm.chainId(home + 1);
        vm.expectRevert(_bad(owner, owner));
        _setBySig(did, authorization);
        vm.etch(address(registry), address(new DIDRegistry()).code);
        vm.expectRevert(_bad(owner, owner));
        _setBySig(did, authorization);
    }

    function test_IDN14_atOneRegistryOnly() public {
        Authorization memory authorization = _signed();
        registry = new DIDRegistry();
        vm.expectRevert(_bad(owner, owner));
        _setBySig(did, authorization);
    }

    /// @dev Every operation that takes a signature refuses one that was made for another.
    function test_IDN14_forOneOperationOnly() public {
        Authorization memory a = _signed();
        Operation[] memory operations = new Operation[](1);
        operations[0] = Operation(OperationKind.SetAttribute, SERVICE, "x", 1 days);
        bytes[10] memory calls = [
            abi.encodeCall(registry.changeOwnerBySig, (did, THIEF, a)),
            abi.encodeCall(registry.addDelegateBySig, (did, SERVICE, THIEF, 1 days, a)),
            abi.encodeCall(registry.revokeDelegateBySig, (did, SERVICE, THIEF, a)),
            abi.encodeCall(registry.setAttributeBySig, (did, "did/svc/Hut", "x", 1 days, a)),
            abi.encodeCall(registry.setAttributeBySig, (did, SERVICE, "y", 1 days, a)),
            abi.encodeCall(registry.setAttributeBySig, (did, SERVICE, "x", 2 days, a)),
            abi.encodeCall(registry.revokeAttributeBySig, (did, SERVICE, "x", a)),
            abi.encodeCall(registry.batchBySig, (did, operations, a)),
            abi.encodeCall(registry.announceDeactivationBySig, (did, a)),
            abi.encodeCall(registry.setGuardiansBySig, (did, guardians, 1, 1, 1 days, a))
        ];
        for (uint256 i; i < calls.length; ++i) {
            // solhint-disable-next-line avoid-low-level-calls
            (bool success, bytes memory data) = address(registry).call(calls[i]);
            assertFalse(success);
            assertEq(data, _bad(owner, owner));
        }
        _start(did, 0x0f, SUCCESSOR);
        vm.expectRevert(_bad(owner, owner));
        registry.cancelRecoveryBySig(did, a);
        _setBySig(did, a);
    }

    function test_IDN14_untilItsDeadline() public {
        Authorization memory authorization = _signed();
        authorization.deadline = NOW - 1;
        vm.expectRevert(abi.encodeWithSelector(IDIDRegistry.DIDRegistry_SignatureExpired.selector, NOW - 1));
        _setBySig(did, authorization);
        authorization.deadline = NOW; // not what was signed
        vm.expectRevert(_bad(owner, owner));
        _setBySig(did, authorization);
    }

    function test_IDN14_notInItsOtherForms() public {
        Authorization memory authorization = _signed();
        bytes memory signature = authorization.signature;
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ownerKey, _attributeDigest(did));
        bytes32 high = bytes32(SECP256K1_N - uint256(s));
        bytes32 compact = bytes32((uint256(v - 27) << 255) | uint256(s));
        bytes[4] memory forms = [
            abi.encodePacked(r, high, v == 27 ? uint8(28) : uint8(27)),
            abi.encodePacked(signature, hex"00"),
            abi.encodePacked(r, compact),
            bytes("")
        ];
        for (uint256 i; i < forms.length; ++i) {
            authorization.signature = forms[i];
            vm.expectRevert(_bad(owner, owner));
            _setBySig(did, authorization);
        }
    }

    // ---------------------------------------------------------------- wallets and verifiers

    /// @dev Whatever a wallet or a verifier does when it is asked, its own operation fails, and says why.
    function test_IDN16_aSignerThatMisbehavesFailsAlone() public {
        HostileSigner hostile = new HostileSigner();
        HostileSigner.Mood[4] memory moods = [
            HostileSigner.Mood.Refuse,
            HostileSigner.Mood.Burn,
            HostileSigner.Mood.Truncate,
            HostileSigner.Mood.Revert
        ];
        bytes[2] memory signers = [abi.encodePacked(hostile), abi.encodePacked(hostile, "key")];
        address holder = owner;
        for (uint256 i; i < signers.length; ++i) {
            _handOver(holder, registry.accountOf(signers[i]));
            holder = registry.accountOf(signers[i]);
            bytes memory call = abi.encodeCall(
                registry.setAttributeBySig,
                (did, SERVICE, "x", 1 days, _authorization(signers[i], ""))
            );
            for (uint256 j; j < moods.length; ++j) {
                hostile.setMood(moods[j]);
                // solhint-disable-next-line avoid-low-level-calls
                (bool success, bytes memory data) = address(registry).call{gas: 2_000_000}(call);
                assertFalse(success);
                assertEq(data, _bad(holder, holder));
            }
            hostile.setMood(HostileSigner.Mood.Agree);
            _setBySig(did, _authorization(signers[i], ""));
        }
    }

    /// @dev A verifier that agrees to anything has a say for its own keys, and no other's.
    function test_IDN13_aVerifierSpeaksForItsOwnKeysOnly() public {
        address hostile = address(new HostileSigner());
        bytes[3] memory signers = [
            abi.encodePacked(hostile, owner),
            abi.encodePacked(hostile),
            abi.encodePacked(hostile, "k")
        ];
        for (uint256 i; i < signers.length; ++i) {
            vm.expectRevert(_bad(registry.accountOf(signers[i]), owner));
            _setBySig(did, _authorization(signers[i], ""));
        }
        // and a verifier that is no contract has none at all
        bytes memory absent = abi.encodePacked(address(0xabe), "key");
        address account = registry.accountOf(absent);
        _handOver(owner, account);
        vm.expectRevert(_bad(account, account));
        _setBySig(did, _authorization(absent, ""));
    }

    /// @dev A P-256 key owns an identity; the twin of its signature, another key's, and another verifier's are refused.
    function test_IDN13_aP256KeyOwnsAnIdentity() public {
        (uint256 x, uint256 y) = vm.publicKeyP256(7);
        bytes memory signer = abi.encodePacked(new ERC7913P256Verifier(), x, y);
        address account = registry.accountOf(signer);
        _handOver(owner, account);
        (bytes32 r, bytes32 s) = vm.signP256(7, _attributeDigest(did));
        if (uint256(s) > P256_N / 2) s = bytes32(P256_N - uint256(s));
        vm.expectRevert(_bad(account, account));
        _setBySig(did, _authorization(signer, abi.encodePacked(r, bytes32(P256_N - uint256(s)))));
        (bytes32 otherR, bytes32 otherS) = vm.signP256(8, _attributeDigest(did));
        vm.expectRevert(_bad(account, account));
        _setBySig(did, _authorization(signer, abi.encodePacked(otherR, otherS)));
        bytes memory foreign = abi.encodePacked(new ERC7913P256Verifier(), x, y);
        vm.expectRevert(_bad(registry.accountOf(foreign), account));
        _setBySig(did, _authorization(foreign, abi.encodePacked(r, s)));
        _setBySig(did, _authorization(signer, abi.encodePacked(r, s)));
    }

    /// @dev A signer is asked where nothing can be changed: what it does on the side undoes its own approval.
    function test_IDN16_aWalletCantReenter() public {
        address wallet = address(new GreedyWallet(registry));
        _handOver(owner, wallet);
        vm.expectRevert(_bad(wallet, wallet));
        _setBySig(did, _authorization(abi.encodePacked(wallet), ""));
        assertEq(registry.identityOwner(Did.wrap(wallet)), wallet);
    }

    // ---------------------------------------------------------------- batches

    function _two(bytes memory delegate) private pure returns (Operation[] memory operations) {
        operations = new Operation[](2);
        operations[0] = Operation(OperationKind.SetAttribute, SERVICE, "x", 1 days);
        operations[1] = Operation(OperationKind.AddDelegate, "veriKey", delegate, 1 days);
    }

    function test_IDN17_aBatchTakesNoMoney() public {
        bytes memory call = abi.encodeCall(registry.batch, (did, _two(abi.encodePacked(THIEF))));
        vm.deal(owner, 1 ether);
        vm.prank(owner);
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, ) = address(registry).call{value: 1}(call);
        assertFalse(success);
        vm.prank(owner);
        // solhint-disable-next-line avoid-low-level-calls
        (success, ) = address(registry).call(call);
        assertTrue(success);
    }

    /// @dev What fails in the middle leaves nothing behind, and a signed batch keeps its signature.
    function test_IDN17_aBatchIsWholeOrNothing() public {
        Operation[] memory operations = _two(hex"1234");
        uint256 nonce = registry.nonce(owner);
        bytes memory reason = abi.encodeWithSelector(IDIDRegistry.DIDRegistry_NotAnAccount.selector, 1, hex"1234");
        vm.expectRevert(reason);
        vm.prank(owner);
        registry.batch(did, operations);
        Authorization memory authorization = _authorization(
            abi.encodePacked(owner),
            signatureOf(ownerKey, _batchDigest(operations))
        );
        vm.expectRevert(reason);
        registry.batchBySig(did, operations, authorization);
        assertEq(registry.changed(did), 0);
        assertEq(registry.nonce(owner), nonce);
        // one overflow, after one that fits
        operations = _two(abi.encodePacked(THIEF));
        operations[1].validity = NEVER;
        vm.expectRevert();
        vm.prank(owner);
        registry.batch(did, operations);
        assertEq(registry.changed(did), 0);
    }

    /// @dev A signed batch covers the order of its operations and every field of each.
    function test_IDN17_aSignedBatchIsThisBatch() public {
        Operation[] memory operations = _two(abi.encodePacked(THIEF));
        bytes memory signature = signatureOf(ownerKey, _batchDigest(operations));
        Authorization memory authorization = _authorization(abi.encodePacked(owner), signature);
        Operation[] memory changed = _two(abi.encodePacked(THIEF));
        (changed[0], changed[1]) = (changed[1], changed[0]);
        _refuseBatch(changed, authorization);
        changed = _two(abi.encodePacked(THIEF));
        changed[0].kind = OperationKind.RevokeAttribute;
        _refuseBatch(changed, authorization);
        changed = _two(abi.encodePacked(owner));
        _refuseBatch(changed, authorization);
        changed = new Operation[](1);
        changed[0] = operations[0];
        _refuseBatch(changed, authorization);
        _refuseBatch(new Operation[](0), authorization);
        registry.batchBySig(did, operations, authorization);
        assertTrue(registry.validDelegate(did, "veriKey", THIEF));
    }

    function _refuseBatch(Operation[] memory operations, Authorization memory authorization) private {
        vm.expectRevert(_bad(owner, owner));
        registry.batchBySig(did, operations, authorization);
    }

    function _batchDigest(Operation[] memory operations) private view returns (bytes32) {
        string memory type_ = "Operation(uint8 kind,bytes32 name,bytes value,uint256 validity)";
        bytes32[] memory hashes = new bytes32[](operations.length);
        for (uint256 i; i < operations.length; ++i) {
            Operation memory one = operations[i];
            hashes[i] = keccak256(
                abi.encode(keccak256(bytes(type_)), one.kind, one.name, keccak256(one.value), one.validity)
            );
        }
        bytes32 typeHash = keccak256(
            abi.encodePacked("Batch(address identity,uint256 nonce,uint256 deadline,Operation[] operations)", type_)
        );
        bytes32 list = keccak256(abi.encodePacked(hashes));
        return _digest(keccak256(abi.encode(typeHash, did, registry.nonce(owner), NEVER, list)));
    }
}
