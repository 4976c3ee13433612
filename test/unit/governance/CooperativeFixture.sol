// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

import {CooperativeFactory} from "../../../contracts/founding/CooperativeFactory.sol";
import {ICooperativeFactory} from "../../../contracts/founding/interfaces/ICooperativeFactory.sol";
import {CooperativeGovernor} from "../../../contracts/governance/CooperativeGovernor.sol";
import {PolicyBook} from "../../../contracts/governance/PolicyBook.sol";
import {Treasury} from "../../../contracts/governance/Treasury.sol";
import {IPolicyBook} from "../../../contracts/governance/interfaces/IPolicyBook.sol";
import {Membership} from "../../../contracts/membership/Membership.sol";
import {MembershipToken} from "../../../contracts/membership/MembershipToken.sol";
import {Proxies} from "../../../contracts/membership/Proxies.sol";
import {IDIDRegistry} from "../../../contracts/identity/interfaces/IDIDRegistry.sol";
import {OfficesStub} from "../../../contracts/mocks/OfficesStub.sol";
import {Reputation} from "../../../contracts/reputation/Reputation.sol";
import {TestBase} from "../Vm.sol";

/// @dev ERC-1056's rule for owners: an identity owns itself until it names another.
contract OwnerRegistry {
    mapping(address identity => address owner) private _owners;
    mapping(address identity => bool burned) private _burned;

    function setOwner(address identity, address owner) external {
        _owners[identity] = owner;
        _burned[identity] = owner == address(0);
    }

    function identityOwner(address identity) external view returns (address owner) {
        if (_burned[identity]) return address(0);
        owner = _owners[identity];
        if (owner == address(0)) owner = identity;
    }
}

/// @dev Something to decide about.
contract Ledger {
    uint256 public value;
    address public writer;

    error Ledger_Refused();

    function set(uint256 newValue) external payable {
        value = newValue;
        writer = msg.sender;
    }

    function refuse() external pure {
        revert Ledger_Refused();
    }
}

