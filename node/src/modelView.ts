import { ArtelError } from "@artel/sdk";
import { deltaBetween, parseManifest, tensorFromBytes, tensorRoot, type Manifest } from "@artel/sdk/learning";
import type { CID } from "multiformats/cid";

import type { ContentStore } from "./content/ContentStore.js";
import { RuleUnsupportedError } from "./errors.js";
import { createStrategy, type Strategy } from "./strategy.js";
import { createTrainer } from "./trainer/create.js";
import type { Trainer } from "./trainer/Trainer.js";

/** Content does not have the root that the chain knows it by. */
export class ContentRootMismatchError extends ArtelError {
  readonly code = "node/content-root-mismatch";
  constructor(what: string, actual: string, expected: string) {
    super(`${what} has root ${actual}, not ${expected}`, actual, "fetch the content again from another source");
  }
}

/** No settled round of the task has this model root. */
export class UnknownModelError extends ArtelError {
  readonly code = "node/unknown-model";
  constructor(taskId: bigint, root: string) {
    super(`Task ${taskId} has no global model with root ${root}`, root, "ask for a root that roundState() named");
  }
}

/** The rules of a learning task and its global models, from whatever contract names their content. Reads only. */
export abstract class ModelView {
  private cachedManifest?: Promise<Manifest>;

  /** @param content - where manifests, updates and models are fetched */
  constructor(readonly content: ContentStore) {}

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

  /** Where a round starts: at its global model, or ahead of it if the strategy says so. */
  async start(state: { readonly modelRoot: string; readonly round: bigint }): Promise<Int32Array> {
    const [{ server }, strategy, model] = await Promise.all([
      this.manifest(),
      this.strategy(),
      this.model(state.modelRoot),
    ]);
    // Without momentum nobody needs the model before, which may be gone.
    const previous =
      server === undefined
        ? model
        : await this.model((await this.rootBefore(state.modelRoot, state.round)) ?? state.modelRoot);
    return strategy.start(model, previous);
  }

  /**
   * Quantised parameters of a global model that the chain knows.
   *
   * @param root - tensor root, as in `roundState().modelRoot`
   */
  async model(root: string): Promise<Int32Array> {
    const { parameterCount } = await this.trainer();
    const model = tensorFromBytes(await this.modelBytes(root), parameterCount);
    const actual = tensorRoot(model);
    if (actual !== root) throw new ContentRootMismatchError("The global model", actual, root);
    return model;
  }

  /**
   * The step that led to a global model, quantised; undefined for the initial one.
   *
   * @param root - tensor root, as in `roundState().modelRoot`
   * @param round - that starts from it; a later one may have led to it again
   */
  async lastStep(root: string, round?: bigint): Promise<Int32Array | undefined> {
    const before = await this.rootBefore(root, round);
    if (before === undefined) return undefined;
    const [start, end] = await Promise.all([this.model(before), this.model(root)]);
    return deltaBetween(start, end);
  }

  /** Identifier of the manifest. */
  protected abstract manifestCid(): Promise<CID>;
  /**
   * Serialised parameters of a global model.
   *
   * @throws UnknownModelError
   */
  protected abstract modelBytes(root: string): Promise<Uint8Array>;
  /**
   * Root of the global model that a global model was made of; undefined for the initial one.
   *
   * @param round - whose forerunners alone count
   */
  protected abstract rootBefore(root: string, round?: bigint): Promise<string | undefined>;

  private async readManifest(): Promise<Manifest> {
    const rules = parseManifest(await this.content.get(await this.manifestCid()));
    // better to take no part than to publish what was to be masked
    if (rules.privacy.kind === "secure-aggregation") throw new RuleUnsupportedError("privacy", rules.privacy.kind);
    return rules;
  }
}
