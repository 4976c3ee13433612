// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";

import {HeaderBeacon} from "../../../contracts/randomness/HeaderBeacon.sol";
import {IHeaderBeacon} from "../../../contracts/randomness/interfaces/IHeaderBeacon.sol";
import {IRandomness} from "../../../contracts/randomness/interfaces/IRandomness.sol";
import {HeaderFixture} from "./HeaderFixture.sol";

contract HeaderBeaconTest is HeaderFixture {
    function setUp() public {
        _deploy();
    }

    // ------------------------------------------------------------------------------- what is proven, and for good

    function test_BCN06_theMixHashOfTheFirstBlockIsTheSeed() public {
        (bytes memory first, bytes memory before) = _enter();
        assertEq(beacon.seedOf(TIMEPOINT), 0);
        assertEq(beacon.readyAt(TIMEPOINT), TARGET);
        vm.expectEmit(address(beacon));
        emit IHeaderBeacon.SeedProven(TIMEPOINT, NUMBER, MIX);
        assertEq(beacon.prove(TIMEPOINT, NUMBER, first, before), MIX);
        assertEq(beacon.seedOf(TIMEPOINT), MIX);
        assertEq(beacon.seedOf(TIMEPOINT + 1), 0);
    }

    function test_BCN01_aSecondProofOfASeedDoesNothing_whateverItHolds() public {
        (bytes memory first, bytes memory before) = _enter();
        beacon.prove(TIMEPOINT, NUMBER, first, before);
        vm.recordLogs();
        assertEq(beacon.prove(TIMEPOINT, NUMBER, first, before), MIX);
        assertEq(beacon.prove(TIMEPOINT, 0, "", ""), MIX);
        assertEq(vm.getRecordedLogs().length, 0);
        assertEq(beacon.seedOf(TIMEPOINT), MIX);
    }

    function test_BCN06_blocksInTheSecondsAroundTheTime() public {
        header.time = TARGET;
        parent.time = TARGET - 1;
        _assertProves();
        _deploy();
        header.time = TARGET + 1;
        parent.time = TARGET;
        _refuseTimes(TARGET, TARGET + 1);
        header.time = TARGET - 1;
        parent.time = TARGET - 13;
        _refuseTimes(TARGET - 13, TARGET - 1);
    }

    function testFuzz_BCN06_onlyTheFirstBlockAtOrAfter(uint48 parentTime, uint32 slot) public {
        parent.time = bound(parentTime, TARGET - 2000, TARGET + 2000);
        header.time = parent.time + bound(slot, 1, 2000);
        if (parent.time < TARGET && header.time >= TARGET) _assertProves();
        else _refuseTimes(parent.time, header.time);
    }

    // ------------------------------------------------------------------------------------ what proves nothing

    function test_BCN06_aHeaderOfAnotherChain() public {
        (bytes memory first, bytes memory before) = _enter();
        header.mixHash = keccak256("chosen");
        bytes memory other = _encode(header);
        _refuseHeader(NUMBER, other, before);
        vm.setBlockhash(NUMBER, keccak256("reorganised"));
        _refuseHeader(NUMBER, first, before);
    }

    function test_BCN06_aHeaderUnderAnotherNumber() public {
        (bytes memory first, bytes memory before) = _enter();
        _refuseHeader(NUMBER - 1, first, before);
        _refuseHeader(NUMBER + 1, first, before);
        _refuseHeader(block.number, first, before);
        _refuseHeader(block.number + 1, first, before);
        _refuseHeader(type(uint256).max, first, before);
    }

    function test_BCN06_aHeaderThatIsNotTheParents() public {
        (bytes memory first, bytes memory before) = _enter();
        // the parent with an earlier time, by which a later block would be the first
        parent.time -= 12;
        _refuseParent(first, before, _encode(parent));
        // the parent's parent, the block itself, nothing, and the parent with a byte more
        --parent.number;
        _refuseParent(first, before, _encode(parent));
        _refuseParent(first, before, first);
        _refuseParent(first, before, "");
        _refuseParent(first, before, bytes.concat(before, hex"00"));
    }

    function test_BCN06_theTwoHeadersExchanged() public {
        (bytes memory first, bytes memory before) = _enter();
        _refuseHeader(NUMBER, before, first);
    }

    function testFuzz_BCN06_bytesThatTheChainNeverHashed(bytes memory junk) public {
        (, bytes memory before) = _enter();
        _refuseHeader(NUMBER, junk, before);
    }

    function testFuzz_BCN06_headersCutOrProlonged(uint256 length, bytes1 tail) public {
        (bytes memory first, bytes memory before) = _enter();
        bytes memory cut = bytes.concat(first);
        length = bound(length, 0, first.length - 1);
        // a shorter copy of the same bytes
        assembly ("memory-safe") {
            mstore(cut, length)
        }
        _refuseHeader(NUMBER, cut, before);
        _refuseHeader(NUMBER, bytes.concat(first, tail), before);
    }

    // ------------------------------------------------------------------------- headers of any lengths and forks

    function test_BCN06_extraDataThatLooksLikeFields() public {
        // the encodings of a time, of extra data and of a mix hash
        header.extraData = abi.encodePacked(hex"84", uint32(TARGET), hex"80a0", bytes25(keccak256("chosen")));
        assertEq(header.extraData.length, 32);
        _assertProves();
    }

    function test_BCN06_headersOfEveryFork() public {
        for (uint256 fields = 15; fields < 24; ++fields) {
            if (fields == 18 || fields == 19) continue;
            _deploy();
            header.fields = fields;
            parent.fields = fields - (fields > 15 ? 1 : 0);
            _assertProves();
        }
    }

    function testFuzz_BCN06_fieldsOfAnyLength(
        bytes32 mixHash,
        bytes memory extraData,
        uint256 gasUsed,
        uint256 parentGasUsed,
        uint8 fields
    ) public {
        vm.assume(mixHash != 0 && mixHash != parent.mixHash);
        header.mixHash = mixHash;
        header.extraData = extraData;
        header.gasUsed = gasUsed;
        parent.gasUsed = parentGasUsed;
        header.fields = bound(fields, 20, 40);
        _assertProves();
    }

    // ----------------------------------------------------------------------------- how long a block is known

    function test_BCN07_knownByItsHashFor256Blocks() public {
        (bytes memory first, bytes memory before) = _enter();
        vm.roll(NUMBER + 256);
        vm.setBlockhash(NUMBER, keccak256(first));
        assertEq(beacon.prove(TIMEPOINT, NUMBER, first, before), MIX);
    }

    function test_BCN07_knownByTheHistoryFor8191Blocks() public {
        (bytes memory first, bytes memory before) = _enter();
        _remember(NUMBER, keccak256(first));
        vm.roll(NUMBER + 8191);
        assertEq(beacon.prove(TIMEPOINT, NUMBER, first, before), MIX);
    }

    function test_BCN07_afterwardsTheSeedStaysZero() public {
        (bytes memory first, bytes memory before) = _enter();
        vm.roll(NUMBER + 257);
        // a chain without the history
        vm.etch(HISTORY, "");
        _refuseHeader(NUMBER, first, before);
        _remember(NUMBER, keccak256(first));
        vm.roll(NUMBER + 8192);
        _refuseHeader(NUMBER, first, before);
        assertEq(beacon.seedOf(TIMEPOINT), 0);
    }

    // --------------------------------------------------------------------------------- what is no randomness

    function test_BCN08_chainsThatDrawTheirMixHashes() public {
        uint256[5] memory ids = [uint256(1), 11155111, 560048, 100, 10200];
        for (uint256 i; i < ids.length; ++i) {
            vm.chainId(ids[i]);
            new HeaderBeacon();
        }
    }

    function test_BCN08_chainsThatDoNot() public {
        // Optimism, BNB, Polygon, zkSync, Base, Arbitrum, Avalanche, Linea, Scroll; a local one
        uint256[10] memory ids = [uint256(10), 56, 137, 324, 8453, 42161, 43114, 59144, 534352, 31337];
        for (uint256 i; i < ids.length; ++i) _refuseChain(ids[i]);
    }

    function testFuzz_BCN08_anyOtherChain(uint64 id) public {
        vm.assume(id != 1 && id != 11155111 && id != 560048 && id != 100 && id != 10200 && id != 0);
        _refuseChain(id);
    }

    function test_BCN08_aMixHashOfZero() public {
        header.mixHash = 0;
        _refuseMix();
    }

    function test_BCN08_theMixHashOfTheParent() public {
        parent.mixHash = MIX;
        _refuseMix();
    }

    function test_BCN08_aBlockWithDifficulty() public {
        header.difficulty = 2;
        _refuseMix();
    }

    function test_BCN01_supportsInterface() public view {
        assertTrue(beacon.supportsInterface(type(IERC165).interfaceId));
        assertTrue(beacon.supportsInterface(type(IRandomness).interfaceId));
        assertTrue(beacon.supportsInterface(type(IHeaderBeacon).interfaceId));
        assertFalse(beacon.supportsInterface(0xffffffff));
    }

    // ------------------------------------------------------------------------------------------------ helpers

    function _assertProves() private {
        (bytes memory first, bytes memory before) = _enter();
        assertEq(beacon.prove(TIMEPOINT, NUMBER, first, before), header.mixHash);
    }

    function _refuseTimes(uint256 parentTime, uint256 blockTime) private {
        (bytes memory first, bytes memory before) = _enter();
        vm.expectRevert(
            abi.encodeWithSelector(IHeaderBeacon.HeaderBeacon_NotTheFirst.selector, TARGET, parentTime, blockTime)
        );
        beacon.prove(TIMEPOINT, NUMBER, first, before);
    }

    function _refuseHeader(uint256 number, bytes memory first, bytes memory before) private {
        vm.expectRevert(
            abi.encodeWithSelector(IHeaderBeacon.HeaderBeacon_UnknownHeader.selector, number, keccak256(first))
        );
        beacon.prove(TIMEPOINT, number, first, before);
    }

    function _refuseParent(bytes memory first, bytes memory before, bytes memory given) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IHeaderBeacon.HeaderBeacon_NotTheParent.selector,
                keccak256(before),
                keccak256(given)
            )
        );
        beacon.prove(TIMEPOINT, NUMBER, first, given);
    }

    function _refuseMix() private {
        (bytes memory first, bytes memory before) = _enter();
        vm.expectRevert(
            abi.encodeWithSelector(IHeaderBeacon.HeaderBeacon_NoRandomness.selector, NUMBER, header.mixHash)
        );
        beacon.prove(TIMEPOINT, NUMBER, first, before);
    }

    function _refuseChain(uint256 id) private {
        vm.chainId(id);
        vm.expectRevert(abi.encodeWithSelector(IHeaderBeacon.HeaderBeacon_ChainRefused.selector, id));
        new HeaderBeacon();
    }
}
