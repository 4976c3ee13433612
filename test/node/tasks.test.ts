import { balancesOf, excludedBy, postedAnswer, TaskView, TermsMismatchError, type ContentStore } from "@artel/node";
import { Combining, type ILearning } from "@artel/sdk";
import {
  ABSENT,
  aggregate,
  cidOf,
  cidToDigest,
  encodeVector,
  findFault,
  manifestCid,
  manifestToBytes,
  nodesRoot,
  publishedAggregation,
  taskContentOf,
  vectorLength,
  WithheldContentError,
  type AggregationInputs,
  type Manifest,
  type Panel,
} from "@artel/sdk/learning";
import { drandRandomness, drandRoundAt, localDrand, provenRandomness } from "@artel/sdk/randomness";
import { expect } from "chai";
import { getBytes, hexlify, id, ZeroAddress, ZeroHash } from "ethers";
import type { CID } from "multiformats/cid";

/** Of a task whose clients are one cell. */
const SIZES = { clients: 8, auditors: 4, panelCells: 1, panelSeats: 3 };

describe("scores of a pay period, as parties follow them", () => {
  const panel = (...cells: number[]): Panel => ({ cells, auditors: [] });
  const settled = (round: bigint, period: number, cells: number[], medians: [number, number][]) => ({
    ...{ round, period, panel: panel(...cells) },
    medians: new Map(medians),
  });

  it("PTY-04 add up over rounds and panels; absence changes nothing", () => {
    const balances = balancesOf([
      settled(
        1n,
        0,
        [0],
        [
          [0, 100],
          [1, -300],
          [2, ABSENT],
        ],
      ),
      settled(1n, 0, [1], [[8, 5]]),
      settled(
        2n,
        0,
        [0, 1],
        [
          [0, -40],
          [1, -1],
        ],
      ),
    ]);
    expect([0, 1, 2, 8, 15].map((client) => balances.get(client))).to.deep.equal([60, -301, 0, 5, 0]);
    expect(balances.has(16)).to.equal(false);
  });

  it("PTY-04 carry a debt into the next period, once, where the cell was scored", () => {
    const debts = settled(
      1n,
      0,
      [0, 1],
      [
        [0, -10],
        [1, 10],
        [8, -20],
      ],
    );
    const next = balancesOf([debts, settled(2n, 1, [0], [])]);
    expect([0, 1, 8].map((client) => next.get(client))).to.deep.equal([-10, 0, -20]);
    // the cell of client 8 had no panel in the period between
    const later = balancesOf([debts, settled(2n, 1, [0], []), settled(3n, 2, [0, 1], [])]);
    expect([0, 8].map((client) => later.get(client))).to.deep.equal([-10, 0]);
    expect(balancesOf([]).size).to.equal(0);
    // before anybody is scored in a period, it has the debts of the one before
    expect([0, 1, 8].map((client) => balancesOf([debts], 1).get(client))).to.deep.equal([-10, 0, -20]);
    expect(balancesOf([debts], 2).size).to.equal(0);
  });

  it("PAN-10 PTY-04 go through a period of void panels, which include nobody and forgive nobody", async () => {
    const terms = { exclusionScore: 50n, panelCells: 1n, panelSeats: 3n, periodRounds: 1n };
    const medians = (score: number) =>
      hexlify(encodeVector(panel(0), (client) => (client === 2 ? score : 10), vectorLength(SIZES)));
    const logs: Record<string, { args: object }[]> = {
      SeedDrawn: [1n, 2n, 3n].map((round) => ({ args: { round, seed: id("seed"), cells: 1n, auditors: 4n } })),
      PanelSettled: [
        { args: { round: 1n, panel: 0n, medians: medians(-90) } },
        { args: { round: 3n, panel: 0n, medians: medians(10) } },
      ],
      PanelVoided: [{ args: { round: 2n, panel: 0n } }],
      AppealSettled: [],
      // a panel elsewhere was scored in round 2, so that it settled
      RoundSettled: [1n, 2n].map((round) => ({ args: { round } })),
    };
    const filters = Object.fromEntries(Object.keys(logs).map((name) => [name, () => name]));
    const contract = {
      ...{ filters, termsOf: async () => terms, queryFilter: async (name: string) => logs[name] },
      runner: { provider: { getBlockNumber: async () => 1 } },
    };
    const view = new TaskView(contract as unknown as ILearning, 1n, 0, {} as ContentStore, {
      seedOf: async () => undefined,
    });
    expect((await view.settledPanels()).map(({ round, period }) => [round, period])).to.deep.equal([
      [1n, 0],
      [2n, 1],
      [3n, 2],
    ]);
    expect(await view.included({ round: 2n })).to.equal(undefined);
    // the debt of round 1, after a round whose panel was void; what the others earned is of a period that is over
    expect([...(await view.balances({ round: 3n }))].filter(([, balance]) => balance !== 0)).to.deep.equal([[2, -90]]);
    expect([...(await view.included({ round: 3n }))!]).to.deep.equal([0, 1, 3, 4, 5, 6, 7]);
  });

  it("SCO-07 say what balances a round begins with, before appeals of the last round are settled", async () => {
    const terms = { exclusionScore: 50n };
    const contract = { termsOf: async () => terms } as unknown as ILearning;
    class Recorded extends TaskView {
      override async periodOf(round: bigint) {
        return round === 1n ? 0 : 1;
      }

      override async settledPanels(appealsBefore = 9n) {
        // an appeal of round 1 finds that client 1 did no harm, and client 2 did
        const [one, two] = appealsBefore > 1n ? [10, -90] : [-60, 10];
        return [
          settled(
            1n,
            0,
            [0],
            [
              [0, -50],
              [1, one],
              [2, two],
            ],
          ),
          settled(1n, 0, [1], [[8, -70]]),
          settled(
            2n,
            1,
            [0],
            [
              [0, -1],
              [1, 5],
              [2, 5],
            ],
          ),
          settled(
            3n,
            1,
            [0, 1],
            [
              [0, 40],
              [1, 5],
              [2, 5],
              [8, 60],
            ],
          ),
        ];
      }
    }
    const view = new Recorded(contract, 1n, 0, {} as ContentStore, { seedOf: async () => undefined });
    const excluded = async (round: bigint) => {
      const balances = await view.balances({ round });
      return [...excludedBy({ balances, exclusionScore: Number(terms.exclusionScore) })].sort((a, b) => a - b);
    };
    expect(await excluded(1n)).to.deep.equal([]);
    expect(await excluded(2n), "its own appeals come later").to.deep.equal([1, 8]);
    expect(await excluded(3n), "the appeal is settled").to.deep.equal([0, 2, 8]);
    expect(await excluded(4n), "who comes back").to.deep.equal([2]);
    // who comes back is in the model of the very round
    expect([...(await view.included({ round: 3n }))!]).to.deep.equal([0, 1, 8]);
  });
});

