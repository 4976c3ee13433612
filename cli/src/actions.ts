import { readFile } from "node:fs/promises";

import {
  admission,
  admissionModule,
  arbitraryCall,
  expulsion,
  governorChange,
  grantOffer,
  heirChange,
  learningTask,
  NATIVE,
  notice,
  payment,
  policyChange,
  ruleChange,
  spendingLimit,
  VALUE_ONLY,
  type ILearningTasks,
  type IPolicyBook,
  type ProposedAction,
} from "@artel/sdk";
import { Approval, Duration, Quorum, Veto } from "@artel/sdk/bylaws";
import { cidFromString, cidToBytes } from "@artel/sdk/learning";
import { FunctionFragment, isHexString, parseEther, ZeroAddress, ZeroHash, type Result } from "ethers";
import { z } from "zod";

import type { ChainContext } from "./context.js";
import { CliFlagError } from "./errors.js";
import { Amount, formatAmount, inSmallest, TOKEN, unitOf } from "./money.js";
import { Account, DAY, flag, Identity, Moment, TextHash } from "./values.js";

/** Something that proposals commonly do, by flags and in files alike. */
export interface ActionKind<F extends z.ZodRawShape = z.ZodRawShape> {
  /** What is typed after `artel propose`, and what a file calls it. */
  readonly name: string;
  readonly does: string;
  readonly fields: F;
  /** Its calls, and what they do in a few words: the title of a proposal that does nothing else. */
  readonly build: (
    context: ChainContext,
    cooperative: string,
    given: z.infer<z.ZodObject<F>>,
  ) => Promise<{ actions: readonly ProposedAction[]; title: string }>;
}

function kind<F extends z.ZodRawShape>(
  name: string,
  does: string,
  fields: F,
  build: ActionKind<F>["build"],
): ActionKind {
  // The fields that it is built with were checked against its own.
  return { name, does, fields, build } as unknown as ActionKind;
}

const NUMBER = flag(z.bigint().positive(), "N", "the member's number");
const CLASS = flag(z.int().min(0).max(7), "N", "class 0 to 7");
const ARGUMENT = z.int().min(0).max(255).default(0);

/** An amount and the last moment to deliver for it. */
const Milestone = z
  .string()
  .regex(/^\S+ by \S+$/, "it is not written as 500 by 2030-01-31")
  .transform((text) => {
    const [amount, by] = text.split(" by ");
    return { amount, by };
  })
  .pipe(z.object({ amount: Amount, by: Moment }));

const pay = kind(
  "pay",
  "pays somebody from the treasury",
  {
    to: flag(Account, "ACCOUNT", "who is paid"),
    amount: flag(Amount, "AMOUNT", "how much, such as 12.5"),
    token: TOKEN,
  },
  async ({ provider }, _, { to, amount, token }) => {
    const sum = await inSmallest(amount, token, provider);
    return { actions: [payment(to, sum, token)], title: `Pay ${amount} ${unitOf(token)} to ${to}` };
  },
);

const admit = kind(
  "admit",
  "admits somebody as a member",
  { did: flag(z.array(Identity).min(1), "DID", "whom to admit; may be repeated") },
  async (context, _, { did }) => {
    const dids = did.map((each) => context.identity(each));
    const names = dids.map((each) => context.didOf(each)).join(", ");
    return { actions: [admission(context.contracts, dids)], title: `Admit ${names}` };
  },
);

const giveNotice = kind(
  "notice",
  "gives a member the notice that must run before a suspension or expulsion",
  { number: NUMBER, charge: flag(TextHash, "TEXT", "why, or its hash: the text itself is not published") },
  async ({ contracts }, _, { number, charge }) => ({
    actions: [notice(contracts, number, charge)],
    title: `Give member ${number} notice`,
  }),
);

const expel = kind(
  "expel",
  "expels a member, after notice where the cooperative has a notice period",
  { number: NUMBER },
  async ({ contracts }, _, { number }) => ({
    actions: [expulsion(contracts, number)],
    title: `Expel member ${number}`,
  }),
);

const rule = kind(
  "rule",
  "puts an action into a class of the bylaws",
  {
    target: flag(Account, "ACCOUNT", "the contract that is called"),
    function: flag(z.string().min(1), "SIGNATURE", "such as transfer(address,uint256), or a selector"),
    class: CLASS,
    amountArgument: flag(
      ARGUMENT,
      "N",
      `which argument is the amount; ${VALUE_ONLY}: the value sent; 0: it spends nothing`,
    ),
    tokenArgument: flag(ARGUMENT, "N", "which argument is the token; 0: the contract that is called"),
    inStruct: flag(z.boolean().default(false), "", "the arguments are those of the function's only struct"),
  },
  async ({ contracts }, _, { target, function: signature, class: policyClass, ...meter }) => ({
    actions: [ruleChange(contracts, target, selectorOf(signature), { policyClass, ...meter })],
    title: `Decide ${signature} of ${target} in class ${policyClass}`,
  }),
);

