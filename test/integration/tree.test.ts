import { expect } from "chai";
import {
  concat,
  type ContractTransactionResponse,
  dataLength,
  id,
  keccak256,
  toBeHex,
  ZeroAddress,
  ZeroHash,
} from "ethers";
import { network } from "hardhat";
import {
  aggregate,
  type Aggregation,
  type AggregationInputs,
  type AggregationTree,
  chunkDispute,
  type ChunkOpening,
  type ClaimedTree,
  createRandom,
  type Dispute,
  disputeOf,
  type Fault,
  findFault,
  nextStep,
  nodesRoot,
  type OpenedPart,
  openingOf,
  openNode,
  type Part,
  type PostedAnswer,
  stepDispute,
  tensorHashes,
  type TreeNode,
  type TreeUpdate,
  tensorRoot,
} from "@artel/sdk/learning";
import { Combining } from "@artel/sdk";

import type { AnswersHarness } from "../../sdk/src/contracts/index.js";

const { ethers, networkHelpers } = await network.create({ network: "l1", chainType: "l1" });

const SEED = id("seed");
const CODEC = 0x55;
const DIGEST = id("content");
const EXCLUSION = 50;
/** Seconds of AggregateReveal, in which a demand must be met. */
const STEP = 600;

/** Terms of a task in Challenge. */
function terms(startsAt: number, inputs: Pick<AggregationInputs, "rules" | "momentum">, initialRoot: string) {
  const { parameters, sampleCap, clipNorm, combining, trim, leafCells } = inputs.rules;
  const content = { codec: CODEC, digest: DIGEST };
  return {
    cooperative: ZeroAddress,
    token: ZeroAddress,
    reward: 0,
    startsAt,
    schedule: {
      commit: 1,
      reveal: 1,
      auditCommit: 1,
      auditReveal: 1,
      settle: 1,
      aggregateCommit: 1,
      aggregateReveal: STEP,
      challenge: 100,
      longChallenge: 200,
      appeal: 0,
    },
    aggregation: { parameters, sampleCap, clipNorm, combining, trim, leafCells, momentum: inputs.momentum },
    rounds: 1,
    periodRounds: 1,
    retries: 0,
    minClients: 1,
    maxClients: 1,
    panelCells: 1,
    panelSeats: 3,
    minAuditors: 4,
    maxAuditors: 4,
    aggregators: 16,
    aggregatorQuorum: 2,
    auditorShare: 0,
    aggregatorShare: 0,
    treasuryShare: 0,
    epsilon: 0,
    exclusionScore: EXCLUSION,
    minimumScore: 1,
    auditorStake: 1,
    aggregatorStake: 1,
    missPenalty: 1,
    slashRecipient: ZeroAddress,
    consentPurpose: ZeroHash,
    reputationCategory: ZeroHash,
    minimumReputation: 0,
    microRho: 0,
    initialRoot,
    initialModel: content,
    manifest: content,
  };
}

const availabilityLib = await ethers.deployContract("AvailabilityLib");
const disputeLib = await ethers.deployContract("DisputeLib");

/** What makes one round after the other. */
interface Shape {
  readonly seed: number;
  readonly combining: Combining;
  readonly leafCells: number;
  readonly cells: number;
  readonly parameters: number;
  readonly momentum: number;
  /** Chance of a client to have an update. */
  readonly density: number;
  /** Values of deltas and models lie within plus and minus this. */
  readonly range: number;
  /** Which clients alone have updates, all of them aggregated: by id and place of their cell in the order. */
  readonly only?: (client: number, place: number) => boolean;
}

/** A round on the chain: some clients have updates, and some of these do not belong into the aggregate. */
class Round {
  private constructor(
    readonly harness: AnswersHarness,
    readonly inputs: AggregationInputs,
    readonly own: Aggregation,
    readonly strays: Record<"unrevealed" | "struck" | "excluded" | "unscored", TreeUpdate[]>,
  ) {}

