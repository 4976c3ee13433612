import { glob, readFile } from "node:fs/promises";

/** A file of the repository and its text. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** Reads every file that a pattern names, relative to the root, in the order of their paths. */
export async function readFiles(...patterns: string[]): Promise<TextFile[]> {
  const paths: string[] = [];
  for await (const path of glob(patterns)) paths.push(path);
  return Promise.all(paths.sort().map(async (path) => ({ path, text: await readFile(path, "utf8") })));
}

/** A command that the documentation tells a reader to type. */
export interface Command {
  /** File and text, for messages. */
  readonly label: string;
  readonly words: readonly string[];
}

/** Commands of every fenced `sh` block, without comments and variables set for one command. */
export function commandsOf({ path, text }: TextFile): Command[] {
  const blocks = [...text.matchAll(/^ *```sh\n([^]*?)^ *```$/gm)].map(([, block]) => block.replaceAll(/\\\n\s*/g, ""));
  return blocks
    .flatMap((block) => block.split("\n"))
    .flatMap((line) => line.replace(/(^|\s)#.*$/, "").split("&&"))
    .map((command) => command.trim().replace(/^(\w+=\S+\s+)+/, ""))
    .filter((command) => command !== "")
    .map((command) => ({ label: `${path}: ${command}`, words: command.split(/\s+/) }));
}
