import { expect } from "chai";
import { AbiCoder, FunctionFragment, type Interface, type ParamType, ZeroAddress, ZeroHash } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { networkParameters } from "../../deploy/deployment.js";
import Network from "../../deploy/modules/Network.js";
import { QUICKNET } from "../../sdk/src/randomness/index.js";
import { BY_HEADS } from "../../sdk/src/weighting.js";
import { powersTable } from "../docs/powersTable.js";

const connection: NetworkConnection<"l1"> = await network.create({ network: "l1", chainType: "l1" });
const { ethers, ignition, networkHelpers } = connection;

const CONSTITUTIONAL = 7;
const LOWEST = 0;
const DAY = 86_400;
const POLICY = {
  ...{ approvalNumerator: 1, approvalDenominator: 2, strict: true, quorumNumerator: 1, quorumDenominator: 2 },
  ...{ vetoNumerator: 0, vetoDenominator: 0, votingDelay: 0, votingPeriod: DAY, executionDelay: 0 },
  ...{ executionWindow: DAY, seasoning: 0, lateWindow: 0, sponsors: 0, ...BY_HEADS },
};

/**
 * Functions that carry bytes and may be put into a lower class, because no call of the cooperative's hides in them: what
 * they carry are signatures, content, attributes, and openings and proofs of learning tasks; `batch` changes the caller's own identity; `found` calls in the new
 * cooperative's name; `fire` calls what was authorised, constitutionally.
 */
const DATA_ALONE: readonly string[] = [
  "AccessManager.consumeScheduledOp",
  "ConsentRegistry.grantBySig",
  "ConsentRegistry.revokeBySig",
  "CooperativeFactory.found",
  "DIDRegistry.addDelegateBySig",
  "DIDRegistry.announceDeactivationBySig",
  "DIDRegistry.batch",
  "DIDRegistry.batchBySig",
  "DIDRegistry.cancelRecoveryBySig",
  "DIDRegistry.changeOwnerBySig",
  "DIDRegistry.revokeAttribute",
  "DIDRegistry.revokeAttributeBySig",
  "DIDRegistry.revokeAttributeSigned",
  "DIDRegistry.revokeDelegateBySig",
  "DIDRegistry.setAttribute",
  "DIDRegistry.setAttributeBySig",
  "DIDRegistry.setAttributeSigned",
  "DIDRegistry.setGuardiansBySig",
  "DIDRegistry.startRecovery",
  "DrandBeacon.prove",
  "Elections.castBallotsBySig",
  "Grants.deliver",
  "Grants.openGrant",
  "LearningAnswers.appealPanel",
  "LearningAnswers.demandHashes",
  "LearningAnswers.demandNode",
  "LearningAnswers.disputeChunk",
  "LearningAnswers.disputeStep",
  "LearningAnswers.disputeWeight",
  "LearningAnswers.openPart",
  "LearningAnswers.revealReview",
  "LearningAnswers.settleAppeal",
  "LearningTasks.commitUpdateBySig",
  "LearningTasks.commitUpdates",
  "LearningTasks.publishSealingKey",
  "LearningTasks.revealScores",
  "LearningTasks.revealUpdates",
  "LearningTasks.settlePanel",
  "MatchingRounds.openRound",
  "MatchingRounds.register",
  "PrivacyLedger.setCapBySig",
  "Proxies.nameProxyBySig",
  "Proxies.revokeBySig",
  "ReputationAutomation.fire",
];

/** Ways to hand a call on: of this suite, of OpenZeppelin, of wallets, and some that delegate. */
const WRAPPERS = [
  "multicall(bytes[] calls)",
  "multicall(uint256 deadline, bytes[] calls)",
  "aggregate((address target, bytes data)[])",
  "aggregate3((address target, bool allowFailure, bytes data)[])",
  "tryAggregate(bool requireSuccess, (address target, bytes data)[])",
  "execute(bytes data)",
  "execute(address target, bytes data)",
  "execute(bytes32 mode, bytes data)",
  "execute(address target, uint256 value, bytes data)",
  "execute(address target, uint256 value, bytes data, uint8 operation)",
  "execute(address[] targets, uint256[] values, bytes[] calls, bytes32 descriptionHash)",
  "execute(uint256 proposalId, uint8 policyClass, address book, address[] targets, uint256[] values, bytes[] calls)",
  "executeBatch(address[] targets, bytes[] calls)",
  "executeBatch(address[] targets, uint256[] values, bytes[] calls)",
  "executeBatch((address target, uint256 value, bytes data)[])",
  "executeFromExecutor(bytes32 mode, bytes data)",
  "execTransactionFromModule(address target, uint256 value, bytes data, uint8 operation)",
  "execTransactionFromModuleReturnData(address target, uint256 value, bytes data, uint8 operation)",
  "relay(address target, uint256 value, bytes data)",
  "schedule(address target, bytes data, uint48 when)",
  "schedule(address target, uint256 value, bytes data, bytes32 predecessor, bytes32 salt, uint256 delay)",
  "scheduleBatch(address[] targets, uint256[] values, bytes[] calls, bytes32 predecessor, bytes32 salt, uint256 delay)",
  "delegateCall(address target, bytes data)",
  "delegatecall(address target, bytes data)",
  "functionDelegateCall(address target, bytes data)",
  "upgradeTo(address target)",
  "upgradeToAndCall(address target, bytes data)",
  "upgradeAndCall(address proxy, address target, bytes data)",
  "diamondCut((address target, uint8 action, bytes4[] selectors)[], address init, bytes data)",
  "grantRole(uint64 role, address account, uint32 delay)",
  "grantRole(bytes32 role, address account)",
  "updateAuthority(address target, address authority)",
  "setAuthority(address authority)",
  "transferOwnership(address owner)",
  "setApprovalForAll(address operator, bool approved)",
].map((signature) => FunctionFragment.from(`function ${signature}`));

