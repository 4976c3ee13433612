import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

import { PartyFailedError } from "./errors.js";
import type { HostAnswer, HostData, HostedParty, HostRequest } from "./host.js";

/** Threads that hosts run in: the season is measured on two cores. */
const HOSTS = 2;

/** The parties' daemons, spread over threads. */
export class Hosts {
  private constructor(
    private readonly workers: readonly Worker[],
    private readonly parties: readonly HostedParty[],
    private readonly logs: string,
  ) {}

  /** Starts the hosts; parties are dealt out in turn, so that each thread has some of every role. */
  static start(shared: Omit<HostData, "parties" | "log">, parties: readonly HostedParty[], logs: string): Hosts {
    const workers = Array.from({ length: HOSTS }, (_, host) => {
      const mine = parties.filter((_, i) => i % HOSTS === host);
      const data: HostData = { ...shared, parties: mine, log: join(logs, `host-${host + 1}.log`) };
      return new Worker(new URL("host.ts", import.meta.url), { workerData: data, execArgv: ["--import", "tsx"] });
    });
    return new Hosts(workers, parties, logs);
  }

  /**
   * Lets every party do what it has to do at this moment of the chain. They work at the same time but send one after the
   * other, so that equal seeds give equal blocks.
   *
   * @throws PartyFailedError if one fails
   */
  async settle(): Promise<void> {
    await Promise.all(this.workers.map((worker) => this.ask(worker, { prepare: true })));
    await this.send();
  }

  /**
   * Lets parties send what they need not work out, one after the other.
   *
   * @param role - only those in it; everybody if omitted
   * @throws PartyFailedError if one fails
   */
  async send(role?: HostedParty["role"]): Promise<void> {
    for (const [i, party] of this.parties.entries())
      if (role === undefined || party.role === role)
        await this.ask(this.workers[i % HOSTS], { step: Math.floor(i / HOSTS) });
  }

  /** Ends the threads. */
  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private async ask(worker: Worker, request: HostRequest): Promise<void> {
    const answered = once(worker, "message") as Promise<[HostAnswer]>;
    worker.postMessage(request);
    const [{ error }] = await answered;
    if (error !== undefined) throw new PartyFailedError(error, this.logs);
  }
}
