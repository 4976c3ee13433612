import { readFile } from "node:fs/promises";

import { loadDeployment, type Deployment } from "../deployments.js";
import type { FlagErrorClass } from "./flags.js";

/**
 * Reads an `addresses.json` that a flag names.
 *
 * @throws FlagError if it can't be read or is no JSON, DeploymentInvalidError if it is no list of addresses
 */
export async function readAddresses(file: string, FlagError: FlagErrorClass): Promise<Deployment> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw new FlagError(`The list of addresses ${file} can't be read (${cause.message})`, file);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new FlagError(`The list of addresses ${file} is no JSON (${(error as Error).message})`, file);
  }
  return loadDeployment(json);
}
