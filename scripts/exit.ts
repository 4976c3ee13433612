import { ArtelError } from "@artel/sdk";

/**
 * Runs a program; a failure becomes one clear sentence on standard error (with `--json`, one JSON object on standard
 * output) and exit code 1. What no error class foresaw is shown whole, so that it can be reported.
 */
export async function exitOnFailure(run: () => Promise<void>, json = process.argv.includes("--json")): Promise<void> {
  try {
    await run();
  } catch (error) {
    const known = error instanceof ArtelError;
    if (json) {
      const { code, message, hint } = known ? error : { code: "unexpected", message: String(error), hint: undefined };
      process.stdout.write(`${JSON.stringify({ error: { code, message, hint } })}\n`);
    }
    process.stderr.write(`${known ? error.message : ((error as Error)?.stack ?? String(error))}\n`);
    process.exitCode = 1;
  }
}