/// @dev A cooperative founded through the factory.
abstract contract CooperativeFixture is TestBase {
    uint8 internal constant ORDINARY = 1;
    uint8 internal constant CONSTITUTIONAL = 7;
    uint256 internal constant START = 1_700_000_000;

    OwnerRegistry internal registry;
    Membership internal membership;
    PolicyBook internal policyBook;
    Proxies internal proxies;
    CooperativeFactory internal factory;
    OfficesStub internal offices;
    Reputation internal reputation;
    Ledger internal ledger;

    Treasury internal treasury;
    CooperativeGovernor internal governor;
    MembershipToken internal token;

    function _deploy() internal {
        vm.warp(START);
        registry = new OwnerRegistry();
        membership = new Membership(IDIDRegistry(address(registry)));
        policyBook = new PolicyBook(membership);
        proxies = new Proxies(membership);
        offices = new OfficesStub();
        reputation = new Reputation(address(new AccessManager(address(this))));
        CooperativeGovernor governors = _newGovernor(policyBook);
        MembershipToken tokenImplementation = new MembershipToken(membership);
        factory = new CooperativeFactory(address(governors), address(tokenImplementation));
        ledger = new Ledger();
    }

    function _newGovernor(PolicyBook book) internal returns (CooperativeGovernor) {
        return new CooperativeGovernor(membership, book, proxies, offices, reputation);
    }

    /// @dev Founds with `count` members, an ordinary class for `Ledger.set` and a constitutional one; a day later.
    function _found(
        uint256 count,
        IPolicyBook.Policy memory ordinary,
        IPolicyBook.Policy memory constitutional
    ) internal {
        _useFounded(_terms(count, ordinary, constitutional));
        vm.warp(START + 1 days);
    }

    function _useFounded(ICooperativeFactory.FoundingTerms memory terms) internal {
        (address cooperative, address governor_, address token_) = factory.found(terms);
        treasury = Treasury(payable(cooperative));
        governor = CooperativeGovernor(governor_);
        token = MembershipToken(token_);
    }

    function _terms(
        uint256 count,
        IPolicyBook.Policy memory ordinary,
        IPolicyBook.Policy memory constitutional
    ) internal view returns (ICooperativeFactory.FoundingTerms memory terms) {
        terms.name = "Artel";
        terms.dids = new address[](count);
        for (uint256 i; i < count; ++i) terms.dids[i] = _member(i + 1);
        terms.policies = new ICooperativeFactory.ClassPolicy[](2);
        terms.policies[0] = ICooperativeFactory.ClassPolicy(CONSTITUTIONAL, constitutional);
        terms.policies[1] = ICooperativeFactory.ClassPolicy(ORDINARY, ordinary);
        terms.rules = new ICooperativeFactory.ClassRule[](1);
        terms.rules[0] = ICooperativeFactory.ClassRule(address(ledger), Ledger.set.selector, _unmetered(ORDINARY));
    }

    /// @dev A rule for an action that spends nothing.
    function _unmetered(uint8 policyClass) internal pure returns (IPolicyBook.Rule memory rule) {
        rule.policyClass = policyClass;
    }

    /// @dev More than half of the votes, a third of the members; three days of voting, one of delay, a week to execute.
    function _ordinary() internal pure returns (IPolicyBook.Policy memory policy) {
        policy.approvalNumerator = 1;
        policy.approvalDenominator = 2;
        policy.strict = true;
        policy.quorumNumerator = 1;
        policy.quorumDenominator = 3;
        policy.votingDelay = 1 hours;
        policy.votingPeriod = 3 days;
        policy.executionDelay = 1 days;
        policy.executionWindow = 7 days;
    }

    /// @dev Two thirds of the votes, half of the members, longer.
    function _constitutional() internal pure returns (IPolicyBook.Policy memory policy) {
        policy = _ordinary();
        policy.approvalNumerator = 2;
        policy.approvalDenominator = 3;
        policy.strict = false;
        policy.quorumNumerator = 1;
        policy.quorumDenominator = 2;
        policy.votingPeriod = 7 days;
    }

    /// @dev Account of the member with this number; its private key is `_key`.
    function _member(uint256 number) internal pure returns (address) {
        return vm.addr(_key(number));
    }

    function _key(uint256 number) internal pure returns (uint256) {
        return 1_000 + number;
    }

    function _single(
        address target,
        uint256 value,
        bytes memory data
    ) internal pure returns (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) {
        targets = new address[](1);
        values = new uint256[](1);
        calldatas = new bytes[](1);
        (targets[0], values[0], calldatas[0]) = (target, value, data);
    }

    /// @dev One proposal of one action by a member.
    function _propose(address proposer, address target, uint256 value, bytes memory data) internal returns (uint256) {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(target, value, data);
        vm.prank(proposer);
        return governor.propose(targets, values, calldatas, "");
    }

    function _proposeSet(uint256 value) internal returns (uint256) {
        return _propose(_member(1), address(ledger), 0, abi.encodeCall(Ledger.set, (value)));
    }

    function _execute(address target, uint256 value, bytes memory data) internal {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(target, value, data);
        governor.execute(targets, values, calldatas, keccak256(""));
    }

    function _executeSet(uint256 value) internal {
        _execute(address(ledger), 0, abi.encodeCall(Ledger.set, (value)));
    }

    function _vote(uint256 proposalId, uint256 number, uint8 support) internal {
        vm.prank(_member(number));
        governor.castVote(proposalId, support);
    }

    function _toVoting(uint256 proposalId) internal {
        vm.warp(governor.proposalSnapshot(proposalId) + 1);
    }

    function _toEta(uint256 proposalId) internal {
        vm.warp(governor.proposalEta(proposalId) + 1);
    }

    /// @dev Proposes, passes with members 1 to `yes`, waits and executes one action.
    function _carryOut(uint256 yes, address target, uint256 value, bytes memory data) internal {
        uint256 proposalId = _propose(_member(1), target, value, data);
        _toVoting(proposalId);
        for (uint256 number = 1; number <= yes; ++number) _vote(proposalId, number, 1);
        _toEta(proposalId);
        _execute(target, value, data);
    }
}
