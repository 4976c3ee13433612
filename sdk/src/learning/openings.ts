import { AbiCoder, concat, dataSlice, getBytes, keccak256 } from "ethers";

import type { CommitmentScope } from "./commitments.js";
import { EventMissingError } from "./errors.js";
import type { SeatOpening } from "./panels.js";
import { scoresCommitment } from "./commitments.js";

/*
 * What auditors revealed is stored in events alone, and handed back to the contract by whoever settles or appeals a panel.
 */

/** The seat of an auditor as the contract has it. */
export interface AuditorSeat {
  readonly account: string;
  /** First 24 bytes of its commitment. */
  readonly commitment: string;
  /** Whether it revealed in the running round. */
  readonly isRevealed: boolean;
}

/** An event that tells a vector. */
export interface RevealedVector {
  readonly auditor: string;
  readonly salt: string;
  readonly scores: string;
}

/**
 * What the seats of a panel have to show. Which vector is an auditor's the contract's commitment says, not the order of
 * events: an endpoint may still show those of blocks that a reorganisation has dropped.
 *
 * @throws EventMissingError if the vector of an auditor who revealed is not among those known
 */
export function openingsOf(
  seats: readonly AuditorSeat[],
  vectors: readonly RevealedVector[],
  scope: CommitmentScope,
): SeatOpening[] {
  return seats.map(({ account, commitment, isRevealed }) => {
    if (!isRevealed) return { auditor: account };
    for (const { auditor, salt, scores: hex } of vectors) {
      if (auditor !== account) continue;
      const scores = getBytes(hex);
      if (dataSlice(scoresCommitment(scope, auditor, salt, scores), 0, 24) === commitment)
        return { auditor, revealed: { salt, scores } };
    }
    throw new EventMissingError(
      `the scores that ${account} revealed in round ${scope.round} of task ${scope.taskId}`,
      account,
    );
  });
}

/** A panel as it was settled and appealed, as `ILearningAppeals.AppealedPanel`. */
export interface AppealedPanel {
  readonly round: bigint;
  readonly number: bigint;
  readonly period: bigint;
  readonly updates: bigint;
  readonly cells: string;
  readonly revealed: string[];
  readonly silent: string[];
  readonly vectors: string;
}

const APPEALED = "tuple(uint256, uint256, uint256, uint256, bytes, address[], address[], bytes)";

/** The one hash that the contract keeps of an appealed panel. */
export function appealDigest(panel: AppealedPanel): string {
  const { round, number, period, updates, cells, revealed, silent, vectors } = panel;
  const words = [round, number, period, updates, cells, revealed, silent, vectors];
  return keccak256(AbiCoder.defaultAbiCoder().encode([APPEALED], [words]));
}

/**
 * An appealed panel, of what the appeal's event tells and what its auditors revealed.
 *
 * @param told - by the event
 * @param known - vectors of the round, the earliest first; of several of an auditor the last counts
 * @param digest - that the contract keeps
 * @throws EventMissingError if that is not what was appealed
 */
export function appealedPanelOf(
  told: Omit<AppealedPanel, "vectors">,
  known: readonly RevealedVector[],
  digest: string,
): AppealedPanel {
  const byAuditor = new Map(known.map(({ auditor, scores }) => [auditor, scores]));
  const panel = { ...told, vectors: concat(told.revealed.map((auditor) => byAuditor.get(auditor) ?? "0x")) };
  if (appealDigest(panel) !== digest)
    throw new EventMissingError(`what was appealed of panel ${told.number} of round ${told.round}`, digest);
  return panel;
}
