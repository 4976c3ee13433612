import { expect } from "chai";

import { launch } from "../programs.js";

describe("npm test", function () {
  this.timeout(60_000);

  it("refuses a stage that does not exist, and runs none", async () => {
    const { status, stdout, stderr } = await launch("scripts/test.ts", ["lint", "gass"]).ended;
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: "" });
    expect(stderr).to.match(/^The tests have no stage called gass: name any of contracts, lint, .*\n$/);
  });
});
