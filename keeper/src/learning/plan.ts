import { Phase } from "@artel/sdk";
import { answerDigest, EventMissingError, type Answer } from "@artel/sdk/learning";

/*
 * What a running round of `LearningTasks` is due, and an appeal of the round before it, from what the chain says of them.
 * Reads and sends nothing.
 */

/** What decides about the running round. */
export interface RoundFacts {
  readonly phase: Phase;
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
  if (phase === Phase.Waiting || phase === Phase.Closed) return undefined;
  // such a task never starts
  if (facts.capacity === 0n || facts.aggregators === 0n) return VOID;
  if (drawn.round !== facts.round) {
    if (phase <= Phase.Reveal) return undefined;
    return facts.updates < facts.minClients || phase > Phase.Settle ? VOID : { kind: "draw" };
  }
  // what stands above the panels is not of one
  const bits = (set: bigint) => set & ((1n << drawn.panels) - 1n);
  const settled = bits(drawn.voidSet | drawn.scoredSet);
  const open = Array.from({ length: Number(drawn.panels) }, (_, i) => i).filter((i) => !((settled >> BigInt(i)) & 1n));
  const isScored = bits(drawn.scoredSet) !== 0n;
  if (!isScored && (phase > Phase.Settle || open.length === 0)) return VOID;
  if (phase === Phase.Settle && open.length > 0) return { kind: "settle", panels: open };
  if (phase > Phase.AggregateReveal && !facts.isAnswered) return VOID;
  return phase === Phase.Finishing ? { kind: "finish", isAnswered: true } : undefined;
}

/** What decides about an appeal. */
export interface AppealFacts {
  /** Second of the latest block. */
  readonly now: bigint;
  /** Of the appealed panel. */
  readonly round: bigint;
  readonly running: {
    readonly round: bigint;
    readonly isClosed: boolean;
    /** Second in which the round before it was finished, or the task closed. */
    readonly startedAt: bigint;
  };
  /** Second from which the fresh panel commits; 0 until it is drawn. */
  readonly drawnAt: bigint;
  readonly schedule: Readonly<Record<"commit" | "reveal" | "auditCommit" | "auditReveal" | "settle", bigint>>;
}

/** What an appeal is due. */
export type AppealAct = "draw" | "settle" | "end";

/** The one thing that an appeal is due, if any, as `ILearningAppeals` has its timetable. */
export function appealDueOf({ now, round, running, drawnAt, schedule }: AppealFacts): AppealAct | undefined {
  const { commit, reveal, auditCommit, auditReveal, settle } = schedule;
  if (drawnAt !== 0n) {
    const from = drawnAt + auditCommit + auditReveal;
    if (now < from) return undefined;
    return now < from + (settle < commit + reveal ? settle : commit + reveal) ? "settle" : "end";
  }
  if (running.round === round && !running.isClosed) return undefined;
  // later rounds have made the second unknown in which its own was finished
  if (running.round !== (running.isClosed ? round : round + 1n)) return "end";
  return now < running.startedAt + auditCommit ? "draw" : "end";
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
