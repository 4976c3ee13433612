import {
  aggregationInputs,
  Aggregator,
  Auditor,
  Challenger,
  Client,
  ContentMissingError,
  createTrainer,
  drandTimelock,
  encodeExamples,
  EXAMPLES_RECORD,
  iidSplit,
  loadDataset,
  openContentFolder,
  pick,
  sealSlices,
  TaskView,
  type ContentStore,
  type Examples,
  type TaskState,
  publishTask,
} from "@artel/node";
import { Role, Phase } from "@artel/sdk";
import {
  aggregate,
  answerDigest,
  batchItems,
  cidOfTaskContent,
  createRandom,
  dequantise,
  packOpenings,
  publishedAggregation,
  taskContentOf,
  tensorRoot,
  type Aggregation,
  type Answer,
  type Manifest,
} from "@artel/sdk/learning";
import { drandNetworkStruct, drandProof, drandRandomness, drandRoundAt, localDrand } from "@artel/sdk/randomness";
import { expect } from "chai";
import { BrowserProvider, getBytes, randomBytes, type Signer, Wallet } from "ethers";
import { network } from "hardhat";
import { pino } from "pino";

import { deployAmongStubs } from "../learningTasks.js";
import { scratchFolder } from "../localnet/helpers.js";
import { memoryStore } from "../memoryStore.js";
import { Copier, smallTask, takeSeats, walletsFrom } from "../tasks.js";

const { ethers, networkHelpers, provider } = await network.create({ network: "l1", chainType: "l1" });
// parties meet the errors of a real endpoint
const rpc = new BrowserProvider(provider, undefined, { cacheTimeout: -1, pollingInterval: 5 });

const TASK = 1n;
const REWARD = 10n ** 18n;
const PHASE = 600;
const SKEW = 30n;
const SLICE = 250;
const CLIENTS = 12;
const SILENT_LOG = pino({ level: "silent" });

/** Sends ten times the opposite of what it learned. */
class Poisoner extends Client {
  protected override async train(state: TaskState) {
    const update = (await super.train(state))!;
    return { ...update, delta: update.delta.map((value) => -10 * value) };
  }
}

/** Leaves an update out in the first round, and in the second takes a step that does not follow from the tree. */
class Liar extends Aggregator {
  protected override async aggregate(state: TaskState): Promise<Aggregation | undefined> {
    const inputs = (await aggregationInputs(this.context, state))!;
    if (state.round === 1n) return aggregate({ ...inputs, updates: inputs.updates.slice(1) });
    const own = aggregate(inputs);
    return { ...own, model: own.model.map((value, i) => value + Number(i === 5000)) };
  }
}

