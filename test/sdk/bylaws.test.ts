import { expect } from "chai";
import fc from "fast-check";
import { Interface } from "ethers";

import {
  Approval,
  BylawsInput,
  Duration,
  formatDuration,
  lintBylaws,
  MAX_PHASE,
  PRESETS,
  quorumNeeded,
  Quorum,
  resolveBylaws,
  summarise,
  Veto,
  vetoesNeeded,
  yesNeeded,
  type BylawsClass,
  type NamedContract,
  type Policy,
} from "../../sdk/src/bylaws/index.js";
import { IMembership__factory, IPolicyBook__factory } from "../../sdk/src/contracts/index.js";

const MEMBERSHIP = "0x1111111111111111111111111111111111111111";
const POLICY_BOOK = "0x2222222222222222222222222222222222222222";
const CONTRACTS: readonly NamedContract[] = [
  { name: "Membership", address: MEMBERSHIP, interface: IMembership__factory.createInterface() },
  { name: "PolicyBook", address: POLICY_BOOK, interface: IPolicyBook__factory.createInterface() },
  {
    name: "LearningTasks",
    address: "0x3333333333333333333333333333333333333333",
    interface: new Interface(["function openTask(uint256)", "function twice(uint256)", "function twice(bool)"]),
  },
];
const TOKEN = "0x4444444444444444444444444444444444444444";
type Preset = keyof typeof PRESETS;

/** Findings about a preset with changes, as `severity code`. */
function codes(changes: object, members = 40, preset: Preset = "worker-cooperative"): string[] {
  const bylaws = resolveBylaws(BylawsInput.parse({ preset, ...changes }), CONTRACTS);
  const findings = lintBylaws(bylaws, { members, membership: MEMBERSHIP, policyBook: POLICY_BOOK });
  return findings.map(({ severity, code }) => `${severity} ${code}`);
}

/** Whether ballots pass, by the formulas of GOV-07 to GOV-10. */
function passes(policy: Policy, [yes, no, abstain, veto]: readonly number[], electorate: number): boolean {
  const decided = yes + no + veto;
  const [reached, needed] = [yes * policy.approvalDenominator, decided * policy.approvalNumerator];
  const hasQuorum = (decided + abstain) * policy.quorumDenominator >= electorate * policy.quorumNumerator;
  const vetoed = policy.vetoDenominator !== 0 && veto * policy.vetoDenominator >= electorate * policy.vetoNumerator;
  return yes > 0 && hasQuorum && !vetoed && (policy.strict ? reached > needed : reached >= needed);
}

const parsed = (text: string) => Duration.safeParse(text).data;

