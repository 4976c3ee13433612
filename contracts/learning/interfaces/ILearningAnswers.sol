// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRandomness} from "../../randomness/interfaces/IRandomness.sol";
import {IStakeVault} from "../../rewards/interfaces/IStakeVault.sol";
import {TaskId} from "../types/TaskId.sol";
import {ILearningTasks} from "./ILearningTasks.sol";

/// @title Answers of aggregators, and their disputes
/// @notice The part of learning tasks in which updates become the next global model.
///
/// **Answers.** Each aggregator computes the tree of the round and commits to, then reveals, one answer: the next model's
/// tensor root and content, and the hash of the top of the tree, which commits to every node (`TreeLib`). Equal answers
/// support each other. The leading answer is the one with most supporters among those that stand; of several the one of
/// the lowest seat. It can be disputed during Challenge: for `challenge` seconds if it has a quorum, else for
/// `longChallenge`.
///
/// **Which updates belong into the tree**, cells in the order of the seed, clients of a cell by id: those that were
/// revealed and not struck, that a panel found to be there in this round, and whose client's score in the pay period is not
/// below `-exclusionScore`. An update that no panel attested to is left out: its client could show it to one aggregator
/// alone and make the others look wrong.
///
/// **Disputes.** A dispute is a proof of one wrong chunk of 64 values, or one wrong weight: the chain recomputes it from
/// the children. It succeeds or reverts, and needs no bond. Because the chain itself goes through all that belongs into a
/// lowest node, an update left out, added or taken from another place is a wrong chunk or weight like any other. An
/// answer that is right can't be disputed. Whoever gives a wrong one loses the whole stake of the seat, of which a quarter
/// is the challenger's, and the answer is deleted; nothing is put in its place. A dispute is all in its transaction:
/// whoever sees it and is mined first has that quarter. To dispute one's own answer still loses the rest. Another answer
/// that now leads has a fresh window. After `MAX_DELETIONS` leading answers no answer stands and the round is void.
///
/// **Demands.** Who withholds the tree behind an answer could not be disputed. Anybody may demand, one step at a time, that a
/// node be opened (its root, weight and its children's hashes) or 32 hashes five levels below another in a tensor's tree, and
/// so go down to the chunk that is wrong. What is not opened within as long as AggregateReveal lasts disproves the answer. A
/// demand binds a 32nd of an aggregator's stake in the vault, which comes back if nobody opens the part. Else half of it is
/// the treasury's, and the seats that gave the answer share the rest, whoever opens: nobody opens a demand of their own for
/// nothing, the only seat behind an answer neither, nor another's for its bond. Demands put
/// the end of Challenge off, all together by no more than the deepest tree needs, so that they stall nothing for long.
///
/// A dispute goes bottom-up: the first node that is wrong has children that are right, so that whoever knows the right
/// tree can open them.
interface ILearningAnswers {
    /// @notice A node of an answer.
    /// @param seat of an aggregator who gave the answer.
    /// @param level 0 for the lowest nodes.
    /// @param index within the level.
    /// @param answer what was given.
    /// @param path packed words: tensor root and weight of the node; then for each level above it the hashes of the
    /// parent's other children in order, the parent's tensor root, its weight.
    struct NodeOpening {
        uint8 seat;
        uint8 level;
        uint24 index;
        ILearningTasks.Answer answer;
        bytes path;
    }

    /// @notice A chunk of a tensor, as its hash.
    /// @param index of the chunk.
    /// @param length that the tensor's root states. If it is not that of the model this alone is the fault, and so is
    /// anything but zero beside the chunks in the tree.
    /// @param leaf hash of the chunk.
    /// @param siblings in the tensor's tree, the lowest first.
    struct ChunkOpening {
        uint32 index;
        uint32 length;
        bytes32 leaf;
        bytes32[] siblings;
    }

    /// @notice What is opened of an answer.
    enum Kind {
        Node,
        Tensor,
        Hashes
    }

    /// @notice A part of an answer, by what commits to it.
    /// @param kind a node; the top of a tensor's tree; or hashes below another in such a tree.
    /// @param count of a node: its children, 0 for a lowest one; else the hashes to open.
    /// @param hash of the node; the tensor's root; or the hash above.
    struct Part {
        Kind kind;
        uint8 count;
        bytes32 hash;
    }

    /// @notice An aggregator committed to an answer.
    event AnswerCommitted(TaskId indexed taskId, uint256 indexed round, address indexed aggregator, bytes32 commitment);
    /// @notice An aggregator's answer is known. `challengeEnds`: second until which the leading answer can be disputed, as
    /// far as answers are known.
    event AnswerRevealed(
        TaskId indexed taskId,
        uint256 indexed round,
        address indexed aggregator,
        uint256 seat,
        bytes32 modelRoot,
        uint256 codec,
        bytes32 digest,
        bytes32 nodesRoot,
        uint256 challengeEnds
    );
    /// @notice An answer was shown to be wrong; all who gave it lost their stake. `seats`: bit i, aggregator i did.
    /// `challenger`: who disputed it, or made the demand that nobody met; a quarter of the stakes is theirs.
    event AnswerDisproved(
        TaskId indexed taskId,
        uint256 indexed round,
        address indexed challenger,
        bytes32 modelRoot,
        bytes32 nodesRoot,
        uint256 seats,
        uint256 challengeEnds
    );

