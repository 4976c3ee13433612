import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

describe("programs before the first build", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "artel-built-"));
    await cp("scripts/built.mjs", join(folder, "scripts/built.mjs"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const check = () => spawnSync(process.execPath, [join(folder, "scripts/built.mjs")], { encoding: "utf8" });

  it("say what is to be run first", () => {
    const { status, stdout, stderr } = check();
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: "" });
    expect(stderr).to.match(/^The contracts are not compiled yet: run npm run build.*\n$/);
  });

  it("start once there was one", async () => {
    await mkdir(join(folder, "sdk/src/contracts"), { recursive: true });
    await writeFile(join(folder, "sdk/src/contracts/index.ts"), "");
    const { status, stderr } = check();
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
  });
});
