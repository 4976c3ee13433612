import { Phase } from "@artel/sdk";
import { answerDigest, EventMissingError, openingsOf, scoresCommitment } from "@artel/sdk/learning";
import { expect } from "chai";
import { dataSlice, getBytes, id, zeroPadValue } from "ethers";

import { answerOf, appealDueOf, dueOf, type AppealFacts, type RoundFacts } from "../../keeper/src/index.js";

const TOP = 1n << 255n;

/** A round of two panels, drawn, with nothing wrong; looked at in a phase. */
function at(phase: Phase, changes: Partial<RoundFacts> = {}, sets: Partial<RoundFacts["drawn"]> = {}) {
  return dueOf({
    ...{ phase, round: 3n, updates: 5n, minClients: 4n, capacity: 16n, aggregators: 2n, isAnswered: false },
    drawn: { round: 3n, panels: 2n, voidSet: TOP, scoredSet: TOP, ...sets },
    ...changes,
  });
}

const UNDRAWN = { round: 2n, scoredSet: TOP | 3n };
const SCORED = { scoredSet: TOP | 3n };
const VOID = { kind: "finish", isAnswered: false };
const PHASES = Object.values(Phase).filter((phase) => phase !== Phase.Waiting && phase !== Phase.Closed);

describe("what a round is due", () => {
  it("KPR-03 the seed, from the end of Reveal to the end of Settle, once", () => {
    const draws = PHASES.filter((phase) => at(phase, {}, UNDRAWN)?.kind === "draw");
    expect(draws).to.deep.equal([Phase.AuditCommit, Phase.AuditReveal, Phase.Settle]);
    for (const phase of PHASES) expect(at(phase, {}, SCORED)?.kind, `${phase}`).not.to.equal("draw");
  });

  it("KPR-07 the panels that are not settled, in Settle alone", () => {
    expect(at(Phase.Settle)).to.deep.equal({ kind: "settle", panels: [0, 1] });
    expect(at(Phase.Settle, {}, { voidSet: TOP | 1n })).to.deep.equal({ kind: "settle", panels: [1] });
    expect(at(Phase.Settle, {}, { scoredSet: TOP | 2n })).to.deep.equal({ kind: "settle", panels: [0] });
    for (const phase of PHASES) if (phase !== Phase.Settle) expect(at(phase)?.kind).not.to.equal("settle");
  });

  it("KPR-08 its end, as soon as it is certain", () => {
    const few = { updates: 3n };
    const ends = (changes: Partial<RoundFacts>, sets: Partial<RoundFacts["drawn"]>) =>
      PHASES.filter((phase) => at(phase, changes, sets)?.kind === "finish").map((phase) => [
        phase,
        (at(phase, changes, sets) as { isAnswered: boolean }).isAnswered,
      ]);
    const voidFrom = (first: Phase) => PHASES.filter((phase) => phase >= first).map((phase) => [phase, false]);
    expect(ends(few, UNDRAWN), "too few updates").to.deep.equal(voidFrom(Phase.AuditCommit));
    expect(ends({}, UNDRAWN), "no seed").to.deep.equal(voidFrom(Phase.AggregateCommit));
    expect(ends({}, {}), "no panel settled").to.deep.equal(voidFrom(Phase.AggregateCommit));
    expect(at(Phase.Settle, {}, { voidSet: TOP | 3n }), "all panels void").to.deep.equal(VOID);
    expect(ends({}, SCORED), "no answer").to.deep.equal(voidFrom(Phase.Challenge));
    expect(ends({ isAnswered: true }, SCORED), "settled").to.deep.equal([[Phase.Finishing, true]]);
    expect(ends({ capacity: 0n }, UNDRAWN), "too few auditors").to.deep.equal(voidFrom(Phase.Commit));
    expect(ends({ aggregators: 0n }, UNDRAWN), "no aggregator").to.deep.equal(voidFrom(Phase.Commit));
    for (const phase of [Phase.Waiting, Phase.Closed]) expect(at(phase, { capacity: 0n }, UNDRAWN)).to.equal(undefined);
  });

  it("KPR-08 the same with as many panels as a round can have", () => {
    const all = (1n << 240n) - 1n;
    expect(at(Phase.Settle, {}, { panels: 240n, voidSet: TOP | all })).to.deep.equal(VOID);
    const last = { kind: "settle", panels: [239] };
    expect(at(Phase.Settle, {}, { panels: 240n, scoredSet: TOP | (all >> 1n) })).to.deep.equal(last);
  });
});

