import { connect, type ContractName, type Deployment, type NetworkContracts } from "@artel/sdk";
import type { AbstractSigner, Interface, JsonRpcProvider } from "ethers";

import { ForeignCooperativeError, ForeignDidError } from "./errors.js";
import type { Terminal } from "./terminal.js";
import type { GivenCooperative, GivenIdentity } from "./values.js";

/** A contract that calls and errors are told of by name. */
export interface KnownContract {
  readonly name: string;
  readonly interface: Interface;
}

/** The network that a command is about. */
export class NetworkContext {
  readonly chainId: bigint;

  constructor(readonly deployment: Deployment) {
    this.chainId = BigInt(deployment.chainId);
  }

  /**
   * The address of an identity.
   * @throws ForeignDidError for a DID of another network
   */
  identity({ text, address, network }: GivenIdentity): string {
    const isHere = /^0x/.test(network ?? "") ? BigInt(network!) === this.chainId : network === this.deployment.network;
    if (network === undefined || isHere) return address;
    throw new ForeignDidError(text, this.deployment.network);
  }

  /**
   * The address of a cooperative.
   * @throws ForeignCooperativeError for a link to one on another chain
   */
  cooperative({ text, cooperative, chainId = this.chainId }: GivenCooperative): string {
    if (chainId === this.chainId) return cooperative;
    throw new ForeignCooperativeError(text, this.deployment.network);
  }

  /** The DID of an identity's address. */
  didOf(identity: string): string {
    return this.chainId === 1n ? `did:ethr:${identity}` : `did:ethr:0x${this.chainId.toString(16)}:${identity}`;
  }

  /** First block that can hold an event of a contract. */
  blockOf(name: ContractName): number {
    return this.deployment.contracts[name].block;
  }
}

/** A network with a connection to it. */
export class ChainContext extends NetworkContext {
  /** Connected for reading. */
  readonly contracts: NetworkContracts;
  /** By address in lower case; a command adds what it talks to beside the network's own. */
  readonly known = new Map<string, KnownContract>();

  constructor(
    deployment: Deployment,
    readonly provider: JsonRpcProvider,
  ) {
    super(deployment);
    this.contracts = connect(deployment, provider);
    const interfaces = new Map(
      Object.values(this.contracts).map((contract) => [String(contract.target).toLowerCase(), contract.interface]),
    );
    for (const [name, { address }] of Object.entries(deployment.contracts)) {
      const known = interfaces.get(address.toLowerCase());
      if (known !== undefined) this.known.set(address.toLowerCase(), { name, interface: known });
    }
  }

  /** The second of the newest block. */
  async now(): Promise<bigint> {
    return BigInt((await this.provider.getBlock("latest"))!.timestamp);
  }
}

/** A connection with somebody who signs. */
export class ActContext extends ChainContext {
  /** Flag that was left out where it would have named an identity, so that the command acts on the key's own. */
  #leftOut: string | undefined;

  constructor(
    deployment: Deployment,
    provider: JsonRpcProvider,
    readonly signer: AbstractSigner,
    readonly account: string,
  ) {
    super(deployment, provider);
  }

  /**
   * The identity that was given; without one, the signer's own account.
   * @param name - the flag that gives it
   */
  identityOrOwn(given: GivenIdentity | undefined, name = "did"): string {
    if (given !== undefined) return this.identity(given);
    this.#leftOut = name;
    return this.account;
  }

  /**
   * What to say of an identity that nobody named; undefined if all were. A key that was handed an identity has one of
   * its own beside it, and what is done to that one succeeds just as well.
   */
  get unnamed(): { readonly did: string; readonly sentence: string } | undefined {
    if (this.#leftOut === undefined) return undefined;
    const did = this.didOf(this.account);
    return {
      did,
      sentence: `${did} is the identity of the key itself; an identity that was handed to it is named with --${this.#leftOut}.`,
    };
  }
}

/** A network without a connection, for what happens on this machine alone. */
export class LocalContext extends NetworkContext {
  constructor(
    deployment: Deployment,
    readonly terminal: Terminal,
  ) {
    super(deployment);
  }
}
