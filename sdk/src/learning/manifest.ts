import type { CID } from "multiformats/cid";
import { z } from "zod";
import { cidOf } from "./cid.js";
import type { NoiseTerms } from "./differentialPrivacy.js";
import { ManifestInvalidError } from "./errors.js";
import { SERVER_UNIT } from "./serverStep.js";
import { BATCH_SIZE } from "./shapley.js";
import { WEIGHT_LIMIT, WEIGHT_UNIT, type WeightCaps } from "./weights.js";

/** Most test slices that a manifest can name. */
export const MAX_SLICES = 4096;

const count = (maximum: number) => z.int().min(1).max(maximum);

const mlp = z.strictObject({
  kind: z.literal("mlp"),
  /** Features of an example. */
  inputs: count(1 << 20),
  /** Units of the hidden layer. */
  hidden: count(4096),
  classes: count(256).min(2),
});

const cnn = z.strictObject({
  kind: z.literal("cnn"),
  /** Width and height of the square, one-channel image. */
  side: count(1024),
  /** Width and height of both convolutions. */
  kernel: count(15),
  /** Channels of the first and second convolution. */
  channels: z.tuple([count(256), count(256)]),
  classes: count(256).min(2),
});

/** How a client trains within a round. */
const recipe = z.strictObject({
  localEpochs: count(100),
  batchSize: count(65536),
  learningRate: z.number().positive().max(100),
  /** Share of the last step kept in the next; 0 is plain gradient descent. */
  momentum: z.number().min(0).lt(1),
  /** How strongly clients are held to where the round started (FedProx's mu); not at all if absent. */
  proximal: z.number().positive().max(100).optional(),
  /**
   * How far a client's labels calibrate the loss that it descends: the share of them, beside even ones, in the prior by
   * which logits are raised. Not at all if absent.
   */
  calibration: z.number().positive().lt(1).optional(),
});

/** How the global model moves; by the aggregate alone if absent. */
const server = z.strictObject({
  /** Share of the model's last step that the next round starts ahead by, in units of 2^-16. */
  momentum: count(SERVER_UNIT - 1),
});

/** How updates become one step. */
const aggregation = z.discriminatedUnion("rule", [
  z.strictObject({ rule: z.literal("mean") }),
  z.strictObject({
    rule: z.literal("trimmed-mean"),
    /** Share of the values that is left out at either end. */
    trim: z.number().positive().lt(0.5),
  }),
  z.strictObject({ rule: z.literal("median") }),
]);

/** Noise that every client adds to its update; left out where none does. */
const noise = z
  .strictObject({
    /** L2 norm to which an update is scaled down before it gets noise, in the model's own units. */
    clipNorm: z.number().positive().max(1e6),
    /** Most that a round tells about a client's data: zero-concentrated differential privacy, in units of 10^-6. */
    microRho: count(1e9),
  })
  .optional();

/** Who gets to see an update; those who score and combine it if absent. */
const privacy = z
  .discriminatedUnion("kind", [
    /** Everybody, once it is revealed. */
    z.strictObject({ kind: z.literal("open"), noise }),
    /** Who has to score or combine it. */
    z.strictObject({ kind: z.literal("sealed"), noise }),
    /** Nobody: masks cancel out in the sum over a group. */
    z.strictObject({
      kind: z.literal("secure-aggregation"),
      noise,
      /** Clients of a group, which are scored together. */
      group: count(32).min(3),
      /** Clients of a group who must stay for its sum to be recovered. */
      threshold: count(32).min(2),
    }),
  ])
  .default({ kind: "sealed" });

/** What updates are scored on. */
const test = z.discriminatedUnion("kind", [
  z.strictObject({
    /** Every auditor has data of its own, drawn evenly from the same source. */
    kind: z.literal("private"),
    /** Examples an auditor scores on. */
    samples: z
      .int()
      .min(1000)
      .max(1 << 20),
  }),
  z.strictObject({
    /** Everybody scores on the same slice, published sealed and readable from its time on. */
    kind: z.literal("common"),
    /** Examples in a slice. */
    samples: count(1 << 20),
    /** Root over all slices, see {@link sliceRoot}. */
    root: z.string().regex(/^0x[0-9a-f]{64}$/, "use 32 bytes in lower-case hexadecimal"),
    /** Content identifier of each sealed slice. */
    slices: z.array(z.string().max(128)).min(1).max(MAX_SLICES),
    /** Second at which the first slice can be read. */
    opensAt: z.int().min(0),
    /** Seconds until the next one can. */
    interval: count(1 << 30),
  }),
]);