describe("where parties learn a round's seed", () => {
  it("PTY-03 a drand network tells it as soon as it is out, for the second that the beacon takes", async () => {
    const local = localDrand({ secretKey: `0x${"11".repeat(32)}`, genesis: 1000n, period: 3n });
    const asked: bigint[] = [];
    const source = drandRandomness(local.network, 30n, async (round) => {
      asked.push(round);
      return round > 400n ? undefined : local.sign(round).randomness;
    });
    expect(await source.seedOf(2000n)).to.equal(local.sign(drandRoundAt(local.network, 2030n)).randomness);
    expect(await source.seedOf(3000n)).to.equal(undefined);
    expect(asked).to.deep.equal([drandRoundAt(local.network, 2030n), drandRoundAt(local.network, 3030n)]);
  });

  it("PTY-03 the beacon's contract tells it once it is proved", async () => {
    const seeds = new Map([[5n, id("seed")]]);
    const beacon = { seedOf: async (timepoint: bigint) => seeds.get(timepoint) ?? ZeroHash };
    const source = provenRandomness(beacon as unknown as Parameters<typeof provenRandomness>[0]);
    expect(await source.seedOf(5n)).to.equal(id("seed"));
    expect(await source.seedOf(6n)).to.equal(undefined);
  });
});

describe("whether auditors score a round", () => {
  it("PAN-12 PTY-03 follows from its updates until the seed is drawn, and then from nothing that is struck", async () => {
    const terms = { minClients: 3n };
    const contract = { termsOf: async () => terms, panelState: async () => ({ round: 2n }) } as unknown as ILearning;
    const view = new TaskView(contract, 1n, 0, {} as ContentStore, { seedOf: async () => undefined });
    // panels of round 2 are drawn, those of round 3 are not
    expect(await view.hasEnoughUpdates({ round: 2n, updates: 2n })).to.equal(true);
    expect(await view.hasEnoughUpdates({ round: 3n, updates: 2n })).to.equal(false);
    expect(await view.hasEnoughUpdates({ round: 3n, updates: 3n })).to.equal(true);
  });
});

