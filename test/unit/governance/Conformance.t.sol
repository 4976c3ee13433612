// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {IERC721Receiver} from "@openzeppelin/contracts/token/ERC721/IERC721Receiver.sol";
import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {SignerWallet} from "../../../contracts/mocks/SignerWallet.sol";
import {CooperativeFixture, Ledger} from "./CooperativeFixture.sol";

/// @dev Fails in every way that a called contract can.
contract Failing {
    function silently() external pure {
        // solhint-disable-next-line gas-custom-errors, reason-string
        revert();
    }

    function withAReason() external pure {
        // solhint-disable-next-line gas-custom-errors
        revert("out of paper");
    }

    function byAPanic(uint256 divisor) external pure returns (uint256) {
        return 1 / divisor;
    }

    function byWantOfGas() external view {
        while (gasleft() > 0) continue;
    }
}

/// @dev What OpenZeppelin's own tests expect of a governor, timelock included, in our words; where ours differs, what
/// docs/compatibility.md says instead. Branches: Conformance.tree.
contract ConformanceTest is CooperativeFixture {
    bytes32 private constant EXTENDED = keccak256(
        "ExtendedBallot(uint256 proposalId,uint8 support,address voter,uint256 nonce,string reason,bytes params)"
    );

    function setUp() public {
        _deploy();
        _found(7, _ordinary(), _constitutional());
    }

    // -------------------------------------------------------------------------------- what a client reads first

    function test_GOV25_deployment_answersAsAGovernor() public {
        assertEq(governor.name(), "Artel Governor");
        assertEq(governor.version(), "1");
        assertEq(governor.token(), address(token));
        assertEq(governor.proposalThreshold(), 1);
        assertEq(governor.COUNTING_MODE(), "support=bravo,veto&quorum=against,for,abstain");
        (, string memory name, string memory version, uint256 chainId, address verifier, , ) = governor.eip712Domain();
        assertEq(name, governor.name());
        assertEq(version, governor.version());
        assertEq(chainId, block.chainid);
        assertEq(verifier, address(governor));
        assertEq(governor.clock(), block.timestamp);
        assertEq(governor.CLOCK_MODE(), "mode=timestamp");
        assertEq(token.clock(), governor.clock());
        assertEq(token.CLOCK_MODE(), governor.CLOCK_MODE());
        vm.warp(block.timestamp + 77);
        assertEq(governor.clock(), block.timestamp);
    }

    function test_GOV25_supportsInterface_ofAGovernorThatReceivesNothing() public view {
        bytes4 current = type(IGovernor).interfaceId;
        assertTrue(governor.supportsInterface(current));
        assertTrue(governor.supportsInterface(current ^ IGovernor.getProposalId.selector));
        assertTrue(governor.supportsInterface(type(IERC165).interfaceId));
        assertTrue(governor.supportsInterface(type(IERC6372).interfaceId));
        assertFalse(governor.supportsInterface(type(IERC1155Receiver).interfaceId));
        assertFalse(governor.supportsInterface(0xffffffff));
    }

    function testFuzz_GOV25_identifier_isOfActionsAndDescriptionAlone(
        address target,
        uint256 value,
        bytes memory data,
        string memory description
    ) public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(target, value, data);
        bytes32 hash = keccak256(bytes(description));
        uint256 expected = uint256(keccak256(abi.encode(targets, values, calldatas, hash)));
        assertEq(governor.hashProposal(targets, values, calldatas, hash), expected);
        vm.prank(target);
        assertEq(governor.getProposalId(targets, values, calldatas, hash), expected);
    }

    // -------------------------------------------------------------------------------- before there is a proposal

    function test_GOV25_unknownProposal_readsAsNothing() public {
        uint256 id = 42;
        assertEq(governor.proposalSnapshot(id), 0);
        assertEq(governor.proposalDeadline(id), 0);
        assertEq(governor.proposalEta(id), 0);
        assertEq(governor.proposalProposer(id), address(0));
        assertEq(governor.proposalElectorate(id), 0);
        assertFalse(governor.hasVoted(id, _member(1)));
        _expectTallies(id, 0, 0, 0);
        _expectNonexistent(id);
        governor.state(id);
        _expectNonexistent(id);
        governor.proposalPolicy(id);
    }

    function test_GOV25_unknownProposal_isNotActedOn() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _actions(5);
        uint256 id = governor.hashProposal(targets, values, calldatas, keccak256(""));
        vm.startPrank(_member(1));
        _expectNonexistent(id);
        governor.castVote(id, 1);
        _expectNonexistent(id);
        governor.castVoteWithReason(id, 1, "why");
        _expectNonexistent(id);
        governor.castVoteWithReasonAndParams(id, 1, "why", "");
        _expectNonexistent(id);
        governor.castVoteBySig(id, 1, _member(1), "");
        _expectNonexistent(id);
        governor.queue(targets, values, calldatas, keccak256(""));
        _expectNonexistent(id);
        governor.execute(targets, values, calldatas, keccak256(""));
        _expectNonexistent(id);
        governor.cancel(targets, values, calldatas, keccak256(""));
        vm.stopPrank();
    }

    // ----------------------------------------------------------------------------------------------------- propose

    function test_GOV25_propose_announcesEverything() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _actions(5);
        uint256 id = governor.hashProposal(targets, values, calldatas, keccak256("five"));
        uint256 start = block.timestamp + 1 hours;
        vm.expectEmit(address(governor));
        emit IGovernor.ProposalCreated(
            id,
            _member(3),
            targets,
            values,
            new string[](1),
            calldatas,
            start,
            start + 3 days,
            "five"
        );
        vm.prank(_member(3));
        assertEq(governor.propose(targets, values, calldatas, "five"), id);
    }

    function test_GOV12_propose_namesTheLengthsThatDiffer() public {
        uint256[3][6] memory lengths = [
            [uint256(1), 2, 2],
            [uint256(2), 1, 2],
            [uint256(2), 2, 1],
            [uint256(0), 1, 1],
            [uint256(2), 0, 2],
            [uint256(2), 2, 0]
        ];
        for (uint256 i; i < lengths.length; ++i) {
            (uint256 targets, uint256 values, uint256 calldatas) = (lengths[i][0], lengths[i][1], lengths[i][2]);
            vm.expectRevert(
                abi.encodeWithSelector(IGovernor.GovernorInvalidProposalLength.selector, targets, calldatas, values)
            );
            vm.prank(_member(1));
            governor.propose(new address[](targets), new uint256[](values), new bytes[](calldatas), "");
        }
    }

    function test_GOV12_propose_anUnfinishedSuffixProtectsNothing() public {
        string memory other = Strings.toHexString(_member(2));
        string[6] memory open = [
            "",
            "#proposer=",
            string.concat("#propose=", other),
            string.concat("#proposer=", other, " "),
            string.concat("#proposer= ", other),
            "#proposer=0x0123456789012345678901234567890123456789a"
        ];
        for (uint256 i; i < open.length; ++i) _proposeWith(_member(1), open[i]);
    }

    function test_GOV12_propose_aWholeSuffixProtectsInAnyCaseOfLetters() public {
        string[3] memory closed = [
            string.concat("#proposer=", Strings.toHexString(_member(2))),
            string.concat("text\n\n#proposer=", Strings.toChecksumHexString(_member(2))),
            string.concat("#proposer=", Strings.toHexString(_member(1)), "#proposer=", Strings.toHexString(_member(2)))
        ];
        for (uint256 i; i < closed.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorRestrictedProposer.selector, _member(1)));
            _proposeWith(_member(1), closed[i]);
            _proposeWith(_member(2), closed[i]);
        }
    }

    // ------------------------------------------------------------------------------------------------------ states

    function test_GOV16_states_followTheClockToTheSecond() public {
        uint256 id = _proposeSet(5);
        uint256 start = governor.proposalSnapshot(id);
        uint256 end = governor.proposalDeadline(id);
        _expectState(id, IGovernor.ProposalState.Pending);
        vm.warp(start);
        _expectState(id, IGovernor.ProposalState.Pending);
        vm.warp(start + 1);
        _expectState(id, IGovernor.ProposalState.Active);
        vm.warp(end);
        _expectState(id, IGovernor.ProposalState.Active);
        vm.warp(end + 1);
        _expectState(id, IGovernor.ProposalState.Defeated);
    }

    function test_GOV25_lookups_areOfThePastOnly() public {
        for (uint256 later; later < 2; ++later) {
            uint256 time = block.timestamp + later;
            bytes memory reason = abi.encodeWithSelector(
                IMembership.Membership_FutureLookup.selector,
                time,
                uint48(block.timestamp)
            );
            vm.expectRevert(reason);
            governor.getVotes(_member(1), time);
            vm.expectRevert(reason);
            governor.quorum(time);
            vm.expectRevert(reason);
            token.getPastVotes(_member(1), time);
            vm.expectRevert(reason);
            token.getPastTotalSupply(time);
        }
        assertEq(governor.quorum(0), 0);
        assertEq(governor.getVotes(_member(1), START - 1), 0);
    }

    /// @dev `getVotes` at the time that clients ask for is standing then, and says nothing about what came before.
    function test_GOV13_getVotes_ofTheSnapshotIsNoPromise() public {
        uint256 id = _proposeSet(5);
        address[] memory dids = new address[](1);
        dids[0] = _member(8);
        vm.prank(address(treasury));
        membership.admit(dids);
        _toVoting(id);
        assertEq(governor.getVotes(_member(8), governor.proposalSnapshot(id)), 1);
        vm.expectRevert();
        _vote(id, 8, 1);
    }

    // ------------------------------------------------------------------------------------------------------- votes

    function test_GOV25_castVote_announces() public {
        uint256 id = _proposeSet(5);
        _toVoting(id);
        for (uint8 support; support < 4; ++support) {
            address voter = _member(support + 1);
            vm.expectEmit(address(governor));
            emit IGovernor.VoteCast(voter, id, support, 1, "so it is");
            vm.prank(voter);
            assertEq(governor.castVoteWithReason(id, support, "so it is"), 1);
        }
        // Parameters that are empty are none: the event is the plain one.
        vm.expectEmit(address(governor));
        emit IGovernor.VoteCast(_member(5), id, 1, 1, "");
        vm.prank(_member(5));
        assertEq(governor.castVoteWithReasonAndParams(id, 1, "", ""), 1);
        vm.expectRevert(IGovernor.GovernorInvalidVoteParams.selector);
        governor.getVotesWithParams(_member(5), START, hex"00");
    }

    /// @dev Nonces are of one proposal: ballots that were signed together don't wait for each other.
    function test_GOV15_castVoteBySig_takesBallotsOnTwoProposalsInAnyOrder() public {
        uint256 first = _proposeSet(5);
        uint256 second = _proposeSet(6);
        _toVoting(second);
        bytes memory forFirst = _ballot(first, 1, _member(1), 0, _key(1));
        bytes memory forSecond = _ballot(second, 0, _member(1), 0, _key(1));
        governor.castVoteBySig(second, 0, _member(1), forSecond);
        governor.castVoteBySig(first, 1, _member(1), forFirst);
        _expectTallies(first, 0, 1, 0);
        _expectTallies(second, 1, 0, 0);
    }

    function test_GOV15_castVoteBySig_aReasonIsPartOfTheBallot() public {
        uint256 id = _proposeSet(5);
        _toVoting(id);
        bytes memory plain = _ballot(id, 1, _member(1), 0, _key(1));
        bytes memory reasoned = _reasoned(id, 1, _member(1), "", _key(1));
        bytes memory invalid = abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, _member(1));
        vm.expectRevert(invalid);
        governor.castVoteWithReasonAndParamsBySig(id, 1, _member(1), "", "", plain);
        vm.expectRevert(invalid);
        governor.castVoteBySig(id, 1, _member(1), reasoned);
        governor.castVoteWithReasonAndParamsBySig(id, 1, _member(1), "", "", reasoned);
    }

    function test_GOV15_castVoteBySig_aWalletGivesItsReason() public {
        SignerWallet wallet = new SignerWallet(vm.addr(77));
        address[] memory dids = new address[](1);
        dids[0] = address(wallet);
        vm.prank(address(treasury));
        membership.admit(dids);
        vm.warp(block.timestamp + 1);
        uint256 id = _proposeSet(5);
        _toVoting(id);
        bytes memory signature = _reasoned(id, 2, address(wallet), "undecided", 77);
        vm.expectEmit(address(governor));
        emit IGovernor.VoteCast(address(wallet), id, 2, 1, "undecided");
        governor.castVoteWithReasonAndParamsBySig(id, 2, address(wallet), "undecided", "", signature);
    }

    // ------------------------------------------------------------------------------------------------------- queue

    function test_GOV19_queue_onlyOfWhatPassed() public {
        uint256 id = _proposeSet(5);
        _expectNotQueued(id, IGovernor.ProposalState.Pending);
        _queue(5);
        _toVoting(id);
        for (uint256 number = 1; number <= 5; ++number) _vote(id, number, 1);
        _expectNotQueued(id, IGovernor.ProposalState.Active); // nothing is decided before the end
        _queue(5);
        _toEta(id);
        _executeSet(5);
        _expectNotQueued(id, IGovernor.ProposalState.Executed);
        _queue(5);
        uint256 defeated = _proposeSet(6);
        vm.warp(governor.proposalDeadline(defeated) + 1);
        _expectNotQueued(defeated, IGovernor.ProposalState.Defeated);
        _queue(6);
        uint256 late = _passed(7);
        vm.warp(governor.proposalEta(late) + 7 days + 1);
        _expectNotQueued(late, IGovernor.ProposalState.Expired);
        _queue(7);
    }

    function test_GOV19_queue_isRepeatedAndNotNeeded() public {
        uint256 id = _passed(5);
        uint256 eta = governor.proposalEta(id);
        assertTrue(governor.proposalNeedsQueuing(id));
        for (uint256 i; i < 2; ++i) {
            vm.expectEmit(address(governor));
            emit IGovernor.ProposalQueued(id, eta);
            vm.prank(address(uint160(0xBEEF + i)));
            _queue(5);
            _expectState(id, IGovernor.ProposalState.Queued);
            assertEq(governor.proposalEta(id), eta);
        }
        uint256 other = _passed(6);
        _toEta(other);
        _executeSet(6);
        _expectState(other, IGovernor.ProposalState.Executed);
    }

    // ----------------------------------------------------------------------------------------------------- execute

    function test_GOV19_execute_onlyOfWhatPassed() public {
        uint256 id = _proposeSet(5);
        _expectNotQueued(id, IGovernor.ProposalState.Pending);
        _executeSet(5);
        _toVoting(id);
        for (uint256 number = 1; number <= 7; ++number) _vote(id, number, 1);
        _expectNotQueued(id, IGovernor.ProposalState.Active); // not even unanimity decides before the end
        _executeSet(5);
        _toEta(id);
        vm.expectEmit(address(governor));
        emit IGovernor.ProposalExecuted(id);
        _executeSet(5);
        _expectNotQueued(id, IGovernor.ProposalState.Executed);
        _executeSet(5);
        // Enough ballots, too few of them yes; then a yes, too few ballots.
        for (uint256 quorum; quorum < 2; ++quorum) {
            uint256 defeated = _proposeSet(6 + quorum);
            _toVoting(defeated);
            _vote(defeated, 1, 1);
            for (uint256 number = 2; quorum == 0 && number <= 4; ++number) _vote(defeated, number, 0);
            vm.warp(governor.proposalDeadline(defeated) + 1);
            _expectNotQueued(defeated, IGovernor.ProposalState.Defeated);
            _executeSet(6 + quorum);
        }
    }

    function test_GOV20_execute_passesOnWhatAnActionFailsWith() public {
        Failing failing = new Failing();
        bytes[4] memory data = [
            abi.encodeCall(Failing.silently, ()),
            abi.encodeCall(Failing.withAReason, ()),
            abi.encodeCall(Failing.byAPanic, (0)),
            abi.encodeCall(Ledger.set, (1)) // there is no such function
        ];
        bytes[4] memory reasons = [
            abi.encodeWithSelector(Errors.FailedCall.selector),
            abi.encodeWithSignature("Error(string)", "out of paper"),
            abi.encodeWithSignature("Panic(uint256)", 0x12),
            abi.encodeWithSelector(Errors.FailedCall.selector)
        ];
        uint256[4] memory ids;
        for (uint256 i; i < 4; ++i) ids[i] = _propose(_member(1), address(failing), 0, data[i]);
        _toVoting(ids[3]);
        for (uint256 i; i < 4; ++i) for (uint256 number = 1; number <= 5; ++number) _vote(ids[i], number, 1);
        _toEta(ids[3]);
        for (uint256 i; i < 4; ++i) {
            vm.expectRevert(reasons[i]);
            _execute(address(failing), 0, data[i]);
            _expectState(ids[i], IGovernor.ProposalState.Queued);
        }
    }

    /// @dev Whoever sends too little gas spoils their own attempt only.
    function test_GOV20_execute_thatRunsOutOfGasCanBeTriedAgain() public {
        uint256 id = _passed(5);
        _toEta(id);
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _actions(5);
        bytes memory data = abi.encodeCall(IGovernor.execute, (targets, values, calldatas, keccak256("")));
        for (uint256 allowance = 10_000; allowance < 130_000; allowance += 10_000) {
            // solhint-disable-next-line avoid-low-level-calls
            (bool isDone, ) = address(governor).call{gas: allowance}(data);
            // never half: what is executed has written, what has not is still queued
            assertEq(ledger.value(), isDone ? 5 : 0);
            if (isDone) return _expectState(id, IGovernor.ProposalState.Executed);
            _expectState(id, IGovernor.ProposalState.Queued);
        }
        assertTrue(false, "never enough");
    }

    function test_GOV20_execute_burningAllGasIsNotDone() public {
        Failing failing = new Failing();
        bytes memory data = abi.encodeCall(Failing.byWantOfGas, ());
        uint256 id = _propose(_member(1), address(failing), 0, data);
        _toVoting(id);
        for (uint256 number = 1; number <= 5; ++number) _vote(id, number, 1);
        _toEta(id);
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(
            address(failing),
            0,
            data
        );
        vm.expectRevert();
        governor.execute{gas: 1_000_000}(targets, values, calldatas, keccak256(""));
        _expectState(id, IGovernor.ProposalState.Queued);
    }

    function test_GOV20_execute_waitsForTheMoney() public {
        uint256 id = _propose(_member(1), address(0xBEEF), 2 ether, "");
        _toVoting(id);
        for (uint256 number = 1; number <= 5; ++number) _vote(id, number, 1);
        _toEta(id);
        vm.expectRevert(abi.encodeWithSelector(Errors.InsufficientBalance.selector, 0, 2 ether));
        _execute(address(0xBEEF), 2 ether, "");
        vm.deal(address(treasury), 2 ether);
        _execute(address(0xBEEF), 2 ether, "");
        assertEq(address(0xBEEF).balance, 2 ether);
        // money for a function that takes none
        Failing failing = new Failing();
        bytes memory data = abi.encodeCall(Failing.byAPanic, (1));
        id = _propose(_member(1), address(failing), 1, data);
        _toVoting(id);
        for (uint256 number = 1; number <= 5; ++number) _vote(id, number, 1);
        _toEta(id);
        vm.deal(address(treasury), 1);
        vm.expectRevert(Errors.FailedCall.selector);
        _execute(address(failing), 1, data);
    }

    /// @dev A timelock refuses an operation that it has carried out; here the description is part of the decision.
    function test_GOV12_execute_theSameActionAgainIsAnotherDecision() public {
        _toEta(_passed(5));
        _executeSet(5);
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _actions(5);
        vm.prank(_member(1));
        uint256 id = governor.propose(targets, values, calldatas, "again");
        _toVoting(id);
        for (uint256 number = 1; number <= 5; ++number) _vote(id, number, 1);
        _toEta(id);
        governor.execute(targets, values, calldatas, keccak256("again"));
        _expectState(id, IGovernor.ProposalState.Executed);
    }

    // ------------------------------------------------------------------------------------------------------ cancel

    function test_GOV22_cancel_whilePendingIsForGood() public {
        uint256 id = _proposeSet(5);
        vm.expectEmit(address(governor));
        emit IGovernor.ProposalCanceled(id);
        _cancel(_member(1), 5);
        _expectState(id, IGovernor.ProposalState.Canceled);
        assertEq(governor.proposalProposer(id), _member(1));
        _expectUnableToCancel(id, _member(1));
        _cancel(_member(1), 5);
        vm.expectRevert(
            abi.encodeWithSelector(
                IGovernor.GovernorUnexpectedProposalState.selector,
                id,
                IGovernor.ProposalState.Canceled,
                bytes32(0)
            )
        );
        _proposeSet(5);
        _toEta(id);
        _expectNotQueued(id, IGovernor.ProposalState.Canceled);
        _queue(5);
        _expectNotQueued(id, IGovernor.ProposalState.Canceled);
        _executeSet(5);
    }

    function test_GOV22_cancel_inNoOtherState() public {
        uint256 id = _proposeSet(5);
        address[4] memory others = [_member(2), address(this), address(treasury), address(governor)];
        for (uint256 i; i < others.length; ++i) {
            _expectUnableToCancel(id, others[i]);
            _cancel(others[i], 5);
        }
        _toVoting(id);
        _expectUnableToCancel(id, _member(1));
        _cancel(_member(1), 5);
        for (uint256 number = 1; number <= 5; ++number) _vote(id, number, 1);
        _expectUnableToCancel(id, _member(1));
        _cancel(_member(1), 5);
        _toEta(id);
        _expectUnableToCancel(id, _member(1));
        _cancel(_member(1), 5);
        _executeSet(5);
        _expectUnableToCancel(id, _member(1));
        _cancel(_member(1), 5);
    }

    // ------------------------------------------------------------------------------------------------ what is absent

    /// @dev Policies change in the book, money is the treasury's, delegation is by proxy: nobody finds these functions
    /// here, not the treasury either.
    function test_GOV25_absent_areOtherGovernorsFunctions() public {
        string[20] memory signatures = [
            "relay(address,uint256,bytes)",
            "setVotingDelay(uint48)",
            "setVotingPeriod(uint32)",
            "setProposalThreshold(uint256)",
            "updateQuorumNumerator(uint256)",
            "updateSuperQuorumNumerator(uint256)",
            "superQuorum(uint256)",
            "setLateQuorumVoteExtension(uint48)",
            "updateTimelock(address)",
            "timelock()",
            "proposalGuardian()",
            "setProposalGuardian(address)",
            "nonces(address)",
            "nonces(address,uint192)",
            "castOverrideVote(uint256,uint8,string)",
            "proposalDetails(uint256)",
            "latestProposalId()",
            "queue(uint256)",
            "execute(uint256)",
            "cancel(uint256)"
        ];
        for (uint256 i; i < signatures.length; ++i) {
            bytes memory data = abi.encodePacked(bytes4(keccak256(bytes(signatures[i]))), new bytes(160));
            vm.prank(address(treasury));
            // solhint-disable-next-line avoid-low-level-calls
            (bool isAnswered, ) = address(governor).call(data);
            assertFalse(isAnswered);
        }
    }

    function test_GOV24_receivers_governorTakesNothing() public {
        vm.deal(address(this), 1 ether);
        // solhint-disable-next-line avoid-low-level-calls
        (bool isTaken, ) = address(governor).call{value: 1}("");
        assertFalse(isTaken);
        vm.expectRevert();
        IERC721Receiver(address(governor)).onERC721Received(address(this), address(this), 1, "");
        vm.expectRevert();
        IERC1155Receiver(address(governor)).onERC1155Received(address(this), address(this), 1, 1, "");
        vm.expectRevert();
        IERC1155Receiver(address(governor)).onERC1155BatchReceived(
            address(this),
            address(this),
            new uint256[](0),
            new uint256[](0),
            ""
        );
    }

    // ----------------------------------------------------------------------------------------------------- helpers

    function _actions(
        uint256 value
    ) private view returns (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) {
        return _single(address(ledger), 0, abi.encodeCall(Ledger.set, (value)));
    }

    function _proposeWith(address proposer, string memory description) private {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _actions(5);
        vm.prank(proposer);
        governor.propose(targets, values, calldatas, description);
    }

    /// @dev A proposal that five of seven agreed to, in the second after its deadline.
    function _passed(uint256 value) private returns (uint256 id) {
        id = _proposeSet(value);
        _toVoting(id);
        for (uint256 number = 1; number <= 5; ++number) _vote(id, number, 1);
        vm.warp(governor.proposalDeadline(id) + 1);
    }

    function _queue(uint256 value) private {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _actions(value);
        governor.queue(targets, values, calldatas, keccak256(""));
    }

    function _cancel(address caller, uint256 value) private {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _actions(value);
        vm.prank(caller);
        governor.cancel(targets, values, calldatas, keccak256(""));
    }

    function _ballot(
        uint256 id,
        uint8 support,
        address voter,
        uint256 nonce,
        uint256 key
    ) private view returns (bytes memory) {
        bytes32 structHash = keccak256(abi.encode(governor.BALLOT_TYPEHASH(), id, support, voter, nonce));
        return signatureOf(key, typedDigest("Artel Governor", address(governor), structHash));
    }

    function _reasoned(
        uint256 id,
        uint8 support,
        address voter,
        string memory reason,
        uint256 key
    ) private view returns (bytes memory) {
        bytes32 structHash = keccak256(
            abi.encode(EXTENDED, id, support, voter, 0, keccak256(bytes(reason)), keccak256(""))
        );
        return signatureOf(key, typedDigest("Artel Governor", address(governor), structHash));
    }

    function _expectState(uint256 id, IGovernor.ProposalState expected) private view {
        assertEq(uint256(governor.state(id)), uint256(expected));
    }

    function _expectTallies(uint256 id, uint256 no, uint256 yes, uint256 abstain) private view {
        (uint256 againstVotes, uint256 forVotes, uint256 abstainVotes) = governor.proposalVotes(id);
        assertEq(againstVotes, no);
        assertEq(forVotes, yes);
        assertEq(abstainVotes, abstain);
    }

    function _expectNonexistent(uint256 id) private {
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorNonexistentProposal.selector, id));
    }

    /// @dev The one state that queue and execute ask for is Queued.
    function _expectNotQueued(uint256 id, IGovernor.ProposalState current) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IGovernor.GovernorUnexpectedProposalState.selector,
                id,
                current,
                bytes32(1 << uint256(IGovernor.ProposalState.Queued))
            )
        );
    }

    function _expectUnableToCancel(uint256 id, address account) private {
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, id, account));
    }
}
