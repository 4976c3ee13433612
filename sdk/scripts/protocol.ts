/**
 * Writes `sdk/src/protocol.ts`: numbers and names that the SDK shares with the contracts, taken from their sources.
 *
 *   npm run generate
 */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { format, resolveConfig } from "prettier";

import { ArtelError } from "../src/errors.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TARGET = fileURLToPath(new URL("../src/protocol.ts", import.meta.url));

const TASKS = "contracts/learning/interfaces/ILearningTasks.sol";
const ANSWERS = "contracts/learning/interfaces/ILearningAnswers.sol";
const LEARNING_TASKS = "contracts/learning/LearningTasks.sol";
const UPDATES = "contracts/learning/libraries/UpdatesLib.sol";
const TERMS = "contracts/learning/libraries/TaskTermsLib.sol";
const AVAILABILITY = "contracts/learning/libraries/AvailabilityLib.sol";
const GOVERNOR = "contracts/governance/CooperativeGovernor.sol";
const PROPOSING = "contracts/governance/libraries/ProposingLib.sol";

/** Enums, with what to say of each, and their name in the source if the SDK has another of this name. */
const ENUMS: readonly (readonly [name: string, source: string, doc: string, declared?: string])[] = [
  ["Phase", TASKS, "Where a round of a learning task stands."],
  ["Role", TASKS, "What an account does in a task."],
  ["Outcome", TASKS, "How a round of a learning task ended."],
  ["Combining", TASKS, "How a node of the aggregation tree combines its children."],
  ["PartKind", ANSWERS, "What is opened of an answer.", "Kind"],
  ["ProposalState", "node_modules/@openzeppelin/contracts/governance/IGovernor.sol", "State of a proposal."],
];

/** Numbers, with what to say of each. */
const CONSTANTS = [
  [
    "VALUE_ONLY",
    "contracts/governance/libraries/RuleLib.sol",
    "As `amountArgument` of a rule: what the action spends is the native currency that it carries.",
  ],
  ["POINTS", "contracts/learning/libraries/RewardLib.sol", "Points of reputation that a whole task is worth."],
  ["MAX_BATCH", UPDATES, "Most commitments or updates in a batch."],
  ["DEMAND_LEVELS", AVAILABILITY, "Most levels of a tensor's tree between a hash and those that a demand opens."],
  ["BOND_PART", TERMS, "A bond has this part of the stake of a seat, rounded up."],
  ["MAX_PANELS", TERMS, "Most panels in a round of a learning task."],
  ["MAX_SEATS", TERMS, "Most auditors on a panel, fresh ones included."],
  ["MAX_SCORE", TERMS, "Largest score; the lowest is minus this."],
] as const;

const TASK_COMMITMENTS = "contracts/learning/libraries/CommitmentsLib.sol";

/** Tags of hashes: the name in the SDK, and the constant of which the contract takes the hash. */
const TAGS = [
  ["UPDATE_TAG", TASK_COMMITMENTS, "UPDATE", "Tag of a client's commitment in `LearningTasks`."],
  ["SCORES_TAG", TASK_COMMITMENTS, "SCORES", "Tag of an auditor's commitment in `LearningTasks`."],
  ["ANSWER_TAG", TASK_COMMITMENTS, "ANSWER", "Tag of an aggregator's commitment in `LearningTasks`."],
  ["REVIEW_TAG", TASK_COMMITMENTS, "REVIEW", "Tag of the commitment of a fresh panel's auditor in `LearningTasks`."],
  ["SEED_TAG", TASK_COMMITMENTS, "SEED", "Tag of the seed of a round of `LearningTasks`."],
] as const;

/** EIP-712 names and versions. */
const DOMAINS = [
  ["GOVERNOR_DOMAIN", GOVERNOR, "EIP-712 name and version of every governor."],
  ["LEARNING_DOMAIN", LEARNING_TASKS, "EIP-712 name and version of `LearningTasks`."],
] as const;

/** Lists of names, each with all places where a source has one, and what to say of the list. */
const LISTS = [
  [
    "WRAPPERS",
    "contracts/governance/libraries/WrapperLib.sol",
    /keccak256\(\s*"([^"]*)"\s*\)/g,
    "Functions that can carry other calls or hand on powers: constitutional wherever they are.",
  ],
  [
    "RULED_MEMBERSHIP",
    "contracts/governance/PolicyBook.sol",
    /selector != IMembership\.(\w+)\.selector/g,
    "Functions of the Membership that a rule can put below the constitution.",
  ],
] as const;

/** A contract no longer declares what the SDK shares with it. */
export class DeclarationMissingError extends ArtelError {
  readonly code = "sdk/declaration-missing";
  constructor(source: string, declaration: string) {
    super(`${source} declares no ${declaration}`, source, "correct the lists in sdk/scripts/protocol.ts");
  }
}

/** A source of the contracts without its comments. */
async function sourceText(source: string): Promise<string> {
  return (await readFile(`${ROOT}${source}`, "utf8")).replaceAll(/\/\/.*$/gm, "");
}

/** What a source has in the place of the pattern's first group. */
async function find(source: string, declaration: string, pattern: RegExp): Promise<string> {
  const found = pattern.exec(await sourceText(source))?.[1];
  if (found === undefined) throw new DeclarationMissingError(source, declaration);
  return found;
}

