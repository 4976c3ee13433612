import type { Privacy } from "@artel/sdk/learning";

import { SecureAggregationMissingError } from "../errors.js";
import { openMode } from "./open.js";
import type { PrivacyMode } from "./PrivacyMode.js";
import { sealedMode, type Sealer } from "./sealed.js";

/**
 * The mode that a manifest asks for.
 *
 * @throws SecureAggregationMissingError, and KeyFormatError as {@link sealedMode}
 */
export function createPrivacyMode({ kind }: Privacy, sealer: Sealer): PrivacyMode {
  switch (kind) {
    case "open":
      return openMode;
    case "sealed":
      return sealedMode(sealer);
    case "secure-aggregation":
      throw new SecureAggregationMissingError();
  }
}