  static async play(shape: Shape): Promise<Round> {
    const random = createRandom("tree", shape.seed);
    const value = () => Math.floor((random.next() * 2 - 1) * shape.range);
    const tensor = () => Int32Array.from({ length: shape.parameters }, value);
    const { combining, leafCells, parameters, momentum } = shape;
    const rules = { combining, trim: 40, leafCells, parameters, sampleCap: 500, clipNorm: 1n << 20n };
    const model = tensor();
    const previous = shape.seed % 2 === 0 ? model : tensor();

    const harness = (await ethers.deployContract("AnswersHarness", [], {
      libraries: {
        AvailabilityLib: availabilityLib.target,
        DisputeLib: disputeLib.target,
      },
    })) as unknown as AnswersHarness;
    const startsAt = (await networkHelpers.time.latest()) - STEP - 10;
    await harness.open(terms(startsAt, { rules, momentum }, tensorRoot(model)), tensorRoot(previous));
    // two panels from two cells on; the second is void if there are three cells and more
    const panels = Math.min(shape.cells, 2);
    const halved = shape.cells > 2 && shape.only === undefined;
    await harness.draw(SEED, shape.cells, panels, halved ? 1 : 3);
    const order = (await harness.cellOrder()).map(Number);
    const scored = halved ? Math.floor(shape.cells / 2) : shape.cells;

    const updates: TreeUpdate[] = [];
    const strays: Round["strays"] = { unrevealed: [], struck: [], excluded: [], unscored: [] };
    for (let client = 0; client < shape.cells * 8; client++) {
      const place = order.indexOf(client >> 3);
      if (!(shape.only?.(client, place) ?? random.next() <= shape.density)) continue;
      const update: TreeUpdate = {
        id: client,
        account: toBeHex(0x10000 + client, 20),
        // one without weight: among the children, but not in a mean
        samples: client % 13 === 5 ? 0n : BigInt(random.below(1000) + 1),
        norm: BigInt(Math.floor(random.next() * 2 ** 22)),
        inner: keccak256(toBeHex(client, 32)),
        delta: tensor(),
      };
      const { account, samples, norm, inner } = update;
      await harness.addUpdate(account, client, tensorRoot(update.delta), samples, norm, inner);
      const fate = shape.only === undefined ? random.next() : 1;
      if (place >= scored) strays.unscored.push(update);
      else if (fate < 0.03) {
        await harness.removeUpdate(client);
        strays.unrevealed.push(update);
      } else if (fate < 0.05) {
        await harness.removeUpdate(client);
        strays.struck.push(update);
      } else if (fate < 0.1) {
        await harness.setScore(client, -EXCLUSION - 1);
        strays.excluded.push(update);
      } else {
        if (fate < 0.2) await harness.setScore(client, -EXCLUSION);
        updates.push(update);
      }
    }
    const inputs = { order, updates, rules, model, previous, momentum };
    return new Round(harness, inputs, aggregate(inputs), strays);
  }

  /** What an aggregator would post who computed this. */
  posted(tree: ClaimedTree, model: Int32Array, seat = 0): PostedAnswer {
    const answer = {
      modelRoot: tensorRoot(model),
      model: { codec: CODEC, digest: DIGEST },
      nodesRoot: nodesRoot(tree),
    };
    return { seat, answer, tree, model };
  }

  honest(): PostedAnswer {
    return this.posted(this.own.tree, this.own.model);
  }

  /** Disproves an answer by its first fault, without effect on what follows. */
  async disprove(posted: PostedAnswer): Promise<Fault> {
    const fault = findFault(posted, this.own);
    expect(fault, "a fault").not.to.equal(undefined);
    await this.harness.post(posted.seat, posted.answer);
    await this.dispute(disputeOf(fault!, posted, this.inputs));
    return fault!;
  }

  async dispute(dispute: Dispute): Promise<void> {
    await this.harness.getFunction(dispute.method).staticCall(...dispute.args);
  }

  /** Goes down an answer by demands, all of which somebody meets, and disproves it without effect on what follows. */
  async goDown({ seat, answer }: PostedAnswer, open: (part: Part) => string | undefined) {
    const { harness } = this;
    await harness.post(seat, answer);
    const vault = await ethers.getContractAt("StakeVault", await harness.VAULT());
    await vault.deposit(harness.target, ZeroAddress, 100, { value: 100 });
    const opened: OpenedPart[] = [];
    const transactions: ContractTransactionResponse[] = [];
    for (;;) {
      const step = nextStep({ seat, answer }, this.own, this.inputs, opened)!;
      if (!("part" in step)) {
        await this.dispute(step);
        return { dispute: step, transactions };
      }
      transactions.push(await harness.getFunction(step.method).send(...step.args));
      const data = open(step.part)!;
      transactions.push(await harness.openPart(answer, step.part, data));
      opened.push({ hash: step.part.hash, data });
    }
  }

  /** A tree that is right but for what `change` makes of one node. */
  changed(level: number, index: number, change: (node: TreeNode) => TreeNode<number | bigint>): ClaimedTree {
    return this.own.tree.map((nodes, l) => nodes.map((node, i) => (l === level && i === index ? change(node) : node)));
  }

