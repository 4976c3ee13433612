import { expect } from "chai";
import { concat, keccak256, toBeHex, ZeroHash } from "ethers";
import fc from "fast-check";
import { Combining, DEMAND_LEVELS, PartKind } from "@artel/sdk";
import {
  aggregate,
  type Aggregation,
  type AggregationInputs,
  type Answer,
  createRandom,
  type Demand,
  type Dispute,
  disputeOf,
  findFault,
  nextStep,
  nodesRoot,
  type OpenedPart,
  openingOf,
  type Part,
  type PostedAnswer,
  tensorHashes,
  tensorRoot,
  type TreeNode,
  type TreeUpdate,
} from "@artel/sdk/learning";

const SEAT = 3;

/** A round of random updates, some cells without any. */
function roundOf(seed: number, cells: number, leafCells: number, parameters: number): AggregationInputs {
  const random = createRandom("demands", seed);
  const tensor = () => Int32Array.from({ length: parameters }, () => Math.floor(random.next() * 2000) - 1000);
  const updates: TreeUpdate[] = [];
  for (let cell = 0; cell < cells; cell++) {
    if (cells > 1 && random.next() < 0.3) continue;
    const id = cell * 8 + random.below(8);
    const account = toBeHex(0x1000 + id, 20);
    updates.push({ id, account, samples: BigInt(1 + random.below(9)), norm: 1n, inner: ZeroHash, delta: tensor() });
  }
  const order = Array.from({ length: cells }, (_, i) => (i * 7 + 3) % cells);
  const model = tensor();
  return {
    order: new Set(order).size === cells ? order : [...order.keys()],
    updates,
    rules: { combining: Combining.Mean, trim: 0, leafCells, parameters, sampleCap: 100, clipNorm: 1000n },
    model,
    previous: model,
    momentum: 0,
  };
}

function answerOf({ tree, model }: Aggregation): Answer {
  return { modelRoot: tensorRoot(model), model: { codec: 0x55, digest: ZeroHash }, nodesRoot: nodesRoot(tree) };
}

function isDemand(step: Demand | Dispute): step is Demand {
  return "part" in step;
}

/** Goes down an answer of which everything that is demanded is opened, as far as there is something to open. */
function goDown(answer: Answer, own: Aggregation, inputs: AggregationInputs, open: (part: Part) => string | undefined) {
  const demands: Demand[] = [];
  const opened: OpenedPart[] = [];
  for (;;) {
    const step = nextStep({ seat: SEAT, answer }, own, inputs, opened);
    if (step === undefined || !isDemand(step)) return { demands, dispute: step };
    const again = demands.at(-1)?.part.hash === step.part.hash;
    const data = open(step.part);
    if (again || data === undefined) return { demands, withheld: step };
    demands.push(step);
    // what does not belong there is in the way of nobody
    opened.unshift({ hash: step.part.hash, data: "0x" }, { hash: step.part.hash, data: concat([data, ZeroHash]) });
    opened.unshift({ hash: step.part.hash, data });
  }
}

/** Most demands that a descent takes. */
function bound({ tree }: Aggregation, parameters: number): number {
  const depth = Math.ceil(Math.log2(Math.ceil(parameters / 64)));
  return tree.length + Math.max(1, Math.ceil(depth / DEMAND_LEVELS));
}

const shapes = fc.record({
  seed: fc.nat(1000),
  cells: fc.constantFrom(1, 2, 5, 40),
  leafCells: fc.integer({ min: 1, max: 4 }),
  parameters: fc.constantFrom(1, 64, 65, 130, 64 * 40 + 1),
  where: fc.nat(),
  at: fc.nat(),
});

