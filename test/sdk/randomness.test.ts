import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { armor, Encrypter, Stanza } from "age-encryption";
import { expect } from "chai";
import { concat, dataSlice, getBytes, sha256, toBeHex } from "ethers";
import fc from "fast-check";
import {
  BeforeGenesisError,
  BlockMissingError,
  drandChainHash,
  type DrandNetwork,
  DrandNetworkError,
  drandNetworkStruct,
  drandProof,
  DrandResponseError,
  drandRoundAt,
  DrandSignatureError,
  drandTimeOf,
  DrandUnavailableError,
  fetchDrandRound,
  HeaderFieldsError,
  headerProof,
  headerRlp,
  localDrand,
  parseDrandRound,
  QUICKNET,
  RoundNumberError,
  timelockDecrypt,
  timelockEncrypt,
  TimelockError,
  verifyDrandRound,
} from "@artel/sdk/randomness";

import { rejects } from "../node/rejects.js";

/** Rounds of quicknet as they were published, by relays and in the tests of drand's own programs. */
const PUBLISHED: readonly [round: bigint, signature: string, randomness?: string][] = [
  [123n, "0xb75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92"],
  [
    1000n,
    "0xb44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
    "0xfe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd",
  ],
  [
    657413n,
    "0xb713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b",
    "0xfc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587",
  ],
  [20791007n, "0x8d2c8bbc37170dbacc5e280a21d4e195cff5f32a19fd6a58633fa4e4670478b5fb39bc13dd8f8c4372c5a76191198ac5"],
];
const [, [ROUND, SIGNATURE, RANDOMNESS]] = PUBLISHED;

/** The network of the tests of drand's client, and that of the testnet. */
const WALKTHROUGH: DrandNetwork = {
  publicKey:
    "0x81d320f220ee9c79e60e19dedc838c31e3ab919b15481e9feb52f643628c4f6a13fdc52129493875a818109d767272ca0541cbcdcea9335f2870d781b39b845ba8cbd44fdfe4967781cf72ca5917fc9398bcf97ca0548ed5a709016c4b1ff0f3",
  genesis: 1687506816n,
  period: 3n,
  groupHash: "0x02d678e93908888871b70e3f015b396a8c082bc1493ae5479f8743cb5d972b54",
  beaconId: "walkthrough",
};

/** A file that drand's `tle` made for round 12040883 of quicknet, from the tests of drand/tlock. */
const TLE_FILE = `-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHRsb2NrIDEyMDQwODgzIDUyZGI5YmE3
MGUwY2MwZjZlYWY3ODAzZGQwNzQ0N2ExZjU0Nzc3MzVmZDNmNjYxNzkyYmE5NDYw
MGM4NGU5NzEKa1JjK01NSEUwS005b1V0SmNLTWZGb1JFVzBXN1JQbTNtdzZpVUJ1
cGNXVkZkZDJQb1h6U0JrK25TM01BNnBKNwpHZDl3REhmVU5hTldXTWw2cGVia2Jh
OUVNZGJDWnBuQVNtOWFIb3hqUitwaGFVT2xoS1ppZGl5ZHBLSStPS2N0CmxvT2ZP
SW9KaGtndTVTRnJUOGVVQTJUOGk3aTBwQlBzTDlTWUJUZEJQb28KLS0tIEl6Q1Js
WSt1RXp0d21CbEg0cTFVZGNJaW9pS2l0M0c0bHVxNlNjT2w3UUUKDI4cDlPHPgjy
UnBmtsw6U2LlKh8iDf0E1PfwDenmKFfQaAGm0WLxdlzP8Q==
-----END AGE ENCRYPTED FILE-----`;
const TLE_SIGNATURE =
  "0x929906c959032ab363c9f26570d215d66f5c06cb0c44fe508c12bb5839f04ec895bb6868e5b9ff13ab289bdb5266b394";

const INFINITY_G2 = `0xc0${"00".repeat(95)}`;
const GENERATOR_G2 =
  "0x93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8";

const LOCAL = localDrand({ secretKey: `0x${"2a".repeat(32)}`, genesis: 1_000n, period: 5n });
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (content: string) => new TextEncoder().encode(content);

