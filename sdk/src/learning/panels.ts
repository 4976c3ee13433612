import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";

import { MAX_PANELS } from "../protocol.js";
import { ABSENT } from "./scores.js";
import { PanelCountError, PermutationSizeError, ScoreLengthError } from "./errors.js";

/** Client ids in a cell. */
export const CELL_CLIENTS = 8;

const ROUNDS = 8;
const WORD_BYTES = 32;
/** Added to a score, so that absence becomes 0. */
const BIAS = -ABSENT;
const CELLS = keccak_256(utf8ToBytes("artel.panels.cells.v1"));
const AUDITORS = keccak_256(utf8ToBytes("artel.panels.auditors.v1"));

/** What the panels of a round follow from, beside its seed. */
export interface PanelSizes {
  /** Clients that have joined the task. */
  readonly clients: number;
  /** Auditors that have joined the task. */
  readonly auditors: number;
  /** Cells a panel aims at, as in the terms. */
  readonly panelCells: number;
  /** Auditors on a panel, as in the terms. */
  readonly panelSeats: number;
}

/** A panel of a round. */
export interface Panel {
  /** Its cells, in the order in which vectors have them: ids from `8 * cell` on. */
  readonly cells: readonly number[];
  /** Ids of its auditors, seat by seat. */
  readonly auditors: readonly number[];
}

/**
 * A keyed permutation of the numbers from 0 to `size - 1`, equal to that of the contract (`PermutationLib`): eight
 * rounds, each of which adds a hash of one half of a number to the other half, until the number is below `size`.
 *
 * @param seed - seed of a round, 0x-prefixed bytes32
 * @param domain - 32 bytes that tell the permutations of a seed apart
 * @param size - from 1 to 2^24
 * @returns the number at each position
 * @throws PermutationSizeError
 */
export function permutation(seed: string, domain: Uint8Array, size: number): Uint32Array {
  if (!Number.isInteger(size) || size < 1 || size > 1 << 24) throw new PermutationSizeError(size);
  const a = Math.ceil(Math.sqrt(size));
  const b = Math.ceil(size / a);
  const shifts = shiftsOf(keccak_256(concatBytes(domain, hexToBytes(seed.slice(2)))), a, b);
  return Uint32Array.from({ length: size }, (_, position) => {
    let value = position;
    do {
      let upper = Math.floor(value / b);
      let lower = value % b;
      for (let round = 0; round < ROUNDS; round += 2) {
        upper = (upper + shifts(round, lower)) % a;
        lower = (lower + shifts(round + 1, upper)) % b;
      }
      value = upper * b + lower;
    } while (value >= size);
    return value;
  });
}

/**
 * Cells of a round in the order of its seed: the order of panels, and of the aggregation tree.
 *
 * @param seed - seed of the round, 0x-prefixed bytes32
 * @throws PermutationSizeError
 */
export function cellOrder(seed: string, clients: number): Uint32Array {
  return permutation(seed, CELLS, Math.ceil(clients / CELL_CLIENTS));
}

/**
 * Number of panels of a round.
 *
 * @throws PanelCountError if there are not the auditors for one, or no clients
 */
export function panelCount({ clients, auditors, panelCells, panelSeats }: PanelSizes): number {
  const cells = Math.ceil(clients / CELL_CLIENTS);
  const count = Math.min(Math.ceil(cells / panelCells), Math.floor(auditors / panelSeats), MAX_PANELS);
  if (count < 1) throw new PanelCountError(clients, auditors);
  return count;
}

/**
 * Bytes of every vector of a round: a word for each two cells of the largest panel.
 *
 * @throws PanelCountError
 */
export function vectorLength(sizes: PanelSizes): number {
  const largest = Math.ceil(Math.ceil(sizes.clients / CELL_CLIENTS) / panelCount(sizes));
  return Math.ceil(largest / 2) * WORD_BYTES;
}

/**
 * The panels of a round: cells and auditors in the order of the seed, cut into parts that differ by one cell at most.
 *
 * @param seed - seed of the round, 0x-prefixed bytes32
 * @throws PanelCountError
 */
export function panelsOf(seed: string, sizes: PanelSizes): Panel[] {
  const count = panelCount(sizes);
  const cells = cellOrder(seed, sizes.clients);
  const auditors = permutation(seed, AUDITORS, sizes.auditors);
  const seats = sizes.panelSeats;
  const first = (panel: number) => Math.floor((panel * cells.length) / count);
  return Array.from({ length: count }, (_, panel) => ({
    cells: [...cells.subarray(first(panel), first(panel + 1))],
    auditors: [...auditors.subarray(panel * seats, (panel + 1) * seats)],
  }));
}

