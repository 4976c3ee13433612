import {
  Aggregator,
  Appellant,
  Auditor,
  Client,
  ContentMissingError,
  drandTimelock,
  encodeExamples,
  EXAMPLES_RECORD,
  iidSplit,
  loadDataset,
  openContentFolder,
  pick,
  sealSlices,
  TaskView,
  type AuditedRound,
  type ContentStore,
  type Examples,
  publishTask,
} from "@artel/node";
import { drandBeacon, IDrandBeacon__factory, Role, Phase } from "@artel/sdk";
import {
  ABSENT,
  accumulate,
  clientsOf,
  createRandom,
  decodeVector,
  freshPanel,
  isAccurate,
  payPeriod,
  type Manifest,
  type Panel,
} from "@artel/sdk/learning";
import { drandRandomness, drandNetworkStruct, localDrand } from "@artel/sdk/randomness";
import { expect } from "chai";
import { BrowserProvider, getBytes, randomBytes, Wallet, ZeroAddress } from "ethers";
import { network } from "hardhat";
import { CID } from "multiformats/cid";
import { pino } from "pino";

import { AppealUpkeep, SeedProofs, TaskList, TaskUpkeep } from "../../keeper/src/index.js";
import { deployAmongStubs } from "../learningTasks.js";
import { scratchFolder } from "../localnet/helpers.js";
import { memoryStore } from "../memoryStore.js";
import { Copier, smallTask, takeSeats, walletsFrom } from "../tasks.js";

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

describe("appeals of panels, by the parties themselves", function () {
  this.timeout(60_000);
  const folder = scratchFolder();

  it("PTY-11 PTY-12 PTY-13 KPR-13 a colluding majority is appealed, the keeper draws and settles, and pay follows the corrected medians", async () => {
    const now = BigInt(await networkHelpers.time.latest());
    const local = localDrand({ secretKey: `0x${"3c".repeat(32)}`, genesis: now, period: 3n });
    const beacon = await ethers.deployContract("DrandBeacon", [drandNetworkStruct(local.network), SKEW]);
    const { tasks, vault, membership } = await deployAmongStubs(ethers, beacon);
    const { chainId } = await ethers.provider.getNetwork();
    const collectable = (...holders: string[]) =>
      Promise.all(holders.map((holder) => vault.collectable(ZeroAddress, holder)));
    const [owner, treasury] = await ethers.getSigners();
    const clients = walletsFrom(1, CLIENTS, rpc);
    const [latecomer] = walletsFrom(50, 1, rpc);
    const auditors = walletsFrom(100, AUDITORS, rpc);
    const aggregators = walletsFrom(200, 1, rpc);
    const [appellant, sweeper] = walletsFrom(300, 2, rpc);
    const members = [...clients, latecomer, ...auditors, ...aggregators];
    for (const { address } of [...members, appellant, sweeper]) await networkHelpers.setBalance(address, 3n * REWARD);

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
    for (const { address } of members) await membership.admit(owner.address, address, address);
    await tasks.openTask(
      smallTask({
        ...{ cooperative: owner.address, slashRecipient: treasury.address, startsAt },
        ...{ rounds: 2, minClients: 4, maxClients: 8, minAuditors: AUDITORS, exclusionScore: 60_000 },
        ...(await publishTask(manifest, content)),
      }),
      { value: REWARD },
    );
    await takeSeats({ tasks, vault }, TASK, { auditors, aggregators });

    const randomness = drandRandomness(local.network, SKEW, async (round) => local.sign(round).randomness);
    const view = new TaskView(tasks, TASK, 0, content, randomness);
    const stores = new Map([...members, appellant].map(({ address }) => [address, memoryStore()]));
    for (const [i, { address }] of [...clients, latecomer].entries())
      await stores.get(address)!.put(EXAMPLES_RECORD, encodeExamples(shares[i] as Examples));
    const contextOf = (account: Wallet) => ({
      ...{
        view,
        tasks: tasks.connect(account),
        account: account.address,
        chainId,
        store: stores.get(account.address)!,
      },
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
    const served = tasks.connect(sweeper);
    const list = new TaskList(served);
    const contract = IDrandBeacon__factory.connect(String(beacon.target), rpc);
    const drand = await drandBeacon(contract, local.network, async (round) => local.sign(round));
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
    await vault.connect(appellant).deposit(tasks, ZeroAddress, REWARD, { value: REWARD });
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
    const { initialRoot } = await view.terms();
    expect(await view.pastRound(1n)).to.deep.include({ clients: BigInt(CLIENTS), modelRoot: initialRoot });
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
    const bound = await vault.stakeOf(tasks, ZeroAddress, appellant.address);
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
    const stake = await vault.stakeOf(tasks, ZeroAddress, appellant.address);
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
