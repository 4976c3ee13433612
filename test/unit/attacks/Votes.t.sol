// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";

import {ICooperativeGovernor} from "../../../contracts/governance/interfaces/ICooperativeGovernor.sol";
import {IPolicyBook} from "../../../contracts/governance/interfaces/IPolicyBook.sol";
import {ITreasury} from "../../../contracts/governance/interfaces/ITreasury.sol";
import {HostileReceiver} from "../../../contracts/mocks/HostileReceiver.sol";
import {HostileSigner} from "../../../contracts/mocks/HostileSigner.sol";
import {CooperativeFixture, Ledger} from "../governance/CooperativeFixture.sol";

/// @dev Does whatever the data of a call says when no function of its own is named.
contract Puppet {
    // solhint-disable-next-line no-complex-fallback
    fallback() external payable {
        (address target, bytes memory data) = abi.decode(msg.data[4:], (address, bytes));
        // solhint-disable-next-line avoid-low-level-calls
        (bool isDone, ) = target.call(data);
        if (!isDone) revert Errors.FailedCall();
    }
}

/// @dev Answers with more than anybody wants to read.
contract Windbag {
    uint256 public calls;

    function answer(uint256 size) external {
        ++calls;
        assembly ("memory-safe") {
            return(0, size)
        }
    }
}

