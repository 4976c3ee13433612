import { outlookOf, proposalText, titleOf, type Fractions, type Tally } from "@artel/sdk";
import { expect } from "chai";
import fc from "fast-check";

/** The rules of the specification (GOV-07 to GOV-10), one after the other. */
function passes({ yes, no, abstain, vetoes, electorate }: Tally, policy: Fractions): boolean {
  const decided = yes + no + vetoes;
  const [approval, of] = [BigInt(policy.approvalNumerator), BigInt(policy.approvalDenominator)];
  const isApproved = policy.strict ? yes * of > approval * decided : yes * of >= approval * decided;
  const isQuorate =
    (decided + abstain) * BigInt(policy.quorumDenominator) >= BigInt(policy.quorumNumerator) * electorate;
  const veto = BigInt(policy.vetoDenominator);
  const isVetoed = veto !== 0n && vetoes * veto >= BigInt(policy.vetoNumerator) * electorate;
  return yes > 0n && isApproved && isQuorate && !isVetoed;
}

const count = fc.bigInt(0n, 40n);
const tallies = fc
  .record({ yes: count, no: count, abstain: count, vetoes: count, others: count })
  .map(({ others, ...ballots }) => ({
    ...ballots,
    electorate: ballots.yes + ballots.no + ballots.abstain + ballots.vetoes + others,
  }));
const fraction = fc
  .integer({ min: 1, max: 255 })
  .chain((of) => fc.tuple(fc.integer({ min: 0, max: of }), fc.constant(of)));
const policies = fc
  .record({ approval: fraction, quorum: fraction, veto: fc.option(fraction), strict: fc.boolean() })
  .map(({ approval: [a, ofA], quorum: [q, ofQ], veto, strict }): Fractions => {
    const [v, ofV] = veto === null ? [0, 0] : [Math.max(1, veto[0]), veto[1]];
    return {
      ...{ approvalNumerator: a, approvalDenominator: ofA, strict: strict && a < ofA },
      ...{ quorumNumerator: q, quorumDenominator: ofQ, vetoNumerator: v, vetoDenominator: ofV },
    };
  });

describe("outlook of a vote", () => {
  it("CGV-07 says exactly how many more yes-ballots it takes, and when vetoes defeat it", () => {
    fc.assert(
      fc.property(tallies, policies, (tally, policy) => {
        const { missing, isVetoed, quorum } = outlookOf(tally, policy);
        const after = (more: bigint) => passes({ ...tally, yes: tally.yes + more }, policy);
        const isReachable = missing <= tally.electorate || tally.no + tally.vetoes === 0n;
        if (isVetoed) expect(after(missing)).to.equal(false);
        else if (isReachable) expect(after(missing)).to.equal(true);
        if (missing > 0n && isReachable) expect(after(missing - 1n)).to.equal(false);
        // A full quorum of yes-ballots meets the quorum, one ballot fewer does not.
        const all = { ...tally, yes: quorum, no: 0n, abstain: 0n, vetoes: 0n };
        if (quorum > 0n) {
          expect(passes(all, { ...policy, strict: false })).to.equal(true);
          if (quorum > 1n) expect(passes({ ...all, yes: quorum - 1n }, policy)).to.equal(false);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("CGV-01 finds the title of a description, and takes no mark for one", () => {
    const proposer = "0x00000000000000000000000000000000000000AA";
    const text = proposalText({ title: "Pay Ann", text: "# Why\n\nShe asked.\n", proposer });
    expect(text).to.equal(`# Pay Ann\n\n# Why\n\nShe asked.\n\n#proposer=${proposer.toLowerCase()}`);
    expect(titleOf(text)).to.equal("Pay Ann");
    expect(titleOf(`#proposer=${proposer}`)).to.equal("(untitled)");
    expect(titleOf("\n\n## \n  plain  \n# no")).to.equal("plain");
  });
});
