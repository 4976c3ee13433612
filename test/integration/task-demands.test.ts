import {
  aggregationInputs,
  Aggregator,
  answerOf,
  Challenger,
  ContentMissingError,
  TaskView,
  type ContentStore,
  type TaskState,
  publishTask,
} from "@artel/node";
import { Phase, type ILearning } from "@artel/sdk";
import {
  ABSENT,
  aggregate,
  chunkProof,
  cidOf,
  createRandom,
  encodeVector,
  packOpenings,
  publishedAggregation,
  taskContentOf,
  tensorHashes,
  tensorNorm,
  tensorRoot,
  tensorToBytes,
  vectorLength,
  type Aggregation,
  type Answer,
  type Manifest,
} from "@artel/sdk/learning";
import { provenRandomness } from "@artel/sdk/randomness";
import { expect } from "chai";
import { BrowserProvider, id, randomBytes, Wallet, ZeroAddress } from "ethers";
import { network } from "hardhat";
import { pino } from "pino";

import { deployAmongStubs } from "../learningTasks.js";
import { memoryStore } from "../memoryStore.js";
import { evenSchedule, smallTask, takeSeats, walletsFrom } from "../tasks.js";

const { ethers, networkHelpers, provider } = await network.create({ network: "l1", chainType: "l1" });
// parties meet the errors of a real endpoint
const rpc = new BrowserProvider(provider, undefined, { cacheTimeout: -1, pollingInterval: 5 });

const TASK = 1n;
const REWARD = 10n ** 18n;
const BOND = REWARD / 32n;
const PHASE = 600;
const CLIENTS = 10;
/** Of the model below: 33 chunks, and so a tree of 64 leaves. */
const PARAMETERS = 2083;

const MANIFEST: Manifest = {
  version: 1,
  dataset: "digits",
  model: { kind: "mlp", inputs: 100, hidden: 20, classes: 3 },
  loss: "cross-entropy",
  recipe: { localEpochs: 1, batchSize: 10, learningRate: 0.1, momentum: 0 },
  fractionBits: 16,
  sampleCap: 1000,
  clipNorm: 4,
  aggregation: { rule: "mean" },
  privacy: { kind: "open" },
  scoring: { method: "shapley", batch: 8, alphas: [0], test: { kind: "private", samples: 1000 } },
  seed: "task-demands",
};

function memoryContent(): ContentStore {
  const contents = new Map<string, Uint8Array>();
  return {
    put: async (content) => {
      const cid = cidOf(content);
      contents.set(cid.toString(), content);
      return cid;
    },
    get: async (cid) => {
      const content = contents.get(cid.toString());
      if (content === undefined) throw new ContentMissingError(cid.toString());
      return content;
    },
    has: async (cid) => contents.has(cid.toString()),
    exportCar: async () => undefined,
  };
}

/** Leaves an update out. */
class Omitting extends Aggregator {
  protected override async aggregate(state: TaskState): Promise<Aggregation | undefined> {
    const inputs = (await aggregationInputs(this.context, state))!;
    return aggregate({ ...inputs, updates: inputs.updates.slice(1) });
  }
}

/** Has one value of an update wrong. */
class Twisting extends Aggregator {
  protected override async aggregate(state: TaskState): Promise<Aggregation | undefined> {
    const inputs = (await aggregationInputs(this.context, state))!;
    const [first, ...rest] = inputs.updates;
    const delta = first.delta.map((value, i) => (i === 1000 ? value + 100 : value));
    return aggregate({ ...inputs, updates: [{ ...first, delta }, ...rest] });
  }
}

/** Takes a step that does not follow from the tree. */
class Straying extends Aggregator {
  protected override async aggregate(state: TaskState): Promise<Aggregation | undefined> {
    const own = (await super.aggregate(state))!;
    return { ...own, model: own.model.map((value, i) => value + Number(i === PARAMETERS - 1)) };
  }
}