/// @dev Attacks on a vote from its wording to its execution, that the tests of single functions do not play through.
contract VotesAttackTest is CooperativeFixture {
    function setUp() public {
        _deploy();
        _found(7, _ordinary(), _constitutional());
    }

    // ------------------------------------------------------------------------------------------ what is voted on

    /// @dev The text promises one thing and the actions do another: class and ballots follow the actions, what was not
    /// voted on can't be executed under its text, and the same text over other actions is another proposal.
    function test_GOV12_aTextThatLiesChangesNothing() public {
        string memory text = "Note the number five. Ordinary majority.";
        bytes memory takeover = abi.encodeCall(ITreasury.setGovernor, (address(ledger)));
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(
            address(treasury),
            0,
            takeover
        );
        vm.prank(_member(1));
        uint256 lie = governor.propose(targets, values, calldatas, text);
        assertEq(governor.proposalDeadline(lie) - governor.proposalSnapshot(lie), 7 days); // constitutional
        (address[] memory honest, , bytes[] memory data) = _single(address(ledger), 0, abi.encodeCall(Ledger.set, (5)));
        vm.prank(_member(1));
        uint256 truth = governor.propose(honest, values, data, text);
        assertNotEq(lie, truth);
        _toVoting(truth);
        for (uint256 number = 1; number <= 7; ++number) _vote(truth, number, 1);
        _toEta(truth);
        // Ballots for the one carry nothing for the other: neither as it is, nor with a part exchanged.
        vm.expectPartialRevert(IGovernor.GovernorUnexpectedProposalState.selector);
        governor.execute(targets, values, calldatas, keccak256(bytes(text)));
        vm.expectPartialRevert(IGovernor.GovernorNonexistentProposal.selector);
        governor.execute(honest, values, calldatas, keccak256(bytes(text)));
        vm.expectPartialRevert(IGovernor.GovernorNonexistentProposal.selector);
        governor.execute(honest, values, data, keccak256("another text"));
        governor.execute(honest, values, data, keccak256(bytes(text)));
        assertEq(treasury.governor(), address(governor));
    }

    /// @dev Wherever in the list the one that weighs most is hidden, it decides.
    function test_GOV01_anActionHiddenAmongManyDecidesTheClass() public {
        uint256 version = policyBook.currentVersion(address(treasury), CONSTITUTIONAL);
        address[] memory targets = new address[](32);
        bytes[] memory calldatas = new bytes[](32);
        for (uint256 i; i < 32; ++i) (targets[i], calldatas[i]) = (address(ledger), abi.encodeCall(Ledger.set, (i)));
        for (uint256 place; place < 32; place += 31) {
            calldatas[place] = abi.encodeCall(Ledger.refuse, ());
            vm.prank(_member(1));
            uint256 id = governor.propose(targets, new uint256[](32), calldatas, "");
            (uint256 decides, ) = governor.proposalPolicy(id);
            assertEq(decides, version);
            calldatas[place] = abi.encodeCall(Ledger.set, (place));
        }
        vm.prank(_member(1));
        (uint256 ordinary, ) = governor.proposalPolicy(governor.propose(targets, new uint256[](32), calldatas, ""));
        assertEq(ordinary, policyBook.currentVersion(address(treasury), ORDINARY));
    }

    /// @dev A contract whose fallback does whatever it is told: no rule names the function that reaches it, and its
    /// calls are its own, not the treasury's.
    function test_GOV02_aFallbackThatExecutesIsConstitutionalAndPowerless() public {
        Puppet puppet = new Puppet();
        vm.prank(address(treasury));
        policyBook.setRule(address(puppet), Ledger.set.selector, _unmetered(ORDINARY));
        bytes memory takeover = abi.encodeCall(ITreasury.setGovernor, (address(ledger)));
        bytes memory command = abi.encodePacked(bytes4(0xdeadbeef), abi.encode(address(treasury), takeover));
        assertEq(policyBook.classOf(address(treasury), address(puppet), 0, command), CONSTITUTIONAL);
        assertEq(policyBook.classOf(address(treasury), address(puppet), 0, hex"60fe47"), CONSTITUTIONAL);
        // Voted through nevertheless, in any class, it reaches nothing that is the treasury's.
        bytes memory dressed = abi.encodePacked(Ledger.set.selector, abi.encode(address(treasury), takeover));
        uint256 id = _propose(_member(1), address(puppet), 0, dressed);
        _agree(id);
        vm.expectRevert(Errors.FailedCall.selector);
        _execute(address(puppet), 0, dressed);
        assertEq(treasury.governor(), address(governor));
    }

    /// @dev Who is paid is called, and may call back: neither its own payment again, nor the treasury, obeys it.
    function test_GOV21_whoIsPaidReachesNothingWhileItIsPaid() public {
        HostileReceiver receiver = new HostileReceiver();
        vm.deal(address(treasury), 3 ether);
        uint256 id = _propose(_member(1), address(receiver), 1 ether, "");
        _agree(id);
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(
            address(receiver),
            1 ether,
            ""
        );
        bytes[3] memory calls = [
            abi.encodeCall(IGovernor.execute, (targets, values, calldatas, keccak256(""))),
            abi.encodeCall(ITreasury.execute, (id, CONSTITUTIONAL, policyBook, targets, values, calldatas)),
            abi.encodeCall(ITreasury.setGovernor, (address(receiver)))
        ];
        for (uint256 i; i < calls.length; ++i) {
            receiver.setHook(i == 0 ? address(governor) : address(treasury), calls[i]);
            string memory text = vm.toString(i);
            if (i != 0) {
                vm.prank(_member(1));
                id = governor.propose(targets, values, calldatas, text);
                _agree(id);
            }
            governor.execute(targets, values, calldatas, keccak256(bytes(i == 0 ? "" : text)));
            assertFalse(receiver.hookSucceeded());
            assertEq(address(receiver).balance, (i + 1) * 1 ether);
        }
        assertEq(treasury.governor(), address(governor));
    }

    // -------------------------------------------------------------------------------------------------- who votes

    /// @dev Suspended twice in the time that a vote looks at: the gap between counts as suspended, so a proposal made in
    /// it is not theirs; one made before the first is, once they are back.
    function test_MEM08_twoSuspensionsLeaveNoGapToVoteFrom() public {
        uint256 before = _proposeSet(5);
        vm.warp(block.timestamp + 60);
        _suspend(3);
        vm.warp(block.timestamp + 60);
        _reinstate(3);
        vm.warp(block.timestamp + 60);
        uint256 between = _proposeSet(6);
        assertEq(governor.proposalElectorate(between), 7);
        vm.warp(block.timestamp + 60);
        _suspend(3);
        _toVoting(between);
        _expectNoRight(before, 3);
        _vote(before, 3, 1);
        _reinstate(3);
        _expectNoRight(between, 3);
        _vote(between, 3, 1);
        _vote(before, 3, 1);
        assertEq(governor.getVotes(_member(3), governor.proposalSnapshot(between) - 1 hours), 0);
    }

    /// @dev An account that delegates to code keeps its own voice whatever the code does, which is not asked for a
    /// signature of the account's key; and code that agrees to anything speaks for that account alone.
    function test_GOV15_anAccountWithCodeKeepsItsVoice() public {
        HostileSigner code = new HostileSigner();
        uint256 id = _proposeSet(5);
        _toVoting(id);
        for (uint256 number = 1; number <= 2; ++number) vm.etch(_member(number), abi.encodePacked(hex"ef0100", code));
        HostileSigner(_member(1)).setMood(HostileSigner.Mood.Burn);
        uint256 gasBefore = gasleft();
        governor.castVoteBySig(id, 1, _member(1), _signature(id, 1));
        assertLe(gasBefore - gasleft(), 200_000);
        _vote(id, 2, 0);
        // The code of the second agrees to what nobody signed: that is the second's own affair.
        governor.castVoteBySig(id, 1, _member(2), "");
        bytes memory invalid = abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, _member(3));
        vm.expectRevert(invalid);
        governor.castVoteBySig(id, 1, _member(3), "");
        (uint256 no, uint256 yes, ) = governor.proposalVotes(id);
        assertEq(no, 0);
        assertEq(yes, 2);
    }

    /// @dev A hundred ballots with a wallet among them that burns all the gas it gets: ninety-nine count.
    function test_GOV27_oneBadOfAHundredSpoilsNoOther() public {
        uint256 size = 100;
        HostileSigner wallet = new HostileSigner();
        wallet.setMood(HostileSigner.Mood.Burn);
        address[] memory dids = new address[](size - 7);
        dids[0] = address(wallet);
        for (uint256 i = 1; i < dids.length; ++i) dids[i] = _member(8 + i); // number 8 is the wallet's
        vm.prank(address(treasury));
        membership.admit(dids);
        vm.warp(block.timestamp + 1);
        uint256 id = _proposeSet(5);
        _toVoting(id);
        ICooperativeGovernor.SignedBallot[] memory ballots = new ICooperativeGovernor.SignedBallot[](size);
        for (uint256 i; i < size; ++i) {
            if (i == 7) ballots[i] = ICooperativeGovernor.SignedBallot(abi.encodePacked(wallet), 1, false, "");
            else ballots[i] = _signed(id, i + 1);
        }
        uint256 gasBefore = gasleft();
        vm.expectEmit(address(governor));
        emit ICooperativeGovernor.BallotRefused(id, address(wallet), ICooperativeGovernor.Refusal.InvalidSignature);
        assertEq(governor.castVotesBySig(id, ballots), size - 1);
        assertLe(gasBefore - gasleft(), 10_000_000);
        (, uint256 yes, ) = governor.proposalVotes(id);
        assertEq(yes, size - 1);
    }

    // ------------------------------------------------------------------------------------------------ when it ends

    /// @dev Kept back until the last second, the quorum gives those who stayed away because there was none one more
    /// window to answer.
    function test_GOV18_aQuorumReachedInTheLastSecondIsAnswered() public {
        IPolicyBook.Policy memory policy = _ordinary();
        policy.lateWindow = 6 hours;
        vm.prank(address(treasury));
        policyBook.setPolicy(ORDINARY, policy);
        uint256 id = _proposeSet(5);
        _toVoting(id);
        _vote(id, 1, 1);
        _vote(id, 2, 1);
        uint256 end = governor.proposalDeadline(id);
        vm.warp(end);
        vm.expectEmit(address(governor));
        emit ICooperativeGovernor.ProposalExtended(id, uint64(end + 6 hours));
        _vote(id, 3, 1);
        vm.warp(end + 6 hours); // the last second of the answer, after which nothing moves the end
        for (uint256 number = 4; number <= 7; ++number) _vote(id, number, 0);
        assertEq(governor.proposalDeadline(id), end + 6 hours);
        vm.warp(end + 6 hours + 1);
        assertEq(uint256(governor.state(id)), uint256(IGovernor.ProposalState.Defeated));
    }

    /// @dev Two payments passed, and there is money for one: the other does nothing by halves, and is carried out once
    /// there is money again, until its window closes.
    function test_GOV20_aTreasuryDrainedInBetweenPaysNothingByHalves() public {
        vm.deal(address(treasury), 5 ether);
        uint256 first = _propose(_member(1), address(0xF00D), 5 ether, "");
        address[] memory targets = new address[](3);
        uint256[] memory values = new uint256[](3);
        bytes[] memory calldatas = new bytes[](3);
        (targets[0], calldatas[0]) = (address(ledger), abi.encodeCall(Ledger.set, (5)));
        (targets[1], values[1]) = (address(0xBEEF), 4 ether);
        (targets[2], values[2]) = (address(0xCAFE), 1 ether);
        vm.prank(_member(1));
        uint256 second = governor.propose(targets, values, calldatas, "");
        _toVoting(second);
        for (uint256 number = 1; number <= 5; ++number) {
            _vote(first, number, 1);
            _vote(second, number, 1);
        }
        _toEta(second);
        governor.queue(targets, values, calldatas, keccak256(""));
        _execute(address(0xF00D), 5 ether, "");
        vm.deal(address(treasury), 4 ether);
        vm.expectRevert(abi.encodeWithSelector(Errors.InsufficientBalance.selector, 0, 1 ether));
        governor.execute(targets, values, calldatas, keccak256(""));
        assertEq(ledger.value(), 0);
        assertEq(address(0xBEEF).balance, 0);
        assertEq(uint256(governor.state(second)), uint256(IGovernor.ProposalState.Queued));
        // Whoever executes may bring what is missing.
        vm.deal(address(this), 1 ether);
        vm.warp(governor.proposalEta(second) + 7 days);
        governor.execute{value: 1 ether}(targets, values, calldatas, keccak256(""));
        assertEq(address(0xBEEF).balance, 4 ether);
        assertEq(address(0xCAFE).balance, 1 ether);
    }

    /// @dev What an action answers is not kept: an answer of any size costs its memory, and changes nothing.
    function test_GOV20_anAnswerOfAnySizeIsNotKept() public {
        Windbag windbag = new Windbag();
        bytes memory data = abi.encodeCall(Windbag.answer, (100_000));
        uint256 id = _propose(_member(1), address(windbag), 0, data);
        _agree(id);
        uint256 gasBefore = gasleft();
        _execute(address(windbag), 0, data);
        assertLe(gasBefore - gasleft(), 200_000);
        assertEq(windbag.calls(), 1);
    }

    // ----------------------------------------------------------------------------------------------------- helpers

    /// @dev All seven agree, and the delay passes.
    function _agree(uint256 id) private {
        _toVoting(id);
        for (uint256 number = 1; number <= 7; ++number) _vote(id, number, 1);
        _toEta(id);
    }

    function _suspend(uint256 number) private {
        vm.prank(address(treasury));
        membership.suspend(number, 0);
    }

    function _reinstate(uint256 number) private {
        vm.prank(address(treasury));
        membership.reinstate(address(treasury), number);
    }

    function _expectNoRight(uint256 id, uint256 number) private {
        vm.expectRevert(
            abi.encodeWithSelector(ICooperativeGovernor.Governor_NoBallotRight.selector, id, _member(number))
        );
    }

    function _signed(uint256 id, uint256 number) private view returns (ICooperativeGovernor.SignedBallot memory) {
        bytes memory signature = _signature(id, number);
        return ICooperativeGovernor.SignedBallot(abi.encodePacked(_member(number)), 1, false, signature);
    }

    /// @dev A first ballot for it.
    function _signature(uint256 id, uint256 number) private view returns (bytes memory) {
        bytes32 structHash = keccak256(
            abi.encode(governor.BALLOT_TYPEHASH(), id, uint8(1), _member(number), uint256(0))
        );
        return signatureOf(_key(number), typedDigest("Artel Governor", address(governor), structHash));
    }
}
