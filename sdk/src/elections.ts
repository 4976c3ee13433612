import { AbiCoder, keccak256, TypedDataEncoder, type Signer, type TypedDataDomain } from "ethers";

import { ArtelError } from "./errors.js";

/** How ballots are read and counted; the numbers are those of `IElections`. */
export const ElectionMethod = { Ranked: 0, Approval: 1 } as const;
export type ElectionMethod = (typeof ElectionMethod)[keyof typeof ElectionMethod];

/** Where an election is; the numbers are those of `IElections`. */
export const ElectionPhase = { None: 0, Nomination: 1, Voting: 2, Counting: 3, Decided: 4, Cancelled: 5 } as const;
export type ElectionPhase = (typeof ElectionPhase)[keyof typeof ElectionPhase];

/** Most places on a paper, as `IElections.MAX_PLACES`. */
export const MAX_PLACES = 15;

/** Units that a ballot is worth in a count. */
export const BALLOT_UNITS = 100_000n;

/** A ballot to sign. `nonce` is 0 for the first ballot and 1 for the single signed change. */
export interface ElectionBallot {
  readonly election: bigint;
  /** Places on the paper: all that are approved of, or in order of preference; none is a blank ballot. */
  readonly choices: readonly number[];
  readonly voter: string;
  readonly nonce: bigint;
}

/** A ballot for `castBallotsBySig`. */
export interface SignedElectionBallot {
  readonly signer: string;
  readonly choices: number[];
  readonly isChange: boolean;
  readonly signature: string;
}

/** EIP-712 type of a ballot. */
export const ELECTION_BALLOT_TYPES = {
  ElectionBallot: [
    { name: "election", type: "uint256" },
    { name: "choices", type: "uint8[]" },
    { name: "voter", type: "address" },
    { name: "nonce", type: "uint256" },
  ],
};

/** EIP-712 domain of the elections of a network. */
export function electionDomain(elections: string, chainId: bigint): TypedDataDomain {
  return { name: "Artel Elections", version: "1", chainId, verifyingContract: elections };
}

/** What a wallet or a key (ERC-7913) signs for a ballot. */
export function electionBallotDigest(elections: string, chainId: bigint, ballot: ElectionBallot): string {
  return TypedDataEncoder.hash(electionDomain(elections, chainId), ELECTION_BALLOT_TYPES, ballot);
}

/**
 * A signed ballot for `castBallotsBySig`.
 * @param signer - who signed, as ERC-7913 writes it; `accountOf` of `@artel/sdk/identity` must give the voter
 */
export function signedElectionBallot(
  ballot: ElectionBallot,
  signature: string,
  signer = ballot.voter,
): SignedElectionBallot {
  return { signer, choices: [...ballot.choices], isChange: ballot.nonce === 1n, signature };
}

/**
 * Signs a ballot for `castBallotsBySig`; anybody may send it.
 * @param signer - the key of the voter's account, or the one behind the wallet contract that is the account
 */
export async function signElectionBallot(
  signer: Signer,
  elections: string,
  chainId: bigint,
  ballot: ElectionBallot,
): Promise<SignedElectionBallot> {
  const domain = electionDomain(elections, chainId);
  return signedElectionBallot(ballot, await signer.signTypedData(domain, ELECTION_BALLOT_TYPES, ballot));
}

/** Choices of every member with a ballot, from `IElections.ballotWords`. */
export function rankingsIn(words: readonly bigint[]): number[][] {
  const rankings: number[][] = [];
  for (const word of words) {
    for (let lane = 0n; lane < 4n; lane++) {
      const ballot = BigInt.asUintN(64, word >> (64n * lane));
      if (ballot === 0n) continue;
      const places = [...(ballot >> 4n).toString(16)].reverse().map((digit) => parseInt(digit, 16));
      rankings.push(places.filter((place) => place !== 0));
    }
  }
  return rankings;
}

/** What there is to count. */
export interface ElectionToCount {
  readonly method: ElectionMethod;
  readonly seats: number;
  /** Places of candidates who did not withdraw. */
  readonly candidates: readonly number[];
  readonly rankings: readonly (readonly number[])[];
  /** Seed of lots, once it is drawn. */
  readonly seed?: string;
}

/** The result of a count. */
export interface ElectionCount {
  /** In units; 0 if there was no valid ballot, and with approval. */
  readonly quota: bigint;
  /** Votes in units at the end of each stage, by place; the first is what was not transferable. */
  readonly stages: readonly (readonly bigint[])[];
  /** Places, in ascending order. */
  readonly elected: readonly number[];
}

/** Candidates are even, and no lot has been drawn. */
export class ElectionTiedError extends ArtelError {
  readonly code = "elections/tied";
  constructor(places: readonly number[]) {
    super(`Candidates on places ${places.join(", ")} are even`, places, "count again with the seed that was drawn");
  }
}

/** A parcel of one ballot: what it says, whom it is with (the index in `ranking`), what it is worth. */
interface Parcel {
  readonly ranking: readonly number[];
  readonly index: number;
  readonly worth: bigint;
}

