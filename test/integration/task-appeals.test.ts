import {
  Aggregator,
  Appellant,
  Auditor,
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
  trainUpdate,
  type AuditedRound,
  type ContentStore,
  type Examples,
  type PartyContext,
  type TaskState,
} from "@artel/node";
import { drandBeacon, IDrandBeacon__factory, ILearning__factory, Role, Phase, type ILearning } from "@artel/sdk";
import {
  ABSENT,
  accumulate,
  clientsOf,
  createRandom,
  decodeVector,
  freshPanel,
  isAccurate,
  manifestToBytes,
  payPeriod,
  quantise,
  taskContentOf,
  tensorRoot,
  tensorToBytes,
  weightCapsOf,
  type Manifest,
  type Panel,
} from "@artel/sdk/learning";
import { drandRandomness, drandNetworkStruct, localDrand } from "@artel/sdk/randomness";
import { expect } from "chai";
import { BrowserProvider, getBytes, randomBytes, toBeHex, Wallet, ZeroAddress, ZeroHash, type Signer } from "ethers";
import { network } from "hardhat";
import { CID } from "multiformats/cid";
import { pino } from "pino";

import { AppealUpkeep, SeedProofs, TaskList, TaskUpkeep } from "../../keeper/src/index.js";
import { deployLearningTasks } from "../learningTasks.js";
import { scratchFolder } from "../localnet/helpers.js";
import { memoryStore } from "../memoryStore.js";

const { ethers, networkHelpers, provider } = await network.create({ network: "l1", chainType: "l1" });
const rpc = new BrowserProvider(provider, undefined, { cacheTimeout: -1, pollingInterval: 5 });

const TASK = 1n;
const REWARD = 10n ** 18n;
const PHASE = 600;
const SKEW = 30n;
const CLIENTS = 6;
const AUDITORS = 9;
const EPSILON = 100;
const SLICE = 250;
const SILENT_LOG = pino({ level: "silent" });

/** Turns every score around, and takes 5,000 off it. */
class Colluder extends Auditor {
  protected override async score(round: AuditedRound, panel: Panel, seed: string) {
    const scores = await super.score(round, panel, seed);
    return scores.map((score) => (score === ABSENT ? score : -score - 5000));
  }
}

/** Sends what another client sends, whose key and data it has got hold of. */
class Copier extends Client {
  constructor(
    context: PartyContext,
    private readonly victim: PartyContext,
  ) {
    super(context);
  }

  protected override train(state: TaskState) {
    return trainUpdate(this.victim, state);
  }
}

