import { getAddress, isAddress, type ContractRunner } from "ethers";
import { z } from "zod";

import {
  AccessManager__factory,
  IAdmission__factory,
  IConsentRegistry__factory,
  ICooperativeFactory__factory,
  ICredentialAdmission__factory,
  IDIDRegistry__factory,
  IElections__factory,
  IGrants__factory,
  IInvitationAdmission__factory,
  IDrandBeacon__factory,
  ILearning__factory,
  IModelRegistry__factory,
  IPrivacyLedger__factory,
  IMatchingRounds__factory,
  IMembership__factory,
  IPolicyBook__factory,
  IProxies__factory,
  IReputation__factory,
  IReputationAutomation__factory,
  IRewardEscrow__factory,
  ISponsorAdmission__factory,
  IStakeVault__factory,
} from "./contracts/index.js";
import { ArtelError } from "./errors.js";

/** Text that is an address, in its checksummed form. */
export const Address = z
  .string()
  .refine((text) => isAddress(text), "is not an address")
  .transform((text) => getAddress(text));

const DeployedContract = z.strictObject({
  address: Address,
  /** Block of the transaction that made it. */
  block: z.int().nonnegative(),
  /** Hash of that transaction. */
  transaction: z.string().regex(/^0x[0-9a-f]{64}$/),
  /** What its constructor was given, in order: numbers as text, structs by their fields. */
  arguments: z.array(z.union([z.string(), z.record(z.string(), z.string())])),
});

/** What `deployments/<network>/addresses.json` holds. */
export const Deployment = z.strictObject({
  network: z.string().min(1),
  chainId: z.int().positive(),
  /** First block that can hold an event of the network. */
  deployedAt: z.int().nonnegative(),
  contracts: z.strictObject({
    AccessManager: DeployedContract,
    DIDRegistry: DeployedContract,
    ConsentRegistry: DeployedContract,
    Reputation: DeployedContract,
    ReputationAutomation: DeployedContract,
    Membership: DeployedContract,
    Proxies: DeployedContract,
    Elections: DeployedContract,
    PolicyBook: DeployedContract,
    /** Implementation behind every cooperative's clone. */
    MembershipToken: DeployedContract,
    /** Implementation behind every cooperative's clone. */
    CooperativeGovernor: DeployedContract,
    /** Library that CooperativeGovernor calls. */
    GuardianLib: DeployedContract,
    /** Library that CooperativeGovernor calls. */
    ProposingLib: DeployedContract,
    /** Library that CooperativeGovernor calls. */
    WeighingLib: DeployedContract,
    /** Implementation behind every cooperative's clone. */
    Treasury: DeployedContract,
    CooperativeFactory: DeployedContract,
    OpenAdmission: DeployedContract,
    InvitationAdmission: DeployedContract,
    SponsorAdmission: DeployedContract,
    CredentialAdmission: DeployedContract,
    RewardEscrow: DeployedContract,
    StakeVault: DeployedContract,
    Grants: DeployedContract,
    MatchingRounds: DeployedContract,
    ModelRegistry: DeployedContract,
    PrivacyLedger: DeployedContract,
    /** Where seeds come from. */
    DrandBeacon: DeployedContract,
    /** Code that LearningTasks delegates to, and libraries that it calls. */
    LearningAnswers: DeployedContract,
    AppealLib: DeployedContract,
    AvailabilityLib: DeployedContract,
    DisputeLib: DeployedContract,
    VerdictLib: DeployedContract,
    /** Library that LearningTasks and LearningAnswers call. */
    TaskViewLib: DeployedContract,
    LearningTasks: DeployedContract,
    /** Libraries that LearningTasks calls. */
    FinishingLib: DeployedContract,
    JoiningLib: DeployedContract,
    PanelSettlementLib: DeployedContract,
    PrivacyLib: DeployedContract,
    RewardLib: DeployedContract,
    SealingLib: DeployedContract,
    SeedLib: DeployedContract,
    TaskOpeningLib: DeployedContract,
    UpdatesLib: DeployedContract,
  }),
});
export type Deployment = z.infer<typeof Deployment>;

/** Name of a contract in a deployment. */
export type ContractName = keyof Deployment["contracts"];
/** All of them. */
export const CONTRACT_NAMES = Object.keys(Deployment.shape.contracts.shape) as ContractName[];

/** An `addresses.json` that breaks its schema. */
export class DeploymentInvalidError extends ArtelError {
  readonly code = "deployment/invalid";
  constructor(
    value: unknown,
    readonly issues: readonly string[],
  ) {
    super(`The list of addresses is not valid (${issues.join("; ")})`, value, "write it again with npm run deploy");
  }
}

/**
 * Checks the content of an `addresses.json`.
 * @param json - the parsed file
 * @throws DeploymentInvalidError naming every field that is wrong
 */
export function loadDeployment(json: unknown): Deployment {
  const result = Deployment.safeParse(json);
  if (result.success) return result.data;
  throw new DeploymentInvalidError(
    json,
    result.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`.trim()),
  );
}

/**
 * The network's contracts, typed by their interfaces.
 * @param deployment - from {@link loadDeployment}
 * @param runner - a provider to read with, or a signer to write with
 */
export function connect({ contracts }: Deployment, runner: ContractRunner) {
  return {
    accessManager: AccessManager__factory.connect(contracts.AccessManager.address, runner),
    didRegistry: IDIDRegistry__factory.connect(contracts.DIDRegistry.address, runner),
    consents: IConsentRegistry__factory.connect(contracts.ConsentRegistry.address, runner),
    reputation: IReputation__factory.connect(contracts.Reputation.address, runner),
    automation: IReputationAutomation__factory.connect(contracts.ReputationAutomation.address, runner),
    membership: IMembership__factory.connect(contracts.Membership.address, runner),
    proxies: IProxies__factory.connect(contracts.Proxies.address, runner),
    elections: IElections__factory.connect(contracts.Elections.address, runner),
    policyBook: IPolicyBook__factory.connect(contracts.PolicyBook.address, runner),
    factory: ICooperativeFactory__factory.connect(contracts.CooperativeFactory.address, runner),
    openAdmission: IAdmission__factory.connect(contracts.OpenAdmission.address, runner),
    invitationAdmission: IInvitationAdmission__factory.connect(contracts.InvitationAdmission.address, runner),
    sponsorAdmission: ISponsorAdmission__factory.connect(contracts.SponsorAdmission.address, runner),
    credentialAdmission: ICredentialAdmission__factory.connect(contracts.CredentialAdmission.address, runner),
    escrow: IRewardEscrow__factory.connect(contracts.RewardEscrow.address, runner),
    vault: IStakeVault__factory.connect(contracts.StakeVault.address, runner),
    grants: IGrants__factory.connect(contracts.Grants.address, runner),
    matching: IMatchingRounds__factory.connect(contracts.MatchingRounds.address, runner),
    models: IModelRegistry__factory.connect(contracts.ModelRegistry.address, runner),
    privacy: IPrivacyLedger__factory.connect(contracts.PrivacyLedger.address, runner),
    randomness: IDrandBeacon__factory.connect(contracts.DrandBeacon.address, runner),
    tasks: ILearning__factory.connect(contracts.LearningTasks.address, runner),
  };
}

/** The network's contracts, typed. */
export type NetworkContracts = ReturnType<typeof connect>;
