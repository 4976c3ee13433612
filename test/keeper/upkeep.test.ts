import { createServer, request, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

import {
  HeadroomWallet,
  ICooperativeGovernor__factory,
  ITreasury__factory,
  connect,
  connectRpc,
  type Cooperative,
  type ICooperativeGovernor,
} from "@artel/sdk";
import { expect } from "chai";
import { AbiCoder, concat, dataLength, toBeHex, type HDNodeWallet } from "ethers";
import type { Logger } from "pino";

import { ProposalUpkeep, runTasks, SeedProofs, TaskList, TaskUpkeep, type KeeperTask } from "../../keeper/src/index.js";
import { Processes } from "../../localnet/index.js";
import { eventually, scratchFolder } from "../localnet/helpers.js";
import { beaconOf, found, isExecuted, pass, propose, raiseSuite, SILENT, type Suite } from "../suite.js";

// Returns what follows its own ten bytes: jumpdest, push 0, jump.
const ENDLESS = concat(["0x600380600a5f395ff3fe", "0x5b5f56"]);

describe("keeper", function () {
  this.timeout(120_000);
  const folder = scratchFolder();
  let processes: Processes;
  let suite: Suite;
  let members: readonly HDNodeWallet[];
  let cooperative: Cooperative;

  before(async () => {
    processes = await Processes.open(folder);
    suite = await raiseSuite(processes);
    members = suite.accounts.slice(0, 10);
    cooperative = await found(suite, members);
  });
  after(() => processes.stopAll());

  const keeperOf = (wallet: HDNodeWallet) => {
    const { factory } = suite.contracts;
    const block = suite.deployment.contracts.CooperativeFactory.block;
    return new ProposalUpkeep(factory, new HeadroomWallet(wallet.privateKey, suite.chain.provider), block);
  };
  const decided = async (target: string, data: string, description: string) => {
    const proposal = await propose(suite, cooperative, [{ target, data }], description);
    await pass(suite, cooperative, members, [proposal]);
    return proposal;
  };
  /** An act that succeeds whoever looks on. */
  const harmless = (description: string) => decided(suite.accounts[20].address, "0x", description);
  const untilIdle = async (keeper: ProposalUpkeep) => {
    for (let turn = 0; turn < 5; turn++) await keeper.run(SILENT).catch(() => {});
  };

  it("KPR-02 carries out what passed, and nothing twice", async () => {
    const proposal = await harmless("First");
    const keeper = keeperOf(suite.accounts[21]);
    expect(await keeper.run(SILENT)).to.equal(1);
    expect(await keeper.run(SILENT)).to.equal(1);
    expect(await isExecuted(cooperative, proposal)).to.equal(true);
    expect(await keeper.run(SILENT)).to.equal(0);
  });

  it("KPR-02 is not stalled by proposals that revert or burn all gas", async () => {
    const endless = await (await suite.operator.sendTransaction({ data: ENDLESS })).wait();
    const { membership } = suite.contracts;
    const refused = membership.interface.encodeFunctionData("expel", [1_000n]);
    const reverting = await decided(await membership.getAddress(), refused, "Refused by its target");
    const burning = await decided(endless!.contractAddress!, "0x", "Never ends");
    const fine = await harmless("Behind them");
    await untilIdle(keeperOf(suite.accounts[21]));
    const executed = await Promise.all([reverting, burning, fine].map((proposal) => isExecuted(cooperative, proposal)));
    expect(executed).to.deep.equal([false, false, true]);
  });

  it("KPR-04 does no harm when there are two", async () => {
    const proposal = await harmless("Contested");
    const keepers = [keeperOf(suite.accounts[21]), keeperOf(suite.accounts[22])];
    await Promise.all(keepers.map((keeper) => untilIdle(keeper)));
    expect(await isExecuted(cooperative, proposal)).to.equal(true);
    const { governor, block } = cooperative;
    const events = await governor.queryFilter(governor.filters.ProposalExecuted(), block);
    expect(events.filter(({ args }) => args.proposalId === proposal.id)).to.have.length(1);
  });

  it("KPR-04 forgets what a reorganisation drops, and finds it again", async () => {
    const keeper = keeperOf(suite.accounts[21]);
    await untilIdle(keeper);
    const action = { target: suite.accounts[20].address, data: "0x" };
    const lost = await propose(suite, cooperative, [action], "Dropped");
    await keeper.run(SILENT);
    // The proposal and the block that opened the vote.
    await suite.chain.provider.send("anvil_reorg", [2, []]);
    expect(await keeper.run(SILENT).catch((error: Error) => error.message)).to.equal(0);
    const again = await propose(suite, cooperative, [action], "Dropped");
    expect(again.id).to.equal(lost.id);
    await pass(suite, cooperative, members, [again]);
    await untilIdle(keeper);
    expect(await isExecuted(cooperative, again)).to.equal(true);
  });

  it("KPR-04 carries out again what a reorganisation undid, however long ago it was proposed", async () => {
    const keeper = keeperOf(suite.accounts[21]);
    const proposal = await harmless("Undone");
    await keeper.run(SILENT);
    await suite.chain.mine(100);
    await untilIdle(keeper);
    expect(await isExecuted(cooperative, proposal)).to.equal(true);
    await suite.chain.provider.send("anvil_reorg", [1, []]);
    expect(await isExecuted(cooperative, proposal)).to.equal(false);
    await untilIdle(keeper);
    expect(await isExecuted(cooperative, proposal)).to.equal(true);
  });

  it("KPR-02 follows a cooperative to the governor that its members chose", async () => {
    const own = await found(suite, members.slice(0, 3));
    const keeper = keeperOf(suite.accounts[21]);
    await keeper.run(SILENT);
    const successor = await cloneOf(own.governor);
    const data = ITreasury__factory.createInterface().encodeFunctionData("setGovernor", [await successor.getAddress()]);
    const change = await propose(suite, own, [{ target: own.address, data }], "Another governor");
    await pass(suite, own, members.slice(0, 3), [change]);
    await untilIdle(keeper);
    expect(await isExecuted(own, change)).to.equal(true);
    const renewed = { ...own, governor: successor };
    const proposal = await propose(suite, renewed, [{ target: suite.accounts[20].address, data: "0x" }], "Under it");
    await pass(suite, renewed, members.slice(0, 3), [proposal]);
    await untilIdle(keeper);
    expect(await isExecuted(renewed, proposal)).to.equal(true);
  });

  it("KPR-02 is not stalled by a description that is no text", async () => {
    const { governor } = cooperative;
    const { selector } = governor.interface.getFunction("propose");
    const call = [[suite.accounts[20].address], [0n], ["0x"], "0xff"];
    const encoded = AbiCoder.defaultAbiCoder().encode(["address[]", "uint256[]", "bytes[]", "bytes"], call);
    await (await members[0].sendTransaction({ to: governor, data: concat([selector, encoded]) })).wait();
    const proposal = await harmless("Beside it");
    await untilIdle(keeperOf(suite.accounts[21]));
    expect(await isExecuted(cooperative, proposal)).to.equal(true);
  });

  it("KPR-01 outlives an endpoint that goes away", async () => {
    const line = await openLine(suite.chain.url);
    const provider = await connectRpc(line.url, { pollMs: 50 });
    const wallet = new HeadroomWallet(suite.accounts[21].privateKey, provider);
    const { factory, tasks: learning } = connect(suite.deployment, wallet);
    const upkeep = new TaskUpkeep(learning, new TaskList(learning), new SeedProofs(learning, await beaconOf(suite)));
    const tasks = [new ProposalUpkeep(factory, wallet, 0), upkeep].map((task) => new Watched(task));
    const controller = new AbortController();
    const running = runTasks(tasks, 20, SILENT, controller.signal);
    const eachHas = (count: "successes" | "failures", least: number, patience?: number) =>
      eventually(() => tasks.every((task) => task[count] >= least), patience);
    await eachHas("successes", 1);
    line.cut();
    const proposal = await harmless("While the line is cut");
    await eachHas("failures", 2);
    line.mend();
    const before = Math.max(...tasks.map(({ successes }) => successes));
    await eventually(() => isExecuted(cooperative, proposal), 20_000);
    await eachHas("successes", before + 1, 20_000);
    controller.abort();
    await running;
    provider.destroy();
    await line.close();
  });
});

/** Deploys a governor of the same implementation and with the same immutable arguments as another. */
async function cloneOf(governor: ICooperativeGovernor): Promise<ICooperativeGovernor> {
  const signer = governor.runner as HDNodeWallet;
  const code = (await signer.provider!.getCode(governor))!;
  // Returns what follows its own ten bytes.
  const init = concat(["0x61", toBeHex(dataLength(code), 2), "0x80600a3d393df3", code]);
  const receipt = await (await signer.sendTransaction({ data: init })).wait();
  return ICooperativeGovernor__factory.connect(receipt!.contractAddress!, signer);
}

/** A task whose turns are counted by how they end. */
class Watched implements KeeperTask {
  successes = 0;
  failures = 0;

  constructor(private readonly task: KeeperTask) {}

  get name() {
    return this.task.name;
  }

  async run(log: Logger): Promise<number> {
    try {
      const sent = await this.task.run(log);
      this.successes += 1;
      return sent;
    } catch (error) {
      this.failures += 1;
      throw error;
    }
  }
}

/** A line to an endpoint that can be cut. */
async function openLine(target: string) {
  let isCut = false;
  const server: Server = createServer((incoming, answer) => {
    if (isCut) return void incoming.socket.destroy();
    const options = { method: incoming.method, headers: incoming.headers };
    const onward = request(target, options, (response) => {
      answer.writeHead(response.statusCode!, response.headers);
      response.pipe(answer);
    });
    incoming.pipe(onward);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => void (isCut = true),
    mend: () => void (isCut = false),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
