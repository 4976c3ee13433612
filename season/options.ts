import { DATASETS } from "@artel/node";
import { ArtelError } from "@artel/sdk";
import { checkFlags, parseFlags } from "@artel/sdk/program";
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
  const { flags, json, help } = parseFlags(args, SeasonOptions, SeasonFlagError);
  if (help) return undefined;
  const defaults = {
    ...{ clients: 8, rounds: flags.quick === true ? 2 : 5, data: "mnist", split: "dirichlet", seed: "artel" },
    ...{ quick: false, keep: false, folder: ".artel/season" },
  };
  return checkFlags(SeasonOptions, { ...defaults, ...flags, json }, SeasonFlagError);
}
