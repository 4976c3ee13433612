import { readFile } from "node:fs/promises";

import { expect } from "chai";

import { readFiles } from "./files.js";

/** Names of the tests of a file that carry requirements, by language. */
const NAMES: Record<string, RegExp> = {
  sol: /\bfunction (?:test|testFuzz|invariant)_((?:[A-Z]{3}\d{2}_)+)/g,
  ts: /\bit\(\s*["'`]((?:[A-Z]{3}-\d{2} )+)/g,
  json: /^\{\s*"name": "((?:[A-Z]{3}-\d{2} )+)/g,
};

/** Which tests prove which requirement: numbers, each with the files where it is in the name of a test. */
async function proofs(): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  const files = await readFiles("test/**/*.t.sol", "test/**/*.test.ts", "subgraph/tests/*.test.{ts,json}");
  for (const { path, text } of files) {
    for (const [, numbers] of text.matchAll(NAMES[path.split(".").at(-1)!])) {
      for (const [, group, number] of numbers.matchAll(/([A-Z]{3})-?(\d{2})/g)) {
        const id = `${group}-${number}`;
        found.set(id, (found.get(id) ?? new Set()).add(path));
      }
    }
  }
  return found;
}

describe("docs/spec.md", () => {
  let ids: string[];
  let proved: Map<string, Set<string>>;

  before(async () => {
    const text = await readFile("docs/spec.md", "utf8");
    ids = [...text.matchAll(/^- \*\*([A-Z]{3}-\d{2})\*\* /gm)].map(([, id]) => id);
    proved = await proofs();
  });

  it("numbers its requirements without gaps, group by group", () => {
    const next = new Map<string, number>();
    const expected = ids.map((id) => {
      const group = id.slice(0, 3);
      next.set(group, (next.get(group) ?? 0) + 1);
      return `${group}-${String(next.get(group)).padStart(2, "0")}`;
    });
    expect(ids).to.deep.equal(expected);
    expect(ids).to.not.be.empty;
  });

  it("states nothing that no test proves", () => {
    expect(ids.filter((id) => !proved.has(id))).to.deep.equal([]);
  });

  it("has every requirement that a test names", () => {
    const unknown = [...proved]
      .filter(([id]) => !ids.includes(id))
      .map(([id, files]) => `${id} in ${[...files].join()}`);
    expect(unknown).to.deep.equal([]);
  });

  it("names tests that exist for every attack", async () => {
    const text = await readFile("docs/spec.md", "utf8");
    const [, table] = text.split("\n## Attacks and the tests that hold them\n");
    const rows = table
      .split("\n## ")[0]
      .match(/^\| .*\|$/gm)!
      .slice(2);
    const sources = (await readFiles("test/**/*.t.sol")).map(({ text: source }) => source).join("\n");
    const existing = new Set([...sources.matchAll(/\bfunction (test\w+)\(/g)].map(([, name]) => name));
    for (const row of rows) {
      const names = [...row.matchAll(/`(test\w+)`/g)].map(([, name]) => name);
      expect(names, row).to.not.be.empty;
      expect(
        names.filter((name) => !existing.has(name)),
        row,
      ).to.deep.equal([]);
    }
    expect(rows).to.not.be.empty;
  });

  it("is quoted with numbers that exist", async () => {
    const groups = new Set(ids.map((id) => id.slice(0, 3)));
    for (const { path, text } of await readFiles("*.md", "docs/**/*.md")) {
      for (const [id, group] of text.matchAll(/\b([A-Z]{3})-\d{2}\b/g)) {
        if (groups.has(group)) expect(ids, `${id} in ${path}`).to.include(id);
      }
    }
  });
});
