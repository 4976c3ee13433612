import { resolve } from "node:path";

import { Processes } from "../localnet/index.js";
import { parseOptions, USAGE } from "../season/options.js";
import { Progress } from "../season/progress.js";
import { playSeason } from "../season/season.js";
import { summary, toJson } from "../season/summary.js";
import { exitOnFailure } from "./exit.js";

await exitOnFailure(async () => {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) return void process.stdout.write(`${USAGE}\n`);
  const processes = await Processes.open(resolve(options.folder, "logs"));
  processes.stopOnExit();
  try {
    const result = await playSeason(options, processes, new Progress(options.json));
    process.stdout.write(summary(result, options.keep));
    if (options.keep) await new Promise(() => setInterval(() => {}, 60_000));
    if (options.json) process.stdout.write(`${JSON.stringify(toJson(result))}\n`);
  } finally {
    await processes.stopAll();
  }
});
