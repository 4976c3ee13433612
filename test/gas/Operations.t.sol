// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IPolicyBook} from "../../contracts/governance/interfaces/IPolicyBook.sol";
import {DIDRegistry} from "../../contracts/identity/DIDRegistry.sol";
import {Did} from "../../contracts/identity/types/Did.sol";
import {LocalToken} from "../../contracts/mocks/LocalToken.sol";
import {Reputation} from "../../contracts/reputation/Reputation.sol";
import {ReputationAutomation} from "../../contracts/reputation/ReputationAutomation.sol";
import {IReputation} from "../../contracts/reputation/interfaces/IReputation.sol";
import {IReputationAutomation} from "../../contracts/reputation/interfaces/IReputationAutomation.sol";
import {CategoryId} from "../../contracts/reputation/types/CategoryId.sol";
import {CooperativeFixture, Ledger} from "../unit/governance/CooperativeFixture.sol";
import {TestBase} from "../unit/Vm.sol";

/// @dev Gas of named operations, execution alone: without the base cost and calldata of a transaction. Committed under
/// snapshots/; `first` writes words that were empty, `next` the same words again.
contract IdentityGas is TestBase {
    function test_gas() public {
        DIDRegistry registry = new DIDRegistry();
        Did identity = Did.wrap(vm.addr(1));
        bytes memory value = new bytes(64);
        vm.startPrank(vm.addr(1));
        registry.setAttribute(identity, "did/pub/X25519/enc/base64", value, 1 days);
        vm.snapshotGasLastCall("identity", "setAttribute.first");
        registry.setAttribute(identity, "did/pub/X25519/enc/base64", value, 1 days);
        vm.snapshotGasLastCall("identity", "setAttribute.next");
        registry.changeOwner(identity, vm.addr(1));
        vm.snapshotGasLastCall("identity", "changeOwner.next");
        vm.stopPrank();
    }
}

contract ReputationGas is TestBase {
    CategoryId private constant CARE = CategoryId.wrap(keccak256("care"));
    Did private constant ALICE = Did.wrap(address(0xa11ce));
    Did private constant BOB = Did.wrap(address(0xb0b));
    uint256 private constant START = 2977 weeks;

    Reputation private _reputation;

    function test_gas() public {
        vm.warp(START);
        _reputation = new Reputation(address(new AccessManager(address(this))));
        _reputation.addCategory(CARE, 90 days);
        _reputation.appointIssuer(CARE, address(this), 1e6, 1e6);
        _award(ALICE);
        vm.warp(START + 1 hours);
        _award(BOB);
        vm.snapshotGasLastCall("reputation", "award.new");
        vm.warp(START + 2 hours);
        _award(BOB);
        vm.snapshotGasLastCall("reputation", "award.next");
        _reputation.penalise(address(this), CARE, BOB, 1, bytes32(0));
        vm.snapshotGasLastCall("reputation", "penalise.next");
        vm.warp(START + 1 weeks);
        _award(BOB);
        vm.snapshotGasLastCall("reputation", "award.nextEpoch");
        _automation();
    }

    function _automation() private {
        ReputationAutomation automation = new ReputationAutomation(_reputation);
        IReputationAutomation.Terms memory terms = IReputationAutomation.Terms({
            category: CARE,
            subject: ALICE,
            edge: IReputationAutomation.Edge.Rise,
            threshold: 300,
            margin: 10,
            cooldown: 0,
            expiry: uint48(START + 52 weeks),
            refundCap: 0,
            target: address(_reputation),
            data: abi.encodeCall(IReputation.currentEpoch, ())
        });
        automation.authorise(terms);
        vm.snapshotGasLastCall("reputation", "authorise.first");
        _award(ALICE);
        automation.fire(address(this), terms, _reputation.currentEpoch());
        vm.snapshotGasLastCall("reputation", "fire.first");
    }

    function _award(Did subject) private {
        _reputation.award(address(this), CARE, subject, 250, bytes32(0));
    }
}

contract GovernanceGas is CooperativeFixture {
    function test_gas() public {
        _deploy();
        _found(7, _ordinary(), _constitutional());
        address[] memory dids = new address[](1);
        dids[0] = _member(8);
        vm.prank(address(treasury));
        membership.admit(dids);
        vm.snapshotGasLastCall("membership", "admit.one");

        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _action();
        vm.prank(_member(1));
        uint256 id = governor.propose(targets, values, calldatas, "Set the ledger to forty-two");
        vm.snapshotGasLastCall("governance", "propose");
        vm.warp(governor.proposalSnapshot(id) + 1);
        vm.prank(_member(1));
        governor.castVote(id, 1);
        vm.snapshotGasLastCall("governance", "castVote.firstInWord");
        for (uint256 number = 2; number <= 5; ++number) {
            vm.prank(_member(number));
            governor.castVote(id, 1);
        }
        vm.snapshotGasLastCall("governance", "castVote.next");
        vm.warp(governor.proposalEta(id));
        governor.execute(targets, values, calldatas, keccak256("Set the ledger to forty-two"));
        vm.snapshotGasLastCall("governance", "execute");
        _payment();
    }

    /// @dev Two payments by a class with a limit, within one period.
    function _payment() private {
        LocalToken money = new LocalToken("Play", "PLAY");
        money.mint(address(treasury), 1_000);
        money.mint(address(1), 1);
        vm.startPrank(address(treasury));
        policyBook.setRule(address(money), IERC20.transfer.selector, IPolicyBook.Rule(ORDINARY, 2, 0, false));
        treasury.setLimit(ORDINARY, address(money), 100, 30 days);
        vm.stopPrank();
        bytes memory data = abi.encodeCall(IERC20.transfer, (address(1), 5));
        _carryOut(5, address(money), 0, data);
        vm.snapshotGasLastCall("governance", "execute.metered.first");
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(
            address(money),
            0,
            data
        );
        vm.prank(_member(1));
        uint256 id = governor.propose(targets, values, calldatas, "again");
        _toVoting(id);
        for (uint256 number = 1; number <= 5; ++number) _vote(id, number, 1);
        _toEta(id);
        governor.execute(targets, values, calldatas, keccak256("again"));
        vm.snapshotGasLastCall("governance", "execute.metered.next");
    }

    function _action() private view returns (address[] memory, uint256[] memory, bytes[] memory) {
        address[] memory targets = new address[](1);
        bytes[] memory calldatas = new bytes[](1);
        targets[0] = address(ledger);
        calldatas[0] = abi.encodeCall(Ledger.set, (42));
        return (targets, new uint256[](1), calldatas);
    }
}
