import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import type { LocalFork } from "@artel/sdk";
import type { JsonRpcProvider } from "ethers";

import { ForkFailedError } from "./errors.js";

/** Seconds that a fork may take to answer. */
const PATIENCE = 60;

/** Where npm puts the programs of its packages. */
const PROGRAMS = fileURLToPath(new URL("../../node_modules/.bin", import.meta.url));

/**
 * Forks the chain of an endpoint on this machine, with anvil.
 *
 * @throws ForkFailedError if there is no anvil, or it does not start
 */
export async function forkOf(provider: JsonRpcProvider): Promise<LocalFork> {
  // The address of the endpoint may hold a key, and everybody on this machine sees what a program is started with.
  const relay = createServer((request, response) => void pass(provider, request, response));
  relay.listen(0, "127.0.0.1");
  await once(relay, "listening");
  const { port } = relay.address() as AddressInfo;
  const args = ["--fork-url", `http://127.0.0.1:${port}`, "--port", "0", "--no-storage-caching", "--accounts", "0"];
  const child = spawn("anvil", args, {
    stdio: ["ignore", "pipe", "ignore"],
    env: { HOME: process.env.HOME, PATH: `${process.env.PATH}${delimiter}${PROGRAMS}` },
  });
  const ended = new Promise<never>((_, reject) => {
    child.once("error", (cause) => reject(new ForkFailedError(cause.message, { cause })));
    child.once("exit", (code, signal) => reject(new ForkFailedError(`it ended with ${signal ?? code}`)));
  });
  ended.catch(() => {});
  const close = async () => {
    child.kill("SIGKILL");
    relay.closeAllConnections();
    relay.close();
  };
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE * 1_000);
  try {
    return { url: await Promise.race([listening(child.stdout), ended]), close };
  } catch (error) {
    await close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** The address that anvil prints once it listens. */
async function listening(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const [, address] = /^Listening on (127\.0\.0\.1:\d+)$/.exec(line) ?? [];
    if (address !== undefined) return `http://${address}`;
  }
  return new Promise(() => {});
}

/** Passes a request of the fork on to the endpoint. */
async function pass(provider: JsonRpcProvider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  try {
    const payload = JSON.parse(body);
    const answers = await provider._send(payload);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(Array.isArray(payload) ? answers : answers[0]));
  } catch {
    response.statusCode = 502;
    response.end();
  }
}
