import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

import { KEY_VARIABLE, PASSWORD_VARIABLE } from "@artel/sdk/program";
import {
  AbstractSigner,
  copyRequest,
  getAddress,
  Signature,
  Transaction,
  TypedDataEncoder,
  verifyTypedData,
  type Provider,
  type TransactionLike,
  type TransactionRequest,
  type TypedDataDomain,
  type TypedDataField,
} from "ethers";
import { z } from "zod";

import { oneLine } from "../decode.js";
import { SignerEndedError, SignerRefusedError, SignerReplyError, SignerTimeoutError } from "../errors.js";

/** What a signer answers: a result, or why there is none. */
const Reply = z.object({
  id: z.int(),
  result: z.string().optional(),
  error: z.object({ message: z.string() }).optional(),
});

/** Longest line taken for an answer. */
const LONGEST_REPLY = 4_096;

/** Milliseconds that a program has to end by itself. */
const GRACE_MS = 2_000;

/** A request on its way. */
interface Pending {
  readonly id: number;
  readonly method: string;
  readonly settle: (outcome: { result: string } | { error: Error }) => void;
}

/**
 * A program that holds the key, such as the bridge to a hardware wallet. It runs as a child as long as the command does
 * and is asked one thing at a time, a line of JSON each way:
 *
 * ```
 * {"id":1,"method":"getAddress"}                                        {"id":1,"result":"0x…"}
 * {"id":2,"method":"signTransaction","params":{"unsigned":"0x02…"}}     {"id":2,"result":"0x… 65 bytes"}
 * {"id":3,"method":"signTypedData","params":{"domain":…,"types":…,"primaryType":…,"message":…}}
 *                                                                       {"id":3,"error":{"message":"declined"}}
 * ```
 *
 * Its standard error is the user's. What it signs is put together here, and every signature is checked against the
 * address that it named: a signer can refuse, but not replace what it was asked.
 */
export class ExternalSigner extends AbstractSigner {
  readonly #command: string;
  readonly #seconds: number;
  readonly #child: ChildProcess;
  #next = 1;
  #pending?: Pending;
  #ended?: SignerEndedError;
  #address?: Promise<string>;

  /**
   * @param command - command line, given to the shell
   * @param seconds - how long it may take over an answer
   */
  constructor(command: string, seconds: number, provider: Provider) {
    super(provider);
    this.#command = command;
    this.#seconds = seconds;
    // With exec the shell becomes the program, so that ending the child ends the program.
    this.#child = spawn("sh", ["-c", `exec ${command}`], {
      stdio: ["pipe", "pipe", "inherit"],
      // Keys beside the program's own are none of its business; what is undefined is left out.
      env: { ...process.env, [KEY_VARIABLE]: undefined, [PASSWORD_VARIABLE]: undefined },
    });
    this.#child.once("error", (cause) => this.#end(cause.message, cause));
    this.#child.once("close", (code, signal) => this.#end(signal === null ? `exit code ${code}` : signal));
    // A pipe that breaks is told of by the end of the child.
    this.#child.stdin!.on("error", () => {});
    createInterface({ input: this.#child.stdout! }).on("line", (line) => this.#read(line));
  }

  /** Ends the program: it is told to, and killed if it does not listen. */
  close(): void {
    if (this.#ended !== undefined) return;
    this.#child.stdin!.end();
    this.#child.kill();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), GRACE_MS);
    this.#child.once("close", () => clearTimeout(timer));
  }

  override connect(): never {
    throw new TypeError("a signer stays with its chain");
  }

  override getAddress(): Promise<string> {
    this.#address ??= this.#ask("getAddress").then((text) => {
      return this.#use("getAddress", "it is not an address", () => getAddress(text));
    });
    return this.#address;
  }

  override async signTransaction(request: TransactionRequest): Promise<string> {
    const method = "signTransaction";
    // sendTransaction has populated it: no name or promise is left in it to resolve
    const transaction = Transaction.from(copyRequest(request) as TransactionLike<string>);
    const address = await this.getAddress();
    const text = await this.#ask(method, { unsigned: transaction.unsignedSerialized });
    transaction.signature = this.#use(method, "it is not a signature", () => Signature.from(text));
    if (transaction.from !== address)
      throw new SignerReplyError(method, "it signed something else, or another account did");
    return transaction.serialized;
  }

  override async signTypedData(
    domain: TypedDataDomain,
    types: Record<string, TypedDataField[]>,
    message: Record<string, unknown>,
  ): Promise<string> {
    const method = "signTypedData";
    const address = await this.getAddress();
    const text = await this.#ask(method, TypedDataEncoder.getPayload(domain, types, message));
    return this.#use(method, "it signed something else, or another account did", () => {
      // 65 bytes that contracts take, whichever form the program writes
      const { serialized } = Signature.from(text);
      if (verifyTypedData(domain, types, message, serialized) !== address) throw new TypeError("another signer");
      return serialized;
    });
  }

  override signMessage(): never {
    throw new TypeError("no command signs plain messages");
  }

  #ask(method: string, params?: unknown): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      const timer = setTimeout(() => {
        this.#pending?.settle({ error: new SignerTimeoutError(method, this.#seconds) });
        this.close();
      }, this.#seconds * 1_000);
      const settle: Pending["settle"] = (outcome) => {
        clearTimeout(timer);
        this.#pending = undefined;
        if ("error" in outcome) reject(outcome.error);
        else resolve(outcome.result);
      };
      this.#pending = { id: this.#next++, method, settle };
      this.#child.stdin!.write(`${JSON.stringify({ id: this.#pending.id, method, params })}\n`);
    });
  }

  #read(line: string): void {
    if (this.#pending === undefined) return;
    const { id, method, settle } = this.#pending;
    const fail = (reason: string) => settle({ error: new SignerReplyError(method, reason) });
    if (line.length > LONGEST_REPLY) return fail("it is too long");
    let json: unknown;
    try {
      json = JSON.parse(line);
    } catch {
      return fail("it is no JSON");
    }
    const { success, data } = Reply.safeParse(json);
    if (!success || data.id !== id) return fail("it does not follow the protocol");
    if (data.error !== undefined) return settle({ error: new SignerRefusedError(method, oneLine(data.error.message)) });
    if (data.result === undefined) return fail("it holds neither a result nor an error");
    settle({ result: data.result });
  }

  #end(how: string, cause?: Error): void {
    this.#ended ??= new SignerEndedError(this.#command, how, { cause });
    this.#pending?.settle({ error: this.#ended });
  }

  #use<T>(method: string, problem: string, read: () => T): T {
    try {
      return read();
    } catch {
      throw new SignerReplyError(method, problem);
    }
  }
}
