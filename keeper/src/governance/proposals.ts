import {
  ICooperativeGovernor__factory,
  ITreasury__factory,
  ProposalState,
  queryLogs,
  type ICooperativeFactory,
  type ICooperativeGovernor,
} from "@artel/sdk";
import { id, isError, type ContractRunner } from "ethers";
import type { Logger } from "pino";

import { REORG_DEPTH } from "../runtime/reorg.js";
import { sendIfDue } from "../runtime/send.js";
import { forEach, type KeeperTask } from "../runtime/task.js";

/** A proposal as its event told it: all that queueing and executing take. */
interface Proposal {
  readonly governor: string;
  readonly id: bigint;
  readonly targets: string[];
  readonly values: bigint[];
  readonly calldatas: string[];
  readonly descriptionHash: string;
  announced: boolean;
  /** Block at which it was found executed, defeated, expired or cancelled; undefined while it is open. */
  overSince?: number;
}

/**
 * Queues (announces) and executes what cooperatives have passed.
 *
 * @remarks Reads the events of every cooperative founded by the factory, from `fromBlock` on, under whichever governors
 * its Treasury has had.
 */
export class ProposalUpkeep implements KeeperTask {
  readonly name = "proposals";
  private readonly proposals = new Map<string, Proposal>();
  private readonly treasuries = new Set<string>();
  private readonly governors = new Set<string>();
  private nextBlock: number;

  constructor(
    private readonly factory: ICooperativeFactory,
    private readonly runner: ContractRunner,
    private readonly fromBlock: number,
  ) {
    this.nextBlock = fromBlock;
  }

  async run(log: Logger): Promise<number> {
    const head = await this.runner.provider!.getBlockNumber();
    await this.discover(head);
    return forEach(this.proposals, ([key, proposal]) => this.upkeep(key, proposal, head, log));
  }

  private async discover(head: number): Promise<void> {
    const from = Math.max(this.fromBlock, Math.min(this.nextBlock, head + 1) - REORG_DEPTH);
    const founded = await queryLogs(this.factory, this.factory.filters.CooperativeFounded(), from, head);
    for (const { args } of founded) this.treasuries.add(args.cooperative);
    for (const address of this.treasuries) {
      const treasury = ITreasury__factory.connect(address, this.runner);
      // The first governor is told of in this way too.
      const changes = await queryLogs(treasury, treasury.filters.GovernorChanged(), from, head);
      for (const { args } of changes) this.governors.add(args.newGovernor);
    }
    for (const address of this.governors) {
      const governor = ICooperativeGovernor__factory.connect(address, this.runner);
      for (const { args } of await queryLogs(governor, governor.filters.ProposalCreated(), from, head)) {
        const proposal = decoded<Proposal>(() => ({
          governor: address,
          id: args.proposalId,
          targets: [...args.targets],
          values: [...args[3]],
          calldatas: [...args.calldatas],
          descriptionHash: id(args.description),
          announced: false,
        }));
        const key = `${address}-${proposal?.id}`;
        if (proposal !== undefined && !this.proposals.has(key)) this.proposals.set(key, proposal);
      }
    }
    this.nextBlock = head + 1;
  }

  private async upkeep(key: string, proposal: Proposal, head: number, log: Logger): Promise<number> {
    const governor = ICooperativeGovernor__factory.connect(proposal.governor, this.runner);
    const state = await stateOf(governor, proposal.id);
    const isPassed = state === ProposalState.Queued || state === ProposalState.Succeeded;
    const isOpen = isPassed || state === ProposalState.Pending || state === ProposalState.Active;
    proposal.overSince = isOpen ? undefined : (proposal.overSince ?? head);
    const isForgotten = proposal.overSince !== undefined && head > proposal.overSince + REORG_DEPTH;
    if (state === undefined || isForgotten) this.proposals.delete(key);
    if (!isPassed) return 0;
    const { targets, values, calldatas, descriptionHash } = proposal;
    if (!proposal.announced) {
      const queue = () => governor.queue(targets, values, calldatas, descriptionHash);
      const sent = await sendIfDue(`queue proposal ${proposal.id}`, queue, governor.interface, log);
      // Only now: if the endpoint fails, it is tried again.
      proposal.announced = true;
      return Number(sent);
    }
    const [eta, block] = await Promise.all([
      governor.proposalEta(proposal.id),
      this.runner.provider!.getBlock("latest"),
    ]);
    if (BigInt(block!.timestamp) < eta) return 0;
    const execute = () => governor.execute(targets, values, calldatas, descriptionHash);
    return Number(await sendIfDue(`execute proposal ${proposal.id}`, execute, governor.interface, log));
  }
}

/**
 * What is read from an event; undefined if that can't be decoded. A description may be any bytes and a governor
 * anybody's contract, and neither may keep the keeper from what others have passed.
 */
function decoded<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** State of a proposal; undefined once a reorganisation has dropped it, or the whole governor. */
async function stateOf(governor: ICooperativeGovernor, proposalId: bigint): Promise<number | undefined> {
  try {
    return Number(await governor.state(proposalId));
  } catch (error) {
    if (isError(error, "CALL_EXCEPTION") || isError(error, "BAD_DATA")) return undefined;
    throw error;
  }
}
