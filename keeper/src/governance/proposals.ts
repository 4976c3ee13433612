import {
  ICooperativeGovernor__factory,
  ProposalState,
  queryLogs,
  type ICooperativeFactory,
  type ICooperativeGovernor,
} from "@artel/sdk";
import { id, isError, type ContractRunner } from "ethers";
import type { Logger } from "pino";

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
}

/** Blocks read again at each turn, so that a reorganisation up to this depth loses no proposal. */
const REORG_DEPTH = 64;

/**
 * Queues (announces) and executes what cooperatives have passed.
 *
 * @remarks Reads the events of every cooperative founded by the factory, from `fromBlock` on.
 */
export class ProposalUpkeep implements KeeperTask {
  readonly name = "proposals";
  private readonly proposals = new Map<string, Proposal>();
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
    await this.discover();
    return forEach(this.proposals, ([key, proposal]) => this.upkeep(key, proposal, log));
  }

  private async discover(): Promise<void> {
    const head = await this.runner.provider!.getBlockNumber();
    const from = Math.max(this.fromBlock, Math.min(this.nextBlock, head + 1) - REORG_DEPTH);
    const founded = await queryLogs(this.factory, this.factory.filters.CooperativeFounded(), from, head);
    for (const { args } of founded) this.governors.add(args.governor);
    for (const address of this.governors) {
      const governor = ICooperativeGovernor__factory.connect(address, this.runner);
      for (const { args } of await queryLogs(governor, governor.filters.ProposalCreated(), from, head)) {
        const key = `${address}-${args.proposalId}`;
        if (this.proposals.has(key)) continue;
        this.proposals.set(key, {
          governor: address,
          id: args.proposalId,
          targets: [...args.targets],
          values: [...args[3]],
          calldatas: [...args.calldatas],
          descriptionHash: id(args.description),
          announced: false,
        });
      }
    }
    this.nextBlock = head + 1;
  }

  private async upkeep(key: string, proposal: Proposal, log: Logger): Promise<number> {
    const governor = ICooperativeGovernor__factory.connect(proposal.governor, this.runner);
    const state = await stateOf(governor, proposal.id);
    if (state === ProposalState.Pending || state === ProposalState.Active) return 0;
    if (state !== ProposalState.Queued && state !== ProposalState.Succeeded) {
      this.proposals.delete(key);
      return 0;
    }
    const { targets, values, calldatas, descriptionHash } = proposal;
    if (!proposal.announced) {
      proposal.announced = true;
      const queue = () => governor.queue(targets, values, calldatas, descriptionHash);
      return Number(await sendIfDue(`queue proposal ${proposal.id}`, queue, governor.interface, log));
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

/** State of a proposal; undefined once a reorganisation has dropped it, or the whole governor. */
async function stateOf(governor: ICooperativeGovernor, proposalId: bigint): Promise<number | undefined> {
  try {
    return Number(await governor.state(proposalId));
  } catch (error) {
    if (isError(error, "CALL_EXCEPTION") || isError(error, "BAD_DATA")) return undefined;
    throw error;
  }
}
