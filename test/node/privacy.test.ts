import { createDecipheriv, createHash, hkdfSync } from "node:crypto";

import type { ILearning } from "@artel/sdk";
import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";
import {
  cidOf,
  createRandom,
  manifestToBytes,
  taskContentOf,
  tensorFromBytes,
  tensorNorm,
  tensorRoot,
  tensorToBytes,
  weightCapsOf,
  type Privacy,
} from "@artel/sdk/learning";
import {
  createPrivacyMode,
  decodeWraps,
  encodeExamples,
  encodeWraps,
  KeyFormatError,
  MAX_RECIPIENTS,
  openMode,
  RecipientsError,
  RuleUnsupportedError,
  SEALED_BYTES,
  sealedMode,
  sealingKeyOf,
  SecureAggregationMissingError,
  TaskView,
  TermsMismatchError,
  trainUpdate,
  type ContentStore,
  type DataStore,
  type ExpectedUpdate,
  type OpenedUpdate,
  type PublishedUpdate,
  type Recipient,
  type UpdateContext,
} from "@artel/node";
import { expect } from "chai";
import { AbiCoder, getBytes, zeroPadValue } from "ethers";
import fc from "fast-check";

import { halves, MANIFEST } from "../suite.js";
import { rejects } from "./rejects.js";
import { underTwoKeys } from "./twoKeys.js";

const PARAMETERS = 64;
const account = (n: number) => zeroPadValue(`0x${(0xa0 + n).toString(16)}`, 20);
const secret = (n: number) => createHash("sha256").update(`secret ${n}`).digest();
const modeOf = (n: number) => sealedMode({ account: account(n), secret: secret(n) });

const CLIENT = 0;
const context: UpdateContext = { chainId: 1n, contract: account(50), taskId: 7n, round: 3n, client: account(CLIENT) };

const deltaOf = (seed: string) => {
  const random = createRandom("privacy", seed);
  return Int32Array.from({ length: PARAMETERS }, () => random.below(2001) - 1000);
};
const delta = deltaOf("honest");
const update = tensorToBytes(delta);
const expecting = (tensor: Int32Array): ExpectedUpdate => ({
  declared: { root: tensorRoot(tensor), norm: tensorNorm(tensor) },
  parameters: PARAMETERS,
  seen: new Set(),
});

const recipient = async (n: number): Promise<Recipient> => ({
  account: account(n),
  publicKey: await sealingKeyOf(secret(n)),
});
const recipients = () => Promise.all([1, 2, 3].map(recipient));

/** What an honest client publishes for recipients 1 to 3. */
async function publish(bytes = update, where = context): Promise<Required<PublishedUpdate>> {
  const mode = modeOf(CLIENT);
  const { bundle } = (await mode.wrap(bytes, where, await recipients()))!;
  return { content: mode.protect(bytes, where), wraps: bundle };
}

const open = (
  n: number,
  published: PublishedUpdate,
  where = context,
  tensor: Int32Array = delta,
): Promise<OpenedUpdate> => modeOf(n).open(published, where, expecting(tensor));

async function reasonOf(opened: Promise<OpenedUpdate>): Promise<string> {
  const outcome = await opened;
  return outcome.valid ? "valid" : outcome.reason;
}

