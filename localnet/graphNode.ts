import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { IndexingError, NotSyncedError, QueryError } from "./errors.js";
import { claimPort, freePorts } from "./ports.js";
import type { Child, Processes } from "./processes.js";
import { program } from "./programs.js";

const POLL_MS = 50;
const LOG_LAG_MS = 250;

/** What graph-node reads from and where it listens. */
export interface GraphNodeOptions {
  /** Path of the subgraph's `subgraph.yaml`, with what `graph build` made in `build/` beside it. */
  readonly manifest: string;
  /** The chain's JSON-RPC endpoint. */
  readonly rpcUrl: string;
  /** The database, UTF-8 with locale C. */
  readonly postgresUrl: string;
  /** Network name inside the manifest. Default `localhost`. */
  readonly network?: string;
  /** The GraphQL port. Default: any free one. */
  readonly port?: number;
}

/** The part of a block by which an index tells that it has seen it. */
export interface BlockReference {
  readonly number: number;
  readonly hash: string | null;
}

/** A running index. */
export interface GraphNode {
  /** The GraphQL endpoint. */
  readonly url: string;
  readonly child: Child;
  /**
   * Runs a query.
   * @throws QueryError when the index answers with errors
   */
  query<T>(graphql: string, variables?: Record<string, unknown>): Promise<T>;
  /**
   * Waits until a block, told by its hash, is the head of the index.
   * @throws IndexingError when a handler failed
   * @throws NotSyncedError when it takes longer than `timeout` milliseconds (default 60,000)
   */
  untilSynced(head: BlockReference, timeout?: number): Promise<void>;
}

interface Answer<T> {
  data?: T;
  errors?: { message: string }[];
}

interface Meta {
  _meta: { block: { number: number; hash: string | null }; hasIndexingErrors: boolean };
}

/** graph-node asks at its start whether IPFS has a file, and never again: `gnd` reads the subgraph from disk. */
async function startIpfsStub(processes: Processes): Promise<string> {
  const server = createServer((request, response) => response.writeHead(request.method === "HEAD" ? 200 : 404).end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  processes.onStop(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/**
 * Starts graph-node on a built subgraph.
 * @throws PortTakenError, SpawnError, ChildEndedError, NotReadyError
 */
export async function startGraphNode(processes: Processes, options: GraphNodeOptions): Promise<GraphNode> {
  const port = await claimPort(options.port);
  const [index, admin, metrics] = await freePorts(3);
  const ipfs = await startIpfsStub(processes);
  const url = `http://127.0.0.1:${port}/subgraphs/name/subgraph-0`;

  const ask = async <T>(query: string, variables: Record<string, unknown> = {}): Promise<Answer<T>> => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
    return (await response.json()) as Answer<T>;
  };
  const meta = () => ask<Meta>("{ _meta { block { number hash } hasIndexingErrors } }");

  const child = await processes.start({
    name: "graph-node",
    command: program("gnd"),
    args: [
      ...["dev", "--manifests", basename(options.manifest)],
      ...["--postgres-url", options.postgresUrl, "--ipfs", ipfs],
      ...["--ethereum-rpc", `${options.network ?? "localhost"}:${options.rpcUrl}`],
      ...["--http-port", String(port), "--index-node-port", String(index)],
      ...["--admin-port", String(admin), "--metrics-port", String(metrics)],
    ],
    cwd: dirname(options.manifest),
    env: {
      GRAPH_LOG: "warn",
      ETHEREUM_POLLING_INTERVAL: "100",
      // A node's worth of idle connections is of no use to one small index.
      GRAPH_STORE_CONNECTION_POOL_SIZE: "10",
    },
    // It ignores SIGTERM, and the database it would keep in order goes away too.
    stopSignal: "SIGKILL",
    readyTimeout: 60_000,
    ready: async () => (await fetch(url.replace(/\/subgraphs.*/, "/"))).ok,
  });

  const query = async <T>(graphql: string, variables?: Record<string, unknown>): Promise<T> => {
    const { data, errors } = await ask<T>(graphql, variables);
    if (data === undefined || errors !== undefined) {
      throw new QueryError(graphql, errors?.map((error) => error.message).join("; ") ?? "no data");
    }
    return data;
  };
  const untilSynced = async (head: BlockReference, timeout = 60_000) => {
    const deadline = Date.now() + timeout;
    for (;;) {
      const { data, errors } = await meta();
      // A failed index still moves to the block it failed at, so failure is asked for first; its log lags a little.
      if (data?._meta.hasIndexingErrors === true) {
        await sleep(LOG_LAG_MS);
        const reason = /Mapping aborted at ([^\n]*?) in handler/.exec(child.output())?.[1];
        throw new IndexingError(reason ?? "a handler reported an error", child.log);
      }
      if (data?._meta.block.hash === head.hash) return;
      if (Date.now() > deadline) {
        const reached = data === undefined ? (errors?.[0]?.message ?? "no block") : `block ${data._meta.block.number}`;
        throw new NotSyncedError(`${head.number}`, reached, child.log);
      }
      await sleep(POLL_MS);
    }
  };
  return { url, child, query, untilSynced };
}
