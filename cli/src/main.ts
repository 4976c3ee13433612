import { isAgreed, ownSecrets, reportFailure } from "@artel/sdk/program";

import { runCli } from "./cli.js";

try {
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  await runCli(process.argv.slice(2), { print, agree: isAgreed, ...ownSecrets() });
} catch (error) {
  reportFailure(error);
  process.exitCode = 1;
}
