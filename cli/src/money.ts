import { Contract, formatUnits, parseUnits, ZeroAddress, type ContractTransaction, type Provider } from "ethers";
import { z } from "zod";

import { CliFlagError } from "./errors.js";
import { Account, flag } from "./values.js";

/** Decimals of native currency. */
export const ETHER_DECIMALS = 18;

/** An amount in the units that people count in. */
export const Amount = z.string().regex(/^\d+(\.\d+)?$/, "it is no amount such as 12.5");

/** Which currency. */
export const TOKEN = flag(Account.optional(), "TOKEN", "address of an ERC-20 token (default: native currency)");

/** What is asked of tokens here. */
const ERC20 = [
  "function decimals() view returns (uint8)",
  "function allowance(address owner, address spender) view returns (uint256)",
  "function approve(address spender, uint256 amount) returns (bool)",
];

/** Decimals of a token. */
export async function decimalsOf(token: string, provider: Provider): Promise<number> {
  return Number(await new Contract(token, ERC20, provider).decimals());
}

/** What `owner` lets `spender` take of a token. */
export async function allowanceOf(token: string, owner: string, spender: string, provider: Provider): Promise<bigint> {
  return (await new Contract(token, ERC20, provider).allowance(owner, spender)) as bigint;
}

/** Lets `spender` take so much of a token. */
export function approval(token: string, spender: string, amount: bigint): Promise<ContractTransaction> {
  return new Contract(token, ERC20).approve.populateTransaction(spender, amount);
}

/** A currency in words; a token's own name is what its maker likes. */
export function unitOf(token: string | undefined): string {
  return token === undefined || token === ZeroAddress ? "ether" : `of token ${token}`;
}

/**
 * An amount in the smallest unit of a currency.
 * @throws CliFlagError for a token that does not tell its decimals, or has fewer of them
 */
export async function inSmallest(amount: string, token: string | undefined, provider: Provider): Promise<bigint> {
  const decimals = await decimalsIn(token, provider).catch((cause: unknown) => {
    const advice = "give the address of an ERC-20 token on this network, or leave it out for native currency";
    throw new CliFlagError(`${token} is no token that tells its decimals`, token, advice, { cause });
  });
  try {
    return parseUnits(amount, decimals);
  } catch (cause) {
    const problem = `${amount} has more than ${decimals} digits after the point`;
    throw new CliFlagError(problem, amount, "the currency has no smaller unit: give fewer", { cause });
  }
}

/** An amount for people; of a token that does not tell its decimals in its smallest unit. */
export async function formatAmount(amount: bigint, token: string | undefined, provider: Provider): Promise<string> {
  const decimals = await decimalsIn(token, provider).catch(() => 0);
  return `${formatUnits(amount, decimals)} ${unitOf(token)}`;
}

async function decimalsIn(token: string | undefined, provider: Provider): Promise<number> {
  return token === undefined || token === ZeroAddress ? ETHER_DECIMALS : decimalsOf(token, provider);
}
