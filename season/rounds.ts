import { Phase, type ILearningRounds } from "@artel/sdk";

import type { Chain } from "../localnet/index.js";
import type { Hosts } from "./hosts.js";
import type { PhaseProgress } from "./progress.js";
import { until } from "./wait.js";

const PHASE_NAMES = Object.keys(Phase);

/**
 * Plays the rounds of a task: whenever everybody has done what the phase asks of them, moves the chain's clock on to
 * the next. The parties and the keeper act on their own; only the clock is moved, which no real chain needs.
 *
 * @returns the number of rounds that settled
 */
export async function playRounds(
  chain: Chain,
  rounds: ILearningRounds,
  taskId: bigint,
  hosts: Hosts,
  progress: PhaseProgress,
  logs: string,
): Promise<number> {
  for (;;) {
    const state = await rounds.roundState(taskId);
    const phase = Number(state.phase) as Phase;
    if (phase === Phase.Closed) return Number(state.settled);
    progress.label(`round ${state.round}: ${PHASE_NAMES[phase]}`);
    const movedOn = async () => hasMovedOn(state, await rounds.roundState(taskId));
    const isOver = async () => (await isFinishable(rounds, taskId)) || movedOn();
    // While the keeper scores or finishes nobody else acts: who came first would be chance.
    if (!(await isOver())) {
      if (phase === Phase.AggregateCommit) {
        await until(`round ${state.round} is scored`, logs, async () => (await rounds.roundState(taskId)).scored);
      }
      await hosts.settle();
    }
    if (await isOver()) {
      await until(`round ${state.round} is finished`, logs, movedOn);
      progress.step();
      continue;
    }
    // Finishing is never reached here: a round in it can be finished.
    await chain.warpTo(await rounds.phaseStart(taskId, phase + 1));
  }
}

type RoundState = ILearningRounds.RoundStateStructOutput;

function hasMovedOn(earlier: RoundState, now: RoundState): boolean {
  return now.round !== earlier.round || Number(now.phase) === Phase.Closed;
}

async function isFinishable(rounds: ILearningRounds, taskId: bigint): Promise<boolean> {
  return rounds.finishRound.staticCall(taskId).then(
    () => true,
    () => false,
  );
}
