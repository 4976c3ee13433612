import { parseArgs } from "node:util";

import { DATASETS } from "@artel/node";
import { ArtelError } from "@artel/sdk";
import { z } from "zod";

/** What a season is played with. */
export const SeasonOptions = z.strictObject({
  /** Clients, the two dishonest ones included. */
  clients: z.int().min(6).max(40),
  /** Rounds of training. */
  rounds: z.int().min(1).max(50),
  /** Data set that the clients' private data is cut from. */
  data: z.enum(DATASETS),
  /** How labels are spread over the clients: by a Dirichlet distribution, or two shards of sorted labels each. */
  split: z.enum(["dirichlet", "shards"]),
  /** Folder of the data set's files; undefined for the package that carries them. */
  dataFolder: z.string().min(1).optional(),
  /** Everything random follows from it. */
  seed: z.string().min(1).max(64),
  /** A tenth of the data and two rounds: shows that everything works, not how well. */
  quick: z.boolean(),
  /** Leave chain, index and report up until ctrl-C. */
  keep: z.boolean(),
  /** End standard output with one line of JSON, and draw no progress. */
  json: z.boolean(),
  /** Folder for content, private stores, logs and the report. */
  folder: z.string().min(1),
  /** Port of the chain's JSON-RPC endpoint; any free one if undefined. */
  rpcPort: z.int().min(1).max(65535).optional(),
  /** Port of the GraphQL endpoint; any free one if undefined. */
  graphqlPort: z.int().min(1).max(65535).optional(),
});
export type SeasonOptions = z.infer<typeof SeasonOptions>;

/** Text for `--help`. */
export const USAGE = `Plays a whole season on this machine: chain, cooperative, votes, federated training, pay, index.

  npm start -- [flags]

  --clients N        clients, of whom one holds mislabelled data and one copies (6 to 40; default 8)
  --rounds N         rounds of training (1 to 50; default 5)
  --data NAME        ${DATASETS.join(" or ")} (default mnist)
  --split NAME       dirichlet (0.5 over labels) or shards (two labels or so a client; default dirichlet)
  --data-folder PATH where the data set's files are (default: in the package that carries them)
  --seed TEXT        everything random follows from it (default artel)
  --quick            a tenth of the data and two rounds
  --keep             leave chain, GraphQL and report up until ctrl-C
  --json             the last line of standard output is one JSON object
  --folder PATH      where content, stores, logs and the report go (default .artel/season)
  --rpc-port N       port of the chain (default: any free one)
  --graphql-port N   port of the index (default: any free one)
  --help             this text`;

/** A flag that does not exist or has a value it can't have. */
export class SeasonFlagError extends ArtelError {
  readonly code = "season/flag";
  constructor(problem: string, value: unknown) {
    super(problem, value, "see npm start -- --help");
  }
}

/**
 * Reads the command line.
 *
 * @returns the options, or undefined if help was asked for
 * @throws SeasonFlagError naming the first flag that is wrong
 */
export function parseOptions(args: readonly string[]): SeasonOptions | undefined {
  const flags = readFlags(args);
  if (flags.help) return undefined;
  const quick = flags.quick ?? false;
  const wanted = {
    clients: numberOf("clients", flags.clients) ?? 8,
    rounds: numberOf("rounds", flags.rounds) ?? (quick ? 2 : 5),
    data: flags.data ?? "mnist",
    split: flags.split ?? "dirichlet",
    dataFolder: flags["data-folder"],
    seed: flags.seed ?? "artel",
    quick,
    keep: flags.keep ?? false,
    json: flags.json ?? false,
    folder: flags.folder ?? ".artel/season",
    rpcPort: numberOf("rpc-port", flags["rpc-port"]),
    graphqlPort: numberOf("graphql-port", flags["graphql-port"]),
  };
  const result = SeasonOptions.safeParse(wanted);
  if (result.success) return result.data;
  const [{ path, message }] = result.error.issues;
  const name = path[0] as keyof typeof wanted;
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new SeasonFlagError(`--${flag} can't be used as given (${message})`, wanted[name]);
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        clients: { type: "string" },
        rounds: { type: "string" },
        data: { type: "string" },
        split: { type: "string" },
        "data-folder": { type: "string" },
        seed: { type: "string" },
        quick: { type: "boolean" },
        keep: { type: "boolean" },
        json: { type: "boolean" },
        folder: { type: "string" },
        "rpc-port": { type: "string" },
        "graphql-port": { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new SeasonFlagError((error as Error).message.split(". ")[0], args);
  }
}

function numberOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new SeasonFlagError(`--${flag} needs a whole number, not "${text}"`, text);
  return Number(text);
}
