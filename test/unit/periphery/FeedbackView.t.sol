// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

import {DIDRegistry} from "../../../contracts/identity/DIDRegistry.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {FeedbackView} from "../../../contracts/periphery/FeedbackView.sol";
import {Reputation} from "../../../contracts/reputation/Reputation.sol";
import {IReputation} from "../../../contracts/reputation/interfaces/IReputation.sol";
import {CategoryId} from "../../../contracts/reputation/types/CategoryId.sol";
import {TestBase} from "../Vm.sol";

contract FeedbackViewTest is TestBase {
    CategoryId private constant CARE = CategoryId.wrap(keccak256("care"));
    address private constant ALICE = address(0xa11ce);
    uint256 private constant AGENT = uint160(ALICE);

    DIDRegistry private _registry;
    Reputation private _reputation;
    FeedbackView private _view;

    function setUp() public {
        vm.warp(2_000_000_000);
        _registry = new DIDRegistry();
        _reputation = new Reputation(address(new AccessManager(address(this))));
        _reputation.addCategory(CARE, 90 days);
        _view = new FeedbackView(_registry, _reputation, "care");
        _award(address(1), 10);
        _award(address(2), 25);
    }

    function test_REP18_aSummaryIsTheMeanOverRealmsThatGavePoints() public {
        address[] memory realms = new address[](3);
        (realms[0], realms[1], realms[2]) = (address(1), address(2), address(3));
        (uint64 count, int128 value, uint8 decimals) = _view.getSummary(AGENT, realms, "", "");
        assertEq(count, 2);
        assertEq(int256(value), 17);
        assertEq(decimals, 0);
        (count, value, ) = _view.getSummary(AGENT, realms, "care", "");
        assertEq(count, 2);
        (count, value, ) = _view.getSummary(AGENT, realms, "speed", "");
        assertEq(count, 0);
        (count, value, ) = _view.getSummary(AGENT, realms, "care", "more");
        assertEq(count, 0);
        assertEq(int256(value), 0);
        vm.warp(block.timestamp + 90 days);
        (, value, ) = _view.getSummary(AGENT, realms, "", "");
        assertEq(int256(value), 8);
        vm.expectRevert(FeedbackView.FeedbackView_NoRealms.selector);
        _view.getSummary(AGENT, new address[](0), "", "");
    }

    function test_REP18_aRealmGivesOneFeedback() public {
        assertEq(_view.getLastIndex(AGENT, address(1)), 1);
        assertEq(_view.getLastIndex(AGENT, address(3)), 0);
        (int128 value, uint8 decimals, string memory tag1, string memory tag2, bool revoked) = _view.readFeedback(
            AGENT,
            address(2),
            1
        );
        assertEq(int256(value), 25);
        assertEq(decimals, 0);
        assertEq(tag1, "care");
        assertEq(tag2, "");
        assertFalse(revoked);
        _expectNone(address(2), 2);
        _expectNone(address(2), 0);
        _expectNone(address(3), 1);
        assertEq(_view.getIdentityRegistry(), address(_registry));
    }

    /// @dev The attack: a number whose low bits are somebody's address, to answer with that one's standing.
    function testFuzz_REP18_aNumberBeyondAddressesIsNobody(uint256 agentId) public {
        agentId = bound(agentId, 1 << 160, type(uint256).max);
        bytes memory refusal = abi.encodeWithSelector(FeedbackView.FeedbackView_NotAnIdentity.selector, agentId);
        vm.expectRevert(refusal);
        _view.getLastIndex(agentId, address(1));
        vm.expectRevert(refusal);
        _view.readFeedback(agentId, address(1), 1);
        vm.expectRevert(refusal);
        _view.getSummary(agentId, new address[](1), "", "");
    }

    function test_REP18_aViewNeedsACategory() public {
        CategoryId speed = CategoryId.wrap(keccak256("speed"));
        vm.expectRevert(abi.encodeWithSelector(IReputation.Reputation_UnknownCategory.selector, speed));
        new FeedbackView(_registry, _reputation, "speed");
    }

    function _award(address realm, uint96 amount) private {
        vm.startPrank(realm);
        _reputation.appointIssuer(CARE, realm, 100, 0);
        _reputation.award(realm, CARE, Did.wrap(ALICE), amount, bytes32(0));
        vm.stopPrank();
    }

    function _expectNone(address realm, uint64 index) private {
        vm.expectRevert(abi.encodeWithSelector(FeedbackView.FeedbackView_NoFeedback.selector, AGENT, realm, index));
        _view.readFeedback(AGENT, realm, index);
    }
}
