import { createHash } from "node:crypto";

/**
 * Runs something with every random byte of Web Crypto drawn from a seed. A season is to be repeatable to the last block, and
 * what is encrypted for the beacon's rounds is named on the chain; libraries for that take no generator of the caller's.
 */
export async function withRandomBytes<T>(seed: string, run: () => Promise<T>): Promise<T> {
  const own = Object.getOwnPropertyDescriptor(crypto, "getRandomValues");
  let drawn = 0;
  const getRandomValues = <View extends NodeJS.TypedArray>(view: View): View => {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    for (let i = 0; i < bytes.length; i += 32) {
      const block = createHash("sha256").update(`${seed} ${drawn++}`).digest();
      bytes.set(block.subarray(0, bytes.length - i), i);
    }
    return view;
  };
  Object.defineProperty(crypto, "getRandomValues", { value: getRandomValues, configurable: true });
  try {
    return await run();
  } finally {
    if (own === undefined) Reflect.deleteProperty(crypto, "getRandomValues");
    else Object.defineProperty(crypto, "getRandomValues", own);
  }
}
