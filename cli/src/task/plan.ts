import { Duration } from "@artel/sdk/bylaws";
import { BATCH_SIZE } from "@artel/sdk/learning";
import { id } from "ethers";
import { z } from "zod";

import { checkConfig, readYaml } from "../configFile.js";
import { Amount } from "../money.js";
import { Account, Moment, Tag } from "../values.js";

/** A file to begin with. */
const EXAMPLE = "examples/task.yaml";
/** Where a plan is explained. */
export const GUIDE = "docs/guides/open-a-task.md";

const Whole = z
  .string()
  .regex(/^\d{1,9}$/, "it is no whole number")
  .transform(Number);

/** A share of the reward in 1/10,000, as the contract takes it. */
const Share = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,2})? *%$/, "it is no share such as 15 %")
  .transform((text) => Math.round(Number.parseFloat(text) * 100));

/** Terms that are not said otherwise by the manifest, named as in `ILearningTasks.TaskTerms`, in units that people use. */
const Terms = z.strictObject({
  token: Account.optional(),
  reward: Amount,
  startsAt: Moment,
  schedule: z.strictObject({
    ...{ commit: Duration, reveal: Duration, auditCommit: Duration, auditReveal: Duration, settle: Duration },
    ...{ aggregateCommit: Duration, aggregateReveal: Duration, challenge: Duration, longChallenge: Duration },
    appeal: Duration,
  }),
  ...{ rounds: Whole, periodRounds: Whole, retries: Whole, minClients: Whole, maxClients: Whole },
  ...{ panelCells: Whole, panelSeats: Whole, minAuditors: Whole, maxAuditors: Whole },
  ...{ aggregators: Whole, aggregatorQuorum: Whole },
  ...{ auditorShare: Share, aggregatorShare: Share, treasuryShare: Share },
  ...{ epsilon: Whole, exclusionScore: Whole, minimumScore: Whole },
  ...{ auditorStake: Amount, aggregatorStake: Amount, missPenalty: Amount },
  slashRecipient: Account.optional(),
  consentPurpose: Tag.optional(),
  /** Name of a category. */
  reputationCategory: z.string().min(1).transform(id).optional(),
  minimumReputation: Whole.default(0),
  microRho: Whole.default(0),
});

/** What updates are scored on. */
const Test = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("common"),
    /** Examples in a slice. */
    samples: Whole,
    /** Seconds from one slice to the next. */
    interval: Duration,
    /** Slices beyond those that the rounds take if each is finished at once. */
    spare: Whole.default(2),
  }),
  z.strictObject({ kind: z.literal("private"), samples: Whole }),
]);

/** A task as a file plans it. */
const Plan = z.strictObject({ manifest: z.unknown(), test: Test, terms: Terms });

/** What a file says of a task. */
export interface TaskPlan extends Omit<z.infer<typeof Plan>, "manifest"> {
  /** What the manifest says besides what updates are scored on; not checked yet. */
  readonly manifest: Readonly<Record<string, unknown>> & { readonly scoring: object };
}

/** Test slices as a plan has them. */
export type CommonSlices = Extract<TaskPlan["test"], { kind: "common" }>;

/** What every manifest says, and what it says unless the plan does. */
const MANIFEST = { version: 1, loss: "cross-entropy" };
const SCORING = { method: "shapley", batch: BATCH_SIZE, alphas: [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3] };

/**
 * Reads the plan of a task, YAML or JSON.
 *
 * @throws ConfigFileError, ConfigInvalidError
 */
export async function readPlan(file: string): Promise<TaskPlan> {
  const plan = checkConfig(Plan, await readYaml(file, EXAMPLE), file, GUIDE);
  const { manifest } = checkConfig(
    z.looseObject({ manifest: z.looseObject({ scoring: z.looseObject({}).optional() }) }),
    await readYaml(file, EXAMPLE, "core"),
    file,
    GUIDE,
  );
  return { ...plan, manifest: { ...MANIFEST, ...manifest, scoring: { ...SCORING, ...manifest.scoring } } };
}
