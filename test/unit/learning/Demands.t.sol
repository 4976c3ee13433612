// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningAnswers} from "../../../contracts/learning/interfaces/ILearningAnswers.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {IStakeVault} from "../../../contracts/rewards/interfaces/IStakeVault.sol";
import {AnswersFixture} from "./Answers.t.sol";

/// @dev A tree of a top over two lowest nodes, of which the second is empty; tensors have 64 chunks, 6 levels of hashes.
contract DemandsTest is AnswersFixture {
    uint96 private constant BOND = 32; // ceil(1000 / 32)
    uint256 private constant STEP = 10; // of AggregateReveal
    uint256 private constant CHUNKS = 64;
    address private constant DEMANDER = address(0xDE3A4D);
    address private constant OPENER = address(0x09E4E4);

    bytes32[] private _leaves;
    ILearningTasks.Answer private _answer1;

    function setUp() public {
        _deploy(3);
        harness.draw(keccak256("seed"), 2, 1, 1);
        for (uint256 i; i < CHUNKS; ++i) _leaves.push(keccak256(abi.encode("chunk", i)));
        _answer1.modelRoot = _root();
        _answer1.model = ILearningTasks.Content(0x55, keccak256("content"));
        _answer1.nodesRoot = keccak256(abi.encode(_root(), WEIGHT, _below()));
        _fund(DEMANDER, 20 * BOND);
        for (uint256 i; i < 2; ++i) _commit(i, _answer1);
        _commit(2, _wrong(1));
        for (uint256 i; i < 2; ++i) _reveal(i, _answer1);
        _reveal(2, _wrong(1));
        vm.warp(START + 70);
    }

    function _terms() internal pure override returns (ILearningTasks.TaskTerms memory terms) {
        terms = super._terms();
        terms.aggregation.parameters = uint32(CHUNKS * 64);
    }

    function _fund(address account, uint96 amount) private {
        IStakeVault vault = harness.VAULT();
        vm.deal(account, amount);
        vm.prank(account);
        vault.deposit{value: amount}(address(harness), address(0), amount);
    }

    // ---------------------------------------------------------------------------------------------------- the answer

    /// @dev The hash over `count` leaves from `first`.
    function _over(uint256 first, uint256 count) private view returns (bytes32) {
        if (count == 1) return _leaves[first];
        return keccak256(abi.encode(_over(first, count / 2), _over(first + count / 2, count / 2)));
    }

    function _root() private view returns (bytes32) {
        return keccak256(abi.encode(_over(0, CHUNKS), CHUNKS * 64));
    }

    function _lowest() private view returns (bytes32) {
        return keccak256(abi.encode(_root(), WEIGHT, bytes32(0)));
    }

    function _empty() private pure returns (bytes32) {
        return keccak256(abi.encode(bytes32(0), 0, bytes32(0)));
    }

    function _below() private view returns (bytes32) {
        return keccak256(abi.encode(_lowest(), _empty()));
    }

    function _part(
        ILearningAnswers.Kind kind,
        uint8 count,
        bytes32 hash
    ) private pure returns (ILearningAnswers.Part memory) {
        return ILearningAnswers.Part(kind, count, hash);
    }

    function _top() private view returns (ILearningAnswers.Part memory) {
        return _part(ILearningAnswers.Kind.Node, 2, _answer1.nodesRoot);
    }

    function _topData() private view returns (bytes memory) {
        return abi.encode(_root(), WEIGHT, _lowest(), _empty());
    }

    /// @dev The first lowest node, opened.
    function _nodeOf(uint256 index) private view returns (ILearningAnswers.NodeOpening memory node) {
        node.index = uint24(index);
        node.answer = _answer1;
        bytes memory head = index == 0 ? abi.encode(_root(), WEIGHT) : abi.encode(0, 0);
        node.path = abi.encodePacked(head, index == 0 ? _empty() : _lowest(), _root(), WEIGHT);
    }

    /// @dev The 32 hashes below the top of the tensor's tree, each over two leaves.
    function _pairs() private view returns (bytes memory data) {
        for (uint256 i; i < CHUNKS; i += 2) data = abi.encodePacked(data, _over(i, 2));
    }

    function _demandTop() private {
        vm.prank(DEMANDER);
        harness.demandNode(0, _answer1, 1, 0, _answer1.nodesRoot, "");
    }

    function _open(ILearningAnswers.Part memory part, bytes memory data) private {
        vm.prank(OPENER);
        harness.openPart(_answer1, part, data);
    }

    function _stake(address account) private view returns (uint256 free, uint256 locked) {
        return harness.VAULT().stakeOf(address(harness), address(0), account);
    }

    function _collectable(address account) private view returns (uint256) {
        return harness.VAULT().collectable(address(0), account);
    }

    function _leads(uint256 seats) private view {
        (, uint256 by) = harness.leadingAnswer();
        assertEq(by, seats);
    }

    // -------------------------------------------------------------------------------------------------------- tests

    function test_AGG15_AWithheldTreeIsDisproved() public {
        _demandTop();
        (uint256 free, uint256 locked) = _stake(DEMANDER);
        assertEq(free, 19 * BOND);
        assertEq(locked, BOND);
        vm.warp(START + 70 + STEP);
        vm.expectPartialRevert(ILearningAnswers.LearningAnswers_NotOverdue.selector);
        harness.endDemand(1, _answer1, _top());
        vm.warp(START + 71 + STEP);
        vm.expectPartialRevert(ILearningAnswers.LearningAnswers_NotDemanded.selector);
        _open(_top(), _topData());
        harness.endDemand(1, _answer1, _top());
        _leads(1 << 2);
        for (uint256 i; i < 2; ++i) {
            (, locked) = _stake(_aggregator(i));
            assertEq(locked, 0);
        }
        (free, locked) = _stake(DEMANDER);
        assertEq(free, 20 * BOND);
        assertEq(locked, 0);
        assertEq(_collectable(SLASHED_TO), 2 * (STAKE - STAKE / 4));
        assertEq(_collectable(DEMANDER), 2 * (STAKE / 4));
        vm.expectPartialRevert(ILearningAnswers.LearningAnswers_NotDemanded.selector);
        harness.endDemand(1, _answer1, _top());
    }

    function test_AGG15_WhoAnsweredHasTheBondWhoeverOpens() public {
        _demandTop();
        _open(_top(), _topData());
        _leads(3);
        assertEq(_collectable(OPENER), 0);
        for (uint256 i; i < 2; ++i) assertEq(_collectable(_aggregator(i)), BOND / 4);
        assertEq(_collectable(SLASHED_TO), BOND / 2);
        (, uint256 locked) = _stake(DEMANDER);
        assertEq(locked, 0);
        vm.expectPartialRevert(ILearningAnswers.LearningAnswers_NotDemanded.selector);
        _open(_top(), _topData());
        vm.warp(START + 71 + STEP);
        vm.expectPartialRevert(ILearningAnswers.LearningAnswers_NotDemanded.selector);
        harness.endDemand(1, _answer1, _top());
        vm.expectPartialRevert(ILearningAnswers.LearningAnswers_AlreadyDemanded.selector);
        _demandTop();
    }

    function test_AGG15_GoesDownToTheChunk() public {
        vm.startPrank(DEMANDER);
        harness.demandNode(0, _answer1, 1, 0, _answer1.nodesRoot, "");
        harness.demandNode(0, _answer1, 0, 0, _lowest(), abi.encodePacked(_empty(), _root(), WEIGHT));
        harness.demandNode(1, _answer1, 0, 1, _empty(), abi.encodePacked(_lowest(), _root(), WEIGHT));
        harness.demandHashes(_nodeOf(0), 0, 0, _root(), new bytes32[](0));
        vm.stopPrank();
        _demandPair(2, 0);
        _open(_top(), _topData());
        _open(_part(ILearningAnswers.Kind.Node, 0, _lowest()), abi.encode(_root(), WEIGHT));
        _open(_part(ILearningAnswers.Kind.Node, 0, _empty()), abi.encode(0, 0));
        _open(_part(ILearningAnswers.Kind.Tensor, 32, _root()), _pairs());
        _open(_part(ILearningAnswers.Kind.Hashes, 2, _over(4, 2)), abi.encode(_leaves[4], _leaves[5]));
        for (uint256 i; i < 2; ++i) assertEq(_collectable(_aggregator(i)), (5 * BOND) / 4);
        _leads(3);
    }

    function test_AGG15_TheModelToo() public {
        vm.prank(DEMANDER);
        harness.demandModelHashes(0, _answer1, 0, _root(), new bytes32[](0));
        _open(_part(ILearningAnswers.Kind.Tensor, 32, _root()), _pairs());
        _leads(3);
    }

    function test_AGG16_OnlyWhatTheHashIsOfOpensIt() public {
        _demandTop();
        vm.prank(DEMANDER);
        harness.demandHashes(_nodeOf(0), 0, 0, _root(), new bytes32[](0));
        bytes4 wrongRoot = ILearningAnswers.LearningAnswers_WrongRoot.selector;
        bytes4 wrongLength = ILearningAnswers.LearningAnswers_WrongLength.selector;
        vm.expectPartialRevert(wrongRoot);
        _open(_top(), abi.encode(_root(), WEIGHT + 1, _lowest(), _empty()));
        vm.expectPartialRevert(wrongRoot);
        _open(_top(), abi.encode(_root(), WEIGHT, _empty(), _lowest()));
        vm.expectPartialRevert(wrongLength);
        _open(_top(), abi.encode(_root(), WEIGHT, _lowest()));
        ILearningAnswers.Part memory tensor = _part(ILearningAnswers.Kind.Tensor, 32, _root());
        bytes memory data = _pairs();
        data[100] ^= 0x01;
        vm.expectPartialRevert(wrongRoot);
        _open(tensor, data);
        vm.expectPartialRevert(wrongLength);
        _open(tensor, bytes.concat(data, hex"00"));
        // the same part under another name was not demanded
        vm.expectPartialRevert(ILearningAnswers.LearningAnswers_NotDemanded.selector);
        _open(_part(ILearningAnswers.Kind.Hashes, 2, _root()), data);
    }

    function test_AGG16_OnlyPartsOfTheAnswerAreDemanded() public {
        bytes4 wrongPath = ILearningAnswers.LearningAnswers_WrongPath.selector;
        bytes4 wrongRoot = ILearningAnswers.LearningAnswers_WrongRoot.selector;
        bytes memory path = abi.encodePacked(_empty(), _root(), WEIGHT);
        vm.startPrank(DEMANDER);
        vm.expectPartialRevert(wrongPath);
        harness.demandNode(0, _answer1, 1, 0, _lowest(), "");
        // a lowest node that is said to be the top, or another
        vm.expectPartialRevert(wrongPath);
        harness.demandNode(0, _answer1, 0, 1, _lowest(), path);
        vm.expectPartialRevert(ILearningAnswers.LearningAnswers_UnknownNode.selector);
        harness.demandNode(0, _answer1, 2, 0, _lowest(), path);
        vm.expectPartialRevert(ILearningAnswers.LearningAnswers_EmptyNode.selector);
        harness.demandHashes(_nodeOf(1), 0, 0, 0, new bytes32[](0));
        vm.expectPartialRevert(wrongRoot);
        harness.demandHashes(_nodeOf(0), 0, 0, _leaves[0], new bytes32[](0));
        vm.expectPartialRevert(wrongRoot);
        harness.demandHashes(_nodeOf(0), 0, 0, _leaves[0], new bytes32[](1));
        vm.expectPartialRevert(ILearningAnswers.LearningAnswers_WrongLength.selector);
        harness.demandHashes(_nodeOf(0), 0, 0, _leaves[0], new bytes32[](6));
        vm.expectPartialRevert(wrongPath);
        harness.demandHashes(_nodeOf(0), bytes32(uint256(1)), 0, _root(), new bytes32[](0));
        vm.expectPartialRevert(ILearningAnswers.LearningAnswers_NotStanding.selector);
        harness.demandNode(2, _answer1, 1, 0, _answer1.nodesRoot, "");
        vm.stopPrank();
    }

    function test_AGG17_DemandsPutTheEndOffButNotForLong() public {
        uint256 ends = START + 70 + 100;
        uint256 latest = ends + 12 * 2 * STEP;
        assertEq(harness.challengeEnds(), ends);
        _demandTop();
        assertEq(harness.challengeEnds(), ends);
        vm.warp(ends - 1);
        vm.prank(DEMANDER);
        harness.demandHashes(_nodeOf(0), 0, 0, _root(), new bytes32[](0));
        assertEq(harness.challengeEnds(), ends - 1 + 2 * STEP);
        // from step to step
        uint256 demands;
        for (; harness.challengeEnds() + 2 * STEP - 1 <= latest; ++demands) {
            vm.warp(harness.challengeEnds() - 1);
            _demandPair(demands, 0);
        }
        assertGe(demands, 11);
        vm.warp(harness.challengeEnds() - 1);
        _demandPair(demands, ILearningAnswers.LearningAnswers_TooLate.selector);
        vm.warp(harness.challengeEnds());
        _demandPair(demands, ILearningTasks.LearningTasks_WrongPhase.selector);
    }

    /// @dev Demands the two leaves of a pair, which is refused if there is a reason.
    function _demandPair(uint256 pair, bytes4 reason) private {
        bytes32[] memory siblings = new bytes32[](5);
        // the sibling at height i + 1 is over 2^(i + 1) leaves
        for (uint256 i; i < 5; ++i) siblings[i] = _over(((pair >> i) ^ 1) << (i + 1), uint256(2) << i);
        bytes32 hash = _over(2 * pair, 2);
        vm.prank(DEMANDER);
        if (reason != 0) vm.expectPartialRevert(reason);
        harness.demandHashes(_nodeOf(0), 0, pair, hash, siblings);
    }

    function test_AGG17_ADemandNeedsABond() public {
        vm.prank(OPENER);
        vm.expectPartialRevert(IStakeVault.StakeVault_InsufficientFree.selector);
        harness.demandNode(0, _answer1, 1, 0, _answer1.nodesRoot, "");
    }

    function test_AGG17_ABondIsFreeAgainWhateverHappensToTheAnswer() public {
        _demandTop();
        vm.prank(DEMANDER);
        harness.demandModelHashes(0, _answer1, 0, _root(), new bytes32[](0));
        vm.warp(START + 71 + STEP);
        harness.endDemand(1, _answer1, _top());
        assertEq(harness.deletions(), 1);
        // the answer is gone already
        harness.endDemand(1, _answer1, _part(ILearningAnswers.Kind.Tensor, 32, _root()));
        assertEq(harness.deletions(), 1);
        (uint256 free, ) = _stake(DEMANDER);
        assertEq(free, 20 * BOND);
    }

    function test_AGG17_ALateEndDisprovesNothing() public {
        _demandTop();
        vm.warp(harness.challengeEnds());
        harness.endDemand(1, _answer1, _top());
        _leads(3);
        (uint256 free, ) = _stake(DEMANDER);
        assertEq(free, 20 * BOND);
    }

    function test_AGG17_NorDoesOneOfAnOldRound() public {
        _demandTop();
        harness.nextRound(START);
        vm.warp(START + 90);
        harness.endDemand(1, _answer1, _top());
        (, uint256 locked) = _stake(_aggregator(0));
        assertEq(locked, STAKE);
    }
}
