// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IProxies} from "../../contracts/membership/interfaces/IProxies.sol";
import {ProxyFixture} from "../unit/membership/ProxyFixture.sol";

/// @dev Members name, accept, pass on, drop and revoke at random while limits and time change. A model that knows no
/// seats' words and no versions, only a list of proxies, says beforehand whether each act succeeds, and who holds what.
contract ProxyHandler is ProxyFixture {
    struct Entry {
        uint256 holder;
        uint256 offeredTo;
        uint256 since;
        uint256 until;
        uint256 seat;
        uint256 passes;
        uint256 passed;
    }

    uint256 public constant MEMBERS = 4;
    /// @dev A topic that nobody names a proxy for.
    uint8 public constant UNNAMED = 5;
    uint16 public held = 2;
    uint8 public maxPasses = 2;
    uint8[2] public topics = [ALL, 3];
    uint256 public acts;

    mapping(uint256 principal => mapping(uint8 topic => Entry entry)) private _model;
    uint32 private _duration = 30 days;
    uint256 private _seed;

    constructor() {
        _deploy(MEMBERS);
        _setLimits(held, maxPasses, _duration);
    }

    // ---------------------------------------------------------------------------------------------------------- acts

    function name(uint256 seed) external {
        (uint256 principal, uint8 topic) = _pick(seed);
        uint256 holder = _random(MEMBERS + 2);
        uint256 until = block.timestamp + (_random(8) == 0 ? _random(90 days) : 1 + _random(10 days));
        uint256 passes = _random(8) == 0 ? 3 : _random(uint256(maxPasses) + 1);
        bool isValid = holder != principal && holder != 0 && holder <= MEMBERS && passes <= maxPasses;
        isValid = isValid && until > block.timestamp && until <= block.timestamp + _duration;
        IProxies.Naming memory naming = IProxies.Naming(topic, uint32(holder), uint48(until), uint8(passes));
        if (_act(principal, abi.encodeCall(proxies.nameProxy, (COOPERATIVE, naming)), isValid)) {
            _model[principal][topic] = Entry(0, holder, 0, until, 0, passes, 0);
        }
    }

    function accept(uint256 seed) external {
        // mostly what is offered, by whom it is offered to: else nearly nothing would ever be held
        (uint256 principal, uint8 topic) = _pick(seed);
        for (uint256 i; i < 8 && _model[principal][topic].offeredTo == 0; ++i) (principal, topic) = _pick(_seed);
        Entry storage entry = _model[principal][topic];
        uint256 member = entry.offeredTo == 0 || _random(8) == 0 ? 1 + _random(MEMBERS) : entry.offeredTo;
        uint16 seat = uint16(_random(4));
        bool isValid = entry.offeredTo == member && block.timestamp < entry.until && seat < held;
        if (entry.holder != 0) isValid = isValid && entry.passed < entry.passes && entry.passed < maxPasses;
        isValid = isValid && !_isTaken(member, seat);
        bytes memory data = abi.encodeCall(proxies.accept, (COOPERATIVE, principal, topic, seat));
        if (!_act(member, data, isValid)) return;
        if (entry.holder != 0) ++entry.passed;
        (entry.holder, entry.offeredTo, entry.since, entry.seat) = (member, 0, block.timestamp, seat);
    }

    function passOn(uint256 seed) external {
        (uint256 principal, uint8 topic) = _pick(seed);
        for (uint256 i; i < 8 && _model[principal][topic].holder == 0; ++i) (principal, topic) = _pick(_seed);
        Entry storage entry = _model[principal][topic];
        uint256 member = entry.holder == 0 || _random(8) == 0 ? 1 + _random(MEMBERS) : entry.holder;
        uint256 next = _random(MEMBERS + 2);
        bool isValid = entry.holder == member && block.timestamp < entry.until && next != member && next != principal;
        isValid = isValid && next != 0 && next <= MEMBERS && entry.passed < entry.passes && entry.passed < maxPasses;
        bytes memory data = abi.encodeCall(proxies.passOn, (COOPERATIVE, principal, topic, uint32(next)));
        if (_act(member, data, isValid)) entry.offeredTo = next;
    }

    function drop(uint256 seed) external {
        (uint256 principal, uint8 topic) = _pick(seed);
        Entry storage entry = _model[principal][topic];
        uint256 member = 1 + _random(MEMBERS);
        bool isOffered = entry.offeredTo == member;
        bytes memory data = abi.encodeCall(proxies.drop, (COOPERATIVE, principal, topic));
        if (!_act(member, data, isOffered || entry.holder == member)) return;
        if (isOffered) entry.offeredTo = 0;
        else delete _model[principal][topic];
    }

    function revoke(uint256 seed) external {
        (uint256 principal, uint8 topic) = _pick(seed);
        _act(principal, abi.encodeCall(proxies.revoke, (COOPERATIVE, topic)), true);
        delete _model[principal][topic];
    }

    function changeLimits(uint256 seed) external {
        _seed = seed;
        held = uint16(_random(5));
        maxPasses = uint8(_random(3));
        _duration = uint32(5 days + _random(40 days));
        _setLimits(held, maxPasses, _duration);
    }

    function wait_(uint256 seed) external {
        _seed = seed;
        vm.warp(block.timestamp + _random(3 days));
    }

    // --------------------------------------------------------------------------------------------------------- model

    /// @notice Who holds a principal's vote in a topic, by the list alone.
    function expected(uint256 principal, uint8 topic, uint256 timepoint) external view returns (uint256) {
        Entry storage entry = _model[principal][topic];
        if (topic == UNNAMED || entry.holder == 0 || block.timestamp >= entry.until) entry = _model[principal][ALL];
        if (entry.holder == 0 || entry.since > timepoint || block.timestamp >= entry.until) return 0;
        return entry.seat < held && entry.passed <= maxPasses ? entry.holder : 0;
    }

    /// @notice Proxies that a member holds and that have not expired, within the seats there are now.
    function count(uint256 holder) external view returns (uint256 number) {
        for (uint256 principal = 1; principal <= MEMBERS; ++principal) {
            for (uint256 i; i < topics.length; ++i) {
                Entry storage entry = _model[principal][topics[i]];
                bool isHeld = entry.holder == holder && block.timestamp < entry.until;
                if (isHeld && entry.seat < held) ++number;
            }
        }
    }

    // ---------------------------------------------------------------------------------------------------------- views

    function holderOf(uint256 principal, uint8 topic, uint256 timepoint) external view returns (uint256) {
        return proxies.holderOf(COOPERATIVE, principal, topic, timepoint);
    }

    function proxyOf(uint256 principal, uint8 topic) external view returns (IProxies.Proxy memory) {
        return proxies.proxyOf(COOPERATIVE, principal, topic);
    }

    function seated(uint256 holder) external view returns (uint256 number) {
        IProxies.Seat[] memory seats = proxies.seatsOf(COOPERATIVE, holder, 0, held);
        for (uint256 i; i < seats.length; ++i) if (seats[i].principal != 0) ++number;
    }

    // -------------------------------------------------------------------------------------------------------- private

    function _act(uint256 member, bytes memory data, bool isValid) private returns (bool) {
        vm.prank(_member(member));
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, ) = address(proxies).call(data);
        assertTrue(success == isValid, isValid ? "refused what the model allows" : "allowed what the model refuses");
        ++acts;
        return success;
    }

    function _isTaken(uint256 holder, uint256 seat) private view returns (bool) {
        for (uint256 principal = 1; principal <= MEMBERS; ++principal) {
            for (uint256 i; i < topics.length; ++i) {
                Entry storage entry = _model[principal][topics[i]];
                if (entry.holder == holder && entry.seat == seat && block.timestamp < entry.until) return true;
            }
        }
        return false;
    }

    function _pick(uint256 seed) private returns (uint256 principal, uint8 topic) {
        _seed = seed;
        principal = 1 + _random(MEMBERS);
        topic = topics[_random(topics.length)];
    }

    function _random(uint256 n) private returns (uint256) {
        _seed = uint256(keccak256(abi.encode(_seed)));
        return _seed % n;
    }
}
