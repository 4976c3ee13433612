import { opDataFee } from "@artel/sdk";
import { formatEther, formatUnits, isError, type TransactionReceipt, type TransactionResponse } from "ethers";

import type { Answer, Plan, PlannedSignature, PlannedTransaction } from "./command.js";
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

/** Shows what a plan does, asks, and does it. */
export async function carryOut(made: Plan, context: ActContext, manner: Manner, terminal: Terminal): Promise<Answer> {
  const { unnamed } = context;
  const plan = unnamed === undefined ? made : { ...made, effect: [...made.effect, unnamed.sentence] };
  return plan.kind === "transaction" ? send(plan, context, manner, terminal) : sign(plan, context, manner, terminal);
}

async function send(
  plan: PlannedTransaction,
  context: ActContext,
  manner: Manner,
  terminal: Terminal,
): Promise<Answer> {
  const { account, provider, signer } = context;
  const { to, data } = plan.request;
  const call = decodeCall(context.known, to, data);
  const request = { from: account, to, data };
  const [gas, { gasPrice, maxFeePerGas }, balance] = await Promise.all([
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
  const words = `${gas} gas at ${formatUnits(price, "gwei")} gwei, about ${formatEther(fee)} ether`;
  const lines = [
    ...plan.effect,
    "",
    ...callLines(call),
    "",
    `${words}, from ${account}, which has ${formatEther(balance)} ether`,
  ];
  const json = {
    ...{ dryRun: manner.dryRun, account, defaultDid: context.unnamed?.did, call, effect: plan.effect, ...plan.facts },
    ...{ gas, gasPrice: price, fee, balance },
  };
  if (manner.dryRun) return { lines: [...lines, "Nothing was sent"], json };
  if (!manner.json) lines.forEach((line) => terminal.print(line));
  // What an act costs depends on who acted before it is mined; unused gas is not paid for, but has to be there.
  const gasLimit = gas + gas / 2n;
  const needed = gasLimit * (maxFeePerGas ?? price) + dataFee;
  if (balance < needed) {
    const lack = `it has ${formatEther(balance)} ether and needs ${formatEther(needed)} ether in reserve`;
    throw new BalanceTooLowError(account, balance, needed, lack);
  }
  await agree("Send it?", "sent", manner, terminal);
  const response = await signer.sendTransaction({ ...request, gasLimit });
  if (!manner.json) terminal.print(`Transaction ${response.hash} is on its way`);
  const receipt = await mined(response);
  const { hash, blockNumber, gasUsed } = receipt;
  const outcome = await plan.outcome?.(receipt);
  return {
    lines: [`It is in block ${blockNumber} and took ${gasUsed} gas`, ...(outcome?.lines ?? [])],
    json: { ...json, transaction: hash, block: blockNumber, gasUsed, ...outcome?.json },
  };
}

async function mined(response: TransactionResponse): Promise<TransactionReceipt> {
  try {
    // one confirmation: a receipt it is
    return (await response.wait(1, PATIENCE * 1_000))!;
  } catch (cause) {
    if (isError(cause, "CALL_EXCEPTION")) throw new TransactionFailedError(response.hash, { cause });
    const failure = isError(cause, "TIMEOUT") ? `it is in no block after ${PATIENCE} s` : endpointFailureOf(cause);
    if (failure !== undefined) throw new TransactionPendingError(response.hash, failure, { cause });
    throw cause;
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