describe("what is published of an answer", () => {
  const inputs: AggregationInputs = {
    order: [0],
    updates: [{ id: 0, account: ZeroAddress, samples: 1n, norm: 1n, inner: ZeroHash, delta: Int32Array.of(1, 2) }],
    rules: { combining: Combining.Mean, trim: 0, leafCells: 1, parameters: 2, sampleCap: 9, clipNorm: 9n },
    model: Int32Array.of(5, 6),
    previous: Int32Array.of(5, 6),
    momentum: 0,
  };

  it("PTY-08 a tensor of a length that none has is as if it were withheld", async () => {
    const own = aggregate(inputs);
    const wrong = { ...own, tree: [[{ ...own.tree[0][0], root: id("wrong") }]] };
    const junk = new Uint8Array(5);
    const { file } = publishedAggregation(wrong);
    file.set(getBytes(cidToDigest(cidOf(junk))), file.length - 32);
    const answer = { modelRoot: id("model"), model: taskContentOf(cidOf(file)), nodesRoot: nodesRoot(wrong.tree) };
    const content = { get: async (cid: CID) => (cid.equals(cidOf(junk)) ? junk : file) };
    const view = { content } as unknown as TaskView;
    const posted = await postedAnswer(view, { seat: 0, aggregator: ZeroAddress, answer }, inputs, own);
    expect(posted!.tree[0][0].tensor).to.equal(undefined);
    expect(() => findFault(posted!, own)).to.throw(WithheldContentError);
  });
});

describe("rules of a task", () => {
  const MANIFEST: Manifest = {
    version: 1,
    dataset: "halves",
    model: { kind: "mlp", inputs: 4, hidden: 3, classes: 2 },
    loss: "cross-entropy",
    recipe: { localEpochs: 2, batchSize: 16, learningRate: 0.2, momentum: 0 },
    fractionBits: 16,
    sampleCap: 2_000,
    clipNorm: 8,
    aggregation: { rule: "mean" },
    privacy: { kind: "open" },
    scoring: { method: "shapley", batch: 8, alphas: [0], test: { kind: "private", samples: 1_000 } },
    seed: "rules",
  };
  const right = { sampleCap: 2000n, clipNorm: 8n << 16n, combining: 0n, trim: 0n, momentum: 0n };
  const viewOf = (aggregation: object, manifest = MANIFEST, appeal = 0n) => {
    const { codec, digest } = taskContentOf(manifestCid(manifest));
    const terms = { aggregation, manifest: { codec: BigInt(codec), digest }, microRho: 0n, schedule: { appeal } };
    const contract = { termsOf: async () => terms } as unknown as ILearning;
    const content = { get: async () => manifestToBytes(manifest) } as unknown as ContentStore;
    return new TaskView(contract, 1n, 0, content, { seedOf: async () => undefined });
  };

  it("PTY-07 are taken from a manifest that agrees with the terms, and from no other", async () => {
    expect(await viewOf(right).manifest()).to.deep.equal(MANIFEST);
    for (const field of Object.keys(right) as (keyof typeof right)[]) {
      const error = await viewOf({ ...right, [field]: right[field] + 1n })
        .manifest()
        .catch((refused: unknown) => refused);
      expect(error).to.be.instanceOf(TermsMismatchError);
      expect((error as Error).message).to.contain(field);
    }
  });

  it("PTY-07 no task is both sealed and open to appeals, whose fresh panel could read nothing", async () => {
    const sealed: Manifest = { ...MANIFEST, privacy: { kind: "sealed" } };
    expect(await viewOf(right, sealed).manifest()).to.deep.equal(sealed);
    const error = await viewOf(right, sealed, 1n)
      .manifest()
      .catch((refused: unknown) => refused);
    expect(error).to.be.instanceOf(TermsMismatchError);
  });
});