/** A call that somebody would like to have made in the cooperative's name. */
interface Wish {
  readonly label: string;
  readonly target: string;
  readonly data: string;
}

/** Arguments that lead to a call wherever they can. */
function towards(wish: Wish, { baseType, arrayChildren, components, type }: ParamType): unknown {
  if (baseType === "array") return [towards(wish, arrayChildren!)];
  if (baseType === "tuple") return components!.map((component) => towards(wish, component));
  if (type === "address") return wish.target;
  if (type === "bytes") return wish.data;
  if (type === "bytes4") return wish.data.slice(0, 10);
  if (type === "bool") return true;
  if (type === "string") return "x";
  return type.startsWith("bytes") ? `0x${"00".repeat(Number(type.slice(5)))}` : 1;
}

function carrying(wish: Wish, { selector, inputs }: FunctionFragment): string {
  const values = inputs.map((input) => towards(wish, input));
  return selector + AbiCoder.defaultAbiCoder().encode(inputs, values).slice(2);
}

/** Whether an argument could name whom to call, or what with. */
function holdsCalls(input: ParamType): boolean {
  return input.type.includes("address") || holdsBytes(input);
}

function holdsBytes({ arrayChildren, components, type }: ParamType): boolean {
  return type === "bytes" || [...(components ?? []), ...(arrayChildren ? [arrayChildren] : [])].some(holdsBytes);
}

/** A contract where the cooperative would meet it. */
interface Place {
  readonly name: string;
  readonly address: string;
  readonly changing: readonly FunctionFragment[];
}

/** Functions that can change something. */
function changingOf({ fragments }: Interface): FunctionFragment[] {
  return fragments.filter(FunctionFragment.isFragment).filter(({ constant }) => !constant);
}

/** Every contract of a network, and a cooperative that administers it and has put all it can into its lowest class. */
async function fixture() {
  const [founder, attacker] = await ethers.getSigners();
  const modules = await ignition.deploy(Network, { parameters: networkParameters(QUICKNET) });
  const { factory, policyBook, accessManager, membership } = modules;
  const terms = {
    name: "Artel",
    dids: [founder.address],
    policies: [CONSTITUTIONAL, LOWEST].map((policyClass) => ({ policyClass, policy: POLICY })),
    ...{ rules: [], limits: [], heir: ZeroAddress, calls: [], salt: ZeroHash },
  };
  const { cooperative, governor, membershipToken } = await factory.predict(founder.address, terms);
  await factory.found(terms);
  await accessManager.grantRole(0, cooperative, 0);
  const treasury = await ethers.getContractAt("Treasury", cooperative);
  await networkHelpers.setBalance(cooperative, 10n ** 18n);
  await networkHelpers.setBalance(governor, 10n ** 18n);

  const own: Record<string, string> = { CooperativeGovernor: governor, MembershipToken: membershipToken };
  const places: Place[] = [{ name: "Treasury", address: cooperative, changing: changingOf(treasury.interface) }];
  for (const [key, { contractName }] of Object.entries(Network.results)) {
    const contract = modules[key as keyof typeof modules];
    const address = own[contractName] ?? (await contract.getAddress());
    places.push({ name: contractName, address, changing: changingOf(contract.interface) });
  }
  const asTreasury = await ethers.getContractAt(
    "PolicyBook",
    await policyBook.getAddress(),
    await ethers.getImpersonatedSigner(cooperative),
  );
  /** Whether a rule puts the function into the lowest class: one that spends nothing, or what it must say it spends. */
  const lower = async (target: string, selector: string, amountArgument = 0n): Promise<boolean> => {
    const rule = { policyClass: LOWEST, amountArgument, tokenArgument: 0, inStruct: false };
    try {
      await asTreasury.setRule(target, selector, rule, { gasLimit: 1_000_000 });
      return true;
    } catch (error) {
      const revert = asTreasury.interface.parseError((error as { data?: string }).data ?? "0x");
      if (revert?.name === "PolicyBook_MustBeMetered") return lower(target, selector, revert.args.amountArgument);
      expect(revert?.name, selector).to.equal("PolicyBook_Pinned");
      return false;
    }
  };
  const lowered: { place: Place; change: FunctionFragment }[] = [];
  const pinned: string[] = [];
  for (const place of places) {
    for (const change of place.changing) {
      if (await lower(place.address, change.selector)) lowered.push({ place, change });
      else pinned.push(`${place.name}.${change.name}`);
    }
  }
  return {
    accessManager,
    attacker,
    cooperative,
    governor,
    lowered,
    membership,
    pinned,
    policyBook,
    treasury,
  };
}

