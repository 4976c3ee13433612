// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

import {Did} from "../../../contracts/identity/types/Did.sol";
import {Reputation} from "../../../contracts/reputation/Reputation.sol";
import {ReputationAutomation} from "../../../contracts/reputation/ReputationAutomation.sol";
import {IReputationAutomation} from "../../../contracts/reputation/interfaces/IReputationAutomation.sol";
import {CategoryId} from "../../../contracts/reputation/types/CategoryId.sol";
import {TestBase} from "../Vm.sol";

/// @dev Automations of one realm, on the second day of a week, with an issuer of one category.
abstract contract AutomationFixture is TestBase {
    CategoryId internal constant CARE = CategoryId.wrap(keccak256("care"));
    uint256 internal constant WEEK = 1 weeks;
    uint256 internal constant START = 2977 * WEEK;
    uint32 internal constant EPOCH = 2977;
    address internal constant REALM = address(0x4ea1);
    address internal constant ISSUER = address(0x1550e4);
    address internal constant CALLER = address(0xca11e4);
    Did internal constant ALICE = Did.wrap(address(0xa11ce));
    uint96 internal constant THRESHOLD = 100;

    Reputation internal _reputation;
    ReputationAutomation internal _automation;

    function _deploy() internal {
        vm.warp(START + 1 days);
        _reputation = new Reputation(address(new AccessManager(address(this))));
        // a half-life of 136 years: scores of these tests change by what is written alone
        _reputation.addCategory(CARE, type(uint32).max);
        vm.prank(REALM);
        _reputation.appointIssuer(CARE, ISSUER, 1e6, 1e6);
        _automation = new ReputationAutomation(_reputation);
    }

    function _fire(IReputationAutomation.Terms memory terms, uint32 witness) internal {
        vm.prank(CALLER);
        _automation.fire(REALM, terms, witness);
    }

    function _award(uint96 amount) internal {
        vm.prank(ISSUER);
        _reputation.award(REALM, CARE, ALICE, amount, bytes32(0));
    }

    function _penalise(uint96 amount) internal {
        vm.prank(ISSUER);
        _reputation.penalise(REALM, CARE, ALICE, amount, bytes32(0));
    }
}