describe("drand rounds", () => {
  it("BCN-04 names networks as drand does", () => {
    expect(drandChainHash(QUICKNET)).to.equal("0x52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971");
    expect(drandChainHash(WALKTHROUGH)).to.equal("0xaf8b6fc95693b058a3a59efe586eb31c2c352fe00cf40c62a427d87c34f7a235");
  });

  it("BCN-09 verifies published rounds", () => {
    for (const [round, signature, randomness] of PUBLISHED)
      expect(verifyDrandRound(QUICKNET, round, signature)).to.deep.equal({
        round,
        signature,
        randomness: randomness ?? sha256(signature),
      });
    const signature =
      "0x95c93585c513ebbcb4777ff15599b3140e5ec0295faa0e483f3deadd88fa6d43f0d3703e3a4ce106e8fd6c6987f32126";
    expect(verifyDrandRound(WALKTHROUGH, 38n, signature).randomness).to.equal(
      "0xb2fc21325a24904a6a9e81a6c63f65f6cec3f0b2400df3f4a56b214770e9ccca",
    );
  });

  it("BCN-09 refuses another round's, another network's, a negated and a damaged signature", () => {
    const refused = (round: bigint, signature: string, network = QUICKNET) =>
      expect(() => verifyDrandRound(network, round, signature)).to.throw(DrandSignatureError);
    refused(ROUND + 1n, SIGNATURE);
    refused(ROUND, SIGNATURE, WALKTHROUGH);
    // the other sign of y
    refused(ROUND, SIGNATURE.replace("0xb4", "0x94"));
    // with (0, 2) added, a point of order 3: the pairing alone would not see it
    refused(
      ROUND,
      "0xabbaa2cd356c8b543308abe2c07d92facb092294f841b0c295786b635167aba148d4e2e86fedf3cf2c04c43b68a5aaee",
    );
    refused(ROUND, `0xc0${"00".repeat(47)}`);
    for (const damaged of ["0x", "0x00", SIGNATURE.slice(0, -2), `${SIGNATURE}00`, "not hex"]) refused(ROUND, damaged);
    // uncompressed it would have another hash
    const proof = drandProof({ round: ROUND, signature: SIGNATURE });
    refused(ROUND, concat([dataSlice(proof, 16, 64), dataSlice(proof, 80)]));
  });

  it("BCN-02 counts rounds as the contract does, from the first at genesis", () => {
    expect(drandRoundAt(QUICKNET, QUICKNET.genesis)).to.equal(1n);
    expect(drandRoundAt(QUICKNET, QUICKNET.genesis + 1n)).to.equal(2n);
    expect(drandRoundAt(QUICKNET, QUICKNET.genesis + 3n)).to.equal(2n);
    // the example of the specification
    expect(drandRoundAt(QUICKNET, 1_700_000_060n)).to.equal(2_398_899n);
    expect(drandTimeOf(QUICKNET, 2_398_899n)).to.equal(1_700_000_061n);
    expect(() => drandRoundAt(QUICKNET, QUICKNET.genesis - 1n)).to.throw(BeforeGenesisError);
    expect(() => drandTimeOf(QUICKNET, 0n)).to.throw(RoundNumberError);
    expect(() => verifyDrandRound(QUICKNET, 2n ** 64n, SIGNATURE)).to.throw(RoundNumberError);
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 40n), fc.bigInt(1n, 10_000n), (after, period) => {
        const network = { ...QUICKNET, period };
        const time = network.genesis + after;
        const round = drandRoundAt(network, time);
        expect(drandTimeOf(network, round) >= time).to.equal(true);
        expect(round === 1n || drandTimeOf(network, round - 1n) < time).to.equal(true);
      }),
    );
  });

  it("BCN-09 gives points in the form of EIP-2537", () => {
    const zeros = "00".repeat(16);
    const [, , , [round, signature]] = PUBLISHED;
    // as published uncompressed, in the tests of randa-mu/bls-solidity
    expect(drandProof({ round, signature })).to.equal(
      `0x${zeros}0d2c8bbc37170dbacc5e280a21d4e195cff5f32a19fd6a58633fa4e4670478b5fb39bc13dd8f8c4372c5a76191198ac5` +
        `${zeros}0823ff37364b4060af65c7ec4dde05a428e4a444713680d95c34a4b109f112af1792643c742b75d85940c4bdcfdfbfa1`,
    );
    expect(() => drandProof({ round, signature: "0x1234" })).to.throw(DrandSignatureError);
  });

  it("BCN-04 refuses networks that can't be", () => {
    for (const publicKey of ["0x", INFINITY_G2, QUICKNET.publicKey.replace("0x83", "0x03"), `0x${"ff".repeat(96)}`])
      expect(() => drandNetworkStruct({ ...QUICKNET, publicKey })).to.throw(DrandNetworkError);
    expect(() => drandNetworkStruct({ ...QUICKNET, period: 0n })).to.throw(DrandNetworkError);
  });
});

