import { existsSync } from "node:fs";
import { join } from "node:path";

import { ArtelError, connectRpc, type Deployment } from "@artel/sdk";
import { bigintText, checkFlags, endpointIn, flagOf, harmless, parseFlags, readAddresses } from "@artel/sdk/program";
import type { JsonRpcProvider } from "ethers";
import { z } from "zod";

import type { ActCommand, Answer, Command } from "./command.js";
import { ActContext, ChainContext, LocalContext } from "./context.js";
import { endpointFailureOf, refusalOf } from "./decode.js";
import { CliFlagError, RequestFailedError, WouldRevertError } from "./errors.js";
import { carryOut } from "./execute.js";
import { commandHelp, nounHelp, overview } from "./help.js";
import { NOUNS } from "./nouns/index.js";
import { chooseSigner } from "./signers/choose.js";
import type { Terminal } from "./terminal.js";
import { flag } from "./values.js";

/** Folder in which `npm run deploy` writes addresses. */
const DEPLOYMENTS = "deployments";

/** Milliseconds between two looks for a receipt. */
const POLL_MS = 1_000;

/** Which network. */
const PLACE = {
  network: flag(z.string().min(1).optional(), "NAME", `the network whose addresses are in ${DEPLOYMENTS}/NAME`),
  deployment: flag(z.string().min(1).optional(), "FILE", "or the addresses.json of any deployment"),
};

/** Which network, and how to reach it. */
const CHAIN = {
  ...PLACE,
  rpcUrl: flag(z.url().optional(), "URL", "endpoint of the chain (default: ARTEL_RPC_URL in the environment)"),
};

/** Who acts there, and how. */
const ACTING = {
  ...CHAIN,
  keystore: flag(
    z.string().min(1).optional(),
    "FILE",
    "encrypted keystore; ARTEL_KEYSTORE_PASSWORD, or it is asked for",
  ),
  signer: flag(
    z.string().min(1).optional(),
    "COMMAND",
    "a program that holds the key (without both: ARTEL_PRIVATE_KEY)",
  ),
  signerSeconds: flag(z.int().min(1).max(86_400).default(120), "N", "how long it may take to answer (default 120)"),
  dryRun: flag(z.boolean().default(false), "", "show the effect and the cost, and stop"),
  yes: flag(z.boolean().default(false), "", "do not ask before sending or signing"),
};

/** The flags that every command of a kind has. */
const COMMON = { local: PLACE, read: CHAIN, act: ACTING };

/**
 * Runs a command line.
 *
 * @param args - what was typed after `artel`
 * @throws an `ArtelError` when it fails; then nothing was sent, unless the error names a transaction
 */
export async function runCli(args: readonly string[], { print, ...rest }: Terminal): Promise<void> {
  // What is printed may come from the endpoint, or from anybody who has written to the chain.
  await obey(args, { ...rest, print: (line) => print(harmless(line)) });
}

async function obey(args: readonly string[], terminal: Terminal): Promise<void> {
  const end = args.findIndex((arg) => arg.startsWith("-"));
  const words = end < 0 ? args : args.slice(0, end);
  const rest = args.slice(words.length);
  // A noun by itself lists its commands, also where it is one of them.
  const isNoun = args.length === 1 && NOUNS.some(({ name }) => name === args[0]);
  const command = isNoun ? undefined : findCommand(words);
  if (command === undefined) return terminal.print(helpFor(words, rest));
  const operands = words.slice(command.words.split(" ").length);
  const named = operands.map((value, i) => [`--${flagOf(command.operands[i])}`, value] as const);
  try {
    await runCommand(command, [...named.flat(), ...rest], terminal);
  } catch (error) {
    throw error instanceof CliFlagError ? error.within(command.words, new Map(named)) : error;
  }
}

/** The command of these words, which may go on with its operands. A longer one goes before its beginning. */
function findCommand(words: readonly string[]): Command | undefined {
  const fits = NOUNS.flatMap(({ commands }) => commands).filter((each) => {
    const own = each.words.split(" ");
    return own.every((word, i) => word === words[i]) && words.length <= own.length + each.operands.length;
  });
  return fits.sort((a, b) => b.words.length - a.words.length)[0];
}

