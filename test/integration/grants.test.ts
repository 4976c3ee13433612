import { grantOffer, matchesOf, matchingRound, type FundedAction, type NetworkContracts } from "@artel/sdk";
import { expect } from "chai";
import fc from "fast-check";
import { id, keccak256, ZeroAddress, ZeroHash } from "ethers";
import { network } from "hardhat";

const { ethers, networkHelpers } = await network.create({ network: "l1", chainType: "l1" });

const DAY = 86_400n;
const DESCRIPTION = `0x01551220${"ab".repeat(32)}`;

/** A cooperative of one account, whose members are the accounts after it. */
async function fixture() {
  const [cooperative, ...members] = await ethers.getSigners();
  const dids = await ethers.deployContract("DIDRegistry");
  const membership = await ethers.deployContract("Membership", [dids.target]);
  const elections = await ethers.deployContract("Elections", [membership.target]);
  const grants = await ethers.deployContract("Grants", [membership.target, elections.target]);
  const matching = await ethers.deployContract("MatchingRounds", [membership.target]);
  const token = await ethers.deployContract("LocalToken", ["Euro", "EUR"]);
  await membership.admit(members.slice(0, 8).map(({ address }) => address));
  await token.mint(cooperative.address, 10n ** 30n);
  for (const member of members.slice(0, 8)) {
    await token.mint(member.address, 10n ** 40n);
    await token.connect(member).approve(matching.target, 2n ** 256n - 1n);
  }
  const contracts = { grants, matching } as unknown as NetworkContracts;
  return { cooperative, members, grants, matching, token, contracts };
}

type Fixture = Awaited<ReturnType<typeof fixture>>;

/** Carries actions out as a Treasury would. */
async function carryOut({ cooperative }: Fixture, actions: readonly FundedAction[]) {
  for (const { target, data, value } of actions) await cooperative.sendTransaction({ to: target, data, value });
}

async function grantTerms({ members: [recipient, reviewer] }: Fixture) {
  const now = BigInt(await networkHelpers.time.latest());
  return {
    ...{ recipient: recipient.address, reviewer: reviewer.address, office: ZeroHash, acceptBy: now + 7n * DAY },
    ...{ reviewPeriod: 5n * DAY, decisionPeriod: 10n * DAY, description: DESCRIPTION },
    milestones: [
      { amount: 100n, deadline: now + 30n * DAY },
      { amount: 200n, deadline: now + 60n * DAY },
    ],
  };
}

async function roundTerms(minContributors: number) {
  const now = BigInt(await networkHelpers.time.latest());
  return {
    ...{ startsAt: now + DAY, endsAt: now + 2n * DAY, settlesAt: now + 3n * DAY },
    ...{ minimum: 1n, cap: 2n ** 128n - 1n, minContributors, maxProjects: 8, description: DESCRIPTION },
  };
}

describe("grants across the ABI", () => {
  it("GRT-19 an offer takes exactly its milestones from the Treasury, and is worked off", async () => {
    const context = await networkHelpers.loadFixture(fixture);
    const { grants, token, members, contracts, cooperative } = context;
    const [recipient, reviewer] = members;
    const actions = await grantOffer(contracts, await token.getAddress(), await grantTerms(context));
    expect(actions.map(({ target, value }) => [target, value])).to.deep.equal([
      [token.target, 0n],
      [grants.target, 0n],
    ]);
    await carryOut(context, actions);
    expect(await token.balanceOf(grants)).to.equal(300n);
    expect(await token.allowance(cooperative, grants)).to.equal(0n);

    await grants.connect(recipient).accept(1n);
    await grants.connect(recipient).deliver(1n, 0n, DESCRIPTION);
    await expect(grants.connect(reviewer).approve(1n, 0n, keccak256(DESCRIPTION)))
      .to.emit(grants, "PaymentOwed")
      .withArgs(token, recipient, 100n);
    await grants.collect(token, recipient);
    await networkHelpers.time.increase(61n * DAY);
    await grants.reclaim(1n, 1n);
    await grants.collect(token, cooperative);
    expect(await token.balanceOf(grants)).to.equal(0n);
    expect(await token.balanceOf(recipient)).to.equal(10n ** 40n + 100n);
  });

  it("GRT-19 native currency goes with the offer and with the pool", async () => {
    const context = await networkHelpers.loadFixture(fixture);
    const { grants, matching, contracts } = context;
    const offer = await grantOffer(contracts, ZeroAddress, await grantTerms(context));
    const round = await matchingRound(contracts, ZeroAddress, 5n, await roundTerms(2));
    expect([...offer, ...round].map(({ value }) => value)).to.deep.equal([300n, 5n]);
    await carryOut(context, [...offer, ...round]);
    expect(await grants.totalHeld(ZeroAddress)).to.equal(300n);
    expect(await matching.totalHeld(ZeroAddress)).to.equal(5n);
  });
});