describe("a local drand", () => {
  it("BCN-10 signs rounds that verify, each with one signature", () => {
    const round = LOCAL.sign(7n);
    expect(verifyDrandRound(LOCAL.network, 7n, round.signature)).to.deep.equal(round);
    expect(LOCAL.sign(7n)).to.deep.equal(round);
    expect(() => verifyDrandRound(LOCAL.network, 8n, round.signature)).to.throw(DrandSignatureError);
    expect(() => LOCAL.sign(0n)).to.throw(RoundNumberError);
  });

  it("BCN-10 takes no key that is none, and tells nobody a key", () => {
    const order = "0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";
    for (const secretKey of [toBeHex(0n, 32), order, `0x${"ff".repeat(32)}`])
      expect(() => localDrand({ secretKey, genesis: 0n, period: 1n }))
        .to.throw(DrandNetworkError)
        .with.property("message")
        .that.does.not.include(secretKey);
  });
});

describe("drand relays", () => {
  const servers: Server[] = [];
  const relay = async (answer: RequestListener) => {
    const server = createServer(answer);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const answering = (body: unknown, status = 200) =>
    relay((_, response) => response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body)));
  const json = { round: Number(ROUND), randomness: RANDOMNESS!.slice(2), signature: SIGNATURE.slice(2) };

  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it("BCN-09 reads what drand publishes, and nothing else", () => {
    const read = { round: ROUND, randomness: RANDOMNESS, signature: SIGNATURE };
    expect(parseDrandRound(JSON.stringify({ ...json, previous_signature: "" }))).to.deep.equal(read);
    for (const wrong of [
      "",
      "null",
      "[]",
      "{",
      JSON.stringify({ ...json, round: "1000" }),
      JSON.stringify({ ...json, round: 0 }),
      JSON.stringify({ ...json, round: 1.5 }),
      JSON.stringify({ ...json, signature: SIGNATURE }),
      JSON.stringify({ ...json, signature: `${json.signature}00` }),
      JSON.stringify({ ...json, randomness: undefined }),
    ])
      expect(() => parseDrandRound(wrong), wrong).to.throw(DrandResponseError);
  });

  it("BCN-09 takes the first answer that verifies, whatever the relays before it say", async () => {
    let asked: string | undefined;
    const honest = await relay((request, response) => {
      asked = request.url;
      response.end(JSON.stringify(json));
    });
    const lies = [
      { ...json, randomness: "00".repeat(32) },
      { ...json, round: 1001 },
      { ...json, signature: PUBLISHED[0][1].slice(2), randomness: sha256(PUBLISHED[0][1]).slice(2) },
    ];
    const urls = [
      await answering("busy", 503),
      await answering("<html>"),
      ...(await Promise.all(lies.map((lie) => answering(lie)))),
      await answering("x".repeat(100_000)),
      await relay(() => undefined),
      await relay((request) => request.socket.destroy()),
    ];
    expect(await fetchDrandRound(QUICKNET, ROUND, { urls: [...urls, `${honest}/`], timeoutMs: 1_000 })).to.deep.equal({
      round: ROUND,
      signature: SIGNATURE,
      randomness: RANDOMNESS,
    });
    expect(asked).to.equal(`/${drandChainHash(QUICKNET).slice(2)}/public/1000`);
    await rejects(
      fetchDrandRound(QUICKNET, ROUND, { urls, timeoutMs: 1_000 }),
      DrandUnavailableError,
      /None of 8 relays/,
    );
  });

  it("BCN-09 says so when it has nobody to ask", async () => {
    await rejects(fetchDrandRound(QUICKNET, ROUND, { urls: [], timeoutMs: 1 }), DrandUnavailableError);
  });
});

describe("headers of blocks", () => {
  const hash = (n: number) => `0x${n.toString(16).padStart(64, "0")}`;
  const quantity = (n: number) => `0x${n.toString(16)}`;
  const block = (number: number, time: number) => ({
    ...{ parentHash: hash(number - 1), sha3Uncles: hash(1), miner: `0x${"11".repeat(20)}`, stateRoot: hash(2) },
    ...{ transactionsRoot: hash(3), receiptsRoot: hash(4), logsBloom: `0x${"00".repeat(256)}`, difficulty: "0x0" },
    ...{ number: quantity(number), gasLimit: "0x1c9c380", gasUsed: "0x0", timestamp: quantity(time) },
    ...{ extraData: "0x", mixHash: hash(5), nonce: "0x0000000000000000" },
  });

  it("BCN-11 refuses a block whose fields do not make its hash", () => {
    for (const wrong of [
      null,
      {},
      { ...block(1, 1), hash: hash(9) },
      { ...block(1, 1), hash: hash(9), mixHash: undefined },
      { ...block(1, 1), hash: hash(9), difficulty: 0 },
    ])
      expect(() => headerRlp(wrong)).to.throw(HeaderFieldsError);
  });

  it("BCN-11 finds no first block where there is none", async () => {
    const times = [100, 112, 124];
    const send = async (_: string, [tag]: unknown[]) => {
      const number = tag === "latest" ? times.length - 1 : Number(tag);
      return { ...block(number, times[number]), hash: hash(9) };
    };
    await rejects(headerProof(send, 125n), BlockMissingError);
    await rejects(headerProof(send, 100n), BlockMissingError);
    await rejects(
      headerProof(async () => null, 100n),
      HeaderFieldsError,
    );
  });
});

