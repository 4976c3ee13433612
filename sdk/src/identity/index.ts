/**
 * Identities (did:ethr): resolution, keys of every type as attributes, typed data and passkeys.
 *
 * @packageDocumentation
 */
export * from "./agreement.js";
export * from "./authorization.js";
export * from "./document.js";
export * from "./entries.js";
export * from "./errors.js";
export * from "./history.js";
export * from "./keys.js";
export * from "./resolver.js";
