import type { Aim } from "./attacks/attack.js";
import { ATTACKS } from "./attacks/index.js";
import { playAudits, type AuditRecord } from "./audits.js";
import { AUDITORS } from "./auditors/index.js";
import type { Spent } from "./costs.js";
import { rulesReferee, type Referee } from "./referee.js";
import type { RunRecord } from "./run.js";
import type { Rules, Scenario } from "./scenario.js";
import { mean, spearman, standardError } from "./stats.js";

/** Most that an attacker without useful work may earn, in equal shares. */
export const IDLE_SHARE = 0.05;
/** Most that a greedy attacker may earn, in what its members earn honestly. */
export const GREEDY_GAIN = 1.05;
/** Least that an honest auditor earns, in what another earns who does no work. */
export const HONEST_AUDIT = 10;
/** Least rank correlation of pay with true contributions, in each task. */
export const CORRELATION = 0.95;

/** What an attack brought, over all seeds. */
export interface AttackRow {
  readonly attack: string;
  readonly aim: Aim;
  readonly scenario: string;
  /** Pay of a member in equal shares: mean over the seeds, and its standard error. */
  readonly share: number;
  readonly error: number;
  /** The same of those who did the work, when everybody is honest. */
  readonly honestShare: number;
  /**
   * Pay of a member, divided by that of those who did the work when everybody is honest; both measured in the pay of the
   * clients who are honest either way, because other attacks in the same task move everybody's share.
   */
  readonly gain: number;
  /** Gas of a member and round, its claim included; undefined without a chain. */
  readonly gas?: number;
  /** Whether it stays within its bound; undefined where there is none. */
  readonly verdict?: Verdict;
}

/** A bound is broken by what exceeds it by two standard errors; less than that more seeds have to decide. */
export type Verdict = "held" | "undecided" | "broken";

/** What a way to audit brought, over all seeds. */
export interface AuditRow {
  readonly auditor: string;
  /** Seats of the five. */
  readonly seats: number;
  /** Pay of such a seat, divided by that of an honest one in the same rounds. */
  readonly share: number;
  /** Whether it changed any median. */
  readonly moved: boolean;
  /** Stake that such a seat lost, in the pay of an honest one, and its gas, both of a round; undefined without a chain. */
  readonly slashed?: number;
  readonly gas?: number;
  readonly held: boolean;
}

/** How pay follows true contributions in a task that measured them. */
export interface FairnessRow {
  readonly scenario: string;
  readonly seed: number;
  /** Spearman's rank correlation of pay with what is owed: the true contribution, or nothing if that is negative. */
  readonly correlation: number;
  /** The same with negative contributions as they are: everybody who is paid nothing shares a rank, and loses it. */
  readonly signed: number;
  /** The same among the honest. */
  readonly amongHonest: number;
  /** Honest clients with a positive true contribution, and how many of them were paid nothing. */
  readonly deserving: number;
  readonly unpaid: number;
}

/** Accuracy of the last model, mean over the seeds. */
export interface AccuracyRow {
  readonly scenario: string;
  readonly accuracy: number;
}

/** Everything that a laboratory run found. */
export interface Payoffs {
  readonly attacks: readonly AttackRow[];
  readonly auditors: readonly AuditRow[];
  readonly fairness: readonly FairnessRow[];
  readonly accuracy: readonly AccuracyRow[];
  /** Transactions of all tasks by role and kind; nothing without a chain. */
  readonly spent: readonly Spent[];
  /** Every bound that was broken, in words. */
  readonly broken: readonly string[];
}

/** Ways to audit, and the seats of five that they take; the other seats are honest. */
const PANELS: Readonly<Record<string, number>> = {
  ...{ constant: 2, random: 2, "last-round": 2, rescaled: 2, "panel-copying": 2, colluding: 2, "all-zero": 5 },
};

/** Works out what paid, of the records of some scenarios over the same seeds; `honest` has to be among them. */
export async function payoffsOf(
  scenarios: readonly Scenario[],
  runs: readonly RunRecord[],
  referee: Referee = rulesReferee,
): Promise<Payoffs> {
  const control = new Map(runs.filter(({ scenario }) => scenario === "honest").map((run) => [run.seed, run]));
  const attacks = scenarios
    .filter(({ defended }) => defended)
    .flatMap((scenario) =>
      attackRows(
        scenario,
        runs.filter((run) => run.scenario === scenario.name),
        control,
      ),
    );
  const fairness = runs.filter(({ rounds }) => rounds.every(({ pooled }) => pooled !== undefined)).map(fairnessOf);
  const accuracy = scenarios.map(({ name }) => ({
    scenario: name,
    accuracy: mean(runs.filter(({ scenario }) => scenario === name).map(({ rounds }) => rounds.at(-1)!.accuracy)),
  }));
  const auditors = await auditRows([...control.values()], scenarios[0].rules, referee);
  const spent = together(runs.flatMap((run) => (run.spent === undefined ? [] : [run.spent])));
  return { attacks, auditors, fairness, accuracy, spent, broken: brokenBounds(attacks, auditors, fairness) };
}