describe("timelock encryption", () => {
  const content = bytes("test slice of round 3");
  const round = 42n;
  const open = (file: Uint8Array, signature = LOCAL.sign(round).signature) =>
    timelockDecrypt(file, LOCAL.network, () => signature);

  it("BCN-12 opens a file that drand's own program made", async () => {
    const asked: bigint[] = [];
    const opened = await timelockDecrypt(armor.decode(TLE_FILE), QUICKNET, (named) => {
      asked.push(named);
      return TLE_SIGNATURE;
    });
    expect(text(opened)).to.equal("hello world");
    expect(asked).to.deep.equal([12040883n]);
  });

  it("BCN-12 opens with the signature of its round, at any length", async () => {
    for (const length of [0, 1, 65_536, 65_537]) {
      const plain = new Uint8Array(length).fill(7);
      const opened = await open(await timelockEncrypt(plain, round, LOCAL.network));
      expect(Buffer.from(opened).equals(Buffer.from(plain))).to.equal(true);
    }
  });

  it("BCN-12 opens with no other round's signature, and no other network's", async () => {
    const file = await timelockEncrypt(content, round, LOCAL.network);
    await rejects(open(file, LOCAL.sign(round + 1n).signature), DrandSignatureError);
    const other = localDrand({ secretKey: toBeHex(7n, 32), genesis: 1_000n, period: 5n });
    await rejects(open(file, other.sign(round).signature), DrandSignatureError);
    await rejects(
      timelockDecrypt(file, other.network, (named) => other.sign(named).signature),
      TimelockError,
    );
    await rejects(
      timelockDecrypt(file, LOCAL.network, () => Promise.reject(new RoundNumberError(round))),
      RoundNumberError,
    );
  });

  it("BCN-12 opens no file of which a byte was changed", async () => {
    const file = await timelockEncrypt(content, round, LOCAL.network);
    for (let i = 0; i < file.length; i += 41) {
      const damaged = Uint8Array.from(file);
      damaged[i] ^= 1;
      // whichever round it names now
      const opening = timelockDecrypt(damaged, LOCAL.network, (named) => LOCAL.sign(named).signature);
      await rejects(opening, TimelockError);
    }
    await rejects(open(new Uint8Array()), TimelockError);
    await rejects(open(bytes("age-encryption.org/v1\n")), TimelockError);
  });

  it("BCN-12 gives everybody the same or nothing: a key wrapped wrongly is refused", async () => {
    const wrapped = async (args: string[], body: Uint8Array, times = 1) => {
      const encrypter = new Encrypter();
      encrypter.addRecipient({ wrapFileKey: () => Array.from({ length: times }, () => new Stanza(args, body)) });
      return encrypter.encrypt(content);
    };
    const chainHash = drandChainHash(LOCAL.network).slice(2);
    const args = ["tlock", String(round), chainHash];
    const point = getBytes(GENERATOR_G2);
    const body = (u: Uint8Array) => Uint8Array.from([...u, ...new Uint8Array(32)]);
    for (const file of [
      await wrapped(args, body(point)),
      await wrapped(args, body(getBytes(INFINITY_G2))),
      await wrapped(args, new Uint8Array(128)),
      await wrapped(args, point),
      await wrapped(["tlock", "0", chainHash], body(point)),
      await wrapped(["tlock", "-1", chainHash], body(point)),
      await wrapped(["tlock", "1e3", chainHash], body(point)),
      await wrapped(["tlock", String(round)], body(point)),
      await wrapped([...args, "more"], body(point)),
      await wrapped(["X25519", "abc"], body(point)),
      await wrapped(args, body(point), 2),
    ])
      await rejects(open(file), TimelockError);
  });

  it("BCN-12 encrypts to no round below 1, and under no key that is none", async () => {
    await rejects(timelockEncrypt(content, 0n, LOCAL.network), RoundNumberError);
    const network = { ...LOCAL.network, publicKey: INFINITY_G2 };
    await rejects(timelockEncrypt(content, 1n, network), DrandNetworkError);
  });
});