/** What a source has in all places of the pattern's first group. */
async function findAll(source: string, declaration: string, pattern: RegExp): Promise<string[]> {
  const found = [...(await sourceText(source)).matchAll(pattern)].map(([, name]) => name);
  if (found.length === 0) throw new DeclarationMissingError(source, declaration);
  return found;
}

/**
 * Members of an enum, in order.
 * @throws DeclarationMissingError
 */
export async function membersOf(source: string, name: string): Promise<string[]> {
  const body = await find(source, `enum ${name}`, new RegExp(`enum ${name} \\{([^}]*)\\}`));
  return body.split(",").map((member) => member.trim());
}

/** Value of a number as the contracts write it: digits, digits with an exponent, or the least of a signed type. */
async function numberOf(source: string, name: string): Promise<number> {
  const value = await find(source, `constant ${name}`, new RegExp(`constant ${name} = ([^;]*);`));
  const least = /^type\(int(\d+)\)\.min$/.exec(value);
  const number = least === null ? Number(value.replaceAll("_", "")) : -(2 ** (Number(least[1]) - 1));
  if (!Number.isSafeInteger(number)) throw new DeclarationMissingError(source, `number ${name}`);
  return number;
}

/** The text whose hash a constant is. */
async function hashedText(source: string, name: string): Promise<string> {
  return find(source, `hash ${name}`, new RegExp(`constant ${name} = keccak256\\(\\s*"([^"]*)"\\s*\\);`));
}

/** Fields of an EIP-712 type from its encoding. */
function fieldsOf(encoding: string): { name: string; type: string }[] {
  const fields = encoding.slice(encoding.indexOf("(") + 1, -1).split(",");
  return fields.map((field) => field.split(" ")).map(([type, name]) => ({ name, type }));
}

/**
 * The module as it should be.
 * @throws DeclarationMissingError
 */
export async function protocolText(): Promise<string> {
  const parts = ["// Written by `npm run generate` from the contracts."];
  const add = (doc: string, code: string) => parts.push(`/** ${doc} */\n${code}`);
  for (const [name, source, doc, declared = name] of ENUMS) {
    const members = await membersOf(source, declared);
    add(doc, `export const ${name} = { ${members.map((member, i) => `${member}: ${i}`).join(", ")} } as const;`);
    add(doc, `export type ${name} = (typeof ${name})[keyof typeof ${name}];`);
  }
  for (const [name, source, doc] of CONSTANTS) add(doc, `export const ${name} = ${await numberOf(source, name)};`);
  for (const [name, source, pattern, doc] of LISTS) {
    add(
      doc,
      `export const ${name}: readonly string[] = ${JSON.stringify(await findAll(source, `list ${name}`, pattern))};`,
    );
  }
  for (const [name, source, constant, doc] of TAGS) {
    const tag = await hashedText(source, constant);
    add(doc, `export const ${name} = "${tag}";`);
  }
  const groups = await sourceText("contracts/governance/libraries/SpenderLib.sol");
  const spenders = [...groups.matchAll(/if \(([^;]*?)\) return (\d+);/g)].flatMap(([, list, argument]) =>
    [...list.matchAll(/keccak256\("([^"]*)"\)/g)].map(([, signature]) => [signature, Number(argument)]),
  );
  if (spenders.length === 0) throw new DeclarationMissingError("SpenderLib.sol", "list of functions");
  add(
    "Functions that are known to spend the target's own token, with the number of the argument that is the amount.",
    `export const SPENDERS: Readonly<Record<string, number>> = ${JSON.stringify(Object.fromEntries(spenders))};`,
  );
  const updateType = await hashedText(UPDATES, "UPDATE_COMMITMENT_TYPEHASH");
  add(
    "EIP-712 type of a client's commitment that somebody else brings.",
    `export const UPDATE_COMMITMENT_TYPES = ${JSON.stringify({ UpdateCommitment: fieldsOf(updateType) })};`,
  );
  for (const [constant, source, doc] of DOMAINS) {
    const name = await find(source, "EIP-712 name", /EIP712\("([^"]*)", "[^"]*"\)/);
    const version = await find(source, "EIP-712 version", /EIP712\("[^"]*", "([^"]*)"\)/);
    add(doc, `export const ${constant} = ${JSON.stringify({ name, version })};`);
  }
  const ballot = JSON.stringify({ Ballot: fieldsOf(await hashedText(GOVERNOR, "BALLOT_TYPEHASH")) });
  add("EIP-712 type of a ballot, as in OpenZeppelin's Governor.", `export const BALLOT_TYPES = ${ballot};`);
  const sponsorship = JSON.stringify({ Sponsorship: fieldsOf(await hashedText(PROPOSING, "SPONSORSHIP_TYPEHASH")) });
  add("EIP-712 type of a sponsorship.", `export const SPONSORSHIP_TYPES = ${sponsorship};`);
  return format(`${parts.join("\n\n")}\n`, { ...(await resolveConfig(TARGET)), filepath: TARGET });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  protocolText()
    .then((text) => writeFile(TARGET, text))
    .catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    });
}
