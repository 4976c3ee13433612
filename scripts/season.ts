import { resolve } from "node:path";

import { Processes } from "../localnet/index.js";
import { parseOptions, USAGE, type SeasonOptions } from "../season/options.js";
import { Progress } from "../season/progress.js";
import { playSeason } from "../season/season.js";
import { summary, toJson } from "../season/summary.js";
import { exitOnFailure, reportFailure } from "./exit.js";

async function play(options: SeasonOptions, processes: Processes): Promise<void> {
  const result = await playSeason(options, processes, new Progress(options.json));
  process.stdout.write(summary(result, options.keep));
  if (options.json) process.stdout.write(`${JSON.stringify(toJson(result))}\n`);
  if (options.keep) await new Promise(() => setInterval(() => {}, 60_000));
}

await exitOnFailure(async () => {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) return void process.stdout.write(`${USAGE}\n`);
  const processes = await Processes.open(resolve(options.folder, "logs"));
  processes.stopOnExit(reportFailure);
  try {
    await processes.whileUp(play(options, processes));
  } finally {
    await processes.stopAll();
  }
});
// A season that lost a child may have left work waiting for an answer that never comes.
process.exit();
