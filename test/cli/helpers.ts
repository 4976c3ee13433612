import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { Support, type Cooperative } from "@artel/sdk";
import { id, type HDNodeWallet, type Wallet } from "ethers";

import { runCli } from "../../cli/src/cli.js";
import { Processes } from "../../localnet/index.js";
import { rejection, scratchFolder } from "../localnet/helpers.js";
import { raiseSuite, type Suite } from "../suite.js";

/** How a command is run. */
export interface Run {
  /** Whose key is in the environment. */
  readonly as?: HDNodeWallet | Wallet;
  readonly env?: Readonly<Record<string, string>>;
  /** Answers questions; yes if omitted. */
  readonly agree?: () => boolean | Promise<boolean>;
  /** What is typed when a secret is asked for; a list gives one after the other. */
  readonly secret?: string | readonly string[];
}

/** What a command says that made a proposal. */
export interface Proposed {
  readonly proposalId: string;
  readonly call: {
    readonly arguments: { targets: string[]; values: bigint[]; calldatas: string[]; description: string };
  };
}

/** A terminal at which commands are typed, on a chain of its own. */
export class Desk {
  readonly folder = scratchFolder();
  suite!: Suite;
  /** File with the deployment's addresses. */
  deployment!: string;
  #processes!: Processes;

  constructor() {
    before(async () => {
      this.#processes = await Processes.open(this.folder);
      this.suite = await raiseSuite(this.#processes);
      this.deployment = this.write("addresses.json", JSON.stringify(this.suite.deployment));
    });
    after(() => this.#processes.stopAll());
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.file(name), content);
    return this.file(name);
  }

  /** A DID on this chain. */
  did(wallet: { address: string }): string {
    return `did:ethr:0x7a69:${wallet.address}`;
  }

  /** Where the network is, as flags. */
  get place(): string[] {
    return ["--deployment", this.deployment, "--rpc-url", this.suite.chain.url];
  }

  /** Runs a command, and answers with the lines it printed. */
  async lines(
    words: string,
    flags: readonly string[],
    { as, env, agree = () => true, secret }: Run = {},
  ): Promise<string[]> {
    const printed: string[] = [];
    const secrets = [secret].flat();
    await runCli([...words.split(" "), ...flags], {
      print: (line) => void printed.push(line),
      agree: async () => agree(),
      askSecret: async () => (secrets.length > 1 ? secrets.shift() : secrets[0]),
      env: { ...env, ...(as && { ARTEL_PRIVATE_KEY: as.privateKey }) },
    });
    return printed;
  }

  /** Runs a command on this chain without asking, and answers with its JSON. */
  async json(words: string, flags: readonly string[], run: Run = {}) {
    const acts =
      /^(did (rotate|add|revoke|recover)|consent (grant|revoke|cap)|member (?!list)|propose|vote|delegate|queue|execute|cancel|stake (?!show)|reward claim)/;
    const yes = acts.test(words) ? ["--yes"] : [];
    const lines = await this.lines(words, [...this.place, ...yes, ...flags, "--json"], run);
    return JSON.parse(lines.join("\n"));
  }

  /** Runs a command that must fail, and answers with its error. */
  async failure(words: string, flags: readonly string[], run: Run = {}) {
    return rejection(this.json(words, flags, run));
  }

  /** Everybody votes for a proposal that a command made, and it is carried out. */
  async carryOut({ governor }: Cooperative, voters: readonly HDNodeWallet[], { proposalId, call }: Proposed) {
    const { targets, values, calldatas, description } = call.arguments;
    await this.suite.chain.warpTo((await governor.proposalSnapshot(proposalId)) + 1n);
    for (const voter of voters) await (await governor.connect(voter).castVote(proposalId, Support.For)).wait();
    await this.suite.chain.warpTo(await governor.proposalEta(proposalId));
    await (await governor.execute(targets, values, calldatas, id(description))).wait();
  }

  /** The transactions that an account has sent. */
  async sent(wallet: { address: string }): Promise<number> {
    return this.suite.chain.provider.getTransactionCount(wallet.address);
  }
}
