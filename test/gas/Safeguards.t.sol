// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICooperativeGovernor} from "../../contracts/governance/interfaces/ICooperativeGovernor.sol";
import {IPolicyBook} from "../../contracts/governance/interfaces/IPolicyBook.sol";
import {Did} from "../../contracts/identity/types/Did.sol";
import {CategoryId} from "../../contracts/reputation/types/CategoryId.sol";
import {CooperativeFixture, Ledger} from "../unit/governance/CooperativeFixture.sol";

/// @dev Execution alone, as in Operations.t.sol.
contract SafeguardGas is CooperativeFixture {
    CategoryId private constant CRAFT = CategoryId.wrap(keccak256("craft"));

    function setUp() public {
        _deploy();
        reputation.addCategory(CRAFT, 90 days);
        IPolicyBook.Policy memory ordinary = _ordinary();
        (ordinary.category, ordinary.weightCap) = (CRAFT, 10);
        _found(70, ordinary, _constitutional());
        vm.prank(address(treasury));
        reputation.appointIssuer(CRAFT, address(this), type(uint88).max, 0);
        for (uint256 number = 1; number <= 3; ++number) {
            reputation.award(address(treasury), CRAFT, Did.wrap(_member(number)), 10, 0);
        }
        vm.warp(block.timestamp + 8 days);
    }

    function test_gasOfAWeightedBallot() public {
        uint256 id = _proposeSet(1);
        _toVoting(id);
        _vote(id, 1, 1);
        _vote(id, 2, 1);
        vm.snapshotGasLastCall("governance", "castVote.weighted.next");
    }

    function test_gasOfAGuardiansCancellation() public {
        offices.appoint(keccak256("guardian"), 7, 1, type(uint48).max);
        _proposeSet(1);
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _action();
        vm.prank(_member(7));
        governor.cancelAsGuardian(targets, values, calldatas, keccak256(""), "A key was stolen.");
        vm.snapshotGasLastCall("governance", "cancelAsGuardian");
    }

    function test_gasOfThreeSponsors() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _action();
        uint256 id = governor.hashProposal(targets, values, calldatas, keccak256(""));
        ICooperativeGovernor.Sponsorship[] memory sponsorships = new ICooperativeGovernor.Sponsorship[](3);
        for (uint256 i; i < 3; ++i) sponsorships[i] = _signed(id, i + 2);
        vm.prank(_member(1));
        governor.proposeWithSponsors(targets, values, calldatas, "", sponsorships);
        vm.snapshotGasLastCall("governance", "proposeWithSponsors.three");
    }

    function _action()
        private
        view
        returns (address[] memory targets, uint256[] memory values, bytes[] memory calldatas)
    {
        return _single(address(ledger), 0, abi.encodeCall(Ledger.set, (1)));
    }

    function _signed(uint256 id, uint256 number) private view returns (ICooperativeGovernor.Sponsorship memory) {
        bytes32 typehash = keccak256("Sponsorship(uint256 proposalId,address proposer,uint256 deadline)");
        bytes32 structHash = keccak256(abi.encode(typehash, id, _member(1), block.timestamp));
        bytes32 digest = typedDigest("Artel Governor", address(governor), structHash);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_key(number), digest);
        bytes memory signer = abi.encodePacked(_member(number));
        return ICooperativeGovernor.Sponsorship(signer, block.timestamp, abi.encodePacked(r, s, v));
    }
}
