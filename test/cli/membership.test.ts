import { encodeCredential, encodeVouches, signCredential, signVouch, type Cooperative } from "@artel/sdk";
import { expect } from "chai";
import { encodeBytes32String, id, type HDNodeWallet } from "ethers";

import { found } from "../suite.js";
import { Desk, type Proposed } from "./helpers.js";

const DAY = 86_400;

describe("artel member, consent, reputation", function () {
  this.timeout(180_000);
  const desk = new Desk();
  let founders: readonly HDNodeWallet[];
  let applicant: HDNodeWallet;
  let guest: HDNodeWallet;
  let outsider: HDNodeWallet;
  let cooperative: Cooperative;
  let place: string[];

  before(async () => {
    const { accounts, contracts } = desk.suite;
    founders = accounts.slice(0, 3);
    [applicant, guest, outsider] = accounts.slice(10);
    const { membership, sponsorAdmission, credentialAdmission, openAdmission } = contracts;
    const call = async (request: Promise<{ to: string; data: string }>) => {
      const { to, data } = await request;
      return { target: to, data };
    };
    cooperative = await found(desk.suite, founders, {
      calls: [
        await call(membership.appointAdmission.populateTransaction(sponsorAdmission, 5, false)),
        await call(membership.appointAdmission.populateTransaction(credentialAdmission, 5, false)),
        await call(membership.appointAdmission.populateTransaction(openAdmission, 1, false)),
        await call(sponsorAdmission.setSponsorship.populateTransaction(2, 0)),
        await call(credentialAdmission.trustIssuer.populateTransaction(outsider.address, true)),
        await call(membership.setNoticePeriod.populateTransaction(DAY)),
        await call(
          contracts.reputation.appointIssuer.populateTransaction(
            id("contribution"),
            desk.suite.operator.address,
            1_000,
            1_000,
          ),
        ),
      ],
    });
    place = ["--cooperative", cooperative.address];
  });

  const carryOut = (proposed: Proposed) => desk.carryOut(cooperative, founders, proposed);
  const members = async () => (await desk.json("member list", place)).members as Record<string, string>[];

  it("CLI-06 applies, is proposed by a member, and is a member after the vote", async () => {
    await desk.json("member apply", [...place, "--statement", "I can label images"], { as: applicant });
    const { membership } = desk.suite.contracts;
    const [log] = await membership.queryFilter(membership.filters.MembershipApplied(cooperative.address));
    expect(log.args.statement).to.equal(id("I can label images"));

    const given = [...place, "--did", desk.did(applicant)];
    const stranger = await desk.failure("member admit", given, { as: outsider });
    expect(stranger.message).to.match(/^CooperativeGovernor\.propose would be refused \(Governor_NotAMember\(/);
    const proposal = await desk.json("member admit", given, { as: founders[0] });
    expect(proposal.call.actions).to.deep.equal([
      {
        ...{ contract: "Membership", address: await membership.getAddress(), method: "admit" },
        arguments: { dids: [applicant.address] },
      },
    ]);
    expect(proposal.simulation).not.to.have.property("refused");
    await carryOut(proposal);
    expect((await members()).at(-1)).to.deep.equal({
      ...{ number: "4", did: desk.did(applicant), account: applicant.address, standing: "active" },
    });
    const again = await desk.failure("member apply", place, { as: applicant });
    expect(again.code).to.equal("cli/already-member");
    const twice = await desk.json("member admit", [...given, "--dry-run"], { as: founders[0] });
    expect(twice.simulation.refused).to.match(/^action 1, Membership.admit, fails \(Membership_AlreadyMember/);
  });

  it("CLI-07 suspends after notice was given and has run", async () => {
    const given = [...place, "--number", "4"];
    const unheard = await desk.failure("member suspend", given, { as: founders[1] });
    expect(unheard).to.include({ code: "cli/notice-needed" });
    expect(unheard.message).to.match(/^Member 4 has to be heard for 1 days/);
    await carryOut(await desk.json("member suspend", [...given, "--notice", "copied updates"], { as: founders[1] }));
    const until = (await desk.suite.chain.provider.getBlock("latest"))!.timestamp + 300 * DAY;
    await carryOut(await desk.json("member suspend", [...given, "--until", String(until)], { as: founders[1] }));
    expect((await members())[3].standing).to.equal("suspended");
  });

  it("CLI-08 joins without a vote: by sponsors, by credential, by an open door", async () => {
    const { contracts, chain } = desk.suite;
    const { sponsorAdmission, credentialAdmission, membership } = contracts;
    const deadline = BigInt((await chain.provider.getBlock("latest"))!.timestamp + DAY);
    const [sponsors, credentials] = await Promise.all([
      sponsorAdmission.getAddress(),
      credentialAdmission.getAddress(),
    ]);
    const vouching = { cooperative: cooperative.address, did: guest.address, lastNumber: 0n, deadline };
    const vouches = await Promise.all(founders.slice(0, 2).map((each) => signVouch(each, sponsors, 31_337n, vouching)));
    const join = (through: string, proof?: string) => [
      ...[...place, "--through", through],
      ...(proof === undefined ? [] : ["--proof", proof]),
    ];
    const few = await desk.failure("member join", join("sponsors", encodeVouches(vouches.slice(1))), { as: guest });
    expect(few.message).to.contain("SponsorAdmission_WrongCount");
    await desk.json("member join", join("sponsors", encodeVouches(vouches.reverse())), { as: guest });

    const holder = desk.suite.accounts[15];
    const credential = {
      ...{ issuer: outsider.address, cooperative: cooperative.address, did: holder.address, lastNumber: 0n },
      validUntil: deadline,
    };
    const signature = await signCredential(outsider, credentials, 31_337n, credential);
    const forged = encodeCredential(credential, await signCredential(guest, credentials, 31_337n, credential));
    const refused = await desk.failure("member join", join("credential", forged), { as: holder });
    expect(refused.message).to.contain("CredentialAdmission_BadSignature");
    await desk.json("member join", join("credential", encodeCredential(credential, signature)), { as: holder });

    await desk.json("member join", join("open"), { as: desk.suite.accounts[16] });
    const full = await desk.failure("member join", join("open"), { as: desk.suite.accounts[17] });
    expect(full.message).to.match(/Membership_NoPlaceLeft\(.*\): the cooperative has not appointed this module/);
    expect(await membership.electorate(cooperative.address)).to.equal(6n);
  });

  it("CLI-09 leaves, and lists who was ever a member", async () => {
    await desk.json("member leave", place, { as: guest });
    const again = await desk.failure("member leave", place, { as: guest });
    expect(again.message).to.contain("Membership_NotTheMember");
    expect((await members()).map(({ standing }) => standing)).to.deep.equal([
      ...["active", "active", "active", "suspended", "departed", "active", "active"],
    ]);
    const lines = await desk.lines("member list", [...desk.place, ...place]);
    expect(lines).to.have.length(7);
    expect(lines[4]).to.equal(`5  departed  ${desk.did(guest)}  ${guest.address}`);
  });

  it("CLI-06 CLI-08 CLI-09 takes no other address for a cooperative", async () => {
    for (const [words, ...flags] of [
      ["member list"],
      ["member apply"],
      ["member join", "--through", "open"],
      ["member admit", "--did", desk.did(guest)],
    ]) {
      const odd = await desk.failure(words, ["--cooperative", outsider.address, ...flags], { as: guest });
      expect(odd.code, words).to.equal("cli/not-a-cooperative");
    }
  });

  it("CLI-09 moves a member whose DID has another owner", async () => {
    const [, , founder] = founders;
    const heir = desk.suite.accounts[18];
    const given = [...place, "--number", "3"];
    const early = await desk.failure("member rebind", given, { as: outsider });
    expect(early.message).to.contain("Membership_NothingToRebind");
    await desk.json("did rotate", ["--to", heir.address], { as: founder });
    await desk.json("member rebind", given, { as: outsider });
    expect((await members())[2]).to.deep.equal({
      ...{ number: "3", did: desk.did(founder), account: heir.address, standing: "active" },
    });
  });

  it("CLI-10 grants, lists and revokes consent", async () => {
    const data = id("my examples");
    const scope = ["--grantee", cooperative.address, "--data", data, "--purpose", "training"];
    const grant = [...scope, "--terms", "Use it well", "--until", "2100-01-01"];
    const { consentId } = await desk.json("consent grant", grant, { as: applicant });
    const list = async () => (await desk.json("consent list", ["--did", desk.did(applicant)])).consents;
    const [consent] = await list();
    expect(consent).to.deep.include({
      ...{ consentId, live: true, grantee: cooperative.address, dataHash: data, version: "1" },
      ...{ purpose: encodeBytes32String("training"), termsHash: id("Use it well"), expiresAt: "4102444800" },
    });
    await desk.json("consent revoke", scope, { as: applicant });
    expect(await list()).to.have.length(1);
    expect((await list())[0]).to.deep.include({ live: false, version: "2" });
    const late = [...scope, "--terms", "Use it well", "--until", "2001-01-01"];
    expect((await desk.failure("consent grant", late, { as: applicant })).message).to.contain(
      "ConsentRegistry_AlreadyExpired",
    );
    const foreign = await desk.failure("consent grant", [...grant, "--did", desk.did(guest)], { as: applicant });
    expect(foreign.message).to.contain("ConsentRegistry_NotSubject");
    const long = ["--grantee", cooperative.address, "--data", data, "--purpose", "x".repeat(33)];
    expect((await desk.failure("consent revoke", long, { as: applicant })).code).to.equal("cli/flag");
    const { privacy } = desk.suite.contracts;
    const capped = await desk.json("consent cap", ["--data", id("data"), "--micro-rho", "20000"], { as: applicant });
    expect(capped).to.include({ microRho: "20000", spent: "0", defaultDid: desk.did(applicant) });
    expect(capped.effect[0]).to.match(/may tell 20000 millionths of rho in all: epsilon 0\.90 at delta 0\.000001\.$/);
    expect((await privacy.budgetOf(applicant.address, id("data"))).cap).to.equal(20_000n);
    const nothing = await desk.lines("consent list", [...desk.place, "--did", desk.did(outsider)]);
    expect(nothing).to.deep.equal([`${desk.did(outsider)} has granted nothing`]);
    const text = await desk.lines("consent list", [...desk.place, "--did", desk.did(applicant)]);
    expect(text[0]).to.equal(`${consentId} over`);
    expect(text[2]).to.match(/^  purpose training  /);
    const dry = await desk.lines("consent grant", [...desk.place, ...grant, "--dry-run"], { as: applicant });
    expect(dry[0]).to.match(/ for training,$/);
    expect(dry.join()).to.contain('"purpose":"training"');
  });

  it("CLI-11 shows reputation, decayed", async () => {
    const { contracts, operator } = desk.suite;
    const { reputation } = contracts;
    const subject = founders[0].address;
    await (
      await reputation.connect(operator).award(cooperative.address, id("contribution"), subject, 100, id("proof"))
    ).wait();
    const given = ["--did", desk.did(founders[0]), ...place];
    const [score, ...others] = (await desk.json("reputation show", [...given, "--category", "contribution"])).scores;
    expect(others).to.deep.equal([]);
    expect(Number(score.score)).to.be.within(99, 100);
    const halfLife = await reputation.categoryOf(id("contribution"));
    await desk.suite.chain.warpTo(BigInt((await desk.suite.chain.provider.getBlock("latest"))!.timestamp) + halfLife);
    const { scores } = await desk.json("reputation show", given);
    expect(scores.map(({ name }: { name: string }) => name)).to.include.members([
      "contribution",
      "auditing",
      "aggregation",
    ]);
    const now = scores.find(({ name }: { name: string }) => name === "contribution");
    expect(Number(now.score)).to.be.within(49, 50);
    const lines = await desk.lines("reputation show", [...desk.place, ...given, "--category", "contribution"]);
    expect(lines[0]).to.match(/^contribution: (49|50) of \d+ points, halved every 90 days$/);
    const singing = await desk.failure("reputation show", [...given, "--category", "singing"]);
    expect(singing.message).to.match(/^There is no category singing: /);
  });

  it("takes hexadecimal where it takes text", async () => {
    const purpose = id("training");
    const scope = ["--grantee", cooperative.address, "--data", id("x"), "--purpose", purpose];
    const terms = id("terms");
    const dry = await desk.json("consent grant", [...scope, "--terms", terms, "--until", "4102444800", "--dry-run"], {
      as: guest,
    });
    expect(dry.call.arguments).to.deep.include({ termsHash: terms, expiresAt: "4102444800" });
    expect(dry.call.arguments.scope.purpose).to.equal(purpose);
  });
});
