import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { loadDataset } from "@artel/node";
import { bigintText, checkFlags, parseFlags } from "@artel/sdk/program";
import { id } from "ethers";
import { z } from "zod";

import { codeOf, writeAtomically } from "../node/src/files.js";
import { ATTACKS } from "./attacks/index.js";
import { KeptTaskError, LabConfigError } from "./errors.js";
import { payoffsOf, toText, type Payoffs } from "./payoffs.js";
import { openChainReferee, REFEREES, rulesReferee, type Referee, type RefereeName } from "./referee.js";
import { play, type RunRecord } from "./run.js";
import { QUICK_SCENARIOS, SCENARIOS, type Scenario } from "./scenario.js";

/** What the laboratory is run with. */
const LabOptions = z.strictObject({
  /** Tasks of each scenario, with seeds from 1 on. */
  seeds: z.int().min(1).max(1000).default(10),
  /** Small tasks: shows that everything works, not what pays. */
  quick: z.boolean().default(false),
  /** Attacks to play in one scenario of their own, instead of the usual ones. */
  cast: z.array(z.enum([...ATTACKS.keys()])).optional(),
  /** Show every update of a round to everybody before the next. */
  open: z.boolean().default(false),
  /** Who decides. */
  referee: z.enum(REFEREES).default("chain"),
  /** Folder of the tasks that were played, which are not played again. */
  folder: z.string().min(1).default(".artel/lab"),
  /** File for the results. */
  out: z.string().min(1).optional(),
});
type LabOptions = z.infer<typeof LabOptions>;

const USAGE = `Plays learning tasks with honest and dishonest parties, and prints what paid. Exits with 1 if an attack paid more than
its bound.

  npm run lab -- [--seeds N] [--quick] [--cast NAME ...] [--open] [--referee chain|rules] [--folder DIR] [--out FILE]
                 [--json]

  --seeds N     tasks of each scenario, with seeds from 1 on (default 10)
  --quick       small tasks, in seconds: shows that everything works, not what pays
  --cast NAME   play this attack, or these, in a scenario of their own; the other clients are honest
  --open        with --cast: everybody sees the updates of a round before the next
  --referee R   who decides: chain (default), the contracts on a chain in this process, held against the reference rules
                decision by decision; or rules, those alone
  --folder DIR  tasks that were played before are taken from here (default .artel/lab)
  --out FILE    write the results there as JSON
  --json        print the results as JSON
  --help        this text

  attacks: ${[...ATTACKS.keys()].filter((name) => name !== "honest").join(", ")}`;

/**
 * Runs the laboratory.
 *
 * @param args - the command line, see {@link USAGE}
 * @returns what paid; undefined if only help was asked for
 * @throws LabConfigError, KeptTaskError
 */
export async function runLab(args: readonly string[]): Promise<Payoffs | undefined> {
  const { flags, json, help } = parseFlags(args, LabOptions, LabConfigError);
  if (help) return void process.stdout.write(`${USAGE}\n`);
  const options = checkFlags(LabOptions, flags, LabConfigError);
  const scenarios = scenariosOf(options);
  const referee = options.referee === "chain" ? await openChainReferee() : rulesReferee;
  try {
    const runs = await playAll(scenarios, options, referee, json);
    const payoffs = await payoffsOf(scenarios, runs, referee);
    const { seeds } = options;
    const text = JSON.stringify({ seeds, referee: referee.name, scenarios, ...payoffs }, bigintText, 2);
    if (options.out !== undefined) await write(options.out, `${text}\n`);
    process.stdout.write(json ? `${text}\n` : toText(payoffs));
    return payoffs;
  } finally {
    await referee.close();
  }
}

/** All tasks of a run, those that were played before taken from their files. */
async function playAll(
  scenarios: readonly Scenario[],
  { seeds, folder }: LabOptions,
  referee: Referee,
  quiet: boolean,
): Promise<RunRecord[]> {
  const dataset = await loadDataset("mnist");
  const runs: RunRecord[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    for (const scenario of scenarios) {
      const say = (text: string) => void (quiet || process.stderr.write(`${scenario.name}, seed ${seed}: ${text}\n`));
      const file = fileOf(folder, scenario, seed, referee.name);
      const known = await readRun(file);
      if (known === undefined) say("begins");
      const run =
        known ??
        (await play(scenario, dataset, seed, referee, (round, { accuracy, revealed, included }) =>
          say(`round ${round + 1}, accuracy ${accuracy.toFixed(4)}, ${included.length} of ${revealed.length} averaged`),
        ));
      if (known === undefined) await write(file, JSON.stringify(run));
      runs.push(run);
    }
  }
  return runs;
}

function scenariosOf({ quick, cast, open }: LabOptions): readonly Scenario[] {
  const usual = quick ? QUICK_SCENARIOS : SCENARIOS;
  if (cast === undefined) {
    if (open) throw new LabConfigError("--open needs a --cast", open);
    return usual;
  }
  const honest = usual.find(({ name }) => name === "honest")!;
  return [honest, { ...honest, name: "cast", cast, open }];
}

/** Where a task is kept: rules that changed make another task of it. */
function fileOf(folder: string, scenario: Scenario, seed: number, referee: RefereeName): string {
  const digest = id(JSON.stringify([referee, scenario], bigintText)).slice(2, 14);
  return join(folder, `${scenario.name.replaceAll(/\W+/g, "-")}-${digest}-${seed}.json`);
}

async function readRun(file: string): Promise<RunRecord | undefined> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as RunRecord;
  } catch (cause) {
    throw new KeptTaskError(file, { cause });
  }
}

function write(file: string, text: string): Promise<void> {
  return writeAtomically(file, new TextEncoder().encode(text));
}