  /** Nodes of the right tree: all upper ones, and no more than ten of the lowest. */
  nodes(): { level: number; index: number; node: TreeNode }[] {
    return this.own.tree.flatMap((nodes, level) => {
      const step = level === 0 ? Math.ceil(nodes.length / 10) : 1;
      return nodes.map((node, index) => ({ level, index, node })).filter(({ index }) => index % step === 0);
    });
  }
}

function withTensor(tensor: Int32Array): (node: TreeNode) => TreeNode {
  return ({ weight }) => ({ root: tensorRoot(tensor), weight, tensor });
}

function nudged(tensor: Int32Array, index: number, by: number): Int32Array {
  return tensor.map((value, i) => (i === index ? value + by : value));
}

/** A tensor's root with something beside its chunks, and the opening of what is there. */
function besideChunks(tensor: Int32Array): { root: string; chunk: ChunkOpening } {
  const leaf = toBeHex(1, 32);
  let level = [...tensorHashes(tensor)[0].slice(0, -1), leaf];
  const index = level.length - 1;
  const siblings: string[] = [];
  while (level.length > 1) {
    siblings.push(level[level.length - 2]);
    level = Array.from({ length: level.length / 2 }, (_, i) => keccak256(concat(level.slice(2 * i, 2 * i + 2))));
  }
  const length = tensor.length;
  return { root: keccak256(concat([level[0], toBeHex(length, 32)])), chunk: { index, length, leaf, siblings } };
}

const { Mean, TrimmedMean, Median } = Combining;
const WHOLE = 2 ** 31 - 2;
const SHAPES: Shape[] = [
  { seed: 1, combining: Mean, leafCells: 4, cells: 9, parameters: 130, momentum: 40_000, density: 0.8, range: WHOLE },
  { seed: 2, combining: TrimmedMean, leafCells: 4, cells: 9, parameters: 65, momentum: 0, density: 0.9, range: WHOLE },
  { seed: 3, combining: Median, leafCells: 2, cells: 7, parameters: 64, momentum: 65_535, density: 0.8, range: 1000 },
  { seed: 4, combining: Mean, leafCells: 1, cells: 67, parameters: 70, momentum: 1, density: 0.12, range: 3 },
  { seed: 5, combining: TrimmedMean, leafCells: 1, cells: 40, parameters: 1, momentum: 7, density: 0.2, range: WHOLE },
  { seed: 6, combining: Mean, leafCells: 1, cells: 1, parameters: 100, momentum: 9, density: 1, range: 2 ** 20 },
  { seed: 7, combining: Median, leafCells: 3, cells: 2, parameters: 66, momentum: 9, density: 0, range: 100 },
];

/** The largest round: 10,000 clients, and a model whose tree has ten levels. */
const LARGE = { cells: 1250, parameters: 2 ** 15 + 1, momentum: 3, density: 0, range: 2 ** 18 };
/** What a dispute may cost if a byte of calldata costs 64 (EIP-7976), base cost included. */
const LIMIT = 2_000_000;
/** What a demand may cost, and an opening. */
const DEMAND_GOAL = 150_000;

describe("the price of a dispute", function () {
  this.timeout(60_000);

  // The last lowest node has the last four of the cells; the last of level 1 has 32 children of three or four cells.
  // Production is compiled through the intermediate language, tests are not: there a trimmed mean costs 1.2 times as much.
  for (const [combining, level, goal] of [
    [Mean, 0, 1_000_000],
    [TrimmedMean, 0, 1_200_000],
    [Mean, 1, 1_000_000],
  ] as const) {
    it(`AGG-14 ${Object.keys(Combining)[combining]} of 32 children on level ${level}`, async () => {
      const only = (client: number, place: number) =>
        level === 0 ? place >= LARGE.cells - 4 : place >= 1122 && place % 3 === 0 && client % 8 === 0;
      const round = await Round.play({ ...LARGE, seed: 100 + level, combining, leafCells: 4, only });
      const index = round.own.tree[level].length - 1;
      const wrong = nudged(round.own.tree[level][index].tensor!, 64 * 333 + 5, 1);
      const posted = round.posted(round.changed(level, index, withTensor(wrong)), round.own.model);
      const fault = findFault(posted, round.own)!;
      expect(fault).to.deep.equal({ kind: "chunk", level, index, chunk: 333 });
      const dispute = disputeOf(fault, posted, round.inputs);
      await round.harness.post(0, posted.answer);
      const transaction = await round.harness.getFunction(dispute.method).send(...dispute.args);
      const { gasUsed } = (await transaction.wait())!;
      const bytes = dataLength(transaction.data);
      expect(gasUsed).to.be.below(goal);
      expect(21_000 + 64 * bytes).to.be.below(LIMIT);
    });
  }

  it("AGG-14 a demand and its opening, down to a lowest node's chunk", async () => {
    const only = (_: number, place: number) => place >= LARGE.cells - 4;
    const round = await Round.play({ ...LARGE, seed: 102, combining: Mean, leafCells: 4, only });
    const wrong = nudged(round.own.tree[0].at(-1)!.tensor!, 64 * 333, 1);
    const tree = round.changed(0, round.own.tree[0].length - 1, withTensor(wrong)) as AggregationTree;
    const posted = round.posted(tree, round.own.model);
    const { transactions } = await round.goDown(posted, (part) => openingOf(part, { ...round.own, tree }));
    // three nodes, ten levels of hashes by five
    expect(transactions.length).to.equal(2 * 5);
    for (const { gasUsed } of await Promise.all(transactions.map((sent) => sent.wait().then((mined) => mined!))))
      expect(gasUsed).to.be.below(DEMAND_GOAL);
  });
});