/**
 * Ids of the clients of a panel, in its order.
 *
 * @param clients - clients that have joined: the last cell may not be full
 */
export function clientsOf(panel: Panel, clients: number): number[] {
  return panel.cells
    .flatMap((cell) => Array.from({ length: CELL_CLIENTS }, (_, lane) => cell * CELL_CLIENTS + lane))
    .filter((id) => id < clients);
}

/**
 * A vector of scores for a panel, laid out as the contract takes it: two cells a word, lane by lane.
 *
 * @param scoreOf - score of a client id, {@link ABSENT} for one without an update
 * @param length - see {@link vectorLength}
 * @throws ScoreLengthError if the panel has more cells than that
 */
export function encodeVector(panel: Panel, scoreOf: (id: number) => number, length: number): Uint8Array {
  if (panel.cells.length * 2 * CELL_CLIENTS > length)
    throw new ScoreLengthError(length, panel.cells.length * 2 * CELL_CLIENTS);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  for (const { id, offset } of places(panel)) view.setUint16(offset, scoreOf(id) + BIAS);
  return bytes;
}

/**
 * Scores of a vector, or medians of a settled panel, by client id.
 *
 * @throws ScoreLengthError if the bytes are too few for the panel
 */
export function decodeVector(panel: Panel, bytes: Uint8Array): Map<number, number> {
  if (panel.cells.length * 2 * CELL_CLIENTS > bytes.length)
    throw new ScoreLengthError(bytes.length, panel.cells.length * 2 * CELL_CLIENTS);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return new Map([...places(panel)].map(({ id, offset }) => [id, view.getUint16(offset) - BIAS]));
}

/** An auditor of a panel, with what it revealed unless it was silent. */
export interface SeatOpening {
  /** Account of the auditor. */
  readonly auditor: string;
  /** Salt and vector of its commitment; undefined if it did not reveal. */
  readonly revealed?: { readonly salt: string; readonly scores: Uint8Array };
}

/**
 * What `settlePanel` takes: seat by seat the auditor, and if it has revealed, salt and vector.
 *
 * @returns 0x-prefixed bytes
 */
export function packOpenings(seats: readonly SeatOpening[]): string {
  const parts = seats.flatMap(({ auditor, revealed }) => [
    hexToBytes(auditor.slice(2)),
    ...(revealed === undefined ? [] : [hexToBytes(revealed.salt.slice(2)), revealed.scores]),
  ]);
  return `0x${bytesToHex(concatBytes(...parts))}`;
}

/** Where the score of each client of a panel stands in a vector, ids beyond the last client included. */
function* places(panel: Panel): Generator<{ id: number; offset: number }> {
  for (const [index, cell] of panel.cells.entries()) {
    for (let lane = 0; lane < CELL_CLIENTS; lane++) {
      // lanes of four bytes, the first the last in its word; the first of two cells in the upper half of each
      const offset = (index >> 1) * WORD_BYTES + (CELL_CLIENTS - 1 - lane) * 4 + (index & 1) * 2;
      yield { id: cell * CELL_CLIENTS + lane, offset };
    }
  }
}

/** What a half of a number is shifted by in a round, given the other half. Each is hashed once at most. */
function shiftsOf(key: Uint8Array, a: number, b: number): (round: number, half: number) => number {
  const input = new Uint8Array(2 * WORD_BYTES);
  input.set(key);
  const view = new DataView(input.buffer);
  const known = new Map<number, number>();
  return (round, half) => {
    const index = half * ROUNDS + round;
    let shift = known.get(index);
    if (shift === undefined) {
      // the number of the round in the upper half of the word, the hashed half of the number in the lower
      view.setUint8(WORD_BYTES + 15, round);
      view.setUint32(2 * WORD_BYTES - 4, half);
      shift = remainder(keccak_256(input), round % 2 === 0 ? a : b);
      known.set(index, shift);
    }
    return shift;
  };
}

/** A big-endian number modulo a divisor below 2^24. */
function remainder(bytes: Uint8Array, divisor: number): number {
  return bytes.reduce((rest, byte) => (rest * 256 + byte) % divisor, 0);
}