describe("appeals of panels, by the parties themselves", function () {
  this.timeout(60_000);
  const folder = scratchFolder();

  it("PTY-11 PTY-12 PTY-13 KPR-13 a colluding majority is appealed, the keeper draws and settles, and pay follows the corrected medians", async () => {
    const now = BigInt(await networkHelpers.time.latest());
    const local = localDrand({ secretKey: `0x${"3c".repeat(32)}`, genesis: now, period: 3n });
    const beacon = await ethers.deployContract("DrandBeacon", [drandNetworkStruct(local.network), SKEW]);
    const membership = await ethers.deployContract("MembershipStub");
    const vault = await ethers.deployContract("StakeVault");
    const dids = await ethers.deployContract("DIDRegistry");
    const address = await deployLearningTasks(ethers, {
      membership: String(membership.target),
      escrow: String((await ethers.deployContract("RewardEscrow")).target),
      vault: String(vault.target),
      reputation: String((await ethers.deployContract("ReputationStub")).target),
      consents: String((await ethers.deployContract("ConsentRegistry", [dids.target])).target),
      randomness: String(beacon.target),
      models: String((await ethers.deployContract("ModelRegistry")).target),
    });
    const connected = (signer: Signer): ILearning => ILearning__factory.connect(address, signer);
    const { chainId } = await ethers.provider.getNetwork();
    const collectable = (...holders: string[]) =>
      Promise.all(holders.map((holder) => vault.collectable(ZeroAddress, holder)));
    const [owner, treasury] = await ethers.getSigners();
    const accounts = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => new Wallet(toBeHex(from + i, 32), rpc));
    const clients = accounts(1, CLIENTS);
    const [latecomer] = accounts(50, 1);
    const auditors = accounts(100, AUDITORS);
    const aggregators = accounts(200, 1);
    const [appellant, sweeper] = accounts(300, 2);
    const members = [...clients, latecomer, ...auditors, ...aggregators];
    for (const { address } of [...members, appellant, sweeper]) await networkHelpers.setBalance(address, 3n * REWARD);
    const tasks = connected(owner);

    const { train } = await loadDataset("mnist");
    const sizes = [...[...clients, latecomer].map(() => 150), ...[0, 1, 2, 3].map(() => SLICE)];
    const shares = iidSplit(60_000, sizes, createRandom("task-appeals", "split")).map((ids) => pick(train, ids));
    const content = openContentFolder(folder);
    const startsAt = (await networkHelpers.time.latest()) + 1000;
    const timelock = drandTimelock(local.network, (round) => local.sign(round).signature);
    const times = { opensAt: startsAt + 2 * PHASE, interval: 3 * PHASE };
    const { plan, sealed } = await sealSlices(shares.slice(CLIENTS + 1), times, timelock, () => randomBytes(32));
    for (const slice of sealed) await content.put(slice);
    const manifest: Manifest = {
      version: 1,
      dataset: "mnist",
      model: { kind: "mlp", inputs: 784, hidden: 4, classes: 10 },
      loss: "cross-entropy",
      recipe: { localEpochs: 2, batchSize: 10, learningRate: 0.1, momentum: 0 },
      fractionBits: 16,
      sampleCap: 1000,
      clipNorm: 4,
      aggregation: { rule: "mean" },
      privacy: { kind: "open" },
      scoring: { method: "shapley", batch: 8, alphas: [0, 0.5, 1], test: plan },
      seed: "task-appeals",
    };
    const initial = quantise(createTrainer(manifest.model).initial(manifest.seed), manifest.fractionBits);
    for (const { address } of members) await membership.admit(owner.address, address, address);
    await tasks.openTask(
      {
        ...{ cooperative: owner.address, token: ZeroAddress, reward: REWARD, startsAt },
        schedule: {
          ...{ commit: PHASE, reveal: PHASE, auditCommit: PHASE, auditReveal: PHASE, settle: PHASE, appeal: 3 * PHASE },
          ...{ aggregateCommit: PHASE, aggregateReveal: PHASE, challenge: PHASE, longChallenge: PHASE },
        },
        aggregation: {
          ...{
            ...weightCapsOf(manifest),
            parameters: initial.length,
            combining: 0,
            trim: 0,
            leafCells: 1,
            momentum: 0,
          },
        },
        ...{ rounds: 2, periodRounds: 1, retries: 1, minClients: 4, maxClients: 8, panelCells: 1, panelSeats: 3 },
        ...{ minAuditors: AUDITORS, maxAuditors: AUDITORS, aggregators: 1, aggregatorQuorum: 1 },
        ...{ auditorShare: 2000, aggregatorShare: 1000, treasuryShare: 0, epsilon: EPSILON, exclusionScore: 60_000 },
        ...{ minimumScore: 1, auditorStake: REWARD, aggregatorStake: REWARD, missPenalty: REWARD / 2n },
        ...{ slashRecipient: treasury.address, consentPurpose: ZeroHash, reputationCategory: ZeroHash },
        ...{ minimumReputation: 0, microRho: 0, initialRoot: tensorRoot(initial) },
        initialModel: taskContentOf(await content.put(tensorToBytes(initial))),
        manifest: taskContentOf(await content.put(manifestToBytes(manifest))),
      },
      { value: REWARD },
    );
    for (const [role, seats] of [
      [Role.Auditor, auditors],
      [Role.Aggregator, aggregators],
    ] as const) {
      for (const seat of seats) {
        await vault.connect(seat).deposit(address, ZeroAddress, REWARD, { value: REWARD });
        await connected(seat).join(TASK, role);
      }
    }

    const randomness = drandRandomness(local.network, SKEW, async (round) => local.sign(round).randomness);
    const view = new TaskView(tasks, TASK, 0, content, randomness);
    const stores = new Map([...members, appellant].map(({ address }) => [address, memoryStore()]));
    for (const [i, { address }] of [...clients, latecomer].entries())
      await stores.get(address)!.put(EXAMPLES_RECORD, encodeExamples(shares[i] as Examples));
    const contextOf = (account: Wallet) => ({
      ...{ view, tasks: connected(account), account: account.address, chainId, store: stores.get(account.address)! },
      ...{ log: SILENT_LOG, timelock },
    });
    const [victim] = clients;
    const copier = clients[CLIENTS - 1];
    const clientOf = (account: Wallet) =>
      account === copier ? new Copier(contextOf(account), contextOf(victim)) : new Client(contextOf(account));
    const enter = async (phase: number) => {
      if (Number(await tasks.phaseOf(TASK)) !== phase)
        await networkHelpers.time.increaseTo(await tasks.phaseStart(TASK, phase));
    };
    const served = connected(sweeper);
    const list = new TaskList(served);
    const drand = async () =>
      drandBeacon(IDrandBeacon__factory.connect(String(beacon.target), rpc), local.network, async (round) =>
        local.sign(round),
      );
    const proofs = new SeedProofs(served, drand);
    const upkeep = new TaskUpkeep(served, list, proofs);
    const appeals = new AppealUpkeep(served, list, proofs, 0);

    // a round whose panel has a majority of colluders
    await enter(Phase.Commit);
    for (const account of clients) await clientOf(account).step();
    await enter(Phase.Reveal);
    for (const account of clients) await clientOf(account).step();
    await enter(Phase.AuditCommit);
    await networkHelpers.time.increase(SKEW + 3n);
    expect(await upkeep.run(SILENT_LOG), "proof and draw").to.equal(2);
    const audited = await view.state();
    const [panel] = (await view.panels(audited))!;
    const seated = panel.auditors.map((id) => auditors[id]);
    const liars = seated.slice(0, 2);
    const auditorOf = (account: Wallet) => new (liars.includes(account) ? Colluder : Auditor)(contextOf(account));
    for (const account of seated) await auditorOf(account).step();
    await enter(Phase.AuditReveal);
    for (const account of seated) await auditorOf(account).step();
    await enter(Phase.Settle);
    expect(await upkeep.run(SILENT_LOG)).to.equal(1);
    const ids = clientsOf(panel, CLIENTS);
    const honest = seated[2];
    const [told] = await tasks.queryFilter(tasks.filters.ScoresRevealed(TASK, 1n, honest.address));
    const right = decodeVector(panel, getBytes(told.args.scores));
    expect(right.get(clients.indexOf(copier))).to.equal(ABSENT);
    for (const id of ids) expect((await view.settledPanels())[0].medians.get(id)).to.be.below(-EPSILON);

    // it is appealed, once, by who can pay for it
    expect(await new Appellant(contextOf(appellant)).step(), "no bond").to.equal(false);
    await vault.connect(appellant).deposit(address, ZeroAddress, REWARD, { value: REWARD });
    const unread = new Set((await view.updates(1n)).map(({ cid }) => CID.decode(cid).toString()));
    const partial: ContentStore = {
      ...content,
      get: async (cid) => {
        if (unread.has(cid.toString())) throw new ContentMissingError(cid.toString());
        return content.get(cid);
      },
    };
    const blind = { ...contextOf(appellant), view: new TaskView(tasks, TASK, 0, partial, randomness) };
    expect(await new Appellant(blind).step(), "who can't read the updates").to.equal(false);
    expect(await new Appellant(contextOf(appellant)).step()).to.equal(true);
    expect(await new Appellant(contextOf(appellant)).step(), "once").to.equal(false);
    const { bond } = await tasks.appealOf(TASK, 1n, 0n);
    expect(bond).to.be.above(0n);
    expect(await appeals.run(SILENT_LOG), "its round runs").to.equal(0);

    await enter(Phase.AggregateCommit);
    for (const account of aggregators) await new Aggregator(contextOf(account)).step();
    await enter(Phase.AggregateReveal);
    for (const account of aggregators) await new Aggregator(contextOf(account)).step();
    await enter(Phase.Finishing);
    expect(await upkeep.run(SILENT_LOG)).to.equal(1);
    expect((await view.state()).round).to.equal(2n);

    // the next round runs: it has another model, one client more in the same cell, and the copier is first in it
    for (const account of [copier, ...clients, latecomer]) await clientOf(account).step();
    expect((await view.state()).clients).to.equal(BigInt(CLIENTS + 1));
    expect(await view.pastRound(1n)).to.deep.include({ clients: BigInt(CLIENTS), modelRoot: tensorRoot(initial) });
    for (const account of auditors) expect(await auditorOf(account).step(), "not drawn").to.equal(false);
    expect(await appeals.run(SILENT_LOG), "the beacon is not ready").to.equal(0);
    await networkHelpers.time.increase(SKEW + 3n);
    expect(await appeals.run(SILENT_LOG), "proof and draw").to.equal(2);
    expect(await appeals.run(SILENT_LOG)).to.equal(0);
    const [drawn] = await view.drawnAppeals(1n);
    const fresh = freshPanel(drawn.seed, AUDITORS, panel.auditors, drawn.seats).map((id) => auditors[id]);
    expect(fresh.length).to.equal(5);
    for (const account of auditors) {
      expect(await auditorOf(account).step(), "a commitment").to.equal(fresh.includes(account));
      // made anew, as after a crash
      expect(await auditorOf(account).step(), "once").to.equal(false);
    }
    const startedAt = (await view.state()).startedAt;
    await networkHelpers.time.increaseTo(startedAt + BigInt(PHASE));
    for (const account of [...clients, latecomer]) await clientOf(account).step();
    for (const account of auditors) expect(await auditorOf(account).step()).to.equal(fresh.includes(account));
    const reviews = await tasks.queryFilter(tasks.filters.ReviewRevealed(TASK, 1n, 0n));
    for (const { args } of reviews) expect(args.scores, "the same scores as then").to.equal(told.args.scores);

    // the verdict, while the next round is audited
    expect(await appeals.run(SILENT_LOG), "reveals run").to.equal(0);
    await enter(Phase.AuditCommit);
    const bound = await vault.stakeOf(address, ZeroAddress, appellant.address);
    const before = await collectable(appellant.address, treasury.address);
    expect(await appeals.run(SILENT_LOG)).to.equal(1);
    expect(await appeals.run(SILENT_LOG)).to.equal(0);
    const [settled] = await tasks.queryFilter(tasks.filters.AppealSettled(TASK, 1n, 0n));
    expect(settled.args.corrected, "all but the copy").to.equal(BigInt(CLIENTS - 1));
    const { medians } = (await view.settledPanels())[0];
    for (const id of ids) expect(isAccurate(medians.get(id)!, right.get(id)!, 0)).to.equal(true);
    for (const account of auditors) {
      const { id } = await tasks.participantOf(TASK, account.address);
      const { stake } = await tasks.seatAt(TASK, Role.Auditor, id);
      expect(stake, account.address).to.equal(liars.includes(account) ? REWARD / 2n : REWARD);
    }
    // of both fines the appellant has what the fresh panel cost and half of the rest, the treasury the other half
    const cost = bond - settled.args.returned;
    const fines = 2n * (REWARD / 2n);
    const [given, taken] = await collectable(appellant.address, treasury.address);
    const stake = await vault.stakeOf(address, ZeroAddress, appellant.address);
    expect([cost > 0n, stake.locked, stake.free - bound.free]).to.deep.equal([true, 0n, bond - cost]);
    expect([given - before[0], taken - before[1]]).to.deep.equal([cost + (fines - cost) / 2n, (fines - cost) / 2n]);

    // what the colluders had taken from the clients is theirs
    await networkHelpers.time.increaseTo(startedAt + BigInt(3 * PHASE));
    const nobody = clients.map(() => 0n);
    const balances = accumulate(
      nobody,
      clients.map((_, id) => right.get(id)!),
    );
    const { pay } = payPeriod(balances, (REWARD * 7n) / 20n, 1n);
    expect(pay.filter((amount) => amount > 0n).length).to.be.above(3);
    for (const [id, { address: client }] of clients.entries())
      expect((await tasks.earningsOf(TASK, client)).claimable, client).to.equal(pay[id]);
  });
});
