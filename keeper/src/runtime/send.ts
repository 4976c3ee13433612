import { revertOf } from "@artel/sdk";
import { isError, type Interface, type TransactionResponse } from "ethers";
import type { Logger } from "pino";

import { ActRefusedError } from "../errors.js";
import { PATIENCE_MS } from "./wallet.js";

/**
 * Sends one transaction and waits for it to be mined. A refusal by the contract is no failure: the act was not due
 * any more, because somebody else did it first or the state moved on.
 *
 * @param overtaken - the errors that say so; any, if omitted
 * @returns whether the transaction was mined and succeeded.
 * @throws ActRefusedError for any other error of the contract; whatever else went wrong, such as an endpoint that can't be
 * reached, or a transaction that nobody mines.
 */
export async function sendIfDue(
  what: string,
  send: () => Promise<TransactionResponse>,
  contract: Interface,
  log: Logger,
  overtaken?: ReadonlySet<string>,
): Promise<boolean> {
  try {
    const receipt = await (await send()).wait(1, PATIENCE_MS);
    log.info({ what, transaction: receipt?.hash, gas: receipt?.gasUsed.toString() }, "done");
    return true;
  } catch (error) {
    // An action of a proposal may fail with any error of any contract, so the kind of failure decides, not its name.
    if (!isError(error, "CALL_EXCEPTION")) throw error;
    const revert = revertOf(error, [contract]);
    // of what was mined the chain keeps no reason; somebody else was first in the block
    const isMined = error.receipt != null;
    if (overtaken !== undefined && !isMined && !overtaken.has(revert?.name ?? ""))
      throw new ActRefusedError(what, revert?.text ?? error.shortMessage);
    log.debug({ what, revert: revert?.text ?? error.shortMessage }, "refused");
    return false;
  }
}
