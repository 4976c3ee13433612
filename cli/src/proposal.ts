import { ICooperativeGovernor__factory, ITreasury__factory, type ICooperativeGovernor } from "@artel/sdk";
import { ZeroAddress, type ContractTransaction } from "ethers";

import { transaction, type Plan } from "./command.js";
import type { ActContext, ChainContext } from "./context.js";
import { refusalOf } from "./decode.js";
import { NotACooperativeError } from "./errors.js";
import { formatMoment } from "./values.js";

/**
 * The governor of a cooperative; what is sent to it is told by name from then on.
 * @throws NotACooperativeError
 */
export async function governorOf(context: ChainContext, cooperative: string): Promise<ICooperativeGovernor> {
  const treasury = ITreasury__factory.connect(cooperative, context.provider);
  // What is no Treasury does not answer, or answers something else.
  const address = await treasury.governor().catch(() => ZeroAddress);
  if (address === ZeroAddress) throw new NotACooperativeError(cooperative);
  const governor = ICooperativeGovernor__factory.connect(address, context.provider);
  context.known.set(address.toLowerCase(), { name: "CooperativeGovernor", interface: governor.interface });
  context.known.set(cooperative.toLowerCase(), { name: "Treasury", interface: treasury.interface });
  return governor;
}

/**
 * Plans a proposal of a member.
 *
 * @param what - what it asks the others to do, in a few words
 * @param description - its text; without one these words and the time, as a cooperative takes no proposal twice
 */
export async function planProposal(
  context: ActContext,
  cooperative: string,
  { to, data }: ContractTransaction,
  what: string,
  description?: string,
): Promise<Plan> {
  const governor = await governorOf(context, cooperative);
  const refusal = await context.provider.call({ from: cooperative, to, data }).then(
    () => undefined,
    (error: unknown) => {
      const reason = refusalOf(context, error);
      if (reason === undefined) throw error;
      return reason;
    },
  );
  const text = description ?? `${what} (${formatMoment(await context.now())})`;
  const request = await governor.propose.populateTransaction([to], [0n], [data], text);
  return transaction(
    request,
    [
      `Asks the members of ${cooperative}: ${what}?`,
      ...(refusal === undefined ? [] : [`Carried out at this moment it would be refused: ${refusal}`]),
    ],
    {
      facts: { cooperative, refusedNow: refusal },
      outcome: async ({ logs }) => {
        const created = logs
          .map((log) => governor.interface.parseLog(log))
          .find((log) => log?.name === "ProposalCreated");
        const { proposalId, voteStart, voteEnd } = created!.args.toObject() as Record<string, bigint>;
        return {
          lines: [
            `Proposal ${proposalId}`,
            `Members vote from ${formatMoment(voteStart)} until ${formatMoment(voteEnd)}`,
          ],
          json: { proposalId, voteStart, voteEnd },
        };
      },
    },
  );
}
