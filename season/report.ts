import { formatUnits } from "ethers";
import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

import { saveText } from "./files.js";
import type { Payout, RoleGas } from "./results.js";

/** Everything the report tells. */
export interface SeasonReport {
  readonly title: string;
  /** Lines of facts above the plots. */
  readonly facts: readonly (readonly [string, string])[];
  /** Test accuracy of the first model and after each settled round, 0 to 1. */
  readonly accuracyByRound: readonly number[];
  readonly payouts: readonly Payout[];
  readonly gasByRole: Readonly<Record<string, RoleGas>>;
  /** Entities of the index by type. */
  readonly entities: Readonly<Record<string, number>>;
  /** Symbol and decimals of the reward token. */
  readonly token: { readonly symbol: string; readonly decimals: number };
}

/** Writes the report as one HTML file that needs nothing else: no script, no network. */
export async function writeReport(report: SeasonReport, file: string): Promise<void> {
  const amount = (value: bigint) => Number(formatUnits(value, report.token.decimals));
  const accuracy = await plot({
    width: 560,
    height: 260,
    data: { values: report.accuracyByRound.map((value, round) => ({ round, accuracy: value })) },
    mark: { type: "line", point: true },
    encoding: {
      x: { field: "round", type: "quantitative", title: "settled rounds", axis: { tickMinStep: 1 } },
      y: {
        field: "accuracy",
        type: "quantitative",
        title: "test accuracy",
        axis: { format: ".0%" },
        scale: { domain: [0, 1] },
      },
    },
  });
  const clients = report.payouts.filter(({ role }) => role === "client");
  const pay = await plot({
    width: 560,
    height: 260,
    data: {
      values: clients.map(({ name, conduct, dataQuality, amount: paid }) => ({
        name,
        conduct,
        quality: dataQuality ?? 0,
        paid: amount(paid),
      })),
    },
    layer: [
      { mark: { type: "point", filled: true, size: 90 }, encoding: { color: { field: "conduct", type: "nominal" } } },
      { mark: { type: "text", dy: -10, fontSize: 10 }, encoding: { text: { field: "name" } } },
    ],
    encoding: {
      x: {
        field: "quality",
        type: "quantitative",
        title: "accuracy of a model trained on this client's data alone (0: holds no data)",
        axis: { format: ".0%" },
      },
      y: { field: "paid", type: "quantitative", title: `pay (${report.token.symbol})` },
    },
  });
  const gas = await plot({
    width: 560,
    height: 200,
    data: { values: Object.entries(report.gasByRole).map(([role, { gas: used }]) => ({ role, gas: Number(used) })) },
    mark: "bar",
    encoding: {
      x: { field: "gas", type: "quantitative", title: "gas, whole season", axis: { format: ".2s" } },
      y: { field: "role", type: "nominal", title: null, sort: "-x" },
    },
  });
  await saveText(file, page(report, { accuracy, pay, gas }));
}

/** Draws a chart as SVG. */
export async function plot(spec: TopLevelSpec): Promise<string> {
  const styled = { background: "white", config: { font: "system-ui, sans-serif" }, ...spec } as TopLevelSpec;
  const view = new View(parse(compile(styled).spec), { renderer: "none" });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

function page(report: SeasonReport, plots: { accuracy: string; pay: string; gas: string }): string {
  const { token } = report;
  const amount = (value: bigint) =>
    Number(formatUnits(value, token.decimals)).toLocaleString("en", {
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
    });
  const payouts = report.payouts.map((payout) => [
    payout.name,
    payout.conduct,
    amount(payout.amount),
    percent(payout.share),
    amount(payout.slashed),
    payout.why,
    payout.reputation.toString(),
    payout.dataQuality === null ? "" : percent(payout.dataQuality),
  ]);
  const gas = Object.entries(report.gasByRole).map(([role, spent]) => [
    role,
    spent.transactions.toLocaleString("en"),
    spent.gas.toLocaleString("en"),
  ]);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(report.title)}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; margin: 1rem 0; font-size: 0.9rem; }
th, td { border-bottom: 1px solid #ddd; padding: 0.3rem 0.7rem; text-align: left; vertical-align: top; }
th { background: #f6f6f6; }
svg { max-width: 100%; height: auto; }
</style>
</head>
<body>
<h1>${escape(report.title)}</h1>
${table([], report.facts)}
<h2>Accuracy by round</h2>
<p>Of the model that the chain commits to, on 10,000 held-out test images.</p>
${plots.accuracy}
${table(
  ["settled rounds", "accuracy"],
  report.accuracyByRound.map((value, round) => [String(round), percent(value)]),
)}
<h2>Who earned what, and why</h2>
<p>A client's contribution in a round is the lower median of what the auditors measured: how much its update improved the model
together with the others' (its Shapley value), in 2<sup>-14</sup> nat. The clients' pool of a pay period is shared in proportion
to positive contributions. An auditor is paid for scores near the median, an aggregator for the answer that became the model.
What nobody earned went back to the cooperative, and so did the stake of who was silent, or whose answer was disproved on the
chain.</p>
${table(["who", "conduct", token.symbol, "share", "slashed", "why", "reputation", "data alone"], payouts)}
<h2>Pay against the quality of each client's data</h2>
${plots.pay}
<h2>Gas by role</h2>
${plots.gas}
${table(["role", "transactions", "gas"], gas)}
<h2>Index</h2>
${table(
  ["entity", "count"],
  Object.entries(report.entities).map(([name, count]) => [name, String(count)]),
)}
</body>
</html>
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[], tag: string) => row.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join("");
  const top = head.length === 0 ? "" : `<tr>${cells(head, "th")}</tr>\n`;
  return `<table>\n${top}${rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("\n")}\n</table>`;
}

function percent(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
