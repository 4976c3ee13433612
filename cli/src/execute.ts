import { opDataFee } from "@artel/sdk";
import { formatEther, formatUnits, isError, keccak256 } from "ethers";

import type { Answer, Plan, PlannedNothing, PlannedSignature, PlannedTransaction } from "./command.js";
import type { ActContext } from "./context.js";
import { callLines, decodeCall, endpointFailureOf, refusalOf } from "./decode.js";
import {
  BalanceTooLowError,
  NotAgreedError,
  TransactionFailedError,
  TransactionPendingError,
  WouldRevertError,
} from "./errors.js";
import type { Terminal } from "./terminal.js";

/** How a plan is carried out. */
export interface Manner {
  /** Show it, and stop. */
  readonly dryRun: boolean;
  /** Do not ask. */
  readonly yes: boolean;
  readonly json: boolean;
}

/** How long a transaction may take to be mined, in seconds. */
const PATIENCE = 300;

/** Most gas that a transaction may have where EIP-7825 holds; one that needs more can go elsewhere only. */
const GAS_CAP = 2n ** 24n;

/** Shows what a plan does, asks, and does it. */
export async function carryOut(made: Plan, context: ActContext, manner: Manner, terminal: Terminal): Promise<Answer> {
  if (made.kind === "nothing") return conclude(made, context, manner);
  const { unnamed } = context;
  const plan = unnamed === undefined ? made : { ...made, effect: [...made.effect, unnamed.sentence] };
  if (plan.kind === "signature") return sign(plan, context, manner, terminal);
  const answer = await send(plan, context, manner, terminal);
  if (plan.next === undefined || manner.dryRun) return answer;
  if (!manner.json) answer.lines.forEach((line) => terminal.print(line));
  const last = await carryOut(await plan.next(), context, manner, terminal);
  return { lines: last.lines, json: { ...last.json, before: answer.json } };
}

async function conclude(
  { effect, outcome }: PlannedNothing,
  { account }: ActContext,
  { dryRun }: Manner,
): Promise<Answer> {
  const answer = dryRun ? { lines: ["Nothing was sent"], json: {} } : await outcome();
  return { lines: [...effect, ...answer.lines], json: { dryRun, account, effect, ...answer.json } };
}

async function send(
  plan: PlannedTransaction,
  context: ActContext,
  manner: Manner,
  terminal: Terminal,
): Promise<Answer> {
  const { account, provider, signer } = context;
  const { to, data, value = 0n } = plan.request;
  const call = decodeCall(context.known, to, data, value);
  const request = { from: account, to, data, value };
  const [gas, { gasPrice, maxFeePerGas, maxPriorityFeePerGas }, balance] = await Promise.all([
    provider.estimateGas(request).catch((cause: unknown) => {
      const reason = refusalOf(context, cause);
      throw reason === undefined ? cause : new WouldRevertError(`${call.contract}.${call.method}`, reason, { cause });
    }),
    provider.getFeeData(),
    provider.getBalance(account),
  ]);
  const price = gasPrice ?? 0n;
  const dataFee = await opDataFee(provider, [{ gas, to, data }]);
  const fee = gas * price + dataFee;
  // What an act costs depends on who acted before it is mined; unused gas is not paid for, but has to be there.
  const reserve = gas + gas / 2n;
  const gasLimit = reserve > GAS_CAP && gas <= GAS_CAP ? GAS_CAP : reserve;
  const mostFee = gasLimit * (maxFeePerGas ?? price) + dataFee;
  const needed = value + mostFee;
  const cost = `about ${formatEther(fee)} ether, at most ${formatEther(mostFee)} ether`;
  const lines = [
    ...plan.effect,
    "",
    ...callLines(call),
    "",
    `To ${to}, from ${account}, which has ${formatEther(balance)} ether`,
    `${gas} gas at ${formatUnits(price, "gwei")} gwei, ${cost}`,
  ];
  const json = {
    ...{ dryRun: manner.dryRun, account, defaultDid: context.unnamed?.did, call, effect: plan.effect, ...plan.facts },
    ...{ gas, gasPrice: price, fee, mostFee, balance },
  };
  if (manner.dryRun) return { lines: [...lines, "Nothing was sent"], json };
  if (!manner.json) lines.forEach((line) => terminal.print(line));
  if (balance < needed) {
    const lack = `it has ${formatEther(balance)} ether and needs ${formatEther(needed)} ether in reserve`;
    throw new BalanceTooLowError(account, balance, needed, lack);
  }
  await agree("Send it?", "sent", manner, terminal);
  // Signed are the fees that were shown: asked again, the endpoint may have others.
  const fees = maxFeePerGas === null ? { type: 0, gasPrice: price } : { type: 2, maxFeePerGas, maxPriorityFeePerGas };
  const populated = await signer.populateTransaction({ to, data, value, gasLimit, ...fees });
  delete populated.from; // what the signer of an unsigned transaction takes
  const signed = await signer.signTransaction(populated);
  const hash = keccak256(signed);
  const { receipt, outcome } = await tracked(hash, async () => {
    const response = await provider.broadcastTransaction(signed);
    if (!manner.json) terminal.print(`Transaction ${hash} is on its way`);
    // one confirmation: a receipt it is
    const mined = (await response.wait(1, PATIENCE * 1_000))!;
    return { receipt: mined, outcome: await plan.outcome?.(mined) };
  });
  const { blockNumber, gasUsed } = receipt;
  return {
    lines: [`It is in block ${blockNumber} and took ${gasUsed} gas`, ...(outcome?.lines ?? [])],
    json: { ...json, transaction: hash, block: blockNumber, gasUsed, ...outcome?.json },
  };
}

/** Does what follows a signature: whatever fails from then on, the failure names the transaction. */
async function tracked<T>(hash: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isError(cause, "CALL_EXCEPTION")) throw new TransactionFailedError(hash, { cause });
    const failure = isError(cause, "TIMEOUT") ? `it is in no block after ${PATIENCE} s` : endpointFailureOf(cause);
    throw new TransactionPendingError(hash, failure ?? "the endpoint's answer makes no sense", { cause });
  }
}

async function sign(
  plan: PlannedSignature,
  { account, signer, unnamed }: ActContext,
  manner: Manner,
  terminal: Terminal,
): Promise<Answer> {
  const { domain, types, message, effect, outcome } = plan;
  const fields = Object.entries(message).map(([name, value]) => `  ${name}  ${value}`);
  const lines = [...effect, "", `${Object.keys(types)[0]} for ${domain.name}`, ...fields, "", `Signed by ${account}`];
  const json = { dryRun: manner.dryRun, account, defaultDid: unnamed?.did, effect, message };
  if (manner.dryRun) return { lines: [...lines, "Nothing was signed"], json };
  if (!manner.json) lines.forEach((line) => terminal.print(line));
  await agree("Sign it?", "signed", manner, terminal);
  const answer = await outcome(await signer.signTypedData(domain, types, message));
  return { lines: answer.lines, json: { ...json, ...answer.json } };
}

async function agree(question: string, what: string, { yes, json }: Manner, terminal: Terminal): Promise<void> {
  if (yes) return;
  if (json || !(await terminal.agree(question))) throw new NotAgreedError(what);
}
