import {
  cidFromBytes,
  decodeScores,
  deltaBetween,
  parseManifest,
  tensorFromBytes,
  tensorRoot,
  type Manifest,
} from "@artel/sdk/learning";
import { ArtelError, queryLogs, type ILearningRounds } from "@artel/sdk";
import { getBytes } from "ethers";

import type { ContentStore } from "../content/ContentStore.js";
import { RuleUnsupportedError } from "../errors.js";
import { createStrategy, type Strategy } from "../strategy.js";
import { createTrainer } from "../trainer/create.js";
import type { Trainer } from "../trainer/Trainer.js";

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

/** Content does not have the root that the chain knows it by. */
export class ContentRootMismatchError extends ArtelError {
  readonly code = "node/content-root-mismatch";
  constructor(what: string, actual: string, expected: string) {
    super(`${what} has root ${actual}, not ${expected}`, actual, "fetch the content again from another source");
  }
}

/**
 * One learning task as everybody can read it: terms and events of the chain, and the content they name. Reads only.
 */
export class TaskView {
  private cachedManifest?: Promise<Manifest>;

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
    readonly content: ContentStore,
  ) {}

  /** The running round. */
  state(): Promise<ILearningRounds.RoundStateStructOutput> {
    return this.rounds.roundState(this.taskId);
  }

  /** The rules of the task; read once. */
  manifest(): Promise<Manifest> {
    this.cachedManifest ??= this.readManifest();
    return this.cachedManifest;
  }

  /** A trainer for the task's architecture. */
  async trainer(): Promise<Trainer> {
    return createTrainer((await this.manifest()).model);
  }

  /** The task's strategy. */
  async strategy(): Promise<Strategy> {
    return createStrategy(await this.manifest(), await this.trainer());
  }

  /** Where the running round starts: at its global model, or ahead of it if the strategy says so. */
  async start(state: ILearningRounds.RoundStateStructOutput): Promise<Int32Array> {
    const [{ server }, strategy, model] = await Promise.all([
      this.manifest(),
      this.strategy(),
      this.model(state.modelRoot),
    ]);
    // Without momentum nobody needs the model before, which may be gone.
    const previous =
      server === undefined ? model : await this.model((await this.rootBefore(state.modelRoot)) ?? state.modelRoot);
    return strategy.start(model, previous);
  }

  /**
   * Quantised parameters of a global model that the chain knows.
   *
   * @param root - tensor root, as in `roundState().modelRoot`
   */
  async model(root: string): Promise<Int32Array> {
    const cid = await this.modelCid(root);
    const { parameterCount } = await this.trainer();
    const model = tensorFromBytes(await this.content.get(cidFromBytes(cid)), parameterCount);
    const actual = tensorRoot(model);
    if (actual !== root) throw new ContentRootMismatchError("The global model", actual, root);
    return model;
  }

  /**
   * The step that led to a global model, quantised; undefined for the initial one.
   *
   * @param root - tensor root, as in `roundState().modelRoot`
   */
  async lastStep(root: string): Promise<Int32Array | undefined> {
    const before = await this.rootBefore(root);
    if (before === undefined) return undefined;
    const [start, end] = await Promise.all([this.model(before), this.model(root)]);
    return deltaBetween(start, end);
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

  private async readManifest(): Promise<Manifest> {
    const { manifest } = await this.rounds.termsOf(this.taskId);
    const rules = parseManifest(await this.content.get(cidFromBytes(getBytes(manifest))));
    // Nobody is told here for whom to seal an update: better to take no part than to publish it to everybody.
    if (rules.privacy.kind !== "open") throw new RuleUnsupportedError("privacy", rules.privacy.kind);
    return rules;
  }

  private settledRounds() {
    return queryLogs(this.rounds, this.rounds.filters.RoundSettled(this.taskId), this.fromBlock);
  }

  /** Root of the global model that a global model was made of; undefined for the initial one. */
  private async rootBefore(root: string): Promise<string | undefined> {
    const [{ initialRoot }, settled] = await Promise.all([this.rounds.termsOf(this.taskId), this.settledRounds()]);
    const place = settled.findLastIndex(({ args }) => args.modelRoot === root);
    return place > 0 ? settled[place - 1].args.modelRoot : place === 0 ? initialRoot : undefined;
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

/** No settled round of the task has this model root. */
export class UnknownModelError extends ArtelError {
  readonly code = "node/unknown-model";
  constructor(taskId: bigint, root: string) {
    super(`Task ${taskId} has no global model with root ${root}`, root, "ask for a root that roundState() named");
  }
}
