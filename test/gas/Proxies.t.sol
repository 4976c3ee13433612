// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ProxyFixture} from "../unit/membership/ProxyFixture.sol";

/// @dev Execution alone, as in Operations.t.sol. Each test measures one call with nothing of it read before: what a
/// transaction of its own would find.
contract ProxyGas is ProxyFixture {
    uint256 private constant PRINCIPALS = 50;
    uint256 private constant HOLDER = PRINCIPALS + 1;
    uint8 private constant PAY = 2;

    function setUp() public {
        _deploy(PRINCIPALS + 3);
        _setLimits(60, PASSES, DURATION);
        for (uint16 i; i < PRINCIPALS; ++i) _give(i + 1, ALL, HOLDER, i);
        _name(PRINCIPALS + 2, ALL, HOLDER);
        _name(PRINCIPALS + 3, ALL, HOLDER);
        _accept(HOLDER, PRINCIPALS + 3, ALL, 59);
        vm.warp(NOW + 1 days);
    }

    function test_gasOfNaming() public {
        _name(HOLDER, ALL, 1);
        vm.snapshotGasLastCall("proxies", "nameProxy.first");
    }

    function test_gasOfNamingAnew() public {
        _name(1, ALL, 2);
        vm.snapshotGasLastCall("proxies", "nameProxy.next");
    }

    function test_gasOfAccepting() public {
        _accept(HOLDER, PRINCIPALS + 2, ALL, 50);
        vm.snapshotGasLastCall("proxies", "accept");
    }

    function test_gasOfPassingOn() public {
        _passOn(HOLDER, 1, ALL, 2);
        vm.snapshotGasLastCall("proxies", "passOn");
    }

    function test_gasOfRevoking() public {
        _revoke(1, ALL);
        vm.snapshotGasLastCall("proxies", "revoke");
    }

    /// @dev A fiftieth of it is what a governor pays for a principal, beside the ballot.
    function test_gasOfAskingForFifty() public {
        uint256[] memory principals = new uint256[](PRINCIPALS);
        for (uint256 i; i < PRINCIPALS; ++i) principals[i] = i + 1;
        uint256[] memory numbers = proxies.ballotRights(COOPERATIVE, _member(HOLDER), PAY, NOW, NOW, principals);
        vm.snapshotGasLastCall("proxies", "ballotRights.fifty");
        for (uint256 i; i < PRINCIPALS; ++i) assertEq(numbers[i], i + 1);
    }
}
