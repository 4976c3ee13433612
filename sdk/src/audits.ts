import type { ILearning } from "./contracts/index.js";
import type { CommitmentScope } from "./learning/commitments.js";
import type { AuditorSeat, RevealedVector } from "./learning/openings.js";
import type { Panel } from "./learning/panels.js";
import { queryLogs } from "./logs.js";
import { Role } from "./protocol.js";

/** Where commitments of a round count. */
export async function readScope(tasks: ILearning, taskId: bigint, round: bigint): Promise<CommitmentScope> {
  const { chainId } = await tasks.runner!.provider!.getNetwork();
  return { chainId, contract: await tasks.getAddress(), taskId, round };
}

/** The seats of a panel of the running round, as the contract has them. */
export function readSeats(
  tasks: ILearning,
  taskId: bigint,
  round: bigint,
  { auditors }: Panel,
): Promise<AuditorSeat[]> {
  return Promise.all(
    auditors.map(async (id) => {
      const { account } = await tasks.seatAt(taskId, Role.Auditor, id);
      const participant = await tasks.participantOf(taskId, account);
      const isRevealed = participant.revealed && participant.round === round;
      return { account, commitment: participant.commitment, isRevealed };
    }),
  );
}

/**
 * The vectors that auditors revealed in a round, as events tell them.
 *
 * @param fromBlock - a block not after the first of them
 */
export async function readVectors(
  tasks: ILearning,
  taskId: bigint,
  round: bigint,
  fromBlock: number,
): Promise<RevealedVector[]> {
  const logs = await queryLogs(tasks, tasks.filters.ScoresRevealed(taskId, round), fromBlock);
  return logs.map(({ args: { auditor, salt, scores } }) => ({ auditor, salt, scores }));
}
