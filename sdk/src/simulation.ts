import {
  dataSlice,
  getAddress,
  id,
  isError,
  Network,
  JsonRpcProvider,
  toBeHex,
  toQuantity,
  zeroPadValue,
  ZeroAddress,
  type JsonRpcApiProvider,
} from "ethers";
import { z } from "zod";

import { ICooperativeGovernor__factory, IPolicyBook__factory, ITreasury__factory } from "./contracts/index.js";
import { ArtelError } from "./errors.js";
import { actionLists, type ProposedAction } from "./proposals.js";

/** No way to simulate works at an endpoint. */
export class SimulationUnavailableError extends ArtelError {
  readonly code = "simulation/unavailable";
  constructor(readonly reasons: readonly string[]) {
    super(
      `The endpoint can't simulate (${reasons.join("; ")})`,
      reasons,
      "use an endpoint that answers eth_simulateV1 or debug_traceCall, or install anvil for a local fork",
    );
  }
}

/** How a simulation was made. */
export type SimulationMethod = "eth_simulateV1" | "debug_traceCall" | "fork";

/** An event that a simulated call emitted. */
export interface SimulatedEvent {
  /** Index of the action that led to it. */
  readonly action: number;
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
}

/** What an account has more, or less, of after a simulated call. */
export interface BalanceChange {
  readonly account: string;
  /** An ERC-20 token; undefined for native currency. */
  readonly token?: string;
  readonly change: bigint;
}

/** Why a simulated call fails as a whole. */
export interface SimulatedFailure {
  /** Index of the first action that can't be carried out after those before it; undefined if it is none of them. */
  readonly action?: number;
  /** What the call reverts with. */
  readonly data: string;
}

/** What actions would do, one after the other, all or none. */
export interface Simulation {
  readonly via: SimulationMethod;
  /** The ways that were tried before, and why they do not work. */
  readonly unavailable: readonly string[];
  /** Second at which they were carried out. */
  readonly time: bigint;
  /** If set there are no events and no changes: nothing would happen. */
  readonly failure?: SimulatedFailure;
  readonly events: readonly SimulatedEvent[];
  readonly balances: readonly BalanceChange[];
  /** Whether the balances were read before and after; otherwise they are what transfers were announced. */
  readonly isMeasured: boolean;
  /** Accounts whose balances were left out, because there are too many. */
  readonly omitted: number;
}

/** A fork of a chain on this machine. */
export interface LocalFork {
  readonly url: string;
  close(): Promise<void>;
}

/** How and when to simulate. */
export interface SimulationOptions {
  /** Second of execution, if it is later than the newest block. */
  readonly time?: bigint;
  /** Class that decides; that of the bylaws as they are now if omitted. */
  readonly policyClass?: number;
  /** Forks the endpoint's chain; without it there is no such way. */
  readonly fork?: () => Promise<LocalFork>;
}

/** What the Treasury is told to carry out: no real proposal has this id. */
const PROPOSAL_ID = 0n;
/** Emitter of native transfers, as eth_simulateV1 has it. */
const NATIVE = "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";
const TRANSFER = id("Transfer(address,address,uint256)");
/** Most balances that are read. */
const MOST_BALANCES = 64;
/** Gas for reading one: a token that burns more is taken at its word. */
const READING_GAS = toQuantity(200_000);
/** Where {@link READER} is put for the simulation; nothing has this address. */
const READER_ADDRESS = "0x00000000000000000000000000000000a47e1000";
/** Code that answers with the native balance of the address that it is given. */
const READER = "0x6000353160005260206000f3";
const BALANCE_OF = id("balanceOf(address)").slice(0, 10);

const Hex = z.string().regex(/^0x[0-9a-f]*$/i);
const Log = z.object({ address: Hex, topics: z.array(Hex), data: Hex });
type Log = z.infer<typeof Log>;
const SimulatedCalls = z
  .array(z.object({ calls: z.array(z.object({ status: Hex, returnData: Hex, logs: z.array(Log).default([]) })) }))
  .length(1);

interface Frame {
  type: string;
  from: string;
  to?: string;
  value?: string;
  output?: string;
  error?: string;
  logs?: (Log & { position?: string })[];
  calls?: Frame[];
}
const Frame: z.ZodType<Frame> = z.object({
  ...{ type: z.string(), from: Hex, to: Hex.optional(), value: Hex.optional() },
  ...{ output: Hex.optional(), error: z.string().optional() },
  logs: z.array(Log.extend({ position: Hex.optional() })).optional(),
  calls: z.array(z.lazy(() => Frame)).optional(),
});

/** A call to be simulated. */
interface Request {
  readonly from?: string;
  readonly to: string;
  readonly data: string;
  readonly gas?: string;
}

/** What became of a simulated call: its logs, native transfers among them, or nothing but what it reverted with. */
interface Outcome {
  readonly isDone: boolean;
  readonly data: string;
  readonly logs: readonly Log[];
}

/** Carries out calls on one state, one after the other, at a time. */
type Carrier = (requests: readonly Request[], time: bigint) => Promise<Outcome[]>;