/** The format once more, as an attacker would write it: whose key and which wraps are up to the caller. */
const suite = new CipherSuite({ kem: new XWing(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
const placeOf = ({ chainId, contract, taskId, round, client }: UpdateContext) =>
  getBytes(
    AbiCoder.defaultAbiCoder().encode(
      ["uint256", "address", "uint256", "uint256", "address"],
      [chainId, contract, taskId, round, client],
    ),
  );
async function wrapFor(n: number, key: Uint8Array, content: Uint8Array, where = context) {
  const recipientPublicKey = await suite.kem.deserializePublicKey(await sealingKeyOf(secret(n)));
  const info = Buffer.concat([placeOf(where), sha256(content), getBytes(account(n))]);
  const { enc, ct } = await suite.seal({ recipientPublicKey, info }, key);
  return { account: account(n), sealed: Buffer.concat([new Uint8Array(enc), new Uint8Array(ct)]) };
}
/** A recipient who gives away the content key that it was sent. */
async function leakKey(n: number, { content, wraps }: Required<PublishedUpdate>): Promise<Uint8Array> {
  const use = Buffer.from("recipient", "latin1");
  const seed = hkdfSync("sha256", secret(n), Buffer.from("ARTELSU1", "latin1"), use, 32);
  const { privateKey: recipientKey } = await suite.kem.deriveKeyPair(seed);
  const { sealed } = decodeWraps(wraps)!.find((wrap) => wrap.account.toLowerCase() === account(n))!;
  const info = Buffer.concat([placeOf(context), sha256(content), getBytes(account(n))]);
  const key = await suite.open({ recipientKey, enc: sealed.slice(0, 1120), info }, sealed.slice(1120));
  return new Uint8Array(key);
}

describe("sealed updates", () => {
  it("PRV-01 are read by their recipients", async () => {
    const published = await publish();
    for (const n of [1, 2, 3]) expect(await open(n, published)).to.deep.equal({ valid: true, delta });
  });

  it("PRV-01 are read by nobody else, who holds a recipient's wrap or bears its name included", async () => {
    const published = await publish();
    expect(await reasonOf(open(4, published))).to.equal("not-a-recipient");
    const [first] = decodeWraps(published.wraps)!;
    const stolen = encodeWraps([{ ...first, account: account(4) }]);
    expect(await reasonOf(open(4, { ...published, wraps: stolen }))).to.equal("wrap");
    const impostor = sealedMode({ account: account(1), secret: secret(4) });
    expect(await reasonOf(impostor.open(published, context, expecting(delta)))).to.equal("wrap");
    expect(await reasonOf(openMode.open(published, context, expecting(delta)))).to.equal("length");
  });

  it("PRV-01 show neither values nor keys in what is published", async () => {
    const zeros = new Uint8Array(PARAMETERS * 4);
    const { content, wraps } = await publish(zeros);
    const key = Buffer.from(await leakKey(1, { content, wraps }));
    expect(Buffer.from(wraps).includes(key)).to.be.false;
    expect(Buffer.from(content).includes(key)).to.be.false;
    expect(new Set(content.subarray(8)).size).to.be.above(100);
  });

  it("PRV-02 open in no other place", async () => {
    const published = await publish();
    const elsewhere: Partial<UpdateContext>[] = [
      { chainId: 2n },
      { contract: account(51) },
      { taskId: 8n },
      { round: 4n },
      { client: account(9) },
    ];
    const key = await leakKey(1, published);
    for (const change of elsewhere) {
      const where = { ...context, ...change };
      expect(await reasonOf(open(1, published, where))).to.equal("wrap");
      // not even if a recipient helps, who knows the key and wraps it again: nobody hands in another's ciphertext
      const wraps = encodeWraps([await wrapFor(2, key, published.content, where)]);
      expect(await reasonOf(open(2, { ...published, wraps }, where))).to.equal("ciphertext");
    }
  });

  it("PRV-03 are the same to all who read them: a ciphertext under two keys is good under one at most", async () => {
    const keys = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)] as const;
    const sealed = underTwoKeys(keys, placeOf(context), PARAMETERS / 4);
    const plains = keys.map((key) => {
      const decipher = createDecipheriv("aes-256-gcm", key, new Uint8Array(12), { authTagLength: 16 });
      decipher.setAAD(placeOf(context)).setAuthTag(sealed.subarray(-16));
      return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    });
    expect(plains[0].equals(plains[1])).to.be.false;

    const content = Buffer.concat([Buffer.from("ARTELSU1", "latin1"), sealed]);
    const wraps = encodeWraps([await wrapFor(1, keys[0], content), await wrapFor(2, keys[1], content)]);
    const committed = tensorFromBytes(plains[0], PARAMETERS);
    expect((await open(1, { content, wraps }, context, committed)).valid).to.be.true;
    expect(await reasonOf(open(2, { content, wraps }, context, committed))).to.equal("root");
  });

  it("PRV-03 are held against what was declared, as open ones are", async () => {
    const published = await publish();
    expect(await reasonOf(open(1, published, context, deltaOf("other")))).to.equal("root");
    const { declared, ...rest } = expecting(delta);
    const low = { ...rest, declared: { ...declared, norm: declared.norm - 1n } };
    expect(await reasonOf(modeOf(1).open(published, context, low))).to.equal("norm");
    const copied = { ...rest, declared, seen: new Set([declared.root]) };
    expect(await reasonOf(modeOf(1).open(published, context, copied))).to.equal("copy");
    const zero = await publish(tensorToBytes(new Int32Array(PARAMETERS)));
    expect(await reasonOf(open(1, zero, context, new Int32Array(PARAMETERS)))).to.equal("zero");
  });

  it("PRV-04 without sound wraps are unavailable, with the reason", async () => {
    const { content, wraps } = await publish();
    const other = await publish(tensorToBytes(deltaOf("other")));
    const [first, second, third] = decodeWraps(wraps)!;
    const swapped = encodeWraps([
      { ...first, sealed: second.sealed },
      { ...second, sealed: first.sealed },
    ]);
    const lastRound = await publish(update, { ...context, round: 2n });
    const cases: [string, Uint8Array | undefined][] = [
      ["wraps-missing", undefined],
      ["wraps-malformed", new Uint8Array(0)],
      ["wraps-malformed", wraps.subarray(0, -1)],
      ["wraps-malformed", wraps.with(0, 0)],
      ["wraps-malformed", Buffer.concat([wraps, wraps.subarray(8)])],
      ["not-a-recipient", encodeWraps([])],
      ["not-a-recipient", encodeWraps([second, third])],
      ["wrap", swapped],
      ["wrap", other.wraps],
      ["wrap", lastRound.wraps],
      ["wrap", wraps.with(wraps.indexOf(0xa1) + 30, wraps[wraps.indexOf(0xa1) + 30] ^ 1)],
      // a key of another length, and one that is not the content's
      ["wrap", encodeWraps([{ account: account(1), sealed: new Uint8Array(SEALED_BYTES) }])],
      ["ciphertext", encodeWraps([await wrapFor(1, new Uint8Array(32), content)])],
    ];
    for (const [reason, bundle] of cases)
      expect(await reasonOf(open(1, { content, ...(bundle && { wraps: bundle }) })), reason).to.equal(reason);
    for (const n of [2, 3]) expect((await open(n, { content, wraps })).valid).to.be.true;
  });

  it("PRV-04 of altered content are unavailable: to wraps it is another content", async () => {
    const { content, wraps } = await publish();
    for (const bad of [content.subarray(0, -1), content.with(0, 0), update, new Uint8Array(0)])
      expect(await reasonOf(open(1, { content: bad, wraps }))).to.equal("content");
    expect(await reasonOf(open(1, { content: content.with(20, content[20] ^ 1), wraps }))).to.equal("wrap");
    const key = await leakKey(1, { content, wraps });
    const altered = content.with(20, content[20] ^ 1);
    const rewrapped = encodeWraps([await wrapFor(1, key, altered)]);
    expect(await reasonOf(open(1, { content: altered, wraps: rewrapped }))).to.equal("ciphertext");
  });

  it("PRV-04 never throw, whatever was published", async () => {
    const { content, wraps } = await publish();
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.uint8Array({ minLength: wraps.length, maxLength: wraps.length }),
    );
    await fc.assert(
      fc.asyncProperty(bytes, bytes, async (garbage, bundle) => {
        expect((await open(1, { content, wraps: bundle })).valid).to.be.false;
        expect((await open(1, { content: garbage, wraps })).valid).to.be.false;
      }),
      { numRuns: 50 },
    );
  });

  it("PRV-05 reach everybody else when a recipient's key is missing or unusable", async () => {
    const good = await recipient(1);
    const bad = [undefined, new Uint8Array(0), new Uint8Array(1216), good.publicKey!.map((byte) => byte | 0xff)];
    const named = bad.map((publicKey, i) => ({ account: account(10 + i), publicKey }));
    const { bundle, unreached } = (await modeOf(CLIENT).wrap(update, context, [...named, good]))!;
    const content = modeOf(CLIENT).protect(update, context);
    expect((await open(1, { content, wraps: bundle })).valid).to.be.true;
    expect(unreached).to.include.members([account(10), account(11), account(13)]);
  });

  it("PRV-05 have one form of bundle whatever the order of recipients", async () => {
    const { wraps } = await publish();
    const decoded = decodeWraps(wraps)!;
    expect(Buffer.from(encodeWraps([...decoded].reverse())).equals(wraps)).to.be.true;
    const [first] = decoded;
    expect(() => encodeWraps([first, first])).to.throw(RecipientsError, /twice/);
    const many = Array.from({ length: MAX_RECIPIENTS + 1 }, (_, i) => ({
      ...first,
      account: zeroPadValue(`0x${(i + 1).toString(16).padStart(4, "0")}`, 20),
    }));
    expect(() => encodeWraps(many)).to.throw(RecipientsError, /at most 256/);
    expect(() => cidOf(encodeWraps(many.slice(1)))).not.to.throw();
  });

  it("PRV-19 show whoever reads the update whether all recipients can read it", async () => {
    const { content, wraps } = await publish();
    const named = await recipients();
    const opened = async (n: number, bundle: Uint8Array, who: Recipient[] = named) => {
      const expected = { ...expecting(delta), recipients: who };
      return reasonOf(modeOf(n).open({ content, wraps: bundle }, context, expected));
    };
    expect(await opened(1, wraps)).to.equal("valid");
    expect(await opened(1, wraps, [...named].reverse())).to.equal("valid");
    const [first, second, third] = decodeWraps(wraps)!;
    const key = await leakKey(1, { content, wraps });
    const bundles = [
      // somebody is left out
      [first, second],
      // wrapped for somebody else besides
      [first, second, third, await wrapFor(4, key, content)],
      // sound, but not made of the key alone: nobody could tell it from one that does not open
      [first, second, await wrapFor(3, key, content)],
      // does not open
      [first, second, { ...third, sealed: first.sealed }],
      [first, second, { ...third, sealed: third.sealed.with(5, third.sealed[5] ^ 1) }],
      // of another key
      [first, second, await wrapFor(3, new Uint8Array(32), content)],
    ].map(encodeWraps);
    for (const bundle of bundles) {
      for (const n of [1, 2]) expect(await opened(n, bundle)).to.equal("recipients");
      // who does not ask for the others reads it
      expect((await open(1, { content, wraps: bundle })).valid).to.be.true;
    }
    // nobody can provide for who published no usable key
    const unusable = [undefined, named[0].publicKey!.map((byte) => byte | 0xff)];
    const more = [...named, ...unusable.map((publicKey, i) => ({ account: account(10 + i), publicKey }))];
    const { bundle, unreached } = (await modeOf(CLIENT).wrap(update, context, more))!;
    expect(unreached).to.deep.equal([account(10), account(11)]);
    expect(await opened(1, bundle, more)).to.equal("valid");
  });

  it("PRV-19 share their randomness with no other wrap", async () => {
    const { content, wraps } = await publish();
    const elsewhere = await publish(update, { ...context, round: 4n });
    const other = await publish(tensorToBytes(deltaOf("other")));
    const encapsulations = [wraps, elsewhere.wraps, other.wraps].flatMap((bundle) =>
      decodeWraps(bundle)!.map(({ sealed }) => Buffer.from(sealed.subarray(0, 1120)).toString("hex")),
    );
    expect(new Set(encapsulations).size).to.equal(9);
    expect((await open(1, { content, wraps })).valid).to.be.true;
  });

  it("PRV-05 are refused without readers, and with a secret of another length", async () => {
    await rejects(modeOf(CLIENT).wrap(update, context, []), RecipientsError, /readers/);
    expect(() => sealedMode({ account: account(1), secret: new Uint8Array(31) })).to.throw(KeyFormatError);
    await rejects(sealingKeyOf(new Uint8Array(33)), KeyFormatError);
  });

  it("PRV-06 come out the same after an interruption, and share a key with no other update", async () => {
    const published = await publish();
    const again = await publish();
    expect(Buffer.from(published.content).equals(again.content)).to.be.true;
    expect(Buffer.from(published.wraps).equals(again.wraps)).to.be.true;
    const changed = update.with(0, update[0] ^ 1);
    const keys = new Set<string>();
    for (const [bytes, where] of [
      [update, context],
      [changed, context],
      [update, { ...context, round: 4n }],
    ] as const) {
      const { content } = await publish(bytes, where);
      // one key would give the same stream, hence the same bytes where the updates agree
      keys.add(Buffer.from(content.subarray(100, 132)).toString("hex"));
    }
    expect(keys.size).to.equal(3);
  });

  it("use X-Wing as its authors publish it", async () => {
    const seed = Buffer.from("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26", "hex");
    const eseed = Buffer.from(
      "3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e235b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2",
      "hex",
    );
    const kem = new XWing();
    const { publicKey, privateKey } = await kem.generateKeyPairDerand(Uint8Array.from(seed));
    const { enc, sharedSecret } = await kem.encap({
      recipientPublicKey: publicKey,
      ekm: Uint8Array.from(eseed).buffer,
    });
    const hex = (bytes: ArrayBuffer) => Buffer.from(bytes).toString("hex");
    expect(sha256(new Uint8Array(await kem.serializePublicKey(publicKey))).toString("hex")).to.equal(
      "2e816deebcd76c5c80d0cd2d174478871658e8e2ff42bc9d4a6e486372e856bb",
    );
    expect(sha256(new Uint8Array(enc)).toString("hex")).to.equal(
      "17cd532d657e44c897ca6583e548a5424fc70bf54f99515a4d2bcf99e3469f33",
    );
    expect(hex(sharedSecret)).to.equal("d2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384");
    expect(hex(await kem.decap({ recipientKey: privateKey, enc }))).to.equal(hex(sharedSecret));
  });
});

