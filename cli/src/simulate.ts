import { simulateProposal, type BalanceChange, type ProposedAction, type Simulation } from "@artel/sdk";
import { formatUnits } from "ethers";

import type { Answer } from "./command.js";
import type { ChainContext } from "./context.js";
import { callName, decodeCall, decodeEvent, eventLine, refusalIn } from "./decode.js";
import { forkOf } from "./fork.js";
import { decimalsOf, ETHER_DECIMALS } from "./money.js";
import { formatMoment } from "./values.js";

/** What actions would do, in words. */
export interface Rehearsal extends Answer {
  /** Why nothing would happen; undefined if they can be carried out. */
  readonly refusal?: string;
}

/**
 * Has the endpoint carry actions out as the Treasury would, and tells what comes of it. What a proposal says of itself
 * is not asked.
 *
 * @param when - class that decides, and second of execution
 * @throws SimulationUnavailableError
 */
export async function rehearse(
  context: ChainContext,
  cooperative: string,
  actions: readonly ProposedAction[],
  when: { policyClass: number; eta: bigint },
): Promise<Rehearsal> {
  const fork = () => forkOf(context.provider);
  const simulation = await simulateProposal(context.provider, cooperative, actions, {
    ...{ time: when.eta, policyClass: when.policyClass, fork },
  });
  const { via, failure, isMeasured, omitted, unavailable } = simulation;
  const calls = actions.map(({ target, data, value }) => decodeCall(context.known, target, data, value));
  const refusal = failure && refusalText(context, failure, calls.map(callName));
  const events = simulation.events.map((event) => ({ action: event.action + 1, ...decodeEvent(context.known, event) }));
  const balances = await Promise.all(simulation.balances.map((change) => inUnits(context, change)));
  const lines = [
    ...unavailable.map((reason) => `Not available: ${reason}`),
    `Simulated by ${via === "fork" ? "a local fork" : via}, at ${formatMoment(simulation.time)}, on what the chain holds now.`,
    ...(refusal === undefined ? effectLines() : [`It would be refused as a whole: ${refusal}`]),
  ];
  return {
    lines,
    refusal,
    json: {
      ...{ via, unavailable, time: simulation.time, refused: refusal, failedAction: actionNumber(simulation) },
      ...{ calls, balances, isMeasured, omitted, events },
    },
  };

  function effectLines(): string[] {
    const changes = balances.map(({ account, token, amount }) => {
      const who = account.toLowerCase() === cooperative.toLowerCase() ? "the cooperative" : account;
      const [verb, size] = amount.startsWith("-") ? ["loses", amount.slice(1)] : ["gains", amount];
      return `${who} ${verb} ${size} ${token === undefined ? "ether" : `of token ${token}`}`;
    });
    return [
      ...(changes.length === 0 ? ["It changes no balance."] : ["It changes these balances:", ...indented(changes)]),
      ...(isMeasured || changes.length === 0 ? [] : ["That is what tokens announce: their balances were not read."]),
      ...(omitted === 0 ? [] : [`${omitted} more balances change.`]),
      ...(events.length === 0 ? ["It emits no event."] : ["It emits these events:"]),
      ...indented(events.map((event) => `${event.action}: ${eventLine(event)}`)),
    ];
  }
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** Number of the action that fails, from 1. */
function actionNumber({ failure }: Simulation): number | undefined {
  return failure?.action === undefined ? undefined : failure.action + 1;
}

function refusalText(
  context: ChainContext,
  { action, data }: NonNullable<Simulation["failure"]>,
  names: readonly string[],
): string {
  const reason = refusalIn(context, data);
  return action === undefined ? reason : `action ${action + 1}, ${names[action]}, fails (${reason})`;
}

/** A change in the units that people count in; of a token that does not tell them in its smallest. */
async function inUnits({ provider }: ChainContext, { account, token, change }: BalanceChange) {
  const decimals = token === undefined ? ETHER_DECIMALS : await decimalsOf(token, provider).catch(() => 0);
  return { account, token, change, amount: formatUnits(change, decimals) };
}
