/**
 * The learning codec: everything that client, auditor, aggregator and chain must compute alike.
 * Pure functions without input or output; runs in browsers.
 *
 * @packageDocumentation
 */
export { floorSqrt } from "../integers.js";
export * from "./aggregate.js";
export * from "./appeals.js";
export * from "./chunks.js";
export * from "./cid.js";
export * from "./combining.js";
export * from "./commitments.js";
export * from "./demands.js";
export * from "./differentialPrivacy.js";
export * from "./disputes.js";
export * from "./errors.js";
export * from "./manifest.js";
export * from "./merkle.js";
export * from "./modelFile.js";
export * from "./openings.js";
export * from "./panels.js";
export * from "./quantise.js";
export * from "./random.js";
export * from "./scores.js";
export * from "./serverStep.js";
export * from "./settlement.js";
export * from "./shapley.js";
export * from "./slices.js";
export * from "./tree.js";
export * from "./weights.js";
