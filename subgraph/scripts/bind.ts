import { cp, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { stringify } from "yaml";
import { z } from "zod";

import { loadDeployment } from "../../sdk/src/deployments.js";
import { ArtelError } from "../../sdk/src/errors.js";
import { Manifest, Networks, parseInput, readInput } from "./inputs.js";

/** What a deployment wrote to `deployments/<network>/addresses.json`, as far as it matters here. */
export interface Deployment {
  readonly network: string;
  /** Address and block of the deployment by name of the contract. */
  readonly contracts: Readonly<Record<string, { readonly address: string; readonly block: number }>>;
}

/** A contract that the index follows is not in the deployment. */
export class ContractNotDeployedError extends ArtelError {
  readonly code = "subgraph/contract-not-deployed";
  constructor(contract: string, network: string) {
    super(
      `The deployment on ${network} has no address and block of ${contract}`,
      contract,
      "finish it with npm run deploy",
    );
  }
}

/**
 * The manifest with the network, addresses and blocks of a deployment in place of its own.
 * @throws InputInvalidError, ContractNotDeployedError
 */
export function bindManifest(manifest: string, deployment: Deployment): string {
  const bound = parseInput(Manifest, "subgraph.yaml", manifest);
  for (const source of bound.dataSources) {
    const contract = deployment.contracts[source.name];
    if (contract === undefined) throw new ContractNotDeployedError(source.name, deployment.network);
    source.network = deployment.network;
    source.source.address = contract.address;
    source.source.startBlock = contract.block;
  }
  for (const template of bound.templates) template.network = deployment.network;
  return stringify(bound, { lineWidth: 0 });
}

/** What `graph deploy --network` wants to know of a deployment. */
export function networksEntry(deployment: Deployment): Networks[string] {
  return Object.fromEntries(
    Object.entries(deployment.contracts).map(([name, { address, block }]) => [name, { address, startBlock: block }]),
  );
}

/**
 * Binds the finished build to a deployment: a copy of it with the deployment's addresses, the mappings as compiled.
 * @param deployment read from addresses.json.
 * @param folder receives `subgraph.yaml` and `build/`; what it held under these names is replaced.
 * @returns path of the bound manifest for graph-node, which asks for one and reads the one in `build/` beside it.
 * @throws InputMissingError, InputInvalidError, ContractNotDeployedError
 */
export async function bind(deployment: Deployment, folder: string): Promise<string> {
  const build = fileURLToPath(new URL("../build/", import.meta.url));
  const manifest = await readInput(join(build, "subgraph.yaml"), "npm run build in subgraph/");
  const bound = bindManifest(manifest, deployment);
  await cp(build, join(folder, "build"), { recursive: true });
  for (const place of ["build", "."]) await writeFile(join(folder, place, "subgraph.yaml"), bound);
  return join(folder, "subgraph.yaml");
}

/** Adds a deployment to networks.json, and binds the build to it if a folder is given. */
async function main(file: string | undefined, folder: string | undefined): Promise<void> {
  if (file === undefined) throw new Error("Say which deployment: npm run bind -- <path of addresses.json> [folder].");
  const invokedIn = process.env.INIT_CWD ?? ".";
  const path = resolve(invokedIn, file);
  const deployment = loadDeployment(parseInput(z.unknown(), path, await readInput(path, "npm run deploy")));
  if (folder !== undefined) console.log(await bind(deployment, resolve(invokedIn, folder)));
  const networksFile = fileURLToPath(new URL("../networks.json", import.meta.url));
  const known = await readFile(networksFile, "utf8").catch(() => "{}");
  const networks = { ...parseInput(Networks, networksFile, known), [deployment.network]: networksEntry(deployment) };
  await writeFile(networksFile, `${JSON.stringify(networks, undefined, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(process.argv[2], process.argv[3]).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
