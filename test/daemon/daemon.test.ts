import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

import {
  aggregationInputs,
  Aggregator,
  Auditor,
  Client,
  openContentFolder,
  RuleUnsupportedError,
  TaskView,
  UpdateUnavailableError,
  type Party,
  type PartyContext,
  type TaskState,
  type Update,
} from "@artel/node";
import { IModelRegistry__factory, Phase, type ILearning } from "@artel/sdk";
import {
  ABSENT,
  applyDelta,
  cidFromBytes,
  cidOf,
  clientsOf,
  lookAhead,
  manifestToBytes,
  serverStep,
  taskContentOf,
  updateCommitment,
  tensorFromBytes,
  tensorRoot,
  weightedMean,
  type AggregationInputs,
  type Manifest,
} from "@artel/sdk/learning";
import { expect } from "chai";
import { dataSlice, hexlify, id, randomBytes, type HDNodeWallet } from "ethers";

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

  protected override async train(state: TaskState): Promise<Update | undefined> {
    const update = await super.train(state);
    if (update !== undefined) this.give(update);
    return update;
  }
}

/** An auditor that shows its scores. */
class Candid extends Auditor {
  async scores(): Promise<{ scores: Int16Array; panel: number[] }> {
    const { view } = this.context;
    const state = await view.state();
    const [panel] = (await view.panels(state))!;
    const scores = await this.score(state, panel, (await view.seed(state))!);
    return { scores, panel: panel.auditors.map(Number) };
  }
}

/** A contract whose first call of a method is lost on the way. */
function losing(tasks: ILearning, method: keyof ILearning): ILearning {
  let isLost = false;
  return new Proxy(tasks, {
    get: (target, name) => {
      if (name !== method || isLost) return Reflect.get(target, name, target);
      isLost = true;
      return () => Promise.reject(Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }));
    },
  });
}

