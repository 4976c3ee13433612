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
