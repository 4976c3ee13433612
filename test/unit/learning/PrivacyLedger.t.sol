// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC7913P256Verifier} from "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913P256Verifier.sol";
import {IConsentRegistry} from "../../../contracts/identity/interfaces/IConsentRegistry.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {PrivacyLedger} from "../../../contracts/learning/PrivacyLedger.sol";
import {IPrivacyLedger} from "../../../contracts/learning/interfaces/IPrivacyLedger.sol";
import {HostileSigner} from "../../../contracts/mocks/HostileSigner.sol";
import {SignerWallet} from "../../../contracts/mocks/SignerWallet.sol";
import {ConsentFixture} from "../identity/ConsentFixture.sol";

contract PrivacyLedgerTest is ConsentFixture {
    address private constant SPENDER = address(0x5BE4D);
    address private constant STRANGER = address(0xBAD);
    uint96 private constant CAP = 1_000_000;

    PrivacyLedger private ledger;
    Did private did;

    function setUp() public {
        _deploy();
        ledger = new PrivacyLedger(registry);
        did = Did.wrap(subject);
    }

    // ------------------------------------------------------------------------------------------------------- helpers

    /// @dev Cap, consent and spender: everything that spending takes.
    function _open() private {
        _cap(CAP);
        _grant(END);
        _appoint(GRANTEE, SPENDER);
    }

    function _cap(uint96 cap) private {
        vm.prank(subject);
        ledger.setCap(did, DATA, cap);
    }

    function _appoint(address cooperative, address spender) private {
        vm.prank(cooperative);
        ledger.appointSpender(spender);
    }

    function _spend(uint96 microRho) private {
        IConsentRegistry.Scope memory scope = _scope();
        vm.prank(SPENDER);
        ledger.spend(scope, microRho);
    }

    function _spent() private view returns (uint256) {
        return ledger.budgetOf(did, DATA).spent;
    }

    function _signed(uint96 cap, uint64 version) private view returns (IConsentRegistry.Approval memory) {
        return _approval(version, abi.encodePacked(subject), signatureOf(key, _capHash(cap, version)));
    }

    function _capHash(uint96 cap, uint64 version) private view returns (bytes32) {
        bytes32 typeHash = keccak256("Cap(address subject,bytes32 dataHash,uint96 cap,uint64 version,uint48 deadline)");
        bytes32 structHash = keccak256(abi.encode(typeHash, subject, DATA, cap, version, DEADLINE));
        return typedDigest("Artel Privacy", address(ledger), structHash);
    }

    function _send(uint96 cap, IConsentRegistry.Approval memory approval) private {
        vm.prank(STRANGER);
        ledger.setCapBySig(did, DATA, cap, approval);
    }

    /// @dev The call must fail with exactly this error.
    function _denied(address caller, bytes memory data, bytes memory reason) private {
        vm.prank(caller);
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory result) = address(ledger).call(data);
        assertFalse(success);
        assertEq(result, reason);
    }

    function _capData() private view returns (bytes memory) {
        return abi.encodeCall(ledger.setCap, (did, DATA, CAP));
    }

    function _signedData(uint96 cap, IConsentRegistry.Approval memory approval) private view returns (bytes memory) {
        return abi.encodeCall(ledger.setCapBySig, (did, DATA, cap, approval));
    }

    function _notOwner(address caller) private view returns (bytes memory) {
        address owner = dids.identityOwner(did);
        return abi.encodeWithSelector(IPrivacyLedger.PrivacyLedger_NotSubject.selector, did, caller, owner);
    }

    function _badCapSignature(bytes memory signer) private view returns (bytes memory) {
        address owner = dids.identityOwner(did);
        return abi.encodeWithSelector(IPrivacyLedger.PrivacyLedger_BadSignature.selector, did, signer, owner);
    }

    function _staleCap(uint256 signed, uint256 current) private view returns (bytes memory) {
        bytes4 selector = IPrivacyLedger.PrivacyLedger_StaleSignature.selector;
        return abi.encodeWithSelector(selector, did, DATA, signed, current);
    }

    function _refusedSpending(address caller, IConsentRegistry.Scope memory scope, bytes memory reason) private {
        _denied(caller, abi.encodeCall(ledger.spend, (scope, 1)), reason);
        assertEq(_spent(), 0);
    }

    function _notSpender(address cooperative, address caller) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IPrivacyLedger.PrivacyLedger_NotSpender.selector, cooperative, caller);
    }

    function _noConsent(IConsentRegistry.Scope memory scope) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IPrivacyLedger.PrivacyLedger_NoConsent.selector,
                scope.subject,
                scope.grantee,
                scope.dataHash,
                scope.purpose
            );
    }

    function _aboveCap(uint256 microRho, uint256 spent, uint256 cap) private view returns (bytes memory) {
        bytes4 selector = IPrivacyLedger.PrivacyLedger_AboveCap.selector;
        return abi.encodeWithSelector(selector, did, DATA, microRho, spent, cap);
    }

    // ---------------------------------------------------------------------------------------------------- who spends

    /// @dev Live consent to a cooperative is public: it must not let anybody else use up the subject's cap.
    function test_PRV14_aForeignModuleCannotUseUpAnybodysCap() public {
        _open();
        _refusedSpending(STRANGER, _scope(), _notSpender(GRANTEE, STRANGER));
        _refusedSpending(GRANTEE, _scope(), _notSpender(GRANTEE, GRANTEE));
        _refusedSpending(subject, _scope(), _notSpender(GRANTEE, subject));
    }

    /// @dev Nor a module that some other cooperative appointed, under that one's name or under its own.
    function test_PRV14_aSpenderOfACooperativeWithoutConsentCannot() public {
        _open();
        _appoint(STRANGER, STRANGER);
        _refusedSpending(STRANGER, _scope(), _notSpender(GRANTEE, STRANGER));
        IConsentRegistry.Scope memory scope = _scope();
        scope.grantee = STRANGER;
        _refusedSpending(STRANGER, scope, _noConsent(scope));
    }

    function test_PRV14_appointingIsForOneselfAlone() public {
        _open();
        vm.prank(STRANGER);
        ledger.dismissSpender(SPENDER);
        assertTrue(ledger.isSpender(GRANTEE, SPENDER));
        assertFalse(ledger.isSpender(STRANGER, SPENDER));
    }

    function test_PRV14_aDismissedSpenderCannot() public {
        _open();
        vm.expectEmit(address(ledger));
        emit IPrivacyLedger.SpenderDismissed(GRANTEE, SPENDER);
        vm.prank(GRANTEE);
        ledger.dismissSpender(SPENDER);
        _refusedSpending(SPENDER, _scope(), _notSpender(GRANTEE, SPENDER));
    }

    function test_PRV14_nothingIsSpentWithoutConsent() public {
        _cap(CAP);
        _appoint(GRANTEE, SPENDER);
        _refusedSpending(SPENDER, _scope(), _noConsent(_scope()));
    }

    function test_PRV14_nothingIsSpentUnderConsentThatIsOver() public {
        _open();
        _revoke();
        _refusedSpending(SPENDER, _scope(), _noConsent(_scope()));
        _grant(NOW + 100);
        vm.warp(NOW + 100);
        _refusedSpending(SPENDER, _scope(), _noConsent(_scope()));
    }

    /// @dev The subject's, these data's and this purpose's consent: another one is none.
    function test_PRV14_nothingIsSpentUnderConsentToSomethingElse() public {
        _open();
        IConsentRegistry.Scope memory scope = _scope();
        scope.purpose = "research";
        _refusedSpending(SPENDER, scope, _noConsent(scope));
        scope = _scope();
        scope.dataHash = keccak256("other data");
        _refusedSpending(SPENDER, scope, _noConsent(scope));
        scope = _scope();
        scope.subject = Did.wrap(STRANGER);
        _refusedSpending(SPENDER, scope, _noConsent(scope));
    }

    // ------------------------------------------------------------------------------------------------------- summing

    function test_PRV15_addsUpAndStopsAtTheCap() public {
        _open();
        _spend(CAP - 5);
        _spend(3);
        bytes memory data = abi.encodeCall(ledger.spend, (_scope(), 3));
        _denied(SPENDER, data, _aboveCap(3, CAP - 2, CAP));
        assertEq(_spent(), CAP - 2);
        _spend(2);
        assertEq(_spent(), CAP);
        _denied(SPENDER, data, _aboveCap(3, CAP, CAP));
    }

    function test_PRV15_twoCooperativesSpendFromOneCap() public {
        _open();
        address other = address(0xC00C);
        IConsentRegistry.Scope memory scope = _scope();
        scope.grantee = other;
        vm.prank(subject);
        registry.grant(scope, TERMS, END);
        _appoint(other, SPENDER);
        _spend(CAP - 1);
        _denied(SPENDER, abi.encodeCall(ledger.spend, (scope, 2)), _aboveCap(2, CAP - 1, CAP));
        vm.prank(SPENDER);
        ledger.spend(scope, 1);
        assertEq(_spent(), CAP);
    }

    function test_PRV15_otherDataAndOtherSubjectsHaveTheirOwnSums() public {
        _open();
        _spend(10);
        assertEq(uint256(ledger.budgetOf(did, keccak256("other data")).spent), 0);
        assertEq(uint256(ledger.budgetOf(Did.wrap(STRANGER), DATA).spent), 0);
    }

    function test_PRV15_tellsWhatWasSpentByWhom() public {
        _open();
        _spend(10);
        vm.expectEmit(address(ledger));
        emit IPrivacyLedger.PrivacySpent(did, DATA, GRANTEE, SPENDER, PURPOSE, 32, 42);
        _spend(32);
    }

    function testFuzz_PRV15_isTheSumOfWhatWasTaken(uint96 cap, uint96[8] memory amounts) public {
        _open();
        _cap(cap);
        uint256 sum;
        for (uint256 i; i < amounts.length; ++i) {
            IConsentRegistry.Scope memory scope = _scope();
            vm.prank(SPENDER);
            try ledger.spend(scope, amounts[i]) {
                sum += amounts[i];
            } catch {
                assertTrue(sum + amounts[i] > cap);
            }
            assertEq(_spent(), sum);
            assertLe(sum, cap);
        }
    }

    // ---------------------------------------------------------------------------------------------------------- caps

    function test_PRV12_thereIsNoCapButZeroBeforeOneIsSet() public {
        _grant(END);
        _appoint(GRANTEE, SPENDER);
        _refusedSpending(SPENDER, _scope(), _aboveCap(1, 0, 0));
    }

    function test_PRV12_onlyTheOwnerSetsIt() public {
        _denied(STRANGER, _capData(), _notOwner(STRANGER));
        vm.expectEmit(address(ledger));
        emit IPrivacyLedger.CapSet(did, DATA, CAP, 1);
        _cap(CAP);
        assertEq(uint256(ledger.budgetOf(did, DATA).cap), CAP);
    }

    /// @dev Of whatever type: what a subject's data may tell is not for the keys that log in or sign in its name.
    function test_PRV12_noDelegateSetsIt() public {
        vm.startPrank(subject);
        dids.addDelegate(did, "veriKey", STRANGER, 1 days);
        dids.addDelegate(did, "sigAuth", STRANGER, 1 days);
        vm.stopPrank();
        _denied(STRANGER, _capData(), _notOwner(STRANGER));
    }

    function test_PRV12_theOwnerOfNowSetsIt() public {
        vm.prank(subject);
        dids.changeOwner(did, STRANGER);
        _denied(subject, _capData(), _notOwner(subject));
        vm.prank(STRANGER);
        ledger.setCap(did, DATA, CAP);
        assertEq(uint256(ledger.budgetOf(did, DATA).cap), CAP);
    }

    function test_PRV12_nobodySetsItForADeactivatedIdentity() public {
        IConsentRegistry.Approval memory approval = _signed(CAP, 0);
        vm.prank(subject);
        dids.changeOwner(did, address(0));
        _denied(subject, _capData(), _notOwner(subject));
        _denied(STRANGER, _signedData(CAP, approval), _badCapSignature(approval.signer));
        bytes memory nobody = "";
        _denied(STRANGER, _signedData(CAP, _approval(0, nobody, "")), _badCapSignature(nobody));
    }

    // ------------------------------------------------------------------------------------------------ lower and higher

    function test_PRV16_aLowerCapStopsSpendingAtOnceAndUndoesNone() public {
        _open();
        _spend(500);
        _cap(100);
        _denied(SPENDER, abi.encodeCall(ledger.spend, (_scope(), 1)), _aboveCap(1, 500, 100));
        assertEq(_spent(), 500);
        _cap(501);
        _spend(1);
        assertEq(_spent(), 501);
    }

    /// @dev What data told is told: no way of ending and beginning again makes it less.
    function test_PRV16_nothingMakesTheSumLess() public {
        _open();
        _spend(500);
        _revoke();
        _grant(END);
        vm.prank(GRANTEE);
        ledger.dismissSpender(SPENDER);
        _appoint(GRANTEE, SPENDER);
        _cap(0);
        _cap(CAP);
        vm.prank(subject);
        dids.changeOwner(did, STRANGER);
        vm.prank(STRANGER);
        ledger.setCap(did, DATA, CAP);
        assertEq(_spent(), 500);
    }

    // ---------------------------------------------------------------------------------------------------- signatures

    function test_PRV13_anybodySendsTheOwnersSignature() public {
        _send(CAP, _signed(CAP, 0));
        assertEq(uint256(ledger.budgetOf(did, DATA).cap), CAP);
        assertEq(uint256(ledger.budgetOf(did, DATA).version), 1);
    }

    function test_PRV13_aWalletSigns() public {
        address wallet = address(new SignerWallet(subject));
        vm.prank(subject);
        dids.changeOwner(did, wallet);
        _send(CAP, _approval(0, abi.encodePacked(wallet), signatureOf(key, _capHash(CAP, 0))));
        assertEq(uint256(ledger.budgetOf(did, DATA).cap), CAP);
    }

    function test_PRV13_aP256KeySigns() public {
        (uint256 x, uint256 y) = vm.publicKeyP256(key);
        bytes memory signer = abi.encodePacked(address(new ERC7913P256Verifier()), x, y);
        address account = dids.accountOf(signer);
        vm.prank(subject);
        dids.changeOwner(did, account);
        _send(CAP, _approval(0, signer, p256SignatureOf(key, _capHash(CAP, 0))));
        assertEq(uint256(ledger.budgetOf(did, DATA).cap), CAP);
    }

    /// @dev A verifier that agrees to anything speaks only for identities that were handed to its signer.
    function test_PRV13_aForeignVerifierHasNoSay() public {
        bytes memory signer = abi.encodePacked(new HostileSigner(), "any key");
        _denied(STRANGER, _signedData(CAP, _approval(0, signer, "")), _badCapSignature(signer));
    }

    function test_PRV13_replayIsRefused() public {
        IConsentRegistry.Approval memory approval = _signed(CAP, 0);
        _send(CAP, approval);
        _cap(5);
        _denied(STRANGER, _signedData(CAP, approval), _staleCap(0, 2));
    }

    /// @dev The subject lowers the cap: a higher one that was signed before and never sent is dead.
    function test_PRV13_whatTheSubjectDoesMeanwhileEndsASignature() public {
        IConsentRegistry.Approval memory approval = _signed(CAP, 0);
        _cap(5);
        _denied(STRANGER, _signedData(CAP, approval), _staleCap(0, 1));
        assertEq(uint256(ledger.budgetOf(did, DATA).cap), 5);
    }

    /// @dev Who holds a higher cap can't make a lower one stale by sending it first, if that is signed for later versions.
    function test_PRV13_aLowerCapOvertakesAHigherOneThatIsSentFirst() public {
        IConsentRegistry.Approval memory higher = _signed(CAP, 0);
        IConsentRegistry.Approval memory lower = _signed(5, 3);
        _send(CAP, higher);
        _send(5, lower);
        assertEq(uint256(ledger.budgetOf(did, DATA).cap), 5);
        _denied(STRANGER, _signedData(CAP, _signed(CAP, 3)), _staleCap(3, 4));
    }

    function test_PRV13_signaturesOfTheLastVersionAreRefusedAndTheOwnersCallNeverIs() public {
        _denied(STRANGER, _signedData(CAP, _signed(CAP, type(uint64).max)), _staleCap(type(uint64).max, 0));
        _send(CAP, _signed(CAP, type(uint64).max - 1));
        _cap(5);
        _cap(6);
        assertEq(uint256(ledger.budgetOf(did, DATA).cap), 6);
        _denied(
            STRANGER,
            _signedData(CAP, _signed(CAP, type(uint64).max)),
            _staleCap(type(uint64).max, type(uint64).max)
        );
    }

    function test_PRV13_aSignatureIsOfItsFieldsLedgerAndChain() public {
        IConsentRegistry.Approval memory approval = _signed(CAP, 0);
        bytes memory reason = _badCapSignature(approval.signer);
        _denied(STRANGER, _signedData(CAP + 1, approval), reason);
        _denied(STRANGER, abi.encodeCall(ledger.setCapBySig, (did, keccak256("other data"), CAP, approval)), reason);
        approval.version = 1;
        _denied(STRANGER, _signedData(CAP, approval), reason);
        approval.version = 0;
        ++approval.deadline;
        _denied(STRANGER, _signedData(CAP, approval), reason);
        --approval.deadline;
        ledger = new PrivacyLedger(registry);
        _denied(STRANGER, _signedData(CAP, approval), reason);
        approval = _signed(CAP, 0);
        vm.chainId(block.chainid + 1);
        _denied(STRANGER, _signedData(CAP, approval), reason);
    }

    function test_PRV13_aSignatureIsGoodUntilItsDeadline() public {
        IConsentRegistry.Approval memory approval = _signed(CAP, 0);
        vm.warp(uint256(DEADLINE) + 1);
        bytes4 selector = IPrivacyLedger.PrivacyLedger_SignatureExpired.selector;
        bytes memory reason = abi.encodeWithSelector(selector, DEADLINE, uint256(DEADLINE) + 1);
        _denied(STRANGER, _signedData(CAP, approval), reason);
        vm.warp(DEADLINE);
        _send(CAP, approval);
        assertEq(uint256(ledger.budgetOf(did, DATA).cap), CAP);
    }

    function test_PRV13_aFormerOwnersSignatureIsRefused() public {
        IConsentRegistry.Approval memory approval = _signed(CAP, 0);
        vm.prank(subject);
        dids.changeOwner(did, STRANGER);
        _denied(STRANGER, _signedData(CAP, approval), _badCapSignature(approval.signer));
    }

    function test_looksOwnersUpWhereConsentsDo() public view {
        assertEq(address(ledger.CONSENTS()), address(registry));
        assertEq(address(ledger.DID_REGISTRY()), address(dids));
    }
}
