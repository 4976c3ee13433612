// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICooperativeGovernor} from "../../contracts/governance/interfaces/ICooperativeGovernor.sol";
import {IProxies} from "../../contracts/membership/interfaces/IProxies.sol";
import {CooperativeFixture} from "../unit/governance/CooperativeFixture.sol";

/// @dev Execution alone, as in Operations.t.sol.
contract BallotGas is CooperativeFixture {
    uint256 private constant BALLOTS = 100;
    uint256 private constant PRINCIPALS = 50;
    uint8 private constant ALL = type(uint8).max;

    uint256 private _id;

    function setUp() public {
        _deploy();
        _found(BALLOTS + 2, _ordinary(), _constitutional());
        _id = _proposeSet(5);
        _toVoting(_id);
        // One ballot in each word.
        _vote(_id, 1, 1);
        _vote(_id, BALLOTS + 2, 1);
    }

    /// @dev A hundredth of it is what a signed ballot costs in a batch, beside its calldata.
    function test_gasOfAHundredBallots() public {
        ICooperativeGovernor.SignedBallot[] memory ballots = new ICooperativeGovernor.SignedBallot[](BALLOTS);
        for (uint256 i; i < BALLOTS; ++i) ballots[i] = _signed(i + 2);
        uint256 counted = governor.castVotesBySig(_id, ballots);
        vm.snapshotGasLastCall("governance", "castVotesBySig.hundred");
        assertEq(counted, BALLOTS);
    }

    /// @dev A fiftieth of it is what a principal's ballot costs its holder, beside its calldata.
    function test_gasOfFiftyByProxy() public {
        uint256[] memory principals = new uint256[](PRINCIPALS);
        vm.prank(address(treasury));
        proxies.setLimits(uint16(PRINCIPALS), 0, 30 days);
        for (uint16 seat; seat < PRINCIPALS; ++seat) {
            principals[seat] = uint256(seat) + 2;
            vm.prank(_member(principals[seat]));
            proxies.nameProxy(address(treasury), IProxies.Naming(ALL, 1, uint48(block.timestamp + 30 days), 0));
            vm.prank(_member(1));
            proxies.accept(address(treasury), principals[seat], ALL, seat);
        }
        vm.warp(block.timestamp + 1);
        _id = _proposeSet(6);
        _toVoting(_id);
        _vote(_id, 1, 1);
        vm.prank(_member(1));
        uint256 counted = governor.castProxied(_id, 1, principals);
        vm.snapshotGasLastCall("governance", "castProxied.fifty");
        assertEq(counted, PRINCIPALS);
    }

    function _signed(uint256 number) private view returns (ICooperativeGovernor.SignedBallot memory) {
        address voter = _member(number);
        bytes32 structHash = keccak256(abi.encode(governor.BALLOT_TYPEHASH(), _id, uint8(1), voter, uint256(0)));
        bytes32 digest = typedDigest("Artel Governor", address(governor), structHash);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_key(number), digest);
        return ICooperativeGovernor.SignedBallot(abi.encodePacked(voter), 1, false, abi.encodePacked(r, s, v));
    }
}