const fields = z.strictObject({
  version: z.literal(1),
  /** Name of the public data set that test accuracy is quoted on, and the format private examples share. */
  dataset: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "use lower-case letters, digits and hyphens"),
  model: z.discriminatedUnion("kind", [mlp, cnn]),
  loss: z.literal("cross-entropy"),
  recipe,
  server: server.optional(),
  /** Fraction bits of int32 fixed point, for parameters and deltas alike. */
  fractionBits: z.int().min(8).max(30),
  /** Samples counted at most in a weight. */
  sampleCap: count(WEIGHT_LIMIT / WEIGHT_UNIT - 1),
  /** L2 norm above which an update is scaled down, in the model's own units. */
  clipNorm: z.number().positive().max(1e6),
  aggregation,
  privacy,
  scoring: z.strictObject({
    method: z.literal("shapley"),
    /** Clients in a batch; the games of a batch are enumerated. */
    batch: z.literal(BATCH_SIZE),
    /**
     * How far the global model may be moved on along its last step before updates are scored: ascending from 0. The one
     * with the lowest loss is taken.
     */
    alphas: z
      .array(z.number().min(0).max(64))
      .min(1)
      .max(32)
      .refine((grid) => grid[0] === 0 && grid.every((alpha, i) => i === 0 || alpha > grid[i - 1]), {
        error: "begin with 0 and ascend",
      }),
    test,
  }),
  /** Seed of the initial parameters and of every shuffle. */
  seed: z.string().min(1).max(128),
});

/** Schema of a task manifest, version 1. Unknown fields are refused: everybody must read the same rules. */
export const manifestSchema = fields.superRefine(({ privacy, aggregation }, context) => {
  if (privacy.kind !== "secure-aggregation") return;
  const refuse = (field: string, message: string) =>
    context.addIssue({ code: "custom", path: ["privacy", field], message });
  if (privacy.threshold > privacy.group) refuse("threshold", "is above the size of a group");
  // Only a sum can be unmasked: to trim or to take a median, somebody would have to see the values.
  if (aggregation.rule !== "mean") refuse("kind", `can't be combined by ${aggregation.rule}`);
});

/** The immutable rules of a task: architecture, recipe, format, weights, scoring. */
export type Manifest = z.infer<typeof manifestSchema>;
/** Architecture of a model. */
export type ModelSpec = Manifest["model"];
/** What updates are scored on. */
export type TestPlan = Manifest["scoring"]["test"];
/** A test slice a round that everybody scores on. */
export type CommonTest = Extract<TestPlan, { kind: "common" }>;
/** Who gets to see an update, and how much it tells. */
export type Privacy = Manifest["privacy"];
/** How a client trains within a round. */
export type Recipe = Manifest["recipe"];

/**
 * Checks a manifest that was read from somewhere else.
 *
 * @param input - a parsed JSON value, or the bytes of a JSON document
 * @throws ManifestInvalidError listing every field that is wrong
 */
export function parseManifest(input: unknown): Manifest {
  const result = manifestSchema.safeParse(input instanceof Uint8Array ? parseJson(input) : input);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => `${path.join(".") || "manifest"}: ${message}`);
  throw new ManifestInvalidError(input, issues, { cause: result.error });
}

/** Canonical bytes of a manifest (RFC 8785: keys sorted, no white space), those its identifier is taken of. */
export function manifestToBytes(manifest: Manifest): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(sorted(manifest)));
}

/** Content identifier of a manifest. */
export function manifestCid(manifest: Manifest): CID {
  return cidOf(manifestToBytes(manifest));
}

/** What the manifest lets an update weigh, its clipping norm converted to quantised units. */
export function weightCapsOf({ sampleCap, clipNorm, fractionBits }: Manifest): WeightCaps {
  return { sampleCap, clipNorm: quantisedNorm(clipNorm, fractionBits) };
}

/** The noise that every client adds, its clipping norm converted to quantised units; undefined where none does. */
export function noiseOf({ privacy, fractionBits }: Manifest): NoiseTerms | undefined {
  if (privacy.noise === undefined) return undefined;
  const { clipNorm, microRho } = privacy.noise;
  return { clipNorm: quantisedNorm(clipNorm, fractionBits), microRho: BigInt(microRho) };
}

function quantisedNorm(norm: number, fractionBits: number): bigint {
  // the product is a double scaled by a power of two: exact before it is rounded up to a whole unit
  return BigInt(Math.ceil(norm * (1 << fractionBits)));
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ManifestInvalidError(bytes, ["manifest: not a JSON document"], { cause });
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
