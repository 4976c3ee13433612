// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";

import {CooperativeGovernor} from "../../../contracts/governance/CooperativeGovernor.sol";
import {Treasury} from "../../../contracts/governance/Treasury.sol";
import {ICooperativeFactory} from "../../../contracts/founding/interfaces/ICooperativeFactory.sol";
import {ITreasury} from "../../../contracts/governance/interfaces/ITreasury.sol";
import {CooperativeFixture, Ledger} from "../governance/CooperativeFixture.sol";

/// @dev Called by a treasury at its founding, it would like to be its governor.
contract Usurper {
    function usurp() external {
        ITreasury(msg.sender).setGovernor(address(this));
    }
}

/// @dev Clones of the suite's own code, made by somebody else in a cooperative's name.
contract ForeignGovernorTest is CooperativeFixture {
    CooperativeGovernor private _foreign;

    function setUp() public {
        _deploy();
        _found(3, _ordinary(), _constitutional());
        _foreign = CooperativeGovernor(
            Clones.cloneWithImmutableArgs(
                factory.GOVERNOR_IMPLEMENTATION(),
                abi.encode(address(treasury), address(token))
            )
        );
    }

    function _asForeign() private {
        (governor, _foreign) = (_foreign, governor);
    }

    /// @dev It takes the members' ballots, but its proposals are void and the treasury does not know it.
    function test_GOV23_aGovernorThatTheTreasuryDidNotChooseDecidesNothing() public {
        _asForeign();
        uint256 proposalId = _proposeSet(1);
        _toVoting(proposalId);
        for (uint256 number = 1; number <= 3; ++number) _vote(proposalId, number, 1);
        _toEta(proposalId);
        vm.expectRevert();
        _executeSet(1);
        assertEq(ledger.value(), 0);
    }

    /// @dev The same proposal has the same number at both governors; a ballot signed for one is no ballot at the other.
    function test_GOV15_aBallotSignedForOneGovernorIsRefusedByAnother() public {
        uint256 proposalId = _proposeSet(1);
        _asForeign();
        assertEq(_proposeSet(1), proposalId);
        _toVoting(proposalId);
        bytes32 ballot = keccak256(abi.encode(governor.BALLOT_TYPEHASH(), proposalId, 1, _member(1), 0));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_key(1), typedDigest("Artel Governor", address(governor), ballot));
        bytes memory signature = abi.encodePacked(r, s, v);
        vm.expectRevert();
        _foreign.castVoteBySig(proposalId, 1, _member(1), signature);
        assertEq(governor.castVoteBySig(proposalId, 1, _member(1), signature), 1);
    }

    /// @dev A treasury cloned beside the factory can't be founded by whoever made it, nor can the implementation.
    function test_FND05_onlyTheFactoryFounds() public {
        address implementation = factory.TREASURY_IMPLEMENTATION();
        address clone = Clones.clone(implementation);
        ITreasury.Call[] memory none = new ITreasury.Call[](0);
        vm.expectRevert();
        Treasury(payable(clone)).found(address(ledger), none);
        vm.expectRevert();
        Treasury(payable(implementation)).found(address(ledger), none);
    }

    /// @dev The founder's own calls name no treasury of their own, whose address depends on them, and nobody whom they
    /// call is the treasury: the governor that was announced is the one in power.
    function test_FND02_aFoundingCallCantReplaceTheGovernor() public {
        ICooperativeFactory.FoundingTerms memory terms = _terms(3, _ordinary(), _constitutional());
        terms.calls = new ITreasury.Call[](1);
        Usurper usurper = new Usurper();
        terms.calls[0] = ITreasury.Call(address(usurper), abi.encodeCall(Usurper.usurp, ()));
        vm.expectPartialRevert(ITreasury.Treasury_NotItself.selector);
        factory.found(terms);
        (address predicted, , ) = factory.predict(address(this), terms);
        terms.calls[0] = ITreasury.Call(predicted, abi.encodeCall(ITreasury.setGovernor, (address(usurper))));
        (address actual, , ) = factory.predict(address(this), terms);
        assertNotEq(actual, predicted);
    }

    /// @dev Leaving and coming back gives no second ballot on what was open, and no signed ballot works again.
    function test_GOV13_aMemberWhoCameBackVotesOnNothingThatWasOpen() public {
        uint256 proposalId = _propose(_member(1), address(ledger), 0, abi.encodeCall(Ledger.set, (1)));
        _toVoting(proposalId);
        _vote(proposalId, 1, 1);
        address[] memory dids = new address[](1);
        dids[0] = _member(1);
        vm.prank(_member(1));
        membership.resign(address(treasury));
        vm.prank(address(treasury));
        membership.admit(dids);
        vm.warp(block.timestamp + 1);
        vm.expectRevert();
        _vote(proposalId, 1, 0);
        (, uint256 yes, ) = governor.proposalVotes(proposalId);
        assertEq(yes, 1);
    }
}
