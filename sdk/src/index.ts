/**
 * The SDK of Artel: typed contracts, addresses of deployments, typed-data builders and helpers to read the chain.
 * Beside it: `@artel/sdk/bylaws`, `@artel/sdk/identity` (did:ethr), `@artel/sdk/learning` (the codec), `@artel/sdk/program` (for Node.js).
 *
 * @packageDocumentation
 */
export * from "./admission.js";
export * from "./audits.js";
export * from "./ballots.js";
export * from "./beacons.js";
export * from "./claims.js";
export * from "./consent.js";
export * from "./contracts/index.js";
export * from "./cooperatives.js";
export * from "./deployments.js";
export * from "./elections.js";
export * from "./errors.js";
export * from "./fees.js";
export * from "./founding.js";
export * from "./logs.js";
export * from "./matching.js";
export * from "./protocol.js";
export * from "./proposals.js";
export * from "./proxies.js";
export * from "./reverts.js";
export * from "./roles.js";
export * from "./rpc.js";
export * from "./sponsors.js";
export * from "./simulation.js";
export * from "./tally.js";
export * from "./wallet.js";
export * from "./weighting.js";
