/**
 * Bylaws in human units: presets, what contradicts itself in them, and what a cooperative is founded on.
 *
 * @packageDocumentation
 */
export * from "./bylaws.js";
export * from "./describe.js";
export * from "./errors.js";
export * from "./lint.js";
export * from "./policy.js";
export * from "./presets.js";
export * from "./schema.js";
export * from "./units.js";
