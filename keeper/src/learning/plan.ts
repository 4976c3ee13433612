import { TaskPhase } from "@artel/sdk";
import {
  answerDigest,
  taskScoresCommitment,
  type Answer,
  type CommitmentScope,
  type SeatOpening,
} from "@artel/sdk/learning";
import { dataSlice, getBytes } from "ethers";

import { EventMissingError } from "../errors.js";

/*
 * What a running round of `LearningTasks` is due, from what the chain says of it. Reads and sends nothing.
 */

/** What decides about the running round. */
export interface RoundFacts {
  readonly phase: TaskPhase;
  readonly round: bigint;
  /** Revealed and not struck. */
  readonly updates: bigint;
  readonly minClients: bigint;
  /** Clients that there is room for; 0 while there are too few auditors. */
  readonly capacity: bigint;
  readonly aggregators: bigint;
  /** The panels drawn last, as `panelState` tells of them. */
  readonly drawn: {
    readonly round: bigint;
    readonly panels: bigint;
    readonly voidSet: bigint;
    readonly scoredSet: bigint;
  };
  /** Whether an answer leads, looked at from Challenge on. */
  readonly isAnswered: boolean;
}

/** What a running round is due. */
export type RoundAct =
  | { readonly kind: "draw" }
  | { readonly kind: "settle"; readonly panels: readonly number[] }
  | { readonly kind: "finish"; readonly isAnswered: boolean };

const VOID: RoundAct = { kind: "finish", isAnswered: false };

/** The one thing that a round is due, if any; a round whose outcome is certain is finished first. */
export function dueOf(facts: RoundFacts): RoundAct | undefined {
  const { phase, drawn } = facts;
  if (phase === TaskPhase.Waiting || phase === TaskPhase.Closed) return undefined;
  // such a task never starts
  if (facts.capacity === 0n || facts.aggregators === 0n) return VOID;
  if (drawn.round !== facts.round) {
    if (phase <= TaskPhase.Reveal) return undefined;
    return facts.updates < facts.minClients || phase > TaskPhase.Settle ? VOID : { kind: "draw" };
  }
  // what stands above the panels is not of one
  const bits = (set: bigint) => set & ((1n << drawn.panels) - 1n);
  const settled = bits(drawn.voidSet | drawn.scoredSet);
  const open = Array.from({ length: Number(drawn.panels) }, (_, i) => i).filter((i) => !((settled >> BigInt(i)) & 1n));
  const isScored = bits(drawn.scoredSet) !== 0n;
  if (!isScored && (phase > TaskPhase.Settle || open.length === 0)) return VOID;
  if (phase === TaskPhase.Settle && open.length > 0) return { kind: "settle", panels: open };
  if (phase > TaskPhase.AggregateReveal && !facts.isAnswered) return VOID;
  return phase === TaskPhase.Finishing ? { kind: "finish", isAnswered: true } : undefined;
}

/** The seat of an auditor as the contract has it. */
export interface AuditorSeat {
  readonly account: string;
  /** First 24 bytes of its commitment. */
  readonly commitment: string;
  /** Whether it revealed in the running round. */
  readonly isRevealed: boolean;
}

/** An event that tells a vector. */
export interface RevealedVector {
  readonly auditor: string;
  readonly salt: string;
  readonly scores: string;
}

/**
 * What the seats of a panel have to show. Which vector is an auditor's the contract's commitment says, not the order of
 * events: an endpoint may still show those of blocks that a reorganisation has dropped.
 *
 * @throws EventMissingError if the vector of an auditor who revealed is not among those known
 */
export function openingsOf(
  seats: readonly AuditorSeat[],
  vectors: readonly RevealedVector[],
  scope: CommitmentScope,
): SeatOpening[] {
  return seats.map(({ account, commitment, isRevealed }) => {
    if (!isRevealed) return { auditor: account };
    for (const { auditor, salt, scores: hex } of vectors) {
      if (auditor !== account) continue;
      const scores = getBytes(hex);
      if (dataSlice(taskScoresCommitment(scope, auditor, salt, scores), 0, 24) === commitment)
        return { auditor, revealed: { salt, scores } };
    }
    throw new EventMissingError(
      `the scores that ${account} revealed in round ${scope.round} of task ${scope.taskId}`,
      account,
    );
  });
}

/** An event that tells an answer. */
export interface RevealedAnswer {
  readonly modelRoot: string;
  readonly codec: bigint;
  readonly digest: string;
  readonly nodesRoot: string;
}

/** The answer that an event tells. */
export function answerIn({ modelRoot, codec, digest, nodesRoot }: RevealedAnswer): Answer {
  return { modelRoot, model: { codec: Number(codec), digest }, nodesRoot };
}

/**
 * The answer that a digest hides.
 *
 * @throws EventMissingError if it is not among those known
 */
export function answerOf(digest: string, revealed: readonly RevealedAnswer[]): Answer {
  const answer = revealed.map(answerIn).find((candidate) => answerDigest(candidate) === digest);
  if (answer === undefined) throw new EventMissingError(`the answer ${digest}`, digest);
  return answer;
}
