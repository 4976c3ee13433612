import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A folder for one test file, removed after it. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "artel-test-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Removes a journal that a test's deployment left. */
export function forgetJournal(deploymentId: string): void {
  rmSync(join(ROOT, "deploy/deployments", deploymentId), { recursive: true, force: true });
}

/** How a command ended. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs as a user would run it. */
export class Command {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;

  constructor(script: string, args: readonly string[], env: Record<string, string>) {
    const inherited = { ...process.env };
    for (const name of ["ARTEL_PRIVATE_KEY", "ARTEL_RPC_URL"]) delete inherited[name];
    this.child = spawn(process.execPath, ["--import", "tsx", script, ...args], {
      cwd: ROOT,
      env: { ...inherited, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    this.child.stdout!.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    this.child.stderr!.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    this.outcome = once(this.child, "close").then(([status]: (number | null)[]) => ({ status, stdout, stderr }));
  }
}

/** A way to a chain that can be cut. */
export interface Wire {
  readonly url: string;
  /** Drops every connection and takes no more. */
  cut(): void;
}

/** Passes bytes on to a chain's endpoint until it is cut. */
export async function wireTo(url: string): Promise<Wire> {
  const open = new Set<{ destroy(): void }>();
  const server: Server = createServer((near) => {
    const far = connect(Number(new URL(url).port), "127.0.0.1");
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => open.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, cut };
}
