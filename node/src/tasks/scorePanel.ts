import { cidFromString, clientsOf, sliceFor, type Panel } from "@artel/sdk/learning";

import { decodeExamples, type Examples } from "../data/examples.js";
import { openSlice, type Timelock } from "../data/slices.js";
import { SlicesUsedUpError } from "../errors.js";
import { EXAMPLES_RECORD } from "../localUpdate.js";
import { scoreRound, type RevealedUpdate } from "../scoring.js";
import type { PartyContext } from "./party.js";
import { readerOf } from "./sealing.js";
import type { AuditedRound } from "./taskView.js";

/** What an auditor works with. */
export interface AuditorContext extends PartyContext {
  /** Opens test slices, see `drandTimelock`; where everybody scores on data of its own nobody needs it. */
  readonly timelock: Timelock;
}

/**
 * Scores the updates of a panel of a round, which may be over: the same then and later, as long as their content can be had.
 *
 * @param seed - of the round
 * @returns contribution of every client of the panel, by id; `ABSENT` for all others
 * @throws SlicesUsedUpError
 */
export async function scorePanel(
  context: AuditorContext,
  audited: AuditedRound,
  panel: Panel,
  seed: string,
): Promise<Int16Array> {
  const { round, clients, modelRoot } = audited;
  const { view, log } = context;
  const [read, recipients, manifest, trainer, global, lastStep, balances, terms, revealed, test] = await Promise.all([
    readerOf(context, round),
    view.recipients(panel),
    view.manifest(),
    view.trainer(),
    view.start(audited),
    view.lastStep(modelRoot, round),
    view.balances(audited),
    view.terms(),
    view.updates(round),
    testDataOf(context, audited),
  ]);
  const panelClients = new Set(clientsOf(panel, Number(clients)));
  const updates: RevealedUpdate[] = [];
  for (const update of revealed) {
    const { id, client, weight } = update;
    // without weight it is in no model, and there is nothing to share among updates that all have none
    if (weight === 0) continue;
    const outcome = panelClients.has(id) && !update.copy ? await read(update, recipients) : undefined;
    if (outcome !== undefined && "problem" in outcome)
      log.warn({ client, round: `${round}`, problem: outcome.problem }, "update counts as absent");
    updates.push({ id, weight, delta: outcome !== undefined && "delta" in outcome ? outcome.delta : undefined });
  }
  return scoreRound({
    ...{ trainer, global, lastStep, alphas: manifest.scoring.alphas, fractionBits: manifest.fractionBits, updates },
    ...{
      test,
      seed,
      panel: panelClients,
      clients: Number(clients),
      balances,
      exclusionScore: Number(terms.exclusionScore),
    },
  });
}

/** What a round is scored on: its slice, or the auditor's own examples. */
async function testDataOf({ view, store, timelock }: AuditorContext, audited: AuditedRound): Promise<Examples> {
  const { scoring, model } = await view.manifest();
  if (scoring.test.kind === "private") return decodeExamples(await store.get(EXAMPLES_RECORD));
  const deadline = Number(await view.revealDeadline(audited));
  const index = sliceFor(scoring.test, deadline);
  if (index === undefined) throw new SlicesUsedUpError(audited.round, deadline);
  const sealed = await view.content.get(cidFromString(scoring.test.slices[index]));
  const features = model.kind === "mlp" ? model.inputs : model.side ** 2;
  return openSlice(sealed, scoring.test, index, features, timelock);
}
