import { isAgreed, reportFailure } from "@artel/sdk/program";

import { runCli } from "./cli.js";
import { askSecret } from "./secret.js";

try {
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  await runCli(process.argv.slice(2), { print, agree: isAgreed, askSecret, env: process.env });
} catch (error) {
  reportFailure(error);
  process.exitCode = 1;
}
