// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IProxies} from "../../contracts/membership/interfaces/IProxies.sol";
import {TestBase} from "../unit/Vm.sol";
import {ProxyHandler} from "./ProxyHandler.sol";

contract ProxySeatsTest is TestBase {
    ProxyHandler private _handler;

    function setUp() public {
        _handler = new ProxyHandler();
        bytes4[] memory selectors = new bytes4[](12);
        selectors[0] = ProxyHandler.name.selector;
        selectors[1] = ProxyHandler.name.selector;
        selectors[2] = ProxyHandler.accept.selector;
        selectors[3] = ProxyHandler.accept.selector;
        selectors[4] = ProxyHandler.accept.selector;
        selectors[5] = ProxyHandler.accept.selector;
        selectors[6] = ProxyHandler.passOn.selector;
        selectors[7] = ProxyHandler.passOn.selector;
        selectors[8] = ProxyHandler.drop.selector;
        selectors[9] = ProxyHandler.revoke.selector;
        selectors[10] = ProxyHandler.changeLimits.selector;
        selectors[11] = ProxyHandler.wait_.selector;
        targetContract(address(_handler));
        targetSelector(FuzzSelector({addr: address(_handler), selectors: selectors}));
    }

    /// @dev Nobody holds more than the limit of the day, and the seats are a list of exactly what is held.
    function invariant_PRX04_heldWithinTheLimitAndAllCounted() public view {
        for (uint256 holder = 1; holder <= _handler.MEMBERS(); ++holder) {
            assertLe(_handler.count(holder), _handler.held());
            assertEq(_handler.seated(holder), _handler.count(holder));
        }
    }

    /// @dev Who holds whose vote, now and at times past, is what the model says.
    function invariant_PRX05_PRX06_theHolderIsTheModels() public view {
        uint8[3] memory asked = [_handler.topics(0), _handler.topics(1), _handler.UNNAMED()];
        for (uint256 principal = 1; principal <= _handler.MEMBERS(); ++principal) {
            for (uint256 i; i < asked.length; ++i) {
                for (uint256 age; age <= 80 hours; age += 20 hours) {
                    uint256 timepoint = block.timestamp - age;
                    uint256 holder = _handler.holderOf(principal, asked[i], timepoint);
                    assertEq(holder, _handler.expected(principal, asked[i], timepoint));
                    assertTrue(holder != principal);
                }
            }
        }
    }

    /// @dev No proxy that counts was passed on more often than its principal and the cooperative allow.
    function invariant_PRX08_passedOnWithinTheLimit() public view {
        for (uint256 principal = 1; principal <= _handler.MEMBERS(); ++principal) {
            for (uint256 i; i < 2; ++i) {
                IProxies.Proxy memory proxy = _handler.proxyOf(principal, _handler.topics(i));
                assertLe(proxy.passed, proxy.passes);
                // One that has expired says nothing: that for all topics may answer, by the same holder.
                if (proxy.holder == 0 || block.timestamp >= proxy.until) continue;
                uint256 holder = _handler.holderOf(principal, _handler.topics(i), block.timestamp);
                if (holder == proxy.holder) assertLe(proxy.passed, _handler.maxPasses());
            }
        }
    }
}
