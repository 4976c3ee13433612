// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";

import {DrandBeacon} from "../../../contracts/randomness/DrandBeacon.sol";
import {IDrandBeacon} from "../../../contracts/randomness/interfaces/IDrandBeacon.sol";
import {IRandomness} from "../../../contracts/randomness/interfaces/IRandomness.sol";
import {DrandFixture} from "./DrandFixture.sol";

contract DrandBeaconTest is DrandFixture {
    // what a precompile is given and does not take is lost, so that failing calls get no more than this
    uint256 private constant ENOUGH = 500_000;
    address private constant G1ADD = address(0x0b);
    uint256 private constant P_HIGH = 0x1a0111ea397fe69a4b1ba7b6434bacd7;
    uint256 private constant P_LOW = 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab;

    function setUp() public {
        _deploy();
    }

    // ------------------------------------------------------------------------------- what is proven, and for good

    function test_BCN01_aSeedIsZeroUntilProvenAndThenThePublishedRandomness() public {
        assertEq(beacon.seedOf(_timepoint()), 0);
        vm.expectEmit(address(beacon));
        emit IDrandBeacon.RoundProven(ROUND, RANDOMNESS);
        assertEq(beacon.prove(ROUND, SIGNATURE), RANDOMNESS);
        assertEq(beacon.randomnessOf(ROUND), RANDOMNESS);
        assertEq(beacon.seedOf(_timepoint()), RANDOMNESS);
        assertEq(beacon.seedOf(_timepoint() - 2), RANDOMNESS);
        assertEq(beacon.seedOf(_timepoint() + 1), 0);
        assertEq(beacon.seedOf(_timepoint() - 3), 0);
    }

    function test_BCN01_aSecondProofDoesNothing_whateverItHolds() public {
        beacon.prove(ROUND, SIGNATURE);
        vm.recordLogs();
        vm.prank(address(0xb0b));
        assertEq(beacon.prove(ROUND, SIGNATURE), RANDOMNESS);
        assertEq(beacon.prove(ROUND, ""), RANDOMNESS);
        assertEq(vm.getRecordedLogs().length, 0);
        assertEq(beacon.seedOf(_timepoint()), RANDOMNESS);
    }

    function test_BCN02_publishedRoundsOfQuicknet() public {
        Vector[] memory vectors = _published();
        for (uint256 i; i < vectors.length; ++i) {
            assertEq(beacon.prove(vectors[i].round, vectors[i].signature), sha256(vectors[i].compressed));
        }
        // and where the randomness was published with the signature
        assertEq(beacon.randomnessOf(657413), 0xfc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587);
    }

    function test_BCN02_aPublishedRoundOfAnotherNetwork() public {
        beacon = new DrandBeacon(_walkthrough(), 0);
        Vector memory vector = _walkthroughRound();
        assertEq(
            beacon.prove(vector.round, vector.signature),
            0xb2fc21325a24904a6a9e81a6c63f65f6cec3f0b2400df3f4a56b214770e9ccca
        );
    }

    // ------------------------------------------------------------------------------------------- times and rounds

    function test_BCN02_roundOf_atTheEdges() public view {
        assertEq(beacon.roundOf(GENESIS - SKEW), 1);
        assertEq(beacon.roundOf(GENESIS - SKEW + 1), 2);
        assertEq(beacon.roundOf(GENESIS - SKEW + 3), 2);
        assertEq(beacon.roundOf(GENESIS - SKEW + 4), 3);
        assertEq(beacon.readyAt(GENESIS - SKEW), GENESIS);
        assertEq(beacon.readyAt(GENESIS - SKEW + 1), GENESIS + 3);
        assertEq(beacon.readyAt(GENESIS - SKEW + 3), GENESIS + 3);
    }

    function test_BCN02_noSeedBeforeTheFirstRound() public {
        bytes memory refusal = abi.encodeWithSelector(
            IDrandBeacon.DrandBeacon_BeforeGenesis.selector,
            GENESIS - 1,
            GENESIS
        );
        vm.expectRevert(refusal);
        beacon.roundOf(GENESIS - SKEW - 1);
        vm.expectRevert(refusal);
        beacon.seedOf(GENESIS - SKEW - 1);
        vm.expectRevert(refusal);
        beacon.readyAt(GENESIS - SKEW - 1);
    }

    function testFuzz_BCN02_theFirstRoundAtOrAfter(uint48 timepoint, uint32 period, uint48 genesis) public {
        IDrandBeacon.DrandNetwork memory network = _quicknet();
        network.period = uint32(bound(period, 1, type(uint32).max));
        network.genesis = uint48(bound(genesis, 0, type(uint48).max / 2));
        timepoint = uint48(bound(timepoint, network.genesis, type(uint48).max - 2 * uint256(type(uint32).max)));
        beacon = new DrandBeacon(network, SKEW);
        uint256 round = beacon.roundOf(timepoint);
        uint256 due = beacon.readyAt(timepoint);
        assertEq(due, network.genesis + (round - 1) * network.period);
        assertGe(due, uint256(timepoint) + SKEW);
        assertTrue(round == 1 || due - network.period < uint256(timepoint) + SKEW);
    }

    // ------------------------------------------------------------------------------------ what proves nothing

    function test_BCN03_theSignatureOfAnotherRound() public {
        for (uint64 round = ROUND - 1; round < ROUND + 2; round += 2) {
            vm.expectRevert(abi.encodeWithSelector(IDrandBeacon.DrandBeacon_WrongSignature.selector, round));
            beacon.prove(round, SIGNATURE);
        }
        vm.expectPartialRevert(IDrandBeacon.DrandBeacon_WrongSignature.selector);
        beacon.prove(0, SIGNATURE);
    }

    function test_BCN03_theSignatureOfAnotherNetwork() public {
        Vector memory vector = _walkthroughRound();
        vm.expectPartialRevert(IDrandBeacon.DrandBeacon_WrongSignature.selector);
        beacon.prove(vector.round, vector.signature);
    }

    function test_BCN03_theNegatedSignature() public {
        (uint256 xHigh, uint256 xLow, uint256 yHigh, uint256 yLow) = _words(SIGNATURE);
        (yHigh, yLow) = _minus(P_HIGH, P_LOW, yHigh, yLow);
        vm.expectPartialRevert(IDrandBeacon.DrandBeacon_WrongSignature.selector);
        beacon.prove(ROUND, abi.encode(xHigh, xLow, yHigh, yLow));
    }

    /// @dev (0, 2) has order 3: the pairing alone does not see it, and there would be three signatures of a round.
    function test_BCN03_theSignatureWithAPointOfSmallOrderAdded() public {
        (bool success, bytes memory sum) = G1ADD.staticcall(
            bytes.concat(SIGNATURE, abi.encode(uint256(0), uint256(0), uint256(0), uint256(2)))
        );
        assertTrue(success && sum.length == 128);
        vm.expectRevert(IDrandBeacon.DrandBeacon_InvalidPoint.selector);
        beacon.prove{gas: ENOUGH}(ROUND, sum);
        assertEq(beacon.randomnessOf(ROUND), 0);
    }

    function test_BCN03_pointsOutsideOfTheGroup() public {
        // on the curve, of another order
        bytes memory other = abi.encode(
            uint256(0),
            uint256(4),
            uint256(0x0a989badd40d6212b33cffc3f3763e9b),
            uint256(0xc760f988c9926b26da9dd85e928483446346b8ed00e1de5d5ea93e354abe706c)
        );
        vm.expectRevert(IDrandBeacon.DrandBeacon_InvalidPoint.selector);
        beacon.prove{gas: ENOUGH}(ROUND, other);
        // not on the curve
        vm.expectRevert(IDrandBeacon.DrandBeacon_InvalidPoint.selector);
        beacon.prove{gas: ENOUGH}(ROUND, abi.encode(uint256(0), uint256(1), uint256(0), uint256(1)));
    }

    function test_BCN03_infinity() public {
        vm.expectRevert(IDrandBeacon.DrandBeacon_Infinity.selector);
        beacon.prove(ROUND, new bytes(128));
    }

    function test_BCN03_otherEncodingsOfTheSignature() public {
        (uint256 xHigh, uint256 xLow, uint256 yHigh, uint256 yLow) = _words(SIGNATURE);
        // y + p, and bits above the field: each would hash to another randomness if it were taken
        uint256 low;
        unchecked {
            low = yLow + P_LOW;
        }
        uint256 high = yHigh + P_HIGH + (low < yLow ? 1 : 0);
        vm.expectRevert(IDrandBeacon.DrandBeacon_NotCanonical.selector);
        beacon.prove(ROUND, abi.encode(xHigh, xLow, high, low));
        for (uint256 bit = 125; bit < 256; bit += 13) {
            vm.expectRevert(IDrandBeacon.DrandBeacon_NotCanonical.selector);
            beacon.prove(ROUND, abi.encode(xHigh | (1 << bit), xLow, yHigh, yLow));
        }
        vm.expectRevert(IDrandBeacon.DrandBeacon_NotCanonical.selector);
        beacon.prove(ROUND, abi.encode(P_HIGH, P_LOW, yHigh, yLow));
    }

    function test_BCN03_signaturesOfAnotherLength() public {
        _refuseLength(0, "");
        _refuseLength(48, COMPRESSED);
        bytes memory unpadded = new bytes(96);
        _refuseLength(96, unpadded);
        _refuseLength(129, bytes.concat(SIGNATURE, hex"00"));
        _refuseLength(256, bytes.concat(SIGNATURE, SIGNATURE));
    }

    function testFuzz_BCN03_noOtherPointProvesARound(bytes32 seed) public {
        uint256[4] memory words;
        (words[0], words[1], words[2], words[3]) = _words(SIGNATURE);
        words[uint256(seed) % 4] ^= 1 << (uint256(seed) >> 248);
        try beacon.prove{gas: ENOUGH}(ROUND, abi.encode(words)) {
            assertTrue(false, "taken");
        } catch {
            assertEq(beacon.randomnessOf(ROUND), 0);
        }
    }

    function test_BCN03_tooLittleGasProvesNothing() public {
        uint256 spent = gasleft();
        beacon.prove(ROUND, SIGNATURE);
        spent -= gasleft();
        for (uint256 gas = 5_000; gas < spent - 1_000; gas += 3_000) {
            DrandBeacon other = new DrandBeacon(_quicknet(), SKEW);
            try other.prove{gas: gas}(ROUND, SIGNATURE) returns (bytes32 randomness) {
                assertEq(randomness, RANDOMNESS);
            } catch {
                assertEq(other.randomnessOf(ROUND), 0);
            }
        }
    }

    // ----------------------------------------------------------------------------------------------- networks

    function test_BCN04_chainHash_isDrandsNameForTheNetwork() public {
        assertEq(beacon.CHAIN_HASH(), 0x52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971);
        beacon = new DrandBeacon(_quicknetTest(), 0);
        assertEq(beacon.CHAIN_HASH(), 0xcc9c398442737cbd141526600919edd69f1d6f9b4adb67e4d912fbc64341a9a5);
        beacon = new DrandBeacon(_walkthrough(), 0);
        assertEq(beacon.CHAIN_HASH(), 0xaf8b6fc95693b058a3a59efe586eb31c2c352fe00cf40c62a427d87c34f7a235);
    }

    function test_BCN04_whatItWasMadeWith() public view {
        assertEq(beacon.GENESIS(), GENESIS);
        assertEq(beacon.PERIOD(), 3);
        assertEq(beacon.CHAIN_SKEW(), SKEW);
    }

    function test_BCN04_keysThatAreNone() public {
        // infinity signs everything with infinity
        _refuseKey(new bytes(256));
        _refuseKey("");
        bytes memory key = _quicknet().publicKey;
        _refuseKey(bytes.concat(key, hex"00"));
        // not on the curve
        key[63] ^= 0x01;
        _refuseKey(key);
        // a coordinate with bits above the field
        key = _quicknet().publicKey;
        key[0] = 0x01;
        _refuseKey(key);
        // on the curve, outside of the group
        _refuseKey(
            abi.encode(
                [
                    uint256(0),
                    2,
                    0,
                    0,
                    0x18c6b864ae17dc9da64203ffefb96630,
                    0x6425a7bc6aeb7c75247438372716284a4173830420cd476ba1a365b95bfcec38,
                    0x172e93db764a8400a7d5071b6b6f5de0,
                    0xda2f0f4a063119abca014006b7c40a2cfe291a1924e65db0d6d0fcfbf3bf3d5c
                ]
            )
        );
    }

    function test_BCN04_aNetworkWithoutPeriodOrName() public {
        IDrandBeacon.DrandNetwork memory network = _quicknet();
        network.period = 0;
        vm.expectRevert(IDrandBeacon.DrandBeacon_NetworkRefused.selector);
        new DrandBeacon(network, SKEW);
        network = _quicknet();
        network.beaconId = "";
        vm.expectRevert(IDrandBeacon.DrandBeacon_NetworkRefused.selector);
        new DrandBeacon(network, SKEW);
    }

    function test_BCN01_supportsInterface() public view {
        assertTrue(beacon.supportsInterface(type(IERC165).interfaceId));
        assertTrue(beacon.supportsInterface(type(IRandomness).interfaceId));
        assertTrue(beacon.supportsInterface(type(IDrandBeacon).interfaceId));
        assertFalse(beacon.supportsInterface(0xffffffff));
    }

    // ------------------------------------------------------------------------------------------------ helpers

    function _refuseLength(uint256 length, bytes memory signature) private {
        assertEq(signature.length, length);
        vm.expectRevert(abi.encodeWithSelector(IDrandBeacon.DrandBeacon_WrongLength.selector, length, 128));
        beacon.prove(ROUND, signature);
    }

    function _refuseKey(bytes memory key) private {
        IDrandBeacon.DrandNetwork memory network = _quicknet();
        network.publicKey = key;
        vm.expectRevert(IDrandBeacon.DrandBeacon_NetworkRefused.selector);
        // a precompile that refuses a point keeps all that it got
        this.make{gas: 5_000_000}(network);
    }

    function make(IDrandBeacon.DrandNetwork calldata network) external {
        new DrandBeacon(network, SKEW);
    }

    function _words(bytes memory point) private pure returns (uint256 a, uint256 b, uint256 c, uint256 d) {
        return abi.decode(point, (uint256, uint256, uint256, uint256));
    }

    function _minus(uint256 aHigh, uint256 aLow, uint256 bHigh, uint256 bLow) private pure returns (uint256, uint256) {
        unchecked {
            return (aHigh - bHigh - (aLow < bLow ? 1 : 0), aLow - bLow);
        }
    }
}
