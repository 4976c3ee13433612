// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BlockHeader} from "@openzeppelin/contracts/utils/BlockHeader.sol";

import {IHeaderBeacon} from "../../../contracts/randomness/interfaces/IHeaderBeacon.sol";
import {HeaderLib} from "../../../contracts/randomness/libraries/HeaderLib.sol";
import {HeaderFixture} from "./HeaderFixture.sol";

/// @dev Against OpenZeppelin's reader of headers.
contract HeaderLibTest is HeaderFixture {
    function setUp() public {
        _deploy();
    }

    function testFuzz_BCN06_readsWhatAnIndependentReaderReads(Header memory fields) public view {
        fields.fields = 15 + (fields.fields % 16);
        bytes memory rlp = _encode(fields);
        assertEq(abi.encode(this.read(rlp)), abi.encode(this.readIndependently(rlp)));
    }

    /// @dev Whatever it reads of bytes that are no header, it reads as the other does, and never beyond them.
    function testFuzz_BCN06_aByteChanged(uint256 place, bytes1 value) public view {
        bytes memory rlp = _encode(header);
        rlp[place % rlp.length] = value;
        try this.read(rlp) returns (HeaderLib.Header memory found) {
            // the other also looks at what comes behind, and refuses encodings that are not the shortest
            try this.readIndependently(rlp) returns (HeaderLib.Header memory expected) {
                assertEq(abi.encode(found), abi.encode(expected));
            } catch {}
        } catch (bytes memory reason) {
            assertEq(reason, abi.encodePacked(IHeaderBeacon.HeaderBeacon_Malformed.selector));
        }
    }

    function testFuzz_BCN06_junkIsMalformed(bytes memory junk) public {
        vm.assume(junk.length < 48);
        vm.expectRevert(IHeaderBeacon.HeaderBeacon_Malformed.selector);
        this.read(junk);
    }

    function test_BCN06_lengthsThatWrapAround() public {
        bytes memory rlp = _encode(header);
        // the list, or its first field, says that it has 2^64 - 1 bytes
        rlp[0] = 0xff;
        for (uint256 i = 1; i < 9; ++i) rlp[i] = 0xff;
        vm.expectRevert(IHeaderBeacon.HeaderBeacon_Malformed.selector);
        this.read(rlp);
        rlp = _encode(header);
        rlp[3] = 0xbf;
        for (uint256 i = 4; i < 12; ++i) rlp[i] = 0xff;
        vm.expectRevert(IHeaderBeacon.HeaderBeacon_Malformed.selector);
        this.read(rlp);
    }

    function test_BCN06_aListInThePlaceOfAField() public {
        bytes memory rlp = _encode(header);
        rlp[3] = 0xe0;
        vm.expectRevert(IHeaderBeacon.HeaderBeacon_Malformed.selector);
        this.read(rlp);
    }

    function read(bytes calldata rlp) external pure returns (HeaderLib.Header memory) {
        return HeaderLib.read(rlp);
    }

    function readIndependently(bytes calldata rlp) external pure returns (HeaderLib.Header memory) {
        return
            HeaderLib.Header(
                BlockHeader.getParentHash(rlp),
                BlockHeader.getDifficulty(rlp),
                BlockHeader.getTimestamp(rlp),
                BlockHeader.getPrevRandao(rlp)
            );
    }
}
