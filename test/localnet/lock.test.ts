import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { lockFolder } from "../../localnet/index.js";
import { rejection, scratchFolder } from "./helpers.js";

const HOLDER = fileURLToPath(new URL("fixture/holder.ts", import.meta.url));

describe("lock", function () {
  this.timeout(30_000);
  const folder = scratchFolder();

  it("SEA-02 lets one instance work in a folder, under any of its names", async () => {
    const place = join(folder, "place");
    mkdirSync(place);
    symlinkSync(place, join(folder, "alias"));
    const lock = await lockFolder(place);
    const error = await rejection(lockFolder(join(folder, "alias")));
    expect(error).to.include({ name: "FolderInUseError", code: "localnet/folder-in-use" });
    expect(error.message).to.contain(`process ${process.pid}`).and.contain("wait until it is done, or end it");
    await lock.release();
    await (await lockFolder(place)).release();
  });

  it("keeps folders apart", async () => {
    const locks = await Promise.all(["one", "two"].map((name) => lockFolder(join(folder, name))));
    await Promise.all(locks.map((lock) => lock.release()));
  });

  it("SEA-02 is free again after its holder was killed", async () => {
    const place = join(folder, "killed");
    const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
    const holder = spawn(process.execPath, ["--import", "tsx", HOLDER, place], { stdio });
    await once(holder.stdout!, "data");
    const error = await rejection(lockFolder(place));
    expect(error.message).to.contain(`process ${holder.pid}`);
    holder.kill("SIGKILL");
    await once(holder, "exit");
    await (await lockFolder(place)).release();
  });
});