describe("demands for what is withheld of an answer", function () {
  this.timeout(30_000);

  it("AGG-18 lead to the same dispute as the whole answer would, wherever one value is wrong", () => {
    fc.assert(
      fc.property(shapes, ({ seed, cells, leafCells, parameters, where, at }) => {
        const inputs = roundOf(seed, cells, leafCells, parameters);
        const own = aggregate(inputs);
        const nudge = (tensor: Int32Array) => tensor.map((value, i) => value + Number(i === at % parameters));
        const nodes = own.tree.flat().filter(({ tensor }) => tensor !== undefined);
        const target = nodes[where % (nodes.length + 1)];
        const change = (node: TreeNode): TreeNode => {
          if (node !== target) return node;
          const tensor = nudge(node.tensor!);
          return { ...node, tensor, root: tensorRoot(tensor) };
        };
        const wrong =
          target === undefined
            ? { ...own, model: nudge(own.model) }
            : { ...own, tree: own.tree.map((level) => level.map(change)) };
        const { demands, dispute } = goDown(answerOf(wrong), own, inputs, (part) => openingOf(part, wrong));
        const posted: PostedAnswer = { seat: SEAT, answer: answerOf(wrong), ...wrong };
        expect(dispute).to.deep.equal(disputeOf(findFault(posted, own)!, posted, inputs));
        expect(demands.length).to.be.at.most(bound(own, parameters));
      }),
      { numRuns: 20 },
    );
  });

  it("AGG-18 lead to the lowest node that is wrong, where all above it are, too", () => {
    fc.assert(
      fc.property(shapes, ({ seed, cells, leafCells, parameters, where }) => {
        const inputs = roundOf(seed, cells, leafCells, parameters);
        if (inputs.updates.length === 0) return;
        const own = aggregate(inputs);
        const wrong = aggregate({
          ...inputs,
          updates: inputs.updates.filter((_, i) => i !== where % inputs.updates.length),
        });
        const { dispute } = goDown(answerOf(wrong), own, inputs, (part) => openingOf(part, wrong));
        const posted: PostedAnswer = { seat: SEAT, answer: answerOf(wrong), ...wrong };
        expect(dispute).to.deep.equal(disputeOf(findFault(posted, own)!, posted, inputs));
      }),
      { numRuns: 15 },
    );
  });

  it("AGG-18 lead to a wrong weight, a root where there is nothing, and nothing where there is a root", () => {
    const inputs = roundOf(5, 40, 1, 70);
    const own = aggregate(inputs);
    const empty = own.tree[0].findIndex(({ weight }) => weight === 0);
    const full = own.tree[0].findIndex(({ weight }) => weight !== 0);
    const tensor = new Int32Array(70);
    const wrongs: [level: number, index: number, node: TreeNode<number | bigint>][] = [
      [0, full, { ...own.tree[0][full], weight: own.tree[0][full].weight + 1 }],
      [1, 1, { ...own.tree[1][1], weight: 2n ** 256n - 1n }],
      [0, empty, { root: tensorRoot(tensor), weight: 0, tensor }],
      [2, 0, { root: ZeroHash, weight: own.tree[2][0].weight }],
    ];
    for (const [level, index, node] of wrongs) {
      const tree = own.tree.map((nodes, l) => nodes.map((right, i) => (l === level && i === index ? node : right)));
      const wrong = { ...own, tree } as Aggregation;
      const { dispute } = goDown(answerOf(wrong), own, inputs, (part) => openingOf(part, wrong));
      const posted: PostedAnswer = { seat: SEAT, answer: answerOf(wrong), ...wrong };
      expect(dispute).to.deep.equal(disputeOf({ kind: "weight", level, index }, posted, inputs));
    }
  });

  it("AGG-18 lead to what lies beside the chunks of a tensor", () => {
    const inputs = roundOf(6, 1, 1, 64 * 35);
    const own = aggregate(inputs);
    for (const ofModel of [true, false]) {
      const [lowest] = tensorHashes(ofModel ? own.model : own.tree[0][0].tensor!);
      const levels = [lowest.map((leaf, i) => (i === 50 ? toBeHex(1, 32) : leaf))];
      while (levels.at(-1)!.length > 1) {
        const below = levels.at(-1)!;
        levels.push(
          Array.from({ length: below.length / 2 }, (_, i) => keccak256(concat(below.slice(2 * i, 2 * i + 2)))),
        );
      }
      const root = keccak256(concat([levels.at(-1)![0], toBeHex(64 * 35, 32)]));
      const { weight } = own.tree[0][0];
      const nodeHash = keccak256(concat([root, toBeHex(weight, 32), ZeroHash]));
      const answer = { ...answerOf(own), ...(ofModel ? { modelRoot: root } : { nodesRoot: nodeHash }) };
      const open = ({ kind, count, hash }: Part) => {
        if (kind === PartKind.Node) return concat([root, toBeHex(weight, 32)]);
        const height = kind === PartKind.Tensor ? 6 : levels.findIndex((level) => level.includes(hash));
        const index = kind === PartKind.Tensor ? 0 : levels[height].indexOf(hash);
        return concat(levels[height - Math.log2(count)].slice(index * count, (index + 1) * count));
      };
      const { demands, dispute } = goDown(answer, own, inputs, open);
      expect(demands.map(({ part }) => part.count)).to.deep.equal(ofModel ? [32, 2] : [0, 32, 2]);
      expect(dispute!.method).to.equal(ofModel ? "disputeStep" : "disputeChunk");
      expect((dispute as Dispute).args[ofModel ? 2 : 1]).to.include({ index: 50, leaf: toBeHex(1, 32) });
      expect((dispute as Dispute).args[ofModel ? 3 : 2]).to.equal(ofModel ? "0x" : ZeroHash);
    }
  });

  it("AGG-18 end where a tensor has another length: what its root is of opens nothing", () => {
    const inputs = roundOf(7, 3, 1, 130);
    const own = aggregate(inputs);
    const wrong = { ...own, model: new Int32Array(131) };
    const { demands, withheld } = goDown(answerOf(wrong), own, inputs, (part) => openingOf(part, wrong));
    expect(demands.length).to.equal(1);
    expect(withheld!.part).to.deep.equal({ kind: PartKind.Tensor, count: 4, hash: answerOf(wrong).modelRoot });
  });

  it("AGG-18 are not made of a right answer", () => {
    const inputs = roundOf(8, 5, 2, 130);
    const own = aggregate(inputs);
    expect(nextStep({ seat: SEAT, answer: answerOf(own) }, own, inputs, [])).to.equal(undefined);
  });
});

describe("openings of an answer's own parts", () => {
  it("AGG-18 are what each part's hash is of", () => {
    fc.assert(
      fc.property(shapes, ({ seed, cells, leafCells, parameters, where, at }) => {
        const own = aggregate(roundOf(seed, cells, leafCells, parameters));
        const tensors = [...own.tree.flat().flatMap(({ tensor }) => tensor ?? []), own.model];
        const levels = tensorHashes(tensors[where % tensors.length]);
        const depth = levels.length - 1;
        const height = at % (depth + 1);
        if (height === 0) return;
        const index = where % levels[height].length;
        const count = 2 ** Math.min(height, DEMAND_LEVELS);
        const data = openingOf({ kind: PartKind.Hashes, count, hash: levels[height][index] }, own)!;
        expect(data).to.equal(concat(levels[height - Math.log2(count)].slice(index * count, (index + 1) * count)));
      }),
      { numRuns: 40 },
    );
  });

  it("AGG-18 are none of what is not its own", () => {
    const own = aggregate(roundOf(9, 3, 1, 130));
    const [leaf] = tensorHashes(own.model)[0];
    for (const kind of Object.values(PartKind))
      for (const hash of [leaf, keccak256("0x")]) expect(openingOf({ kind, count: 2, hash }, own)).to.equal(undefined);
  });
});
