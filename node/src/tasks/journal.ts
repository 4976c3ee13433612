import { AbiCoder, getBytes, hexlify } from "ethers";

import type { DataStore } from "../data/DataStore.js";

/** What a party hid behind a commitment, and must still know when it is time to reveal. */
export interface Opening {
  /** Random bytes32. */
  readonly salt: string;
  /** What was committed to: an update, a vector of scores, a model. */
  readonly content: Uint8Array;
}

/**
 * Keeps openings in a party's own encrypted store, written before the commitment is sent: a daemon that is killed
 * between commit and reveal still reveals when it is started again, and never commits to something else.
 */
export class Journal {
  /**
   * @param store - the party's private store
   * @param scope - sets apart what belongs to different chains, contracts, tasks and roles
   * @param drawSalt - gives 32 bytes that nobody can guess
   */
  constructor(
    private readonly store: DataStore,
    private readonly scope: string,
    private readonly drawSalt: (round: bigint) => Uint8Array,
  ) {}

  /** The opening of a round, if one was recorded. */
  async find(round: bigint): Promise<Opening | undefined> {
    const name = this.nameOf(round);
    if (!(await this.store.has(name))) return undefined;
    const [salt, content] = CODER.decode(LAYOUT, await this.store.get(name));
    return { salt, content: getBytes(content) };
  }

  /** Records what is about to be committed to in a round, under a fresh salt. */
  async record(round: bigint, content: Uint8Array): Promise<Opening> {
    const opening = { salt: hexlify(this.drawSalt(round)), content };
    await this.store.put(this.nameOf(round), getBytes(CODER.encode(LAYOUT, [opening.salt, content])));
    return opening;
  }

  private nameOf(round: bigint): string {
    return `opening-${this.scope}-${round}`;
  }
}

const CODER = AbiCoder.defaultAbiCoder();
const LAYOUT = ["bytes32", "bytes"];
