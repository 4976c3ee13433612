import { createTrainer } from "@artel/node";
import { quantise } from "@artel/sdk/learning";

import type { Auditor, AuditView } from "./auditors/auditor.js";
import { honest } from "./auditors/index.js";
import { manifestOf } from "./manifest.js";
import { rulesReferee, type Referee } from "./referee.js";
import type { RunRecord } from "./run.js";
import type { Rules } from "./scenario.js";
import type { ScoresOpening } from "./settlement.js";

/** What a panel with some dishonest seats earned in a task. */
export interface AuditRecord {
  readonly auditor: string;
  /** Mean of the rounds in which one of this kind had a seat. */
  readonly pay: number;
  /** Mean of the rounds in which one who did the work had a seat; undefined if there was none. */
  readonly honestPay?: number;
  /** Whether any median of any round differs from the work's. */
  readonly moved: boolean;
  /** Stake that one of this kind lost for each round in which it had a seat, and its gas; undefined without a chain. */
  readonly slashed?: number;
  readonly gas?: number;
}

/** The smallest model there is: medians are what matters here. */
const MODEL = { kind: "mlp", inputs: 1, hidden: 1, classes: 2 } as const;

/**
 * Plays the audits of a recorded task again with auditors of whom the last audit in some other way. Honest work is the
 * same vector bit by bit, so that nothing is trained or scored again.
 *
 * @param run - a task that honest auditors scored
 * @param dishonest - number of auditors of the other kind; all, if as many as a panel has seats
 */
export async function playAudits(
  run: RunRecord,
  rules: Rules,
  auditor: Auditor,
  dishonest: number,
  referee: Referee = rulesReferee,
): Promise<AuditRecord> {
  const clients = run.conduct.length;
  const { terms } = rules;
  const seed = `lab ${run.seed}`;
  const settlement = referee.settlement(seed, terms.seats);
  const initial = quantise(createTrainer(MODEL).initial(seed), 16);
  await settlement.open({
    ...{ ...terms, clients, rounds: run.rounds.length },
    ...{ manifest: manifestOf(rules, MODEL, seed), initial },
  });
  const { auditors } = settlement;
  const first = dishonest === terms.seats ? 0 : auditors.length - dishonest;
  const kindOf = (account: string) => (auditors.indexOf(account) < first ? honest : auditor);
  const seatings = new Map(auditors.map((account) => [account, 0]));
  let lastMedians: Int16Array | undefined;
  let moved = false;
  for (const [round, record] of run.rounds.entries()) {
    const updates = record.revealed.map((id) => ({
      ...{ id, samples: 1, delta: new Int32Array(initial.length).with(0, round + 1).with(1, id) },
    }));
    const draw = await settlement.reveal(round, updates);
    const truth = Int16Array.from(record.medians);
    for (const panel of draw.panels) {
      const commitments: string[] = [];
      const openings: ScoresOpening[] = [];
      // whoever has lost its stake by silence has a seat, and can't take it
      const committed: string[] = [];
      const viewOf = (account: string): AuditView => ({
        ...{ round, account, clients, lastMedians, commitments, openings },
        work: () => truth.slice(),
        commitmentTo: (opening) => settlement.commitmentTo(round, opening),
      });
      // the honest act first: whoever wants to copy can
      const order = [...panel.auditors].sort((a, b) => auditors.indexOf(a) - auditors.indexOf(b));
      for (const account of order) {
        seatings.set(account, seatings.get(account)! + 1);
        const commitment = kindOf(account).commit(viewOf(account));
        if (!(await settlement.commitScores(round, account, commitment))) continue;
        committed.push(account);
        commitments.push(commitment);
      }
      for (const account of committed) {
        const opening = kindOf(account).reveal(viewOf(account));
        if (opening && (await settlement.revealScores(round, opening))) openings.push(opening);
      }
    }
    const { medians, included } = await settlement.settle(round);
    moved ||= medians.some((median, client) => median !== truth[client]);
    lastMedians = medians;
    const kept = updates.filter(({ id }) => included.includes(id));
    await settlement.aggregate(
      round,
      kept.map(({ delta }) => ({ delta, weight: 256 })),
    );
  }
  const { auditors: pay, costs } = await settlement.pay();
  const each = (value: (account: string) => number, chosen: readonly string[]) => {
    const seats = chosen.reduce((sum, account) => sum + seatings.get(account)!, 0);
    return chosen.reduce((sum, account) => sum + value(account), 0) / seats;
  };
  const paid = (account: string) => Number(pay.get(account));
  const workers = auditors.slice(0, first);
  const others = auditors.slice(first);
  return {
    auditor: auditor.name,
    pay: each(paid, others),
    honestPay: workers.length === 0 ? undefined : each(paid, workers),
    moved,
    ...(costs && {
      slashed: each((account) => Number(costs.slashed.get(account) ?? 0n), others),
      gas: each((account) => costs.gasOf.get(account) ?? 0, others),
    }),
  };
}
