/**
 * Size and time of sealed updates and of noise, without a chain.
 *
 *   npm run bench:privacy
 *
 * Prints one JSON object: of an update of 1 MiB less what sealing adds, for eleven recipients, best of three.
 */
import { randomBytes } from "node:crypto";

import { privatise, sealedMode, sealingKeyOf, type UpdateContext } from "@artel/node";
import { createRandom, MAX_CONTENT_BYTES, tensorNorm, tensorRoot, tensorToBytes } from "@artel/sdk/learning";
import { toBeHex } from "ethers";

const RECIPIENTS = 11;
const ADDED_BYTES = 24;
const parameters = (MAX_CONTENT_BYTES - ADDED_BYTES) / 4;
const accountOf = (n: number) => toBeHex(n + 1, 20);

async function milliseconds(act: () => unknown): Promise<number> {
  let best = Infinity;
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    await act();
    best = Math.min(best, performance.now() - start);
  }
  return Number(best.toFixed(2));
}

const random = createRandom("bench");
const delta = Int32Array.from({ length: parameters }, () => random.below(1 << 16) - (1 << 15));
const update = tensorToBytes(delta);
const context: UpdateContext = {
  ...{ chainId: 1n, contract: accountOf(99), taskId: 1n, round: 1n, client: accountOf(0) },
};
const client = sealedMode({ account: accountOf(0), secret: randomBytes(32) });
const secrets = Array.from({ length: RECIPIENTS }, () => randomBytes(32));
const recipients = await Promise.all(
  secrets.map(async (secret, i) => ({ account: accountOf(i + 1), publicKey: await sealingKeyOf(secret) })),
);

const content = client.protect(update, context);
const { bundle } = (await client.wrap(update, context, recipients))!;
const auditor = sealedMode({ account: accountOf(1), secret: secrets[0] });
const declared = { root: tensorRoot(delta), norm: tensorNorm(delta) };
const open = async () => {
  const opened = await auditor.open({ content, wraps: bundle }, context, { declared, parameters, seen: new Set() });
  if (!opened.valid) throw new Error(opened.reason);
};
const wrapAll = await milliseconds(() => client.wrap(update, context, recipients));
const protect = await milliseconds(() => client.protect(update, context));

console.log(
  JSON.stringify({
    updateBytes: update.length,
    addedBytes: content.length - update.length,
    wrapBytesPerRecipient: (bundle.length - 8) / RECIPIENTS,
    protectMs: protect,
    wrapMsPerRecipient: Number(((wrapAll - protect) / RECIPIENTS).toFixed(2)),
    openMs: await milliseconds(open),
    ofWhichRootAndNormMs: await milliseconds(() => [tensorRoot(delta), tensorNorm(delta)]),
    noiseMs: await milliseconds(() => privatise(delta, { clipNorm: 1n << 16n, microRho: 10_000n })),
  }),
);