/** A beacon that is not asked. */
const NOBODY = { seedOf: async () => undefined };

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
    const { tasks } = suite.contracts;
    return tasks.queryFilter(tasks.filters.UpdateCommitted(task.view.taskId, 1, wallet.address));
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

  it("PTY-01 commit again after a transaction was lost, to the same update under the same salt", async () => {
    const context = await task.contextOf(clients[0], store("first"));
    const client = await start({ tasks: losing(context.tasks, "commitUpdate") });
    expect((await rejection(client.step())).message).to.contain("ECONNREFUSED");
    expect(await commitments(clients[0])).to.be.empty;
    expect(await client.step()).to.equal(true);
    expect(await commitments(clients[0])).to.have.length(1);
    expect(await client.step()).to.equal(false);
    expect(drawn).to.have.length(1);
  });

  it("PTY-01 keep openings apart by chain and contract, each of which numbers its tasks from 1", async () => {
    const { store: records, tasks } = await task.contextOf(clients[0], store("first"));
    const contract = (await tasks.getAddress()).toLowerCase();
    const openings = (await records.list()).filter((name) => name.startsWith("opening-"));
    expect(openings).to.deep.equal([`opening-client-31337-${contract}-${task.view.taskId}-1`]);
  });

  it("PTY-01 do not commit twice after a crash", async () => {
    expect(await (await start()).step()).to.equal(false);
    expect(await commitments(clients[0])).to.have.length(1);
    expect(drawn).to.have.length(1);
  });

  it("PTY-01 reveal after a crash what they committed to before it", async () => {
    const { view, to, contextOf } = task;
    expect(await new Client(await contextOf(clients[1], store("second"))).step()).to.equal(true);
    // Client 2 will not be there when its content is wanted, client 3 publishes something else than it declared,
    // and client 4 has what client 0 gave it.
    const { parameterCount } = await view.trainer();
    const delta = Int32Array.from({ length: parameterCount }, (_, i) => (i % 7) * 100 - 300);
    const away = new Prepared(await contextOf(clients[2], store("away")), { delta, samples: 500 });
    expect(await away.step()).to.equal(true);

    const { tasks } = suite.contracts;
    const opening = {
      ...{ root: id("root"), samples: 10n, norm: 5n, salt: dataSlice(hexlify(randomBytes(32)), 0, 16) },
      content: taskContentOf(await view.content.put(Uint8Array.of(1, 2, 3))),
    };
    const malformed = tasks.connect(clients[3]);
    const commitment = updateCommitment(await view.scope(1n), clients[3].address, opening);
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
    expect(updates.map(({ id }) => id)).to.deep.equal([0, 1, 2, 3, 4]);
    expect(updates[0].root).to.equal(tensorRoot(shared!.delta));
    rmSync(contentPath(updates[2].cid));
    expect(cidOf(Uint8Array.of(1, 2, 3)).toString()).to.equal(cidFromBytes(updates[3].cid).toString());
  });

  it("NOD-11 score the updates that can be had, and no other", async () => {
    const { view, to, keeper } = task;
    await to(Phase.AuditCommit);
    for (const [seat, auditor] of auditors.entries()) {
      const { scores, panel } = await auditor.scores();
      expect([...scores].map((score) => score === ABSENT)).to.deep.equal([false, false, true, true, true]);
      expect(await auditor.step()).to.equal(panel.includes(seat));
    }
    expect(await keeper.run(SILENT)).to.equal(2);
    await to(Phase.AuditReveal);
    for (const auditor of auditors) await auditor.step();
    await to(Phase.Settle);
    expect(await keeper.run(SILENT)).to.equal(1);
    const [{ panel, medians }] = await view.settledPanels();
    expect(clientsOf(panel, 5).map((client) => medians.get(client) === ABSENT)).to.deep.equal([
      false,
      false,
      true,
      true,
      true,
    ]);
    expect([...(await view.included({ round: 1n }))!]).to.deep.equal([0, 1]);
  });

  it("SCO-02 take no part under rules that they do not follow", async () => {
    const { view, contextOf } = task;
    const terms = await view.terms();
    const privacy: Manifest["privacy"] = { kind: "secure-aggregation", group: 4, threshold: 3 };
    const manifest = taskContentOf(await view.content.put(manifestToBytes({ ...MANIFEST, privacy })));
    const context = await contextOf(clients[0]);
    const other = Object.assign(new TaskView(context.tasks, view.taskId, view.fromBlock, view.content, NOBODY), {
      terms: async () => ({ ...terms, manifest: { codec: BigInt(manifest.codec), digest: manifest.digest } }),
    });
    const error = await rejection(other.manifest());
    expect(error).to.be.instanceOf(RuleUnsupportedError).and.include({ value: "secure-aggregation" });
  });

  it("NOD-08 refuse to aggregate without an update that belongs in, and do once it is there", async () => {
    const { view, contextOf, to } = task;
    await to(Phase.AggregateCommit);
    const place = mkdtempSync(join(folder, "partial-"));
    cpSync(contentFolder, place, { recursive: true });
    const [first] = await view.updates(1n);
    const name = cidFromBytes(first.cid).toString();
    rmSync(join(place, name.slice(-2), name));
    const context = await contextOf(aggregators[0]);
    const partial = openContentFolder(place);
    const aggregator = new Aggregator({
      ...context,
      view: new TaskView(context.tasks, view.taskId, view.fromBlock, partial, NOBODY),
    });
    const error = await rejection(aggregator.step());
    expect(error).to.be.instanceOf(UpdateUnavailableError).and.include({ code: "node/update-unavailable" });
    expect(error.message).to.contain(first.client);
    await partial.put(await view.content.get(cidFromBytes(first.cid)));
    expect(await aggregator.step()).to.equal(true);
    unlucky = aggregator;
  });

  it("NOD-08 agree on the aggregate bit by bit, and with anybody who computes it again", async () => {
    const { view, to, contextOf, keeper } = task;
    const { tasks } = suite.contracts;
    const crew = [unlucky];
    for (const wallet of aggregators.slice(1)) crew.push(new Aggregator(await contextOf(wallet)));
    for (const party of crew.slice(1)) expect(await party.step()).to.equal(true);
    const updates = (await view.updates(1n)).slice(0, 2);
    const model = await view.model((await view.state()).modelRoot);
    const mean = weightedMean(
      await Promise.all(
        // The other way round: order must not matter.
        updates.reverse().map(async ({ cid, weight }) => ({
          delta: tensorFromBytes(await view.content.get(cidFromBytes(cid)), model.length),
          weight,
        })),
      ),
    );
    await to(Phase.AggregateReveal);
    for (const party of crew) expect(await party.step()).to.equal(true);
    const revealed = await tasks.queryFilter(tasks.filters.AnswerRevealed(view.taskId, 1));
    const expected = tensorRoot(applyDelta(model, mean));
    expect(revealed.map(({ args }) => args.modelRoot)).to.deep.equal([expected, expected, expected]);
    await to(Phase.Finishing);
    expect(await keeper.run(SILENT)).to.equal(1);
    const { modelRoot } = await view.state();
    expect(modelRoot).to.equal(expected);
    expect(tensorRoot(await view.model(expected))).to.equal(expected);
    const models = IModelRegistry__factory.connect(await tasks.MODELS(), suite.operator);
    const { parent } = await models.modelOf(tasks, view.taskId, expected);
    expect(parent).to.equal((await view.terms()).initialRoot);
  });

  it("SCO-03 know the step that led to a model from the public record", async () => {
    const { view } = task;
    const { initialRoot } = await view.terms();
    const { modelRoot } = await view.state();
    expect(await view.lastStep(initialRoot)).to.be.undefined;
    const step = (await view.lastStep(modelRoot))!;
    expect(applyDelta(await view.model(initialRoot), step)).to.deep.equal(await view.model(modelRoot));
  });

  it("STR-07 go on from the last two models in the direction of their step, and agree on it bit by bit", async () => {
    const manifest = { ...MANIFEST, server: { momentum: 32_768 } };
    const moving = await openTask(suite, cooperative, task.cast, folder, { manifest, rounds: 2 });
    const { view, to, keeper } = moving;
    const crew = await partiesOf(moving);
    const all = async (those: readonly Party[]) => {
      for (const party of those) await party.step();
    };
    const roots = [(await view.state()).modelRoot];
    const reader = await moving.contextOf(suite.operator);
    let inputs: AggregationInputs | undefined;
    for (let round = 1; round <= 2; round++) {
      await all(crew.clients);
      await to(Phase.Reveal);
      await all(crew.clients);
      await to(Phase.AuditCommit);
      await all(crew.auditors);
      expect(await keeper.run(SILENT)).to.equal(2);
      await to(Phase.AuditReveal);
      await all(crew.auditors);
      await to(Phase.Settle);
      expect(await keeper.run(SILENT)).to.equal(1);
      await to(Phase.AggregateCommit);
      inputs = await aggregationInputs(reader, await view.state());
      await all(crew.aggregators);
      await to(Phase.AggregateReveal);
      await all(crew.aggregators);
      await to(Phase.Finishing);
      expect(await keeper.run(SILENT)).to.equal(1);
      roots.push((await view.state()).modelRoot);
    }
    const [initial, first] = await Promise.all(roots.map((root) => view.model(root)));
    const weights = new Map((await view.updates(2n)).map(({ id, weight }) => [id, weight]));
    const mean = weightedMean(inputs!.updates.map(({ id, delta }) => ({ delta, weight: weights.get(id)! })));
    const start = lookAhead(first, initial, manifest.server.momentum);
    expect(start).not.to.deep.equal(first);
    expect(roots[2]).to.equal(tensorRoot(serverStep(start, mean)));
  });
});
