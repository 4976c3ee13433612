import { Phase, type ILearning } from "@artel/sdk";
import { sliceFor, sliceTime, type CommonTest } from "@artel/sdk/learning";

import type { Chain } from "../localnet/index.js";
import type { Hosts } from "./hosts.js";
import type { PhaseProgress } from "./progress.js";
import { until } from "./wait.js";

const PHASE_NAMES = Object.keys(Phase);

/** What the clock of a task's rounds follows. */
export interface RoundClock {
  readonly chain: Chain;
  readonly tasks: ILearning;
  readonly taskId: bigint;
  /** Seconds from the end of Reveal until its seed can be known. */
  readonly seedDelay: bigint;
  /** When test slices can be read. */
  readonly test: CommonTest;
}

/**
 * Plays the rounds of a task: whenever everybody has done what the phase asks of them, moves the chain's clock on to
 * the next. The parties and the keeper act on their own; only the clock is moved, which no real chain needs.
 *
 * @returns the number of rounds that settled
 */
export async function playRounds(
  clock: RoundClock,
  hosts: Hosts,
  progress: PhaseProgress,
  logs: string,
): Promise<number> {
  const { chain, tasks, taskId } = clock;
  for (;;) {
    const state = await tasks.roundState(taskId);
    const { round, settled } = state;
    const phase = Number(state.phase) as Phase;
    if (phase === Phase.Closed) return Number(settled);
    progress.label(`round ${round}: ${PHASE_NAMES[phase]}`);
    // While the keeper acts nobody else does: who came first would be chance.
    const keeper = async (what: string, holds: () => Promise<boolean>) => {
      const isDone = async () => (await hasMovedOn(tasks, taskId, round)) || (await holds());
      await until(`${what} round ${round}`, logs, isDone);
      return !(await hasMovedOn(tasks, taskId, round));
    };
    if (phase === Phase.Finishing) {
      await keeper("the keeper finishes", async () => false);
      progress.step();
      continue;
    }
    if (phase === Phase.AuditCommit) {
      const deadline = await tasks.phaseStart(taskId, Phase.AuditCommit);
      await chain.warpTo(deadline + clock.seedDelay);
      const isDrawn = async () => (await tasks.panelState(taskId)).round === round;
      if (!(await keeper("the keeper draws the seed of", isDrawn))) continue;
      // they let their readers in; whoever has nothing to read counts them absent
      await hosts.send("client");
      await awaitSlice(clock, Number(deadline));
    }
    if (phase === Phase.Settle) {
      const isSettled = async () => {
        const { panels, voidSet, scoredSet } = await tasks.panelState(taskId);
        // what stands above the panels is not of one
        const all = (1n << panels) - 1n;
        return ((voidSet | scoredSet) & all) === all;
      };
      if (!(await keeper("the keeper settles", isSettled))) continue;
    }
    await hosts.settle();
    await chain.warpTo(await tasks.phaseStart(taskId, phase + 1));
  }
}

/** Moves time on until the slice of a round can be read. */
async function awaitSlice({ chain, test }: RoundClock, revealDeadline: number): Promise<void> {
  const index = sliceFor(test, revealDeadline);
  const { timestamp } = (await chain.provider.getBlock("latest"))!;
  if (index !== undefined && sliceTime(test, index) > timestamp) await chain.warpTo(sliceTime(test, index));
}

async function hasMovedOn(tasks: ILearning, taskId: bigint, round: bigint): Promise<boolean> {
  const now = await tasks.roundState(taskId);
  return now.round !== round || Number(now.phase) === Phase.Closed;
}
