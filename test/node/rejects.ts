import { expect } from "chai";

/** Expects a promise to fail with an error of this class whose message matches. */
export async function rejects(
  promise: Promise<unknown>,
  type: new (...args: never[]) => Error,
  message: RegExp = /./,
): Promise<void> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(type);
  expect((error as Error).message).to.match(message);
}
