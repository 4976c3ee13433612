import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/**
 * Asks for a secret on the terminal, and shows nothing of it.
 *
 * @returns undefined if there is no terminal, or no answer
 */
export async function askSecret(question: string): Promise<string | undefined> {
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
