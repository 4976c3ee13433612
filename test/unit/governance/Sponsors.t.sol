// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

import {ICooperativeGovernor} from "../../../contracts/governance/interfaces/ICooperativeGovernor.sol";
import {IPolicyBook} from "../../../contracts/governance/interfaces/IPolicyBook.sol";
import {HostileSigner} from "../../../contracts/mocks/HostileSigner.sol";
import {SignerWallet} from "../../../contracts/mocks/SignerWallet.sol";
import {CooperativeFixture, Ledger} from "./CooperativeFixture.sol";

/// @dev Branches: Sponsors.tree. The ordinary class asks for two sponsors, the constitutional one for three.
contract SponsorsTest is CooperativeFixture {
    bytes32 private constant SPONSORSHIP = keccak256(
        "Sponsorship(uint256 proposalId,address proposer,uint256 deadline)"
    );
    uint256 private constant MEMBERS = 7;

    uint256 private _proposalId;
    uint256 private _deadline;

    function setUp() public {
        _deploy();
        IPolicyBook.Policy memory ordinary = _ordinary();
        ordinary.sponsors = 2;
        IPolicyBook.Policy memory constitutional = _constitutional();
        constitutional.sponsors = 3;
        _found(MEMBERS, ordinary, constitutional);
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _set();
        _proposalId = governor.hashProposal(targets, values, calldatas, keccak256(""));
        _deadline = block.timestamp + 1 days;
    }

    function test_GSW05_sponsors_open() public {
        uint256[] memory numbers = new uint256[](2);
        (numbers[0], numbers[1]) = (3, 5);
        vm.expectEmit(address(governor));
        emit ICooperativeGovernor.ProposalSponsored(_proposalId, numbers);
        assertEq(_proposeWith(1, _of(3, 5)), _proposalId);
        assertEq(governor.proposalProposer(_proposalId), _member(1));
    }

    function test_GSW05_sponsors_missing() public {
        vm.expectRevert(abi.encodeWithSelector(ICooperativeGovernor.Governor_SponsorsMissing.selector, 0, 2));
        _proposeSet(1);
        vm.expectRevert(abi.encodeWithSelector(ICooperativeGovernor.Governor_SponsorsMissing.selector, 1, 2));
        _proposeWith(1, _of(3));
    }

    /// @dev The highest class among the actions asks.
    function test_GSW05_sponsors_ofTheHighestClass() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(
            address(ledger),
            1,
            abi.encodeCall(Ledger.set, (1))
        );
        _proposalId = governor.hashProposal(targets, values, calldatas, keccak256(""));
        ICooperativeGovernor.Sponsorship[] memory sponsorships = _of(3, 5);
        vm.prank(_member(1));
        vm.expectRevert(abi.encodeWithSelector(ICooperativeGovernor.Governor_SponsorsMissing.selector, 2, 3));
        governor.proposeWithSponsors(targets, values, calldatas, "", sponsorships);
    }

    /// @dev The proposer has spoken by proposing, and is no sponsor.
    function test_GSW05_sponsors_areOthersThanTheProposer() public {
        _expectInvalid(0, _member(1));
        _proposeWith(1, _of(1, 3));
    }

    function test_GSW05_sponsors_areDistinct() public {
        _expectInvalid(1, _member(3));
        _proposeWith(1, _of(3, 3));
        _expectInvalid(1, _member(3));
        _proposeWith(1, _of(5, 3));
    }

    function test_GSW05_sponsors_areMembers() public {
        ICooperativeGovernor.Sponsorship[] memory sponsorships = _of(3, 5);
        sponsorships[0] = _signed(77, vm.addr(77), 1);
        _expectInvalid(0, vm.addr(77));
        _proposeWith(1, sponsorships);
    }

    function test_GSW05_sponsors_areInStanding_thenAndNow() public {
        vm.prank(address(treasury));
        membership.suspend(5, 0);
        _expectInvalid(1, _member(5));
        _proposeWith(1, _of(3, 5));
        vm.prank(_member(3));
        membership.resign(address(treasury));
        _expectInvalid(0, _member(3));
        _proposeWith(1, _of(3, 4));
        // Who joined in this second had no standing in the one before.
        address[] memory dids = new address[](1);
        dids[0] = vm.addr(77);
        vm.prank(address(treasury));
        membership.admit(dids);
        ICooperativeGovernor.Sponsorship[] memory sponsorships = _of(2, 4);
        sponsorships[1] = _signed(77, vm.addr(77), 1);
        _expectInvalid(1, vm.addr(77));
        _proposeWith(1, sponsorships);
    }

    function test_GSW06_signature_untilItsDeadline() public {
        ICooperativeGovernor.Sponsorship[] memory sponsorships = _of(3, 5);
        vm.warp(_deadline + 1);
        _expectInvalid(0, _member(3));
        _proposeWith(1, sponsorships);
        vm.warp(_deadline);
        _proposeWith(1, sponsorships);
    }

    function test_GSW06_signature_withAnotherDeadline() public {
        ICooperativeGovernor.Sponsorship[] memory sponsorships = _of(3, 5);
        ++sponsorships[1].deadline;
        _expectInvalid(1, _member(5));
        _proposeWith(1, sponsorships);
    }

    /// @dev Nobody who sees the signatures can propose with them instead, and then withdraw the proposal.
    function test_GSW06_signature_isOfNoUseToAnotherProposer() public {
        ICooperativeGovernor.Sponsorship[] memory sponsorships = _of(3, 5);
        _expectInvalid(0, _member(3));
        _proposeWith(2, sponsorships);
    }

    function test_GSW06_signature_isForOneProposal() public {
        _proposalId ^= 1;
        ICooperativeGovernor.Sponsorship[] memory sponsorships = _of(3, 5);
        _proposalId ^= 1;
        _expectInvalid(0, _member(3));
        _proposeWith(1, sponsorships);
    }

    function test_GSW06_signature_isGoodOnce() public {
        ICooperativeGovernor.Sponsorship[] memory sponsorships = _of(3, 5);
        _proposeWith(1, sponsorships);
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _set();
        vm.prank(_member(1));
        governor.cancel(targets, values, calldatas, keccak256(""));
        vm.expectPartialRevert(IGovernor.GovernorUnexpectedProposalState.selector);
        _proposeWith(1, sponsorships);
    }

    function test_GSW06_signature_isForOneChainAndGovernor() public {
        ICooperativeGovernor.Sponsorship[] memory sponsorships = _of(3, 5);
        vm.chainId(block.chainid + 1);
        _expectInvalid(0, _member(3));
        _proposeWith(1, sponsorships);
        vm.chainId(block.chainid);
    }

    function test_GSW06_signature_ofAnotherKey() public {
        ICooperativeGovernor.Sponsorship[] memory sponsorships = _of(3, 5);
        sponsorships[1] = _signed(_key(5), _member(6), 1);
        _expectInvalid(1, _member(6));
        _proposeWith(1, sponsorships);
        sponsorships = _of(3, 5);
        sponsorships[1].signature = "";
        _expectInvalid(1, _member(5));
        _proposeWith(1, sponsorships);
    }

    /// @dev A ballot is no sponsorship.
    function test_GSW06_signature_isOfItsType() public {
        ICooperativeGovernor.Sponsorship[] memory sponsorships = _of(3, 5);
        bytes32 structHash = keccak256(
            abi.encode(governor.BALLOT_TYPEHASH(), _proposalId, uint8(1), _member(5), uint256(0))
        );
        sponsorships[1].signature = _sign(_key(5), typedDigest("Artel Governor", address(governor), structHash));
        _expectInvalid(1, _member(5));
        _proposeWith(1, sponsorships);
    }

    function test_GSW06_signature_ofEverySort() public {
        SignerWallet wallet = new SignerWallet(vm.addr(78));
        bytes memory passkey = abi.encodePacked(new HostileSigner(), "a key");
        _admit(address(wallet)); // number 8
        _admit(_accountOf(passkey)); // number 9
        vm.etch(_member(2), abi.encodePacked(hex"ef0100", address(ledger)));
        ICooperativeGovernor.Sponsorship[] memory sponsorships = new ICooperativeGovernor.Sponsorship[](3);
        sponsorships[0] = _signed(_key(2), _member(2), 1);
        sponsorships[1] = _signed(78, address(wallet), 1);
        sponsorships[2] = ICooperativeGovernor.Sponsorship(passkey, _deadline, "");
        assertEq(_proposeWith(1, sponsorships), _proposalId);
    }

    /// @dev A class that asks for none checks what it is given.
    function test_GSW05_sponsors_beyondWhatIsAskedFor_mustBeGood() public {
        ICooperativeGovernor.Sponsorship[] memory sponsorships = new ICooperativeGovernor.Sponsorship[](3);
        sponsorships[0] = _signed(_key(2), _member(2), 1);
        sponsorships[1] = _signed(_key(3), _member(3), 1);
        sponsorships[2] = _signed(77, vm.addr(77), 1);
        _expectInvalid(2, vm.addr(77));
        _proposeWith(1, sponsorships);
        sponsorships[2] = _signed(_key(4), _member(4), 1);
        _proposeWith(1, sponsorships);
    }

    /// @dev Who loses members does not lose the way to change the rule.
    function test_GSW07_sponsors_ofFewMembers_areAllOthers() public {
        for (uint256 number = 3; number <= MEMBERS; ++number) {
            vm.prank(_member(number));
            membership.resign(address(treasury));
        }
        vm.warp(block.timestamp + 1);
        vm.expectRevert(abi.encodeWithSelector(ICooperativeGovernor.Governor_SponsorsMissing.selector, 0, 1));
        _proposeWith(1, new ICooperativeGovernor.Sponsorship[](0));
        _proposeWith(1, _of(2));
    }

    function test_GSW07_sponsors_ofTheLastMember_areNone() public {
        for (uint256 number = 2; number <= MEMBERS; ++number) {
            vm.prank(_member(number));
            membership.resign(address(treasury));
        }
        vm.warp(block.timestamp + 1);
        _proposeWith(1, new ICooperativeGovernor.Sponsorship[](0));
    }

    function test_GOV04_sponsors_doNotFallAsTheClassRises() public {
        IPolicyBook.Policy memory policy = _ordinary();
        policy.sponsors = 4;
        vm.prank(address(treasury));
        vm.expectRevert(
            abi.encodeWithSelector(IPolicyBook.PolicyBook_NotMonotone.selector, ORDINARY, CONSTITUTIONAL, "sponsors")
        );
        policyBook.setPolicy(ORDINARY, policy);
        policy.sponsors = 3;
        vm.prank(address(treasury));
        uint256 version = policyBook.setPolicy(ORDINARY, policy);
        assertEq(policyBook.policyAt(address(treasury), version).sponsors, 3);
        assertEq(policyBook.policyAt(address(treasury), version).lateWindow, 0);
    }

    function test_GOV06_sponsors_areAtMostFifteen() public {
        IPolicyBook.Policy memory policy = _constitutional();
        policy.sponsors = 16;
        vm.prank(address(treasury));
        vm.expectRevert(
            abi.encodeWithSelector(IPolicyBook.PolicyBook_InvalidPolicy.selector, CONSTITUTIONAL, "sponsors")
        );
        policyBook.setPolicy(CONSTITUTIONAL, policy);
    }

    // ------------------------------------------------------------------------------------------------- helpers

    function _set() private view returns (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) {
        return _single(address(ledger), 0, abi.encodeCall(Ledger.set, (1)));
    }

    function _proposeWith(
        uint256 number,
        ICooperativeGovernor.Sponsorship[] memory sponsorships
    ) private returns (uint256) {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _set();
        vm.prank(_member(number));
        return governor.proposeWithSponsors(targets, values, calldatas, "", sponsorships);
    }

    /// @dev Of one member, for member 1's proposal.
    function _of(uint256 number) private view returns (ICooperativeGovernor.Sponsorship[] memory sponsorships) {
        sponsorships = new ICooperativeGovernor.Sponsorship[](1);
        sponsorships[0] = _signed(_key(number), _member(number), 1);
    }

    function _of(
        uint256 first,
        uint256 second
    ) private view returns (ICooperativeGovernor.Sponsorship[] memory sponsorships) {
        sponsorships = new ICooperativeGovernor.Sponsorship[](2);
        sponsorships[0] = _signed(_key(first), _member(first), 1);
        sponsorships[1] = _signed(_key(second), _member(second), 1);
    }

    function _signed(
        uint256 privateKey,
        address account,
        uint256 proposer
    ) private view returns (ICooperativeGovernor.Sponsorship memory sponsorship) {
        bytes32 structHash = keccak256(abi.encode(SPONSORSHIP, _proposalId, _member(proposer), _deadline));
        bytes memory signature = _sign(privateKey, typedDigest("Artel Governor", address(governor), structHash));
        return ICooperativeGovernor.Sponsorship(abi.encodePacked(account), _deadline, signature);
    }

    function _sign(uint256 privateKey, bytes32 digest) private pure returns (bytes memory signature) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKey, digest);
        return abi.encodePacked(r, s, v);
    }

    function _admit(address did) private {
        address[] memory dids = new address[](1);
        dids[0] = did;
        vm.prank(address(treasury));
        membership.admit(dids);
        vm.warp(block.timestamp + 1);
    }

    /// @dev Last 20 bytes of a domain-separated hash, by hand.
    function _accountOf(bytes memory signer) private pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encodePacked(keccak256("ERC-7913 signer"), signer)))));
    }

    function _expectInvalid(uint256 index, address account) private {
        vm.expectRevert(abi.encodeWithSelector(ICooperativeGovernor.Governor_InvalidSponsor.selector, index, account));
    }
}
