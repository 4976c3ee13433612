// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CooperativeFactory} from "../../../contracts/founding/CooperativeFactory.sol";
import {Elections} from "../../../contracts/governance/Elections.sol";
import {CooperativeGovernor} from "../../../contracts/governance/CooperativeGovernor.sol";
import {ICooperativeGovernor} from "../../../contracts/governance/interfaces/ICooperativeGovernor.sol";
import {IElections} from "../../../contracts/governance/interfaces/IElections.sol";
import {IPolicyBook} from "../../../contracts/governance/interfaces/IPolicyBook.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {MembershipToken} from "../../../contracts/membership/MembershipToken.sol";
import {IProxies} from "../../../contracts/membership/interfaces/IProxies.sol";
import {CategoryId} from "../../../contracts/reputation/types/CategoryId.sol";
import {CooperativeFixture, Ledger} from "../governance/CooperativeFixture.sol";

/// @dev Who tries to weigh more than they should, or to hold an office that is not theirs.
contract PowersTest is CooperativeFixture {
    CategoryId private constant CRAFT = CategoryId.wrap(keccak256("craft"));
    bytes32 private constant BALLOT = keccak256("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)");
    bytes32 private constant GUARDIAN = keccak256("guardian");
    uint8 private constant ABOVE = 2;
    uint256 private constant MEMBERS = 9;
    uint8 private constant NO = 0;
    uint8 private constant YES = 1;
    uint8 private constant VETO = 3;

    Elections private _elections;
    address private _coop;

    function setUp() public {
        _deploy();
        reputation.addCategory(CRAFT, type(uint32).max);
        _elections = new Elections(membership);
        CooperativeGovernor governors = new CooperativeGovernor(
            membership,
            policyBook,
            proxies,
            _elections,
            reputation
        );
        factory = new CooperativeFactory(address(governors), address(new MembershipToken(membership)));
        _found(MEMBERS, _weighted(10), _constitutional());
        _coop = address(treasury);
        vm.prank(_coop);
        reputation.appointIssuer(CRAFT, address(this), type(uint88).max, type(uint88).max);
    }

    // ------------------------------------------------------------------------------------------------- weights

    /// @dev A cap of one is one member one vote. Above it, a member with a score would decide alone.
    function test_GSW10_capsDoNotRiseWithTheClass() public {
        _setPolicy(ORDINARY, _weighted(1));
        vm.prank(_coop);
        vm.expectRevert(
            abi.encodeWithSelector(IPolicyBook.PolicyBook_NotMonotone.selector, ORDINARY, ABOVE, "weightCap")
        );
        policyBook.setPolicy(ABOVE, _weighted(type(uint16).max));
        _setPolicy(ABOVE, _weighted(1));
        _setPolicy(ORDINARY, _weighted(10));
        vm.prank(_coop);
        vm.expectRevert(
            abi.encodeWithSelector(IPolicyBook.PolicyBook_NotMonotone.selector, ORDINARY, ABOVE, "weightCap")
        );
        policyBook.setPolicy(ABOVE, _weighted(11));
        _setPolicy(ABOVE, _weighted(10));
        vm.prank(_coop);
        vm.expectRevert(
            abi.encodeWithSelector(IPolicyBook.PolicyBook_NotMonotone.selector, ORDINARY, ABOVE, "weightCap")
        );
        policyBook.setPolicy(ORDINARY, _weighted(9));
    }

    /// @dev Cast by proxy, then in person with another key, then changed by its signature: the weight is in one tally at any
    /// time, and neither the former key nor the holder moves it again.
    function test_GSW09_aWeightIsCountedOnce_throughProxyAndAnotherKey() public {
        reputation.award(_coop, CRAFT, Did.wrap(_member(6)), 10, 0);
        reputation.award(_coop, CRAFT, Did.wrap(_member(7)), 5, 0);
        vm.prank(_coop);
        proxies.setLimits(100, 1, 90 days);
        _give(6, 5, 0);
        _give(7, 5, 1);
        vm.warp((block.timestamp / 1 weeks + 1) * 1 weeks + 1 days);
        uint256 id = _proposeSet(1);
        _toVoting(id);
        uint256[] memory principals = new uint256[](4);
        (principals[0], principals[1], principals[2], principals[3]) = (7, 6, 7, 6);
        vm.prank(_member(5));
        governor.castProxied(id, VETO, principals);
        _expectVotes(id, 9 + 4, 0, 0);

        uint256 key = 77;
        registry.setOwner(_member(6), vm.addr(key));
        membership.rebind(_coop, 6);
        assertEq(governor.castVotesBySig(id, _signed(id, key, YES, false)), 1);
        _expectVotes(id, 4, 9, 0);
        assertEq(governor.castVotesBySig(id, _signed(id, _key(6), NO, true)), 0);
        vm.prank(_member(5));
        vm.expectRevert(abi.encodeWithSelector(ICooperativeGovernor.Governor_NoProxiedBallot.selector, id, _member(5)));
        governor.castProxied(id, NO, principals);
        assertEq(governor.castVotesBySig(id, _signed(id, key, NO, true)), 1);
        assertEq(governor.castVotesBySig(id, _signed(id, key, YES, true)), 0);
        _expectVotes(id, 9 + 4, 0, 0);
        assertEq(governor.proposalVetoes(id), 1);

        // by weight and by heads there is nothing else
        _vote(id, 7, YES);
        _expectVotes(id, 9, 4, 0);
        assertEq(governor.proposalVetoes(id), 0);
    }

    // ------------------------------------------------------------------------------------------------- offices

    /// @dev Anybody may call themselves a cooperative and elect whom they like, to an office of the same name.
    function test_GSW01_aGuardianOfAnotherCooperativeIsNone() public {
        address other = address(0xBAD);
        address[] memory dids = new address[](3);
        for (uint256 i; i < 3; ++i) dids[i] = _member(i + 1); // with the same numbers
        vm.prank(other);
        membership.admit(dids);
        vm.warp(block.timestamp + 1);
        _elect(other, GUARDIAN, 3, 365 days);
        _elect(_coop, keccak256("chair"), 3, 365 days);
        _proposeSet(1);
        _expectNoGuardian(3);
    }

    /// @dev A term is over while the next election is counted, and nobody is elected by being about to be.
    function test_GSW01_noGuardianBetweenTwoTerms() public {
        uint256 first = _elect(_coop, GUARDIAN, 3, 1 days);
        uint256 second = _elect(_coop, GUARDIAN, 4, 0);
        vm.warp(uint256(_elections.electionOf(first).termEnd));
        _proposeSet(1);
        _expectNoGuardian(3);
        _expectNoGuardian(4);
        vm.warp(uint256(_elections.electionOf(second).votingEnd) + 1);
        assertTrue(_elections.count(second, 1_000));
        _proposeSet(2);
        vm.prank(_member(4));
        _cancelSet(2);
    }

    // ------------------------------------------------------------------------------------------------- helpers

    function _weighted(uint16 cap) private pure returns (IPolicyBook.Policy memory policy) {
        policy = _ordinary();
        (policy.category, policy.weightCap) = (CRAFT, cap);
    }

    function _setPolicy(uint8 policyClass, IPolicyBook.Policy memory policy) private {
        vm.prank(_coop);
        policyBook.setPolicy(policyClass, policy);
    }

    function _give(uint256 principal, uint32 holder, uint16 seat) private {
        vm.prank(_member(principal));
        proxies.nameProxy(_coop, IProxies.Naming(type(uint8).max, holder, uint48(block.timestamp + 30 days), 0));
        vm.prank(_member(holder));
        proxies.accept(_coop, principal, type(uint8).max, seat);
    }

    function _signed(
        uint256 id,
        uint256 key,
        uint8 support,
        bool isChange
    ) private view returns (ICooperativeGovernor.SignedBallot[] memory ballots) {
        address voter = vm.addr(key);
        bytes32 structHash = keccak256(abi.encode(BALLOT, id, support, voter, uint256(isChange ? 1 : 0)));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, typedDigest("Artel Governor", address(governor), structHash));
        ballots = new ICooperativeGovernor.SignedBallot[](1);
        bytes memory signature = abi.encodePacked(r, s, v);
        ballots[0] = ICooperativeGovernor.SignedBallot(abi.encodePacked(voter), support, isChange, signature);
    }

    function _expectVotes(uint256 id, uint256 against, uint256 inFavour, uint256 abstain) private view {
        (uint256 no, uint256 yes, uint256 neither) = governor.proposalVotes(id);
        assertEq(keccak256(abi.encode(no, yes, neither)), keccak256(abi.encode(against, inFavour, abstain)));
    }

    /// @dev An election to one seat with one candidate; without a term it is left to be counted, and the term is a year.
    function _elect(
        address cooperative,
        bytes32 office,
        uint256 candidate,
        uint32 term
    ) private returns (uint256 election) {
        uint32 length = term == 0 ? 365 days : term;
        vm.prank(cooperative);
        election = _elections.open(IElections.Terms(office, IElections.Method.Ranked, 1, 1 hours, 1 hours, length));
        vm.prank(_member(candidate));
        _elections.stand(election, 0);
        vm.warp(uint256(_elections.electionOf(election).nominationsEnd) + 1);
        uint8[] memory choices = new uint8[](1);
        choices[0] = 1;
        vm.prank(_member(candidate));
        _elections.castBallot(election, choices);
        if (term == 0) return election;
        vm.warp(uint256(_elections.electionOf(election).votingEnd) + 1);
        assertTrue(_elections.count(election, 1_000));
    }

    function _expectNoGuardian(uint256 number) private {
        vm.prank(_member(number));
        vm.expectRevert(abi.encodeWithSelector(ICooperativeGovernor.Governor_NotTheGuardian.selector, _member(number)));
        _cancelSet(1);
    }

    function _cancelSet(uint256 value) private {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(
            address(ledger),
            0,
            abi.encodeCall(Ledger.set, (value))
        );
        governor.cancelAsGuardian(targets, values, calldatas, keccak256(""), "A key was stolen.");
    }
}
