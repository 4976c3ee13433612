import {
  BALLOT_UNITS,
  countElection,
  electionBallotDigest,
  ElectionMethod,
  ElectionPhase,
  ElectionTiedError,
  MAX_PLACES,
  rankingsIn,
  signedElectionBallot,
  signElectionBallot,
  type ElectionBallot,
  type SignedElectionBallot,
} from "@artel/sdk";
import { expect } from "chai";
import { id, Wallet } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";

const { ethers, networkHelpers } = await network.create({ network: "l1", chainType: "l1" });
const { provider } = ethers;

const MEMBERS = 24;
const DAY = 86_400;
const OFFICE = id("guardian");

/** A cooperative of which the members are `wallets`, in the order of their numbers. */
async function fixture() {
  const [cooperative, stranger] = await ethers.getSigners();
  const dids = await ethers.deployContract("DIDRegistry");
  const membership = await ethers.deployContract("Membership", [dids.target]);
  const elections = await ethers.deployContract("Elections", [membership.target]);
  const wallets = Array.from({ length: MEMBERS }, (_, i) => new Wallet(id(`member ${i + 1}`), provider));
  for (const { address } of wallets) await networkHelpers.setBalance(address, 10n ** 18n);
  await membership.connect(cooperative).admit(wallets.map(({ address }) => address));
  const { chainId } = await provider.getNetwork();
  const address = await elections.getAddress();
  return { cooperative, stranger, membership, elections, address, wallets, chainId };
}

type Fixture = Awaited<ReturnType<typeof fixture>>;

/** An election in its voting period; members 1 to `candidates` have the places of their numbers. */
async function open(
  { cooperative, elections, wallets }: Fixture,
  method: ElectionMethod,
  seats: number,
  candidates: number,
) {
  const terms = { office: OFFICE, method, seats, nominationPeriod: DAY, votingPeriod: DAY, term: 30 * DAY };
  await elections.connect(cooperative).open(terms);
  const [, election] = await elections.officeOf(cooperative.address, OFFICE);
  for (const wallet of wallets.slice(0, candidates)) await elections.connect(wallet).stand(election, id("why me"));
  await networkHelpers.time.increase(DAY + 1);
  return election;
}

/** Counts in pages until there is a result. */
async function count({ elections, stranger }: Fixture, election: bigint, work: number) {
  while ((await elections.phaseOf(election)) !== BigInt(ElectionPhase.Decided)) {
    const { lotBlock, seed } = await elections.progressOf(election);
    if (lotBlock !== 0n && BigInt(seed) === 0n) await networkHelpers.mineUpTo(lotBlock);
    await elections.connect(stranger).count(election, work);
  }
}

const set = (places: readonly number[]) => places.reduce((bits, place) => bits | (1n << BigInt(place)), 0n);

describe("elections across the ABI", () => {
  it("has the contract's numbers", async () => {
    const { elections } = await networkHelpers.loadFixture(fixture);
    expect(await elections.MAX_PLACES()).to.equal(MAX_PLACES);
  });

  it("ELC-06 signed ballots of a batch count, from a signer and from a digest", async () => {
    const all = await networkHelpers.loadFixture(fixture);
    const { elections, address, chainId, wallets, stranger } = all;
    const election = await open(all, ElectionMethod.Approval, 2, 3);
    const first: ElectionBallot = { election, choices: [1, 3], voter: wallets[4].address, nonce: 0n };
    const second: ElectionBallot = { election, choices: [3], voter: wallets[5].address, nonce: 1n };
    const digest = electionBallotDigest(address, chainId, second);
    const ballots = [
      await signElectionBallot(wallets[4], address, chainId, first),
      signedElectionBallot(second, wallets[5].signingKey.sign(digest).serialized),
    ];
    await expect(elections.connect(stranger).castBallotsBySig(election, ballots))
      .to.emit(elections, "BallotCast")
      .withArgs(election, wallets[4].address, 5n, [1n, 3n])
      .and.to.emit(elections, "BallotCast")
      .withArgs(election, wallets[5].address, 6n, [3n]);
    expect(await elections.ballotOf(election, 6n)).to.deep.equal([2n, [3n]]);
  });

  /** Random elections, counted on the chain in random pages and by the SDK, which shares no code with it. */
  it("ELC-08 ELC-12 results equal those of an independent count", async function () {
    this.timeout(60_000);
    const all = await networkHelpers.loadFixture(fixture);
    const { elections, address, chainId, wallets, stranger } = all;
    const start = await networkHelpers.takeSnapshot();
    const places = fc.integer({ min: 1, max: 7 });
    const scenario = fc.record({
      method: fc.constantFrom(ElectionMethod.Ranked, ElectionMethod.Ranked, ElectionMethod.Approval),
      seats: fc.integer({ min: 1, max: 5 }),
      candidates: places,
      withdrawn: fc.option(places, { freq: 2 }),
      rankings: fc.array(fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7]), { minLength: 8, maxLength: MEMBERS }),
      work: fc.integer({ min: 1, max: 200 }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ method, seats, candidates, withdrawn, rankings, work }) => {
        await start.restore();
        const election = await open(all, method, seats, candidates);
        // the lower places first more often: else everything is even
        const choices = rankings.map((ranking, i) => {
          const onPaper = ranking.filter((place) => place <= candidates);
          return i % 3 === 0 ? onPaper.toSorted((a, b) => a - b) : onPaper;
        });
        const ballots: SignedElectionBallot[] = [];
        for (const [i, chosen] of choices.entries()) {
          const ballot = { election, choices: chosen, voter: wallets[i].address, nonce: 0n };
          ballots.push(await signElectionBallot(wallets[i], address, chainId, ballot));
        }
        await elections.connect(stranger).castBallotsBySig(election, ballots);
        const contenders = Array.from({ length: candidates }, (_, i) => i + 1).filter((place) => place !== withdrawn);
        if (contenders.length < candidates) await elections.connect(wallets[withdrawn! - 1]).withdraw(election);
        await networkHelpers.time.increase(DAY);
        await count(all, election, work);

        const words = await elections.ballotWords(election, 0, 7);
        expect(rankingsIn(words)).to.deep.equal(choices);
        const { elected, stage, seed, quota } = await elections.progressOf(election);
        const drawn = BigInt(seed) === 0n ? undefined : seed;
        const expected = countElection({ method, seats, candidates: contenders, rankings: choices, seed: drawn });
        expect(elected).to.equal(set(expected.elected));
        expect(quota).to.equal(expected.quota);
        expect(stage).to.equal(BigInt(expected.stages.length));
        for (const [i, votes] of expected.stages.entries()) {
          expect([...(await elections.votesAt(election, i + 1))]).to.deep.equal(votes.slice(0, candidates + 1));
        }
      }),
      { numRuns: 15, seed: 20_261_122 },
    );
  });

  it("ELC-11 the count of the SDK says when a lot is needed", () => {
    const election = { method: ElectionMethod.Ranked, seats: 1, candidates: [1, 2], rankings: [[1], [2]] };
    expect(() => countElection(election))
      .to.throw(ElectionTiedError)
      .with.property("code", "elections/tied");
    const { elected, stages } = countElection({ ...election, seed: id("seed") });
    expect(elected).to.have.length(1);
    expect(stages[0].slice(0, 3)).to.deep.equal([0n, BALLOT_UNITS, BALLOT_UNITS]);
  });
});
