// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICooperativeFactory} from "../../../contracts/founding/interfaces/ICooperativeFactory.sol";
import {ICooperativeGovernor} from "../../../contracts/governance/interfaces/ICooperativeGovernor.sol";
import {CooperativeFixture, Ledger} from "./CooperativeFixture.sol";

/// @dev What a member pays for a vote, however many others there are: `npm run bench:scale` measures the same with
/// 10,000, in whole transactions. Branches: Scale.tree.
contract ScaleTest is CooperativeFixture {
    uint256 private constant FEW = 64;
    uint256 private constant MANY = 2_048;
    // What one byte of calldata or a word of memory more can cost.
    uint256 private constant NOISE = 50;
    uint256 private constant PAGE = 150;
    uint256 private constant BATCH = 250;
    uint256 private constant LIMIT = 10_000_000;
    // Base cost, calldata and what the governor does around an execution, generously.
    uint256 private constant TRANSACTION = 1_500_000;

    struct Costs {
        uint256 propose;
        uint256 first;
        uint256 last;
        uint256 signed;
        uint256 execute;
    }

    function setUp() public {
        _deploy();
    }

    /// @dev Both do the same, and the first one warms what they share. Each step is a call of its own, so that memory
    /// which an earlier one used is not paid for by a later one.
    function test_CHG07_aVoteCostsTheSameAmongFewAndMany() public {
        this.grow(3);
        this.live(3);
        this.grow(FEW);
        Costs memory few = this.live(FEW);
        this.grow(MANY);
        Costs memory many = this.live(MANY);
        _expectSame(few.propose, many.propose);
        _expectSame(few.first, many.first);
        _expectSame(few.last, many.last);
        _expectSame(few.signed, many.signed);
        _expectSame(few.execute, many.execute);
    }

    /// @dev The largest steps of a cooperative that grows to 10,000, in the words that cost most.
    function test_CHG08_aPageAndABatchStayUnderTenMillion() public {
        this.grow(3);
        address[] memory dids = new address[](PAGE);
        for (uint256 i; i < PAGE; ++i) dids[i] = _member(4 + i);
        vm.prank(address(treasury));
        uint256 gasBefore = gasleft();
        membership.admit(dids);
        assertLe(gasBefore - gasleft(), LIMIT - TRANSACTION);
        for (uint256 i; i < PAGE; ++i) dids[i] = _member(4 + PAGE + i);
        vm.prank(address(treasury));
        membership.admit(dids);
        vm.warp(block.timestamp + 1);
        uint256 id = _proposeSet(5);
        _toVoting(id);
        ICooperativeGovernor.SignedBallot[] memory ballots = new ICooperativeGovernor.SignedBallot[](BATCH);
        for (uint256 i; i < BATCH; ++i) ballots[i] = _signed(id, 4 + i);
        gasBefore = gasleft();
        assertEq(governor.castVotesBySig(id, ballots), BATCH);
        assertLe(gasBefore - gasleft(), LIMIT - TRANSACTION);
    }

    /// @dev Three are the founders, the others come in pages.
    function grow(uint256 members) external {
        vm.warp(START);
        ICooperativeFactory.FoundingTerms memory terms = _terms(3, _ordinary(), _constitutional());
        terms.salt = bytes32(members);
        _useFounded(terms);
        for (uint256 next = 4; next <= members;) {
            uint256 size = members - next + 1 < 200 ? members - next + 1 : 200;
            address[] memory dids = new address[](size);
            for (uint256 i; i < size; ++i) dids[i] = _member(next + i);
            vm.prank(address(treasury));
            membership.admit(dids);
            next += size;
        }
        vm.warp(START + 1 days);
    }

    /// @dev A proposal's life, by its members 1 and 2 and the last: gas of calls, without that of transactions.
    function live(uint256 last) external returns (Costs memory costs) {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(
            address(ledger),
            0,
            abi.encodeCall(Ledger.set, (5))
        );
        vm.prank(_member(1));
        uint256 gasBefore = gasleft();
        uint256 id = governor.propose(targets, values, calldatas, "");
        costs.propose = gasBefore - gasleft();
        _toVoting(id);
        costs.first = _costOf(id, 1);
        costs.last = _costOf(id, last);
        ICooperativeGovernor.SignedBallot[] memory ballots = new ICooperativeGovernor.SignedBallot[](1);
        ballots[0] = _signed(id, 2);
        gasBefore = gasleft();
        governor.castVotesBySig(id, ballots);
        costs.signed = gasBefore - gasleft();
        this.agree(id, last);
        gasBefore = gasleft();
        governor.execute(targets, values, calldatas, keccak256(""));
        costs.execute = gasBefore - gasleft();
    }

    /// @dev As many ballots as the quorum needs, until the delay is over.
    function agree(uint256 id, uint256 last) external {
        for (uint256 number = 3; number * 3 <= last + 3; ++number) _vote(id, number, 1);
        _toEta(id);
    }

    function _costOf(uint256 id, uint256 number) private returns (uint256) {
        vm.prank(_member(number));
        uint256 gasBefore = gasleft();
        governor.castVote(id, 1);
        return gasBefore - gasleft();
    }

    function _signed(uint256 id, uint256 number) private view returns (ICooperativeGovernor.SignedBallot memory) {
        address voter = _member(number);
        bytes32 structHash = keccak256(abi.encode(governor.BALLOT_TYPEHASH(), id, uint8(1), voter, uint256(0)));
        bytes memory signature = signatureOf(
            _key(number),
            typedDigest("Artel Governor", address(governor), structHash)
        );
        return ICooperativeGovernor.SignedBallot(abi.encodePacked(voter), 1, false, signature);
    }

    function _expectSame(uint256 few, uint256 many) private pure {
        assertApprox(many, few, NOISE);
    }
}
