/**
 * What the programs have in common: flags, addresses, keys, questions, repetition, failures. For Node.js.
 *
 * @packageDocumentation
 */
export * from "./addresses.js";
export * from "./confirm.js";
export * from "./flags.js";
export * from "./key.js";
export * from "./keystore.js";
export * from "./repeat.js";
export * from "./report.js";
export * from "./secret.js";
export * from "./text.js";
