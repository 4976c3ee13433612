import type { CommitmentScope, Privacy } from "@artel/sdk/learning";

import type { DeclaredUpdate, Invalidity, Validation } from "../validate.js";

/** Where an update belongs: what was published for one place is worth nothing in another. */
export interface UpdateContext extends CommitmentScope {
  /** Address of the client. */
  readonly client: string;
}

/** Somebody who has to read an update: an auditor of its panel or an aggregator. */
export interface Recipient {
  /** Address under which the recipient takes part in the task. */
  readonly account: string;
  /** X-Wing key that the recipient published for the task; undefined if there is none. */
  readonly publicKey: Uint8Array | undefined;
}

/** What lets recipients, and nobody else, read an update. */
export interface Wraps {
  /** Content to publish. */
  readonly bundle: Uint8Array;
  /** Accounts without a usable key: nothing could be wrapped for them. */
  readonly unreached: readonly string[];
}

/** An update as it was published. */
export interface PublishedUpdate {
  /** The content that the client revealed. */
  readonly content: Uint8Array;
  /** The bundle that it published once its recipients were known, if the mode has one and it could be fetched. */
  readonly wraps?: Uint8Array;
}

/** What the update must turn out to be. */
export interface ExpectedUpdate {
  readonly declared: DeclaredUpdate;
  /** Number of values of the model. */
  readonly parameters: number;
  /** Roots of valid updates committed earlier in the round, as for {@link validateUpdate}. */
  readonly seen: Set<string>;
  /** If given, all of these must be able to read the update, and nobody else: for those who attest that it is there. */
  readonly recipients?: readonly Recipient[];
}

/**
 * Why an update can't be read, and counts as absent: `content` (it is no update of this mode), `wraps-missing` (no bundle),
 * `wraps-malformed` (the bundle breaks its format), `not-a-recipient` (nothing in it is for the reader), `wrap` (what is for
 * the reader does not open: it was made for somebody else or another update), `ciphertext` (the key does not open the
 * content: altered, or made for another place), `recipients` (the reader can read it, but it was wrapped for others than
 * it should be, or not so that each of them can).
 */
export type Unreadability =
  "content" | "wraps-missing" | "wraps-malformed" | "not-a-recipient" | "wrap" | "ciphertext" | "recipients";

/** Outcome of {@link PrivacyMode.open}. */
export type OpenedUpdate = Validation | { readonly valid: false; readonly reason: Invalidity | Unreadability };

/**
 * How updates reach those who score and combine them. A client calls `protect` before it commits and `wrap` once the
 * chain has assigned its panel; auditors and aggregators call `open`.
 */
export interface PrivacyMode {
  readonly kind: Privacy["kind"];

  /**
   * The content to publish for an update. The same for the same update and place, so that it can be made again.
   *
   * @param update - the serialised delta
   */
  protect(update: Uint8Array, context: UpdateContext): Uint8Array;

  /**
   * What recipients need besides; undefined if they need nothing. The same for the same update, place and recipients. A
   * recipient whose key is missing or unusable keeps nobody else from reading.
   *
   * @param update - what {@link PrivacyMode.protect} was given
   * @throws RecipientsError for none, too many or repeated recipients
   */
  wrap(update: Uint8Array, context: UpdateContext, recipients: readonly Recipient[]): Promise<Wraps | undefined>;

  /** Reads an update and holds it against what its client declared. Never throws for what others published. */
  open(published: PublishedUpdate, context: UpdateContext, expected: ExpectedUpdate): Promise<OpenedUpdate>;
}

/**
 * What secure aggregation asks of its members beside {@link PrivacyMode} (Bonawitz et al. 2017, doi:10.1145/3133956.3133982):
 * pairwise masks that cancel out in the sum over a group, whose sum alone is scored and combined. Nothing implements it
 * yet; {@link createPrivacyMode} refuses the mode.
 */
export interface SecureAggregation {
  /** Public key that a client commits to together with its update, from which it agrees on a mask with each of its group. */
  maskKey(context: UpdateContext): Promise<Uint8Array>;

  /**
   * The update, each value plus the masks shared with the peers, modulo 2^32, and shares of the client's secrets, one sealed
   * for each peer, of which the manifest's threshold recover what somebody who drops out leaves behind.
   */
  mask(
    update: Int32Array,
    context: UpdateContext,
    peers: readonly Recipient[],
  ): Promise<{ masked: Uint32Array; shares: readonly Uint8Array[] }>;

  /** This member's shares of the secrets of those who dropped out; never both kinds of share of one client. */
  recover(context: UpdateContext, dropouts: readonly string[]): Promise<readonly Uint8Array[]>;

  /** Sum of a group's updates, what dropouts left behind removed. */
  unmask(masked: readonly Uint32Array[], shares: readonly Uint8Array[]): Int32Array;
}
