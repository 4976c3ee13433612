export { drandRandomness, provenRandomness, type RandomnessSource } from "@artel/sdk/randomness";
export * from "./aggregation.js";
export * from "./aggregator.js";
export * from "./auditor.js";
export * from "./balances.js";
export * from "./challenger.js";
export * from "./client.js";
export * from "./party.js";
export * from "./taskView.js";
