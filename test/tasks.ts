import { Client, trainUpdate, type PartyContext, type TaskState } from "@artel/node";
import { Combining, Role, type ILearning, type ILearningTasks, type IStakeVault } from "@artel/sdk";
import { id, toBeHex, Wallet, ZeroAddress, ZeroHash, type Provider, type Signer } from "ethers";

type Terms = ILearningTasks.TaskTermsStruct;

/** Codec of raw bytes. */
const RAW = 0x55;

/** A schedule whose phases are of one length. */
export function evenSchedule(phase: number): ILearningTasks.ScheduleStruct {
  return {
    ...{ commit: phase, reveal: phase, auditCommit: phase, auditReveal: phase, settle: phase, appeal: 3 * phase },
    ...{ aggregateCommit: phase, aggregateReveal: phase, challenge: phase, longChallenge: phase },
  };
}

/**
 * Terms of a small task of one round, whose phases last ten minutes. A seat's stake is as much as the task pays in all.
 *
 * @param given - what is its own, in place of anything here
 */
export function smallTask(given: Pick<Terms, "cooperative" | "slashRecipient" | "startsAt"> & Partial<Terms>): Terms {
  const { reward = 10n ** 18n } = given;
  return {
    ...{ token: ZeroAddress, reward, schedule: evenSchedule(600) },
    aggregation: {
      ...{ parameters: 100, sampleCap: 1000, clipNorm: 1n << 40n, combining: Combining.Mean, trim: 0, leafCells: 1 },
      momentum: 0,
    },
    ...{ rounds: 1, periodRounds: 1, retries: 1, minClients: 2, maxClients: 12, panelCells: 1, panelSeats: 3 },
    ...{ minAuditors: 4, maxAuditors: 12, aggregators: 1, aggregatorQuorum: 1 },
    ...{ auditorShare: 2000, aggregatorShare: 1000, treasuryShare: 0, epsilon: 100, exclusionScore: 500 },
    ...{ minimumScore: 1, auditorStake: reward, aggregatorStake: reward, missPenalty: BigInt(reward) / 2n },
    ...{ consentPurpose: ZeroHash, reputationCategory: ZeroHash, minimumReputation: 0, microRho: 0 },
    initialRoot: id("initial"),
    initialModel: { codec: RAW, digest: id("initial model") },
    manifest: { codec: RAW, digest: id("manifest") },
    ...given,
  };
}

/** Wallets whose keys are numbers. */
export function walletsFrom(first: number, count: number, provider: Provider): Wallet[] {
  return Array.from({ length: count }, (_, i) => new Wallet(toBeHex(first + i, 32), provider));
}

/** Takes a seat, with its stake in native currency. */
export async function takeSeat(
  { tasks, vault }: { readonly tasks: ILearning; readonly vault: IStakeVault },
  taskId: bigint,
  role: Role,
  seat: Signer,
): Promise<void> {
  const { auditorStake, aggregatorStake } = await tasks.termsOf(taskId);
  const value = role === Role.Auditor ? auditorStake : aggregatorStake;
  await (await vault.connect(seat).deposit(tasks, ZeroAddress, value, { value })).wait();
  await (await tasks.connect(seat).join(taskId, role)).wait();
}

/** Takes all seats of a task. */
export async function takeSeats(
  contracts: Parameters<typeof takeSeat>[0],
  taskId: bigint,
  { auditors, aggregators }: { readonly auditors: readonly Signer[]; readonly aggregators: readonly Signer[] },
): Promise<void> {
  for (const seat of auditors) await takeSeat(contracts, taskId, Role.Auditor, seat);
  for (const seat of aggregators) await takeSeat(contracts, taskId, Role.Aggregator, seat);
}

/** Sends what another client sends, whose key and data it has got hold of. */
export class Copier extends Client {
  constructor(
    context: PartyContext,
    private readonly victim: PartyContext,
  ) {
    super(context);
  }

  protected override train(state: TaskState) {
    return trainUpdate(this.victim, state);
  }
}
