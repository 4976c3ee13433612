import { expect } from "chai";

import type { SeasonResult } from "../../season/season.js";
import { summary, toJson } from "../../season/summary.js";

describe("what a season prints", () => {
  const endpoints = {
    ...{ rpc: "http://127.0.0.1:8545", relay: "http://127.0.0.1:8001", graphql: "http://127.0.0.1:8000" },
    report: "season/report.html",
    ...{ deployment: "season/addresses.json", cooperative: `0x${"12".repeat(20)}` },
  };
  const result: SeasonResult = {
    ...{ title: "A season", facts: [], accuracyByRound: [0.5], payouts: [], gasByRole: {}, entities: {} },
    ...{ token: { symbol: "ARTEL", decimals: 18 }, settledRounds: 1, reward: 0n, refund: 0n },
    ...{ head: { number: 1, hash: "0x" }, peakMemory: 0, seconds: 1, endpoints },
  };

  it("says how to look at one that goes on, from the command line too", () => {
    const { deployment, cooperative, rpc } = endpoints;
    const look = `npx artel member list --deployment ${deployment} --cooperative ${cooperative} --rpc-url ${rpc}`;
    expect(summary(result, true)).to.contain(look).and.to.contain(`Beacon (--drand-relay): ${endpoints.relay}`);
    expect(summary(result, false)).not.to.contain(rpc);
    expect(toJson(result)).to.include({ deployment, cooperative });
  });
});
