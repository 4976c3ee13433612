// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DIDRegistry} from "../../../contracts/identity/DIDRegistry.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {TestBase} from "../Vm.sol";

contract ForeignChainTest is TestBase {
    /// @dev A deployer whose account is equally fresh on two chains gives the registry the same address on both. What
    /// an owner signs on one of them (a test network, say) must not work on the other.
    function test_IDN08_aSignatureOfAnotherChainIsRefusedAtTheSameAddress() public {
        (address owner, uint256 key) = makeAccount("owner");
        address thief = address(0xBAD);
        vm.chainId(1);
        address place = address(new DIDRegistry());
        bytes memory digested = abi.encodePacked(
            hex"1900",
            place,
            DIDRegistry(place).nonce(owner),
            owner,
            "changeOwner",
            thief
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(digested));

        vm.chainId(10);
        vm.etch(place, address(new DIDRegistry()).code);
        vm.expectRevert();
        DIDRegistry(place).changeOwnerSigned(Did.wrap(owner), v, r, s, thief);
        assertEq(DIDRegistry(place).identityOwner(Did.wrap(owner)), owner);
    }
}
