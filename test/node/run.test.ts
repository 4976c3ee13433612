import { Auditor, awaitedBy, Challenger, newsOf, refusalText, runParty, type Course } from "@artel/node";
import { Phase, Role } from "@artel/sdk";
import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { pino } from "pino";

const course = (changes: Partial<Course> = {}): Course => ({
  ...{ round: 1n, phase: BigInt(Phase.Commit), settled: 0n, voided: 0n },
  ...changes,
});
const CLOSED = BigInt(Phase.Closed);

/** A log, and the messages that were written to it. */
function listening() {
  const lines: string[] = [];
  const log = pino({ base: undefined }, { write: (line: string) => void lines.push(JSON.parse(line).msg) });
  return { log, lines };
}

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
    const { log, lines } = listening();
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

describe("parties of a task", () => {
  const account = `0x${"11".repeat(20)}`;
  const contextWith = (view: object, log = pino({ level: "silent" })) =>
    ({ account, chainId: 1n, log, store: { has: async () => false }, view: { taskId: 7n, ...view } }) as never;

  it("PTY-15 an auditor says once a round that it was not drawn", async () => {
    const { log, lines } = listening();
    let round = 1n;
    const view = {
      state: async () => ({ round, phase: BigInt(Phase.AuditCommit) }),
      terms: async () => ({ schedule: { appeal: 0n } }),
      contract: { target: account, participantOf: async () => ({ id: 3n, role: BigInt(Role.Auditor) }) },
      hasEnoughUpdates: async () => true,
      seed: async () => "0x",
      panels: async () => [{ cells: [0], auditors: [0, 1, 2] }],
    };
    const auditor = new Auditor(contextWith(view, log));
    for (round of [1n, 1n, 2n]) expect(await auditor.step()).to.equal(false);
    expect(lines).to.deep.equal(Array(2).fill("not drawn for a panel"));
  });

  it("PTY-15 an auditor stays until no fresh panel reveals any more", async () => {
    const isDone = (appeal: bigint, now: bigint) => {
      const view = {
        state: async () => ({ startedAt: 1_000n }),
        terms: async () => ({ schedule: { appeal, auditCommit: 20n, auditReveal: 10n } }),
        now: async () => now,
        contract: { target: account },
      };
      return new Auditor(contextWith(view)).isDone();
    };
    expect(await isDone(0n, 1_000n)).to.equal(true);
    expect(await isDone(60n, 1_029n)).to.equal(false);
    expect(await isDone(60n, 1_030n)).to.equal(true);
  });

  it("PTY-15 a challenger stays until its bonds are free", async () => {
    let demander = account;
    const answer = { modelRoot: "0x01", nodesRoot: "0x02" };
    const view = {
      state: async () => ({ round: 1n, phase: CLOSED }),
      demands: async () => [{ round: 1n, part: { kind: 0, count: 1, hash: "0x03" }, ...answer }],
      revealedAnswers: async () => [{ answer }],
      contract: { demandOf: async () => ({ demander, deadline: 100n }) },
      now: async () => 50n,
    };
    const challenger = new Challenger(contextWith(view));
    await challenger.step();
    expect(await challenger.isDone()).to.equal(false);
    demander = ZeroAddress;
    await challenger.step();
    expect(await challenger.isDone()).to.equal(true);
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
