import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { decodeExamples, encodeExamples, EXAMPLES_RECORD, openContentFolder, openEncryptedFolder } from "@artel/node";
import { Role, Phase, type ILearning } from "@artel/sdk";
import { expect } from "chai";
import { encryptKeystoreJsonSync, type HDNodeWallet } from "ethers";

import { Processes } from "../../localnet/index.js";
import { runNode } from "../../node/src/cli.js";
import { eventually, rejection, scratchFolder } from "../localnet/helpers.js";
import { launch } from "../programs.js";
import { deployToken, found, halves, joinAll, raiseSuite, REWARD, taskOf, termsOf, type Suite } from "../suite.js";

const PASSPHRASE = "not a secret";

describe("npm run node", function () {
  this.timeout(120_000);
  const folder = scratchFolder();
  const examples = halves("cli", 200);
  const store = join(folder, "store");
  const contentFolder = join(folder, "content");
  let processes: Processes;
  let suite: Suite;
  let members: readonly HDNodeWallet[];
  let tasks: ILearning;
  let deployment: string;
  let images: string;
  let labels: string;
  let token: string;
  let taskId: bigint;

  before(async () => {
    processes = await Processes.open(folder);
    suite = await raiseSuite(processes);
    tasks = suite.contracts.tasks;
    deployment = write("addresses.json", JSON.stringify(suite.deployment));
    // As 2 x 2 images.
    images = write("images", idx(0x803, [200, 2, 2], examples.pixels));
    labels = write("labels", idx(0x801, [200], examples.labels));
    members = suite.accounts.slice(0, 9);
    const cooperative = await found(suite, members);
    const coin = await deployToken(suite);
    token = await coin.getAddress();
    await (await coin.mint(suite.operator.address, REWARD)).wait();
    await (await coin.approve(tasks, REWARD)).wait();
    const content = openContentFolder(contentFolder);
    await (await tasks.openTask(await termsOf(suite, cooperative.address, token, cast(), content))).wait();
    taskId = await tasks.taskCount();
  });
  after(() => processes.stopAll());

  const cast = () => ({
    clients: members.slice(0, 2),
    auditors: members.slice(2, 6),
    aggregators: members.slice(6),
  });
  const write = (name: string, content: string | Uint8Array) => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  const secretsOf = (wallet: HDNodeWallet) => ({
    ARTEL_PRIVATE_KEY: wallet.privateKey,
    ARTEL_STORE_PASSPHRASE: PASSPHRASE,
  });
  const given = (changes: Readonly<Record<string, string>> = {}) => {
    const flags = {
      ...{ "rpc-url": suite.chain.url, deployment, task: `${taskId}`, store, content: contentFolder, "poll-ms": "50" },
      "drand-relay": suite.drand.url,
      ...changes,
    };
    return Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
  };
  const importing = (changes: Readonly<Record<string, string>> = {}) => {
    const flags = Object.entries({ store, images, labels, ...changes });
    return ["import", ...flags.flatMap(([flag, value]) => [`--${flag}`, value])];
  };
  const failure = async (
    code: string,
    args: readonly string[],
    secrets: Readonly<Record<string, string>> = secretsOf(members[0]),
  ) => {
    const own = { ...process.env };
    const names = [...Object.keys(secretsOf(members[0])), "ARTEL_KEYSTORE_PASSWORD"];
    for (const name of names) process.env[name] = secrets[name] ?? "";
    const error = await rejection(runNode(args, AbortSignal.abort())).finally(() => (process.env = own));
    expect(error.code, error.message).to.equal(code);
    expect(error.message).not.to.contain("\n");
    return error.message;
  };

  it("names a word or flag that is wrong", async () => {
    expect(await failure("node/config", [])).to.match(/^It is not clear what to do \(no role given\)/);
    expect(await failure("node/config", ["miner", ...given()])).to.match(/^It is not clear what to do \(miner\)/);
    expect(await failure("node/config", ["client", "auditor"])).to.match(/^One thing at a time/);
    expect(await failure("node/config", ["client", "--rpc", "x"])).to.match(/^Unknown option '--rpc'/);
    expect(await failure("node/config", ["client"])).to.match(/^--rpc-url is missing/);
    expect(await failure("node/config", ["client", ...given({ task: "first" })])).to.match(/^--task can't be used/);
    expect(await failure("node/config", ["client", ...given({ task: "0" })])).to.match(/^--task can't be used/);
    expect(await failure("node/config", ["client", ...given({ "poll-ms": "1" })])).to.match(/^--poll-ms can't/);
    expect(await failure("node/config", ["client", ...given({ images })])).to.match(/^--images can't be used/);
    const none = join(folder, "none.json");
    expect(await failure("node/config", ["client", ...given({ deployment: none })])).to.match(/can't be read/);
  });

  it("asks for key and passphrase, and never repeats a key", async () => {
    const { ARTEL_PRIVATE_KEY, ARTEL_STORE_PASSPHRASE } = secretsOf(members[0]);
    await failure("key/missing", ["client", ...given()], { ARTEL_STORE_PASSPHRASE });
    await failure("node/passphrase-missing", ["client", ...given()], { ARTEL_PRIVATE_KEY });
    await failure("node/passphrase-missing", importing(), { ARTEL_PRIVATE_KEY });
    const secret = "0x1234567890";
    const wrong = { ARTEL_PRIVATE_KEY: secret, ARTEL_STORE_PASSPHRASE };
    expect(await failure("key/invalid", ["client", ...given()], wrong)).not.to.contain(secret);
  });

  it("CLI-14 opens a keystore, and asks for the password of one that has none", async () => {
    const [{ address, privateKey }] = members;
    const text = encryptKeystoreJsonSync({ address, privateKey }, "open sesame", { scrypt: { N: 2 } });
    const client = ["client", ...given({ keystore: write("keystore.json", text), store: mkdtempSync(`${folder}/`) })];
    const { ARTEL_STORE_PASSPHRASE } = secretsOf(members[0]);
    await failure("key/password-missing", client, { ARTEL_STORE_PASSPHRASE });
    await failure("key/password-wrong", client, { ARTEL_STORE_PASSPHRASE, ARTEL_KEYSTORE_PASSWORD: "sesame" });
    // past the key, there is nothing in the store
    await failure("node/no-examples", client, { ARTEL_STORE_PASSPHRASE, ARTEL_KEYSTORE_PASSWORD: "open sesame" });
  });

  it("refuses files that hold no labelled images", async () => {
    await failure("dataset/missing", importing({ images: join(folder, "none") }));
    expect(await failure("dataset/corrupt", importing({ images: labels }))).to.contain("magic number 2049");
    const cut = write("cut", idx(0x803, [200, 2, 2], examples.pixels.subarray(1)));
    expect(await failure("dataset/corrupt", importing({ images: cut }))).to.contain("its header announces 816");
    const fewer = write("fewer", idx(0x801, [199], examples.labels.subarray(1)));
    expect(await failure("dataset/corrupt", importing({ labels: fewer }))).to.contain("200 images for 199 labels");
  });

  it("takes no part without examples that fit, without the stake, or without being a member", async () => {
    const empty = mkdtempSync(join(folder, "empty-"));
    await failure("node/no-examples", ["client", ...given({ store: empty })]);
    const aggregator = ["aggregator", ...given({ store: empty })];
    expect(await failure("node/stake-missing", aggregator, secretsOf(members[6]))).to.contain(
      "has 0 of the smallest units of token",
    );
    const opened = await openEncryptedFolder(empty, PASSPHRASE);
    const client = ["client", ...given({ store: empty })];
    await opened.put(EXAMPLES_RECORD, encodeExamples({ ...examples, classes: 3 }));
    expect(await failure("examples/mismatch", client)).to.contain("The model has 2 classes");
    await opened.put(EXAMPLES_RECORD, encodeExamples(examples));
    const unknown = ["client", ...given({ store: empty, task: "99" })];
    expect(await failure("node/join-refused", unknown)).to.contain("UnknownTask");
  });

  it("puts labelled images into the encrypted store", async () => {
    const { status, stdout, stderr } = await launch("scripts/node.ts", [...importing(), "--json"], {
      env: secretsOf(members[0]),
    }).ended;
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).to.deep.equal({ examples: 200, features: 4, classes: 2 });
    const opened = await openEncryptedFolder(store, PASSPHRASE);
    const { pixels, ...rest } = decodeExamples(await opened.get(EXAMPLES_RECORD));
    expect([...pixels]).to.deep.equal([...examples.pixels]);
    expect(rest).to.deep.include({ features: 4, classes: 2 });
    await failure("data/wrong-key", importing(), { ARTEL_STORE_PASSPHRASE: "another" });
  });

  it("takes no seeds from a network that the contract does not know", async () => {
    const client = ["client", ...given({ "drand-relay": suite.chain.url })];
    await failure("randomness/drand-network-unknown", client);
  });

  it("PTY-01 joins as a client, commits in Commit and reveals in Reveal, though it is started again", async () => {
    const [member] = members;
    const start = () => launch("scripts/node.ts", ["client", ...given()], { env: secretsOf(member) });
    const { clients, ...others } = cast();
    const task = taskOf(suite, taskId, cast(), token, folder, openContentFolder(contentFolder));
    const has = async (event: "UpdateCommitted" | "UpdateRevealed") =>
      (await tasks.queryFilter(tasks.filters[event](taskId, 1, member.address))).length === 1;

    // clients find room once there are auditors for them
    await joinAll(suite, taskId, { ...others, clients: clients.slice(1) }, token);
    const outsider = secretsOf(suite.accounts[20]);
    expect(await failure("node/join-refused", ["client", ...given()], outsider)).to.contain("NotAMember");
    const first = start();
    await eventually(async () => Number((await tasks.participantOf(taskId, member)).role) === Role.Client, 30_000);
    await eventually(() => has("UpdateCommitted"), 30_000);
    await eventually(() => first.stdout().includes("commit in round 1"));
    first.kill("SIGTERM");
    const { status, stderr } = await first.ended;
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });

    await task.to(Phase.Reveal);
    const second = start();
    await eventually(() => has("UpdateRevealed"), 30_000);
    second.kill("SIGINT");
    expect((await second.ended).status).to.equal(0);
    expect((await task.view.updates(1n)).map(({ samples }) => samples)).to.deep.equal([200n]);
    await failure("node/other-role", ["aggregator", ...given()]);
  });

  it("PTY-06 challenges without a place in the task", async () => {
    const outsider = suite.accounts[20];
    const empty = mkdtempSync(join(folder, "challenger-"));
    const env = secretsOf(outsider);
    const challenger = launch("scripts/node.ts", ["challenger", ...given({ store: empty })], { env });
    await eventually(() => challenger.stdout().includes("node started"), 30_000);
    challenger.kill("SIGTERM");
    const { status, stdout, stderr } = await challenger.ended;
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
    expect(JSON.parse(stdout.split("\n")[0])).to.include({
      role: "challenger",
      account: outsider.address,
      joined: false,
    });
    expect(Number((await tasks.participantOf(taskId, outsider)).role)).to.equal(Role.None);
  });
});

/** A file in IDX format. */
function idx(magic: number, sizes: readonly number[], items: Uint8Array): Uint8Array {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  [magic, ...sizes].forEach((word, i) => header.writeUInt32BE(word, 4 * i));
  return Buffer.concat([header, items]);
}