    /// @notice A part of an answer must be opened until `deadline`, or the answer is deleted.
    event PartDemanded(
        TaskId indexed taskId,
        uint256 indexed round,
        address indexed demander,
        bytes32 modelRoot,
        bytes32 nodesRoot,
        uint256 kind,
        uint256 count,
        bytes32 hash,
        uint256 deadline
    );
    /// @notice A part was opened. `data`: of a node its tensor root, weight, and its children's hashes; else the hashes.
    event PartOpened(TaskId indexed taskId, uint256 indexed round, address indexed opener, bytes32 hash, bytes data);
    /// @notice A demand that nobody met has ended; its bond is free again.
    event DemandEnded(TaskId indexed taskId, uint256 indexed round, address indexed demander, bytes32 hash);

    /// @notice This part was demanded before: who wants to see it finds its opening in an event, or waits for it.
    error LearningAnswers_AlreadyDemanded(bytes32 hash, uint256 deadline);
    /// @notice This part was never demanded, was opened already, or its deadline is over.
    error LearningAnswers_NotDemanded(bytes32 hash, uint256 deadline);
    /// @notice The deadline is not over yet.
    error LearningAnswers_NotOverdue(bytes32 hash, uint256 deadline);
    /// @notice Challenge can't be put off any more.
    error LearningAnswers_TooLate(uint256 needed, uint256 latest);
    /// @notice No panel of the round was scored: there is nothing to aggregate.
    error LearningAnswers_NothingScored(TaskId taskId, uint256 round);
    /// @notice The aggregator of this seat did not give this answer in this round, or it was disproved.
    error LearningAnswers_NotStanding(TaskId taskId, uint256 round, uint256 seat);
    /// @notice The tree has no such node.
    error LearningAnswers_UnknownNode(uint256 level, uint256 index, uint256 nodes);
    /// @notice The opening does not lead to the top of the answer's tree.
    error LearningAnswers_WrongPath(bytes32 computed, bytes32 nodesRoot);
    /// @notice The tensor has no such chunk.
    error LearningAnswers_UnknownChunk(uint256 index, uint256 chunks);
    /// @notice What was opened of a tensor is not what its root commits to.
    error LearningAnswers_WrongRoot(bytes32 computed, bytes32 root);
    /// @notice Packed data end elsewhere than they must (positions in the calldata).
    error LearningAnswers_WrongLength(uint256 end, uint256 needed);
    /// @notice The account is not the client of this id, or its commitment of this round is another.
    error LearningAnswers_WrongUpdate(uint256 id, address account);
    /// @notice These are not the children of the node.
    error LearningAnswers_WrongChildren(bytes32 computed, bytes32 below);
    /// @notice A node's weight can't be as large; the child itself can be disputed.
    error LearningAnswers_WeightTooLarge(uint256 weight);
    /// @notice A node without weight has no chunks; only its weight can be disputed.
    error LearningAnswers_EmptyNode(uint256 level, uint256 index);
    /// @notice The values named for this coordinate are not the lowest and the highest that stay.
    error LearningAnswers_WrongHint(uint256 coordinate);
    /// @notice The answer is right in what was disputed.
    error LearningAnswers_NoFault();

    /// @notice Where auditors and aggregators deposit their stake, for this contract as the module.
    function VAULT() external view returns (IStakeVault);

    /// @notice Where seeds come from: that of a round is the beacon's for the second in which its Reveal ends.
    function RANDOMNESS() external view returns (IRandomness);

    /// @notice Leading answers that may be disproved in a round before it is void. Each gives a wrong answer's supporters
    /// up to `longChallenge` more seconds, at the price of their stakes, and needs them to be more than the honest.
    function MAX_DELETIONS() external view returns (uint256);

    /// @notice Commits to an answer. Caller: an aggregator, during AggregateCommit, once a round, if a panel was scored
    /// and its seat still holds half of `missPenalty`, or all that was locked for it.
    function commitAnswer(TaskId taskId, bytes32 commitment) external;

    /// @notice Opens an aggregator's commitment. Anybody who knows it, during AggregateReveal.
    function revealAnswer(
        TaskId taskId,
        address aggregator,
        ILearningTasks.Answer calldata answer,
        bytes16 salt
    ) external;

    /// @notice Disproves an answer by a wrong chunk of a node. Anybody, during Challenge.
    /// @param node the node, whose tensor root and weight stand at the head of its path.
    /// @param chunk of that tensor, as the answer has it.
    /// @param children the node's children in order, packed. Under a lowest node each is account (20 bytes), samples (4),
    /// norm (8), `keccak256(abi.encode(codec, digest, salt))` (32), chunk (256), siblings (32 each); under an upper one
    /// weight (32), hash of its own children's hashes (32; 0 for a lowest node), chunk and siblings, these two only if the
    /// weight is not 0. If the length is wrong, or the fault beside the chunks: the hash of the children's hashes (32) alone.
    /// @param hints for trimmed means and medians two chunks: the lowest and the highest values that stay. Else empty.
    function disputeChunk(
        TaskId taskId,
        NodeOpening calldata node,
        ChunkOpening calldata chunk,
        bytes calldata children,
        bytes calldata hints
    ) external;

