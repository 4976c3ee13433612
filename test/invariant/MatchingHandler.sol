// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMatchingRounds} from "../../contracts/rewards/interfaces/IMatchingRounds.sol";
import {MatchingLib} from "../../contracts/rewards/libraries/MatchingLib.sol";
import {MatchingFixture} from "../unit/rewards/MatchingFixture.sol";

/// @dev Members try anything in up to three rounds while time passes, leave and are expelled: most of it is refused.
contract MatchingHandler is MatchingFixture {
    uint256 private constant MEMBERS = 5;
    uint256 private constant MOST = 3;
    uint256 public funded;
    uint256 public collected;

    constructor() {
        _deploy(MEMBERS);
        _openNow(POOL);
        for (uint256 number = 1; number <= 3; ++number) _register(number);
        vm.warp(matching.roundOf(round).startsAt);
    }

    function open(uint256 seed) external {
        if (matching.roundCount() < MOST) _openNow(uint128(1 + (seed % 1e6)));
    }

    function register(uint256 seed) external {
        uint256 number = _pick(seed);
        bytes memory data = abi.encodeCall(matching.register, (round, _payee(number), "project"));
        _try(_member(number), data);
    }

    function contribute(uint256 seed) external {
        uint256 number = _pick(seed);
        uint128 amount = uint128((seed >> 64) % 700);
        _fund(_member(number), amount);
        if (_try(_member(number), _contributeCall(_project(seed), amount))) funded += amount;
    }

    function withdraw(uint256 seed) external {
        uint256 number = _pick(seed);
        if ((seed >> 128) % 4 == 0) _try((seed >> 160) % 2 == 0 ? COOPERATIVE : _member(number), _withdrawCall(number));
    }

    function settle(uint256 seed) external {
        _pick(seed);
        _try(STRANGER, (seed >> 64) % 4 == 0 ? _emptyCall() : _settleCall(_project(seed)));
    }

    function refund(uint256 seed) external {
        uint256 number = _pick(seed);
        _try(STRANGER, abi.encodeCall(matching.refund, (round, _project(seed), _one(number))));
    }

    function collect(uint256 seed) external {
        address account = _account(seed % (2 * MEMBERS + 1));
        uint256 amount = _owed(account);
        if (amount == 0) return;
        matching.collect(address(token), account);
        collected += amount;
    }

    function depart(uint256 seed) external {
        uint256 number = _pick(seed);
        if ((seed >> 128) % 16 != 0 || membership.ballotRight(COOPERATIVE, _member(number), block.timestamp) == 0)
            return;
        vm.prank(_member(number));
        membership.resign(COOPERATIVE);
    }

    function wait_(uint256 seed) external {
        vm.warp(block.timestamp + (seed % 3 days));
    }

    // ----------------------------------------------------------------------------------------- what must always hold

    /// @dev What no account was credited with yet: rests of pools, and contributions that are not settled or refunded.
    function unsettled() external view returns (uint256 sum) {
        for (uint256 id = 1; id <= matching.roundCount(); ++id) {
            IMatchingRounds.Round memory state = matching.roundOf(id);
            if (!state.closed) sum += state.pool - state.matched;
            for (uint256 project = 1; project <= state.projects; ++project) {
                if (matching.projectOf(id, project).status == IMatchingRounds.Status.Settled) continue;
                for (uint256 number = 1; number <= MEMBERS; ++number)
                    sum += matching.contributionOf(id, project, number);
            }
        }
    }

    function owed() external view returns (uint256 sum) {
        for (uint256 i; i <= 2 * MEMBERS; ++i) sum += _owed(_account(i));
    }

    function held() external view returns (uint256 total, uint256 balance) {
        return (matching.totalHeld(address(token)), token.balanceOf(address(matching)));
    }

    /// @dev Whether every sum that is kept equals the sum of its parts, and no pool was overdrawn.
    function isConsistent() external view returns (bool consistent) {
        for (uint256 id = 1; id <= matching.roundCount(); ++id) {
            IMatchingRounds.Round memory state = matching.roundOf(id);
            (uint256 ideal, uint256 live) = _recount(id, state);
            if (ideal != state.ideal || live != state.live || state.matched > state.pool) return false;
            if (state.closed && live != 0) return false;
        }
        return true;
    }

    function _recount(
        uint256 id,
        IMatchingRounds.Round memory state
    ) private view returns (uint256 ideal, uint256 live) {
        for (uint256 i = 1; i <= state.projects; ++i) {
            IMatchingRounds.Project memory project = matching.projectOf(id, i);
            if (project.status == IMatchingRounds.Status.Live) ++live;
            if (project.status == IMatchingRounds.Status.Withdrawn) continue;
            if (project.contributors < state.minContributors) continue;
            ideal += MatchingLib.ideal(project.roots, project.contributed);
        }
    }

    function _openNow(uint128 pool) private {
        IMatchingRounds.Terms memory terms = _terms();
        terms.startsAt = uint48(block.timestamp + 3 days);
        terms.endsAt = terms.startsAt + 5 days;
        terms.settlesAt = terms.endsAt + 1 days;
        _open(pool, terms);
        funded += pool;
    }

    function _account(uint256 i) private pure returns (address) {
        if (i == 0) return COOPERATIVE;
        return i <= MEMBERS ? _member(i) : _payee(i - MEMBERS);
    }

    function _pick(uint256 seed) private returns (uint256 number) {
        round = 1 + ((seed >> 8) % matching.roundCount());
        return 1 + ((seed >> 16) % MEMBERS);
    }

    function _project(uint256 seed) private pure returns (uint256) {
        return 1 + ((seed >> 32) % 3);
    }

    function _emptyCall() private view returns (bytes memory) {
        return abi.encodeCall(matching.settle, (round, new uint256[](0)));
    }

    function _try(address caller, bytes memory data) private returns (bool success) {
        vm.prank(caller);
        // solhint-disable-next-line avoid-low-level-calls
        (success, ) = address(matching).call(data);
    }
}