/**
 * Carries out actions as the Treasury would, on the state of the newest block, and forgets it. Each action meets what
 * those before it have left; one that fails undoes them all. It takes the first way that works: eth_simulateV1,
 * debug_traceCall, a local fork.
 *
 * @param cooperative - address of its Treasury
 * @throws SimulationUnavailableError if no way works
 */
export async function simulateProposal(
  provider: JsonRpcApiProvider,
  cooperative: string,
  actions: readonly ProposedAction[],
  { time: wanted = 0n, policyClass: given, fork }: SimulationOptions = {},
): Promise<Simulation> {
  const treasury = ITreasury__factory.connect(cooperative, provider);
  const [governor, block] = await Promise.all([treasury.governor(), provider.getBlock("latest")]);
  const policyBook = await ICooperativeGovernor__factory.connect(governor, provider).policyBook();
  const policyClass = given ?? (await classOf(policyBook, provider, cooperative, actions));
  const next = BigInt(block!.timestamp) + 1n;
  const time = wanted > next ? wanted : next;
  const request = (first: number): Request => {
    const { targets, values, calldatas } = actionLists(actions.slice(0, first));
    const order = [PROPOSAL_ID, policyClass, policyBook, targets, values, calldatas] as const;
    return { from: governor, to: cooperative, data: treasury.interface.encodeFunctionData("execute", [...order]) };
  };
  const simulate = async (carry: Carrier, canMeasure: boolean) => {
    const whole = request(actions.length);
    const [outcome] = await carry([whole], time);
    if (!outcome.isDone) {
      const isDone = async (first: number) => (await carry([request(first)], time))[0].isDone;
      const failure = { data: outcome.data, action: await firstFailing(actions.length, isDone) };
      return { failure, events: [], balances: [], isMeasured: canMeasure, omitted: 0 };
    }
    const announced = announcedChanges(outcome.logs);
    const events = eventsOf(outcome.logs, cooperative);
    const balances = canMeasure ? await measured(announced.slice(0, MOST_BALANCES), whole, carry, time) : announced;
    return {
      events,
      balances: balances.filter(({ change }) => change !== 0n),
      isMeasured: canMeasure,
      omitted: canMeasure ? Math.max(0, announced.length - MOST_BALANCES) : 0,
    };
  };

  const unavailable: string[] = [];
  const attempt = async (via: SimulationMethod, work: () => ReturnType<typeof simulate>) => {
    try {
      return { via, time, unavailable: [...unavailable], ...(await work()) };
    } catch (error) {
      unavailable.push(`${via}: ${refusalOfEndpoint(error)}`);
      return undefined;
    }
  };
  const done =
    (await attempt("eth_simulateV1", () => simulate(bySimulateV1(provider), true))) ??
    (await attempt("debug_traceCall", () => simulate(byTraceCall(provider), false))) ??
    (fork && (await attempt("fork", () => onFork(fork, (carry) => simulate(carry, true)))));
  if (done === undefined) throw new SimulationUnavailableError(unavailable);
  return done;
}

/** The class of actions by the bylaws as they are now. */
async function classOf(
  policyBook: string,
  provider: JsonRpcApiProvider,
  cooperative: string,
  actions: readonly ProposedAction[],
): Promise<number> {
  const { targets, values, calldatas } = actionLists(actions);
  const book = IPolicyBook__factory.connect(policyBook, provider);
  return Number((await book.classify(cooperative, targets, values, calldatas)).policyClass);
}

/** What an endpoint that refuses a method says; every other failure is thrown on. */
function refusalOfEndpoint(error: unknown): string {
  if (error instanceof z.ZodError) return "its answer makes no sense";
  if (error instanceof ArtelError) return error.message;
  const isRefused = (["UNKNOWN_ERROR", "UNSUPPORTED_OPERATION", "SERVER_ERROR", "CALL_EXCEPTION"] as const).some(
    (code) => isError(error, code),
  );
  if (!isRefused) throw error;
  const { error: inner, shortMessage, message } = error as Error & { error?: Error; shortMessage?: string };
  return inner?.message ?? shortMessage ?? message;
}

/** The smallest number of actions that can't be carried out together, less one: all before a failing one can. */
async function firstFailing(count: number, isDone: (first: number) => Promise<boolean>): Promise<number | undefined> {
  if (!(await isDone(0))) return undefined;
  let [done, failed] = [0, count];
  while (failed - done > 1) {
    const middle = (done + failed) >> 1;
    if (await isDone(middle)) done = middle;
    else failed = middle;
  }
  return done;
}

/** Carries out calls by eth_simulateV1. */
function bySimulateV1(provider: JsonRpcApiProvider): Carrier {
  return async (requests, time) => {
    const block = {
      blockOverrides: { time: toQuantity(time) },
      stateOverrides: { [READER_ADDRESS]: { code: READER } },
      calls: requests,
    };
    const options = { blockStateCalls: [block], traceTransfers: true, validation: false };
    const [{ calls }] = SimulatedCalls.parse(await provider.send("eth_simulateV1", [options, "latest"]));
    z.array(z.unknown()).length(requests.length).parse(calls);
    return calls.map(({ status, returnData, logs }) => ({ isDone: BigInt(status) === 1n, data: returnData, logs }));
  };
}

