import type { Attack } from "./attack.js";
import { betterClone, clone, split, twin } from "./collusion.js";
import { exactCopy, nearCopy } from "./copying.js";
import { honest } from "./honest.js";
import { labelFlip } from "./labelFlip.js";
import { lastStep1, lastStep10, lastStep3 } from "./lastStep.js";
import { loudNoise, quietNoise } from "./noise.js";
import { overclaim } from "./overclaim.js";
import { resubmit } from "./resubmit.js";
import { minusTen, scale10, scale3, signFlip } from "./scaling.js";

/** Every way to take part, honest and not, by name. Another one is a module more and a line here. */
export const ATTACKS: ReadonlyMap<string, Attack> = new Map(
  [
    ...[honest, labelFlip, signFlip, minusTen, loudNoise, quietNoise, lastStep1, lastStep3, lastStep10],
    ...[resubmit, exactCopy, nearCopy, scale3, scale10, overclaim, split, clone, twin, betterClone],
  ].map((attack) => [attack.name, attack]),
);
