export * from "./chain.js";
export * from "./errors.js";
export * from "./graphNode.js";
export * from "./lock.js";
export * from "./memory.js";
export * from "./ports.js";
export * from "./postgres.js";
export * from "./processes.js";
