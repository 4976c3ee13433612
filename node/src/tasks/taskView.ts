import {
  type Combining,
  IStakeVault__factory,
  queryLogs,
  readScope,
  readSeats,
  readVectors,
  Role,
  type ILearning,
  type PartKind,
} from "@artel/sdk";
import {
  ABSENT,
  bondPart,
  CELL_CLIENTS,
  cellOrder,
  cidOfTaskContent,
  decodeDetails,
  decodeVector,
  deltaBetween,
  openingsOf,
  panelsOf,
  roundSeed,
  weightOf,
  type AggregationRules,
  type Answer,
  type CommitmentScope,
  type Manifest,
  type NamedContent,
  type OpenedPart,
  type Panel,
  type PanelSizes,
  type Part,
  type RevealedOpening,
  type SeatOpening,
  type TaskContent,
} from "@artel/sdk/learning";
import type { RandomnessSource } from "@artel/sdk/randomness";
import { getBytes } from "ethers";
import type { CID } from "multiformats/cid";

import type { ContentStore } from "../content/ContentStore.js";
import { UnknownModelError } from "../errors.js";
import type { Recipient } from "../privacy/PrivacyMode.js";
import { excludedBy } from "../scoring.js";
import { createStrategy, type Strategy } from "../strategy.js";
import { createTrainer } from "../trainer/create.js";
import type { Trainer } from "../trainer/Trainer.js";
import { balancesOf, type SettledPanel } from "./balances.js";
import { readModel, readRules } from "./rules.js";

/** The running round as `roundState` tells it. */
export type TaskState = Awaited<ReturnType<ILearning["roundState"]>>;
/** A round, running or over, as its auditors score it. */
export type AuditedRound = Pick<TaskState, "round" | "startedAt" | "clients" | "auditors" | "modelRoot">;
/** Terms of a task. */
export type TaskTerms = Awaited<ReturnType<ILearning["termsOf"]>>;

/** An update as its client revealed it on the chain. */
export interface UpdateRecord extends RevealedOpening {
  /** Id of the client. */
  readonly id: number;
  /** Binary content identifier. */
  readonly cid: Uint8Array;
  /** What it weighs in the aggregate. */
  readonly weight: number;
  /** Whether it is another's work: somebody committed to this update before, in this round or an earlier one. */
  readonly copy: boolean;
  /** Whether a proof of that struck it, so that it has no score. */
  readonly struck: boolean;
}

/** An answer as its aggregator revealed it on the chain. */
export interface AnswerRecord {
  readonly seat: number;
  readonly aggregator: string;
  readonly answer: Answer;
}

/** A demand that a part of an answer be opened. */
export interface DemandRecord extends Pick<Answer, "modelRoot" | "nodesRoot"> {
  readonly round: bigint;
  readonly demander: string;
  readonly part: Part;
}

/** An appeal whose fresh panel is known. */
export interface DrawnAppeal {
  /** Number of the appealed panel in its round. */
  readonly panel: number;
  /** Of the fresh panel. */
  readonly seed: string;
  readonly seats: number;
  /** Second from which the fresh panel commits. */
  readonly startedAt: bigint;
}

/** One task of `LearningTasks` as everybody can read it: terms, events, beacon, and the content they name. Reads only. */
export class TaskView {
  private cachedTerms?: Promise<TaskTerms>;
  private cachedManifest?: Promise<Manifest>;

  /**
   * @param contract - connected to a provider
   * @param taskId - number of the task
   * @param fromBlock - a block not after the one in which the task was opened
   * @param content - where manifests, updates and models are fetched
   * @param randomness - tells the seed of a round before anybody has drawn it
   */
  constructor(
    readonly contract: ILearning,
    readonly taskId: bigint,
    readonly fromBlock: number,
    readonly content: ContentStore,
    private readonly randomness: RandomnessSource,
  ) {}

  /** The running round. */
  state(): Promise<TaskState> {
    return this.contract.roundState(this.taskId);
  }

