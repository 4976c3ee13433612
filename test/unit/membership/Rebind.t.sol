// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {ICooperativeGovernor} from "../../../contracts/governance/interfaces/ICooperativeGovernor.sol";
import {CooperativeFixture} from "../governance/CooperativeFixture.sol";

/// @dev Branches: Rebind.tree. Members 1 to 5; numbers above serve as keys to rotate to.
contract RebindTest is CooperativeFixture {
    address private _coop;

    function setUp() public {
        _deploy();
        _found(5, _ordinary(), _constitutional());
        _coop = address(treasury);
    }

    function test_MEM21_rebind_movesStandingAndItsPast() public {
        _rotate(1, 11);
        assertEq(membership.accountOf(_coop, 1), _member(11));
        assertEq(membership.didOf(_coop, 1), _member(1));
        assertEq(membership.numberOf(_coop, _member(11)), 1);
        assertEq(membership.numberOfDid(_coop, _member(1)), 1);
        assertEq(membership.ballotRight(_coop, _member(11), START), 1);
        assertEq(membership.pastStanding(_coop, _member(11), START), 1);
        assertEq(membership.ballotRight(_coop, _member(1), START), 0);
        assertEq(membership.pastStanding(_coop, _member(1), START), 0);
        assertEq(membership.electorate(_coop), 5);
        assertTrue(membership.standingOf(_coop, _member(1)) == IMembership.Standing.Departed);
        assertEq(token.ownerOf(1), _member(11));
        assertEq(token.balanceOf(_member(1)), 0);
    }

    function test_MEM21_rebind_isForAnybodyAndSaysWhoMoved() public {
        registry.setOwner(_member(1), _member(11));
        vm.expectEmit(address(membership));
        emit IMembership.MemberRebound(_coop, 1, _member(11), _member(1));
        vm.prank(address(0xBEEF));
        membership.rebind(_coop, 1);
    }

    function test_MEM21_rebind_refusesWhenThereIsNothingToDo() public {
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NothingToRebind.selector, _coop, 1));
        membership.rebind(_coop, 1);
        registry.setOwner(_member(1), address(0));
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_DeactivatedDid.selector, _member(1)));
        membership.rebind(_coop, 1);
        vm.prank(_member(2));
        membership.resign(_coop);
        registry.setOwner(_member(2), _member(12));
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NotAMember.selector, _coop, 2));
        membership.rebind(_coop, 2);
    }

    /// @dev The key left behind may be stolen, and what it signed before may turn up: it counts for nobody any more.
    function test_MEM22_rotatedKey_oldSignedBallotsDoNotReplay() public {
        uint256 id = _proposeSet(1);
        bytes memory old = _sign(id, 1, 1, 0);
        _rotate(1, 11);
        _toVoting(id);
        _expectNoRight(id, _member(1));
        governor.castVoteBySig(id, 1, _member(1), old);

        // The member votes with the new key ...
        _vote(id, 11, 1);
        // ... and the old account can't come to stand for another member, whose ballot it would then have signed.
        registry.setOwner(_member(6), _member(1));
        vm.expectRevert(
            abi.encodeWithSelector(IMembership.Membership_Tombstoned.selector, _coop, _member(1), uint256(1))
        );
        _admit(_member(6));
        registry.setOwner(_member(2), _member(1));
        vm.expectRevert(
            abi.encodeWithSelector(IMembership.Membership_Tombstoned.selector, _coop, _member(1), uint256(1))
        );
        membership.rebind(_coop, 2);
        _expectNoRight(id, _member(1));
        governor.castVoteBySig(id, 1, _member(1), old);
    }

    /// @dev One whose own membership has ended has signed ballots too: it takes nobody's place in the same proposal.
    function test_MEM22_rebind_refusesAnAccountWithAPastOfItsOwn() public {
        vm.prank(_member(2));
        membership.resign(_coop);
        registry.setOwner(_member(1), _member(2));
        _expectAlreadyMember(_member(2), 2);
        membership.rebind(_coop, 1);
        registry.setOwner(_member(1), _member(3));
        _expectAlreadyMember(_member(3), 3);
        membership.rebind(_coop, 1);
    }

    function test_MEM21_rebind_givesOneBallotAProposalAcrossKeys() public {
        uint256 id = _proposeSet(1);
        _toVoting(id);
        _vote(id, 1, 0);
        _rotate(1, 11);
        _vote(id, 11, 1);
        (uint256 against, uint256 inFavour, ) = governor.proposalVotes(id);
        assertEq(against, 0);
        assertEq(inFavour, 1);
    }

    function test_MEM21_rebind_backToTheFirstKey() public {
        _rotate(1, 11);
        registry.setOwner(_member(1), _member(1));
        membership.rebind(_coop, 1);
        assertEq(membership.ballotRight(_coop, _member(1), START), 1);
        assertEq(membership.ballotRight(_coop, _member(11), START), 0);
        _rotate(1, 12);
        assertEq(membership.ballotRight(_coop, _member(12), START), 1);
        _expectAlreadyMember(_member(12), 1);
        _admit(_member(1));
    }

    function test_MEM21_rebind_carriesASuspensionAlong() public {
        vm.prank(_coop);
        membership.suspend(1, 0);
        _rotate(1, 11);
        assertTrue(membership.standingOf(_coop, _member(11)) == IMembership.Standing.Suspended);
        assertEq(membership.electorate(_coop), 4);
        vm.prank(_coop);
        membership.reinstate(_coop, 1);
        assertEq(membership.electorate(_coop), 5);
        assertTrue(membership.standingOf(_coop, _member(11)) == IMembership.Standing.Active);
    }

    function test_MEM22_rebind_leavesTheOldAccountNoExit() public {
        _rotate(1, 11);
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NotTheMember.selector, _coop, _member(1)));
        vm.prank(_member(1));
        membership.resign(_coop);
        vm.prank(_member(11));
        membership.resign(_coop);
        assertEq(membership.electorate(_coop), 4);
    }

    /// @dev In the second of the suspension, whichever transaction comes first in it, nothing after it counts.
    function test_MEM27_suspendedMember_actsNoMoreInTheSameBlock() public {
        uint256 id = _proposeSet(1);
        bytes memory ballot = _sign(id, 1, 1, 0);
        _toVoting(id);
        vm.prank(_coop);
        membership.suspend(1, 0);
        _expectNoRight(id, _member(1));
        vm.prank(_member(1));
        governor.castVote(id, 1);
        _expectNoRight(id, _member(1));
        governor.castVoteBySig(id, 1, _member(1), ballot);
        // A new key is no way round it.
        _rotate(1, 11);
        _expectNoRight(id, _member(11));
        vm.prank(_member(11));
        governor.castVote(id, 1);
    }

    /// @dev After any history of joining, leaving, measures and new keys, the electorate is the number of members in
    /// standing, no account answers for two numbers, and no second ever reads more standing than electorate.
    function testFuzz_MEM10_rebind_keepsElectorateAndStandingTogether(uint256 seed) public {
        uint256 people = 4;
        uint256 keys = 3;
        uint256 begin = block.timestamp;
        vm.startPrank(_coop);
        for (uint256 step; step < 40; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(begin + step + (seed % 2));
            _actAtRandom(seed >> 8, people, keys);
            uint256 active = 5;
            for (uint256 i; i < people * keys; ++i) {
                if (membership.standingOf(_coop, _account(i)) == IMembership.Standing.Active) ++active;
            }
            assertEq(membership.electorate(_coop), active);
        }
        vm.stopPrank();
        vm.warp(begin + 60);
        for (uint256 t = begin; t < begin + 60; t += 3) {
            uint256 standing = 5;
            for (uint256 i; i < people * keys; ++i) standing += membership.pastStanding(_coop, _account(i), t);
            assertLe(standing, membership.pastElectorate(_coop, t));
        }
    }

    function _actAtRandom(uint256 dice, uint256 people, uint256 keys) private {
        address did = _account((uint8(dice) % people) * keys);
        uint256 number = membership.numberOfDid(_coop, did);
        address account = membership.accountOf(_coop, number);
        IMembership.Standing standing = membership.standingOf(_coop, account);
        dice >>= 8;
        if (dice % 3 == 0) registry.setOwner(did, address(uint160(did) + uint160((dice >> 8) % keys)));
        dice >>= 16;
        bool isMember = membership.numberOf(_coop, account) == number && number != 0;
        if (!isMember || standing == IMembership.Standing.Departed) {
            try membership.admit(_one(did)) {} catch {}
        } else if (dice % 5 == 0) {
            membership.expel(number);
        } else if (dice % 5 == 1 && standing == IMembership.Standing.Active) {
            membership.suspend(number, 0);
        } else if (dice % 5 == 2 && standing == IMembership.Standing.Suspended) {
            membership.reinstate(_coop, number);
        } else {
            try membership.rebind(_coop, number) {} catch {}
        }
    }

    function _account(uint256 index) private pure returns (address) {
        return address(uint160(0x1000 + index));
    }

    function _rotate(uint256 number, uint256 key) private {
        registry.setOwner(_member(number), _member(key));
        membership.rebind(_coop, number);
    }

    function _admit(address did) private {
        vm.prank(_coop);
        membership.admit(_one(did));
    }

    function _one(address did) private pure returns (address[] memory dids) {
        dids = new address[](1);
        dids[0] = did;
    }

    function _sign(uint256 id, uint256 key, uint8 support, uint256 nonce) private view returns (bytes memory) {
        bytes32 ballot = keccak256(abi.encode(governor.BALLOT_TYPEHASH(), id, support, _member(key), nonce));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_key(key), typedDigest("Artel Governor", address(governor), ballot));
        return abi.encodePacked(r, s, v);
    }

    function _expectNoRight(uint256 id, address account) private {
        vm.expectRevert(abi.encodeWithSelector(ICooperativeGovernor.Governor_NoBallotRight.selector, id, account));
    }

    function _expectAlreadyMember(address account, uint256 number) private {
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_AlreadyMember.selector, _coop, account, number));
    }
}
