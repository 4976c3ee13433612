import { Contract, zeroPadValue, type Provider } from "ethers";

import { DIDRegistry__factory } from "../contracts/index.js";
import { HistoryMissingError } from "./errors.js";

/** An event of an identity, as ERC-1056 defines it. */
export type IdentityEvent = { readonly block: number } & (
  | { readonly kind: "owner"; readonly owner: string }
  | { readonly kind: "delegate"; readonly name: string; readonly delegate: string; readonly validTo: bigint }
  | { readonly kind: "attribute"; readonly name: string; readonly value: string; readonly validTo: bigint }
);

const registryInterface = DIDRegistry__factory.createInterface();
const TOPICS = (["DIDOwnerChanged", "DIDDelegateChanged", "DIDAttributeChanged"] as const).map(
  (name) => registryInterface.getEvent(name).topicHash,
);

/**
 * The whole history of an identity, oldest first. Walks back from the last change, one block a request, so that it asks
 * nothing of the provider but `eth_call` and `eth_getLogs`.
 * @throws HistoryMissingError if the node lacks old logs
 */
export async function readHistory(provider: Provider, registry: string, identity: string): Promise<IdentityEvent[]> {
  const contract = new Contract(registry, registryInterface, provider);
  let block = Number(await contract.changed(identity));
  const events: IdentityEvent[] = [];
  while (block !== 0) {
    const logs = await provider.getLogs({
      address: registry,
      topics: [TOPICS, zeroPadValue(identity, 32)],
      fromBlock: block,
      toBlock: block,
    });
    if (logs.length === 0) throw new HistoryMissingError(identity, block);
    const parsed = logs.map((log) => registryInterface.parseLog(log)!);
    events.unshift(
      ...parsed.map(({ name, args }): IdentityEvent => {
        const at = { block };
        if (name === "DIDOwnerChanged") return { ...at, kind: "owner", owner: args.owner };
        if (name === "DIDDelegateChanged") {
          return { ...at, kind: "delegate", name: args.delegateType, delegate: args.delegate, validTo: args.validTo };
        }
        return { ...at, kind: "attribute", name: args.name, value: args.value, validTo: args.validTo };
      }),
    );
    // later events of a block point to the block itself
    block = Number(parsed[0].args.previousChange);
  }
  return events;
}
