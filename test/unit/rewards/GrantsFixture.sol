// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {HostileToken} from "../../../contracts/mocks/HostileToken.sol";
import {MembershipStub} from "../../../contracts/mocks/MembershipStub.sol";
import {OfficesStub} from "../../../contracts/mocks/OfficesStub.sol";
import {Grants} from "../../../contracts/rewards/Grants.sol";
import {IGrants} from "../../../contracts/rewards/interfaces/IGrants.sol";
import {TestBase} from "../Vm.sol";

/// @title GrantsFixture
/// @notice A cooperative that offers a grant of three milestones, worked for and reviewed.
abstract contract GrantsFixture is TestBase {
    address internal constant COOPERATIVE = address(0xC00B);
    address internal constant RECIPIENT = address(0x4ec1);
    address internal constant REVIEWER = address(0x4e71);
    address internal constant STRANGER = address(0x574a);
    uint48 internal constant NOW = 1_700_000_000;
    uint48 internal constant ACCEPT_BY = NOW + 7 days;
    uint32 internal constant REVIEW = 5 days;
    uint32 internal constant DECISION = 10 days;
    uint128 internal constant AMOUNT = 600;
    bytes internal constant WORK = "work";

    MembershipStub internal membership;
    OfficesStub internal offices;
    Grants internal grants;
    HostileToken internal token;
    uint256 internal grant;

    function _deploy() internal {
        vm.warp(NOW);
        membership = new MembershipStub();
        offices = new OfficesStub();
        grants = new Grants(IMembership(address(membership)), offices);
        token = new HostileToken();
    }

    /// @dev 100, 200 and 300, due after 30, 60 and 90 days.
    function _terms() internal pure returns (IGrants.Terms memory terms) {
        terms.recipient = RECIPIENT;
        terms.reviewer = REVIEWER;
        terms.acceptBy = ACCEPT_BY;
        terms.reviewPeriod = REVIEW;
        terms.decisionPeriod = DECISION;
        terms.description = "what is to be done";
        terms.milestones = new IGrants.Milestone[](3);
        for (uint256 i; i < 3; ++i) terms.milestones[i] = IGrants.Milestone(uint128(100 * (i + 1)), _deadline(i));
    }

    function _deadline(uint256 index) internal pure returns (uint48) {
        return uint48(NOW + 30 days * (index + 1));
    }

    function _open(IGrants.Terms memory terms) internal returns (uint256) {
        token.mint(COOPERATIVE, AMOUNT);
        vm.startPrank(COOPERATIVE);
        token.approve(address(grants), AMOUNT);
        uint256 id = grants.openGrant(address(token), AMOUNT, terms);
        vm.stopPrank();
        return id;
    }

    function _openAccepted() internal {
        grant = _open(_terms());
        vm.prank(RECIPIENT);
        grants.accept(grant);
    }

    function _deliver(uint256 index) internal {
        vm.prank(RECIPIENT);
        grants.deliver(grant, index, WORK);
    }

    function _approve(address decider, uint256 index) internal {
        vm.prank(decider);
        grants.approve(grant, index, keccak256(WORK));
    }

    function _reject(address decider, uint256 index) internal {
        vm.prank(decider);
        grants.reject(grant, index, keccak256(WORK), "not what was asked for");
    }

    function _status(uint256 index) internal view returns (IGrants.Status) {
        return grants.milestoneOf(grant, index).status;
    }

    function _is(uint256 index, IGrants.Status status) internal view {
        assertEq(uint256(_status(index)), uint256(status));
    }

    function _refused(address caller, bytes memory data, bytes memory reason) internal {
        vm.prank(caller);
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory result) = address(grants).call(data);
        assertFalse(success);
        assertEq(result, reason);
    }

    // ----------------------------------------------------------------------------------------- calls that are refused

    function _acceptCall() internal view returns (bytes memory) {
        return abi.encodeCall(grants.accept, (grant));
    }

    function _deliverCall(uint256 index) internal view returns (bytes memory) {
        return abi.encodeCall(grants.deliver, (grant, index, WORK));
    }

    function _approveCall(uint256 index) internal view returns (bytes memory) {
        return abi.encodeCall(grants.approve, (grant, index, keccak256(WORK)));
    }

    function _rejectCall(uint256 index) internal view returns (bytes memory) {
        return abi.encodeCall(grants.reject, (grant, index, keccak256(WORK), "no"));
    }

    function _reclaimCall(uint256 index) internal view returns (bytes memory) {
        return abi.encodeCall(grants.reclaim, (grant, index));
    }

    function _wrongStatus(uint256 index, IGrants.Status status) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IGrants.Grants_WrongStatus.selector, grant, index, status);
    }

    function _tooLate(uint256 last) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IGrants.Grants_TooLate.selector, grant, last);
    }

    function _notReclaimable(uint256 index) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IGrants.Grants_NotReclaimable.selector, grant, index);
    }
}