/** A round of which two panels were scored, in the first second of AggregateCommit. */
async function settledRound() {
  const beacon = await ethers.deployContract("RandomnessStub");
  const { tasks, vault, membership } = await deployAmongStubs(ethers, beacon);
  const [owner, treasury] = await ethers.getSigners();
  const [clients, auditors, aggregators] = [
    walletsFrom(1, CLIENTS, rpc),
    walletsFrom(100, 4, rpc),
    walletsFrom(200, 3, rpc),
  ];
  for (const { address } of [...clients, ...auditors, ...aggregators, ...walletsFrom(300, 2, rpc)])
    await networkHelpers.setBalance(address, 10n * REWARD);
  for (const { address } of [...clients, ...auditors, ...aggregators])
    await membership.admit(owner.address, address, address);

  const content = memoryContent();
  const random = createRandom("task-demands", "values");
  const tensor = () => Int32Array.from({ length: PARAMETERS }, () => random.below(2000) - 1000);
  await tasks.openTask(
    smallTask({
      ...{ cooperative: owner.address, slashRecipient: treasury.address },
      startsAt: (await networkHelpers.time.latest()) + 1000,
      schedule: { ...evenSchedule(PHASE), longChallenge: 2 * PHASE },
      ...{ panelCells: 2, aggregators: 3, aggregatorQuorum: 2 },
      ...(await publishTask(MANIFEST, content)),
    }),
    { value: REWARD },
  );
  await takeSeats({ tasks, vault }, TASK, { auditors, aggregators });
  const deposit = (account: Wallet, value: bigint) =>
    vault.connect(account).deposit(tasks, ZeroAddress, value, { value });

  const enter = async (phase: number) => networkHelpers.time.increaseTo(await tasks.phaseStart(TASK, phase));
  const salt = id("salt").slice(0, 34);
  await enter(Phase.Commit);
  const openings = await Promise.all(
    clients.map(async () => {
      const delta = tensor();
      const cid = await content.put(tensorToBytes(delta));
      const [root, norm] = [tensorRoot(delta), tensorNorm(delta)];
      return { root, samples: 100n, norm, content: taskContentOf(cid), salt };
    }),
  );
  for (const [i, client] of clients.entries())
    await tasks.connect(client).commitUpdate(TASK, await tasks.updateCommitment(TASK, 1, client.address, openings[i]));
  await enter(Phase.Reveal);
  for (const [i, client] of clients.entries()) await tasks.revealUpdate(TASK, client.address, openings[i]);

  const randomness = provenRandomness(beacon as unknown as Parameters<typeof provenRandomness>[0]);
  const view = new TaskView(tasks, TASK, 0, content, randomness);
  await enter(Phase.AuditCommit);
  await beacon.set(await view.revealDeadline(), id("beacon"));
  await tasks.drawSeed(TASK);
  const state = await view.state();
  const [panel] = (await view.panels(state))!;
  const scores = encodeVector(
    panel,
    (client) => (client < CLIENTS ? 100 : ABSENT),
    vectorLength(await view.sizes(state)),
  );
  const seats = panel.auditors.map((seat) => auditors[seat]);
  for (const auditor of seats) {
    const commitment = await tasks.scoresCommitment(TASK, 1, { auditor: auditor.address, salt, scores });
    await tasks.connect(auditor).commitScores(TASK, commitment);
  }
  await enter(Phase.AuditReveal);
  for (const { address: auditor } of seats) await tasks.revealScores(TASK, { auditor, salt, scores });
  await enter(Phase.Settle);
  await tasks.settlePanel(
    TASK,
    0,
    packOpenings(seats.map(({ address }) => ({ auditor: address, revealed: { salt, scores } }))),
  );
  await enter(Phase.AggregateCommit);
  return { tasks, vault, content, randomness, aggregators, others: walletsFrom(300, 2, rpc), deposit, enter };
}

