import { ArtelError, type ConsentScope } from "@artel/sdk";
import { ZeroAddress } from "ethers";

/** A data set file that is not there. */
export class DatasetMissingError extends ArtelError {
  readonly code = "dataset/missing";
  constructor(path: string, options?: ErrorOptions) {
    super(`Data file ${path} can't be read`, path, "check its name; `npm ci` reinstalls packaged data", options);
  }
}

/** A data set file whose content is not what its format says. */
export class DatasetCorruptError extends ArtelError {
  readonly code = "dataset/corrupt";
  constructor(
    path: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(
      `Data file ${path} is corrupt (${reason})`,
      path,
      "replace it by an intact copy; `npm ci` reinstalls packaged data",
      options,
    );
  }
}

/** A data set this node has no reader for. */
export class DatasetUnknownError extends ArtelError {
  readonly code = "dataset/unknown";
  constructor(value: string, known: readonly string[]) {
    super(`Data set ${value} is not known`, value, `use one of ${known.join(", ")}`);
  }
}

/** Bytes that are no encoded examples. */
export class ExamplesCorruptError extends ArtelError {
  readonly code = "examples/corrupt";
  constructor(value: number, reason: string) {
    super(`Record of ${value} bytes holds no examples (${reason})`, value, "store them again with encodeExamples");
  }
}

/** Examples that do not fit the model: other features, other classes, or none at all. */
export class ExamplesMismatchError extends ArtelError {
  readonly code = "examples/mismatch";
  constructor(value: number, reason: string) {
    super(`${reason}, found ${value}`, value, "use examples of the data set the manifest names");
  }
}

/** A split that the examples can't satisfy. */
export class SplitError extends ArtelError {
  readonly code = "split/impossible";
  constructor(value: number, reason: string) {
    super(`The examples can't be split (${reason})`, value, "ask for fewer parts or provide more examples");
  }
}

/** Model parameters of the wrong number. */
export class ParameterCountError extends ArtelError {
  readonly code = "trainer/parameters";
  constructor(value: number, expected: number) {
    super(`${value} parameters where the model has ${expected}`, value, "use parameters of the manifest's model");
  }
}

/** A model whose shape has no room for its layers. */
export class ModelShapeError extends ArtelError {
  readonly code = "trainer/shape";
  constructor(value: number, reason: string) {
    super(`The model can't be built (${reason})`, value, "use a larger image or a smaller kernel");
  }
}

/** No space left for a file. */
export class StorageFullError extends ArtelError {
  readonly code = "storage/full";
  constructor(path: string, options?: ErrorOptions) {
    super(`No space left to write ${path}`, path, "free some space and try again; nothing was changed", options);
  }
}

/** A file or folder that the operating system refuses to read or write. */
export class StorageAccessError extends ArtelError {
  readonly code = "storage/access";
  constructor(path: string, options?: ErrorOptions) {
    super(`${path} can't be accessed`, path, "check that the folder exists and that you may write to it", options);
  }
}

/** A key of the wrong size, or an empty passphrase. */
export class KeyFormatError extends ArtelError {
  readonly code = "data/key-format";
  constructor(value: number) {
    super(`A key of ${value} bytes is not usable`, value, "give 32 raw bytes or a passphrase that is not empty");
  }
}

/** A key that does not open the store. */
export class WrongKeyError extends ArtelError {
  readonly code = "data/wrong-key";
  constructor(path: string, options?: ErrorOptions) {
    super(
      `The key or passphrase does not open the data store ${path}`,
      path,
      "use the one that the store was created with",
      options,
    );
  }
}

/** A name that can't name a record. */
export class RecordNameError extends ArtelError {
  readonly code = "data/record-name";
  constructor(value: string) {
    super(
      `Record name ${JSON.stringify(value)} is not valid`,
      value,
      "use up to 100 lower-case letters, digits, dots, hyphens and underscores, beginning with a letter or digit",
    );
  }
}