async function runCommand(command: Command, rest: readonly string[], terminal: Terminal): Promise<void> {
  const common = COMMON[command.kind];
  const line = parseFlags(rest, z.strictObject({ ...common, ...command.flags }), CliFlagError);
  if (line.help) return terminal.print(commandHelp(command, common));

  const take = <S extends z.ZodRawShape>(shape: S) => {
    const given = Object.entries(line.flags).filter(([field]) => field in shape);
    return checkFlags(z.strictObject(shape), Object.fromEntries(given), CliFlagError);
  };
  const { lines, json } = await run(command, take, line.json, terminal);
  if (!line.json) return lines.forEach((text) => terminal.print(text));
  terminal.print(JSON.stringify(json, bigintText));
}

/** Takes the flags of a shape out of the command line. */
type Take = <S extends z.ZodRawShape>(shape: S) => z.infer<z.ZodObject<S>>;

async function run(command: Command, take: Take, json: boolean, terminal: Terminal): Promise<Answer> {
  const flags = take(command.flags);
  const deployment = await findDeployment(take(PLACE));
  if (command.kind === "local") return command.run(new LocalContext(deployment, terminal), flags);
  const provider = await connectRpc(endpointOf(take(CHAIN).rpcUrl, terminal), {
    chainId: BigInt(deployment.chainId),
    pollMs: POLL_MS,
  });
  const context = new ChainContext(deployment, provider);
  try {
    if (command.kind === "read") return await command.run(context, flags);
    return await act(command, flags, deployment, provider, { ...take(ACTING), json }, terminal);
  } catch (error) {
    throw inWords(context, error);
  } finally {
    provider.destroy();
  }
}

async function act(
  command: ActCommand,
  flags: z.infer<z.ZodObject<z.ZodRawShape>>,
  deployment: Deployment,
  provider: JsonRpcProvider,
  manner: z.infer<z.ZodObject<typeof ACTING>> & { json: boolean },
  terminal: Terminal,
): Promise<Answer> {
  const { signer, close } = await chooseSigner(manner, terminal, provider);
  try {
    const context = new ActContext(deployment, provider, signer, await signer.getAddress());
    return await carryOut(await command.run(context, flags), context, manner, terminal);
  } finally {
    close();
  }
}

/** An error of the chain or of the way to it, in one sentence. */
function inWords(context: ChainContext, error: unknown): unknown {
  if (error instanceof ArtelError) return error;
  const refusal = refusalOf(context, error);
  if (refusal !== undefined) return new WouldRevertError("What was asked for", refusal, { cause: error });
  const failure = endpointFailureOf(error);
  return failure === undefined ? error : new RequestFailedError(failure, { cause: error });
}

async function findDeployment(place: { network?: string; deployment?: string }): Promise<Deployment> {
  const { network, deployment } = place;
  if ((network === undefined) === (deployment === undefined)) {
    throw new CliFlagError("Exactly one of --network and --deployment says which network", undefined);
  }
  if (deployment !== undefined) return readAddresses(deployment, CliFlagError);
  const file = join(DEPLOYMENTS, network!, "addresses.json");
  if (!existsSync(file)) {
    const advice = "npm run deploy writes it, or give --deployment FILE";
    throw new CliFlagError(`There is no deployment called ${network} (no ${file})`, network, advice);
  }
  return readAddresses(file, CliFlagError);
}

function endpointOf(rpcUrl: string | undefined, { env }: Terminal): string {
  const url = rpcUrl ?? endpointIn(env);
  if (url === undefined) throw new CliFlagError("No endpoint is given: neither --rpc-url nor ARTEL_RPC_URL", undefined);
  return url;
}

/** Help for the first words of commands: for none of them all commands, otherwise those that begin so. */
function helpFor(words: readonly string[], rest: readonly string[]): string {
  const noun = NOUNS.find(({ name }) => name === words[0]);
  const isAll = words.length === 1;
  const begun = (noun?.commands ?? []).filter((each) => isAll || each.words.startsWith(`${words.join(" ")} `));
  const isHelp = rest.length === 0 || (rest.length === 1 && ["--help", "-h"].includes(rest[0]));
  if (words.length === 0 && isHelp) return overview(NOUNS);
  if (words.length === 0) throw new CliFlagError("The command comes before its flags", rest);
  if (noun !== undefined && begun.length > 0 && isHelp) return nounHelp({ ...noun, commands: begun });
  const unknown = new CliFlagError(`There is no command "${words.join(" ")}"`, words);
  throw noun === undefined ? unknown : unknown.within(noun.name);
}