/**
 * The exact match of a project, by other means than the contract's: roots with 256 digits after the point, found by
 * bisection.
 * @returns bounds of the square of the sum of roots less the sum, in 2^-256
 */
function exactMatch(gifts: readonly bigint[]): { low: bigint; high: bigint } {
  const root = (square: bigint) => {
    let [low, high] = [0n, 1n << 330n];
    while (high - low > 1n) {
      const middle = (low + high) / 2n;
      if (middle * middle <= square) low = middle;
      else high = middle;
    }
    return low;
  };
  const sum = gifts.reduce((total, gift) => total + gift, 0n) << 256n;
  const roots = gifts.reduce((total, gift) => total + root(gift << 512n), 0n);
  const highest = roots + BigInt(gifts.length);
  return { low: ((roots * roots) >> 256n) - sum, high: ((highest * highest) >> 256n) + 1n - sum };
}

/** From one unit to a quintillion, small and large ones as likely. */
const gift = fc
  .tuple(fc.bigInt(1n, 999n), fc.integer({ min: 0, max: 60 }))
  .map(([digits, shift]) => digits << BigInt(shift));

/** Up to eight members give to up to four projects. */
const gifts = fc.array(fc.array(gift, { maxLength: 8 }), { minLength: 1, maxLength: 4 });

describe("quadratic matching", () => {
  it("GRT-14 GRT-15 GRT-19 pays to the unit what arithmetic without bounds says", async function () {
    this.timeout(60_000);
    const check = async (projects: bigint[][], pool: bigint, minContributors: number) => {
      const context = await networkHelpers.loadFixture(fixture);
      const { matching, token, members, contracts } = context;
      const terms = await roundTerms(minContributors);
      await carryOut(context, await matchingRound(contracts, await token.getAddress(), pool, terms));
      for (const [index] of projects.entries()) {
        await matching.connect(members[index]).register(1n, ethers.Wallet.createRandom().address, DESCRIPTION);
      }
      await networkHelpers.time.increaseTo(terms.startsAt);
      for (const [project, given] of projects.entries()) {
        for (const [member, amount] of given.entries()) {
          // in two parts where that is possible: they count as one
          for (const part of [amount / 3n, amount - amount / 3n].filter((each) => each > 0n)) {
            await matching.connect(members[member]).contribute(1n, BigInt(project + 1), part);
          }
        }
      }
      await networkHelpers.time.increaseTo(terms.settlesAt);
      const expected = matchesOf(pool, projects, minContributors);
      const before = await Promise.all(projects.map((_, index) => matching.matchOf(1n, BigInt(index + 1))));
      expect(before).to.deep.equal(expected);
      await matching.settle(
        1n,
        projects.map((_, index) => BigInt(index + 1)),
      );
      const paid = (await matching.roundOf(1n)).matched;
      expect(paid).to.equal(expected.reduce((sum, each) => sum + each, 0n));
      expect(paid <= pool).to.equal(true);

      // against the exact formula: never above it, and below by no more than the roots' rounding allows
      for (const given of projects) {
        const [unbounded] = matchesOf(2n ** 256n, [given], 0);
        const { low, high } = exactMatch(given);
        expect(unbounded << 256n <= high, "above the exact match").to.equal(true);
        const roots = given.reduce((sum, each) => sum + BigInt(Math.ceil(Math.sqrt(Number(each)))) + 1n, 0n);
        const slack = 2n + (2n * roots * BigInt(given.length)) / 65_536n;
        expect(unbounded >= (low >> 256n) - slack, "below the exact match").to.equal(true);
      }
    };
    await fc.assert(fc.asyncProperty(gifts, fc.bigInt(1n, 2n ** 80n), fc.integer({ min: 1, max: 3 }), check), {
      numRuns: 30,
      seed: Number(BigInt(id("matching")) & 0x7fffffffn),
    });
    await check([[100n, 100n, 100n, 100n], [225n, 25n], [900n]], 1000n, 2);
    expect(matchesOf(1000n, [[100n, 100n, 100n, 100n], [225n, 25n], [900n]], 2)).to.deep.equal([888n, 111n, 0n]);
    expect(matchesOf(1n, [], 1)).to.deep.equal([]);
  });
});
