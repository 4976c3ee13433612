export * from "./config.js";
export * from "./governance/proposals.js";
export * from "./learning/rounds.js";
export * from "./runtime/loop.js";
export * from "./runtime/send.js";
export * from "./runtime/task.js";
