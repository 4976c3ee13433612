import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { CooperativeRecord, formatJoinLink } from "@artel/sdk";
import encodeQR from "qr";

import type { Answer } from "../command.js";
import { oneLine } from "../decode.js";
import { RecordTakenError } from "../errors.js";

/** Where the record of a cooperative goes unless its founder says otherwise. */
export function recordFile(network: string, name: string, cooperative: string): string {
  const slug = name
    .toLowerCase()
    .normalize("NFKD")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return join("deployments", network, "cooperatives", `${slug || cooperative}.json`);
}

/**
 * Checks that a record would not replace another cooperative's.
 * @throws RecordTakenError
 */
export async function checkRecord(file: string, cooperative: string): Promise<void> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new RecordTakenError(file, oneLine(error.message));
  });
  if (text === undefined) return;
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    throw new RecordTakenError(file, "it holds something else");
  }
  const { success, data } = CooperativeRecord.safeParse(record);
  if (!success) throw new RecordTakenError(file, "it holds something else");
  if (data.cooperative === cooperative) return;
  throw new RecordTakenError(file, `it holds ${data.cooperative}, which another account or other terms founded`);
}

/** Writes the record of a cooperative that exists, and tells how to join it. */
export async function publish(record: CooperativeRecord, file: string): Promise<Answer> {
  const { name, network, chainId, cooperative, governor, membershipToken } = record;
  const text = `${JSON.stringify(CooperativeRecord.parse(record), undefined, 2)}\n`;
  // The cooperative is there whatever becomes of the file, and the same command writes it again.
  const failure = await mkdir(dirname(file), { recursive: true })
    .then(() => writeFile(file, text))
    .then(
      () => undefined,
      (error: Error) => oneLine(error.message),
    );
  const link = formatJoinLink({ chainId: BigInt(chainId), cooperative });
  return {
    lines: [
      `${name} is ${cooperative}, with governor ${governor} and token ${membershipToken}`,
      failure === undefined ? `Written to ${file}` : `Not written to ${file} (${failure}): run the same command again`,
      "",
      `Whoever wants to join runs npx artel member apply --network ${network} --cooperative ${link}`,
      "",
      ...encodeQR(link, "ascii").trimEnd().split("\n"),
    ],
    json: { record, file: failure === undefined ? file : undefined, link },
  };
}
