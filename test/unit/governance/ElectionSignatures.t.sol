// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Elections} from "../../../contracts/governance/Elections.sol";
import {ICooperativeGovernor} from "../../../contracts/governance/interfaces/ICooperativeGovernor.sol";
import {IElections} from "../../../contracts/governance/interfaces/IElections.sol";
import {HostileSigner} from "../../../contracts/mocks/HostileSigner.sol";
import {SignerWallet} from "../../../contracts/mocks/SignerWallet.sol";
import {ElectionFixture} from "./ElectionFixture.sol";

/// @dev Branches: ElectionSignatures.tree. The typed data are written out by hand.
contract ElectionSignaturesTest is ElectionFixture {
    bytes32 private constant BALLOT = keccak256(
        "ElectionBallot(uint256 election,uint8[] choices,address voter,uint256 nonce)"
    );
    uint256 private constant MEMBERS = 12;

    HostileSigner private _hostile;
    SignerWallet private _wallet;
    bytes private _passkey;

    function setUp() public {
        _deploy(MEMBERS);
        _hostile = new HostileSigner();
        _wallet = new SignerWallet(vm.addr(77));
        _passkey = abi.encodePacked(_hostile, "a key");
        vm.warp(NOW - 1);
        _admit(address(_wallet)); // member 13
        _admit(dids.accountOf(_passkey)); // member 14
        _admit(address(_hostile)); // member 15
        vm.warp(NOW);
        _openRanked(2, 3);
    }

    function test_ELC06_everySortOfSigner() public {
        // this account delegates to code
        vm.etch(_member(2), abi.encodePacked(hex"ef0100", address(dids)));
        IElections.SignedBallot[] memory ballots = new IElections.SignedBallot[](5);
        ballots[0] = _signed(1, _list(1, 2), false);
        ballots[1] = _signed(2, _list(2), false);
        bytes memory signature = _sign(77, _digest(election, _list(3), address(_wallet), 0));
        ballots[2] = IElections.SignedBallot(abi.encodePacked(_wallet), _list(3), false, signature);
        ballots[3] = IElections.SignedBallot(_passkey, _list(2, 3), false, "");
        ballots[4] = IElections.SignedBallot(abi.encodePacked(_hostile), _list(), false, "");
        vm.expectEmit(address(elections));
        emit IElections.BallotCast(election, address(_wallet), 13, _list(3));
        assertEq(elections.castBallotsBySig(election, ballots), 5);
        _expect(1, 1, _list(1, 2));
        _expect(2, 1, _list(2));
        _expect(13, 1, _list(3));
        _expect(14, 1, _list(2, 3));
        _expect(15, 1, _list());
    }

    /// @dev One bad ballot of each sort among good ones.
    function test_ELC06_aBadBallotSpoilsNoOther() public {
        _cast(5, _list(1));
        IElections.SignedBallot[] memory ballots = new IElections.SignedBallot[](7);
        ballots[0] = _signed(1, _list(1), false);
        ballots[1] = _signed(99, _list(1), false);
        ballots[2] = _signed(3, _list(1, 1), false);
        ballots[3] = _signed(5, _list(2), false);
        ballots[4] = _signed(6, _list(2), false);
        ballots[4].choices = _list(3);
        ballots[5] = IElections.SignedBallot("too short", _list(1), false, "");
        ballots[6] = _signed(7, _list(2, 3), false);
        vm.recordLogs();
        assertEq(elections.castBallotsBySig(election, ballots), 2);
        assertEq(vm.getRecordedLogs().length, 7);
        _expect(1, 1, _list(1));
        _expect(5, 1, _list(1));
        _expect(6, 0, _list());
        _expect(7, 1, _list(2, 3));
        _expectRefusal(ballots[1], IElections.Refusal.NoBallotRight);
        _expectRefusal(ballots[2], IElections.Refusal.InvalidChoices);
        _expectRefusal(ballots[3], IElections.Refusal.AlreadyCast);
        _expectRefusal(ballots[4], IElections.Refusal.InvalidSignature);
    }

    function test_ELC06_oneSignedChange() public {
        _send(_signed(1, _list(1), false));
        _expectRefusal(_signed(1, _list(1), false), IElections.Refusal.AlreadyCast);
        _expectRefusal(_signed(1, _list(2), false), IElections.Refusal.AlreadyCast);
        _expectRefusal(_signed(1, _list(1), true), IElections.Refusal.AlreadyCast);
        IElections.SignedBallot memory change = _signed(1, _list(2), true);
        _send(change);
        _expect(1, 2, _list(2));
        _expectRefusal(change, IElections.Refusal.AlreadyCast);
        _expectRefusal(_signed(1, _list(3), true), IElections.Refusal.AlreadyCast);
        _cast(1, _list(3));
        _expectRefusal(change, IElections.Refusal.AlreadyCast);
        _expect(1, 2, _list(3));
        // the change may come first
        _send(_signed(2, _list(2), true));
        _expectRefusal(_signed(2, _list(1), false), IElections.Refusal.AlreadyCast);
        _expect(2, 2, _list(2));
    }

    /// @dev Not for another election, contract, chain, voter or nonce.
    function test_ELC06_replayElsewhereIsRefused() public {
        IElections.SignedBallot memory signed = _signed(1, _list(1), false);
        uint256 first = election;
        vm.warp(NOW);
        vm.prank(COOPERATIVE);
        election = elections.open(IElections.Terms("other", IElections.Method.Ranked, 1, PERIOD, PERIOD, TERM));
        _standAll(3);
        _expectRefusal(signed, IElections.Refusal.InvalidSignature);
        election = first;
        vm.chainId(block.chainid + 1);
        _expectRefusal(signed, IElections.Refusal.InvalidSignature);
        vm.chainId(block.chainid - 1);
        signed.isChange = true;
        _expectRefusal(signed, IElections.Refusal.InvalidSignature);
        signed.isChange = false;
        signed.signer = abi.encodePacked(_member(2));
        _expectRefusal(signed, IElections.Refusal.InvalidSignature);
        signed.signer = abi.encodePacked(_member(1));
        elections = new Elections(membership);
        vm.warp(NOW);
        _openRanked(2, 3);
        assertEq(election, first);
        _expectRefusal(signed, IElections.Refusal.InvalidSignature);
    }

    /// @dev What a rotated key has signed counts for nobody, and a member with another key signs with that.
    function test_ELC06_aRotatedKey() public {
        IElections.SignedBallot memory old = _signed(1, _list(1), false);
        _rotate(1, vm.addr(78));
        _expectRefusal(old, IElections.Refusal.NoBallotRight);
        bytes memory signature = _sign(78, _digest(election, _list(2), vm.addr(78), 0));
        _send(IElections.SignedBallot(abi.encodePacked(vm.addr(78)), _list(2), false, signature));
        _expect(1, 1, _list(2));
    }

    function test_ELC06_hostileSignersHarmNobody() public {
        HostileSigner.Mood[5] memory moods = [
            HostileSigner.Mood.Refuse,
            HostileSigner.Mood.Burn,
            HostileSigner.Mood.Truncate,
            HostileSigner.Mood.Revert,
            HostileSigner.Mood.Bomb
        ];
        IElections.SignedBallot[] memory ballots = new IElections.SignedBallot[](3);
        ballots[0] = IElections.SignedBallot(abi.encodePacked(_hostile), _list(1), false, "");
        ballots[1] = IElections.SignedBallot(_passkey, _list(1), false, "");
        for (uint8 i; i < moods.length; ++i) {
            _hostile.setMood(moods[i]);
            ballots[2] = _signed(i + 1, _list(1), false);
            assertEq(elections.castBallotsBySig(election, ballots), 1);
            _expect(14, 0, _list());
            _expect(15, 0, _list());
        }
    }

    /// @dev Who sends a batch does not choose whom it loses by the gas that they give.
    function test_ELC06_tooLittleGasReverts() public {
        _hostile.setMood(HostileSigner.Mood.Spend);
        IElections.SignedBallot[] memory ballots = new IElections.SignedBallot[](1);
        ballots[0] = IElections.SignedBallot(abi.encodePacked(_hostile), _list(1), false, "");
        bytes memory data = abi.encodeCall(elections.castBallotsBySig, (election, ballots));
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory result) = address(elections).call{gas: 200_000}(data);
        assertFalse(success);
        assertEq(bytes32(bytes4(result)), bytes32(ICooperativeGovernor.Governor_GasTooLow.selector));
        assertEq(elections.castBallotsBySig(election, ballots), 1);
    }

    function test_ELC06_whatIsSigned() public view {
        assertEq(elections.BALLOT_TYPEHASH(), BALLOT);
        assertEq(elections.SIGNER_GAS(), 500_000);
        assertEq(elections.MAX_PLACES(), 15);
    }

    // ------------------------------------------------------------------------------------------------------- helpers

    function _signed(
        uint256 number,
        uint8[] memory choices,
        bool isChange
    ) private view returns (IElections.SignedBallot memory) {
        bytes32 digest = _digest(election, choices, _member(number), isChange ? 1 : 0);
        return
            IElections.SignedBallot(abi.encodePacked(_member(number)), choices, isChange, _sign(_key(number), digest));
    }

    function _digest(
        uint256 election_,
        uint8[] memory choices,
        address voter,
        uint256 nonce
    ) private view returns (bytes32) {
        bytes32 packed = keccak256(abi.encodePacked(choices));
        bytes32 structHash = keccak256(abi.encode(BALLOT, election_, packed, voter, nonce));
        return typedDigest("Artel Elections", address(elections), structHash);
    }

    function _sign(uint256 key, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _send(IElections.SignedBallot memory signed) private {
        IElections.SignedBallot[] memory ballots = new IElections.SignedBallot[](1);
        ballots[0] = signed;
        assertEq(elections.castBallotsBySig(election, ballots), 1);
    }

    function _expectRefusal(IElections.SignedBallot memory signed, IElections.Refusal refusal) private {
        IElections.SignedBallot[] memory ballots = new IElections.SignedBallot[](1);
        ballots[0] = signed;
        vm.expectEmit(address(elections));
        emit IElections.BallotRefused(election, address(bytes20(signed.signer)), refusal);
        assertEq(elections.castBallotsBySig(election, ballots), 0);
    }

    function _expect(uint256 number, uint256 nonce, uint8[] memory choices) private view {
        (uint256 next, uint8[] memory kept) = elections.ballotOf(election, number);
        assertEq(next, nonce);
        assertEq(abi.encode(kept), abi.encode(choices));
    }
}
