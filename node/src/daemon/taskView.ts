import { cidFromBytes, decodeScores, type Manifest } from "@artel/sdk/learning";
import { queryLogs, type ILearningRounds } from "@artel/sdk";
import { getBytes } from "ethers";
import type { CID } from "multiformats/cid";

import type { ContentStore } from "../content/ContentStore.js";
import { RuleUnsupportedError } from "../errors.js";
import { ModelView, UnknownModelError } from "../modelView.js";

/** An update as its client revealed it on the chain. */
export interface UpdateRecord {
  /** The client's place in score vectors. */
  readonly index: number;
  readonly client: string;
  /** {@link tensorRoot} of the delta. */
  readonly root: string;
  readonly samples: bigint;
  /** Declared norm in quantised units. */
  readonly norm: bigint;
  /** Binary content identifier. */
  readonly cid: Uint8Array;
}

/** The medians of a round as the chain took them. */
export interface RoundScores {
  readonly medians: Int16Array;
  /** Places of the clients whose updates belong into the aggregate. */
  readonly included: ReadonlySet<number>;
}

/**
 * One learning task as everybody can read it: terms and events of the chain, and the content they name. Reads only.
 */
export class TaskView extends ModelView {
  /**
   * @param rounds - the contract, connected to a provider
   * @param taskId - number of the task
   * @param fromBlock - a block not after the one in which the task was opened
   * @param content - where manifests, updates and models are fetched
   */
  constructor(
    readonly rounds: ILearningRounds,
    readonly taskId: bigint,
    readonly fromBlock: number,
    content: ContentStore,
  ) {
    super(content);
  }

  /** The contract, for what serves every version of it. */
  get contract(): ILearningRounds {
    return this.rounds;
  }

  /** The rules of the task. Nobody is told by this contract for whom to seal an update. */
  override async manifest(): Promise<Manifest> {
    const rules = await super.manifest();
    if (rules.privacy.kind !== "open") throw new RuleUnsupportedError("privacy", rules.privacy.kind);
    return rules;
  }

  /** The running round. */
  state(): Promise<ILearningRounds.RoundStateStructOutput> {
    return this.rounds.roundState(this.taskId);
  }

  /** Updates revealed in a round and not struck, in the order of their commitments (one block: in order of place). */
  async updates(round: bigint): Promise<UpdateRecord[]> {
    const [committed, revealed, struck] = await Promise.all([
      queryLogs(this.rounds, this.rounds.filters.UpdateCommitted(this.taskId, round), this.fromBlock),
      queryLogs(this.rounds, this.rounds.filters.UpdateRevealed(this.taskId, round), this.fromBlock),
      queryLogs(this.rounds, this.rounds.filters.UpdateStruck(this.taskId, round), this.fromBlock),
    ]);
    const copies = new Set(struck.map(({ args }) => args.client));
    const committedAt = new Map(committed.map(({ args, blockNumber }) => [args.client, blockNumber]));
    return revealed
      .filter(({ args }) => !copies.has(args.client))
      .map(({ args }) => ({
        index: Number(args.index),
        client: args.client,
        root: args.root,
        samples: args.samples,
        norm: args.norm,
        cid: getBytes(args.cid),
      }))
      .sort((a, b) => committedAt.get(a.client)! - committedAt.get(b.client)! || a.index - b.index);
  }

  /** Roots of every update revealed in earlier rounds: whoever sends one again contributes nothing new. */
  async rootsBefore(round: bigint): Promise<Set<string>> {
    const logs = await queryLogs(this.rounds, this.rounds.filters.UpdateRevealed(this.taskId), this.fromBlock);
    return new Set(logs.filter(({ args }) => args.round < round).map(({ args }) => args.root));
  }

  /** Medians of a scored round; undefined before it is scored. */
  async scores(round: bigint): Promise<RoundScores | undefined> {
    const filter = this.rounds.filters.RoundScored(this.taskId, round);
    const [log] = await queryLogs(this.rounds, filter, this.fromBlock);
    if (log === undefined) return undefined;
    const bytes = getBytes(log.args.medians);
    const medians = decodeScores(bytes, bytes.length / 2);
    const places = [...medians.keys()].filter((place) => ((log.args.included >> BigInt(place)) & 1n) === 1n);
    return { medians, included: new Set(places) };
  }

  protected override async manifestCid(): Promise<CID> {
    const { manifest } = await this.rounds.termsOf(this.taskId);
    return cidFromBytes(getBytes(manifest));
  }

  private settledRounds() {
    return queryLogs(this.rounds, this.rounds.filters.RoundSettled(this.taskId), this.fromBlock);
  }

  protected override async rootBefore(root: string): Promise<string | undefined> {
    const [{ initialRoot }, settled] = await Promise.all([this.rounds.termsOf(this.taskId), this.settledRounds()]);
    const place = settled.findLastIndex(({ args }) => args.modelRoot === root);
    return place > 0 ? settled[place - 1].args.modelRoot : place === 0 ? initialRoot : undefined;
  }

  protected override async modelBytes(root: string): Promise<Uint8Array> {
    return this.content.get(cidFromBytes(await this.modelCid(root)));
  }

  private async modelCid(root: string): Promise<Uint8Array> {
    const terms = await this.rounds.termsOf(this.taskId);
    if (terms.initialRoot === root) return getBytes(terms.initialModel);
    const settled = await this.settledRounds();
    const log = settled.findLast(({ args }) => args.modelRoot === root);
    if (log === undefined) throw new UnknownModelError(this.taskId, root);
    return getBytes(log.args.model);
  }
}