/** Carries out one call by debug_traceCall. */
function byTraceCall(provider: JsonRpcApiProvider): Carrier {
  return (requests, time) =>
    Promise.all(
      requests.map(async (request) => {
        const options = {
          tracer: "callTracer",
          tracerConfig: { withLog: true },
          blockOverrides: { time: toQuantity(time) },
        };
        const frame = Frame.parse(await provider.send("debug_traceCall", [request, "latest", options]));
        const isDone = frame.error === undefined;
        return { isDone, data: frame.output ?? "0x", logs: isDone ? logsOf(frame) : [] };
      }),
    );
}

/** Logs of a call and those inside it, in their order, native transfers among them as eth_simulateV1 tells them. */
function logsOf({ type, from, to, value = "0x0", logs = [], calls = [], error }: Frame): Log[] {
  if (error !== undefined) return [];
  const carries =
    BigInt(value) > 0n && ["CALL", "CREATE", "CREATE2", "SELFDESTRUCT"].includes(type) && to !== undefined;
  const topics = carries ? [TRANSFER, zeroPadValue(from, 32), zeroPadValue(to, 32)] : [];
  const own = carries ? [{ address: NATIVE, topics, data: toBeHex(BigInt(value), 32) }] : [];
  // `position` is the number of calls before a log; who tells none has its logs after the calls.
  const at = logs.map(({ position }) => (position === undefined ? calls.length : Number(position)));
  const before = (index: number) => logs.filter((_, i) => at[i] === index);
  return [
    ...own,
    ...calls.flatMap((call, i) => [...before(i), ...logsOf(call)]),
    ...logs.filter((_, i) => at[i] >= calls.length),
  ];
}

/** Forks the chain, and works on the fork as on an endpoint. */
async function onFork<T>(fork: () => Promise<LocalFork>, work: (carry: Carrier) => Promise<T>): Promise<T> {
  const { url, close } = await fork();
  try {
    const chain = Network.from(
      BigInt(await new JsonRpcProvider(url, 1, { staticNetwork: true }).send("eth_chainId", [])),
    );
    const provider = new JsonRpcProvider(url, chain, { staticNetwork: true, cacheTimeout: -1 });
    try {
      return await work(bySimulateV1(provider));
    } finally {
      provider.destroy();
    }
  } finally {
    await close();
  }
}

/** Events with the actions that led to them; the Treasury tells when an action is done. */
function eventsOf(logs: readonly Log[], cooperative: string): SimulatedEvent[] {
  const executed = ITreasury__factory.createInterface().getEvent("ActionExecuted").topicHash;
  const done = (log: Log) =>
    BigInt(log.address) === BigInt(cooperative) && log.topics[0] === executed && BigInt(log.topics[1]) === PROPOSAL_ID;
  const events: SimulatedEvent[] = [];
  let action = 0;
  for (const log of logs) {
    if (done(log)) action += 1;
    else if (!isNative(log)) events.push({ ...log, action, address: getAddress(log.address) });
  }
  return events;
}

function isNative({ address }: Log): boolean {
  return BigInt(address) === BigInt(NATIVE);
}

/** Changes of balances that transfers tell of, in the order in which accounts appear. */
function announcedChanges(logs: readonly Log[]): BalanceChange[] {
  const changes = new Map<string, BalanceChange>();
  for (const log of logs) {
    // ERC-721 has its third value, the token's number, in a topic.
    if (log.topics[0] !== TRANSFER || log.topics.length !== 3 || log.data.length !== 66) continue;
    const token = isNative(log) ? undefined : getAddress(log.address);
    for (const [topic, sign] of [
      [log.topics[1], -1n],
      [log.topics[2], 1n],
    ] as const) {
      const account = getAddress(dataSlice(topic, 12));
      if (account === ZeroAddress) continue;
      const key = `${token} ${account}`;
      const change = (changes.get(key)?.change ?? 0n) + sign * BigInt(log.data);
      changes.set(key, { account, token, change });
    }
  }
  return [...changes.values()];
}

/** The changes that balances show; where a token does not answer, what was announced stands. */
async function measured(
  announced: readonly BalanceChange[],
  call: Request,
  carry: Carrier,
  time: bigint,
): Promise<BalanceChange[]> {
  const reading = announced.map(({ account, token }): Request => {
    const word = zeroPadValue(account, 32);
    if (token === undefined) return { to: READER_ADDRESS, data: word, gas: READING_GAS };
    return { to: token, data: BALANCE_OF + word.slice(2), gas: READING_GAS };
  });
  const outcomes = await carry([...reading, call, ...reading], time);
  return announced.map((change, i) => {
    const [before, after] = [outcomes[i], outcomes[reading.length + 1 + i]].map(({ isDone, data }) =>
      isDone && data.length === 66 ? BigInt(data) : undefined,
    );
    return before === undefined || after === undefined ? change : { ...change, change: after - before };
  });
}
