import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { CONTRACT_NAMES, IStakeVault__factory, Role, Phase } from "@artel/sdk";
import { expect } from "chai";
import { JsonRpcProvider, ZeroAddress, zeroPadValue, type HDNodeWallet, type Log } from "ethers";
import hre from "hardhat";
import { pino } from "pino";

import {
  ClosedTaskUpkeep,
  DemandUpkeep,
  KeeperWallet,
  perform,
  SeedProofs,
  TaskList,
  TaskUpkeep,
} from "../../keeper/src/index.js";
import { runKeeper } from "../../keeper/src/main.js";
import { Processes } from "../../localnet/index.js";
import { eventually, rejection, scratchFolder } from "../localnet/helpers.js";
import { raiseStage, REWARD, TaskPlay, termsOf, type Stage } from "./taskPlay.js";

const SILENT = pino({ level: "silent" });
/** Blocks after which nothing is undone any more. */
const DEEP = 65;
const YEAR = 365 * 24 * 3_600;

describe("keeper of learning tasks", function () {
  this.timeout(120_000);
  const folder = scratchFolder();
  let processes: Processes;
  let stage: Stage;

  before(async () => {
    processes = await Processes.open(folder);
    stage = await raiseStage(processes);
  });
  after(() => processes.stopAll());

  const keeperOf = (
    { privateKey }: HDNodeWallet,
    { provider = stage.chain.provider, owners }: { provider?: JsonRpcProvider; owners?: string[] } = {},
  ) => {
    const wallet = new KeeperWallet(privateKey, provider);
    const tasks = stage.tasks.connect(wallet);
    const list = new TaskList(tasks, owners);
    return {
      wallet,
      running: new TaskUpkeep(tasks, list, new SeedProofs(tasks, stage.beacon)),
      closed: new ClosedTaskUpkeep(tasks, list, 0),
      demands: new DemandUpkeep(tasks, list, 0),
    };
  };
  /** Two keepers at once; what they sent together. */
  const race = async (...keepers: { run(log: typeof SILENT): Promise<number> }[]) => {
    const sent = await Promise.all(keepers.map((keeper) => keeper.run(SILENT)));
    return sent.reduce((sum, count) => sum + count, 0);
  };
  /** Seconds after a phase begins at which its seed can be proved. */
  const seedIsOut = async ({ taskId }: TaskPlay) =>
    stage.chain.warpTo((await stage.tasks.phaseStart(taskId, Phase.AuditCommit)) + 31n);

  it("KPR-03 KPR-07 KPR-08 takes a round from opened to settled, and sends nothing twice", async () => {
    const play = await TaskPlay.open(stage);
    const { wallet, running } = keeperOf(stage.others[0]);
    const { tasks } = stage;
    await play.update();
    expect(await running.run(SILENT), "nothing is due").to.equal(0);
    await play.enter(Phase.AuditCommit);
    expect(await running.run(SILENT), "the beacon is not ready").to.equal(0);
    await seedIsOut(play);
    expect(await running.run(SILENT), "proof and draw").to.equal(2);
    expect(await running.run(SILENT)).to.equal(0);
    const [first, second] = await play.panels();
    const seated = [...first.auditors, ...second.auditors];
    await play.commitScores(seated);
    await play.enter(Phase.AuditReveal);
    await play.revealScores(seated);
    await play.enter(Phase.Settle);
    expect(await running.run(SILENT), "both panels").to.equal(2);
    expect(await running.run(SILENT)).to.equal(0);
    const answer = await play.answer();
    expect(await running.run(SILENT)).to.equal(0);
    await play.enter(Phase.Finishing);
    expect(await running.run(SILENT)).to.equal(1);
    expect(await running.run(SILENT)).to.equal(0);
    const { phase, settled, voided, modelRoot } = await tasks.roundState(play.taskId);
    expect({ phase, settled, voided, modelRoot }).to.deep.equal({
      ...{ phase: BigInt(Phase.Closed), settled: 1n, voided: 0n },
      modelRoot: answer.modelRoot,
    });
    expect(await wallet.getNonce()).to.equal(5);
  });

  it("KPR-04 KPR-08 KPR-09 against a rival: a round without updates, one without audits, one that a reorganisation touches; and clears up", async () => {
    const play = await TaskPlay.open(stage);
    const { taskId } = play;
    const { tasks, chain } = stage;
    const [keeper, rival] = stage.others.map((account) => keeperOf(account));
    const both = () => race(keeper.running, rival.running);
    const count = async (event: "RoundVoided" | "SeedDrawn" | "PanelVoided" | "PanelSettled" | "RoundSettled") =>
      (await tasks.queryFilter(tasks.filters[event](taskId))).length;

    await play.enter(Phase.Reveal);
    expect(await both()).to.equal(0);
    await play.enter(Phase.AuditCommit);
    expect(await both(), "too few updates").to.equal(1);

    await play.update();
    await seedIsOut(play);
    await both();
    expect(await both(), "nothing twice").to.equal(0);
    await play.enter(Phase.Settle);
    expect(await both(), "panels of silent auditors").to.equal(2);
    expect(await both(), "all panels are void").to.equal(1);
    expect([await count("RoundVoided"), await count("SeedDrawn"), await count("PanelVoided")]).to.deep.equal([2, 1, 2]);

    await play.update();
    await seedIsOut(play);
    await both();
    const [whole, partial] = await play.panels();
    const [silent, ...others] = partial.auditors;
    const revealing = [...others, ...whole.auditors];
    await play.commitScores([silent, ...revealing]);
    await play.enter(Phase.AuditReveal);
    await play.revealScores(revealing);
    // the last vector is on the chain no more, and comes back in another block
    const late = revealing.at(-1)!;
    await chain.provider.send("anvil_reorg", [1, []]);
    expect((await tasks.participantOf(taskId, stage.auditors[late].address)).revealed).to.equal(false);
    await play.revealScores([late]);
    await play.enter(Phase.Settle);
    expect(await both()).to.equal(2);
    // a settlement is dropped, and sent again
    const [{ blockNumber }] = await tasks.queryFilter(tasks.filters.PanelSettled(taskId));
    const head = await chain.provider.getBlockNumber();
    await chain.provider.send("anvil_reorg", [head - blockNumber + 1, []]);
    expect(await count("PanelSettled")).to.equal(0);
    expect(await both()).to.be.at.least(1);
    expect([await count("PanelVoided"), await count("PanelSettled")]).to.deep.equal([3, 1]);
    await play.answer();
    await play.enter(Phase.Finishing);
    expect(await both()).to.equal(1);
    expect([await count("RoundVoided"), await count("RoundSettled")]).to.deep.equal([2, 1]);

    // other closed tasks of this chain are cleared up, too
    const clear = async () => {
      for (let turn = 0; turn < 4; turn++) await race(keeper.closed, rival.closed);
    };
    await clear();
    const refunds = async () => (await tasks.queryFilter(tasks.filters.TaskRefunded(taskId))).length;
    expect(await refunds(), "appeals run").to.equal(0);
    const locked = (await tasks.seatAt(taskId, Role.Auditor, 0)).stake;
    expect(locked).to.be.above(0n);
    await chain.mine(DEEP);
    await clear();
    expect((await tasks.seatAt(taskId, Role.Auditor, 0)).stake, "appeals run").to.equal(locked);
    await chain.warpTo((await chain.provider.getBlock("latest"))!.timestamp + 3000);
    await clear();
    expect(await refunds()).to.equal(1);
    await chain.mine(DEEP);
    await clear();
    for (const [role, seats] of [
      [Role.Auditor, stage.auditors],
      [Role.Aggregator, stage.aggregators],
    ] as const)
      for (const seat of seats.keys()) expect((await tasks.seatAt(taskId, role, seat)).stake).to.equal(0n);
    const recorded = await tasks.queryFilter(tasks.filters.ReputationRecorded(taskId));
    // clients of one panel, its auditors, and the aggregators
    const scored = whole.cells[0] === 0 ? 8 : 1;
    expect(recorded.length).to.equal(scored + 3 + 3);
    expect(new Set(recorded.map(({ args }) => args.account)).size).to.equal(recorded.length);
    await chain.mine(DEEP);
    await clear();
    await chain.warpTo((await chain.provider.getBlock("latest"))!.timestamp + YEAR);
    await clear();
    expect((await tasks.queryFilter(tasks.filters.TaskSwept(taskId))).length).to.equal(1);
    const nonces = await Promise.all([keeper, rival].map(({ wallet }) => wallet.getNonce()));
    await chain.mine(DEEP);
    await clear();
    await chain.mine(DEEP);
    await clear();
    expect(await Promise.all([keeper, rival].map(({ wallet }) => wallet.getNonce()))).to.deep.equal(nonces);
  });

  it("KPR-07 KPR-10 settles the panels that it can, tells of the other, and ends a demand that nobody met", async () => {
    const play = await TaskPlay.open(stage);
    const { taskId } = play;
    const { tasks, chain } = stage;
    const provider = new WatchedProvider(chain.url);
    processes.onStop(() => provider.destroy());
    const { running, demands } = keeperOf(stage.others[2], { provider });
    const told: string[] = [];
    const log = pino({ level: "warn" }, { write: (line: string) => void told.push(line) });
    await play.update();
    await seedIsOut(play);
    await running.run(SILENT);
    const [first, second] = await play.panels();
    const seated = [...first.auditors, ...second.auditors];
    await play.commitScores(seated);
    await play.enter(Phase.AuditReveal);
    await play.revealScores(seated);
    await play.enter(Phase.Settle);
    const hidden = stage.auditors[first.auditors[1]].address;
    const topic = zeroPadValue(hidden, 32).toLowerCase();
    provider.around = async (method, proceed) => {
      const answer = await proceed();
      return method === "eth_getLogs" ? (answer as Log[]).filter(({ topics }) => !topics.includes(topic)) : answer;
    };
    await running.run(log);
    expect((await tasks.panelState(taskId)).scoredSet & 3n, "the second panel alone").to.equal(2n);
    await running.run(log);
    expect(told.length, "told of once").to.equal(1);
    expect(told[0]).to.contain("learning/event-missing").and.to.contain(hidden);
    provider.around = (_, proceed) => proceed();
    expect(await running.run(SILENT), "tried again").to.equal(1);

    const answer = await play.answer();
    await play.enter(Phase.Challenge);
    const demander = stage.others[3];
    const vault = IStakeVault__factory.connect(await tasks.VAULT(), demander);
    await vault.deposit(tasks, ZeroAddress, REWARD, { value: REWARD });
    const asked = tasks.connect(demander);
    await asked.demandModelHashes(taskId, 0, answer, 0, answer.modelRoot, []);
    expect(await demands.run(SILENT), "it may still be met").to.equal(0);
    const [{ args }] = await tasks.queryFilter(tasks.filters.PartDemanded(taskId));
    await chain.warpTo(args.deadline + 1n);
    expect(await demands.run(SILENT)).to.equal(1);
    expect(await demands.run(SILENT)).to.equal(0);
    const [ended] = await tasks.queryFilter(tasks.filters.DemandEnded(taskId));
    expect(ended.args.demander).to.equal(demander.address);
    const [disproved] = await tasks.queryFilter(tasks.filters.AnswerDisproved(taskId));
    expect(disproved.args.seats).to.equal(7n);
    expect(await running.run(SILENT), "no answer stands").to.equal(1);
    const [voided] = await tasks.queryFilter(tasks.filters.RoundVoided(taskId));
    expect(voided.args.outcome).to.equal(4n);
  });

  it("KPR-11 KPR-12 works for those it is told, and does not pay for code of others: a token that turns on the keeper in a block is tried twice", async () => {
    const { tasks, owner, chain } = stage;
    const override = { url: chain.url, accounts: [owner.privateKey] };
    const connection = await hre.network.create({ network: "localhost", override });
    processes.onStop(() => connection.close());
    const token = await connection.ethers.deployContract("HostileToken");
    await token.mint(owner.address, REWARD);
    await token.approve(tasks.target, REWARD);
    const terms = await termsOf(stage, { token: String(token.target) });
    await (await tasks.openTask(terms)).wait();
    const taskId = await tasks.taskCount();

    let sent = 0;
    const provider = new WatchedProvider(chain.url);
    processes.onStop(() => provider.destroy());
    provider.around = async (method, proceed) => {
      if (method !== "eth_sendRawTransaction") return proceed();
      await token.setFailing(true);
      sent += 1;
      const hash = await proceed();
      await token.setFailing(false);
      return hash;
    };
    await chain.warpTo(terms.startsAt as number);
    const elsewhere = keeperOf(stage.others[1], { owners: [stage.treasury.address] });
    expect(await elsewhere.running.run(SILENT), "a stranger's").to.equal(0);
    const { running } = keeperOf(stage.others[1], { owners: [stage.treasury.address, owner.address] });
    expect(await running.run(SILENT), "nobody came").to.equal(1);
    expect(await elsewhere.closed.run(SILENT)).to.equal(0);
    const { closed } = keeperOf(stage.others[3], { provider });
    await chain.warpTo((await chain.provider.getBlock("latest"))!.timestamp + 3000);
    for (let turn = 0; turn < 5; turn++) {
      await chain.mine(DEEP);
      await closed.run(SILENT);
    }
    expect(sent).to.equal(2);

    // others still can
    expect(await tasks.refund.staticCall(taskId)).to.equal(REWARD);
    provider.around = async (method, proceed) => (method === "eth_estimateGas" ? "0x2625a00" : proceed());
    const gas = perform(
      tasks.connect(new KeeperWallet(stage.others[3].privateKey, provider)),
      "refund",
      await tasks.refund.populateTransaction(taskId),
      SILENT,
    );
    expect((await rejection(gas)).code).to.equal("keeper/gas");
    expect(sent).to.equal(2);
  });

  it("KPR-03 KPR-12 as a program: asks a relay of the beacon's network, and works for an owner", async () => {
    const { tasks, chain, local, owner, others } = stage;
    const play = await TaskPlay.open(stage);
    await play.update();
    await seedIsOut(play);
    const entry = { address: owner.address, block: 0, transaction: `0x${"22".repeat(32)}`, arguments: [] };
    const contracts = Object.fromEntries(CONTRACT_NAMES.map((name) => [name, entry]));
    contracts.LearningTasks = { ...entry, address: await tasks.getAddress() };
    const file = join(folder, "addresses.json");
    writeFileSync(file, JSON.stringify({ network: "test", chainId: 31_337, deployedAt: 0, contracts }));
    const controller = new AbortController();
    const flags = ["--rpc-url", chain.url, "--deployment", file, "--owner", owner.address, "--poll-ms", "50"];
    const own = process.env.ARTEL_PRIVATE_KEY;
    process.env.ARTEL_PRIVATE_KEY = others[1].privateKey;
    const running = runKeeper([...flags, "--drand-relay", local.url], controller.signal);
    const isDrawn = async () => (await tasks.queryFilter(tasks.filters.SeedDrawn(play.taskId))).length === 1;
    await eventually(isDrawn, 40_000).finally(async () => {
      controller.abort();
      await running;
      if (own === undefined) delete process.env.ARTEL_PRIVATE_KEY;
      else process.env.ARTEL_PRIVATE_KEY = own;
    });
  });
});

/** An endpoint in whose answers somebody has a hand. */
class WatchedProvider extends JsonRpcProvider {
  /** Answers instead, or proceeds. */
  around: (method: string, proceed: () => Promise<unknown>) => Promise<unknown> = (_, proceed) => proceed();

  constructor(url: string) {
    super(url, undefined, { cacheTimeout: -1, pollingInterval: 50 });
  }

  override send(method: string, parameters: unknown[] | Record<string, unknown>): Promise<unknown> {
    return this.around(method, () => super.send(method, parameters as unknown[]));
  }
}
