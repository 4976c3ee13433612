// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGrants} from "../../contracts/rewards/interfaces/IGrants.sol";
import {GrantsFixture} from "../unit/rewards/GrantsFixture.sol";

/// @dev Anybody tries anything with up to five grants while time passes: most of it is refused.
contract GrantsHandler is GrantsFixture {
    uint256 private constant MOST = 5;
    address[4] private _accounts = [COOPERATIVE, RECIPIENT, REVIEWER, STRANGER];
    /// @dev What left for each account.
    uint256 public collected;

    constructor() {
        _deploy();
        _openAccepted();
    }

    function open() external {
        if (grants.grantCount() == MOST) return;
        IGrants.Terms memory terms = _terms();
        terms.acceptBy = uint48(block.timestamp + 7 days);
        for (uint256 i; i < 3; ++i) terms.milestones[i].deadline = uint48(block.timestamp + 30 days * (i + 1));
        _open(terms);
    }

    function accept(uint256 seed) external {
        _pick(seed);
        _try(RECIPIENT, _acceptCall());
    }

    function deliver(uint256 seed) external {
        _try(RECIPIENT, _deliverCall(_pick(seed)));
    }

    function decide(uint256 seed) external {
        uint256 index = _pick(seed);
        address decider = _accounts[(seed >> 24) % 4];
        _try(decider, seed & 1 == 0 ? _approveCall(index) : _rejectCall(index));
    }

    function reclaim(uint256 seed) external {
        _try(STRANGER, _reclaimCall(_pick(seed)));
    }

    function stop(uint256 seed) external {
        _pick(seed);
        if ((seed >> 24) % 4 == 0) _try(COOPERATIVE, abi.encodeCall(grants.stop, (grant)));
    }

    function collect(uint256 seed) external {
        address account = _accounts[seed % 4];
        uint256 amount = grants.collectable(address(token), account);
        if (amount == 0) return;
        vm.prank(account);
        if (seed & 4 == 0) grants.collect(address(token), account);
        else grants.collectTo(address(token), address(0xe15e));
        collected += amount;
    }

    function wait_(uint256 seed) external {
        vm.warp(block.timestamp + (seed % 10 days));
    }

    /// @dev Sum of what was put in, of what is undecided, and of what is owed.
    function sums() external view returns (uint256 funded, uint256 undecided, uint256 owed) {
        funded = grants.grantCount() * AMOUNT;
        for (uint256 id = 1; id <= grants.grantCount(); ++id) {
            for (uint256 i; i < 3; ++i) {
                IGrants.MilestoneState memory milestone = grants.milestoneOf(id, i);
                bool isOver =
                    milestone.status == IGrants.Status.Approved || milestone.status == IGrants.Status.Reclaimed;
                if (!isOver) undecided += milestone.amount;
            }
        }
        for (uint256 i; i < 4; ++i) owed += grants.collectable(address(token), _accounts[i]);
    }

    function held() external view returns (uint256 total, uint256 balance) {
        return (grants.totalHeld(address(token)), token.balanceOf(address(grants)));
    }

    /// @dev Whether the status of every milestone fits its grant.
    function isConsistent() external view returns (bool consistent) {
        for (uint256 id = 1; id <= grants.grantCount(); ++id) {
            bool accepted = grants.grantOf(id).accepted;
            for (uint256 i; i < 3; ++i) {
                IGrants.Status status = grants.milestoneOf(id, i).status;
                if (!accepted && status != IGrants.Status.Open && status != IGrants.Status.Reclaimed) return false;
                // nothing stalls: once all times are over, what is undecided can be taken back
                bool isOpen = status != IGrants.Status.Approved && status != IGrants.Status.Reclaimed;
                uint256 end = uint256(grants.milestoneOf(id, i).deadline) + REVIEW + DECISION;
                if (isOpen && block.timestamp > end && !grants.isReclaimable(id, i)) return false;
            }
        }
        return true;
    }

    function _pick(uint256 seed) private returns (uint256 index) {
        grant = 1 + ((seed >> 8) % grants.grantCount());
        return (seed >> 16) % 3;
    }

    function _try(address caller, bytes memory data) private {
        vm.prank(caller);
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, ) = address(grants).call(data);
        success; // most of it is refused
    }
}