/** Pay of every client, in equal shares. */
export function sharesOf({ pay }: RunRecord): number[] {
  const amounts = pay.map(Number);
  const equal = amounts.reduce((sum, amount) => sum + amount, 0) / amounts.length;
  return amounts.map((amount) => (equal === 0 ? 0 : amount / equal));
}

function attackRows(
  scenario: Scenario,
  runs: readonly RunRecord[],
  control: ReadonlyMap<number, RunRecord>,
): AttackRow[] {
  return [...new Set(scenario.cast)].map((name) => {
    const { aim, members, ofTheFirst } = ATTACKS.get(name)!;
    const attacked: number[] = [];
    const honest: number[] = [];
    const drift: number[] = [];
    for (const run of runs) {
      const [shares, honestShares] = [sharesOf(run), sharesOf(control.get(run.seed)!)];
      const places = [...run.conduct.keys()].filter((client) => run.conduct[client] === name);
      const workers = places.filter((_, i) => !ofTheFirst || i % members === 0);
      const others = [...run.conduct.keys()].filter((client) => run.conduct[client] === "honest");
      const meanOf = (values: readonly number[], clients: readonly number[]) =>
        mean(clients.map((client) => values[client]));
      attacked.push(meanOf(shares, places));
      honest.push(meanOf(honestShares, workers));
      drift.push(meanOf(shares, others) / meanOf(honestShares, others));
    }
    const [share, honestShare] = [mean(attacked), mean(honest)];
    const gain = share === 0 ? 0 : mean(attacked.map((value, i) => value / drift[i])) / honestShare;
    const excess = attacked.map((value, i) =>
      aim === "idle" ? value - IDLE_SHARE : value / drift[i] - GREEDY_GAIN * honest[i],
    );
    const gas = meanIfAny(
      runs.flatMap(({ conduct, rounds, gas }) =>
        gas === undefined ? [] : gas.filter((_, i) => conduct[i] === name).map((value) => value / rounds.length),
      ),
    );
    const verdict = aim === "measured" ? undefined : verdictOf(excess);
    return {
      ...{ attack: name, aim, scenario: scenario.name, share, error: standardError(attacked), honestShare, gain, gas },
      verdict,
    };
  });
}

function meanIfAny(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : mean(values);
}

/** Transactions of several tasks together. */
function together(lists: readonly (readonly Spent[])[]): Spent[] {
  const rows = new Map<string, Spent>();
  for (const row of lists.flat()) {
    const key = `${row.role} ${row.kind}`;
    const before = rows.get(key) ?? { ...row, transactions: 0, gas: 0 };
    rows.set(key, {
      ...row,
      transactions: before.transactions + row.transactions,
      gas: before.gas + row.gas,
      largest: Math.max(before.largest, row.largest),
      largestByCalldata: Math.max(before.largestByCalldata, row.largestByCalldata),
    });
  }
  return [...rows.values()];
}

function verdictOf(excess: readonly number[]): Verdict {
  const centre = mean(excess);
  if (centre <= 0) return "held";
  return centre > 2 * standardError(excess) ? "broken" : "undecided";
}

function fairnessOf({ scenario, seed, conduct, rounds, pay }: RunRecord): FairnessRow {
  const truth = conduct.map((_, client) => rounds.reduce((sum, { pooled }) => sum + pooled![client], 0));
  const amounts = pay.map(Number);
  const honest = [...conduct.keys()].filter((client) => conduct[client] === "honest");
  const deserving = honest.filter((client) => truth[client] > 0);
  const at = (values: readonly number[]) => honest.map((client) => values[client]);
  return {
    ...{
      scenario,
      seed,
      correlation: spearman(
        amounts,
        truth.map((value) => Math.max(0, value)),
      ),
    },
    ...{ signed: spearman(amounts, truth), amongHonest: spearman(at(amounts), at(truth)) },
    deserving: deserving.length,
    unpaid: deserving.filter((client) => amounts[client] === 0).length,
  };
}

