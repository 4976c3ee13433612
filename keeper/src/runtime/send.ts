import { revertOf } from "@artel/sdk";
import { isError, type ContractTransactionResponse, type Interface } from "ethers";
import type { Logger } from "pino";

/**
 * Sends one transaction and waits for it to be mined. A refusal by the contract is no failure: the act was not due
 * any more, because somebody else did it first or the state moved on.
 *
 * @returns whether the transaction was mined and succeeded.
 * @throws whatever else went wrong, such as an endpoint that can't be reached.
 */
export async function sendIfDue(
  what: string,
  send: () => Promise<ContractTransactionResponse>,
  contract: Interface,
  log: Logger,
): Promise<boolean> {
  try {
    const receipt = await (await send()).wait();
    log.info({ what, transaction: receipt?.hash, gas: receipt?.gasUsed.toString() }, "done");
    return true;
  } catch (error) {
    // An action of a proposal may fail with any error of any contract, so the kind of failure decides, not its name.
    if (!isError(error, "CALL_EXCEPTION")) throw error;
    log.debug({ what, revert: revertOf(error, [contract])?.text ?? error.shortMessage }, "refused");
    return false;
  }
}
