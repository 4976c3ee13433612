import { readFile } from "node:fs/promises";

/** A row of the table of powers in docs/spec.md. */
export interface Powers {
  readonly contract: string;
  readonly functions: readonly string[];
  /** Who may call them, in words. */
  readonly who: string;
}

/** The table under "Powers" in docs/spec.md. */
export async function powersTable(): Promise<Powers[]> {
  const text = await readFile("docs/spec.md", "utf8");
  const [, section] = text.split("\n## Powers\n");
  return section
    .split("\n## ")[0]
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.split("|").slice(1, 4))
    .map(([contract, functions, who]) => ({
      contract: contract.trim(),
      functions: [...functions.matchAll(/`(\w+)`/g)].map(([, name]) => name),
      who: who.trim(),
    }))
    .filter(({ functions }) => functions.length > 0);
}