describe("bylaws", () => {
  it("CLI-22 are written in units that people use", () => {
    expect(["7 days", "1 week", "36 hours", "90 minutes", "1 second", "none", "0"].map(parsed)).to.deep.equal([
      604_800, 604_800, 129_600, 5_400, 1, 0, 0,
    ]);
    expect(["7", "days", "-1 days", "1.5 days", "7 dayss", "200 years", "9999999 weeks", ""].map(parsed)).to.deep.equal(
      Array(8).fill(undefined),
    );
    expect(Approval.parse("more than 1/2")).to.deep.equal({ numerator: 1, denominator: 2, strict: true });
    expect(Approval.parse("at least 2/3")).to.deep.equal(Approval.parse("2/3"));
    expect(Approval.parse("75%")).to.deep.equal({ numerator: 75, denominator: 100, strict: false });
    expect(Approval.parse("none")).to.deep.equal({ numerator: 0, denominator: 1, strict: false });
    expect(Quorum.parse("5%")).to.deep.equal({ numerator: 5, denominator: 100 });
    expect(Veto.parse("none")).to.deep.equal({ numerator: 0, denominator: 0 });
    expect(Veto.parse("any member")).to.deep.equal({ numerator: 1, denominator: 255 });
    for (const wrong of ["0.5", "half", "1/256", "300%", "more than none", "more than", "2/", "-1/2"]) {
      expect(Approval.safeParse(wrong).success, wrong).to.equal(false);
    }
    for (const wrong of ["more than 1/2", "any member", "all"]) expect(Quorum.safeParse(wrong).success).to.equal(false);
  });

  it("CLI-22 tell a time as it was written, or as a longer unit has it", () => {
    fc.assert(fc.property(fc.nat(2 ** 31), (seconds) => parsed(formatDuration(seconds)) === seconds));
    expect(formatDuration(86_400)).to.equal("1 day");
  });

  it("CLI-18 take as many yes, voters and vetoes as a count of all outcomes says", () => {
    const fraction = fc
      .tuple(fc.nat(255), fc.integer({ min: 1, max: 255 }))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    const some = fraction.filter(([numerator]) => numerator > 0);
    fc.assert(
      fc.property(fraction, fc.boolean(), fraction, fc.option(some), fc.integer({ min: 1, max: 60 }), (...drawn) => {
        const [approval, more, quorum, veto, members] = drawn;
        const policy = {
          ...PLAIN.policy,
          ...{
            approvalNumerator: approval[0],
            approvalDenominator: approval[1],
            strict: more && approval[0] < approval[1],
          },
          ...{ quorumNumerator: quorum[0], quorumDenominator: quorum[1] },
          ...{ vetoNumerator: veto?.[0] ?? 0, vetoDenominator: veto?.[1] ?? 0 },
        };
        const counts = Array.from({ length: members + 1 }, (_, i) => i);
        const yes = counts.find((count) => passes(policy, [count, members - count, 0, 0], members));
        expect(yesNeeded(policy, members)).to.equal(yes);
        const quorate = counts.find((count) => passes(policy, [count, 0, 0, 0], members));
        expect(quorumNeeded(policy, members)).to.equal(quorate);
        const lenient = { ...policy, approvalNumerator: 0, approvalDenominator: 1, strict: false };
        const vetoes = counts.slice(0, -1).find((count) => !passes(lenient, [members - count, 0, 0, count], members));
        const needed = vetoesNeeded(policy, members);
        expect(needed === undefined || needed >= members ? undefined : needed).to.equal(vetoes);
      }),
    );
  });

  it("CLI-22 of every preset are free of findings for a cooperative of its size", () => {
    for (const preset of Object.keys(PRESETS) as Preset[]) expect(codes({}, 40, preset), preset).to.deep.equal([]);
    expect(codes({}, 7)).to.deep.equal([]);
    for (const preset of Object.keys(PRESETS) as Preset[]) {
      for (const members of [1, 2, 3, 7, 200]) {
        expect(codes({}, members, preset).filter((each) => each.startsWith("error"))).to.deep.equal([]);
      }
    }
  });

  it("CLI-22 of a preset change by the field, and leave the others as they are", () => {
    const input = BylawsInput.parse({ preset: "dao", classes: { ordinary: { quorum: "1/3" } } });
    const [own] = resolveBylaws(input, CONTRACTS).classes.slice(-1);
    const [plain] = resolveBylaws(BylawsInput.parse({ preset: "dao" }), CONTRACTS).classes.slice(-1);
    expect(own).to.deep.equal({
      ...plain,
      policy: { ...plain.policy, quorumNumerator: 1, quorumDenominator: 3 },
    } satisfies BylawsClass);
    expect(() => resolveBylaws(BylawsInput.parse({ rules: { "LearningTasks.twice": "x" } }), CONTRACTS)).to.throw(
      "names a class x that there is not",
    );
    const twice = { preset: "dao", rules: { "LearningTasks.twice": "ordinary" } };
    expect(() => resolveBylaws(BylawsInput.parse(twice), CONTRACTS)).to.throw("several functions of one name");
  });

  const ordinary = (fields: object) => ({ classes: { ordinary: fields } });
  const constitution = (fields: object) => ({ classes: { constitution: fields } });
  const spends = (own: object) => ({ class: "ordinary", spends: own });
  const limits = (...own: object[]) => ({
    limits: own.map((each) => ({ class: "ordinary", token: TOKEN, amount: "10", period: "30 days", ...each })),
  });
  const FINDINGS: readonly [string, string[]][] = [
    ["error invalid-field", codes(ordinary({ approval: "3/2" }))],
    ["error invalid-field", codes(ordinary({ approval: "more than 1/1" }))],
    ["error invalid-field", codes(ordinary({ quorum: "3/2" }))],
    ["error invalid-field", codes(ordinary({ veto: "0/5" }))],
    ["error invalid-field", codes(constitution({ votingPeriod: "98 days" }))],
    ["error invalid-field", codes(constitution({ executionDelay: "366 days" }))],
    ["error invalid-field", codes(ordinary({ executionWindow: "none" }))],
    ["error invalid-field", codes(ordinary({ lateWindow: "6 days" }))],
    ["error invalid-field", codes(ordinary({ lateWindow: "90 seconds" }))],
    ["error not-monotone", codes(ordinary({ approval: "3/4" }))],
    ["error not-monotone", codes(ordinary({ veto: "1/4" }))],
    ["error not-monotone", codes(ordinary({ seasoning: "1 day" }))],
    ["error no-constitution", codes(constitution({ rank: 6 }))],
    ["error pinned", codes({ rules: { "Membership.setNoticePeriod": "constitution" } })],
    ["error pinned", codes({ rules: { "PolicyBook.setRule": "ordinary" } })],
    ["error pinned", codes({ rules: { [`${MEMBERSHIP} multicall(bytes[])`]: "ordinary" } })],
    ["error notice-too-long", codes({ notice: "91 days" })],
    ["error invalid-field", codes(constitution({ sponsors: 16 }))],
    ["error not-monotone", codes(ordinary({ sponsors: 1 }))],
    ["error invalid-field", codes(constitution({ weighting: { category: "client", upTo: 5 } }))],
    ["error not-monotone", codes({ classes: { membership: { weighting: { category: "client", upTo: 5 } } } })],
    ["error invalid-rule", codes({ rules: { "LearningTasks.openTask": spends({ amount: 2, token: 2 }) } })],
    ["error invalid-rule", codes({ rules: { "LearningTasks.openTask": spends({ amount: "value", inStruct: true }) } })],
    ["error unmetered", codes({ rules: { [`${TOKEN} transfer(address,uint256)`]: spends({ amount: 1 }) } })],
    ["error unmetered", codes({ rules: { [`${TOKEN} approve(address,uint256)`]: spends({ amount: "value" }) } })],
    ["error invalid-limit", codes(limits({ class: "constitution" }))],
    ["error invalid-limit", codes(limits({ period: "none" }))],
    ["warning no-limit", codes({ rules: { native: "ordinary" } })],
    ["warning limit-unused", codes(limits({}))],
    ["warning limit-above", codes(limits({}, { class: "membership", amount: "9" }))],
    ["warning limit-above", codes(limits({}, { class: "membership", period: "31 days" }))],
    ["warning sponsors-many", codes(constitution({ sponsors: 3 }), 3)],
    ["warning approval-low", codes(ordinary({ approval: "1/3" }))],
    ["warning approval-low", codes(ordinary({ approval: "none" }))],
    ["warning approval-all", codes(constitution({ approval: "1/1" }))],
    ["warning quorum-low", codes(ordinary({ quorum: "1/40" }))],
    ["warning quorum-all", codes(constitution({ quorum: "1/1" }))],
    ["warning veto-of-one", codes(constitution({ veto: "1/40" }))],
    ["warning consent-many", codes({}, 300, "consent-circle")],
    ["warning voting-short", codes(ordinary({ votingPeriod: "2 days" }))],
    ["warning window-short", codes(ordinary({ executionWindow: "1 day" }))],
    ["warning no-late-window", codes(ordinary({ lateWindow: "none" }))],
    ["warning seasoning", codes(constitution({ seasoning: "30 days" }))],
    ["warning class-unused", codes({ rules: { "LearningTasks.openTask": "constitution" } })],
    ["warning one-member", codes({}, 1)],
    ["warning reaches-constitution", codes({ rules: { "Membership.suspend": "membership" } })],
    ["warning reaches-constitution", codes({ rules: { "Membership.expel": "membership" } })],
    ["warning packs-constitution", codes({ rules: { "Membership.admit": "ordinary" } })],
  ];
  for (const [i, [finding, found]] of FINDINGS.entries()) {
    it(`CLI-23 are found to have: ${finding} (${i + 1})`, () => expect(found).to.include(finding));
  }

  it("CLI-23 without delay before the constitution takes effect are found", () => {
    const none = { executionDelay: "none" };
    expect(codes({ classes: { ordinary: none, membership: none, constitution: none } })).to.deep.equal([
      "warning no-delay",
    ]);
  });

  it("CLI-23 that limit what they meter are free of findings", () => {
    const rules = { native: "ordinary", [`${TOKEN} transfer(address,uint256)`]: "ordinary" };
    expect(codes({ rules, ...limits({}, { token: "native" }) })).to.deep.equal([]);
  });

  it("CLI-18 are told class by class, from the lowest up", () => {
    const bylaws = resolveBylaws(BylawsInput.parse({ preset: "consent-circle" }), CONTRACTS);
    const told = summarise(bylaws, 5);
    expect(told.map(({ name, yes, quorum, vetoes }) => [name, yes, quorum, vetoes])).to.deep.equal([
      ["ordinary", 1, 1, 1],
      ["membership", 1, 4, 1],
      ["constitution", 1, 4, 1],
    ]);
    expect(told[1].lines[1]).to.equal("  1 of 5 say yes when all vote; at least 4 have to vote; 1 veto defeats it");
    expect(told[2].effectAfter).to.equal(24 * 86_400);
  });

  it("CLI-23 name the longest phase that a proposal can keep", () =>
    expect(Math.floor(MAX_PHASE / 86_400)).to.equal(97));
});

/** A class of which only the fractions matter. */
const PLAIN = resolveBylaws(BylawsInput.parse({ preset: "dao" }), CONTRACTS).classes[0];
