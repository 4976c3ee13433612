import { validateUpdate } from "../validate.js";
import type { PrivacyMode } from "./PrivacyMode.js";

/** Updates that everybody can read once they are revealed. */
export const openMode: PrivacyMode = {
  kind: "open",
  protect: (update) => update,
  wrap: () => Promise.resolve(undefined),
  open: ({ content }, _, { declared, parameters, seen }) =>
    Promise.resolve(validateUpdate(content, declared, parameters, seen)),
};