/** A record the store does not hold. */
export class RecordMissingError extends ArtelError {
  readonly code = "data/missing";
  constructor(value: string, options?: ErrorOptions) {
    super(`The data store has no record ${value}`, value, "put it first, or list what the store holds", options);
  }
}

/** A record or header changed, cut or moved since it was written. */
export class RecordTamperedError extends ArtelError {
  readonly code = "data/tampered";
  constructor(path: string, options?: ErrorOptions) {
    super(`${path} was altered after it was written`, path, "restore it from a backup", options);
  }
}

/** Content the store does not hold. */
export class ContentMissingError extends ArtelError {
  readonly code = "content/missing";
  constructor(value: string, options?: ErrorOptions) {
    super(
      `Content ${value} is not in the store`,
      value,
      "copy it from another party, or name the folder that has it",
      options,
    );
  }
}

/** Stored content that no longer matches its identifier. */
export class ContentCorruptError extends ArtelError {
  readonly code = "content/corrupt";
  constructor(value: string, path: string) {
    super(`Content ${value} does not match its identifier`, value, `delete ${path} and fetch it again`);
  }
}

/** A test slice that is not what the manifest commits to. */
export class SliceInvalidError extends ArtelError {
  readonly code = "slices/invalid";
  constructor(value: number, reason: string, options?: ErrorOptions) {
    super(
      `Test slice ${value} is not valid (${reason})`,
      value,
      "nothing can be scored on it; tell the task's owner",
      options,
    );
  }
}

/** A test slice that is sealed to another round of the beacon than its time says. */
export class SliceRoundError extends ArtelError {
  readonly code = "slices/round";
  constructor(value: bigint, expected: bigint) {
    super(
      `A test slice is sealed to round ${value}, not ${expected}`,
      value,
      "nothing can be scored on it; tell the task's owner",
    );
  }
}

/** A rule of a manifest that this party does not follow yet. */
export class RuleUnsupportedError extends ArtelError {
  readonly code = "node/rule-unsupported";
  constructor(field: string, value: string) {
    super(`The manifest's ${field} is ${value}, which this node does not do`, value, "take part in another task");
  }
}

/** Updates that can't be scored together. */
export class ScoringInputError extends ArtelError {
  readonly code = "scoring/input";
  constructor(value: number, reason: string) {
    super(`Update of client ${value} can't be scored (${reason})`, value, "pass each valid update once");
  }
}

/** A flag of the node's command is missing or wrong. */
export class NodeConfigError extends ArtelError {
  readonly code = "node/config";
  constructor(problem: string, value: unknown) {
    super(problem, value, "see npm run node -- --help");
  }
}

/** There is no passphrase to open the store with. */
export class PassphraseMissingError extends ArtelError {
  readonly code = "node/passphrase-missing";
  constructor() {
    super("The store has no passphrase", undefined, "put it into the environment as ARTEL_STORE_PASSPHRASE");
  }
}

/** A store without examples, where they are needed. */
export class NoExamplesError extends ArtelError {
  readonly code = "node/no-examples";
  constructor() {
    super("The store holds no examples", undefined, "put some in with npm run node -- import");
  }
}

/** The account takes part in the task already, in another role. */
export class OtherRoleError extends ArtelError {
  readonly code = "node/other-role";
  constructor(account: string, task: bigint, role: string) {
    super(`${account} is in task ${task} as ${role}`, role, "start it in that role, or use another member's key");
  }
}

/** The stake that a role takes is not deposited. Amounts in the token's smallest unit. */
export class StakeMissingError extends ArtelError {
  readonly code = "node/stake-missing";
  constructor(
    account: string,
    token: string,
    value: bigint,
    readonly needed: bigint,
  ) {
    const currency = token === ZeroAddress ? "the native currency" : `token ${token}`;
    super(
      `${account} has ${value} of the smallest units of ${currency} free at stake and needs ${needed}`,
      value,
      "put the difference into the vault with npx artel stake deposit",
    );
  }
}

