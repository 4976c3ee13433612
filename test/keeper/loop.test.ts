import { setTimeout as sleep } from "node:timers/promises";

import { expect } from "chai";
import { pino } from "pino";

import { forEach, runTasks, type KeeperTask } from "../../keeper/src/index.js";
import { rejection } from "../localnet/helpers.js";

/** A task that does what it is told at each of its turns. */
function scripted(name: string, turn: (count: number) => number): KeeperTask & { times: number[] } {
  const times: number[] = [];
  return { name, times, run: async () => turn(times.push(Date.now())) };
}

/** Runs tasks for a while, and answers with the lines of the log. */
async function runFor(milliseconds: number, ...tasks: KeeperTask[]) {
  const lines: { task: string; failures: number; err: { message: string } }[] = [];
  const log = pino({ base: undefined }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const controller = new AbortController();
  const over = runTasks(tasks, 10, log, controller.signal);
  await sleep(milliseconds);
  controller.abort();
  await over;
  return lines;
}

describe("keeper loop", () => {
  it("KPR-01 waits twice as long after each failure, while other tasks go on", async () => {
    const failing = scripted("failing", () => {
      throw new Error("no answer");
    });
    const working = scripted("working", () => 1);
    const lines = await runFor(500, failing, working);
    // 20, 40, 80, 160 ms, then 320 ms are not over
    expect(failing.times).to.have.length.within(3, 5);
    const pauses = failing.times.slice(1).map((time, i) => time - failing.times[i]);
    pauses.forEach((pause, i) => expect(pause).to.be.at.least(20 * 2 ** i - 2));
    expect(working.times).to.have.length.above(10);
    const told = lines.map(({ task, failures, err }) => [task, failures, err.message]);
    expect(told).to.deep.equal(failing.times.map((_, i) => ["failing", i + 1, "no answer"]));
  });

  it("KPR-01 is back at its pace after a success", async () => {
    const recovering = scripted("recovering", (turn) => {
      if (turn <= 3 || turn === 6) throw new Error("not yet");
      return 0;
    });
    const lines = await runFor(500, recovering);
    expect(recovering.times).to.have.length.above(8);
    expect(lines.map(({ failures }) => failures)).to.deep.equal([1, 2, 3, 1]);
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

  it("KPR-02 has as many items under way as it is told, and adds up what they did", async () => {
    let underWay = 0;
    let most = 0;
    const act = async (item: number) => {
      most = Math.max(most, ++underWay);
      await sleep(5);
      underWay -= 1;
      return item;
    };
    expect(await forEach([1, 2, 3, 4, 5, 6, 7], act, 3)).to.equal(28);
    expect(most).to.equal(3);
    expect(await forEach([], act, 3)).to.equal(0);
  });
});
