// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

import {ICooperativeGovernor} from "../../../contracts/governance/interfaces/ICooperativeGovernor.sol";
import {IPolicyBook} from "../../../contracts/governance/interfaces/IPolicyBook.sol";
import {HostileSigner} from "../../../contracts/mocks/HostileSigner.sol";
import {SignerWallet} from "../../../contracts/mocks/SignerWallet.sol";
import {CooperativeFixture} from "./CooperativeFixture.sol";

/// @dev Branches: SignedBallots.tree.
contract SignedBallotsTest is CooperativeFixture {
    bytes32 private constant BALLOT = keccak256("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)");
    uint256 private constant MEMBERS = 100;

    uint256 private _id;

    function setUp() public {
        _deploy();
        IPolicyBook.Policy memory ordinary = _ordinary();
        ordinary.lateWindow = 1 hours;
        _found(MEMBERS, ordinary, _constitutional());
    }

    function test_GOV27_batch_countsAHundred() public {
        _open();
        ICooperativeGovernor.SignedBallot[] memory ballots = new ICooperativeGovernor.SignedBallot[](MEMBERS);
        for (uint256 i; i < MEMBERS; ++i) ballots[i] = _signed(i + 1, 1, false);
        assertEq(governor.castVotesBySig(_id, ballots), MEMBERS);
        _expectVotes(0, MEMBERS, 0);
        for (uint256 number = 1; number <= MEMBERS; ++number) {
            assertEq(governor.ballotOf(_id, number), 6);
            assertTrue(governor.hasVoted(_id, _member(number)));
        }
    }

    function test_GOV27_batch_ofEverySort() public {
        SignerWallet wallet = new SignerWallet(vm.addr(77));
        HostileSigner verifier = new HostileSigner();
        bytes memory passkey = abi.encodePacked(verifier, "a key");
        _admit(address(wallet));
        _admit(_accountOf(passkey));
        _open();
        // This account delegates to code.
        vm.etch(_member(2), abi.encodePacked(hex"ef0100", address(ledger)));
        ICooperativeGovernor.SignedBallot[] memory ballots = new ICooperativeGovernor.SignedBallot[](4);
        ballots[0] = _signed(1, 0, false);
        ballots[1] = _signed(2, 1, false);
        bytes memory signature = _signAs(77, _digest(2, address(wallet), 0));
        ballots[2] = ICooperativeGovernor.SignedBallot(abi.encodePacked(wallet), 2, false, signature);
        ballots[3] = ICooperativeGovernor.SignedBallot(passkey, 3, false, "");
        vm.expectEmit(address(governor));
        emit IGovernor.VoteCast(_accountOf(passkey), _id, 3, 1, "");
        assertEq(governor.castVotesBySig(_id, ballots), 4);
        _expectVotes(2, 1, 1);
        assertEq(governor.proposalVetoes(_id), 1);
    }

    /// @dev One bad of each sort among good ones.
    function test_GOV27_batch_passesOverBadBallots() public {
        _open();
        _vote(_id, 5, 1);
        ICooperativeGovernor.SignedBallot[] memory ballots = new ICooperativeGovernor.SignedBallot[](9);
        ballots[0] = _signed(1, 1, false);
        ballots[1] = _signed(2, 4, false);
        ballots[2] = _signed(MEMBERS + 1, 1, false);
        ballots[3] = _signed(70, 1, false);
        ballots[4] = _signed(3, 1, false);
        ballots[4].support = 0;
        ballots[5] = _signed(5, 0, false); // a first ballot after the one in person
        ballots[6] = _signed(5, 1, true); // a change that changes nothing
        ballots[7] = ICooperativeGovernor.SignedBallot("short", 1, false, "");
        ballots[8] = _signed(6, 0, false);
        _expectRefusal(_member(2), ICooperativeGovernor.Refusal.InvalidSupport);
        _expectRefusal(_member(MEMBERS + 1), ICooperativeGovernor.Refusal.NoBallotRight);
        _expectRefusal(_member(3), ICooperativeGovernor.Refusal.InvalidSignature);
        _expectRefusal(_member(5), ICooperativeGovernor.Refusal.AlreadyCast);
        _expectRefusal(_member(5), ICooperativeGovernor.Refusal.AlreadyCast);
        _expectRefusal(address(0), ICooperativeGovernor.Refusal.NoBallotRight);
        assertEq(governor.castVotesBySig(_id, ballots), 3);
        _expectVotes(1, 3, 0);
    }

    function test_GOV27_batch_takesABallotAndItsChangeInOne() public {
        _open();
        ICooperativeGovernor.SignedBallot[] memory ballots = new ICooperativeGovernor.SignedBallot[](5);
        ballots[0] = _signed(1, 1, false);
        ballots[1] = _signed(1, 0, true);
        ballots[2] = _signed(1, 2, true); // there is one signed change
        ballots[3] = _signed(2, 0, true); // the change arrives first
        ballots[4] = _signed(2, 1, false);
        assertEq(governor.castVotesBySig(_id, ballots), 3);
        _expectVotes(2, 0, 0);
        assertEq(governor.ballotOf(_id, 1), 9);
        assertEq(governor.ballotOf(_id, 2), 9);
        // Sent again, alone or in a batch, none of them counts.
        assertEq(governor.castVotesBySig(_id, ballots), 0);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorAlreadyCastVote.selector, _member(1)));
        governor.castVoteBySig(_id, 1, _member(1), ballots[0].signature);
    }

    function test_GOV27_batch_revertsUnlessActive() public {
        _id = _proposeSet(5);
        ICooperativeGovernor.SignedBallot[] memory ballots = new ICooperativeGovernor.SignedBallot[](1);
        ballots[0] = _signed(1, 1, false);
        vm.expectPartialRevert(IGovernor.GovernorUnexpectedProposalState.selector);
        governor.castVotesBySig(_id, ballots);
        vm.warp(governor.proposalDeadline(_id) + 1);
        vm.expectPartialRevert(IGovernor.GovernorUnexpectedProposalState.selector);
        governor.castVotesBySig(_id, ballots);
    }

    function test_GOV27_batch_needsSeasoning() public {
        IPolicyBook.Policy memory policy = _constitutional();
        policy.lateWindow = 1 hours;
        policy.seasoning = 10 days;
        vm.prank(address(treasury));
        policyBook.setPolicy(CONSTITUTIONAL, policy);
        policy = _ordinary();
        policy.seasoning = 10 days;
        vm.prank(address(treasury));
        policyBook.setPolicy(ORDINARY, policy);
        _admit(_member(MEMBERS + 1));
        vm.warp(START + 10 days + 1 hours);
        _open();
        ICooperativeGovernor.SignedBallot[] memory ballots = new ICooperativeGovernor.SignedBallot[](2);
        ballots[0] = _signed(1, 1, false);
        ballots[1] = _signed(MEMBERS + 1, 1, false);
        _expectRefusal(_member(MEMBERS + 1), ICooperativeGovernor.Refusal.NoBallotRight);
        assertEq(governor.castVotesBySig(_id, ballots), 1);
    }

    function test_GOV27_batch_turnsLateAsAWhole() public {
        _open();
        uint256 end = governor.proposalDeadline(_id);
        for (uint256 number = 1; number <= 40; ++number) _vote(_id, number, 1);
        vm.warp(end);
        // Between them the outcome turns, and back again: no one is surprised by the whole.
        ICooperativeGovernor.SignedBallot[] memory ballots = new ICooperativeGovernor.SignedBallot[](60);
        for (uint256 i; i < 60; ++i) ballots[i] = _signed(41 + i, i < 40 ? 0 : 1, false);
        assertEq(governor.castVotesBySig(_id, ballots), 60);
        assertEq(governor.proposalDeadline(_id), end);
        ICooperativeGovernor.SignedBallot[] memory changes = new ICooperativeGovernor.SignedBallot[](20);
        for (uint256 i; i < 20; ++i) changes[i] = _signed(1 + i, 0, true);
        vm.expectEmit(address(governor));
        emit ICooperativeGovernor.ProposalExtended(_id, uint64(end + 1 hours));
        governor.castVotesBySig(_id, changes);
        assertEq(governor.proposalDeadline(_id), end + 1 hours);
    }

    // ------------------------------------------------------------------------------------ hostile signers

    /// @dev Whatever a wallet or a verifier does when it is asked, the ballots beside it count, at bounded cost.
    function test_GOV26_hostileSigners_spoilNothing() public {
        HostileSigner wallet = new HostileSigner();
        bytes memory passkey = abi.encodePacked(wallet, "a key");
        _admit(address(wallet));
        _admit(_accountOf(passkey));
        _open();
        ICooperativeGovernor.SignedBallot[] memory ballots = new ICooperativeGovernor.SignedBallot[](3);
        ballots[0] = ICooperativeGovernor.SignedBallot(abi.encodePacked(wallet), 0, false, "");
        ballots[1] = ICooperativeGovernor.SignedBallot(passkey, 0, false, "");
        HostileSigner.Mood[5] memory moods = [
            HostileSigner.Mood.Refuse,
            HostileSigner.Mood.Burn,
            HostileSigner.Mood.Truncate,
            HostileSigner.Mood.Revert,
            HostileSigner.Mood.Bomb
        ];
        for (uint256 i; i < moods.length; ++i) {
            wallet.setMood(moods[i]);
            ballots[2] = _signed(i + 1, 1, false);
            _expectRefusal(address(wallet), ICooperativeGovernor.Refusal.InvalidSignature);
            _expectRefusal(_accountOf(passkey), ICooperativeGovernor.Refusal.InvalidSignature);
            uint256 before = gasleft();
            assertEq(governor.castVotesBySig(_id, ballots), 1);
            assertLe(before - gasleft(), 2 * governor.SIGNER_GAS() + 150_000);
        }
        _expectVotes(0, 5, 0);
    }

    /// @dev Who sends a batch can't make a wallet's ballot fail by giving it too little gas.
    function test_GOV26_hostileSenders_cantStarveASigner() public {
        HostileSigner wallet = new HostileSigner();
        _admit(address(wallet));
        _open();
        wallet.setMood(HostileSigner.Mood.Spend);
        ICooperativeGovernor.SignedBallot[] memory ballots = new ICooperativeGovernor.SignedBallot[](2);
        ballots[0] = _signed(1, 1, false);
        ballots[1] = ICooperativeGovernor.SignedBallot(abi.encodePacked(wallet), 0, false, "");
        bytes memory data = abi.encodeCall(governor.castVotesBySig, (_id, ballots));
        for (uint256 allowance = 60_000; allowance < 600_000; allowance += 20_000) {
            // solhint-disable-next-line avoid-low-level-calls
            (bool succeeded, bytes memory result) = address(governor).call{gas: allowance}(data);
            if (succeeded) {
                assertEq(abi.decode(result, (uint256)), 2);
                return;
            }
            _expectVotes(0, 0, 0);
        }
        assertTrue(false, "never enough");
    }

    function test_GOV26_starvedSigner_revertsByName() public {
        HostileSigner wallet = new HostileSigner();
        _admit(address(wallet));
        _open();
        wallet.setMood(HostileSigner.Mood.Burn);
        ICooperativeGovernor.SignedBallot[] memory ballots = new ICooperativeGovernor.SignedBallot[](1);
        ballots[0] = ICooperativeGovernor.SignedBallot(abi.encodePacked(wallet), 0, false, "");
        vm.expectPartialRevert(ICooperativeGovernor.Governor_GasTooLow.selector);
        governor.castVotesBySig{gas: 500_000}(_id, ballots);
        vm.expectPartialRevert(ICooperativeGovernor.Governor_GasTooLow.selector);
        governor.castVoteBySig{gas: 500_000}(_id, 0, address(wallet), "");
    }

    /// @dev A wallet is no verifier, and a key of another verifier is another voter.
    function test_GOV26_signer_isTheVoter() public {
        HostileSigner verifier = new HostileSigner();
        _admit(_accountOf(abi.encodePacked(verifier, "a key")));
        _open();
        ICooperativeGovernor.SignedBallot[] memory ballots = new ICooperativeGovernor.SignedBallot[](2);
        ballots[0] = ICooperativeGovernor.SignedBallot(abi.encodePacked(verifier, "another"), 1, false, "");
        ballots[1] = ICooperativeGovernor.SignedBallot(abi.encodePacked(verifier), 1, false, "");
        assertEq(governor.castVotesBySig(_id, ballots), 0);
    }

    // -------------------------------------------------------------------------------------------- tallies

    /// @dev Random batches of ballots and changes, good and repeated, against a count by hand.
    function testFuzz_GOV17_batches(uint256 seed) public {
        _open();
        uint8[101] memory expected; // by member number: as the governor keeps it
        for (uint256 round; round < 3; ++round) {
            ICooperativeGovernor.SignedBallot[] memory ballots = new ICooperativeGovernor.SignedBallot[](8);
            uint256 counted;
            for (uint256 i; i < ballots.length; ++i) {
                seed = uint256(keccak256(abi.encode(seed)));
                uint256 number = 60 + (seed % 8); // of both words
                uint8 support = uint8((seed >> 8) % 4);
                bool isChange = (seed >> 16) % 2 == 0;
                ballots[i] = _signed(number, support, isChange);
                uint8 former = expected[number];
                if (former > (isChange ? 8 : 4) || (former != 0 && (former - 1) % 4 == support)) continue;
                expected[number] = (isChange ? 9 : 5) + support;
                ++counted;
            }
            assertEq(governor.castVotesBySig(_id, ballots), counted);
        }
        uint256[4] memory counts;
        for (uint256 number = 60; number < 68; ++number) {
            assertEq(governor.ballotOf(_id, number), expected[number]);
            if (expected[number] != 0) ++counts[(expected[number] - 1) % 4];
        }
        _expectVotes(counts[0] + counts[3], counts[1], counts[2]);
        assertEq(governor.proposalVetoes(_id), counts[3]);
    }

    // -------------------------------------------------------------------------------------------- helpers

    function _open() private {
        _id = _proposeSet(5);
        _toVoting(_id);
    }

    function _admit(address did) private {
        address[] memory dids = new address[](1);
        dids[0] = did;
        vm.prank(address(treasury));
        membership.admit(dids);
        vm.warp(block.timestamp + 1);
    }

    function _accountOf(bytes memory signer) private pure returns (address) {
        return address(uint160(uint256(keccak256(bytes.concat(keccak256("ERC-7913 signer"), signer)))));
    }

    function _signed(
        uint256 number,
        uint8 support,
        bool isChange
    ) private view returns (ICooperativeGovernor.SignedBallot memory) {
        address voter = _member(number);
        bytes memory signature = _signAs(_key(number), _digest(support, voter, isChange ? 1 : 0));
        return ICooperativeGovernor.SignedBallot(abi.encodePacked(voter), support, isChange, signature);
    }

    function _digest(uint8 support, address voter, uint256 nonce) private view returns (bytes32) {
        bytes32 structHash = keccak256(abi.encode(BALLOT, _id, support, voter, nonce));
        return typedDigest("Artel Governor", address(governor), structHash);
    }

    function _signAs(uint256 key, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _expectRefusal(address voter, ICooperativeGovernor.Refusal refusal) private {
        vm.expectEmit(address(governor));
        emit ICooperativeGovernor.BallotRefused(_id, voter, refusal);
    }

    function _expectVotes(uint256 no, uint256 yes, uint256 abstain) private view {
        (uint256 againstVotes, uint256 forVotes, uint256 abstainVotes) = governor.proposalVotes(_id);
        assertEq(againstVotes, no);
        assertEq(forVotes, yes);
        assertEq(abstainVotes, abstain);
    }
}