/** The contract does not let the account into the task. */
export class JoinRefusedError extends ArtelError {
  readonly code = "node/join-refused";
  constructor(task: bigint, role: string, reason: string, cause: unknown) {
    super(
      `Task ${task} can't be joined as ${role} (${reason})`,
      reason,
      "only members join, clients once there are auditors and an aggregator; npx artel task show says what room it has",
      { cause },
    );
  }
}

/** A record that its subject has not agreed to share. */
export class ConsentMissingError extends ArtelError {
  readonly code = "consent/missing";
  constructor(value: ConsentScope) {
    super(
      `${value.subject} has not granted ${value.grantee} these data for this purpose, or no longer`,
      value,
      "grant the consent in ConsentRegistry first, for the same data and purpose",
    );
  }
}

/** A grantee to whom nothing can be sealed. */
export class SealingKeyMissingError extends ArtelError {
  readonly code = "share/no-key";
  constructor(value: string) {
    super(`${value} has published no X25519 key`, value, "have its owner publish one, as did/pub/X25519/enc");
  }
}

/** Bytes that no record shared with this key under this consent consists of. */
export class SharedRecordError extends ArtelError {
  readonly code = "share/unreadable";
  constructor(value: number, options?: ErrorOptions) {
    super(
      `The ${value} bytes are no record shared with this key under this consent`,
      value,
      "check key and consent, and ask for it again",
      options,
    );
  }
}

/** Recipients that an update can't be sealed to. */
export class RecipientsError extends ArtelError {
  readonly code = "privacy/recipients";
  constructor(value: number, reason: string) {
    super(`An update can't be sealed to ${value} recipients (${reason})`, value, "name its panel and the aggregators");
  }
}

/** A task that asks for secure aggregation. */
export class SecureAggregationMissingError extends ArtelError {
  readonly code = "privacy/secure-aggregation";
  constructor() {
    super(
      "Secure aggregation is not built yet",
      "secure-aggregation",
      "take part in tasks whose updates are open or sealed",
    );
  }
}

/** The manifest of a task states another rule than its terms on the chain. */
export class TermsMismatchError extends ArtelError {
  readonly code = "node/terms-mismatch";
  constructor(field: string, stated: string, term: string) {
    super(`The manifest's ${field} is ${stated}, and ${term} in the task's terms`, stated, "take part in another task");
  }
}

/** Too little free stake to demand that an answer be opened. */
export class BondMissingError extends ArtelError {
  readonly code = "node/bond-missing";
  constructor(what: string, free: bigint, bond: bigint) {
    super(
      `There is a free stake of ${free} where ${what} takes ${bond}, in the token's smallest unit`,
      free,
      "put more into the vault with npx artel stake deposit; what is not used comes back",
    );
  }
}

/** A test plan has no slice left for a round. */
export class SlicesUsedUpError extends ArtelError {
  readonly code = "slices/used-up";
  constructor(round: bigint, revealDeadline: number) {
    super(
      `No test slice is left for round ${round}, whose updates are known from second ${revealDeadline} on`,
      revealDeadline,
      "nothing can be scored in the rounds that are left; the task's owner should have planned more slices",
    );
  }
}

/** An update that belongs into the aggregate can't be had. */
export class UpdateUnavailableError extends ArtelError {
  readonly code = "node/update-unavailable";
  constructor(client: string, round: bigint, problem: string) {
    super(
      `The update of ${client} in round ${round} can't be used (${problem})`,
      client,
      "fetch its content from another source before the phase ends",
    );
  }
}

/** Content does not have the root that the chain knows it by. */
export class ContentRootMismatchError extends ArtelError {
  readonly code = "node/content-root-mismatch";
  constructor(what: string, actual: string, expected: string) {
    super(`${what} has root ${actual}, not ${expected}`, actual, "fetch the content again from another source");
  }
}

/** No settled round of the task has this model root. */
export class UnknownModelError extends ArtelError {
  readonly code = "node/unknown-model";
  constructor(taskId: bigint, root: string) {
    super(`Task ${taskId} has no global model with root ${root}`, root, "ask for a root that roundState() named");
  }
}