describe("what an appeal is due", () => {
  const schedule = { commit: 40n, reveal: 30n, auditCommit: 20n, auditReveal: 10n, settle: 100n };
  const dueAt = (now: bigint, changes: Partial<AppealFacts> = {}) =>
    appealDueOf({
      ...{ now, round: 3n, running: { round: 4n, isClosed: false, startedAt: 1000n }, drawnAt: 0n, schedule },
      ...changes,
    });

  it("KPR-13 nothing while its round runs, then its fresh panel, unless commitments are over", () => {
    const running = { round: 3n, isClosed: false, startedAt: 500n };
    for (const now of [500n, 1000n, 10_000n]) expect(dueAt(now, { running })).to.equal(undefined);
    expect([1000n, 1019n, 1020n].map((now) => dueAt(now))).to.deep.equal(["draw", "draw", "end"]);
    const closed = { round: 3n, isClosed: true, startedAt: 1000n };
    expect([1000n, 1019n, 1020n].map((now) => dueAt(now, { running: closed }))).to.deep.equal(["draw", "draw", "end"]);
    expect(dueAt(1001n, { running: { ...closed, round: 4n } }), "a round later").to.equal("end");
    expect(dueAt(1001n, { running: { ...running, round: 5n } }), "a round later").to.equal("end");
  });

  it("KPR-13 its verdict after the reveals, until the next round may settle a panel; then its end", () => {
    const drawn = { drawnAt: 1000n };
    const times = [1000n, 1029n, 1030n, 1099n, 1100n];
    const due = [undefined, undefined, "settle", "settle", "end"];
    expect(times.map((now) => dueAt(now, drawn))).to.deep.equal(due);
    const short = { ...drawn, schedule: { ...schedule, settle: 50n } };
    expect([1079n, 1080n].map((now) => dueAt(now, short))).to.deep.equal(["settle", "end"]);
  });
});

describe("what is taken from events", () => {
  const account = zeroPadValue("0xa1", 20);
  const scope = { chainId: 1n, contract: zeroPadValue("0xc0", 20), taskId: 7n, round: 3n };
  const vector = (name: string) => ({ auditor: account, salt: dataSlice(id(name), 0, 16), scores: id(name) });
  const seat = (name: string, isRevealed = true) => {
    const { salt, scores } = vector(name);
    const commitment = dataSlice(scoresCommitment(scope, account, salt, getBytes(scores)), 0, 24);
    return { account, commitment, isRevealed };
  };

  it("KPR-04 KPR-07 the vector that the contract knows, whatever a reorganisation has left behind", () => {
    const [{ revealed }] = openingsOf([seat("new")], [vector("old"), vector("new")], scope);
    expect(revealed).to.deep.equal({ salt: vector("new").salt, scores: getBytes(vector("new").scores) });
    expect(openingsOf([seat("old", false)], [vector("old")], scope)).to.deep.equal([{ auditor: account }]);
    expect(() => openingsOf([seat("new")], [vector("old")], scope)).to.throw(EventMissingError, account);
    expect(() => openingsOf([seat("new")], [vector("new")], { ...scope, round: 2n })).to.throw(EventMissingError);
  });

  it("KPR-08 the leading answer, of several with the same model", () => {
    const told = (codec: bigint) => ({ modelRoot: id("root"), codec, digest: id("model"), nodesRoot: id("nodes") });
    const answer = { modelRoot: id("root"), model: { codec: 0x70, digest: id("model") }, nodesRoot: id("nodes") };
    expect(answerOf(answerDigest(answer), [told(0x55n), told(0x70n)])).to.deep.equal(answer);
    expect(() => answerOf(answerDigest(answer), [told(0x55n)])).to.throw(EventMissingError);
  });
});
