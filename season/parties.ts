import { Role, ROLE_NAMES, type TaskRole } from "@artel/sdk";
import type { HDNodeWallet } from "ethers";

/** How a party of the season behaves. */
export type Conduct = "honest" | "flips-labels" | "copies" | "silent" | "lies";

/** A member of the cooperative with a role in its learning task. */
export interface PartyProfile {
  /** Name in the report. */
  readonly name: string;
  readonly role: TaskRole;
  readonly conduct: Conduct;
  readonly wallet: HDNodeWallet;
}

/** One more than the seats of a panel. */
export const AUDITORS = 6;
export const AGGREGATORS = 3;
/** Members who found the cooperative; the others are admitted by vote. */
export const FOUNDERS = 7;
/** Accounts that are no parties: the operator who deploys, the keeper, and a challenger. */
export const SERVICE_ACCOUNTS = 3;

/**
 * Gives the accounts of a chain their parts: first the clients, of whom the last but one trains on flipped labels and
 * the last copies; then auditors, of whom the last is silent; then aggregators, of whom the first lies.
 */
export function castParties(wallets: readonly HDNodeWallet[], clients: number): PartyProfile[] {
  const cast = (role: TaskRole, count: number, first: number, conducts: Readonly<Record<number, Conduct>>) =>
    wallets.slice(first, first + count).map((wallet, i): PartyProfile => ({
      name: `${ROLE_NAMES[role]} ${i + 1}`,
      role,
      conduct: conducts[i] ?? "honest",
      wallet,
    }));
  return [
    ...cast(Role.Client, clients, 0, { [clients - 2]: "flips-labels", [clients - 1]: "copies" }),
    ...cast(Role.Auditor, AUDITORS, clients, { [AUDITORS - 1]: "silent" }),
    ...cast(Role.Aggregator, AGGREGATORS, clients + AUDITORS, { 0: "lies" }),
  ];
}
