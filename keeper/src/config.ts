import { Address } from "@artel/sdk";
import { DRAND_RELAYS } from "@artel/sdk/randomness";
import { z } from "zod";

/** What a keeper needs to know. Secrets come from the environment and are never part of it. */
export const KeeperConfig = z.strictObject({
  /** JSON-RPC endpoint of the chain. */
  rpcUrl: z.url(),
  /** `addresses.json` of the deployment. */
  deployment: z.string().min(1),
  /** Encrypted keystore that holds the key; the environment does if omitted. */
  keystore: z.string().min(1).optional(),
  /** Who opened the learning tasks that are seen to, such as a cooperative's Treasury; everybody's are if omitted. */
  owner: z.array(Address).min(1).optional(),
  /** Relays asked for rounds of drand, where seeds come from it; they need no trust. The League of Entropy's if omitted. */
  drandRelay: z
    .array(z.url())
    .min(1)
    .default([...DRAND_RELAYS]),
  /** Pause between two looks at the chain, in milliseconds. */
  pollMs: z.int().min(50).max(600_000).default(4_000),
});
export type KeeperConfig = z.infer<typeof KeeperConfig>;
