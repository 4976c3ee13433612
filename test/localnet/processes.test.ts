import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { Processes, treeMemory, watchMemory } from "../../localnet/index.js";
import { eventually, isRunning, rejection, scratchFolder } from "./helpers.js";

function runningCommands(): string[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      return [readFileSync(`/proc/${pid}/cmdline`, "utf8")];
    } catch {
      return [];
    }
  });
}

const HOLDER = fileURLToPath(new URL("fixture/holder.ts", import.meta.url));

describe("processes", function () {
  this.timeout(60_000);
  const folder = scratchFolder();
  let processes: Processes;
  beforeEach(async () => (processes = await Processes.open(folder)));
  afterEach(() => processes.stopAll());

  const shell = (script: string) => ({ command: "sh", args: ["-c", script] });

  it("SEA-01 ends children with what they started", async () => {
    const child = await processes.start({
      name: "family",
      ...shell("sleep 100 & echo $!; sleep 100"),
      ready: async (family) => family.output().endsWith("\n"),
    });
    const grandchild = Number(child.output());
    expect([child.pid, grandchild].map(isRunning)).to.deep.equal([true, true]);
    await processes.stopAll();
    await eventually(() => !isRunning(child.pid) && !isRunning(grandchild));
  });

  it("SEA-01 kills a child that ignores its stop signal", async () => {
    const stubborn = shell("trap '' TERM; echo ready; while :; do sleep 0.1; done");
    const child = await processes.start({ name: "stubborn", ...stubborn, ready: async (it) => it.output() !== "" });
    await processes.stopAll();
    expect(isRunning(child.pid)).to.equal(false);
  });

  it("stops in reverse order, children and endings alike", async () => {
    const order: string[] = [];
    processes.onStop(() => void order.push("first"));
    const child = await processes.start({ name: "second", ...shell("sleep 100") });
    void child.ended.then(() => order.push("second"));
    processes.onStop(() => void order.push("third"));
    await processes.stopAll();
    expect(order).to.deep.equal(["third", "second", "first"]);
  });

  it("tells how a child ended before it was ready, with its last words", async () => {
    const start = processes.start({ name: "faint", ...shell("echo oh no >&2; exit 3"), ready: async () => false });
    const error = await rejection(start);
    expect(error).to.include({ name: "ChildEndedError", code: "localnet/child-ended", value: 3 });
    expect(error.message).to.equal('faint ended with 3: it said "oh no"');
  });

  it("gives up on a child that never gets ready, and ends it", async () => {
    const lazy = { name: "lazy", ...shell("sleep 100"), ready: async () => false, readyTimeout: 100 };
    const error = await rejection(processes.start(lazy));
    expect(error).to.include({ code: "localnet/not-ready" });
    expect(processes.pids.map(isRunning)).to.deep.equal([false]);
  });

  it("SEA-04 loses a child that runs and no longer answers", async () => {
    const mute = {
      ...{ name: "mute", ...shell("sleep 100"), ready: async () => true, patience: 200 },
      answers: (signal: AbortSignal) => new Promise((_, fail) => signal.addEventListener("abort", fail)),
    };
    await processes.start(mute);
    const error = await rejection(processes.whileUp(new Promise(() => {})));
    expect(error).to.include({ code: "localnet/child-silent", value: 200 });
  });

  it("keeps a child that misses a question and answers the next", async () => {
    let questions = 0;
    const moody = {
      ...{ name: "moody", ...shell("sleep 100"), ready: async () => true, patience: 200 },
      answers: async () => {
        if (++questions % 2 === 1) throw new Error("busy");
      },
    };
    await processes.start(moody);
    await processes.whileUp(eventually(() => questions > 8));
  });

  it("names a program that can't be started", async () => {
    const error = await rejection(processes.start({ name: "nothing", command: "/no/such/program", args: [] }));
    expect(error).to.include({ code: "localnet/spawn", value: "/no/such/program" });
  });

  it("measures the memory of a tree without counting shared pages twice", async () => {
    const watch = watchMemory(20);
    const alone = treeMemory();
    await processes.start({ name: "node", command: process.execPath, args: ["-e", "setTimeout(() => {}, 1e5)"] });
    await eventually(() => treeMemory() > alone + 5 * 2 ** 20);
    await sleep(200);
    await processes.stopAll();
    expect(watch.stop()).to.be.greaterThan(alone);
    expect(treeMemory(2 ** 22 + 1)).to.equal(0);
  });

  describe("when the parent ends", () => {
    interface Held {
      parent: ChildProcess;
      url: string;
      pids: number[];
      temporary: string;
    }

    const hold = async (): Promise<Held> => {
      const own = mkdtempSync(join(folder, "holder-"));
      const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
      const parent = spawn(process.execPath, ["--import", "tsx", HOLDER, own], { stdio });
      const [line] = (await once(parent.stdout!, "data")) as [Buffer];
      return { parent, ...(JSON.parse(line.toString()) as Omit<Held, "parent">) };
    };

    for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
      it(`SEA-01 leaves nothing behind after ${signal}`, async () => {
        const { parent, pids, temporary } = await hold();
        expect(pids.map(isRunning)).to.deep.equal([true, true]);
        parent.kill(signal);
        await once(parent, "exit");
        if (signal !== "SIGKILL") expect(pids.map(isRunning)).to.deep.equal([false, false]);
        await eventually(() => !pids.some(isRunning) && !existsSync(temporary));
      });
    }

    it("SEA-01 leaves nothing behind after SIGINT at any moment of the start", async () => {
      for (const delay of [400, 700, 900, 1_100, 1_300, 1_500, 1_800]) {
        const own = mkdtempSync(join(tmpdir(), "artel-test-early-"));
        chmodSync(own, 0o711);
        const env = { ...process.env, TMPDIR: own };
        const parent = spawn(process.execPath, ["--import", "tsx", HOLDER, join(own, "logs")], {
          stdio: "ignore",
          env,
        });
        await sleep(delay);
        parent.kill("SIGINT");
        await once(parent, "exit");
        // Every child has a path in this folder among its arguments.
        await eventually(() => !runningCommands().some((command) => command.includes(own)));
        await eventually(() => !readdirSync(own).some((entry) => entry.startsWith("artel-")));
        rmSync(own, { recursive: true });
      }
    });

    it("SEA-01 leaves nothing behind after an uncaught exception, and says 1", async () => {
      const { parent, pids, temporary } = await hold();
      parent.kill("SIGUSR1");
      const [status] = await once(parent, "exit");
      expect(status).to.equal(1);
      expect(pids.map(isRunning)).to.deep.equal([false, false]);
      expect(existsSync(temporary)).to.equal(false);
    });
  });
});
