import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";

import { PortTakenError } from "./errors.js";

const LOOPBACK = "127.0.0.1";

async function listen(port: number): Promise<Server> {
  const server = createServer().listen(port, LOOPBACK);
  await once(server, "listening");
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}

/**
 * Asks the operating system for free loopback ports.
 * @param count - how many
 * @returns different ports, free at the time of the call
 */
export async function freePorts(count: number): Promise<number[]> {
  // All are held until the last is known, so that none is given twice.
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(close));
  return ports;
}

/**
 * Makes sure that a port chosen by the user is free on loopback.
 * @param port - the wished port, or undefined for any
 * @returns the port to use
 * @throws PortTakenError when another program listens there
 */
export async function claimPort(port?: number): Promise<number> {
  if (port === undefined) return (await freePorts(1))[0];
  try {
    await close(await listen(port));
    return port;
  } catch (cause) {
    throw new PortTakenError(port, { cause });
  }
}