describe("privacy modes", () => {
  const sealer = { account: account(1), secret: secret(1) };

  it("PRV-07 are open and sealed; secure aggregation is refused by name", () => {
    expect(createPrivacyMode({ kind: "open" }, sealer).kind).to.equal("open");
    expect(createPrivacyMode({ kind: "sealed" }, sealer).kind).to.equal("sealed");
    const masked: Privacy = { kind: "secure-aggregation", group: 8, threshold: 6 };
    expect(() => createPrivacyMode(masked, sealer)).to.throw(SecureAggregationMissingError, /not built/);
  });

  it("PRV-07 of open updates publish them as they are, and need nothing else", async () => {
    expect(openMode.protect(update, context)).to.equal(update);
    expect(await openMode.wrap(update, context, await recipients())).to.equal(undefined);
    expect(await openMode.open({ content: update }, context, expecting(delta))).to.deep.equal({ valid: true, delta });
    expect(await reasonOf(openMode.open({ content: update }, context, expecting(deltaOf("other"))))).to.equal("root");
  });

  /** A task as far as a client reads it. */
  const viewOf = (privacy: Privacy, microRho = 0n) => {
    const bytes = manifestToBytes({ ...MANIFEST, privacy });
    const store = { get: () => Promise.resolve(bytes) } as unknown as ContentStore;
    const { sampleCap, clipNorm } = weightCapsOf(MANIFEST);
    const aggregation = { sampleCap: BigInt(sampleCap), clipNorm, combining: 0n, trim: 0n, momentum: 0n };
    const { codec, digest } = taskContentOf(cidOf(bytes));
    const terms = { manifest: { codec: BigInt(codec), digest }, aggregation, microRho, schedule: { appeal: 0n } };
    const contract = { termsOf: () => Promise.resolve(terms) } as unknown as ILearning;
    const view = new TaskView(contract, 1n, 0, store, { seedOf: () => Promise.resolve(undefined) });
    view.model = async () => new Int32Array((await view.trainer()).parameterCount);
    return view;
  };

  /** What a client would publish in the first round. */
  const trainedUnder = async (privacy: Privacy) => {
    const view = viewOf(privacy);
    const store = { get: () => Promise.resolve(encodeExamples(halves("noise", 40))) } as unknown as DataStore;
    return (await trainUpdate({ view, store, account: account(0) }, { round: 1n, modelRoot: "" })).delta;
  };

  it("PRV-11 get a client's noise where the manifest asks for it, drawn anew each time", async () => {
    const plain = await trainedUnder({ kind: "sealed" });
    expect(await trainedUnder({ kind: "sealed" })).to.deep.equal(plain);
    const noise = { clipNorm: 0.01, microRho: 1000 };
    const [first, second] = [
      await trainedUnder({ kind: "sealed", noise }),
      await trainedUnder({ kind: "sealed", noise }),
    ];
    expect(first).not.to.deep.equal(second);
    // sigma is 29,308 units, far above what was clipped to 656
    expect(tensorNorm(first) > 3n * 29_308n).to.be.true;
  });

  it("PRV-11 are taken part in only where the node can keep what they promise", async () => {
    const masked: Privacy = { kind: "secure-aggregation", group: 8, threshold: 6 };
    await rejects(viewOf(masked).manifest(), RuleUnsupportedError, /secure-aggregation/);
    await rejects(trainedUnder(masked), RuleUnsupportedError);
  });

  it("PRV-22 of a task count what noise lets through, or nothing", async () => {
    const noise = { clipNorm: 0.01, microRho: 1000 };
    for (const counted of [0n, 1000n])
      expect((await viewOf({ kind: "sealed", noise }, counted).manifest()).privacy.noise).to.deep.equal(noise);
    await rejects(viewOf({ kind: "sealed", noise }, 999n).manifest(), TermsMismatchError, /microRho/);
    await rejects(viewOf({ kind: "sealed" }, 1000n).manifest(), TermsMismatchError, /microRho/);
  });
});
