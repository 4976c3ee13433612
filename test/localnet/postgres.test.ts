import { expect } from "chai";

import { Processes, startPostgres } from "../../localnet/index.js";
import { scratchFolder } from "./helpers.js";

describe("postgres", function () {
  this.timeout(60_000);
  const folder = scratchFolder();
  const { TMPDIR } = process.env;
  afterEach(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  });

  for (const where of ["the usual temporary folder", "a temporary folder that is private to its user"]) {
    it(`starts with ${where}`, async () => {
      // `folder` was made with mode 700.
      if (where.includes("private")) process.env.TMPDIR = folder;
      const processes = await Processes.open(folder);
      const { url, child } = await startPostgres(processes);
      expect(url).to.match(/^postgresql:\/\/graph:[^@]+@127\.0\.0\.1:\d+\/postgres$/);
      await processes.stopAll();
      expect(child.output()).to.contain("database system is shut down");
    });
  }
});
