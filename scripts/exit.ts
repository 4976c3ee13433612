import { storageErrorOf } from "@artel/node";
import { ArtelError } from "@artel/sdk";
import { reportFailure as report } from "@artel/sdk/program";

/** Tells of a failure; what the operating system says about files is put in the words of a typed error. */
export function reportFailure(error: unknown): void {
  report(error instanceof ArtelError ? error : (storageErrorOf(error) ?? error));
}

/** Runs a program; a failure is reported and becomes exit code 1. */
export async function exitOnFailure(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    reportFailure(error);
    process.exitCode = 1;
  }
}
