import { TaskPhase } from "@artel/sdk";
import { expect } from "chai";
import type { HDNodeWallet } from "ethers";

import { ClosedTaskUpkeep, DemandUpkeep, KeeperWallet, TaskUpkeep } from "../../keeper/src/index.js";
import { Processes } from "../../localnet/index.js";
import { scratchFolder } from "../localnet/helpers.js";
import { SILENT } from "../suite.js";
import { raiseStage, TaskPlay, type Stage } from "./taskPlay.js";

describe("keeper of learning tasks", function () {
  this.timeout(60_000);
  const folder = scratchFolder();
  let processes: Processes;
  let stage: Stage;

  before(async () => {
    processes = await Processes.open(folder);
    stage = await raiseStage(processes);
  });
  after(() => processes.stopAll());

  const keeperOf = ({ privateKey }: HDNodeWallet) => {
    const wallet = new KeeperWallet(privateKey, stage.chain.provider);
    const tasks = stage.tasks.connect(wallet);
    return {
      wallet,
      running: new TaskUpkeep(tasks, async () => stage.beacon),
      closed: new ClosedTaskUpkeep(tasks, 0),
      demands: new DemandUpkeep(tasks, 0),
    };
  };

  it("KPR-06 KPR-07 KPR-08 takes a round from opened to settled", async () => {
    const play = await TaskPlay.open(stage);
    const { wallet, running } = keeperOf(stage.others[0]);
    const { tasks } = stage;
    await play.update();
    expect(await running.run(SILENT), "nothing is due").to.equal(0);
    await play.enter(TaskPhase.AuditCommit);
    expect(await running.run(SILENT), "the beacon is not ready").to.equal(0);
    await stage.chain.warpTo((await tasks.phaseStart(play.taskId, TaskPhase.AuditCommit)) + 31n);
    expect(await running.run(SILENT), "proof and draw").to.equal(2);
    expect(await running.run(SILENT)).to.equal(0);
    const panels = await play.panels();
    expect(panels.length).to.equal(2);
    const seated = panels.flatMap(({ auditors }) => auditors);
    await play.commitScores(seated);
    await play.enter(TaskPhase.AuditReveal);
    await play.revealScores(seated);
    await play.enter(TaskPhase.Settle);
    expect(await running.run(SILENT), "both panels").to.equal(2);
    expect(await running.run(SILENT)).to.equal(0);
    const answer = await play.answer();
    expect(await running.run(SILENT)).to.equal(0);
    await play.enter(TaskPhase.Finishing);
    expect(await running.run(SILENT)).to.equal(1);
    expect(await running.run(SILENT)).to.equal(0);
    const { phase, settled, voided, modelRoot } = await tasks.roundState(play.taskId);
    expect({ phase, settled, voided, modelRoot }).to.deep.equal({
      ...{ phase: BigInt(TaskPhase.Closed), settled: 1n, voided: 0n },
      modelRoot: answer.modelRoot,
    });
    expect(await wallet.getNonce()).to.equal(5);
  });
});
