import { dataSlice, getAddress, id } from "ethers";

import { CheckedSettlement } from "./checked.js";
import { openLabChain } from "./chain.js";
import { ContractSettlement } from "./contracts.js";
import { imaginedGrounds, ReferenceSettlement } from "./reference.js";
import type { Settlement } from "./settlement.js";

/** Makes who decides a task. */
export interface Referee {
  readonly name: RefereeName;
  /**
   * @param beacon - what draws follow from, if they follow from nothing else
   * @param seats - of a panel
   */
  settlement(beacon: string, seats: number): Settlement;
  close(): Promise<void>;
}

/** `chain`: contracts on a simulated chain, held against the reference rules; `rules`: those alone. */
export const REFEREES = ["chain", "rules"] as const;
export type RefereeName = (typeof REFEREES)[number];

/** The reference rules alone. */
export const rulesReferee: Referee = {
  name: "rules",
  settlement: (beacon, seats) =>
    new ReferenceSettlement(
      Array.from({ length: seats + 1 }, (_, auditor) => getAddress(dataSlice(id(`auditor ${auditor}`), 12))),
      imaginedGrounds(beacon),
    ),
  close: async () => {},
};

/** The contracts of the last build on a chain in this process. Everything that they decide is held against the rules. */
export async function openChainReferee(): Promise<Referee> {
  const chain = await openLabChain();
  return {
    name: "chain",
    settlement: (beacon) => new CheckedSettlement(new ContractSettlement(chain, beacon)),
    close: () => chain.close(),
  };
}
