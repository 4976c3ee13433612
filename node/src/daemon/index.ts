export * from "./aggregator.js";
export * from "./auditor.js";
export * from "./client.js";
export * from "./journal.js";
export * from "./party.js";
export * from "./run.js";
export * from "./taskView.js";