async function auditRows(runs: readonly RunRecord[], rules: Rules, referee: Referee): Promise<AuditRow[]> {
  const rows: AuditRow[] = [];
  for (const [name, seats] of Object.entries(PANELS)) {
    const records: AuditRecord[] = [];
    for (const run of runs) records.push(await playAudits(run, rules, AUDITORS.get(name)!, seats, referee));
    const pay = mean(records.map((record) => record.pay));
    const honestPay = mean(records.map((record) => record.honestPay ?? Number(rules.terms.seatPay)));
    const share = pay / honestPay;
    const moved = records.some((record) => record.moved);
    // who colludes works too, and earns for that; what counts is that it moves nothing and does not pay
    const held = name === "colluding" ? !moved && share < 1 : share <= 1 / HONEST_AUDIT && (seats > 2 || !moved);
    const given = (values: readonly (number | undefined)[]) => meanIfAny(values.filter((value) => value !== undefined));
    const slashed = given(records.map((record) => record.slashed && record.slashed / honestPay));
    rows.push({ auditor: name, seats, share, moved, slashed, gas: given(records.map(({ gas }) => gas)), held });
  }
  return rows;
}

function brokenBounds(
  attacks: readonly AttackRow[],
  auditors: readonly AuditRow[],
  fairness: readonly FairnessRow[],
): string[] {
  const broken: string[] = [];
  for (const { attack, aim, share, gain, verdict } of attacks) {
    if (verdict !== "broken") continue;
    broken.push(
      aim === "idle"
        ? `${attack} earns ${share.toFixed(3)} of an equal share, more than ${IDLE_SHARE}`
        : `${attack} earns ${gain.toFixed(3)} of honest pay, more than ${GREEDY_GAIN}`,
    );
  }
  for (const { auditor, share, held } of auditors)
    if (!held) broken.push(`auditor ${auditor} earns ${share.toFixed(3)} of an honest one`);
  for (const { scenario, seed, correlation, signed, unpaid } of fairness) {
    const least = Math.min(correlation, signed);
    if (least < CORRELATION) broken.push(`${scenario}, seed ${seed}: rank correlation is ${least.toFixed(3)}`);
    if (unpaid > 0) broken.push(`${scenario}, seed ${seed}: ${unpaid} honest clients of positive value unpaid`);
  }
  return broken;
}

/** The payoffs as text. */
export function toText({ attacks, auditors, fairness, accuracy, spent, broken }: Payoffs): string {
  const number = (value = NaN) => (Number.isFinite(value) ? value.toFixed(3) : "-");
  const gasText = (value?: number) => (value === undefined ? "-" : Math.round(value).toLocaleString("en"));
  const lines = [
    "Clients: pay in equal shares, the same members' honest pay, the ratio of both, and gas of a round",
    table(
      ["attack", "aim", "scenario", "pay", "± error", "honest", "ratio", "gas", "bound"],
      attacks.map((row) => [
        ...[row.attack, row.aim, row.scenario, number(row.share), number(row.error), number(row.honestShare)],
        ...[number(row.gain), gasText(row.gas), row.verdict ?? "measured"],
      ]),
    ),
    "Auditors: pay of a seat and stake that it lost, in the pay of an honest one, and gas of a round",
    table(
      ["auditor", "seats", "pay", "slashed", "gas", "moves a median", "bound"],
      auditors.map((row) => [
        ...[row.auditor, String(row.seats), number(row.share), number(row.slashed), gasText(row.gas)],
        ...[row.moved ? "yes" : "no", row.held ? "held" : "broken"],
      ]),
    ),
    // quick runs measure no true contributions
    ...(fairness.length === 0
      ? []
      : [
          "Fairness: rank correlation of pay with what is owed, with true contributions, and with those among the honest",
          table(
            ["scenario", "seed", "owed", "signed", "honest", "deserving", "unpaid"],
            fairness.map((row) => [
              ...[row.scenario, String(row.seed), number(row.correlation), number(row.signed), number(row.amongHonest)],
              ...[String(row.deserving), String(row.unpaid)],
            ]),
          ),
        ]),
    "Accuracy of the last model",
    table(
      ["scenario", "accuracy"],
      accuracy.map((row) => [row.scenario, `${(row.accuracy * 100).toFixed(2)} %`]),
    ),
    ...(spent.length === 0
      ? []
      : [
          "Transactions: number, mean gas, gas of the dearest one and what it takes at 64 gas a byte of calldata",
          table(
            ["role", "transaction", "number", "mean", "dearest", "by calldata"],
            spent.map(({ role, kind, transactions, gas, largest, largestByCalldata }) => [
              ...[role, kind, String(transactions), gasText(gas / transactions)],
              ...[gasText(largest), gasText(largestByCalldata)],
            ]),
          ),
        ]),
    broken.length === 0 ? "No bound is broken." : `Broken:\n${broken.map((text) => `  ${text}`).join("\n")}`,
  ];
  return `${lines.join("\n\n")}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
  return [head, ...rows]
    .map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i])).join("  ")}`.trimEnd())
    .join("\n");
}
