import { BigInt } from "@graphprotocol/graph-ts";

import {
  PanelSettled,
  PanelVoided,
  ScoresCommitted,
  ScoresRevealed,
  SeedDrawn,
} from "../generated/LearningTasks/LearningTasks";
import { Cell, LearningTask, Panel, Participant, Round, ScoresVector, Update } from "../generated/schema";
import { ABSENT, scores } from "./decode";
import { cellId, panelId, submissionId } from "./ids";
import { permuted } from "./permutation";
import { participantOf, payIn, periodOf, roundOf, taskOf } from "./tasks";

/** What tells the permutation of cells from others of the same seed, see `PanelLib`. */
const CELLS = "artel.panels.cells.v1";

export function handleScoresCommitted(event: ScoresCommitted): void {
  const round = roundOf(event.address, event.params.taskId, event.params.round);
  const vector = new ScoresVector(submissionId(round.id, event.params.auditor));
  vector.round = round.id;
  vector.auditor = participantOf(event.address, event.params.taskId, event.params.auditor).id;
  vector.commitment = event.params.commitment;
  vector.committedAt = event.block.timestamp;
  vector.earned = BigInt.zero();
  vector.save();
  round.vectorsCommitted++;
  round.save();
}

export function handleScoresRevealed(event: ScoresRevealed): void {
  const round = roundOf(event.address, event.params.taskId, event.params.round);
  const vector = ScoresVector.load(submissionId(round.id, event.params.auditor))!;
  vector.revealedAt = event.block.timestamp;
  vector.salt = event.params.salt;
  vector.scores = scores(event.params.scores);
  vector.save();
  round.vectorsRevealed++;
  round.save();
}

export function handleSeedDrawn(event: SeedDrawn): void {
  const p = event.params;
  const round = roundOf(event.address, p.taskId, p.round);
  round.seedDrawnAt = event.block.timestamp;
  round.seed = p.seed;
  round.panelCount = p.panels.toI32();
  round.cellCount = p.cells.toI32();
  round.panelAuditors = p.auditors.toI32();
  round.seatPay = p.seatPay;
  round.save();
}

/** A panel that is over, with its cells: each panel has its part of their order. At most 32 cells, so 256 clients. */
function panelOf(round: Round, number: BigInt, reveals: i32, settledAt: BigInt): Panel {
  const index = number.toI32();
  const from = (index * round.cellCount) / round.panelCount;
  const to = ((index + 1) * round.cellCount) / round.panelCount;
  const panel = new Panel(panelId(round.id, number));
  panel.round = round.id;
  panel.number = index;
  panel.cells = permuted(round.seed!, CELLS, round.cellCount, from, to);
  panel.reveals = reveals;
  panel.settledAt = settledAt;
  return panel;
}

/** The updates that counted when a panel settled, or did not: revealed and not struck. */
function countedUpdate(round: Round, client: Participant): Update | null {
  const update = Update.load(submissionId(round.id, client.account));
  return update == null || update.revealedAt === null || update.copyOf !== null ? null : update;
}

/** A panel of a cell, scored or void: what is negative is carried over from the period before, and from no other. */
function keepDebts(task: LearningTask, cell: Cell, clients: Participant[]): void {
  const forgets = cell.lastPeriod < task.periodsClosed - 1;
  for (let i = 0; forgets && i < clients.length; i++) {
    if (clients[i].score.isZero()) continue;
    clients[i].score = BigInt.zero();
    clients[i].save();
  }
  cell.lastPeriod = task.periodsClosed;
  cell.save();
}

export function handlePanelVoided(event: PanelVoided): void {
  const task = taskOf(event.address, event.params.taskId);
  const round = roundOf(event.address, event.params.taskId, event.params.round);
  const panel = panelOf(round, event.params.panel, event.params.reveals.toI32(), event.block.timestamp);
  panel.status = "VOID";
  panel.save();
  round.panelsVoided++;
  round.save();
  for (let i = 0; i < panel.cells.length; i++) {
    const cell = Cell.load(cellId(task.id, panel.cells[i]))!;
    const clients = cell.clients.load();
    keepDebts(task, cell, clients);
    for (let j = 0; j < clients.length; j++) {
      const update = countedUpdate(round, clients[j]);
      if (update == null) continue;
      update.panel = panel.id;
      update.save();
    }
  }
}

/** Medians accumulate, signed, over the pay period; absent updates gain and lose nothing. */
export function handlePanelSettled(event: PanelSettled): void {
  const p = event.params;
  const task = taskOf(event.address, p.taskId);
  const round = roundOf(event.address, p.taskId, p.round);
  const counted = p.updates.toI32();
  const panel = panelOf(round, p.panel, p.auditors.length, event.block.timestamp);
  const medians = scores(p.medians).slice(0, panel.cells.length * 8);
  panel.status = "SETTLED";
  panel.scored = counted;
  panel.medians = medians;
  panel.seatPay = p.seatPay;
  panel.save();

  const period = periodOf(task, task.periodsClosed);
  for (let i = 0; i < panel.cells.length; i++) {
    const cell = Cell.load(cellId(task.id, panel.cells[i]))!;
    const clients = cell.clients.load();
    keepDebts(task, cell, clients);
    for (let j = 0; j < clients.length; j++) {
      const client = clients[j];
      const update = countedUpdate(round, client);
      if (update == null) continue;
      update.panel = panel.id;
      const median = medians[i * 8 + (client.index & 7)];
      if (median != ABSENT) {
        update.median = median;
        const pay = payIn(period, client);
        pay.score = pay.score.plus(BigInt.fromI32(median));
        pay.save();
        client.score = pay.score;
        client.save();
      }
      update.save();
    }
  }

  let paid = BigInt.zero();
  for (let i = 0; i < p.auditors.length; i++) {
    const auditor = participantOf(event.address, p.taskId, p.auditors[i]);
    const vector = ScoresVector.load(submissionId(round.id, p.auditors[i]))!;
    const accurate = p.accurate[i].toI32();
    // A panel with anything to pay for has updates.
    const amount = p.seatPay.isZero() ? BigInt.zero() : p.seatPay.times(p.accurate[i]).div(p.updates);
    vector.panel = panel.id;
    vector.accurate = accurate;
    vector.scored = counted;
    vector.earned = amount;
    vector.save();
    auditor.accurate += accurate;
    auditor.scored += counted;
    auditor.earned = auditor.earned.plus(amount);
    auditor.save();
    paid = paid.plus(amount);
  }
  round.panelsSettled++;
  round.auditorPay = round.auditorPay.plus(paid);
  round.save();
  task.auditorPay = task.auditorPay.plus(paid);
  task.save();
}
