import { ArtelError } from "../errors.js";
import { harmless } from "./text.js";

/**
 * Tells of a failure in one clear sentence on standard error and, with `--json`, in one line of JSON at the end of
 * standard output. What no error class foresaw is shown whole, so that it can be reported.
 */
export function reportFailure(error: unknown, json = process.argv.includes("--json")): void {
  const known = error instanceof ArtelError ? error : undefined;
  process.stderr.write(`${harmless(known?.message ?? (error as Error)?.stack ?? String(error))}\n`);
  if (!json) return;
  const { code, message, hint } = known ?? { code: "unexpected", message: String(error), hint: undefined };
  process.stdout.write(`${harmless(JSON.stringify({ error: { code, message, hint } }))}\n`);
}
