import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { coalitionLosses, createTrainer, loadDataset, pick } from "@artel/node";
import { createRandom, exactShapley } from "@artel/sdk/learning";
import { expect } from "chai";

import { ATTACKS } from "../../lab/attacks/index.js";
import { playAudits } from "../../lab/audits.js";
import { CheckedSettlement } from "../../lab/checked.js";
import { AUDITORS } from "../../lab/auditors/index.js";
import { KeptTaskError, LabConfigError, RefereesDisagreeError, UnknownAttackError } from "../../lab/errors.js";
import { runLab } from "../../lab/main.js";
import { payoffsOf, sharesOf, type Payoffs } from "../../lab/payoffs.js";
import { pooledShapley } from "../../lab/pooled.js";
import { imaginedGrounds, ReferenceSettlement } from "../../lab/reference.js";
import { openChainReferee, rulesReferee, type Referee } from "../../lab/referee.js";
import { play, type RunRecord } from "../../lab/run.js";
import { QUICK_SCENARIOS, SCENARIOS, type Scenario } from "../../lab/scenario.js";
import { mean, spearman, standardError } from "../../lab/stats.js";
import { rejects } from "../node/rejects.js";

/** A task of two clients with these payments, for rules about records. */
const record = (scenario: string, conduct: string[], pay: number[], change: Partial<RunRecord> = {}): RunRecord => ({
  ...{ scenario, seed: 1, conduct, pay: pay.map(String) },
  rounds: [{ medians: conduct.map(() => 100), revealed: [...conduct.keys()], included: [], accuracy: 0.5 }],
  ...change,
});

