// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {OpenAdmission} from "../../../contracts/membership/admission/OpenAdmission.sol";
import {CooperativeFixture} from "../governance/CooperativeFixture.sol";

/// @dev A handful of addresses that are DIDs and accounts of each other at will, and try whatever there is to try.
contract SharedKeysTest is CooperativeFixture {
    uint256 private constant PEOPLE = 5;
    address private _coop;
    address private _open;

    mapping(address did => uint256 number) private _lastNumbers;

    function setUp() public {
        _deploy();
        _found(1, _ordinary(), _constitutional());
        _coop = address(treasury);
        _open = address(new OpenAdmission());
    }

    /// @dev However DIDs and keys are exchanged, a DID and an account stand for one number at most, no number has two
    /// of either, the number under which a DID was last admitted is never forgotten, and the electorate is who stands.
    function testFuzz_MEM03_MEM16_oneDidOneAccountOneNumber(uint256 seed) public {
        vm.prank(_coop);
        membership.appointAdmission(_open, type(uint32).max, true);
        for (uint256 step; step < 60; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(block.timestamp + (seed % 2));
            _act(seed >> 8, _person(seed >> 16), _person(seed >> 24));
            _check();
        }
    }

    function _act(uint256 dice, address did, address account) private {
        dice %= 12;
        if (dice < 3) registry.setOwner(did, account);
        else if (dice < 6) _try(registry.identityOwner(did), abi.encodeCall(IMembership.join, (_coop, _open, did, "")));
        else if (dice == 6) _try(_coop, abi.encodeCall(IMembership.admit, (_one(did))));
        else if (dice < 9)
            _try(account, abi.encodeCall(IMembership.rebind, (_coop, membership.numberOfDid(_coop, did))));
        else if (dice == 9) _try(account, abi.encodeCall(IMembership.resign, (_coop)));
        else if (dice == 10) _try(_coop, abi.encodeCall(IMembership.suspend, (membership.numberOf(_coop, account), 0)));
        else {
            uint256 number = membership.numberOf(_coop, account);
            _try(_coop, abi.encodeCall(IMembership.reinstate, (_coop, number)));
        }
    }

    function _check() private {
        uint256 active = 1;
        uint256 seen;
        for (uint256 i; i < PEOPLE; ++i) {
            address person = _person(i);
            uint256 last = membership.numberOfDid(_coop, person);
            assertGe(last, _lastNumbers[person]);
            _lastNumbers[person] = last;
            IMembership.Standing standing = membership.standingOf(_coop, person);
            if (standing != IMembership.Standing.Active && standing != IMembership.Standing.Suspended) continue;
            uint256 number = membership.numberOf(_coop, person);
            address did = membership.didOf(_coop, number);
            assertEq(membership.accountOf(_coop, number), person);
            assertEq(membership.numberOfDid(_coop, did), number);
            uint256 mark = 1 << (uint160(did) % PEOPLE);
            assertEq(seen & mark, 0);
            seen |= mark;
            if (standing == IMembership.Standing.Active) ++active;
        }
        assertEq(membership.electorate(_coop), active);
    }

    /// @dev Most of what they try is refused, which is what it is for.
    function _try(address caller, bytes memory data) private {
        vm.prank(caller);
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, ) = address(membership).call(data);
        success;
    }

    function _person(uint256 dice) private pure returns (address) {
        return address(uint160(0x1000 * PEOPLE + (dice % PEOPLE)));
    }

    function _one(address did) private pure returns (address[] memory dids) {
        dids = new address[](1);
        dids[0] = did;
    }
}