describe("the aggregation tree, decided by the chain", function () {
  this.timeout(60_000);

  for (const shape of SHAPES) {
    const name = `${Object.keys(Combining)[shape.combining]}, ${shape.cells} cells by ${shape.leafCells}`;
    describe(name, () => {
      let round: Round;
      before(async () => {
        round = await Round.play(shape);
      });

      it("AGG-05 no dispute of an answer that is right succeeds", async () => {
        const posted = round.honest();
        expect(findFault(posted, round.own)).to.equal(undefined);
        await round.harness.post(0, posted.answer);
        const refused = async (fault: Fault, error = "LearningAnswers_NoFault") =>
          expect(round.dispute(disputeOf(fault, posted, round.inputs))).to.be.revertedWithCustomError(
            disputeLib,
            error,
          );
        const chunks = Math.ceil(shape.parameters / 64);
        for (const { level, index, node } of round.nodes()) {
          await refused({ kind: "weight", level, index });
          if (node.tensor === undefined) continue;
          for (let chunk = 0; chunk < chunks; chunk++) await refused({ kind: "chunk", level, index, chunk });
        }
        for (let chunk = 0; chunk < chunks; chunk++) await refused({ kind: "step", chunk });
      });

      it("AGG-06 one value off by one, wherever it is, is enough", async () => {
        for (const { level, index, node } of round.nodes()) {
          if (node.tensor === undefined) continue;
          const at = (level * 31 + index * 17) % shape.parameters;
          const by = node.tensor[at] === 2 ** 31 - 1 || index % 2 === 1 ? -1 : 1;
          const tree = round.changed(level, index, withTensor(nudged(node.tensor, at, by)));
          const fault = await round.disprove(round.posted(tree, round.own.model));
          expect(fault).to.deep.equal({ kind: "chunk", level, index, chunk: Math.floor(at / 64) });
        }
        const at = shape.parameters - 1;
        const model = nudged(round.own.model, at, round.own.model[at] > 0 ? -1 : 1);
        const fault = await round.disprove(round.posted(round.own.tree, model));
        expect(fault).to.deep.equal({ kind: "step", chunk: Math.floor(at / 64) });
      });

      it("AGG-06 a wrong weight, a root where there is nothing, nothing where there is a root", async () => {
        const tensor = new Int32Array(shape.parameters);
        for (const { level, index, node } of round.nodes()) {
          const wrong: ((node: TreeNode) => TreeNode<number | bigint>)[] = [
            (right) => ({ ...right, weight: right.weight + 1 }),
            (right) => ({ ...right, weight: 2n ** 256n - 1n }),
          ];
          if (node.weight === 0) wrong.push(withTensor(tensor));
          else wrong.push(({ weight }) => ({ root: ZeroHash, weight }));
          for (const change of wrong) {
            const tree = round.changed(level, index, change);
            const fault = await round.disprove(round.posted(tree, round.own.model));
            expect(fault).to.deep.equal({ kind: "weight", level, index });
          }
        }
      });

      it("AGG-06 a tensor of another length", async () => {
        for (const length of [shape.parameters + 1, shape.parameters + 64, 1].filter((l) => l !== shape.parameters)) {
          const tensor = new Int32Array(length);
          for (const { level, index, node } of round.nodes()) {
            if (node.tensor === undefined) continue;
            const posted = round.posted(round.changed(level, index, withTensor(tensor)), round.own.model);
            expect(await round.disprove(posted)).to.deep.equal({ kind: "chunk", level, index, chunk: 0 });
          }
          const posted = round.posted(round.own.tree, tensor);
          expect(await round.disprove(posted)).to.deep.equal({ kind: "step", chunk: 0 });
        }
      });

      it("AGG-06 anything but zero beside a tensor's chunks, and zero beside those of a right one is no fault", async () => {
        const chunks = Math.ceil(shape.parameters / 64);
        if (chunks === 2 ** Math.ceil(Math.log2(chunks))) return;
        const { own, inputs } = round;
        const model = besideChunks(own.model);
        const step = { seat: 0, answer: { ...round.honest().answer, modelRoot: model.root }, tree: own.tree };
        await round.harness.post(0, step.answer);
        await round.dispute(stepDispute(0, step.answer, model.chunk, own.tree, inputs));
        for (const { level, index, node } of round.nodes()) {
          if (node.tensor === undefined) continue;
          const { root, chunk } = besideChunks(node.tensor);
          const tree = round.changed(level, index, ({ weight }) => ({ root, weight }));
          const posted = round.posted(tree, own.model);
          await round.harness.post(0, posted.answer);
          await round.dispute(chunkDispute(openNode(posted, level, index), chunk, tree, inputs));
        }
        const honest = round.honest();
        await round.harness.post(0, honest.answer);
        const [leaves] = tensorHashes(own.model);
        const { siblings } = model.chunk;
        const refused = async (index: number, leaf: string, above: string[]) =>
          expect(
            round.dispute(
              stepDispute(
                0,
                honest.answer,
                { index, length: shape.parameters, leaf, siblings: above },
                own.tree,
                inputs,
              ),
            ),
          ).to.be.revertedWithCustomError(disputeLib, "LearningAnswers_UnknownChunk");
        await refused(leaves.length - 1, ZeroHash, siblings);
        // the first chunk under the number of a leaf that the tree does not have
        await refused(leaves.length, leaves[0], [
          leaves[1],
          ...tensorHashes(own.model)
            .slice(1, -1)
            .map(([, next]) => next),
        ]);
      });

      it("AGG-18 demands lead down to the fault of an answer that is withheld", async () => {
        const { own, inputs } = round;
        const off = (tensor: Int32Array, at: number) => nudged(tensor, at, tensor[at] > 0 ? -1 : 1);
        const wrong: Aggregation[] = [{ ...own, model: off(own.model, shape.parameters - 1) }];
        const nodes = round.nodes().filter(({ node }) => node.tensor !== undefined);
        for (const { level, index, node } of new Set([...nodes.slice(0, 1), ...nodes.slice(-1)])) {
          const tree = round.changed(level, index, withTensor(off(node.tensor!, 0))) as AggregationTree;
          wrong.push({ ...own, tree });
        }
        if (inputs.updates.length > 0) wrong.push(aggregate({ ...inputs, updates: inputs.updates.slice(1) }));
        for (const answered of wrong) {
          const posted = round.posted(answered.tree, answered.model);
          const { dispute } = await round.goDown(posted, (part) => openingOf(part, answered));
          expect(dispute).to.deep.equal(disputeOf(findFault(posted, own)!, posted, inputs));
        }
      });

      it("AGG-07 an update left out, or one that does not belong there", async () => {
        const { inputs, strays } = round;
        const weighty = (updates: TreeUpdate[]) => updates.filter(({ samples }) => samples !== 0n).slice(0, 3);
        const sets = weighty([...inputs.updates]).map((left) => inputs.updates.filter((update) => update !== left));
        for (const added of Object.values(strays).flatMap(weighty)) sets.push([...inputs.updates, added]);
        for (const updates of sets) {
          const wrong = aggregate({ ...inputs, updates });
          const fault = await round.disprove(round.posted(wrong.tree, wrong.model));
          expect(fault).to.include({ level: 0 });
        }
      });

      it("AGG-07 another order", async () => {
        const { inputs, own } = round;
        const wrong = aggregate({ ...inputs, order: [...inputs.order].reverse() });
        if (own.tree.length === 1 || nodesRoot(wrong.tree) === nodesRoot(own.tree)) return;
        expect(await round.disprove(round.posted(wrong.tree, wrong.model))).to.include({ level: 0 });
      });

      it("AGG-08 another step than the task's", async () => {
        const { inputs } = round;
        const wrong = aggregate({
          ...inputs,
          momentum: 65_535 - inputs.momentum,
          previous: inputs.model.map((v) => ~v),
        });
        expect(await round.disprove(round.posted(wrong.tree, wrong.model))).to.include({ kind: "step" });
      });
    });
  }
});
