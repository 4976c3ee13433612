// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Did} from "../../contracts/identity/types/Did.sol";
import {RecoveryFixture} from "../unit/identity/RecoveryFixture.sol";

/// @dev Two identities with the same seven guardians, of whom the first are corrupt. The key of one is stolen, and two
/// guardians are the thief's friends; the other has an honest owner, and four guardians, one less than the
/// super-threshold, against them. Honest parties act at random times, but within each delay.
contract RecoveryHandler is RecoveryFixture {
    uint256 private constant TWO = 0x03;
    uint256 private constant FOUR = 0x0f;
    uint256 private constant HONEST_FIVE = 0x7c;

    Did public stolen;
    Did public kept;
    bytes32 public guardiansHash;
    uint256 public starts;
    bool public recovered;
    uint256 private _thiefMoves;
    uint256 private _lastWatch;

    constructor() {
        _deploy();
        stolen = did;
        kept = Did.wrap(address(0x0e57));
        _guard(kept, Did.unwrap(kept));
        guardiansHash = keccak256(abi.encode(guardians));
        _lastWatch = NOW;
    }

    function ownerOf(Did identity) external view returns (address) {
        return _ownerOf(identity);
    }

    function guardiansOf(Did identity) external view returns (bytes32 hash) {
        (hash, , , , , , ) = registry.guardianship(identity);
    }

    // ---------------------------------------------------------------- time

    /// @dev At most so far that honest parties could still act before anything falls due that began since they looked.
    function pass(uint256 time) external {
        uint256 latest = _lastWatch + DELAY - 1;
        vm.warp(block.timestamp + bound(time, 0, latest - block.timestamp));
    }

    // ---------------------------------------------------------------- attack

    /// @dev Whatever the holder of the stolen key can send, and anybody on the thief's behalf.
    function thiefMoves(uint256 seed) external {
        address holder = _ownerOf(stolen);
        if (holder == SUCCESSOR) holder = THIEF; // too late: the key is worth nothing any more
        Did[] memory friends = new Did[](1);
        friends[0] = Did.wrap(address(uint160(0xf000 + ++_thiefMoves)));
        bytes[9] memory moves = [
            abi.encodeCall(registry.changeOwner, (stolen, address(uint160(0xbad00 + _thiefMoves)))),
            abi.encodeCall(registry.changeOwner, (stolen, address(0))),
            abi.encodeCall(registry.setGuardians, (stolen, friends, 1, 1, 1 days)),
            abi.encodeCall(registry.setGuardians, (stolen, new Did[](0), 0, 0, 0)),
            abi.encodeCall(registry.announceDeactivation, (stolen)),
            abi.encodeCall(registry.cancelRecovery, (stolen)),
            abi.encodeCall(registry.deactivate, (stolen)),
            abi.encodeCall(registry.applyGuardians, (stolen, new Did[](0), 0, 0, 0)),
            abi.encodeCall(registry.setAttribute, (stolen, SERVICE, "x", 1 days))
        ];
        vm.prank(holder);
        // what is refused changes nothing
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, ) = address(registry).call(moves[seed % moves.length]);
        assertTrue(success || registry.identityOwner(stolen) != address(0));
    }

    /// @dev Corrupt guardians start what they can: two on the stolen identity, four on the other.
    function guardiansCollude(bool onStolen) external {
        try this.start(onStolen ? stolen : kept, onStolen ? TWO : FOUR, THIEF) {
            assertTrue(!onStolen, "two of seven started a recovery");
        } catch (bytes memory) {}
    }

    /// @dev Anybody finishes, carries out or puts in force whatever is due, on either.
    function anybodyActs(bool onStolen) external {
        Did identity = onStolen ? stolen : kept;
        try registry.finishRecovery(identity) {
            _note();
        } catch (bytes memory) {}
        try registry.deactivate(identity) {} catch (bytes memory) {}
    }

    function start(Did identity, uint256 mask, address successor) external {
        _start(identity, mask, successor);
    }

    // ---------------------------------------------------------------- defence

    /// @dev Honest parties look at both identities and do what each allows.
    function honestPartiesAct() external {
        _lastWatch = block.timestamp;
        if (!recovered) _defendStolen();
        _defendKept();
    }

    function _defendStolen() private {
        (address successor, uint48 readyAt, , bool cancelled) = registry.recovery(stolen);
        if (successor == address(0)) {
            ++starts;
            _start(stolen, cancelled ? HONEST_FIVE : HONEST_FIVE & ~uint256(0x40), SUCCESSOR);
        } else if (block.timestamp >= readyAt) {
            registry.finishRecovery(stolen);
            _note();
        }
    }

    /// @dev An honest owner who found a recovery running cancels it.
    function _defendKept() private {
        if (_running(kept) == address(0)) return;
        vm.prank(Did.unwrap(kept));
        registry.cancelRecovery(kept);
    }

    function _note() private {
        if (_ownerOf(stolen) == SUCCESSOR) recovered = true;
    }
}
