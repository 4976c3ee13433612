import { NATIVE } from "../founding.js";
import type { Bylaws, BylawsClass } from "./bylaws.js";
import { isWeighted, quorumNeeded, vetoesNeeded, yesNeeded } from "./policy.js";
import { CONSTITUTIONAL } from "./schema.js";
import { formatDuration } from "./units.js";

/** What one class comes to for so many members. */
export interface ClassSummary {
  readonly name: string;
  readonly rank: number;
  /** Actions that rules name; the class of the highest rank decides all others too. */
  readonly decides: readonly string[];
  /** Fewest yes when all vote and nobody abstains. */
  readonly yes: number;
  /** Fewest members who have to vote. */
  readonly quorum: number;
  /** Fewest vetoes that defeat it; undefined without veto. */
  readonly vetoes?: number;
  /** Seconds from the proposal to the last ballot, and to the earliest execution. */
  readonly decidedAfter: number;
  readonly effectAfter: number;
  /** The same in sentences. */
  readonly lines: readonly string[];
}

/** What bylaws come to for so many members, from the lowest class to the highest. */
export function summarise({ classes, rules, limits }: Bylaws, members: number): ClassSummary[] {
  return classes.toReversed().map((each) => {
    const decides = rules.filter(({ rank }) => rank === each.rank).map(({ action }) => action);
    const spends = limits
      .filter(({ rank }) => rank === each.rank)
      .map(({ token, amount, period }) => {
        const what = token === NATIVE ? "of the native currency" : `of ${token}`;
        return `  may spend ${amount} of the smallest units ${what} in any ${formatDuration(period)}`;
      });
    return summary(each, decides, spends, members);
  });
}

function summary(
  { name, rank, policy }: BylawsClass,
  decides: readonly string[],
  spends: readonly string[],
  members: number,
): ClassSummary {
  const { votingDelay, votingPeriod, executionDelay, executionWindow, seasoning, lateWindow, sponsors } = policy;
  const [yes, quorum] = [yesNeeded(policy, members), quorumNeeded(policy, members)];
  const vetoes = vetoesNeeded(policy, members);
  const decidedAfter = votingDelay + votingPeriod;
  const effectAfter = decidedAfter + executionDelay;
  const all = rank === CONSTITUTIONAL ? ["everything that no rule names"] : [];
  const lines = [
    `${name} (rank ${rank}) decides ${[...decides, ...all].join(", ") || "nothing yet"}`,
    `  ${yes} of ${members} say yes when all vote; at least ${quorum} ${quorum === 1 ? "has" : "have"} to vote` +
      (vetoes === undefined ? "" : `; ${vetoes} ${vetoes === 1 ? "veto defeats" : "vetoes defeat"} it`),
    `  voting opens ${formatDuration(votingDelay)} after the proposal and lasts ${formatDuration(votingPeriod)}` +
      (lateWindow === 0 ? "" : `, ${formatDuration(lateWindow)} more if a late ballot turns it`),
    `  can be carried out from ${formatDuration(effectAfter)} after the proposal on, for ${formatDuration(executionWindow)}`,
    ...(isWeighted(policy)
      ? [`  yes and no weigh by reputation, up to ${policy.weightCap} members each; above, all weigh the same`]
      : []),
    ...spends,
    ...(sponsors === 0 ? [] : [`  is proposed with ${sponsors} ${sponsors === 1 ? "sponsor" : "sponsors"}`]),
    ...(seasoning === 0 ? [] : [`  decided by members of at least ${formatDuration(seasoning)}`]),
  ];
  return { name, rank, decides, yes, quorum, vetoes, decidedAfter, effectAfter, lines };
}
