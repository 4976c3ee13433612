import { expect } from "chai";
import { AbiCoder, Contract, id, Interface, ZeroAddress, type ParamType } from "ethers";

import { deployLocal, type LocalNetwork } from "../../deploy/local.js";
import { Processes, startChain, type Chain } from "../../localnet/index.js";
import * as typed from "../../sdk/src/contracts/index.js";
import { connect, CONTRACT_NAMES, type ContractName, type NetworkContracts } from "../../sdk/src/deployments.js";
import { BY_HEADS } from "../../sdk/src/weighting.js";
import { scratchFolder } from "./helpers.js";

const ADMIN_ROLE = 0n;
const PUBLIC_ROLE = 2n ** 64n - 1n;
const DAY = 86_400;

/** Libraries have functions of linked contracts, and none of their own. */
const LIBRARIES = Object.fromEntries(
  CONTRACT_NAMES.filter((name) => name.endsWith("Lib")).map((name) => [name, new Interface([])]),
) as Record<Extract<ContractName, `${string}Lib`>, Interface>;

const INTERFACES: Record<ContractName, Interface> = {
  AccessManager: typed.AccessManager__factory.createInterface(),
  DIDRegistry: typed.DIDRegistry__factory.createInterface(),
  ConsentRegistry: typed.ConsentRegistry__factory.createInterface(),
  Reputation: typed.Reputation__factory.createInterface(),
  ReputationAutomation: typed.ReputationAutomation__factory.createInterface(),
  Membership: typed.Membership__factory.createInterface(),
  Proxies: typed.Proxies__factory.createInterface(),
  Elections: typed.Elections__factory.createInterface(),
  PolicyBook: typed.PolicyBook__factory.createInterface(),
  MembershipToken: typed.MembershipToken__factory.createInterface(),
  CooperativeGovernor: typed.CooperativeGovernor__factory.createInterface(),
  Treasury: typed.Treasury__factory.createInterface(),
  CooperativeFactory: typed.CooperativeFactory__factory.createInterface(),
  OpenAdmission: typed.OpenAdmission__factory.createInterface(),
  InvitationAdmission: typed.InvitationAdmission__factory.createInterface(),
  SponsorAdmission: typed.SponsorAdmission__factory.createInterface(),
  CredentialAdmission: typed.CredentialAdmission__factory.createInterface(),
  RewardEscrow: typed.RewardEscrow__factory.createInterface(),
  StakeVault: typed.StakeVault__factory.createInterface(),
  Grants: typed.Grants__factory.createInterface(),
  MatchingRounds: typed.MatchingRounds__factory.createInterface(),
  ModelRegistry: typed.ModelRegistry__factory.createInterface(),
  PrivacyLedger: typed.PrivacyLedger__factory.createInterface(),
  DrandBeacon: typed.DrandBeacon__factory.createInterface(),
  LearningTasks: typed.ILearning__factory.createInterface(),
  LearningAnswers: typed.LearningAnswers__factory.createInterface(),
  ...LIBRARIES,
};

/** The functions that the AccessManager can guard, all there are in the suite. A new one must be entered here. */
const RESTRICTED = ["Reputation.addCategory(bytes32,uint32)"];

/** Words that an owner-like power would be called by. */
const POWERS =
  /^(owner|pendingOwner|transferOwnership|renounceOwnership|admin|pause|unpause|upgradeTo.*|initialize.*|sweep|rescue.*|mint|burn|setAuthority|grantRole)$/;

/** A value of a type, as plain as can be: what matters here is who asks. */
function plain({ baseType, arrayChildren, components, type }: ParamType): unknown {
  if (baseType === "array") return arrayChildren!.baseType === "array" ? [[]] : [];
  if (baseType === "tuple") return components!.map(plain);
  if (type === "address") return `0x${"11".repeat(20)}`;
  if (type === "bool") return false;
  if (type === "string") return "";
  if (type === "bytes") return "0x";
  return type.startsWith("bytes") ? `0x${"00".repeat(Number(type.slice(5)))}` : 1;
}

