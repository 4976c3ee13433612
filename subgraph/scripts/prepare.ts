import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { parse } from "yaml";

import { ArtelError } from "../../sdk/src/errors.js";

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
  InvitationAdmission: "contracts/membership/admission/interfaces/IInvitationAdmission.sol/IInvitationAdmission",
  SponsorAdmission: "contracts/membership/admission/interfaces/ISponsorAdmission.sol/ISponsorAdmission",
  CredentialAdmission: "contracts/membership/admission/interfaces/ICredentialAdmission.sol/ICredentialAdmission",
  PolicyBook: "contracts/governance/interfaces/IPolicyBook.sol/IPolicyBook",
  CooperativeFactory: "contracts/founding/interfaces/ICooperativeFactory.sol/ICooperativeFactory",
  LearningRounds: "contracts/learning/interfaces/ILearningRounds.sol/ILearningRounds",
  RewardEscrow: "contracts/rewards/interfaces/IRewardEscrow.sol/IRewardEscrow",
  StakeVault: "contracts/rewards/interfaces/IStakeVault.sol/IStakeVault",
  Treasury: "contracts/governance/interfaces/ITreasury.sol/ITreasury",
  CooperativeGovernor: "contracts/governance/interfaces/ICooperativeGovernor.sol/ICooperativeGovernor",
};

/** An event as an ABI lists it. */
export interface AbiEvent {
  readonly type: string;
  readonly name: string;
  readonly inputs: readonly { readonly type: string; readonly indexed: boolean }[];
}

interface Manifest {
  readonly dataSources: readonly Source[];
  readonly templates: readonly Source[];
}

/** A data source as the manifest lists it. */
export interface Source {
  readonly name: string;
  readonly mapping: { readonly eventHandlers: readonly { readonly event: string }[] };
}

/** The contracts have not been compiled. */
export class ArtifactMissingError extends ArtelError {
  readonly code = "subgraph/artifact-missing";
  constructor(contract: string, options: ErrorOptions) {
    super(
      `There is no artifact of ${contract}`,
      contract,
      "compile the contracts first with npm run build in the root",
      options,
    );
  }
}

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
export function assertEveryEventHandled(source: Source, events: readonly AbiEvent[]): void {
  const emitted = new Set(events.map(signature));
  const handled = new Set(source.mapping.eventHandlers.map(({ event }) => event));
  const unhandled = [...emitted].filter((event) => !handled.has(event));
  const unknown = [...handled].filter((event) => !emitted.has(event));
  if (unhandled.length + unknown.length > 0) throw new EventsDifferError(source.name, unhandled, unknown);
}

/**
 * Copies the events of every data source from the artifacts into `abis/`; mappings call no contract.
 * @throws ArtifactMissingError, EventsDifferError
 */
export async function prepare(): Promise<void> {
  const here = new URL("../", import.meta.url);
  const manifest = parse(await readFile(new URL("subgraph.yaml", here), "utf8")) as Manifest;
  await mkdir(new URL("abis/", here), { recursive: true });
  for (const source of [...manifest.dataSources, ...manifest.templates]) {
    const artifact = new URL(`../artifacts/${SOURCES[source.name]}.json`, here);
    const text = await readFile(artifact, "utf8").catch((cause: unknown) => {
      throw new ArtifactMissingError(source.name, { cause });
    });
    const { abi } = JSON.parse(text) as { abi: readonly AbiEvent[] };
    const events = abi.filter(({ type }) => type === "event");
    assertEveryEventHandled(source, events);
    await writeFile(new URL(`abis/${source.name}.json`, here), `${JSON.stringify(events, undefined, 2)}\n`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  prepare().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
