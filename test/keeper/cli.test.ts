import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { Deployment } from "@artel/sdk";
import { expect } from "chai";
import { encryptKeystoreJsonSync } from "ethers";

import { runKeeper } from "../../keeper/src/main.js";
import { Processes, startChain } from "../../localnet/index.js";
import { eventually, rejection, scratchFolder } from "../localnet/helpers.js";
import { launch } from "../programs.js";

describe("npm run keeper", function () {
  this.timeout(60_000);
  const folder = scratchFolder();
  let processes: Processes;
  let rpcUrl: string;
  let deployment: string;
  let key: string;
  let account: string;

  before(async () => {
    processes = await Processes.open(folder);
    const chain = await startChain(processes, { seed: "keeper" });
    rpcUrl = chain.url;
    deployment = write("addresses.json", JSON.stringify(listOf(31_337)));
    ({ privateKey: key, address: account } = chain.wallets[0]);
  });
  after(() => processes.stopAll());

  const write = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const start = (args: readonly string[], env: NodeJS.ProcessEnv = { ARTEL_PRIVATE_KEY: key }) =>
    launch("scripts/keeper.ts", args, { env });
  const failure = async (code: string, args: readonly string[], secret = key, password = "") => {
    const own = process.env;
    process.env = { ...own, ARTEL_PRIVATE_KEY: secret, ARTEL_KEYSTORE_PASSWORD: password };
    const error = await rejection(runKeeper(args, AbortSignal.abort())).finally(() => (process.env = own));
    expect(error.code, error.message).to.equal(code);
    expect(error.message).not.to.contain("\n");
    return error.message;
  };
  const given = (args: { rpcUrl?: string; deployment?: string } = {}) => [
    ...["--rpc-url", args.rpcUrl ?? rpcUrl, "--deployment", args.deployment ?? deployment],
  ];

  it("KPR-05 names a flag that is wrong", async () => {
    expect(await failure("keeper/config", ["--rpc", rpcUrl])).to.match(/^Unknown option '--rpc'/);
    expect(await failure("keeper/config", given({ rpcUrl: "nowhere" }))).to.match(/^--rpc-url can't be used/);
    expect(await failure("keeper/config", [...given(), "--poll-ms", "1"])).to.match(/^--poll-ms can't be used/);
    const stranger = [...given(), "--owner", "nobody"];
    expect(await failure("keeper/config", stranger)).to.match(/^--owner can't be used as given \(is not an address\)/);
    const relays = ["--drand-relay", "https://api.drand.sh", "--drand-relay", "nowhere"];
    expect(await failure("keeper/config", [...given(), ...relays])).to.match(/^--drand-relay can't be used/);
  });

  it("KPR-05 asks for a key, and never repeats one", async () => {
    expect(await failure("key/missing", given(), "")).to.contain("ARTEL_PRIVATE_KEY");
    const secret = "0x1234567890";
    expect(await failure("key/invalid", given(), secret)).not.to.contain(secret);
  });

  it("CLI-14 KPR-05 opens a keystore, and asks for the password of one that has none", async () => {
    const text = encryptKeystoreJsonSync({ address: account, privateKey: key }, "open sesame", { scrypt: { N: 2 } });
    const keystore = ["--keystore", write("keystore.json", text)];
    await failure("key/password-missing", [...given(), ...keystore]);
    const wrong = await failure("key/password-wrong", [...given(), ...keystore], "", "sesame");
    expect(wrong)
      .to.contain("keystore.json")
      .and.not.to.match(/sesame/);
    await failure("key/keystore-file", [...given(), "--keystore", deployment], "", "open sesame");
    const keeper = start([...given(), ...keystore], { ARTEL_KEYSTORE_PASSWORD: "open sesame" });
    await eventually(() => keeper.stdout().includes("keeper started"), 30_000);
    keeper.kill("SIGTERM");
    expect((await keeper.ended).status).to.equal(0);
    expect(JSON.parse(keeper.stdout().split("\n")[0])).to.have.property("account", account);
  });

  it("KPR-05 names an endpoint where nothing answers", async () => {
    const message = await failure("rpc/unreachable", given({ rpcUrl: "http://127.0.0.1:9" }));
    expect(message).to.match(/^No chain answers at http:\/\/127\.0\.0\.1:9/);
  });

  it("KPR-05 refuses another chain than the deployment's", async () => {
    const elsewhere = write("elsewhere.json", JSON.stringify(listOf(11_155_111)));
    const message = await failure("rpc/wrong-chain", given({ deployment: elsewhere }));
    expect(message).to.contain("serves chain 31337, not chain 11155111");
  });

  it("KPR-05 names a deployment that can't be read", async () => {
    const missing = await failure("keeper/config", given({ deployment: join(folder, "none.json") }));
    expect(missing).to.contain("can't be read");
    const torn = await failure("keeper/config", given({ deployment: write("torn.json", "{") }));
    expect(torn).to.contain("is no JSON");
    const wrong = await failure("deployment/invalid", given({ deployment: write("wrong.json", "{}") }));
    expect(wrong).to.contain("contracts");
  });

  it("ends with one sentence, and with one line of JSON if asked to", async () => {
    const { status, stdout, stderr } = await start([...given(), "--poll-ms", "soon", "--json"]).ended;
    const { error } = JSON.parse(stdout) as { error: { code: string; message: string; hint: string } };
    expect(error).to.include({ code: "keeper/config", hint: "see npm run keeper -- --help" });
    expect({ status, stderr }).to.deep.equal({ status: 1, stderr: `${error.message}\n` });
  });

  it("starts, and ends when it is told to", async () => {
    const keeper = start(given());
    await eventually(() => keeper.stdout().includes("keeper started"), 30_000);
    keeper.kill("SIGTERM");
    const { status, stderr } = await keeper.ended;
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
  });
});

/** A list of addresses where nothing is deployed. */
function listOf(chainId: number) {
  const entry = {
    address: `0x${"11".repeat(20)}`,
    block: 0,
    transaction: `0x${"22".repeat(32)}`,
    arguments: [],
  };
  const contracts = Object.fromEntries(Object.keys(Deployment.shape.contracts.shape).map((name) => [name, entry]));
  return { network: "test", chainId, deployedAt: 0, contracts };
}