/**
 * Counts an election again, as `CountLib` states it, by moving parcels between piles: a check of what the chain says
 * that shares none of its code.
 * @throws {@link ElectionTiedError} if a lot is needed and `seed` is missing
 */
export function countElection(election: ElectionToCount): ElectionCount {
  return election.method === ElectionMethod.Approval ? countApproval(election) : countRanked(election);
}

function countRanked({ seats, candidates, rankings, seed }: ElectionToCount): ElectionCount {
  const piles = new Map<number, Parcel[]>(candidates.map((place) => [place, []]));
  const votes = new Array<bigint>(MAX_PLACES + 1).fill(0n);
  const continuing = new Set(candidates);
  const elected = new Set<number>();
  const withSurplus = new Set<number>();
  const stages: bigint[][] = [];

  /** Hands a parcel to the next whom it names and who may receive it. */
  const give = (ranking: readonly number[], from: number, worth: bigint): boolean => {
    const index = ranking.findIndex((place, i) => i >= from && continuing.has(place));
    if (index < 0) return false;
    piles.get(ranking[index])!.push({ ranking, index, worth });
    votes[ranking[index]] += worth;
    return true;
  };
  const result = (quota: bigint): ElectionCount => ({ quota, stages, elected: ascending(elected) });
  const vacancies = () => seats - elected.size;

  const valid = rankings.filter((ranking) => give(ranking, 0, BALLOT_UNITS)).length;
  if (valid === 0) return { quota: 0n, stages: [[...votes]], elected: [] };
  const quota = (BigInt(valid) / BigInt(seats + 1) + 1n) * BALLOT_UNITS;

  for (;;) {
    stages.push([...votes]);
    for (const place of [...continuing].filter((each) => votes[each] >= quota)) {
      continuing.delete(place);
      elected.add(place);
      if (votes[place] > quota) withSurplus.add(place);
    }
    // Whoever has no votes can't gain any before they go, one after another; together they go at once.
    if (withSurplus.size === 0) {
      const idle = [...continuing].filter((place) => votes[place] === 0n);
      if (continuing.size - idle.length >= vacancies()) idle.forEach((place) => continuing.delete(place));
    }
    while (continuing.size > vacancies() && vacancies() > 0) {
      const isSurplus = withSurplus.size > 0;
      const mover = pickOne(stages, isSurplus ? withSurplus : continuing, isSurplus, seed);
      continuing.delete(mover);
      withSurplus.delete(mover);
      if (!isSurplus && (votes[mover] === 0n || continuing.size <= vacancies())) continue;

      const total = votes[mover];
      const surplus = isSurplus ? total - quota : total;
      votes[mover] = total - surplus;
      let lost = surplus;
      for (const { ranking, index, worth } of piles.get(mover)!) {
        const moved = (worth * surplus) / total;
        if (give(ranking, index + 1, moved)) lost -= moved;
      }
      votes[0] += lost;
      break;
    }
    if (vacancies() === 0) return result(quota);
    if (continuing.size <= vacancies()) {
      continuing.forEach((place) => elected.add(place));
      return result(quota);
    }
  }
}

function countApproval({ seats, candidates, rankings, seed }: ElectionToCount): ElectionCount {
  const votes = new Array<bigint>(MAX_PLACES + 1).fill(0n);
  for (const place of rankings.flat()) if (candidates.includes(place)) votes[place] += BALLOT_UNITS;
  const left = new Set(candidates.filter((place) => votes[place] > 0n));
  const elected = new Set<number>();
  while (elected.size < seats && left.size > 0) {
    const most = evenOnes([votes], left, true);
    const places = elected.size + most.length <= seats ? most : [draw(most, 1, seed)];
    for (const place of places) {
      left.delete(place);
      elected.add(place);
    }
  }
  return { quota: 0n, stages: [votes], elected: ascending(elected) };
}

function ascending(places: Iterable<number>): number[] {
  return [...places].sort((a, b) => a - b);
}

/** The one with the most or fewest votes, now or at the latest stage in which they differed, or by lot. */
function pickOne(stages: readonly bigint[][], places: Iterable<number>, isMost: boolean, seed?: string): number {
  const even = evenOnes(stages, places, isMost);
  return even.length === 1 ? even[0] : draw(even, stages.length, seed);
}

function evenOnes(stages: readonly bigint[][], places: Iterable<number>, isMost: boolean): number[] {
  const compare = (a: number, b: number): number => {
    const latest = stages.findLast((votes) => votes[a] !== votes[b]);
    if (latest === undefined) return 0;
    return latest[a] > latest[b] === isMost ? -1 : 1;
  };
  const sorted = [...places].sort(compare);
  return sorted.filter((place) => compare(place, sorted[0]) === 0);
}

function draw(places: readonly number[], stage: number, seed?: string): number {
  if (seed === undefined) throw new ElectionTiedError(ascending(places));
  const lots = places.map((place) => ({
    place,
    lot: keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint8", "uint256"], [seed, stage, place])),
  }));
  return lots.reduce((first, other) => (other.lot < first.lot ? other : first)).place;
}
