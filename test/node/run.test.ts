import { awaitedBy, newsOf, refusalText, runParty, type Course } from "@artel/node";
import { Phase } from "@artel/sdk";
import { expect } from "chai";
import { pino } from "pino";

const course = (changes: Partial<Course> = {}): Course => ({
  ...{ round: 1n, phase: BigInt(Phase.Commit), settled: 0n, voided: 0n },
  ...changes,
});
const CLOSED = BigInt(Phase.Closed);

describe("course of a task", () => {
  it("PTY-15 tells every round that ended, also if it was not looked at in between", () => {
    expect(newsOf(undefined, course({ round: 5n, settled: 3n, voided: 1n }))).to.deep.equal([]);
    expect(newsOf(course(), course())).to.deep.equal([]);
    expect(newsOf(course(), course({ round: 2n, settled: 1n }))).to.deep.equal(["round 1 is settled"]);
    expect(newsOf(course(), course({ round: 2n, voided: 1n }))).to.deep.equal(["round 1 is void"]);
    expect(newsOf(course(), course({ round: 4n, settled: 1n, voided: 2n }))).to.deep.equal([
      "rounds 1 to 3 are over, 1 of them settled and 2 void",
    ]);
  });

  it("PTY-15 ends with the task, once nothing is left to do", async () => {
    const lines: string[] = [];
    const log = pino({ base: undefined }, { write: (line: string) => void lines.push(JSON.parse(line).msg) });
    const states = [course(), course(), course({ settled: 1n, phase: CLOSED })];
    let steps = 0;
    const party = { account: "0x", step: async () => ++steps === 4, isDone: async () => steps > 4 };
    const view = { taskId: 7n, state: async () => (states.length > 1 ? states.shift()! : states[0]) as never };
    await runParty(party, view, 1, log, AbortSignal.timeout(5_000));
    expect(lines).to.deep.equal([
      ...["round 1 is settled", "the task is closed; rounds settled: 1, void: 0", "nothing is left to do"],
    ]);
    expect(steps).to.equal(5);
  });

  it("PTY-15 goes on after a step that failed, and ends when it is told to", async () => {
    const log = pino({ level: "silent" });
    const controller = new AbortController();
    let steps = 0;
    const step = async (): Promise<boolean> => {
      if (++steps === 3) controller.abort();
      throw new Error("the endpoint is away");
    };
    const view = { taskId: 7n, state: async () => course() as never };
    await runParty({ account: "0x", step }, view, 1, log, controller.signal);
    expect(steps).to.equal(3);
  });
});

describe("places in a task", () => {
  const at = (phase: Phase, clients: bigint, capacity: bigint) =>
    awaitedBy({ phase: BigInt(phase), clients, capacity }, 16n);

  it("PTY-14 a client waits while there may be room later, and no longer", () => {
    expect(at(Phase.Waiting, 0n, 0n)).to.match(/^auditors and aggregators/);
    expect(at(Phase.Waiting, 8n, 8n)).to.match(/^auditors and aggregators/);
    expect(at(Phase.Waiting, 7n, 8n)).to.equal(undefined);
    expect(at(Phase.Waiting, 16n, 16n)).to.equal(undefined);
    expect(at(Phase.Commit, 8n, 8n)).to.equal(undefined);
    expect(at(Phase.Settle, 7n, 8n)).to.match(/^the next Commit/);
    expect(at(Phase.Settle, 8n, 8n)).to.equal(undefined);
    expect(at(Phase.Closed, 7n, 8n)).to.equal(undefined);
  });

  it("PTY-14 a refusal is told in words", () => {
    const refusal = (name: string, ...args: unknown[]) => refusalText({ name, args, text: `${name}(…)` });
    expect(refusal("LearningTasks_NoPlace", 2n, 1n, 0n)).to.equal(
      "it has too few auditors or aggregators for any client",
    );
    expect(refusal("LearningTasks_NoPlace", 2n, 2n, 5n)).to.equal("all 5 places are taken");
    expect(refusal("StakeVault_Jailed", "0x1", "0x2", 0n)).to.match(/^0x2 .* until 1970-01-01T/);
    expect(refusal("Unheard_Of")).to.equal("Unheard_Of(…)");
  });
});
