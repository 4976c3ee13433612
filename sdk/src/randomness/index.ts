/**
 * Random values that nobody chooses: rounds of drand, their proofs for `DrandBeacon`, proofs of block headers for
 * `HeaderBeacon`, and encryption to a future round.
 *
 * @packageDocumentation
 */
export {
  type DrandNetwork,
  type DrandRound,
  drandChainHash,
  drandNetworkStruct,
  drandProof,
  drandRoundAt,
  drandTimeOf,
  QUICKNET,
  verifyDrandRound,
} from "./drand.js";
export * from "./errors.js";
export * from "./headers.js";
export * from "./local.js";
export * from "./relays.js";
export * from "./sources.js";
export * from "./timelock.js";
