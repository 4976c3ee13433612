import { Phase } from "@artel/sdk";
import {
  ABSENT,
  appealBond,
  clientsOf,
  decodeVector,
  freshSeats,
  isAccurate,
  judgePanel,
  outliersOf,
  packOpenings,
  panelsOf,
  type Panel,
  type SeatOpening,
} from "@artel/sdk/learning";
import { ZeroAddress } from "ethers";

import { BondMissingError } from "../errors.js";
import { Challenger } from "./challenger.js";
import { act } from "./party.js";
import { bothOf } from "./run.js";
import { scorePanel, type AuditorContext } from "./scorePanel.js";
import type { TaskState } from "./taskView.js";

/**
 * A challenger that appeals panels whose medians are wrong, too: it scores every panel of a round again, which is as much work
 * as all auditors of a seat each have together. It needs the bond of an appeal as free stake in the vault.
 */
export class Appellant {
  readonly account: string;
  private readonly challenger: Challenger;
  /** Panels that were looked at. */
  private readonly judged = new Set<string>();
  /** The last round in which its stake was too low. */
  private unable?: bigint;

  constructor(private readonly context: AuditorContext) {
    this.account = context.account;
    this.challenger = new Challenger(context);
  }

  /** Does what is due now and was not done. Safe to repeat, also after a crash. */
  step(): Promise<boolean> {
    return bothOf(
      () => this.challenger.step(),
      () => this.appeal(),
    );
  }

  isDone(): Promise<boolean> {
    return this.challenger.isDone();
  }

  /** Appeals what panels of the running round have decided wrongly. */
  private async appeal(): Promise<boolean> {
    const { view } = this.context;
    const [state, { schedule }] = await Promise.all([view.state(), view.terms()]);
    const phase = Number(state.phase);
    if (schedule.appeal === 0n || phase < Phase.Settle || phase > Phase.Finishing) return false;
    const { round, seed, panels: count, scoredSet } = await view.contract.panelState(view.taskId);
    if (round !== state.round) return false;
    const panels = panelsOf(seed, await view.sizes(state));
    let sent = false;
    for (let number = 0; number < Number(count); number++) {
      const key = `${round}/${number}`;
      if (((scoredSet >> BigInt(number)) & 1n) === 0n || this.judged.has(key)) continue;
      const outcome = await this.judge(state, number, panels[number]);
      if (outcome.sent) sent = true;
      if (outcome.done) this.judged.add(key);
    }
    return sent;
  }

  /** @returns whether the panel was looked at, and whether it was appealed */
  private async judge(state: TaskState, number: number, panel: Panel): Promise<{ done: boolean; sent: boolean }> {
    const { view, tasks, account, log } = this.context;
    const { round } = state;
    const [{ appellant }, free, bond] = await Promise.all([
      view.contract.appealOf(view.taskId, round, number),
      view.freeStake(account),
      this.bond(state),
    ]);
    if (appellant !== ZeroAddress || bond === undefined) return { done: true, sent: false };
    const labelled = log.child({ role: "appellant", account });
    if (free < bond) {
      // there may be stake later on
      if (this.unable !== round)
        labelled.error(
          { err: new BondMissingError("an appeal", free, bond), round: `${round}` },
          "nothing can be appealed",
        );
      this.unable = round;
      return { done: false, sent: false };
    }
    const openings = await view.openings(round, panel);
    if (!(await this.isWrong(state, panel, openings))) return { done: true, sent: false };
    const appeal = () => tasks.appealPanel(view.taskId, number, packOpenings(openings));
    const options = { log: labelled, contract: view.contract };
    return { done: true, sent: await act(`appeal panel ${number} of round ${round}`, appeal, options) };
  }

  /**
   * Whether a fresh panel of the appellant's own opinion would correct a median and fine somebody. An update that it can't read
   * proves nothing, for others may have read it: there it takes the panel's word.
   */
  private async isWrong(state: TaskState, panel: Panel, openings: readonly SeatOpening[]): Promise<boolean> {
    const { view } = this.context;
    const [seed, updates, terms] = await Promise.all([view.seed(state), view.updates(state.round), view.terms()]);
    const scores = await scorePanel(this.context, state, panel, seed!);
    const epsilon = Number(terms.epsilon);
    const records = new Map(updates.map((record) => [record.id, record]));
    const clients = clientsOf(panel, Number(state.clients));
    const revealed = clients.map((id) => records.get(id)?.struck === false);
    const vectors = openings.map(({ revealed: shown }) => {
      const vector = shown && decodeVector(panel, shown.scores);
      return vector && clients.map((id) => vector.get(id)!);
    });
    // a panel that was scored has a verdict
    const { medians } = judgePanel(vectors, revealed, epsilon)!;
    const own = clients.map((id, i) => {
      const record = records.get(id);
      const isUnread = scores[id] === ABSENT && record !== undefined && !record.copy && record.weight !== 0;
      return isUnread ? medians[i] : scores[id];
    });
    const moved = revealed.some((has, i) => has && !isAccurate(medians[i], own[i], epsilon));
    return moved && outliersOf(vectors, own, medians, revealed, epsilon).includes(true);
  }

  /** What an appeal binds of its appellant's stake; undefined where the auditors are too few for a fresh panel. */
  private async bond({ auditors }: TaskState): Promise<bigint | undefined> {
    const { view } = this.context;
    const [{ panelSeats, auditorStake }, { seatPay }] = await Promise.all([
      view.terms(),
      view.contract.panelState(view.taskId),
    ]);
    const seats = freshSeats(Number(auditors), Number(panelSeats));
    return seats === undefined ? undefined : appealBond(seats, seatPay, auditorStake);
  }
}
