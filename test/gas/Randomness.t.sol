// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DrandFixture} from "../unit/randomness/DrandFixture.sol";
import {HeaderFixture} from "../unit/randomness/HeaderFixture.sol";

/// @dev Execution alone, as in Operations.t.sol: what a seed costs, once for all who ask for it.
contract DrandGas is DrandFixture {
    function setUp() public {
        _deploy();
    }

    function test_gasOfARound() public {
        beacon.prove(ROUND, SIGNATURE);
        vm.snapshotGasLastCall("randomness", "drand.prove.first");
        beacon.prove(ROUND, SIGNATURE);
        vm.snapshotGasLastCall("randomness", "drand.prove.again");
    }

    function test_gasOfASeed() public {
        beacon.seedOf(_timepoint());
        vm.snapshotGasLastCall("randomness", "drand.seedOf");
    }
}

contract HeaderGas is HeaderFixture {
    function setUp() public {
        _deploy();
    }

    function test_gasOfAHeader() public {
        (bytes memory first, bytes memory before) = _enter();
        beacon.prove(TIMEPOINT, NUMBER, first, before);
        vm.snapshotGasLastCall("randomness", "header.prove");
    }
}
