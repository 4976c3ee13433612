/** Where a command runs: what it prints to, whom it asks, and its environment. */
export interface Terminal {
  /** Prints a line. */
  print(line: string): void;
  /** Asks whether to go on; nobody agrees where nobody can answer. */
  agree(question: string): Promise<boolean>;
  /** Asks for a secret; undefined where nobody can answer. */
  askSecret(question: string): Promise<string | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
}
