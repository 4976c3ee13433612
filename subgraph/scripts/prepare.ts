import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { ArtelError } from "../../sdk/src/errors.js";
import { ArtifactEvents, Manifest, parseInput, readInput, type AbiEvent, type Source } from "./inputs.js";

/**
 * Where the ABI of each data source comes from, below `artifacts/`. Interfaces hold exactly the public surface; the
 * two contracts named here also inherit events that their interfaces do not repeat.
 */
const SOURCES: Readonly<Record<string, string>> = {
  AccessManager: "@openzeppelin/contracts/access/manager/AccessManager.sol/AccessManager",
  DIDRegistry: "contracts/identity/interfaces/IDIDRegistry.sol/IDIDRegistry",
  ConsentRegistry: "contracts/identity/interfaces/IConsentRegistry.sol/IConsentRegistry",
  Reputation: "contracts/reputation/Reputation.sol/Reputation",
  ReputationAutomation: "contracts/reputation/interfaces/IReputationAutomation.sol/IReputationAutomation",
  Membership: "contracts/membership/interfaces/IMembership.sol/IMembership",
  Proxies: "contracts/membership/interfaces/IProxies.sol/IProxies",
  Elections: "contracts/governance/interfaces/IElections.sol/IElections",
  InvitationAdmission: "contracts/membership/admission/interfaces/IInvitationAdmission.sol/IInvitationAdmission",
  SponsorAdmission: "contracts/membership/admission/interfaces/ISponsorAdmission.sol/ISponsorAdmission",
  CredentialAdmission: "contracts/membership/admission/interfaces/ICredentialAdmission.sol/ICredentialAdmission",
  PolicyBook: "contracts/governance/interfaces/IPolicyBook.sol/IPolicyBook",
  CooperativeFactory: "contracts/founding/interfaces/ICooperativeFactory.sol/ICooperativeFactory",
  LearningTasks: "contracts/learning/interfaces/ILearning.sol/ILearning",
  ModelRegistry: "contracts/learning/interfaces/IModelRegistry.sol/IModelRegistry",
  PrivacyLedger: "contracts/learning/interfaces/IPrivacyLedger.sol/IPrivacyLedger",
  DrandBeacon: "contracts/randomness/interfaces/IDrandBeacon.sol/IDrandBeacon",
  RewardEscrow: "contracts/rewards/interfaces/IRewardEscrow.sol/IRewardEscrow",
  StakeVault: "contracts/rewards/interfaces/IStakeVault.sol/IStakeVault",
  Grants: "contracts/rewards/interfaces/IGrants.sol/IGrants",
  MatchingRounds: "contracts/rewards/interfaces/IMatchingRounds.sol/IMatchingRounds",
  Treasury: "contracts/governance/interfaces/ITreasury.sol/ITreasury",
  CooperativeGovernor: "contracts/governance/interfaces/ICooperativeGovernor.sol/ICooperativeGovernor",
};

/** Declared by ERC-5267, and never emitted: no domain changes. */
const NEVER_EMITTED = "EIP712DomainChanged()";

/** The manifest and the contracts disagree on the events of a data source. */
export class EventsDifferError extends ArtelError {
  readonly code = "subgraph/events-differ";
  constructor(
    contract: string,
    readonly unhandled: readonly string[],
    readonly unknown: readonly string[],
  ) {
    super(
      `${contract} emits what subgraph.yaml does not handle [${unhandled.join("; ")}], and subgraph.yaml handles what ` +
        `it does not emit [${unknown.join("; ")}]`,
      contract,
      "correct subgraph.yaml and the handlers in src/",
    );
  }
}

/** Signature of an event in the notation of a manifest. */
function signature(event: AbiEvent): string {
  return `${event.name}(${event.inputs.map((input) => (input.indexed ? "indexed " : "") + input.type).join(",")})`;
}

/**
 * Makes sure that a data source handles exactly the events of its contract.
 * @throws EventsDifferError
 */
export function assertEveryEventHandled(source: Pick<Source, "name" | "mapping">, events: readonly AbiEvent[]): void {
  const emitted = new Set(events.map(signature));
  const handled = new Set(source.mapping.eventHandlers.map(({ event }) => event));
  const unhandled = [...emitted].filter((event) => !handled.has(event));
  const unknown = [...handled].filter((event) => !emitted.has(event));
  if (unhandled.length + unknown.length > 0) throw new EventsDifferError(source.name, unhandled, unknown);
}

/**
 * Copies the events of every data source from the artifacts into `abis/`; mappings call no contract.
 * @throws InputMissingError, InputInvalidError, EventsDifferError
 */
export async function prepare(): Promise<void> {
  const here = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
  const manifest = parseInput(
    Manifest,
    "subgraph.yaml",
    await readInput(here("subgraph.yaml"), "git restore subgraph/subgraph.yaml"),
  );
  await mkdir(here("abis"), { recursive: true });
  for (const source of [...manifest.dataSources, ...manifest.templates]) {
    const artifact = here(`../artifacts/${SOURCES[source.name]}.json`);
    const declared = parseInput(ArtifactEvents, artifact, await readInput(artifact, "npm run build in the root"));
    const events = declared.filter((event) => signature(event) !== NEVER_EMITTED);
    assertEveryEventHandled(source, events);
    await writeFile(here(`abis/${source.name}.json`), `${JSON.stringify(events, undefined, 2)}\n`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  prepare().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
