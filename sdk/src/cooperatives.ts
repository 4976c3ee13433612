import { getAddress, isAddress } from "ethers";
import { z } from "zod";

const Address = z.string().refine((text) => isAddress(text) && getAddress(text) === text, "is not an address");

/** What `deployments/<network>/cooperatives/<name>.json` holds: a cooperative and where its founding is. */
export const CooperativeRecord = z.strictObject({
  name: z.string().min(1),
  network: z.string().min(1),
  chainId: z.int().positive(),
  /** Its Treasury: the address that names it everywhere. */
  cooperative: Address,
  governor: Address,
  membershipToken: Address,
  founder: Address,
  /** Block of the founding: no event of the cooperative is older. */
  block: z.int().nonnegative(),
  transaction: z.string().regex(/^0x[0-9a-f]{64}$/),
});
export type CooperativeRecord = z.infer<typeof CooperativeRecord>;

/** A cooperative that somebody can apply to. */
export interface JoinLink {
  readonly chainId: bigint;
  readonly cooperative: string;
}

/** How a cooperative is named to those who want to join: the account of its Treasury by CAIP-10, `eip155:1:0x…`. */
export function formatJoinLink({ chainId, cooperative }: JoinLink): string {
  return `eip155:${chainId}:${cooperative}`;
}

/** What a link names; undefined if it is none. */
export function parseJoinLink(text: string): JoinLink | undefined {
  const [, chainId, address] = /^eip155:(\d{1,32}):(0x[0-9a-fA-F]{40})$/.exec(text) ?? [];
  return isAddress(address) ? { chainId: BigInt(chainId), cooperative: getAddress(address) } : undefined;
}