describe("parties of learning tasks", function () {
  this.timeout(60_000);

  const folder = scratchFolder();

  const deploy = async () => {
    const now = BigInt(await networkHelpers.time.latest());
    const local = localDrand({ secretKey: `0x${"3c".repeat(32)}`, genesis: now, period: 3n });
    const beacon = await ethers.deployContract("DrandBeacon", [drandNetworkStruct(local.network), SKEW]);
    return { local, beacon, ...(await deployAmongStubs(ethers, beacon)) };
  };

  it("PTY-01 PTY-02 PTY-03 PTY-04 PTY-05 PTY-06 two rounds from opening to pay, with somebody silent in every role, and liars", async () => {
    const { local, beacon, membership, vault, tasks } = await deploy();
    const { chainId } = await ethers.provider.getNetwork();
    const [owner, treasury] = await ethers.getSigners();
    const clients = walletsFrom(1, CLIENTS, rpc);
    const auditors = walletsFrom(100, 6, rpc);
    const aggregators = walletsFrom(200, 4, rpc);
    // who was disproved has no stake to answer with again: each round has its own
    const [liar, secondLiar, honest, lateHonest] = aggregators;
    const members = [...clients, ...auditors, ...aggregators];
    for (const { address } of members) await networkHelpers.setBalance(address, 2n * REWARD);

    // real images: some for each client, and a slice a round for all auditors
    const { train, test } = await loadDataset("mnist");
    const sizes = [...clients.map(() => 250), ...[0, 1, 2, 3].map(() => SLICE)];
    const shares = iidSplit(60_000, sizes, createRandom("task-parties", "split")).map((ids) => pick(train, ids));
    const content = openContentFolder(folder);
    const startsAt = (await networkHelpers.time.latest()) + 1000;
    const timelock = drandTimelock(local.network, (round) => local.sign(round).signature);
    const times = { opensAt: startsAt + 2 * PHASE, interval: 4 * PHASE + PHASE / 2 };
    const { plan, sealed } = await sealSlices(shares.slice(CLIENTS), times, timelock, () => randomBytes(32));
    for (const slice of sealed) await content.put(slice);
    const manifest: Manifest = {
      version: 1,
      dataset: "mnist",
      model: { kind: "mlp", inputs: 784, hidden: 8, classes: 10 },
      loss: "cross-entropy",
      recipe: { localEpochs: 3, batchSize: 10, learningRate: 0.1, momentum: 0 },
      server: { momentum: 1 << 14 },
      fractionBits: 16,
      sampleCap: 1000,
      clipNorm: 4,
      aggregation: { rule: "mean" },
      privacy: { kind: "open" },
      scoring: { method: "shapley", batch: 8, alphas: [0, 0.5, 1], test: plan },
      seed: "task-parties",
    };
    const trainer = createTrainer(manifest.model);
    const accuracy = (model: Int32Array) => trainer.accuracy(dequantise(model, manifest.fractionBits), test);

    for (const { address } of members) await membership.admit(owner.address, address, address);
    await tasks.openTask(
      smallTask({
        ...{ cooperative: owner.address, slashRecipient: treasury.address, startsAt },
        ...{ rounds: 2, minClients: 4, panelCells: 2, panelSeats: 5, minAuditors: 6, maxAuditors: 6 },
        ...{ aggregators: 4, aggregatorQuorum: 3 },
        ...(await publishTask(manifest, content)),
      }),
      { value: REWARD },
    );
    await takeSeats({ tasks, vault }, TASK, { auditors, aggregators });

    // everybody is made anew for each act: what they committed to is in their stores
    const randomness = drandRandomness(local.network, SKEW, async (round) => local.sign(round).randomness);
    const view = new TaskView(tasks, TASK, 0, content, randomness);
    const stores = new Map(members.map(({ address }) => [address, memoryStore()]));
    for (const [i, { address }] of clients.entries())
      await stores.get(address)!.put(EXAMPLES_RECORD, encodeExamples(shares[i] as Examples));
    const contextOf = (account: Signer & { readonly address: string }) => ({
      ...{ view, tasks: tasks.connect(account), account: account.address, chainId, timelock },
      ...{ store: stores.get(account.address) ?? memoryStore(), log: SILENT_LOG },
    });
    const [poisoner, silentClient, victim] = clients;
    const copier = clients[CLIENTS - 1];
    const idle = [poisoner, silentClient, copier];
    const clientOf = (account: Wallet) => {
      const context = contextOf(account);
      if (account === poisoner) return new Poisoner(context);
      return account === copier ? new Copier(context, contextOf(victim)) : new Client(context);
    };
    const aggregatorOf = (account: Wallet) =>
      new (account === liar || account === secondLiar ? Liar : Aggregator)(contextOf(account));
    const enter = async (phase: number) => {
      if (Number(await tasks.phaseOf(TASK)) !== phase)
        await networkHelpers.time.increaseTo(await tasks.phaseStart(TASK, phase));
    };

    const play = async (round: bigint, relayed: Wallet[]) => {
      await enter(Phase.Commit);
      for (const account of clients) {
        if (relayed.includes(account)) continue;
        expect(await clientOf(account).step()).to.equal(true);
        expect(await clientOf(account).step(), "a second commitment").to.equal(false);
      }
      const commitments = await Promise.all(relayed.map((account) => clientOf(account).signedCommitment(account)));
      for (const items of batchItems(commitments as string[])) {
        expect(await tasks.commitUpdates.staticCall(TASK, items)).to.equal(BigInt(relayed.length));
        await tasks.commitUpdates(TASK, items);
      }

      await enter(Phase.Reveal);
      const revealing = clients.filter((account) => account !== silentClient);
      for (const account of revealing) if (!relayed.includes(account)) await clientOf(account).step();
      const openings = await Promise.all(relayed.map((account) => clientOf(account).opened()));
      for (const items of batchItems(openings as string[])) await tasks.revealUpdates(TASK, items);
      expect((await view.updates(round)).length).to.equal(revealing.length);

      // auditors know their panel from the beacon, before anybody draws the seed
      await enter(Phase.AuditCommit);
      const state = await view.state();
      const [panel] = (await view.panels(state))!;
      const seated = panel.auditors.map((id) => auditors[id]);
      const [silent, ...scoring] = seated;
      for (const account of auditors) {
        if (account === silent) continue;
        expect(await new Auditor(contextOf(account)).step()).to.equal(scoring.includes(account));
      }
      const drandRound = drandRoundAt(local.network, (await view.revealDeadline()) + SKEW);
      await beacon.prove(drandRound, drandProof(local.sign(drandRound)));
      await tasks.drawSeed(TASK);
      expect(await view.panels(state)).to.deep.equal([panel]);
      await enter(Phase.AuditReveal);
      for (const account of scoring) expect(await new Auditor(contextOf(account)).step()).to.equal(true);

      await enter(Phase.Settle);
      const revealed = await tasks.queryFilter(tasks.filters.ScoresRevealed(TASK, round));
      const vectors = new Map(
        revealed.map(({ args }) => [args.auditor, { salt: args.salt, scores: getBytes(args.scores) }]),
      );
      const seats = seated.map(({ address }) => ({ auditor: address, revealed: vectors.get(address) }));
      await expect(tasks.settlePanel(TASK, 0, packOpenings(seats)))
        .to.emit(tasks, "ParticipantSlashed")
        .withArgs(TASK, round, silent.address, Role.Auditor, REWARD / 2n);

      await enter(Phase.AggregateCommit);
      const answering = round === 1n ? [liar, honest] : [secondLiar, honest, lateHonest];
      const lying = round === 1n ? 0 : 1;
      const included = (await view.included(await view.state()))!;
      for (const account of idle) expect([...included]).to.not.include(clients.indexOf(account));
      expect(included.size).to.be.at.least(8);
      for (const account of answering) expect(await aggregatorOf(account).step()).to.equal(true);
      await enter(Phase.AggregateReveal);
      for (const account of answering) expect(await aggregatorOf(account).step()).to.equal(true);

      // the liar's seat is the lowest: without a challenger its answer would lead in the first round
      await enter(Phase.Challenge);
      const wrong = (await view.answers(round)).find(({ seat }) => seat === lying)!;
      if (round === 1n) expect((await tasks.leadingAnswer(TASK)).digest).to.equal(answerDigest(wrong.answer));
      let withheld = true;
      const file = cidOfTaskContent(wrong.answer.model).toString();
      const withholding: ContentStore = {
        ...content,
        get: async (cid) => {
          if (withheld && cid.toString() === file) throw new ContentMissingError(file);
          return content.get(cid);
        },
      };
      const seeing = new TaskView(tasks, TASK, 0, withholding, randomness);
      const challenger = new Challenger({ ...contextOf(treasury), view: seeing });
      expect(await challenger.step(), "what is withheld").to.equal(false);
      withheld = false;
      expect(await challenger.step()).to.equal(true);
      expect(await challenger.step(), "nothing else to dispute").to.equal(false);
      const disproved = await tasks.queryFilter(tasks.filters.AnswerDisproved(TASK, round));
      expect(disproved.map(({ args }) => args.seats)).to.deep.equal([1n << BigInt(lying)]);
      expect(await new Challenger(contextOf(treasury)).step(), "one who starts anew").to.equal(false);

      const right: Answer = (await view.answers(round))[0].answer;
      const own = aggregate((await aggregationInputs(contextOf(treasury), await view.state()))!);
      expect(right.modelRoot).to.equal(tensorRoot(own.model));
      expect(right.model).to.deep.equal(taskContentOf(await content.put(publishedAggregation(own).file)));
      await enter(Phase.Finishing);
      await tasks.finishRound(TASK, right);
      return own.model;
    };

    const first = await play(1n, []);
    const second = await play(2n, clients.slice(6));
    expect(Number(await tasks.phaseOf(TASK))).to.equal(Phase.Closed);
    const initial = await view.model((await view.terms()).initialRoot);
    const [before, afterOne, afterTwo] = [initial, first, second].map(accuracy);
    expect(afterOne).to.be.above(before + 0.2);
    expect(afterTwo).to.be.above(afterOne);
    expect(await view.model(tensorRoot(second))).to.deep.equal(second);

    await networkHelpers.time.increase(3 * PHASE);
    const paid = async (account: Wallet) => {
      const { claimable } = await tasks.earningsOf(TASK, account.address);
      if (claimable > 0n) {
        const periods = (TASK << 224n) | (clients.includes(account) ? 0b11n : 0n);
        await expect(tasks.claimFor([periods], account.address)).to.changeEtherBalance(ethers, account, claimable);
      }
      return claimable;
    };
    for (const account of clients) {
      const pay = await paid(account);
      if (idle.includes(account)) expect(pay).to.equal(0n);
      else expect(pay, `client ${clients.indexOf(account)}`).to.be.above(0n);
    }
    for (const account of [liar, secondLiar]) expect(await paid(account)).to.equal(0n);
    expect(await paid(honest)).to.be.above(await paid(lateHonest));
    for (const account of auditors) await paid(account);
  });
});