describe("laboratory", function () {
  this.timeout(60_000);
  const runs = new Map<string, RunRecord>();
  let payoffs: Payoffs;
  const lastAccuracy = (scenario: string) => runs.get(scenario)!.rounds.at(-1)!.accuracy;
  const row = (attack: string) => payoffs.attacks.find((candidate) => candidate.attack === attack)!;

  before(async () => {
    const dataset = await loadDataset("mnist");
    for (const scenario of QUICK_SCENARIOS) runs.set(scenario.name, await play(scenario, dataset, 1));
    payoffs = await payoffsOf(QUICK_SCENARIOS, [...runs.values()]);
  });

  it("LAB-01 pays flippers, noise and who sends the last step again less than a twentieth of an equal share", () => {
    for (const attack of ["label-flip", "noise", "last-step-3", "minus-ten"])
      expect(row(attack).share, attack).to.be.at.most(0.05);
    const honest = sharesOf(runs.get("honest")!);
    expect(mean(honest)).to.be.closeTo(1, 1e-9);
  });

  it("LAB-01 strikes an exact copy", () => {
    const { rounds, conduct } = runs.get("copies")!;
    const copier = conduct.indexOf("exact-copy");
    for (const { revealed } of rounds) expect(revealed).to.not.include(copier);
    expect(row("exact-copy").share).to.equal(0);
  });

  it("LAB-02 pays two who send the same no more than one of them", () => {
    const { rounds, conduct } = runs.get("copies")!;
    const second = conduct.lastIndexOf("twin");
    for (const { revealed } of rounds) expect(revealed).to.not.include(second);
    expect(row("twin").gain).to.be.at.most(1.05);
  });

  it("LAB-03 pays an honest auditor ten times who constants, random, old and copied scores", () => {
    for (const { auditor, share, held } of payoffs.auditors) {
      expect(held, auditor).to.be.true;
      if (auditor !== "colluding") expect(share, auditor).to.be.at.most(0.1);
    }
  });

  it("LAB-03 lets a colluding minority move nothing, and pays it less", async () => {
    const audit = (name: string, seats: number) =>
      playAudits(runs.get("honest")!, QUICK_SCENARIOS[0].rules, AUDITORS.get(name)!, seats);
    const minority = await audit("colluding", 2);
    expect(minority.moved).to.be.false;
    expect(minority.pay).to.be.below(minority.honestPay!);
    // three of five are no minority: this is where the protocol ends
    expect((await audit("colluding", 3)).moved).to.be.true;
    expect((await audit("panel-copying", 4)).pay).to.equal(0);
  });

  it("LAB-04 keeps poisoned updates out of the model", () => {
    expect(lastAccuracy("fairness")).to.be.above(lastAccuracy("undefended") + 0.1);
    const { rounds, conduct } = runs.get("fairness")!;
    expect(rounds.at(-1)!.included).to.not.include(conduct.indexOf("minus-ten"));
    expect(lastAccuracy("honest") - lastAccuracy("copies")).to.be.below(0.05);
  });

  it("LAB-06 measures true contributions as enumeration does", async () => {
    const { train } = await loadDataset("mnist");
    const model = { kind: "mlp", inputs: 784, hidden: 4, classes: 10 } as const;
    const trainer = createTrainer(model);
    const base = trainer.initial("base");
    const recipe = { localEpochs: 1, batchSize: 10, learningRate: 0.3, momentum: 0 };
    const ids = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);
    const deltas = [0, 1, 2, 3].map((k) =>
      trainer.train(base, pick(train, ids(50 * k, 50)), recipe, `${k}`).map((value, i) => value - base[i]),
    );
    const weights = [0.4, 0.3, 0.2, 0.1];
    const test = pick(train, ids(500, 40));
    const losses = coalitionLosses(trainer, base, deltas, weights, test);
    const exact = exactShapley(4, (mask) => -losses[mask]);
    const game = { model, base, deltas, weights, test };
    const whole = pooledShapley(game, { permutations: 2_000, blocks: 1 }, createRandom("whole"));
    const parts = pooledShapley(game, { permutations: 2_000, blocks: 10 }, createRandom("parts"));
    for (const estimate of [whole, parts]) {
      // whatever the orders, gains add up to what all reach together
      expect(estimate.reduce((sum, value) => sum + value, 0)).to.be.closeTo(losses[0] - losses[15], 1e-9);
      estimate.forEach((value, k) => expect(value).to.be.closeTo(exact[k], 0.01 * Math.abs(losses[0] - losses[15])));
    }
  });

  it("LAB-05 plays the same task twice to the bit", async () => {
    const small: Scenario = { ...QUICK_SCENARIOS[1], rounds: 1, training: 1_000, slice: 100 };
    const dataset = await loadDataset("mnist");
    const first = await play(small, dataset, 7);
    expect(await play(small, dataset, 7)).to.deep.equal(first);
    expect((await play(small, dataset, 8)).rounds).to.not.deep.equal(first.rounds);
  });

  it("LAB-05 plays no task twice, and writes what it found", async () => {
    const folder = await mkdtemp(join(tmpdir(), "artel-lab-"));
    const out = join(folder, "results.json");
    const { write } = process.stdout;
    const lab = async () => {
      process.stdout.write = () => true;
      await runLab([
        "--quick",
        "--seeds",
        "1",
        "--cast",
        "resubmit",
        "--referee",
        "rules",
        "--folder",
        folder,
        "--out",
        out,
        "--json",
      ]).finally(() => (process.stdout.write = write));
      const { mtimeMs } = await stat(
        join(
          folder,
          (await readdir(folder)).find((name) => name.startsWith("cast"))!,
        ),
      );
      return { mtimeMs, text: await readFile(out, "utf8") };
    };
    try {
      const first = await lab();
      expect(await lab()).to.deep.equal(first);
      for (const name of await readdir(folder)) await writeFile(join(folder, name), "{");
      await rejects(lab(), KeptTaskError, /delete the file/);
      const [{ attack, share }] = (JSON.parse(first.text) as Payoffs).attacks;
      expect({ attack, share }).to.deep.equal({ attack: "resubmit", share: 0 });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("refuses attacks and flags that it does not know", async () => {
    const scenario = { ...QUICK_SCENARIOS[0], cast: ["wishful-thinking"] };
    await rejects(play(scenario, await loadDataset("mnist"), 1), UnknownAttackError);
    await rejects(runLab(["--cast", "wishful-thinking"]), LabConfigError);
    await rejects(runLab(["--open"]), LabConfigError, /--cast/);
    await rejects(runLab(["--seeds", "0"]), LabConfigError);
  });
});

describe("contracts in the laboratory", function () {
  this.timeout(120_000);
  const [honest] = QUICK_SCENARIOS;
  const rules = { ...honest.rules, terms: { ...honest.rules.terms, periodRounds: 2 } };
  const small: Scenario = { ...honest, rules, clients: 12, rounds: 2, training: 1_200, slice: 200 };
  const cast = ["noise", "last-step-3", "minus-ten", "twin"];
  const scenarios: Scenario[] = [small, { ...small, name: "attacked", cast }];
  let referee: Referee;
  let control: RunRecord;
  let attacked: RunRecord;
  let payoffs: Payoffs;

  before(async () => {
    referee = await openChainReferee();
    const dataset = await loadDataset("mnist");
    [control, attacked] = [await play(scenarios[0], dataset, 1), await play(scenarios[1], dataset, 1, referee)];
    payoffs = await payoffsOf(scenarios, [control, attacked]);
  });
  after(() => referee.close());

  it("LAB-07 pay attackers what the reference rules say, and no attack more than its bound", () => {
    for (const { attack, share } of payoffs.attacks) if (attack !== "twin") expect(share, attack).to.be.at.most(0.05);
    expect(payoffs.broken).to.be.empty;
    const paid = attacked.pay.map(Number).reduce((sum, amount) => sum + amount, 0);
    const { periodPool } = rules.terms;
    expect(paid).to.be.within(Number(periodPool) - attacked.pay.length, Number(periodPool));
    // the second of two equal updates is struck on the chain
    for (const { revealed } of attacked.rounds) expect(revealed).to.not.include(attacked.conduct.lastIndexOf("twin"));
  });

  it("LAB-08 take the stake of auditors who can't open what they committed to, and of nobody who can", async () => {
    for (const name of ["panel-copying", "constant"]) {
      const { pay, honestPay, slashed, gas } = await playAudits(control, rules, AUDITORS.get(name)!, 2, referee);
      expect(pay).to.be.at.most(honestPay! / 10);
      if (name === "constant") expect(slashed).to.equal(0);
      else expect(slashed).to.be.above(10 * honestPay!);
      expect(gas, name).to.be.within(80_000, 400_000);
    }
  });

  it("LAB-08 go on without auditors who have no stake left", async () => {
    const rounds = [1, 2, 3].flatMap(() => control.rounds);
    const { periodPool, seatPay } = rules.terms;
    // no more reward for three times as many rounds
    const frugal = { ...rules, terms: { ...rules.terms, periodPool: periodPool / 4n, seatPay: seatPay / 4n } };
    const { pay, slashed } = await playAudits(
      { ...control, rounds },
      frugal,
      AUDITORS.get("panel-copying")!,
      2,
      referee,
    );
    expect(pay).to.equal(0);
    expect(slashed).to.be.above(0);
  });

  it("LAB-08 tell gas by role and kind of transaction, all of it within the bound", () => {
    const kinds = payoffs.spent.map(({ role, kind }) => `${role} ${kind}`);
    for (const kind of [
      "client commitUpdates",
      "auditor revealScores",
      "aggregator revealAnswer",
      "anybody settlePanel",
    ])
      expect(kinds).to.include(kind);
    for (const { kind, largest, largestByCalldata } of payoffs.spent)
      expect(Math.max(largest, largestByCalldata), kind).to.be.below(2_000_000);
    for (const { attack, gas } of payoffs.attacks) expect(gas, attack).to.be.within(10_000, 200_000);
  });

  it("LAB-05 decide the same for the same seed, whatever was played before", async () => {
    expect(await play(scenarios[1], await loadDataset("mnist"), 1, referee)).to.deep.equal(attacked);
  });

  it("LAB-07 end the run as soon as they decide something else than the rules", async () => {
    /** Contracts with a fault in one rule. */
    class Faulty extends ReferenceSettlement {
      constructor(private readonly fault: "medians" | "included" | "balances" | "model" | "pay") {
        super(rulesReferee.settlement("", 5).auditors, imaginedGrounds("faulty"));
      }
      override async settle() {
        const settled = await super.settle();
        const { medians, included } = settled;
        if (this.fault === "medians") return { ...settled, medians: medians.with(3, medians[3] + 1) };
        if (this.fault === "included") return { ...settled, included: included.slice(1) };
        return settled;
      }
      override async reveal(...args: Parameters<ReferenceSettlement["reveal"]>) {
        const draw = await super.reveal(...args);
        return this.fault === "balances" ? { ...draw, balances: draw.balances.with(3, -1) } : draw;
      }
      override async aggregate(...args: Parameters<ReferenceSettlement["aggregate"]>) {
        const model = await super.aggregate(...args);
        return this.fault === "model" ? model.with(0, model[0] + 3) : model;
      }
      override async pay() {
        const { clients, auditors } = await super.pay();
        return { clients: this.fault === "pay" ? clients.with(0, clients[0] + 1n) : clients, auditors };
      }
    }
    for (const fault of ["medians", "included", "balances", "model", "pay"] as const) {
      const faulty: Referee = { ...rulesReferee, settlement: () => new CheckedSettlement(new Faulty(fault)) };
      const audit = playAudits(control, rules, AUDITORS.get("honest")!, 1, faulty);
      await rejects(audit, RefereesDisagreeError, fault === "pay" ? /pay/ : /round 0/);
    }
  });
});

describe("bounds of the laboratory", () => {
  const [scenario] = QUICK_SCENARIOS;
  const control = record("honest", ["honest", "honest"], [100, 100]);
  const broken = async (cast: string, pay: number[]) => {
    const scenarios = [scenario, { ...scenario, name: "try", cast: [cast] }];
    return (await payoffsOf(scenarios, [control, record("try", [cast, "honest"], pay)])).broken;
  };

  it("LAB-01 LAB-02 break as soon as an attack pays more", async () => {
    expect(await broken("noise", [5, 195])).to.be.empty;
    expect(await broken("noise", [6, 194])).to.have.length(1);
    expect(await broken("scale-3", [104, 100])).to.be.empty;
    expect(await broken("scale-3", [106, 100])).to.have.length(1);
    // once in two tasks decides nothing, twice does
    const twice = (pays: number[]) =>
      payoffsOf(
        [scenario, { ...scenario, name: "try", cast: ["scale-3"] }],
        pays.flatMap((pay, i) => [
          { ...control, seed: i },
          record("try", ["scale-3", "honest"], [pay, 100], { seed: i }),
        ]),
      );
    expect((await twice([90, 130])).attacks[0].verdict).to.equal("undecided");
    expect((await twice([120, 130])).attacks[0].verdict).to.equal("broken");
    expect((await twice([90, 110])).attacks[0].verdict).to.equal("held");
    // what the rules of pay alone do not stop is measured, and breaks nothing
    expect(await broken("near-copy", [150, 50])).to.be.empty;
  });

  it("LAB-02 compare two who send one member's work with that member", async () => {
    const before = record("honest", ["honest", "honest", "honest"], [150, 50, 100]);
    const pairs = async (cast: string, pay: number[]) => {
      const scenarios = [scenario, { ...scenario, name: "try", cast: [cast] }];
      return (await payoffsOf(scenarios, [before, record("try", [cast, cast, "honest"], pay)])).attacks[0].gain;
    };
    expect(await pairs("clone", [150, 150, 100])).to.be.closeTo(1, 1e-9);
    expect(await pairs("better-clone", [150, 150, 100])).to.be.closeTo(1.5, 1e-9);
  });

  it("LAB-04 break when pay does not follow contributions, or somebody who deserves it is not paid", async () => {
    const measured = (pay: number[], pooled: number[]) =>
      payoffsOf(
        [scenario],
        [
          record("honest", ["honest", "honest", "honest"], pay, {
            rounds: [{ medians: [10_000, 20_000, 30_000], revealed: [0, 1, 2], included: [], accuracy: 0.5, pooled }],
          }),
        ],
      );
    expect((await measured([1, 2, 3], [10, 20, 30])).broken).to.be.empty;
    expect((await measured([2, 1, 3], [10, 20, 30])).broken.join()).to.match(/correlation is 0\.500/);
    expect((await measured([0, 2, 3], [10, 20, 30])).broken.join()).to.match(/1 honest clients/);
    expect((await measured([0, 2, 3], [-1, 20, 30])).broken).to.be.empty;
  });

  it("work with ranks that are shared", () => {
    expect(spearman([1, 2, 3], [10, 100, 1000])).to.be.closeTo(1, 1e-12);
    expect(spearman([1, 2, 2, 3], [1, 3, 2, 4])).to.be.closeTo(0.9487, 1e-4);
    expect(spearman([1, 1, 1], [1, 2, 3])).to.equal(0);
    expect(standardError([1, 3])).to.equal(1);
  });

  it("LAB-09 hold for every transaction among 10 to 10,000 clients: what is committed has been measured", async () => {
    const { scale, ...named } = JSON.parse(await readFile("bench/results/tasks-scale.json", "utf8"));
    expect(scale.map(({ clients }: { clients: number }) => clients)).to.deep.equal([10, 100, 1_000, 10_000]);
    for (const { largest, largestByCalldata } of scale)
      expect(Math.max(largest.gas, largestByCalldata.gas)).to.be.at.most(2_000_000);
    expect(named["learning.largestTransactionAt10000Clients"]).to.be.at.most(2_000_000);
  });

  it("LAB-05 are held against the scenarios as they stand: what is committed is of them", async () => {
    const asText = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);
    for (const [name, referee] of [
      ["lab", "rules"],
      ["lab-chain", "chain"],
    ]) {
      const found = JSON.parse(await readFile(`bench/results/${name}.json`, "utf8"));
      expect(found.referee).to.equal(referee);
      expect(found.scenarios).to.deep.equal(JSON.parse(JSON.stringify(SCENARIOS, asText)));
      expect(found.broken).to.be.empty;
    }
  });

  it("every attack is played in some scenario of a full run", () => {
    const played = new Set(["honest", ...SCENARIOS.flatMap(({ cast }) => cast)]);
    expect([...ATTACKS.keys()].filter((name) => !played.has(name))).to.be.empty;
  });
});
