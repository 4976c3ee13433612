import type { ScoresOpening } from "@artel/sdk/learning";

import type { Auditor, AuditView } from "./auditors/auditor.js";
import { honest } from "./auditors/index.js";
import { ReferenceSettlement } from "./reference.js";
import { accountOf, type RunRecord } from "./run.js";
import type { Rules } from "./scenario.js";
import type { Settlement } from "./settlement.js";

/** What a panel with some dishonest seats earned in a task. */
export interface AuditRecord {
  readonly auditor: string;
  /** Mean of the seats of this kind. */
  readonly pay: number;
  /** Mean of the seats that did the work; undefined if there was none. */
  readonly honestPay?: number;
  /** Whether any median of any round differs from the work's. */
  readonly moved: boolean;
}

/**
 * Plays the audits of a recorded task again with a panel of which the last seats audit in some other way. Honest work is
 * the same vector bit by bit, so that nothing is trained or scored again.
 *
 * @param run - a task that honest auditors scored
 * @param dishonest - number of seats of the other kind
 */
export async function playAudits(
  run: RunRecord,
  { terms }: Rules,
  auditor: Auditor,
  dishonest: number,
): Promise<AuditRecord> {
  const clients = run.conduct.length;
  const accounts = Array.from({ length: terms.seats }, (_, seat) => accountOf(seat));
  const seats = accounts.map((account, seat) => ({
    account,
    kind: seat < terms.seats - dishonest ? honest : auditor,
  }));
  const settlement: Settlement = new ReferenceSettlement(accounts, `lab ${run.seed}`);
  await settlement.open({ ...terms, clients });
  let lastMedians: Int16Array | undefined;
  let moved = false;
  for (const [round, record] of run.rounds.entries()) {
    await settlement.reveal(
      round,
      record.revealed.map((client) => ({ id: client, delta: Int32Array.of(round, client), samples: 1n, norm: 1n })),
    );
    const truth = Int16Array.from(record.medians);
    const commitments: string[] = [];
    const openings: ScoresOpening[] = [];
    const viewOf = (account: string): AuditView => ({
      ...{ round, scope: settlement.scope(round), account, clients, lastMedians, commitments, openings },
      work: () => truth.slice(),
    });
    for (const { account, kind } of seats) {
      const commitment = kind.commit(viewOf(account));
      await settlement.commitScores(round, account, commitment);
      commitments.push(commitment);
    }
    for (const { account, kind } of seats) {
      const opening = kind.reveal(viewOf(account));
      if (opening && (await settlement.revealScores(round, opening))) openings.push(opening);
    }
    const { medians } = await settlement.settle(round);
    moved ||= medians.some((median, client) => median !== truth[client]);
    lastMedians = medians;
    await settlement.aggregate(round, new Int32Array(1));
  }
  const { auditors } = await settlement.pay();
  const payOf = (chosen: typeof seats) =>
    chosen.reduce((sum, { account }) => sum + Number(auditors.get(account)), 0) / chosen.length;
  const workers = seats.slice(0, terms.seats - dishonest);
  return {
    auditor: auditor.name,
    pay: payOf(seats.slice(terms.seats - dishonest)),
    honestPay: workers.length === 0 ? undefined : payOf(workers),
    moved,
  };
}
