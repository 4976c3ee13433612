import { Role, ROLE_NAMES, type TaskRole } from "@artel/sdk";
import type { HDNodeWallet } from "ethers";

/** How a party of the season behaves. */
export type Conduct = "honest" | "flips-labels" | "copies";

/** A member of the cooperative with a role in its learning task. */
export interface PartyProfile {
  /** Name in the report. */
  readonly name: string;
  readonly role: TaskRole;
  readonly conduct: Conduct;
  readonly wallet: HDNodeWallet;
}

export const AUDITORS = 5;
export const AGGREGATORS = 3;
/** Members who found the cooperative; the others are admitted by vote. */
export const FOUNDERS = 7;
/** Accounts that are no parties: the operator who deploys, and the keeper. */
export const SERVICE_ACCOUNTS = 2;

/**
 * Gives the accounts of a chain their parts: first the clients, of whom the last but one trains on flipped labels and
 * the last copies; then auditors, then aggregators.
 */
export function castParties(wallets: readonly HDNodeWallet[], clients: number): PartyProfile[] {
  const cast = (role: TaskRole, count: number, first: number): PartyProfile[] =>
    wallets.slice(first, first + count).map((wallet, i) => ({
      name: `${ROLE_NAMES[role]} ${i + 1}`,
      role,
      conduct: "honest",
      wallet,
    }));
  const trainers = cast(Role.Client, clients, 0);
  trainers[clients - 2] = { ...trainers[clients - 2], conduct: "flips-labels" };
  trainers[clients - 1] = { ...trainers[clients - 1], conduct: "copies" };
  return [
    ...trainers,
    ...cast(Role.Auditor, AUDITORS, clients),
    ...cast(Role.Aggregator, AGGREGATORS, clients + AUDITORS),
  ];
}