type Fixture = Awaited<ReturnType<typeof fixture>>;

/** What the table of powers calls constitutional. A label of a role is by vote, and a word about the others. */
async function constitutional(): Promise<string[]> {
  const rows = (await powersTable()).filter(({ who }) => who.includes("constitutional"));
  return rows.flatMap(({ contract, functions, who }) => {
    const named = /constitutional for ([`\w, ]+)/.exec(who)?.[1];
    return functions
      .filter((name) => (named === undefined || named.includes(`\`${name}\``)) && name !== "labelRole")
      .map((name) => `${contract}.${name}`);
  });
}

/** What would take the cooperative over, or loosen its rules. */
function wishes({ accessManager, attacker, cooperative, membership, policyBook, treasury }: Fixture): Wish[] {
  const rule = { policyClass: LOWEST, amountArgument: 0, tokenArgument: 0, inStruct: false };
  return [
    [treasury, "setGovernor", [policyBook.target]],
    [treasury, "setHeir", [attacker.address]],
    [treasury, "setLimit", [LOWEST, ZeroAddress, 1, 1]],
    [policyBook, "setRule", [cooperative, "0x12345678", rule]],
    [membership, "appointAdmission", [attacker.address, 9, false]],
    [accessManager, "grantRole", [0, attacker.address, 0]],
  ].map(([contract, name, args]) => ({
    label: name as string,
    target: (contract as typeof treasury).target as string,
    data: (contract as typeof treasury).interface.encodeFunctionData(name as never, args as never),
  }));
}

/** All that only the constitutional class may change. */
async function constitution({ accessManager, attacker, cooperative, membership, policyBook, treasury }: Fixture) {
  return [
    ...[await treasury.governor(), await treasury.heir(), (await treasury.limitOf(LOWEST, ZeroAddress)).amount],
    await policyBook.classOf(cooperative, cooperative, 0, "0x12345678"),
    ...(await Promise.all([0, 7].map((policyClass) => policyBook.currentVersion(cooperative, policyClass)))),
    ...[await membership.noticePeriod(cooperative), (await accessManager.hasRole(0, attacker.address)).isMember],
  ].map(String);
}

describe("classes of the suite's functions", function () {
  this.timeout(120_000);
  let suite: Fixture;
  before(async () => {
    suite = await fixture();
  });

  it("SPD-09 keeps constitutional what the table of powers says", async () => {
    const expected = await constitutional();
    expect(expected).to.include.members(["Treasury.setGovernor", "PolicyBook.setRule", "AccessManager.grantRole"]);
    expect(suite.pinned).to.include.members(expected);
  });

  it("SPD-09 classifies it so, wrapped in whatever carries calls, once or twice, wherever that is", async () => {
    const { cooperative, policyBook } = suite;
    const stranger = ethers.Wallet.createRandom().address;
    for (const { selector, name } of WRAPPERS) {
      expect(await policyBook.isWrapper(selector), name).to.equal(true);
    }
    for (const wish of wishes(suite)) {
      for (const outer of WRAPPERS) {
        const once = carrying(wish, outer);
        const twice = carrying({ ...wish, data: once }, WRAPPERS[0]);
        for (const data of [once, twice]) {
          const [policyClass] = await policyBook.classify(cooperative, [stranger], [0], [data]);
          expect(Number(policyClass), `${wish.label} in ${outer.format()}`).to.equal(CONSTITUTIONAL);
        }
      }
    }
  });

  it("SPD-09 lets no function into a lower class that carries bytes nobody has looked at", () => {
    const carriers = suite.lowered
      .filter(({ change }) => change.inputs.some(holdsBytes))
      .map(({ place, change }) => `${place.name}.${change.name}`);
    expect([...new Set(carriers)].sort()).to.deep.equal([...DATA_ALONE].sort());
  });

  it("SPD-09 changes nothing constitutional by any call of the lowest class, whatever it carries", async () => {
    const { cooperative, governor, lowered, policyBook, treasury } = suite;
    const asGovernor = treasury.connect(await ethers.getImpersonatedSigner(governor));
    const before = await constitution(suite);
    let carriedOut = 0;
    for (const { place, change } of lowered) {
      if (!change.inputs.some(holdsCalls)) continue;
      for (const wish of wishes(suite).filter(({ label }) => ["setHeir", "setRule", "grantRole"].includes(label))) {
        const data = [carrying(wish, change)];
        const sent = await asGovernor
          .execute(1, LOWEST, policyBook, [place.address], [0], data, { gasLimit: 5_000_000 })
          .catch(() => undefined);
        if (sent !== undefined) carriedOut += 1;
      }
      expect(await constitution(suite), `${place.name}.${change.name}`).to.deep.equal(before);
    }
    expect(carriedOut).to.be.greaterThan(10);
    expect(await policyBook.classOf(cooperative, cooperative, 0, "0x12345678")).to.equal(CONSTITUTIONAL);
  });
});
