import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { id } from "ethers";

import { ROLE_CATEGORIES } from "../../sdk/src/roles.js";

/** Libraries of the governor. */
const GOVERNOR_LIBRARIES = ["GuardianLib", "ProposingLib", "WeighingLib"];
/** Libraries of tasks' answers, and of the tasks themselves. */
const ANSWER_LIBRARIES = ["AppealLib", "AvailabilityLib", "DisputeLib", "VerdictLib"];
const TASK_LIBRARIES = [
  ...["FinishingLib", "JoiningLib", "PanelSettlementLib", "PrivacyLib", "RewardLib", "SealingLib"],
  ...["SeedLib", "TaskOpeningLib", "UpdatesLib"],
];
/** Seconds by which the clock of a chain may be behind when a round of the beacon comes out. */
const CHAIN_SKEW = 60;

/** Half-life of the reputation that every network starts with, all of it won in learning tasks, in seconds. */
const HALF_LIFE = 90 * 24 * 60 * 60;

/**
 * The contracts of a network, which take their randomness from the drand network that is given as parameter `drand`. Only the AccessManager and what obeys it (adding categories of reputation) know an
 * administrator: the deployer at first, a cooperative after `Handover`.
 */
export default buildModule("Network", (m) => {
  const librariesOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, m.library(name)]));
  const accessManager = m.contract("AccessManager", [m.getAccount(0)]);
  const didRegistry = m.contract("DIDRegistry");
  const consents = m.contract("ConsentRegistry", [didRegistry]);
  const reputation = m.contract("Reputation", [accessManager]);
  for (const category of Object.values(ROLE_CATEGORIES)) {
    m.call(reputation, "addCategory", [id(category), HALF_LIFE], { id: `category_${category}` });
  }

  const automation = m.contract("ReputationAutomation", [reputation]);

  const membership = m.contract("Membership", [didRegistry]);
  const proxies = m.contract("Proxies", [membership]);
  const elections = m.contract("Elections", [membership]);
  const policyBook = m.contract("PolicyBook", [membership]);
  const membershipToken = m.contract("MembershipToken", [membership]);
  const governor = m.contract("CooperativeGovernor", [membership, policyBook, proxies, elections, reputation], {
    libraries: librariesOf(GOVERNOR_LIBRARIES),
  });
  const factory = m.contract("CooperativeFactory", [governor, membershipToken]);

  const openAdmission = m.contract("OpenAdmission");
  const invitationAdmission = m.contract("InvitationAdmission");
  const sponsorAdmission = m.contract("SponsorAdmission", [membership]);
  const credentialAdmission = m.contract("CredentialAdmission", [membership, didRegistry]);

  const escrow = m.contract("RewardEscrow");
  const vault = m.contract("StakeVault");
  const grants = m.contract("Grants", [membership, elections]);
  const matching = m.contract("MatchingRounds", [membership]);
  const models = m.contract("ModelRegistry");
  const privacy = m.contract("PrivacyLedger", [consents]);
  const randomness = m.contract("DrandBeacon", [m.getParameter("drand"), CHAIN_SKEW]);
  const views = { TaskViewLib: m.library("TaskViewLib") };
  const answers = m.contract("LearningAnswers", [vault, randomness], {
    libraries: { ...views, ...librariesOf(ANSWER_LIBRARIES) },
  });
  const tasks = m.contract("LearningTasks", [membership, escrow, answers, reputation, privacy, models], {
    libraries: { ...views, ...librariesOf(TASK_LIBRARIES) },
  });

  return {
    accessManager,
    didRegistry,
    consents,
    reputation,
    automation,
    membership,
    proxies,
    elections,
    policyBook,
    membershipToken,
    governor,
    factory,
    openAdmission,
    invitationAdmission,
    sponsorAdmission,
    credentialAdmission,
    escrow,
    vault,
    grants,
    matching,
    models,
    privacy,
    randomness,
    answers,
    tasks,
  };
});