const Whole = z
  .string()
  .regex(/^\d{1,3}$/, "it is no whole number")
  .transform(Number);

/** A field of a policy in the words of bylaws. */
function term<T extends z.ZodType>(type: T, value: string, description: string) {
  return flag(type.optional(), value, `${description} (default: as it is)`);
}

const policy = kind(
  "policy",
  "decides a class by other terms; what is not given stays as it is",
  {
    class: CLASS,
    approval: term(Approval, "FRACTION", 'of those for or against, such as 2/3 or "more than 1/2"'),
    quorum: term(Quorum, "FRACTION", "of the members, who have to vote"),
    veto: term(Veto, "FRACTION", "of the members, whose vetoes defeat it; none"),
    votingDelay: term(Duration, "TIME", "from the proposal to the first ballot, such as 2 days"),
    votingPeriod: term(Duration, "TIME", "how long ballots are taken"),
    executionDelay: term(Duration, "TIME", "from the last ballot to the earliest execution"),
    executionWindow: term(Duration, "TIME", "how long it can be carried out"),
    seasoning: term(Duration, "TIME", "how long a voter must have been a member"),
    lateWindow: term(Duration, "TIME", "in which a ballot that turns the outcome moves the end"),
    sponsors: term(Whole, "N", "how many others must sign for a proposal"),
  },
  async ({ contracts }, cooperative, { class: policyClass, approval, quorum, veto, ...others }) => {
    const { policyBook } = contracts;
    const version = await policyBook.currentVersion(cooperative, policyClass);
    if (version === 0n) throw new CliFlagError(`Class ${policyClass} has no policy to begin with`, policyClass);
    const present = ((await policyBook.policyAt(cooperative, version)) as unknown as Result).toObject();
    const given = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
    const terms = {
      ...present,
      ...given,
      ...(approval && {
        ...{ approvalNumerator: approval.numerator, approvalDenominator: approval.denominator },
        strict: approval.strict,
      }),
      ...(quorum && { quorumNumerator: quorum.numerator, quorumDenominator: quorum.denominator }),
      ...(veto && { vetoNumerator: veto.numerator, vetoDenominator: veto.denominator }),
    };
    return {
      actions: [policyChange(contracts, policyClass, terms as IPolicyBook.PolicyStruct)],
      title: `Decide class ${policyClass} by other terms`,
    };
  },
);

const limit = kind(
  "limit",
  "limits what proposals of a class may spend of a token in a time",
  {
    class: CLASS,
    amount: flag(Amount, "AMOUNT", "how much; 0: nothing"),
    token: TOKEN,
    days: flag(z.bigint().positive(), "N", "in how many days"),
  },
  async ({ provider }, cooperative, { class: policyClass, amount, token, days }) => {
    const sum = await inSmallest(amount, token, provider);
    return {
      actions: [spendingLimit(cooperative, policyClass, token ?? NATIVE, sum, days * DAY)],
      title: `Let class ${policyClass} spend ${amount} ${unitOf(token)} in ${days} days`,
    };
  },
);

const heir = kind(
  "heir",
  "names who inherits once there are no members any more",
  { to: flag(Account, "ACCOUNT", "the heir; the zero address: nobody") },
  async (_, cooperative, { to }) => ({ actions: [heirChange(cooperative, to)], title: `Name ${to} as heir` }),
);

function selectorOf(text: string): string {
  if (isHexString(text, 4)) return text;
  try {
    return FunctionFragment.from(`function ${text}`).selector;
  } catch (cause) {
    throw new CliFlagError(`${text} is neither a signature nor a selector`, text, undefined, { cause });
  }
}

const module = kind(
  "module",
  "appoints a module that admits without a vote, or with --cap 0 dismisses it",
  {
    module: flag(Account, "ACCOUNT", "the module"),
    cap: flag(
      z
        .int()
        .min(0)
        .max(2 ** 32 - 1),
      "N",
      "how many it may admit",
    ),
    readmits: flag(z.boolean().default(false), "", "also who left or was expelled"),
  },
  async ({ contracts }, _, { module: address, cap, readmits }) => ({
    actions: [admissionModule(contracts, address, cap, readmits)],
    title: cap === 0 ? `Dismiss ${address}` : `Have ${address} admit up to ${cap} members without a vote`,
  }),
);

