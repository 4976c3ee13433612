import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

import {
  Aggregator,
  Auditor,
  Client,
  openContentFolder,
  RuleUnsupportedError,
  TaskView,
  UpdateUnavailableError,
  type Party,
  type PartyContext,
  type RoundState,
  type Update,
} from "@artel/node";
import { Phase, type ILearningRounds } from "@artel/sdk";
import {
  ABSENT,
  applyDelta,
  cidFromBytes,
  cidOf,
  cidToBytes,
  lookAhead,
  serverStep,
  tensorFromBytes,
  tensorRoot,
  updateCommitment,
  updateWeight,
  weightCapsOf,
  weightedMean,
  type CommonTest,
  type Manifest,
} from "@artel/sdk/learning";
import { expect } from "chai";
import { hexlify, id, randomBytes, ZeroHash, type HDNodeWallet } from "ethers";

import { RoundUpkeep } from "../../keeper/src/index.js";
import { Processes } from "../../localnet/index.js";
import { rejection, scratchFolder } from "../localnet/helpers.js";
import { found, MANIFEST, openTask, partiesOf, raiseSuite, SILENT, type OpenTask, type Suite } from "../suite.js";

/** A client with a ready-made update. */
class Prepared extends Client {
  constructor(
    context: PartyContext,
    private readonly update: Update,
  ) {
    super(context);
  }

  protected override async train(): Promise<Update> {
    return this.update;
  }
}

/** A client that hands on what it trained. */
class Generous extends Client {
  constructor(
    context: PartyContext,
    private readonly give: (update: Update) => void,
  ) {
    super(context);
  }

  protected override async train(state: RoundState): Promise<Update | undefined> {
    const update = await super.train(state);
    if (update !== undefined) this.give(update);
    return update;
  }
}

/** An auditor that shows its scores. */
class Candid extends Auditor {
  scores(state: RoundState): Promise<Int16Array> {
    return this.score(state);
  }
}

/** A contract whose first call of a method is lost on the way. */
function losing(rounds: ILearningRounds, method: keyof ILearningRounds): ILearningRounds {
  let isLost = false;
  return new Proxy(rounds, {
    get: (target, name) => {
      if (name !== method || isLost) return Reflect.get(target, name, target);
      isLost = true;
      return () => Promise.reject(Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }));
    },
  });
}

