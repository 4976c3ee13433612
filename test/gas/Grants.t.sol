// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {GrantsFixture} from "../unit/rewards/GrantsFixture.sol";
import {MatchingFixture} from "../unit/rewards/MatchingFixture.sol";

/// @dev Execution alone, as in Operations.t.sol. Each test measures one call with nothing of it read before.
contract GrantsGas is GrantsFixture {
    uint256 private _offered;

    function setUp() public {
        _deploy();
        _offered = _open(_terms());
        _openAccepted();
        _deliver(0);
        _approve(REVIEWER, 0);
        _deliver(1);
        token.mint(RECIPIENT, 1);
        token.mint(COOPERATIVE, AMOUNT);
        vm.prank(COOPERATIVE);
        token.approve(address(grants), AMOUNT);
    }

    function test_gasOfOpening() public {
        vm.prank(COOPERATIVE);
        grants.openGrant(address(token), AMOUNT, _terms());
        vm.snapshotGasLastCall("grants", "openGrant.three");
    }

    function test_gasOfAccepting() public {
        vm.prank(RECIPIENT);
        grants.accept(_offered);
        vm.snapshotGasLastCall("grants", "accept");
    }

    function test_gasOfDelivering() public {
        _deliver(2);
        vm.snapshotGasLastCall("grants", "deliver");
    }

    function test_gasOfApproving() public {
        _approve(REVIEWER, 1);
        vm.snapshotGasLastCall("grants", "approve.next");
    }

    function test_gasOfCollecting() public {
        grants.collect(address(token), RECIPIENT);
        vm.snapshotGasLastCall("grants", "collect");
    }

    function test_gasOfStopping() public {
        vm.prank(COOPERATIVE);
        grants.stop(grant);
        vm.snapshotGasLastCall("grants", "stop.one");
    }
}

/// @dev What a gift costs does not depend on how many there were before.
contract MatchingGas is MatchingFixture {
    function setUp() public {
        _deploy(20);
        _start(2);
        for (uint256 number = 1; number < 20; ++number) _contribute(number, 1, 100);
        _fund(_member(19), 100);
        _fund(_member(20), 100);
    }

    function _give(uint256 number) private {
        vm.prank(_member(number));
        matching.contribute(round, 1, 100);
    }

    function test_gasOfContributing() public {
        _give(20);
        vm.snapshotGasLastCall("grants", "contribute.first");
    }

    function test_gasOfContributingMore() public {
        _give(19);
        vm.snapshotGasLastCall("grants", "contribute.next");
    }

    function test_gasOfSettling() public {
        vm.warp(SETTLES);
        _settle(1);
        vm.snapshotGasLastCall("grants", "settle.one");
    }
}
