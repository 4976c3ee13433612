import type { Secrets } from "@artel/sdk/program";

/** Where a command runs: what it prints to, whom it asks, and its environment. */
export interface Terminal extends Secrets {
  /** Prints a line. */
  print(line: string): void;
  /** Asks whether to go on; nobody agrees where nobody can answer. */
  agree(question: string): Promise<boolean>;
}
