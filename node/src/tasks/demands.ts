import { openingOf, type Aggregation, type Answer } from "@artel/sdk/learning";
import { ZeroAddress } from "ethers";

import { act, type PartyContext } from "./party.js";

/**
 * Opens what is demanded of an answer and still open, as far as it is known: for whoever gave it, who
 * have the bonds and would lose their stake.
 *
 * @param aggregation - what the answer follows from; asked for only if something is demanded
 * @returns whether it sent a transaction
 */
export async function openDemanded(
  { view, tasks, account, log }: Pick<PartyContext, "view" | "tasks" | "account" | "log">,
  round: bigint,
  answer: Answer,
  aggregation: () => Promise<Aggregation | undefined>,
): Promise<boolean> {
  const labelled = log.child({ account });
  const now = await view.now();
  let sent = false;
  for (const { part, modelRoot, nodesRoot } of await view.demands(round)) {
    if (modelRoot !== answer.modelRoot || nodesRoot !== answer.nodesRoot) continue;
    const { demander, deadline } = await view.contract.demandOf(view.taskId, round, answer, part);
    if (demander === ZeroAddress || deadline < now) continue;
    const own = await aggregation();
    const data = own && openingOf(part, own);
    if (data === undefined) {
      labelled.error({ round: `${round}`, part }, "a part is demanded that is not known");
      continue;
    }
    const options = { log: labelled, contract: view.contract };
    if (await act("open a part", () => tasks.openPart(view.taskId, answer, part, data), options)) sent = true;
  }
  return sent;
}