  /** The terms of the task; read once. */
  terms(): Promise<TaskTerms> {
    this.cachedTerms ??= this.contract.termsOf(this.taskId).catch((error: unknown) => {
      // the next one who asks tries again
      this.cachedTerms = undefined;
      throw error;
    });
    return this.cachedTerms;
  }

  /**
   * The rules of the task, which are also those of its terms; read once.
   *
   * @throws RuleUnsupportedError, TermsMismatchError
   */
  manifest(): Promise<Manifest> {
    this.cachedManifest ??= this.terms()
      .then((terms) => readRules(terms, this.content))
      .catch((error: unknown) => {
        this.cachedManifest = undefined;
        throw error;
      });
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
   * @throws UnknownModelError, ContentRootMismatchError
   */
  async model(root: string): Promise<Int32Array> {
    const [{ initialRoot, initialModel }, settled, { parameterCount }] = await Promise.all([
      this.terms(),
      this.settledWith(root),
      this.trainer(),
    ]);
    if (settled === undefined && root !== initialRoot) throw new UnknownModelError(this.taskId, root);
    const contents: readonly NamedContent[] =
      settled === undefined ? [initialModel] : await this.contentsOf(settled.args.round, root);
    return Promise.any(contents.map((each) => readModel(each, root, parameterCount, this.content))).catch(
      ({ errors }: AggregateError) => Promise.reject(errors[0]),
    );
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

  /** How updates are combined. */
  async rules(): Promise<AggregationRules> {
    const { aggregation } = await this.terms();
    return {
      combining: Number(aggregation.combining) as Combining,
      trim: Number(aggregation.trim),
      sampleCap: Number(aggregation.sampleCap),
      clipNorm: aggregation.clipNorm,
      parameters: Number(aggregation.parameters),
      leafCells: Number(aggregation.leafCells),
    };
  }

  /** Where commitments of a round count. */
  scope(round: bigint): Promise<CommitmentScope> {
    return readScope(this.contract, this.taskId, round);
  }

  /**
   * First second after the Reveal of a round: what its seed is the beacon's for.
   *
   * @param round - the running one, if omitted
   */
  async revealDeadline(round?: Pick<TaskState, "startedAt">): Promise<bigint> {
    const [{ startedAt }, { schedule }] = await Promise.all([round ?? this.state(), this.terms()]);
    return startedAt + schedule.commit + schedule.reveal;
  }

  /**
   * A round that is over, as it was when its auditors scored it, with its seed. The running one has another model, and may
   * have more clients.
   *
   * @param round - whose seed was drawn
   */
  async pastRound(round: bigint): Promise<AuditedRound & { readonly seed: string }> {
    const { contract, taskId, fromBlock } = this;
    const [seeds, starts, joined, settled, { initialRoot }] = await Promise.all([
      queryLogs(contract, contract.filters.SeedDrawn(taskId, round), fromBlock),
      queryLogs(contract, contract.filters.RoundStarted(taskId, round), fromBlock),
      queryLogs(contract, contract.filters.ParticipantJoined(taskId, undefined, Role.Client), fromBlock),
      queryLogs(contract, contract.filters.RoundSettled(taskId), fromBlock),
      this.terms(),
    ]);
    const drawn = seeds.at(-1)!;
    const { seed, auditors } = drawn.args;
    // clients join until the end of Commit, so who was there at the draw is who was there when panels were made
    const clients = joined.filter(({ blockNumber }) => blockNumber <= drawn.blockNumber).length;
    const model = settled.filter(({ args }) => args.round < round).at(-1);
    return {
      ...{ round, startedAt: starts.at(-1)!.args.startedAt, clients: BigInt(clients), auditors, seed },
      modelRoot: model?.args.modelRoot ?? initialRoot,
    };
  }

  /** Appeals of a round's panels whose fresh panels are known. */
  async drawnAppeals(round: bigint): Promise<DrawnAppeal[]> {
    const { contract, taskId, fromBlock } = this;
    const drawn = await queryLogs(contract, contract.filters.AppealDrawn(taskId, round), fromBlock);
    return drawn.map(({ args: { panel, seed, seats, startedAt } }) => ({
      ...{ panel: Number(panel), seed, seats: Number(seats), startedAt },
    }));
  }

  /** What the auditors of a panel of the running round have to show. */
  async openings(round: bigint, panel: Panel): Promise<SeatOpening[]> {
    const { contract, taskId, fromBlock } = this;
    const [scope, vectors, seats] = await Promise.all([
      this.scope(round),
      readVectors(contract, taskId, round, fromBlock),
      readSeats(contract, taskId, round, panel),
    ]);
    return openingsOf(seats, vectors, scope);
  }

  /** The seed of the running round, drawn or not; undefined while the beacon does not have it. */
  async seed({ round }: TaskState): Promise<string | undefined> {
    const drawn = await this.contract.panelState(this.taskId);
    if (drawn.round === round) return drawn.seed;
    const beaconSeed = await this.randomness.seedOf(await this.revealDeadline());
    return beaconSeed === undefined ? undefined : roundSeed(await this.scope(round), beaconSeed);
  }

  /**
   * Whether the running round has updates enough to be scored, from the end of Reveal on. The draw of its seed decides that
   * for good: an update that is struck later voids no round, and auditors who let it go would pay for silence.
   */
  async hasEnoughUpdates({ round, updates }: Pick<TaskState, "round" | "updates">): Promise<boolean> {
    const [{ minClients }, drawn] = await Promise.all([this.terms(), this.contract.panelState(this.taskId)]);
    return drawn.round === round || updates >= minClients;
  }

  /** What panels follow from, beside the seed, from the end of Commit on. */
  async sizes({ clients, auditors }: Pick<TaskState, "clients" | "auditors">): Promise<PanelSizes> {
    const { panelCells, panelSeats } = await this.terms();
    return {
      clients: Number(clients),
      auditors: Number(auditors),
      panelCells: Number(panelCells),
      panelSeats: Number(panelSeats),
    };
  }

  /**
   * The panels of the running round; undefined while its seed is not known.
   *
   * @throws PanelCountError
   */
  async panels(state: TaskState): Promise<Panel[] | undefined> {
    const seed = await this.seed(state);
    return seed === undefined ? undefined : panelsOf(seed, await this.sizes(state));
  }

  /** Who is to read the updates of a panel and nobody else: its auditors and all aggregators. */
  async recipients({ auditors }: Panel): Promise<Recipient[]> {
    const { contract, taskId, fromBlock } = this;
    const [joined, keys] = await Promise.all([
      queryLogs(contract, contract.filters.ParticipantJoined(taskId), fromBlock),
      this.sealingKeys(),
    ]);
    return joined
      .filter(({ args: { role, id } }) =>
        Number(role) === Role.Auditor ? auditors.includes(Number(id)) : Number(role) === Role.Aggregator,
      )
      .map(({ args: { account } }) => {
        const key = keys.get(account);
        return { account, publicKey: key === undefined ? undefined : getBytes(key) };
      });
  }

  /** Keys under which updates are sealed, in hexadecimal, by account: what each published last. */
  async sealingKeys(): Promise<Map<string, string>> {
    const { contract, taskId, fromBlock } = this;
    const published = await queryLogs(contract, contract.filters.SealingKeyPublished(taskId), fromBlock);
    return new Map(published.map(({ args }) => [args.account, args.key]));
  }

  /** Where the wraps of a round's updates are, by client: what each announced first. */
  async wraps(round: bigint): Promise<Map<string, CID>> {
    const { contract, taskId, fromBlock } = this;
    const announced = await queryLogs(contract, contract.filters.WrapsPublished(taskId, round), fromBlock);
    return new Map(announced.reverse().map(({ args }) => [args.client, cidOfTaskContent(args)]));
  }

  /** Whether no more wraps are to come for these clients: all have announced theirs, or it is too late. */
  async areWrapsFinal(round: bigint, clients: ReadonlySet<number>): Promise<boolean> {
    const [updates, wraps, start, { schedule }, now] = await Promise.all([
      this.updates(round),
      this.wraps(round),
      this.revealDeadline(),
      this.terms(),
      this.now(),
    ]);
    // from half of AuditCommit on the contract takes none
    if (now >= start + schedule.auditCommit / 2n) return true;
    return updates.every(({ id, client, copy }) => copy || !clients.has(id) || wraps.has(client));
  }

  /** Updates revealed in a round, by id. */
  async updates(round: bigint): Promise<UpdateRecord[]> {
    const { contract, taskId, fromBlock } = this;
    const [joined, revealed, struck, caps] = await Promise.all([
      queryLogs(contract, contract.filters.ParticipantJoined(taskId), fromBlock),
      queryLogs(contract, contract.filters.UpdateRevealed(taskId), fromBlock),
      queryLogs(contract, contract.filters.UpdateStruck(taskId, round), fromBlock),
      this.rules(),
    ]);
    const ids = new Map(joined.map(({ args }) => [args.account, Number(args.id)]));
    const removed = new Set(struck.map(({ args }) => args.client));
    const before = new Set(revealed.filter(({ args }) => args.round < round).map(({ args }) => args.root));
    const running = revealed.filter(({ args }) => args.round === round);
    const copies = await this.laterOf(
      round,
      running.map(({ args: { client, root } }) => ({ client, root, id: ids.get(client)! })),
    );
    return running
      .map(({ args: { client, root, details, digest } }) => {
        const opening = { client, root, ...decodeDetails(details, digest) };
        return {
          ...opening,
          id: ids.get(client)!,
          cid: cidOfTaskContent(opening.content).bytes,
          weight: weightOf(opening, caps),
          copy: before.has(root) || copies.has(client),
          struck: removed.has(client),
        };
      })
      .sort((a, b) => a.id - b.id);
  }

  /**
   * Clients whose updates belong into the aggregate of a round, by id; undefined if no panel was scored. Final once the
   * round's Settle is over.
   */
  async included({ round }: Pick<TaskState, "round">): Promise<Set<number> | undefined> {
    const panels = await this.panelsUntil(round);
    const running = panels.filter((panel) => panel.round === round);
    if (running.every(({ medians }) => medians.size === 0)) return undefined;
    const { exclusionScore } = await this.terms();
    const below = excludedBy({ balances: balancesOf(panels), exclusionScore: Number(exclusionScore) });
    const scored = running.flatMap(({ medians }) => [...medians].filter(([, median]) => median !== ABSENT));
    return new Set(scored.map(([id]) => id).filter((id) => !below.has(id)));
  }

  /** Balances that a round begins with, by client id: what panels gave in its period, or debts of the one before. */
  async balances({ round }: Pick<TaskState, "round">): Promise<Map<number, number>> {
    const [panels, period] = await Promise.all([this.panelsUntil(round - 1n), this.periodOf(round)]);
    return balancesOf(panels, period);
  }

  /**
   * All panels that were settled in the task, in the order of their rounds, with the medians of the last verdict; void ones
   * have none.
   *
   * @param appealsBefore - number of a round: appeals of earlier ones count; all, if omitted
   */
  async settledPanels(appealsBefore?: bigint): Promise<SettledPanel[]> {
    const { contract, taskId, fromBlock } = this;
    const [drawn, scored, voided, appeals, rounds, { panelCells, panelSeats, periodRounds }] = await Promise.all([
      queryLogs(contract, contract.filters.SeedDrawn(taskId), fromBlock),
      queryLogs(contract, contract.filters.PanelSettled(taskId), fromBlock),
      queryLogs(contract, contract.filters.PanelVoided(taskId), fromBlock),
      queryLogs(contract, contract.filters.AppealSettled(taskId), fromBlock),
      queryLogs(contract, contract.filters.RoundSettled(taskId), fromBlock),
      this.terms(),
    ]);
    // settled before the next round's panels: balances are what they had been with these medians from the start
    const counted = appeals.filter(({ args }) => appealsBefore === undefined || args.round < appealsBefore);
    const appealed = new Map(counted.map(({ args }) => [`${args.round}/${args.panel}`, args.medians]));
    const byRound = new Map(
      drawn.map(({ args }) => {
        const sizes = {
          clients: Number(args.cells) * CELL_CLIENTS,
          auditors: Number(args.auditors),
          panelCells: Number(panelCells),
          panelSeats: Number(panelSeats),
        };
        return [args.round, panelsOf(args.seed, sizes)];
      }),
    );
    const panelOf = (round: bigint, number: bigint) => {
      return { round, period: periodAt(rounds, round, periodRounds), panel: byRound.get(round)![Number(number)] };
    };
    const panels: SettledPanel[] = [
      ...voided.map(({ args }) => ({ ...panelOf(args.round, args.panel), medians: new Map() })),
      ...scored.map(({ args }) => {
        const settled = panelOf(args.round, args.panel);
        const last = appealed.get(`${args.round}/${args.panel}`) ?? args.medians;
        return { ...settled, medians: decodeVector(settled.panel, getBytes(last)) };
      }),
    ];
    return panels.sort((a, b) => Number(a.round - b.round));
  }

  /** Pay period of a round, from 0. */
  async periodOf(round: bigint): Promise<number> {
    const [rounds, { periodRounds }] = await Promise.all([
      queryLogs(this.contract, this.contract.filters.RoundSettled(this.taskId), this.fromBlock),
      this.terms(),
    ]);
    return periodAt(rounds, round, periodRounds);
  }

  /** Order of the running round's cells, once it is drawn. */
  async cellOrder(): Promise<number[]> {
    const { seed, cells } = await this.contract.panelState(this.taskId);
    return [...cellOrder(seed, Number(cells) * CELL_CLIENTS)];
  }

  /** Answers of the running round that were revealed and not disproved, by seat. */
  async answers(round: bigint): Promise<AnswerRecord[]> {
    const [revealed, { disproved }] = await Promise.all([
      this.revealedAnswers(round),
      this.contract.answersOf(this.taskId),
    ]);
    return revealed.filter(({ seat }) => ((disproved >> BigInt(seat)) & 1n) === 0n);
  }

  /** Answers of a round that were revealed, by seat. */
  async revealedAnswers(round: bigint): Promise<AnswerRecord[]> {
    const { contract, taskId, fromBlock } = this;
    const revealed = await queryLogs(contract, contract.filters.AnswerRevealed(taskId, round), fromBlock);
    return revealed
      .map(({ args: { seat, aggregator, modelRoot, nodesRoot, codec, digest } }) => ({
        seat: Number(seat),
        aggregator,
        answer: { modelRoot, model: { codec: Number(codec), digest }, nodesRoot },
      }))
      .sort((a, b) => a.seat - b.seat);
  }

  /**
   * Demands, the earliest first.
   *
   * @param round - of the demands; any if undefined
   * @param demander - whose they are; anybody's if undefined
   */
  async demands(round?: bigint, demander?: string): Promise<DemandRecord[]> {
    const { contract, taskId, fromBlock } = this;
    const demanded = await queryLogs(contract, contract.filters.PartDemanded(taskId, round, demander), fromBlock);
    return demanded.map(({ args }) => ({
      round: args.round,
      demander: args.demander,
      modelRoot: args.modelRoot,
      nodesRoot: args.nodesRoot,
      part: { kind: Number(args.kind) as PartKind, count: Number(args.count), hash: args.hash },
    }));
  }

  /** What was opened in a round, of any answer. */
  async openedParts(round: bigint): Promise<OpenedPart[]> {
    const { contract, taskId, fromBlock } = this;
    const opened = await queryLogs(contract, contract.filters.PartOpened(taskId, round), fromBlock);
    return opened.map(({ args: { hash, data } }) => ({ hash, data }));
  }

  /** What a demand binds of its demander's stake. */
  async bond(): Promise<bigint> {
    const { aggregatorStake } = await this.terms();
    return bondPart(aggregatorStake);
  }

  /** What an account has in the vault for tasks of this contract and currency, and can still bind. */
  async freeStake(account: string): Promise<bigint> {
    const { contract } = this;
    const [vault, { token }] = await Promise.all([contract.VAULT(), this.terms()]);
    const { free } = await IStakeVault__factory.connect(vault, contract.runner).stakeOf(contract, token, account);
    return free;
  }

  /** Second of the latest block. */
  async now(): Promise<bigint> {
    const block = await this.contract.runner!.provider!.getBlock("latest");
    return BigInt(block!.timestamp);
  }

  /**
   * Root of the global model that a global model was made of; undefined for the initial one.
   *
   * @param round - whose forerunners alone count
   */
  private async rootBefore(root: string, round?: bigint): Promise<string | undefined> {
    return (await this.settledWith(root, round))?.args.previousRoot;
  }

  /** Where the model of a settled round may be: content can't be disputed, so all count who gave its root, seat by seat. */
  private async contentsOf(round: bigint, modelRoot: string): Promise<TaskContent[]> {
    const given = (await this.revealedAnswers(round)).filter(({ answer }) => answer.modelRoot === modelRoot);
    return [...new Map(given.map(({ answer: { model } }) => [`${model.codec}/${model.digest}`, model])).values()];
  }

  /**
   * The last round that settled with a model.
   *
   * @param before - number that it has to be below
   */
  private async settledWith(root: string, before?: bigint) {
    const { contract, taskId, fromBlock } = this;
    const logs = await queryLogs(contract, contract.filters.RoundSettled(taskId, undefined, root), fromBlock);
    return logs.filter(({ args }) => before === undefined || args.round < before).at(-1);
  }

  /** Of updates with equal roots, the clients of all but the one that was committed first, as the contract orders them. */
  private async laterOf(
    round: bigint,
    updates: readonly { client: string; root: string; id: number }[],
  ): Promise<Set<string>> {
    const byRoot = new Map<string, { client: string; id: number }[]>();
    for (const { client, root, id } of updates) byRoot.set(root, [...(byRoot.get(root) ?? []), { client, id }]);
    const later = new Set<string>();
    for (const equal of byRoot.values()) {
      if (equal.length === 1) continue;
      const timed = await Promise.all(
        equal.map(async ({ client, id }) => {
          return { client, id, committed: await this.committedAt(round, client) };
        }),
      );
      timed.sort((a, b) => Number(a.committed - b.committed) || a.id - b.id);
      for (const { client } of timed.slice(1)) later.add(client);
    }
    return later;
  }

  /**
   * When in a round's Commit a client committed, as the contract orders them: in 1/65,536 of it. The contract itself knows
   * the last commitment alone.
   */
  private async committedAt(round: bigint, client: string): Promise<bigint> {
    const { contract, taskId, fromBlock } = this;
    const [started, committed, { schedule }] = await Promise.all([
      queryLogs(contract, contract.filters.RoundStarted(taskId, round), fromBlock),
      queryLogs(contract, contract.filters.UpdateCommitted(taskId, round, client), fromBlock),
      this.terms(),
    ]);
    const { timestamp } = await committed.at(-1)!.getBlock();
    return ((BigInt(timestamp) - started.at(-1)!.args.startedAt) << 16n) / schedule.commit;
  }

  /**
   * Panels of rounds up to one, as they are known when its panels are settled: its own appeals come later, those of rounds
   * before are settled.
   */
  private async panelsUntil(round: bigint): Promise<SettledPanel[]> {
    return (await this.settledPanels(round)).filter((panel) => panel.round <= round);
  }
}

/** Pay period of a round, after those that were settled before it. */
function periodAt(
  settled: readonly { readonly args: { readonly round: bigint } }[],
  round: bigint,
  rounds: bigint,
): number {
  return Math.floor(settled.filter(({ args }) => args.round < round).length / Number(rounds));
}
