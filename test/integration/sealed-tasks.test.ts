import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import {
  aggregationInputs,
  Aggregator,
  Auditor,
  Challenger,
  Client,
  dataHashOf,
  encodeExamples,
  EXAMPLES_RECORD,
  openContentFolder,
  readerOf,
  TaskView,
  type Examples,
  type ReaderContext,
  type Recipient,
  type TaskState,
  publishTask,
} from "@artel/node";
import { PrivacyLedger__factory, Role, Phase } from "@artel/sdk";
import {
  aggregate,
  answerDigest,
  clientsOf,
  packOpenings,
  tensorRoot,
  tensorToBytes,
  type Aggregation,
  type Manifest,
} from "@artel/sdk/learning";
import { provenRandomness } from "@artel/sdk/randomness";
import { expect } from "chai";
import { BrowserProvider, getBytes, hexlify, id, Wallet, ZeroAddress, ZeroHash, type Signer } from "ethers";
import { network } from "hardhat";
import { pino } from "pino";

import { deployAmongStubs } from "../learningTasks.js";
import { scratchFolder } from "../localnet/helpers.js";
import { memoryStore } from "../memoryStore.js";
import { halves, MANIFEST as OPEN } from "../suite.js";
import { evenSchedule, smallTask, takeSeat, walletsFrom } from "../tasks.js";

const { ethers, networkHelpers, provider } = await network.create({ network: "l1", chainType: "l1" });
// parties meet the errors of a real endpoint
const rpc = new BrowserProvider(provider, undefined, { cacheTimeout: -1, pollingInterval: 5 });

const TASK = 1n;
const ROUND = 1n;
const REWARD = 10n ** 18n;
const PHASE = 600;
const PURPOSE = id("training");
const MICRO_RHO = 10 ** 9;
const CLIENTS = 12;
const SILENT_LOG = pino({ level: "silent" });
/** As a paid task has it that says nothing of who sees updates, with a little noise. */
const MANIFEST: Manifest = { ...OPEN, privacy: { kind: "sealed", noise: { clipNorm: 1, microRho: MICRO_RHO } } };

/** What clients trained, which nobody is to see but their recipients. */
const secrets = new Map<string, Uint8Array>();

class Trainee extends Client {
  protected override async train(state: TaskState) {
    const update = (await super.train(state))!;
    secrets.set(this.account, tensorToBytes(update.delta));
    return update;
  }
}

/** Lets the auditors of its panel read its update, so that it is scored, and no aggregator, so that none can answer. */
class Saboteur extends Trainee {
  protected override async recipients(state: TaskState): Promise<Recipient[]> {
    return (await super.recipients(state))!.slice(0, 3);
  }
}

/** Lets everybody read its update but one auditor, who would look as if it scored wrong. */
class Framer extends Trainee {
  protected override async recipients(state: TaskState): Promise<Recipient[]> {
    return (await super.recipients(state))!.slice(1);
  }
}

