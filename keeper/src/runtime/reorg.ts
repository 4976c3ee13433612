/**
 * Blocks that a reorganisation may undo. What is younger is read again at each turn, and what is over is looked at as
 * much longer.
 */
export const REORG_DEPTH = 64;