describe("daemons in a round", function () {
  this.timeout(60_000);
  const folder = scratchFolder();
  const contentFolder = join(folder, "content");
  let processes: Processes;
  let suite: Suite;
  let cooperative: string;
  let task: OpenTask;
  let clients: readonly HDNodeWallet[];
  let auditors: Candid[];
  let aggregators: readonly HDNodeWallet[];
  /** The aggregator that lacked content at first. */
  let unlucky: Aggregator;
  /** What client 0 trained. */
  let shared: Update | undefined;
  /** The random bytes that client 0 drew. */
  const drawn: Uint8Array[] = [];

  before(async () => {
    processes = await Processes.open(folder);
    suite = await raiseSuite(processes);
    const members = suite.accounts.slice(0, 12);
    cooperative = (await found(suite, members)).address;
    clients = members.slice(0, 5);
    aggregators = members.slice(9);
    task = await openTask(suite, cooperative, { clients, auditors: members.slice(5, 9), aggregators }, folder);
    auditors = await Promise.all(task.cast.auditors.map(async (wallet) => new Candid(await task.contextOf(wallet))));
  });
  after(() => processes.stopAll());

  const store = (name: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    return join(folder, name);
  };
  const commitments = async (wallet: HDNodeWallet) => {
    const { rounds } = suite.contracts;
    return rounds.queryFilter(rounds.filters.UpdateCommitted(task.view.taskId, 1, wallet.address));
  };
  const contentPath = (cid: Uint8Array) => {
    const name = cidFromBytes(cid).toString();
    return join(contentFolder, name.slice(-2), name);
  };
  /** Client 0, as often as it is started. */
  const start = async (change: Partial<PartyContext> = {}) => {
    const drawSalt = () => {
      drawn.push(randomBytes(32));
      return drawn.at(-1)!;
    };
    const context = await task.contextOf(clients[0], store("first"));
    return new Generous({ ...context, drawSalt, ...change }, (update) => (shared = update));
  };

  it("NOD-17 commit again after a transaction was lost, to the same update under the same salt", async () => {
    const context = await task.contextOf(clients[0], store("first"));
    const client = await start({ rounds: losing(context.rounds, "commitUpdate") });
    expect((await rejection(client.step())).message).to.contain("ECONNREFUSED");
    expect(await commitments(clients[0])).to.be.empty;
    expect(await client.step()).to.equal(true);
    expect(await commitments(clients[0])).to.have.length(1);
    expect(await client.step()).to.equal(false);
    expect(drawn).to.have.length(1);
  });

  it("keep openings apart by contract, since every version of it numbers its tasks from 1", async () => {
    const { store: records, rounds } = await task.contextOf(clients[0], store("first"));
    const contract = (await rounds.getAddress()).toLowerCase();
    const openings = (await records.list()).filter((name) => name.startsWith("opening-"));
    expect(openings).to.deep.equal([`opening-client-31337-${contract}-${task.view.taskId}-1`]);
  });

  it("NOD-17 do not commit twice after a crash", async () => {
    expect(await (await start()).step()).to.equal(false);
    expect(await commitments(clients[0])).to.have.length(1);
    expect(drawn).to.have.length(1);
  });

  it("NOD-17 reveal after a crash what they committed to before it", async () => {
    const { view, to, contextOf } = task;
    expect(await new Client(await contextOf(clients[1], store("second"))).step()).to.equal(true);
    // Client 2 will not be there when its content is wanted, client 3 publishes something else than it declared,
    // and client 4 has what client 0 gave it.
    const { parameterCount } = await view.trainer();
    const delta = Int32Array.from({ length: parameterCount }, (_, i) => (i % 7) * 100 - 300);
    const away = new Prepared(await contextOf(clients[2], store("away")), { delta, samples: 500 });
    expect(await away.step()).to.equal(true);

    const { rounds } = suite.contracts;
    const garbage = await view.content.put(Uint8Array.of(1, 2, 3));
    const opening = {
      root: id("root"),
      samples: 10n,
      norm: 5n,
      cid: cidToBytes(garbage),
      salt: hexlify(randomBytes(32)),
    };
    const scope = { chainId: 31_337n, contract: await rounds.getAddress(), taskId: view.taskId, round: 1n };
    const malformed = rounds.connect(clients[3]);
    const commitment = updateCommitment(scope, { client: clients[3].address, ...opening });
    await (await malformed.commitUpdate(view.taskId, commitment)).wait();

    expect(await new Prepared(await contextOf(clients[4], store("copy")), shared!).step()).to.equal(true);

    await to(Phase.Reveal);
    expect(await (await start()).step()).to.equal(true);
    expect(await new Client(await contextOf(clients[1], store("second"))).step()).to.equal(true);
    expect(await away.step()).to.equal(true);
    await (await malformed.revealUpdate(view.taskId, clients[3].address, opening)).wait();
    expect(await new Prepared(await contextOf(clients[4], store("copy")), shared!).step()).to.equal(true);
    expect(drawn).to.have.length(1);
    const updates = await view.updates(1n);
    expect(updates.map(({ index }) => index)).to.deep.equal([0, 1, 2, 3, 4]);
    expect(updates[0].root).to.equal(tensorRoot(shared!.delta));
    rmSync(contentPath(updates[2].cid));
    expect(cidOf(Uint8Array.of(1, 2, 3)).toString()).to.equal(cidFromBytes(updates[3].cid).toString());
  });

  it("NOD-11 score the updates that can be had, and no other", async () => {
    const { view, to } = task;
    await to(Phase.AuditCommit);
    const state = await view.state();
    for (const auditor of auditors) {
      const scores = [...(await auditor.scores(state))];
      expect(scores.map((score) => score === ABSENT)).to.deep.equal([false, false, true, true, true]);
      expect(await auditor.step()).to.equal(true);
    }
    await to(Phase.AuditReveal);
    for (const auditor of auditors) expect(await auditor.step()).to.equal(true);
    await to(Phase.AggregateCommit);
    const keeper = new RoundUpkeep(suite.contracts.rounds, task.view.fromBlock);
    expect(await keeper.run(SILENT)).to.equal(1);
    const { medians, included } = (await view.scores(1n))!;
    expect([...medians.subarray(2)]).to.deep.equal([ABSENT, ABSENT, ABSENT]);
    expect([...included]).to.deep.equal([0, 1]);
  });

  it("SCO-07 take no part under rules that they do not follow", async () => {
    const { view, contextOf } = task;
    const context = await contextOf(aggregators[0]);
    const under = (change: Partial<Manifest>): PartyContext => ({
      ...context,
      view: Object.assign(new TaskView(context.rounds, view.taskId, view.fromBlock, view.content), {
        manifest: async () => ({ ...MANIFEST, ...change }),
      }),
    });
    const aggregator = new Aggregator(under({ aggregation: { rule: "median" } }));
    expect(await rejection(aggregator.step())).to.be.instanceOf(RuleUnsupportedError);
    const test: CommonTest = {
      ...{ kind: "common", samples: 1000, root: ZeroHash, slices: ["bafy"], opensAt: 0, interval: 60 },
    };
    const auditor = new Candid(under({ scoring: { ...MANIFEST.scoring, test } }));
    const error = await rejection(auditor.scores(await view.state()));
    expect(error)
      .to.be.instanceOf(RuleUnsupportedError)
      .and.include({ code: "node/rule-unsupported", value: "common" });
  });

  it("NOD-18 refuse to aggregate without an update that belongs in, and do once it is there", async () => {
    const { view, contextOf } = task;
    const place = mkdtempSync(join(folder, "partial-"));
    cpSync(contentFolder, place, { recursive: true });
    const [first] = await view.updates(1n);
    const name = cidFromBytes(first.cid).toString();
    rmSync(join(place, name.slice(-2), name));
    const context = await contextOf(aggregators[0]);
    const partial = openContentFolder(place);
    const aggregator = new Aggregator({
      ...context,
      view: new TaskView(context.rounds, view.taskId, view.fromBlock, partial),
    });
    const error = await rejection(aggregator.step());
    expect(error).to.be.instanceOf(UpdateUnavailableError).and.include({ code: "node/update-unavailable" });
    expect(error.message).to.contain(first.client);
    await partial.put(await view.content.get(cidFromBytes(first.cid)));
    expect(await aggregator.step()).to.equal(true);
    unlucky = aggregator;
  });

  it("NOD-18 agree on the aggregate bit by bit, and with anybody who computes it again", async () => {
    const { view, to, contextOf } = task;
    const { rounds } = suite.contracts;
    const parties = [unlucky];
    for (const wallet of aggregators.slice(1)) parties.push(new Aggregator(await contextOf(wallet)));
    for (const party of parties.slice(1)) expect(await party.step()).to.equal(true);
    const updates = (await view.updates(1n)).slice(0, 2);
    const model = await view.model((await view.state()).modelRoot);
    const caps = weightCapsOf(MANIFEST);
    const mean = weightedMean(
      await Promise.all(
        // The other way round: order must not matter.
        updates.reverse().map(async ({ cid, samples, norm }) => ({
          delta: tensorFromBytes(await view.content.get(cidFromBytes(cid)), model.length),
          weight: updateWeight(samples, norm, caps),
        })),
      ),
    );
    await to(Phase.AggregateReveal);
    for (const party of parties) expect(await party.step()).to.equal(true);
    const revealed = await rounds.queryFilter(rounds.filters.AggregateRevealed(view.taskId, 1));
    const expected = tensorRoot(applyDelta(model, mean));
    expect(revealed.map(({ args }) => args.root)).to.deep.equal([expected, expected, expected]);
    await to(Phase.Finishing);
    expect(await new RoundUpkeep(rounds, view.fromBlock).run(SILENT)).to.equal(1);
    expect((await view.state()).modelRoot).to.equal(expected);
    expect(tensorRoot(await view.model(expected))).to.equal(expected);
  });

  it("SCO-08 know the step that led to a model from the public record", async () => {
    const { view } = task;
    const { initialRoot } = await view.rounds.termsOf(view.taskId);
    const { modelRoot } = await view.state();
    expect(await view.lastStep(initialRoot)).to.be.undefined;
    const step = (await view.lastStep(modelRoot))!;
    expect(applyDelta(await view.model(initialRoot), step)).to.deep.equal(await view.model(modelRoot));
  });

  it("STR-07 go on from the last two models in the direction of their step, and agree on it bit by bit", async () => {
    const manifest = { ...MANIFEST, server: { momentum: 32_768 } };
    const moving = await openTask(suite, cooperative, task.cast, folder, { manifest, rounds: 2 });
    const { view, to } = moving;
    const parties = await partiesOf(moving);
    const keeper = new RoundUpkeep(suite.contracts.rounds, view.fromBlock);
    const all = async (those: readonly Party[]) => {
      for (const party of those) expect(await party.step()).to.equal(true);
    };
    const roots = [(await view.state()).modelRoot];
    for (let round = 1; round <= 2; round++) {
      await all(parties.clients);
      await to(Phase.Reveal);
      await all(parties.clients);
      await to(Phase.AuditCommit);
      await all(parties.auditors);
      await to(Phase.AuditReveal);
      await all(parties.auditors);
      await to(Phase.AggregateCommit);
      expect(await keeper.run(SILENT)).to.equal(1);
      await all(parties.aggregators);
      await to(Phase.AggregateReveal);
      await all(parties.aggregators);
      await to(Phase.Finishing);
      expect(await keeper.run(SILENT)).to.equal(1);
      roots.push((await view.state()).modelRoot);
    }
    const [initial, first] = await Promise.all(roots.map((root) => view.model(root)));
    const { included } = (await view.scores(2n))!;
    const updates = (await view.updates(2n)).filter(({ index }) => included.has(index));
    const mean = weightedMean(
      await Promise.all(
        updates.map(async ({ cid, samples, norm }) => ({
          delta: tensorFromBytes(await view.content.get(cidFromBytes(cid)), initial.length),
          weight: updateWeight(samples, norm, weightCapsOf(manifest)),
        })),
      ),
    );
    const start = lookAhead(first, initial, manifest.server.momentum);
    expect(start).not.to.deep.equal(first);
    expect(roots[2]).to.equal(tensorRoot(serverStep(start, mean)));
  });
});
