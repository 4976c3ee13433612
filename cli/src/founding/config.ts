import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { BylawsInput } from "@artel/sdk/bylaws";
import { toUtf8Bytes, ZeroAddress } from "ethers";
import { z } from "zod";

import { checkConfig, readYaml } from "../configFile.js";
import { oneLine } from "../decode.js";
import { ConfigFileError } from "../errors.js";
import { Identity } from "../values.js";

/** A file to begin with. */
const EXAMPLE = "examples/coop.config.yaml";
/** Longest name of a cooperative in bytes (`CooperativeFactory.MAX_NAME`). */
const MAX_NAME = 64;
/** Most members of a founding (`IMembership.MAX_BATCH`). */
const MAX_MEMBERS = 200;

const Members = z
  .array(Identity)
  .min(1, "there is nobody")
  .max(MAX_MEMBERS, `there are more than ${MAX_MEMBERS}: found with some, and admit the others`)
  .superRefine((members, context) => {
    for (const [i, { address }] of members.entries()) {
      const first = members.findIndex((each) => each.address === address);
      if (address === ZeroAddress) context.addIssue({ code: "custom", path: [i], message: "it is the zero address" });
      if (first === i) continue;
      context.addIssue({ code: "custom", path: [i], message: `it is the same identity as members.${first}` });
    }
  });

/** What `artel found` takes: who founds what, on which bylaws. */
export const FoundingConfig = z.strictObject({
  /** Shown by wallets. */
  name: z.string().refine((text) => {
    const { length } = toUtf8Bytes(text);
    return length > 0 && length <= MAX_NAME;
  }, `a name has 1 to ${MAX_NAME} bytes`),
  /** DIDs, or addresses of identities; their owners act for them. */
  members: Members,
  /** Any text: another one founds another cooperative on the same terms. */
  salt: z.string().optional(),
  ...BylawsInput.shape,
});
/** What a configuration says, checked. */
export type FoundingConfig = z.infer<typeof FoundingConfig>;

/**
 * Reads what a cooperative is to be founded on: YAML or JSON, or a module that exports it as its default.
 *
 * @throws ConfigFileError, ConfigInvalidError
 */
export async function readConfig(file: string): Promise<FoundingConfig> {
  const content = /^\.[cm]?[jt]s$/.test(extname(file)) ? await importDefault(file) : await readYaml(file, EXAMPLE);
  return checkConfig(FoundingConfig, content, file, "docs/guides/found.md");
}

async function importDefault(file: string): Promise<unknown> {
  let module: { default?: unknown };
  try {
    module = await import(pathToFileURL(resolve(file)).href);
  } catch (error) {
    throw new ConfigFileError(file, oneLine((error as Error).message.split("\n")[0]), EXAMPLE);
  }
  if (module.default === undefined) throw new ConfigFileError(file, "it has no default export", EXAMPLE);
  return module.default;
}