describe("the deployer after the handover", function () {
  this.timeout(120_000);
  const folder = scratchFolder();
  let processes: Processes;
  let chain: Chain;
  let network: LocalNetwork;
  let contracts: NetworkContracts;
  let steward: string;
  let deployer: string;

  before(async () => {
    processes = await Processes.open(folder);
    chain = await startChain(processes, { accounts: 3 });
    deployer = chain.wallets[0].address;
    network = await deployLocal(chain.url, chain.wallets[0].privateKey);
    contracts = connect(network.deployment, chain.wallets[1]);
    steward = await found();
    await network.handOver(steward);
  });
  after(async () => {
    await network?.close();
    await processes.stopAll();
  });

  async function found(): Promise<string> {
    const policy = {
      ...{ approvalNumerator: 1, approvalDenominator: 2, strict: true, quorumNumerator: 1, quorumDenominator: 3 },
      ...{ vetoNumerator: 0, vetoDenominator: 0, votingDelay: 0, votingPeriod: DAY, executionDelay: DAY },
      ...{ executionWindow: DAY, seasoning: 0, lateWindow: 0, sponsors: 0, ...BY_HEADS },
    };
    const policyClass = await contracts.policyBook.CONSTITUTIONAL();
    const founder = chain.wallets[1].address;
    const policies = [{ policyClass, policy }];
    const terms = {
      name: "Steward",
      dids: [founder],
      policies,
      rules: [],
      limits: [],
      heir: ZeroAddress,
      calls: [],
      salt: id("steward"),
    };
    const { cooperative } = await contracts.factory.predict(founder, terms);
    await (await contracts.factory.found(terms)).wait();
    return cooperative;
  }

  /** Every function that can change something, of every deployed contract. */
  function* powers() {
    for (const [name, contract] of Object.entries(INTERFACES)) {
      for (const fragment of Object.values(contract.fragments)) {
        if (fragment.type !== "function") continue;
        const change = contract.getFunction(fragment.format())!;
        if (change.constant) continue;
        yield { label: `${name}.${change.format()}`, name: name as ContractName, contract, change };
      }
    }
  }
  const addressOf = (name: ContractName) => network.deployment.contracts[name].address;

  /** What a call would answer, or the data it would revert with, sender taken out. */
  async function answer(from: string, to: string, data: string): Promise<string> {
    const result: string = await chain.provider.call({ from, to, data }).catch((error) => error.data ?? error.message);
    return result.toLowerCase().replaceAll(from.slice(2).toLowerCase(), "sender");
  }

  it("DEP-05 is in no role: the Treasury alone administers", async () => {
    const holders = new Map<bigint, Set<string>>();
    const manager = contracts.accessManager;
    for (const { args } of await manager.queryFilter(manager.filters.RoleGranted(), 0)) {
      holders.set(args.roleId, (holders.get(args.roleId) ?? new Set()).add(args.account));
    }
    expect([...holders.keys()]).to.deep.equal([ADMIN_ROLE]);
    expect([...holders.get(ADMIN_ROLE)!]).to.have.members([deployer, steward]);
    expect((await manager.hasRole(ADMIN_ROLE, deployer)).isMember).to.equal(false);
    expect(await manager.hasRole(ADMIN_ROLE, steward)).to.deep.equal([true, 0n]);
    for (const { args } of await manager.queryFilter(manager.filters.RoleGrantDelayChanged(), 0)) {
      expect.fail(`a delay was changed: ${args.roleId}`);
    }
  });

  it("DEP-06 finds every restricted function entered in the list, and none besides", () => {
    const guarded = [...powers()].filter(
      ({ contract, name }) => name !== "AccessManager" && contract.hasFunction("authority"),
    );
    // Reputation's other functions obey realms; `setAuthority` obeys the AccessManager itself.
    const others = ["appointIssuer", "revokeIssuer", "award", "awardMany", "penalise", "setAuthority"];
    const restricted = guarded.filter(({ change }) => !others.includes(change.name)).map(({ label }) => label);
    expect(restricted).to.deep.equal(RESTRICTED);
  });

  it("DEP-06 finds no power of an owner anywhere but in the AccessManager and its one dependant", () => {
    const found = [...powers()]
      .filter(({ change }) => POWERS.test(change.name))
      .map(({ label }) => label.split("(")[0]);
    // `sweep` is anybody's, a year after the last appeals of a task, to the treasury that its terms name
    expect(found).to.have.members(["AccessManager.grantRole", "Reputation.setAuthority", "LearningTasks.sweep"]);
  });

  it("DEP-05 may call nothing that is restricted, while the Treasury may", async () => {
    const manager = contracts.accessManager;
    for (const { label, name, change } of powers()) {
      if (!RESTRICTED.includes(label)) continue;
      const target = addressOf(name);
      expect(await manager.getTargetFunctionRole(target, change.selector), label).not.to.equal(PUBLIC_ROLE);
      expect(await manager.canCall(deployer, target, change.selector), label).to.deep.equal([false, 0n]);
      expect(await manager.canCall(steward, target, change.selector), label).to.deep.equal([true, 0n]);
    }
    const { data } = await contracts.reputation.addCategory.populateTransaction(id("care"), DAY);
    const refusal = await answer(deployer, addressOf("Reputation"), data);
    expect(refusal.slice(0, 10)).to.equal(INTERFACES.Reputation.getError("AccessManagedUnauthorized")!.selector);
    expect(await answer(steward, addressOf("Reputation"), data)).to.equal("0x");
  });

  it("DEP-05 is answered like any stranger by every function of every contract", async () => {
    const stranger = chain.wallets[2].address;
    const coder = AbiCoder.defaultAbiCoder();
    let asked = 0;
    for (const { label, name, change } of powers()) {
      const data = change.selector + coder.encode(change.inputs, change.inputs.map(plain)).slice(2);
      const [his, theirs] = await Promise.all([deployer, stranger].map((from) => answer(from, addressOf(name), data)));
      expect(his, label).to.equal(theirs);
      asked += 1;
    }
    expect(asked).to.be.greaterThan(60);
  });

  it("DEP-05 can't take the administration back", async () => {
    const manager = new Contract(addressOf("AccessManager"), INTERFACES.AccessManager, chain.wallets[0]);
    for (const [name, args] of [
      ["grantRole", [ADMIN_ROLE, deployer, 0]],
      ["revokeRole", [ADMIN_ROLE, steward]],
      ["setRoleAdmin", [1, 1]],
      ["setTargetFunctionRole", [addressOf("Reputation"), ["0x00000000"], PUBLIC_ROLE]],
      ["setTargetClosed", [addressOf("Reputation"), true]],
      ["updateAuthority", [addressOf("Reputation"), deployer]],
    ] as const) {
      const error = await manager[name].staticCall(...args).catch((refusal) => refusal);
      expect(error.revert?.name, name).to.equal("AccessManagerUnauthorizedAccount");
    }
  });
});