const governor = kind(
  "governor",
  "replaces the governor; every other open proposal is void then",
  { to: flag(Account, "ACCOUNT", "the new governor") },
  async (_, cooperative, { to }) => ({
    actions: [governorChange(cooperative, to)],
    title: `Replace the governor by ${to}`,
  }),
);

const task = kind(
  "task",
  "opens a learning task and escrows its reward",
  { terms: flag(z.string().min(1), "FILE", "its terms, JSON, named as in ILearningTasks.TaskTerms") },
  async ({ contracts, provider }, cooperative, { terms: file }) => {
    const own = { cooperative, slashRecipient: cooperative };
    const terms: ILearningTasks.TaskTermsStruct = { ...own, ...(await readTerms(file)) };
    const actions = learningTask(contracts, terms);
    const worth = await formatAmount(BigInt(terms.reward), String(terms.token), provider);
    return { actions, title: `Open a learning task worth ${worth}` };
  },
);

const grant = kind(
  "grant",
  "offers somebody a grant, paid by milestones from what is put aside now",
  {
    to: flag(Account, "ACCOUNT", "who delivers and is paid"),
    milestone: flag(
      z.array(Milestone).min(1),
      '"AMOUNT by DATE"',
      "what is paid for a delivery until when; may be repeated",
    ),
    acceptBy: flag(Moment, "DATE", "until when it can be accepted, before the first milestone"),
    work: flag(z.string().min(1), "CID", "what is to be done"),
    token: TOKEN,
    reviewer: flag(Account.optional(), "ACCOUNT", "who approves deliveries beside the cooperative (default: nobody)"),
    reviewPeriod: flag(Duration.default(14 * Number(DAY)), "TIME", "the reviewer's time for each (default 14 days)"),
    decisionPeriod: flag(
      Duration.default(60 * Number(DAY)),
      "TIME",
      "after that the cooperative's, longer than a vote takes (default 60 days)",
    ),
  },
  async ({ contracts, provider }, _, { to, milestone, acceptBy, work, token, reviewer, ...periods }) => {
    const milestones = await Promise.all(
      milestone.map(async ({ amount, by }) => ({ amount: await inSmallest(amount, token, provider), deadline: by })),
    );
    const terms = {
      ...{ recipient: to, reviewer: reviewer ?? ZeroAddress, office: ZeroHash, acceptBy },
      reviewPeriod: reviewer === undefined ? 0 : periods.reviewPeriod,
      ...{ decisionPeriod: periods.decisionPeriod, milestones, description: cidToBytes(cidFromString(work)) },
    };
    const sum = milestones.reduce((total, { amount }) => total + amount, 0n);
    return {
      actions: grantOffer(contracts, token ?? ZeroAddress, terms),
      title: `Grant ${to} ${await formatAmount(sum, token, provider)} by milestones`,
    };
  },
);

type GivenTerms = Omit<ILearningTasks.TaskTermsStruct, "cooperative" | "slashRecipient">;

async function readTerms(file: string): Promise<GivenTerms> {
  try {
    // Encoding compares them with the contract's own list.
    return JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new CliFlagError(`The terms ${file} can't be read (${(cause as Error).message})`, file, undefined, { cause });
  }
}

const call = kind(
  "call",
  "calls any function of any contract",
  {
    to: flag(Account, "ACCOUNT", "the contract"),
    function: flag(z.string().min(1), "SIGNATURE", 'such as "transfer(address to, uint256 amount)"'),
    argument: flag(
      z.array(z.string()).default([]),
      "VALUE",
      "an argument, lists and tuples in JSON; one flag for each",
    ),
    value: flag(Amount.default("0"), "AMOUNT", "native currency that goes with it (default 0)"),
  },
  async (_, __, { to, function: signature, argument, value }) => ({
    actions: [arbitraryCall(to, signature, argument.map(valueOf), parseEther(value))],
    title: `Call ${signature} of ${to}`,
  }),
);

/** A list or tuple where it is written as one, otherwise the text, which encoding makes what the function takes. */
function valueOf(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  try {
    return /^[[{]/.test(text) ? JSON.parse(text) : text;
  } catch {
    return text;
  }
}

/** What proposals commonly do. */
export const ACTIONS: readonly ActionKind[] = [
  ...[pay, admit, giveNotice, expel, policy, rule, limit, heir],
  ...[module, governor, task, grant, call],
];
