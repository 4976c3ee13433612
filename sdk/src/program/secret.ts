import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** Where secrets come from: never from the command line, which everybody on the machine can read. */
export interface Secrets {
  /** Asks for a secret; undefined where nobody can answer. */
  askSecret(question: string): Promise<string | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The secrets of this process: those in its environment, and what is typed on its terminal. */
export function ownSecrets(): Secrets {
  return { askSecret, env: process.env };
}

/**
 * Asks for a secret on the terminal, and shows nothing of it.
 *
 * @returns undefined if there is no terminal, or no answer
 */
async function askSecret(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  // Ctrl-C and ctrl-D reject.
  const answer = await terminal.question("").catch(() => undefined);
  terminal.close();
  process.stderr.write("\n");
  return answer;
}
