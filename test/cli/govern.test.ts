import { readFileSync } from "node:fs";

import {
  IMembership__factory,
  ITreasury__factory,
  LocalToken__factory,
  proposalIdOf,
  titleOf,
  type Action,
  type Cooperative,
} from "@artel/sdk";
import { expect } from "chai";
import { id, parseEther, parseUnits, type HDNodeWallet } from "ethers";

import { deployToken, found } from "../suite.js";
import { Desk } from "./helpers.js";

const DAY = 86_400;

describe("artel propose, vote, delegate, queue, execute, cancel, simulate, status", function () {
  this.timeout(120_000);
  const desk = new Desk();
  let founders: readonly HDNodeWallet[];
  let guest: HDNodeWallet;
  let stranger: HDNodeWallet;
  let cooperative: Cooperative;
  let token: string;
  let place: string[];

  before(async () => {
    const { accounts, contracts, operator } = desk.suite;
    founders = accounts.slice(0, 3);
    [guest, stranger] = accounts.slice(10);
    const { to, data } = await contracts.proxies.setLimits.populateTransaction(2, 1, 365 * DAY);
    cooperative = await found(desk.suite, founders, [{ target: to, data } satisfies Action]);
    place = ["--cooperative", cooperative.address];
    const deployed = await deployToken(desk.suite);
    token = await deployed.getAddress();
    await (await deployed.mint(cooperative.address, parseUnits("100", await deployed.decimals()))).wait();
    await (await operator.sendTransaction({ to: cooperative.address, value: parseEther("5") })).wait();
  });

  const now = async () => BigInt((await desk.suite.chain.provider.getBlock("latest"))!.timestamp);
  const propose = (what: string, flags: readonly string[], as: HDNodeWallet = founders[0]) =>
    desk.json(`propose ${what}`, [...place, ...flags], { as });
  const open = async (proposalId: string) =>
    desk.suite.chain.warpTo((await cooperative.governor.proposalSnapshot(proposalId)) + 1n);
  const vote = (proposalId: string, support: string, as: HDNodeWallet, ...flags: string[]) =>
    desk.json(`vote ${proposalId} ${support}`, [...place, ...flags], { as });
  const status = async (proposalId: string) => (await desk.json(`status ${proposalId}`, place)).proposals[0];

  it("CLI-17 pays by proposal, from the first word to the last", async () => {
    const proposed = await propose("pay", ["--to", guest.address, "--amount", "12.5", "--token", token]);
    console.dir(proposed, { depth: 8 });
    const { proposalId } = proposed;
    console.dir(await status(proposalId), { depth: 5 });
    await open(proposalId);
    for (const founder of founders.slice(0, 2)) await vote(proposalId, "for", founder);
    console.dir(await status(proposalId), { depth: 5 });
    console.log((await desk.lines(`status`, [...desk.place, ...place])).join("\n"));
    await desk.suite.chain.warpTo(await cooperative.governor.proposalEta(proposalId));
    console.log((await desk.lines(`execute ${proposalId}`, [...desk.place, ...place], { as: stranger })).join("\n"));
    void [titleOf, proposalIdOf, ITreasury__factory, IMembership__factory, LocalToken__factory, readFileSync, id, now];
  });
});