describe("demands for withheld trees", function () {
  this.timeout(60_000);

  let round: Awaited<ReturnType<typeof settledRound>>;
  let snapshot: Awaited<ReturnType<typeof networkHelpers.takeSnapshot>>;
  before(async () => {
    round = await settledRound();
    snapshot = await networkHelpers.takeSnapshot();
  });
  afterEach(() => snapshot.restore());

  /** A party with its own journal; what it publishes gets lost unless its store is that of all others. */
  const contextOf = async (account: Wallet, published: boolean) => {
    const { tasks, content, randomness } = round;
    const store: ContentStore = published ? content : { ...content, put: async (bytes) => cidOf(bytes) };
    return {
      view: new TaskView(tasks, TASK, 0, store, randomness),
      ...{ tasks: tasks.connect(account) as ILearning, account: account.address, store: memoryStore() },
      ...{ chainId: (await ethers.provider.getNetwork()).chainId, log: pino({ level: "silent" }) },
      drawSalt: () => randomBytes(32),
    };
  };

  /** Plays up to Challenge, one aggregator a kind. */
  const answered = async (kinds: readonly [kind: typeof Aggregator, published: boolean][]) => {
    const { aggregators, enter } = round;
    const parties = await Promise.all(
      kinds.map(async ([Kind, published], i) => new Kind(await contextOf(aggregators[i], published))),
    );
    for (const party of parties) expect(await party.step()).to.equal(true);
    await enter(Phase.AggregateReveal);
    for (const party of parties) expect(await party.step()).to.equal(true);
    await enter(Phase.Challenge);
    return parties;
  };

  const inputsOfRound = async () => {
    const view = new TaskView(round.tasks, TASK, 0, round.content, round.randomness);
    return (await aggregationInputs({ view, account: ZeroAddress, store: memoryStore() }, await view.state()))!;
  };
  /** What is right. */
  const rightOne = async () => aggregate(await inputsOfRound());

  const challengerWith = async (bonds: bigint) => {
    const [account] = round.others;
    if (bonds > 0n) await round.deposit(account, bonds * BOND);
    return new Challenger(await contextOf(account, true));
  };

  const stakeOf = ({ address }: { address: string }) => round.vault.stakeOf(round.tasks, ZeroAddress, address);
  const earned = ({ address }: { address: string }) => round.vault.collectable(ZeroAddress, address);
  const demanded = async () => (await round.tasks.queryFilter(round.tasks.filters.PartDemanded(TASK))).length;
  const disprovedSeats = async () => (await round.tasks.answersOf(TASK)).disproved;

  const settle = async (answer: Answer) => {
    await round.enter(Phase.Finishing);
    await round.tasks.finishRound(TASK, answer);
    expect((await round.tasks.roundState(TASK)).modelRoot).to.equal(answer.modelRoot);
  };

  it("PTY-08 an aggregator that withholds a wrong tree and stays silent is slashed after the deadline", async () => {
    const { aggregators, others } = round;
    await answered([
      [Omitting, false],
      [Aggregator, true],
    ]);
    const challenger = await challengerWith(1n);
    expect(await challenger.step()).to.equal(true);
    expect((await stakeOf(others[0])).locked).to.equal(BOND);
    expect(await challenger.step(), "nothing to do but wait").to.equal(false);
    await networkHelpers.time.increase(PHASE + 1);
    expect(await challenger.step()).to.equal(true);
    expect(await disprovedSeats()).to.equal(1n);
    expect((await stakeOf(aggregators[0])).locked).to.equal(0n);
    expect(await stakeOf(others[0])).to.deep.equal([BOND, 0n]);
    expect(await challenger.step(), "the other answer is right").to.equal(false);
    await settle(answerOf(await rightOne()));
  });

  it("PTY-08 with one bond it takes the leading answer first, and the others after it", async () => {
    const { aggregators, tasks } = round;
    await answered([
      [Omitting, false],
      [Twisting, false],
      [Twisting, false],
    ]);
    const challenger = await challengerWith(1n);
    expect(await challenger.step()).to.equal(true);
    for (const disproved of [0b110n, 0b111n]) {
      // the bond that comes back is bound again at once
      await networkHelpers.time.increase(PHASE + 1);
      expect(await challenger.step()).to.equal(true);
      expect(await disprovedSeats()).to.equal(disproved);
    }
    for (const aggregator of aggregators) expect((await stakeOf(aggregator)).locked).to.equal(0n);
    // no answer is left
    expect(Number(await tasks.phaseOf(TASK))).to.equal(Phase.Finishing);
  });

  for (const [name, Kind, demands] of [
    ["leaves an update out", Omitting, 2],
    ["has a value wrong", Twisting, 4],
    ["strays from the tree", Straying, 2],
  ] as const) {
    it(`PTY-08 one that ${name} and opens what is demanded is slashed once the fault is known`, async () => {
      const { aggregators, others } = round;
      const [liar] = await answered([
        [Kind, false],
        [Aggregator, true],
      ]);
      await challengerWith(10n);
      for (let i = 0; i < demands; i++) {
        // each is made anew: all it needs is on the chain
        expect(await new Challenger(await contextOf(others[0], true)).step()).to.equal(true);
        expect(await demanded()).to.equal(i + 1);
        expect(await liar.step()).to.equal(true);
        expect(await liar.step(), "opened already").to.equal(false);
      }
      expect(await disprovedSeats()).to.equal(0n);
      expect(await new Challenger(await contextOf(others[0], true)).step()).to.equal(true);
      expect(await disprovedSeats()).to.equal(1n);
      expect((await stakeOf(aggregators[0])).locked).to.equal(0n);
      expect(await earned(aggregators[0])).to.equal((BigInt(demands) * BOND) / 2n);
      expect(await earned(others[0])).to.equal(REWARD / 4n);
      expect(await stakeOf(others[0])).to.deep.equal([BigInt(10 - demands) * BOND, 0n]);
    });
  }

  it("PTY-08 a challenger says so if it has no bond, and takes back the bonds of demands that others overtook", async () => {
    const { others, enter } = round;
    await answered([
      [Omitting, false],
      [Aggregator, true],
    ]);
    const lines: { err?: { code?: string } }[] = [];
    const log = pino(
      { level: "error", serializers: { err: ({ code }) => ({ code }) } },
      {
        write: (line: string) => void lines.push(JSON.parse(line)),
      },
    );
    const [account] = others;
    const poor = new Challenger({ ...(await contextOf(account, true)), log });
    expect(await poor.step()).to.equal(false);
    expect(await poor.step()).to.equal(false);
    expect(lines.map(({ err }) => err?.code)).to.deep.equal(["node/bond-missing"]);
    await round.deposit(account, BOND);
    expect(await poor.step()).to.equal(true);

    // another one has the content
    const inputs = await inputsOfRound();
    const { file, tensors } = publishedAggregation(aggregate({ ...inputs, updates: inputs.updates.slice(1) }));
    for (const bytes of [file, ...tensors]) await round.content.put(bytes);
    expect(await new Challenger(await contextOf(others[1], true)).step()).to.equal(true);
    expect(await disprovedSeats()).to.equal(1n);
    expect(await poor.step()).to.equal(false);
    await enter(Phase.Finishing);
    expect(await poor.step()).to.equal(true);
    expect(await stakeOf(account)).to.deep.equal([BOND, 0n]);
    expect(await poor.step()).to.equal(false);
  });

  /** Demands two hashes of the model each, as many as asked for. */
  const grieve = async (answer: Answer, model: Int32Array, from: number, to: number) => {
    const griefer = round.tasks.connect(round.others[1]) as ILearning;
    const [, pairs] = tensorHashes(model);
    for (let i = from; i < to; i++) {
      const [, ...siblings] = chunkProof(model, 2 * i).siblings;
      await griefer.demandModelHashes(TASK, 0, answer, i, pairs[i], siblings);
    }
  };

  it("PTY-09 an honest aggregator whose store is down opens all that is demanded and keeps its answer", async () => {
    const { aggregators, others, tasks } = round;
    const [honest, silent] = await answered([
      [Aggregator, false],
      [Aggregator, false],
    ]);
    const own = await rightOne();
    const answer = answerOf(own);
    await round.deposit(others[1], 7n * BOND);
    const griefer = tasks.connect(others[1]) as ILearning;
    await griefer.demandNode(TASK, 0, answer, own.tree.length - 1, 0, answer.nodesRoot, "0x");
    await griefer.demandModelHashes(TASK, 0, answer, 0, answer.modelRoot, []);
    await grieve(answer, own.model, 0, 5);
    await expect(grieve(answer, own.model, 5, 6)).to.be.revertedWithCustomError(
      round.vault,
      "StakeVault_InsufficientFree",
    );
    expect(await honest.step()).to.equal(true);
    expect(await silent.step(), "all is open").to.equal(false);
    for (const { address } of aggregators.slice(0, 2)) expect(await earned({ address })).to.equal((7n * BOND) / 4n);
    expect((await tasks.leadingAnswer(TASK)).seats).to.equal(3n);
    await settle(answer);
  });

  it("PTY-09 so does a challenger for an answer that is right, if those who gave it are gone", async () => {
    const { aggregators, others } = round;
    await answered([[Aggregator, true]]);
    const own = await rightOne();
    await round.deposit(others[1], 3n * BOND);
    await grieve(answerOf(own), own.model, 0, 3);
    const challenger = await challengerWith(0n);
    expect(await challenger.step()).to.equal(true);
    expect(await challenger.step()).to.equal(false);
    expect(await earned(others[0])).to.equal(0n);
    expect(await earned(aggregators[0])).to.equal((3n * BOND) / 2n);
    await networkHelpers.time.increase(PHASE + 1);
    await settle(answerOf(own));
  });

  it("PTY-09 who demands at the last moment, again and again, runs out of time: the round settles", async () => {
    const { others, tasks } = round;
    const [honest] = await answered([
      [Aggregator, true],
      [Aggregator, true],
    ]);
    const began = await networkHelpers.time.latest();
    const own = await rightOne();
    await round.deposit(others[1], 20n * BOND);
    let demands = 0;
    const isTooLate = () =>
      grieve(answerOf(own), own.model, demands, demands + 1).then(
        () => false,
        () => true,
      );
    for (; demands < 20; demands++) {
      await networkHelpers.time.increaseTo((await tasks.phaseStart(TASK, Phase.Finishing)) - 5n);
      if (await isTooLate()) break;
      expect(await honest.step()).to.equal(true);
    }
    expect(demands).to.be.within(12, 13);
    await expect(grieve(answerOf(own), own.model, demands, demands + 1)).to.be.revertedWithCustomError(
      tasks,
      "LearningAnswers_TooLate",
    );
    await settle(answerOf(own));
    expect((await networkHelpers.time.latest()) - began).to.be.at.most(PHASE + 24 * PHASE + 1);
    expect((await stakeOf(others[1])).free).to.equal(BigInt(20 - demands) * BOND);
  });

  it("PTY-10 a right answer whose content is nothing leads, and keeps nobody from the model", async () => {
    const { aggregators, tasks, content, randomness, enter } = round;
    const own = await rightOne();
    const hollow = { ...answerOf(own), model: { codec: 0x55, digest: id("nothing") } };
    const [first, second] = aggregators;
    const salt = id("hollow").slice(0, 34);
    const commitment = await tasks.answerCommitment(TASK, 1, first.address, hollow, salt);
    await tasks.connect(first).commitAnswer(TASK, commitment);
    const honest = new Aggregator(await contextOf(second, true));
    expect(await honest.step()).to.equal(true);
    await enter(Phase.AggregateReveal);
    await tasks.revealAnswer(TASK, first.address, hollow, salt);
    expect(await honest.step()).to.equal(true);
    await enter(Phase.Challenge);
    expect((await tasks.leadingAnswer(TASK)).seats).to.equal(1n);
    expect(await (await challengerWith(1n)).step(), "its roots are right").to.equal(false);
    await settle(hollow);
    const view = new TaskView(tasks, TASK, 0, content, randomness);
    expect(await view.model(hollow.modelRoot)).to.deep.equal(own.model);
    const nowhere = new TaskView(tasks, TASK, 0, memoryContent(), randomness);
    const refused = await nowhere.model(hollow.modelRoot).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(ContentMissingError);
  });
});
