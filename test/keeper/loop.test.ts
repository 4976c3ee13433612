import { setTimeout as sleep } from "node:timers/promises";

import { expect } from "chai";

import { forEach, KeeperLoop, type KeeperTask } from "../../keeper/src/index.js";
import { rejection } from "../localnet/helpers.js";
import { SILENT } from "../suite.js";

/** A task that does what it is told at each of its turns. */
function scripted(name: string, turn: (count: number) => number): KeeperTask & { times: number[] } {
  const times: number[] = [];
  return { name, times, run: async () => turn(times.push(Date.now())) };
}

async function runFor(milliseconds: number, loop: KeeperLoop): Promise<void> {
  const controller = new AbortController();
  const over = loop.run(controller.signal);
  await sleep(milliseconds);
  controller.abort();
  await over;
}

describe("keeper loop", () => {
  it("KPR-01 waits twice as long after each failure, while other tasks go on", async () => {
    const failing = scripted("failing", () => {
      throw new Error("no answer");
    });
    const working = scripted("working", () => 1);
    const loop = new KeeperLoop([failing, working], 10, SILENT);
    await runFor(500, loop);
    // 20, 40, 80, 160 ms, then 320 ms are not over
    expect(failing.times).to.have.length.within(3, 5);
    const pauses = failing.times.slice(1).map((time, i) => time - failing.times[i]);
    pauses.forEach((pause, i) => expect(pause).to.be.at.least(20 * 2 ** i - 2));
    expect(working.times).to.have.length.above(10);
    expect(loop.health.get("failing")).to.deep.equal({
      failures: failing.times.length,
      lastError: "no answer",
      sent: 0,
    });
    expect(loop.health.get("working")).to.include({ failures: 0, sent: working.times.length });
    expect(loop.isHealthy(60_000)).to.equal(false);
  });

  it("KPR-01 is back at its pace after a success", async () => {
    const recovering = scripted("recovering", (turn) => {
      if (turn <= 3) throw new Error("not yet");
      return 0;
    });
    const loop = new KeeperLoop([recovering], 10, SILENT);
    await runFor(500, loop);
    expect(recovering.times).to.have.length.above(8);
    expect(loop.health.get("recovering")!.failures).to.equal(0);
    expect(loop.isHealthy(60_000)).to.equal(true);
    expect(loop.isHealthy(10, Date.now() + 1_000)).to.equal(false);
  });

  it("KPR-02 gives every item its turn before it tells of a failure", async () => {
    const done: number[] = [];
    const act = async (item: number) => {
      if (item % 2 === 0) throw new Error(`item ${item}`);
      return done.push(item);
    };
    expect((await rejection(forEach([1, 2, 3, 4, 5], act))).message).to.equal("item 2");
    expect(done).to.deep.equal([1, 3, 5]);
  });
});
