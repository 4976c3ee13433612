import type { Beacon, ILearning } from "@artel/sdk";
import type { Logger } from "pino";

import { perform } from "./acts.js";

/** Proves to the beacon's contract what learning tasks draw panels from. */
export class SeedProofs {
  /** Proofs that are under way, by calldata: tasks may wait for the same. */
  private readonly underWay = new Map<string, Promise<number>>();

  /**
   * @param tasks - connected to the keeper's signer
   * @param beacon - of the contract
   */
  constructor(
    private readonly tasks: ILearning,
    private readonly beacon: Beacon,
  ) {}

  /**
   * Proves the seed of a second, unless that was done or is under way.
   *
   * @returns how many transactions it sent; undefined if the beacon does not have the seed yet
   */
  async prove(timepoint: bigint, log: Logger): Promise<number | undefined> {
    const { beacon } = this;
    if (BigInt(await beacon.contract.seedOf(timepoint)) !== 0n) return 0;
    const [to, data] = await Promise.all([beacon.contract.getAddress(), beacon.proofOf(timepoint)]);
    if (data === undefined) return undefined;
    const underWay = this.underWay.get(data);
    if (underWay !== undefined) return underWay.then(() => 0);
    const proof = perform(this.tasks, `prove the seed of second ${timepoint}`, { to, data }, log);
    this.underWay.set(data, proof);
    return proof.finally(() => this.underWay.delete(data));
  }
}
