import { freshAddress, gasOf, type Chain } from "./chain.js";
import type { Measured } from "./results.js";

/** Admissions, against a voting token minted and delegated to its holder. */
export async function measureMembership(chain: Chain): Promise<Measured> {
  const [cooperative, identity, ...others] = chain.signers;
  const registry = await chain.deploy("DIDRegistry");
  const membership = await chain.deploy("Membership", [registry.target]);
  await membership.admit([freshAddress(0)]);
  // the dearest of three, after each other, so that no word that is written now and then hides
  const single: number[] = [];
  for (const seed of [1, 2, 3]) single.push(await gasOf(membership.admit([freshAddress(seed)])));
  await registry.connect(identity).getFunction("changeOwner")(identity.address, freshAddress(4));
  const owned = await gasOf(membership.admit([identity.address]));
  const many = Array.from({ length: 100 }, (_, index) => freshAddress(100 + index));
  const bulk = await gasOf(membership.admit(many));

  const token = await chain.deploy("PeerVotes");
  const join = async (id: number) => {
    const holder = others[id];
    const minted = await gasOf(token.connect(cooperative).getFunction("mint")(holder.address, id));
    return minted + (await gasOf(token.connect(holder).getFunction("delegate")(holder.address)));
  };
  await join(1);
  const peer = { name: "OpenZeppelin ERC721Votes 5.7.0 mint + delegate", gas: await join(2) };
  return {
    "membership.admit": { ours: Math.max(...single), peer, variants: { "DID of another account": owned } },
    "membership.admit.bulk100.each": { ours: bulk / 100, peer },
  };
}
