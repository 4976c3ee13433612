import { execFile } from "node:child_process";
import { access, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { expect } from "chai";

import { runCli } from "../../cli/src/cli.js";
import { commandsOf, readFiles, type Command } from "./files.js";

const run = promisify(execFile);
const DOCS = ["*.md", "docs/**/*.md", "subgraph/README.md"];

/** Scripts of a workspace's package.json, by name. */
async function scriptsOf(workspace: string): Promise<Record<string, string>> {
  return JSON.parse(await readFile(`${workspace}/package.json`, "utf8")).scripts;
}

const helps = new Map<string, Promise<string>>();

/** What a program of this repository prints when it is asked for help. */
function helpOf(script: string): Promise<string> {
  const help = helps.get(script) ?? run(process.execPath, ["--import", "tsx", script, "--help"]).then((r) => r.stdout);
  helps.set(script, help);
  return help;
}

/** Checks a script that takes long, spends money or never ends: it exists, and its help lists the flags. */
async function checkScript(label: string, name: string, rest: readonly string[]): Promise<void> {
  const workspace = rest[0] === "-w" ? rest[1] : ".";
  const source = (await scriptsOf(workspace))[name];
  expect(source, label).to.be.a("string");
  const flags = rest.includes("--") ? rest.slice(rest.indexOf("--") + 1).filter((word) => word.startsWith("--")) : [];
  if (flags.length === 0) return;
  const [, script] = /^tsx (\S+\.ts)$/.exec(source) ?? [];
  const help = await helpOf(`${workspace}/${script}`);
  for (const flag of flags) expect(help, label).to.match(new RegExp(`(^|\\s)${flag}(\\s|$)`, "m"));
}

/** What `artel` prints when it is asked for help about a command. */
async function artelHelp(command: readonly string[]): Promise<string> {
  let help = "";
  const print = (line: string) => void (help += line);
  await runCli([...command, "--help"], { print, agree: async () => false, askSecret: async () => undefined, env: {} });
  return help;
}

async function check({ label, words }: Command): Promise<void> {
  const [program, verb, ...rest] = words;
  if (program === "npm" && verb === "ci") return void expect(rest, label).to.be.empty;
  if (program === "npm" && verb === "run") return checkScript(label, rest[0], rest.slice(1));
  if (program === "npm" && (verb === "test" || verb === "start")) return checkScript(label, verb, rest);
  if (program === "npx" && verb === "hardhat") {
    // Tasks come first; what follows is an argument.
    const task = rest.slice(0, rest[0] === "keystore" ? 2 : 1);
    const { stdout } = await run("npx", ["hardhat", ...task, "--help"]);
    return void expect(stdout, label).to.match(new RegExp(`^Usage: hardhat .*${task.join(" ")}`, "m"));
  }
  if (program === "npx" && verb === "artel") {
    const flags = rest.filter((word) => word.startsWith("--") && word !== "--help");
    const end = rest.findIndex((word) => word.startsWith("--"));
    const command = end < 0 ? rest : rest.slice(0, end);
    const help = await artelHelp(command);
    for (const flag of flags) expect(help, label).to.match(new RegExp(`^  ${flag}\\s`, "m"));
    return;
  }
  expect.fail(`${label}: nothing here knows how to check it`);
}

describe("commands in the documentation", function () {
  this.timeout(60_000);

  it("work, or are scripts whose help lists the flags", async () => {
    const commands = (await readFiles(...DOCS)).flatMap(commandsOf);
    expect(commands).to.not.be.empty;
    for (const command of commands) await check(command);
  });

  it("are scripts that exist wherever they are mentioned", async () => {
    for (const { path, text } of await readFiles(...DOCS)) {
      const scripts = await scriptsOf(path.startsWith("subgraph/") ? "subgraph" : ".");
      const all = { ...scripts, ...(await scriptsOf(".")) };
      for (const [label, name] of text.matchAll(/npm run ([\w:-]+)/g))
        expect(all, `${label} in ${path}`).to.have.property(name);
    }
  });

  it("are followed by links to files that exist", async () => {
    for (const { path, text } of await readFiles(...DOCS)) {
      for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
        await access(join(dirname(path), target)).catch(() => expect.fail(`${path} links to ${target}`));
      }
    }
  });
});