    /// @notice Disproves an answer by a wrong weight of a node, or by a root where the weight is 0 or none where it is
    /// not. Anybody, during Challenge.
    /// @param children as in `disputeChunk`, with the tensor root (32) instead of chunk and siblings.
    function disputeWeight(TaskId taskId, NodeOpening calldata node, bytes calldata children) external;

    /// @notice Disproves an answer by a chunk of its model that does not follow from the models before and the top of the
    /// tree. Anybody, during Challenge.
    /// @param seat of an aggregator who gave the answer.
    /// @param chunk of the answer's model.
    /// @param parts packed: chunk and siblings of the global model; the same of the one before it, unless that is the same
    /// model; weight of the tree's top (32), hash of its children's hashes (32), and, only if the weight is not 0, chunk
    /// and siblings of the top's tensor. Empty if the length is wrong, or the fault beside the chunks.
    function disputeStep(
        TaskId taskId,
        uint256 seat,
        ILearningTasks.Answer calldata answer,
        ChunkOpening calldata chunk,
        bytes calldata parts
    ) external;

    /// @notice Demands that a node of an answer be opened. Anybody, during Challenge.
    /// @param level of the node, 0 for the lowest.
    /// @param hash of the node, which commits to what is demanded.
    /// @param path as in `NodeOpening`, without the node's own root and weight.
    function demandNode(
        TaskId taskId,
        uint256 seat,
        ILearningTasks.Answer calldata answer,
        uint256 level,
        uint256 index,
        bytes32 hash,
        bytes calldata path
    ) external;

    /// @notice Demands up to 32 hashes of the tensor of a node that is known. Anybody, during Challenge.
    /// @param node the node.
    /// @param below hash of its children's hashes, 0 for a lowest node.
    /// @param index of the hash above those demanded, in its level of the tensor's tree.
    /// @param hash the tensor's root, or any hash that was opened.
    /// @param siblings on the way from that hash to the top of the tensor's tree; empty for the root.
    function demandHashes(
        TaskId taskId,
        NodeOpening calldata node,
        bytes32 below,
        uint256 index,
        bytes32 hash,
        bytes32[] calldata siblings
    ) external;

    /// @notice The same of an answer's model.
    function demandModelHashes(
        TaskId taskId,
        uint256 seat,
        ILearningTasks.Answer calldata answer,
        uint256 index,
        bytes32 hash,
        bytes32[] calldata siblings
    ) external;

    /// @notice Opens a part that was demanded, until its deadline. Anybody. Half of the bond is the treasury's, the rest is
    /// shared by the seats that gave the answer, the first of them having what does not divide; it is free if the answer was
    /// disproved meanwhile.
    /// @param data as in `PartOpened`.
    function openPart(
        TaskId taskId,
        ILearningTasks.Answer calldata answer,
        Part calldata part,
        bytes calldata data
    ) external;

    /// @notice Ends a demand that was not met, and frees its bond. During Challenge, if the answer stands, it is deleted as if
    /// the demander had disproved it. Anybody, after the deadline.
    /// @param round of the demand.
    function endDemand(
        TaskId taskId,
        uint256 round,
        ILearningTasks.Answer calldata answer,
        Part calldata part
    ) external;

    /// @notice The answer that a round would settle with, as its digest, and the seats that gave it (bit i: aggregator
    /// i). Zero if none stands.
    function leadingAnswer(TaskId taskId) external view returns (bytes32 digest, uint256 seats);

    /// @notice What aggregators answered in the running round.
    /// @return digests by seat; zero if not revealed.
    /// @return disproved bit i: the answer of aggregator i was disproved.
    /// @return deletions leading answers disproved so far.
    function answersOf(
        TaskId taskId
    ) external view returns (bytes32[] memory digests, uint256 disproved, uint256 deletions);

    /// @notice The demand of a part of an answer: whose it is, and the last second in which the part may be opened.
    /// @return demander zero if the part was opened, its demand ended, or it was never demanded.
    /// @return deadline zero if it was never demanded.
    function demandOf(
        TaskId taskId,
        uint256 round,
        ILearningTasks.Answer calldata answer,
        Part calldata part
    ) external view returns (address demander, uint256 deadline);

    /// @notice Commitment of an aggregator: keccak256 of the ABI encoding of keccak256("artel.task.answer.v1"), chain,
    /// contract, task, round, aggregator, digest of the answer (keccak256 of the ABI encoding of model root, codec, digest
    /// and nodes' root), salt.
    function answerCommitment(
        TaskId taskId,
        uint256 round,
        address aggregator,
        ILearningTasks.Answer calldata answer,
        bytes16 salt
    ) external view returns (bytes32);
}