/** Publishes no wraps at all. */
class Withholder extends Trainee {
  protected override attend(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

/** Has one value of an update wrong, and with it a lowest node, of which nothing is published but its root. */
class Liar extends Aggregator {
  protected override async aggregate(state: TaskState): Promise<Aggregation | undefined> {
    const inputs = (await aggregationInputs(this.context, state))!;
    const [first, ...rest] = inputs.updates;
    const delta = first.delta.map((value, i) => value + Number(i === 5) * 1000);
    return aggregate({ ...inputs, updates: [{ ...first, delta }, ...rest] });
  }
}

describe("sealed updates of learning tasks", function () {
  this.timeout(60_000);

  const folder = scratchFolder();

  it("PRV-19 PRV-20 PRV-21 PRV-23 a round that an eavesdropper learns nothing from, with clients that leave recipients out", async () => {
    const beacon = await ethers.deployContract("RandomnessStub");
    const { tasks, vault, membership, consents } = await deployAmongStubs(ethers, beacon);
    const { chainId } = await ethers.provider.getNetwork();
    const [owner, treasury, stranger] = await ethers.getSigners();
    const ledger = PrivacyLedger__factory.connect(await tasks.PRIVACY(), owner);
    const clients = walletsFrom(1, CLIENTS, rpc);
    const auditors = walletsFrom(100, 6, rpc);
    const aggregators = walletsFrom(200, 2, rpc);
    const [liar, honest] = aggregators;
    const members = [...clients, ...auditors, ...aggregators];
    for (const { address } of members) {
      await networkHelpers.setBalance(address, 3n * REWARD);
      await membership.admit(owner.address, address, address);
    }

    const content = openContentFolder(folder);
    await tasks.openTask(
      smallTask({
        ...{ cooperative: owner.address, slashRecipient: treasury.address },
        startsAt: (await networkHelpers.time.latest()) + 1000,
        schedule: { ...evenSchedule(PHASE), appeal: 0 },
        ...{ minClients: 4, minAuditors: 6, aggregators: 2, aggregatorQuorum: 2, exclusionScore: 30_000 },
        ...{ consentPurpose: PURPOSE, microRho: MICRO_RHO },
        ...(await publishTask(MANIFEST, content)),
      }),
      { value: REWARD },
    );
    await ledger.appointSpender(tasks);

    // everybody is made anew for each act: what they need again is in their stores
    const view = new TaskView(tasks, TASK, 0, content, provenRandomness(beacon as never));
    const stores = new Map(members.map(({ address }) => [address, memoryStore()]));
    const contextOf = (account: Signer & { readonly address: string }) => ({
      ...{ view, tasks: tasks.connect(account), account: account.address, chainId, timelock: undefined as never },
      ...{ store: stores.get(account.address) ?? memoryStore(), log: SILENT_LOG },
    });
    const examples = (account: Wallet, count: number) =>
      stores.get(account.address)!.put(EXAMPLES_RECORD, encodeExamples(halves(account.address, count) as Examples));
    for (const account of clients) await examples(account, 100);
    for (const account of auditors) await examples(account, 250);

    for (const [role, seats] of [
      [Role.Auditor, auditors],
      [Role.Aggregator, aggregators],
    ] as const) {
      for (const seat of seats) {
        const make = () => (role === Role.Auditor ? new Auditor(contextOf(seat)) : new Aggregator(contextOf(seat)));
        expect(await make().step(), "no key without a seat").to.equal(false);
        await takeSeat({ tasks, vault }, TASK, role, seat);
        expect(await make().step()).to.equal(true);
        expect(await make().step(), "the same key again").to.equal(false);
      }
    }

    // every client's subject consents, and all but the last let their data tell that much
    const unwilling = clients[CLIENTS - 1];
    for (const client of clients) {
      const dataHash = dataHashOf(client.address);
      const scope = { subject: client.address, grantee: owner.address, dataHash, purpose: PURPOSE };
      await consents.connect(client).getFunction("grant")(scope, ZeroHash, 2n ** 48n - 1n);
      if (client !== unwilling) await ledger.connect(client).setCap(client.address, dataHash, MICRO_RHO);
    }

    const [, saboteur, withholder, , , , , , , framer] = clients;
    const clientOf = (account: Wallet) => {
      const kind = account === saboteur ? Saboteur : account === framer ? Framer : Trainee;
      return new (account === withholder ? Withholder : kind)(contextOf(account));
    };
    const enter = async (phase: number) => networkHelpers.time.increaseTo(await tasks.phaseStart(TASK, phase));

    await enter(Phase.Commit);
    for (const account of clients) expect(await clientOf(account).step()).to.equal(account !== unwilling);
    const spent = await Promise.all(clients.map(({ address }) => ledger.budgetOf(address, dataHashOf(address))));
    expect(spent.map((budget) => Number(budget.spent))).to.deep.equal(
      clients.map((account) => (account === unwilling ? 0 : MICRO_RHO)),
    );
    await enter(Phase.Reveal);
    for (const account of clients) await clientOf(account).step();
    const updates = await view.updates(ROUND);
    expect(updates.length).to.equal(CLIENTS - 1);

    await enter(Phase.AuditCommit);
    expect(await clientOf(clients[0]).step(), "before the seed is known").to.equal(false);
    await beacon.set(await view.revealDeadline(), id("beacon"));
    await tasks.drawSeed(TASK);
    const state = await view.state();
    const panels = (await view.panels(state))!;
    expect(panels.length).to.equal(2);
    const withheldIn = panels.findIndex((panel) => clientsOf(panel, CLIENTS).includes(clients.indexOf(withholder)));
    const seatOf = (panel: number, seat = 0) => auditors[panels[panel].auditors[seat]];
    for (const account of clients) {
      const sends = account !== withholder && account !== unwilling;
      expect(await clientOf(account).step()).to.equal(sends);
      expect(await clientOf(account).step(), "wraps again").to.equal(false);
    }
    // where all have announced their wraps auditors commit at once; where one has not, when none can come any more
    expect(await new Auditor(contextOf(seatOf(1 - withheldIn))).step()).to.equal(true);
    expect(await new Auditor(contextOf(seatOf(withheldIn))).step()).to.equal(false);
    await networkHelpers.time.increaseTo((await view.revealDeadline()) + BigInt(PHASE / 2));
    for (const account of auditors)
      expect(await new Auditor(contextOf(account)).step()).to.equal(account !== seatOf(1 - withheldIn));

    // who is no recipient opens nothing, whoever's name it bears
    const problemsOf = async (context: ReaderContext) => {
      const read = await readerOf(context, ROUND);
      const outcomes = await Promise.all(updates.map((update) => read(update)));
      return new Map(outcomes.map((outcome, i) => [updates[i].id, "problem" in outcome ? outcome.problem : "read"]));
    };
    const eavesdropper = await problemsOf(contextOf(stranger));
    const impostor = await problemsOf({ ...contextOf(stranger), account: honest.address });
    const foreign = await problemsOf(contextOf(seatOf(1)));
    const aggregator = await problemsOf(contextOf(honest));
    for (const { id: client } of updates) {
      const missing = clients[client] === withholder ? "wraps-missing" : undefined;
      expect(eavesdropper.get(client)).to.equal(missing ?? "not-a-recipient");
      if (clients[client] !== saboteur) expect(impostor.get(client)).to.equal(missing ?? "wrap");
      if (clientsOf(panels[0], CLIENTS).includes(client))
        expect(foreign.get(client)).to.equal(missing ?? "not-a-recipient");
      expect(aggregator.get(client)).to.equal(missing ?? (clients[client] === saboteur ? "not-a-recipient" : "read"));
    }

    await enter(Phase.AuditReveal);
    for (const account of auditors) expect(await new Auditor(contextOf(account)).step()).to.equal(true);
    await enter(Phase.Settle);
    const vectors = new Map(
      (await tasks.queryFilter(tasks.filters.ScoresRevealed(TASK, ROUND))).map(({ args }) => [
        args.auditor,
        { salt: args.salt, scores: getBytes(args.scores) },
      ]),
    );
    for (const [number, panel] of panels.entries()) {
      const seats = panel.auditors.map((seat) => auditors[seat].address);
      const openings = seats.map((auditor) => ({ auditor, revealed: vectors.get(auditor) }));
      await tasks.settlePanel(TASK, number, packOpenings(openings));
    }
    // auditors agree, those that could read what others could not included: it is absent for all of them
    const absent = [saboteur, withholder, framer, unwilling];
    const included = (await view.included(await view.state()))!;
    expect([...included].sort((a, b) => a - b)).to.deep.equal(
      clients.flatMap((account, client) => (absent.includes(account) ? [] : [client])),
    );

    await enter(Phase.AggregateCommit);
    const aggregatorOf = (account: Wallet) => new (account === liar ? Liar : Aggregator)(contextOf(account));
    for (const account of aggregators) expect(await aggregatorOf(account).step()).to.equal(true);
    await enter(Phase.AggregateReveal);
    for (const account of aggregators) expect(await aggregatorOf(account).step()).to.equal(true);

    // a dispute shows a chunk per child and needs somebody who can read the updates
    await enter(Phase.Challenge);
    const outsider = await new Challenger(contextOf(stranger)).step().catch((error: Error) => error);
    expect(outsider).to.be.instanceOf(Error);
    expect((outsider as Error).message).to.contain("not-a-recipient");
    // the lowest node that is wrong is nowhere to be read: it must be demanded step by step, for bonds
    await vault.connect(honest).deposit(tasks, ZeroAddress, REWARD, { value: REWARD });
    const answers = async () => (await tasks.answersOf(TASK)).disproved;
    for (let demands = 0; (await answers()) === 0n; demands++) {
      expect(demands).to.be.below(5);
      expect(await new Challenger(contextOf(honest)).step()).to.equal(true);
      await aggregatorOf(liar).step();
    }
    const disproved = await tasks.queryFilter(tasks.filters.AnswerDisproved(TASK, ROUND));
    expect(disproved.map(({ args }) => args.seats)).to.deep.equal([1n]);
    const right = (await view.answers(ROUND)).map(({ answer }) => answer);
    expect(new Set(right.map(answerDigest)).size).to.equal(1);
    const own = aggregate((await aggregationInputs(contextOf(honest), await view.state()))!);
    expect(right[0].modelRoot).to.equal(tensorRoot(own.model));
    await enter(Phase.Finishing);
    await tasks.finishRound(TASK, right[0]);
    expect(await view.model(tensorRoot(own.model))).to.deep.equal(own.model);

    // all that was ever published: no update, and none of the lowest nodes, which are means of a few
    const store = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name)));
    const logs = (await ethers.provider.getLogs({ address: String(tasks.target), fromBlock: 0 }))
      .map(({ data }) => data)
      .join();
    const lowest = own.tree[0].map(({ tensor }) => tensorToBytes(tensor!));
    expect(
      store.some((file) => file.includes(Buffer.from(tensorToBytes(own.model)))),
      "what it would look like",
    ).to.equal(true);
    expect(secrets.size).to.equal(CLIENTS);
    for (const bytes of [...secrets.values(), ...lowest]) {
      const start = Buffer.from(bytes.subarray(0, 16));
      expect(store.some((file) => file.includes(start))).to.equal(false);
      expect(logs).not.to.contain(hexlify(start).slice(2));
    }

    await networkHelpers.time.increase(3 * PHASE);
    for (const account of clients) {
      const { claimable } = await tasks.earningsOf(TASK, account.address);
      if (absent.includes(account)) expect(claimable).to.equal(0n);
    }
    // nobody's auditor lost for what a client left out
    for (const account of auditors) expect((await tasks.earningsOf(TASK, account.address)).claimable).to.be.above(0n);
  });
});
