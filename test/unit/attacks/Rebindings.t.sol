// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {ICooperativeGovernor} from "../../../contracts/governance/interfaces/ICooperativeGovernor.sol";
import {CooperativeFixture} from "../governance/CooperativeFixture.sol";

/// @dev New keys as a way to a second voice, a clean sheet or somebody else's number. A cooperative of five.
contract RebindingsTest is CooperativeFixture {
    address private _coop;

    function setUp() public {
        _deploy();
        _found(5, _ordinary(), _constitutional());
        _coop = address(treasury);
    }

    /// @dev A ballot, a new key, another ballot, and back to the first key: one voice, and the last word counts.
    function test_MEM21_aRoundOfKeysIsOneVoice() public {
        uint256 id = _proposeSet(1);
        _toVoting(id);
        _vote(id, 1, 1);
        _rotate(1, 11);
        _expectNoRight(id, 1);
        _vote(id, 1, 0);
        _vote(id, 11, 0);
        _rotate(1, 12);
        _expectNoRight(id, 11);
        _vote(id, 11, 1);
        _rotate(1, 1);
        _vote(id, 1, 1);
        (uint256 against, uint256 inFavour, ) = governor.proposalVotes(id);
        assertEq(against, 0);
        assertEq(inFavour, 1);
        assertEq(membership.electorate(_coop), 5);
    }

    /// @dev Both members of a pair want the other's account: neither gets it, and nobody loses their number.
    function test_MEM22_accountsAreNotSwapped() public {
        registry.setOwner(_member(1), _member(2));
        registry.setOwner(_member(2), _member(1));
        _expectAlready(2);
        membership.rebind(_coop, 1);
        _expectAlready(1);
        membership.rebind(_coop, 2);
        assertEq(membership.accountOf(_coop, 1), _member(1));
        assertEq(membership.accountOf(_coop, 2), _member(2));
    }

    /// @dev An account that a member left behind is dead in that cooperative alone.
    function test_MEM22_cooperativesDontMix() public {
        address other = address(0xC0);
        address[] memory dids = new address[](2);
        dids[0] = _member(2);
        dids[1] = _member(1);
        vm.prank(other);
        membership.admit(dids);
        // Member 1 here, 2 there; onto an account that is a member there and nothing here.
        _rotate(1, 11);
        assertEq(membership.accountOf(other, 2), _member(1));
        assertTrue(membership.standingOf(other, _member(1)) == IMembership.Standing.Active);
        assertTrue(membership.standingOf(_coop, _member(1)) == IMembership.Standing.Departed);
        vm.prank(_member(1));
        membership.resign(other);
        assertEq(membership.electorate(_coop), 5);
    }

    /// @dev A barred account and a barred number stay so: no number is moved onto who was expelled, nor from it.
    function test_MEM22_anExpelledAccountTakesOverNoNumber() public {
        vm.prank(_coop);
        membership.expel(2);
        registry.setOwner(_member(1), _member(2));
        _expectAlready(2);
        membership.rebind(_coop, 1);
        registry.setOwner(_member(2), _member(12));
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NotAMember.selector, _coop, 2));
        membership.rebind(_coop, 2);
    }

    /// @dev In one second: a suspension, a new key, reinstatement, another key. Standing and electorate go together.
    function test_MEM27_keysAndMeasuresInOneSecond() public {
        uint256 snapshot = block.timestamp - 1;
        vm.prank(_coop);
        membership.suspend(1, 0);
        _rotate(1, 11);
        assertEq(membership.ballotRight(_coop, _member(11), snapshot), 0);
        assertEq(membership.ballotRight(_coop, _member(11), block.timestamp), 0);
        vm.prank(_coop);
        membership.reinstate(_coop, 1);
        _rotate(1, 12);
        assertEq(membership.ballotRight(_coop, _member(12), block.timestamp), 1);
        vm.prank(_member(12));
        membership.resign(_coop);
        assertEq(membership.ballotRight(_coop, _member(12), snapshot), 0);
        vm.warp(block.timestamp + 1);
        assertEq(membership.pastElectorate(_coop, block.timestamp - 1), 4);
        assertEq(membership.pastElectorate(_coop, snapshot), 5);
        assertEq(membership.pastStanding(_coop, _member(12), snapshot), 1);
        assertEq(membership.pastStanding(_coop, _member(11), snapshot), 0);
    }

    /// @dev A deactivated DID moves to nobody, and its member goes on until they leave or are made to.
    function test_MEM21_aDeactivatedDidMovesToNobody() public {
        registry.setOwner(_member(1), address(0));
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_DeactivatedDid.selector, _member(1)));
        membership.rebind(_coop, 1);
        assertEq(membership.ballotRight(_coop, _member(1), START), 1);
        vm.prank(_member(1));
        membership.resign(_coop);
        assertEq(membership.electorate(_coop), 4);
    }

    /// @dev A member names a stranger as the owner of their DID and binds them. The stranger needs nobody to get out,
    /// and is admitted for themselves by vote.
    function test_MEM21_whoIsBoundAgainstTheirWishLeaves() public {
        _rotate(1, 11);
        vm.prank(_member(11));
        membership.resign(_coop);
        address[] memory dids = new address[](1);
        dids[0] = _member(11);
        vm.prank(_coop);
        assertEq(membership.admit(dids), 6);
        assertEq(membership.ballotRight(_coop, _member(11), START), 0);
        assertEq(membership.ballotRight(_coop, _member(11), block.timestamp), 6);
    }

    /// @dev A member binds a stranger, and gets their DID back (by its guardians) before the stranger knows: the account
    /// is dead in this cooperative. The stranger's own DID is not; it joins with another account.
    function test_MEM22_whoseAccountWasUsedUpJoinsWithAnother() public {
        _rotate(1, 11);
        _rotate(1, 1);
        address[] memory dids = new address[](1);
        dids[0] = _member(11);
        bytes4 tombstoned = IMembership.Membership_Tombstoned.selector;
        vm.expectRevert(abi.encodeWithSelector(tombstoned, _coop, _member(11), 1));
        vm.prank(_coop);
        membership.admit(dids);
        registry.setOwner(_member(11), _member(12));
        vm.prank(_coop);
        assertEq(membership.admit(dids), 6);
        assertEq(membership.ballotRight(_coop, _member(12), block.timestamp), 6);
        assertEq(membership.numberOfDid(_coop, _member(11)), 6);
        assertEq(membership.ballotRight(_coop, _member(1), block.timestamp), 1);
    }

    function _rotate(uint256 number, uint256 key) private {
        registry.setOwner(_member(number), _member(key));
        membership.rebind(_coop, number);
    }

    function _expectNoRight(uint256 id, uint256 key) private {
        vm.expectRevert(abi.encodeWithSelector(ICooperativeGovernor.Governor_NoBallotRight.selector, id, _member(key)));
    }

    function _expectAlready(uint256 number) private {
        vm.expectRevert(
            abi.encodeWithSelector(IMembership.Membership_AlreadyMember.selector, _coop, _member(number), number)
        );
    }
}
