import { encodeRlp, keccak256, toBeArray } from "ethers";
import { z } from "zod";

import { BlockMissingError, HeaderFieldsError } from "./errors.js";

const data = z.string().regex(/^0x([0-9a-f]{2})*$/i);
const quantity = z.string().regex(/^0x[0-9a-f]+$/i);
/** Integers are in a header without leading zeros, and zero as nothing. */
const integer = quantity.transform((text) => toBeArray(text));

/** The fields of a header, in its order. Each fork added some at the end. */
const Fields = z.object({
  parentHash: data,
  sha3Uncles: data,
  miner: data,
  stateRoot: data,
  transactionsRoot: data,
  receiptsRoot: data,
  logsBloom: data,
  difficulty: integer,
  number: integer,
  gasLimit: integer,
  gasUsed: integer,
  timestamp: integer,
  extraData: data,
  mixHash: data,
  nonce: data,
  // London
  baseFeePerGas: integer.optional(),
  // Shanghai
  withdrawalsRoot: data.optional(),
  // Cancun
  blobGasUsed: integer.optional(),
  excessBlobGas: integer.optional(),
  parentBeaconBlockRoot: data.optional(),
  // Prague
  requestsHash: data.optional(),
});

const Block = z.object({ hash: data, number: quantity, timestamp: quantity });

/** Asks a chain by JSON-RPC, as `JsonRpcProvider.send` does. */
export type RpcSend = (method: string, parameters: unknown[]) => Promise<unknown>;

/** What `HeaderBeacon.prove` takes beside the timepoint. */
export interface HeaderProof {
  readonly number: bigint;
  /** RLP of the block's header. */
  readonly header: string;
  /** RLP of its parent's header. */
  readonly parent: string;
  /** What it proves: the block's mix hash. */
  readonly mixHash: string;
}

/** A block as it was answered, with what is looked for. */
interface FoundBlock {
  readonly block: unknown;
  readonly number: bigint;
  readonly time: bigint;
}

/**
 * The header of a block, as the chain hashes it.
 *
 * @param block - what `eth_getBlockByNumber` gives
 * @throws HeaderFieldsError if the fields are not those that the block's hash was made of
 */
export function headerRlp(block: unknown): string {
  const { hash } = parse(Block, block);
  const fields = parse(Fields, block);
  const names = Object.keys(Fields.shape) as (keyof typeof fields)[];
  const header = encodeRlp(names.flatMap((name) => fields[name] ?? []));
  if (keccak256(header) !== hash.toLowerCase()) throw new HeaderFieldsError(block);
  return header;
}

/**
 * The proof that a block is the first at or after a time.
 *
 * @param send - asks a chain that keeps its blocks that long
 * @param time - in seconds; `readyAt(timepoint)` of the beacon
 * @throws BlockMissingError if there is none yet, HeaderFieldsError if the chain's headers have other fields
 */
export async function headerProof(send: RpcSend, time: bigint): Promise<HeaderProof> {
  const { first, before } = await blocksAround(send, time);
  const header = headerRlp(first.block);
  const { mixHash } = parse(Fields, first.block);
  return { number: first.number, header, parent: headerRlp(before.block), mixHash };
}

/**
 * Number of the first block at or after a time.
 *
 * @param time - in seconds
 * @throws BlockMissingError if there is none yet
 */
export async function firstBlockAt(send: RpcSend, time: bigint): Promise<bigint> {
  return (await blocksAround(send, time)).first.number;
}

/** The first block at or after a time, and the one before it. */
async function blocksAround(send: RpcSend, time: bigint): Promise<{ first: FoundBlock; before: FoundBlock }> {
  const read = async (tag: string): Promise<FoundBlock> => {
    const block = await send("eth_getBlockByNumber", [tag, false]);
    const { number, timestamp } = parse(Block, block);
    return { block, number: BigInt(number), time: BigInt(timestamp) };
  };
  const at = (number: bigint) => read(`0x${number.toString(16)}`);
  // times never fall from block to block: `before` is earlier than `time`, `first` is not
  let first = await read("latest");
  let before = await at(0n);
  if (first.time < time || before.time >= time) throw new BlockMissingError(time);
  while (first.number - before.number > 1n) {
    const middle = await at((first.number + before.number) / 2n);
    if (middle.time < time) before = middle;
    else first = middle;
  }
  return { first, before };
}

function parse<T>(schema: z.ZodType<T>, block: unknown): T {
  const parsed = schema.safeParse(block);
  if (!parsed.success) throw new HeaderFieldsError(block, { cause: parsed.error });
  return parsed.data;
}
