import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { id } from "ethers";

import { ROLE_CATEGORIES } from "../../sdk/src/roles.js";

/** Half-life of the reputation that every network starts with, all of it won in learning tasks, in seconds. */
const HALF_LIFE = 90 * 24 * 60 * 60;

/**
 * The contracts of a network. Only the AccessManager and what obeys it (adding categories of reputation) know an
 * administrator: the deployer at first, a cooperative after `Handover`.
 */
export default buildModule("Network", (m) => {
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
  const guardianship = m.library("GuardianLib");
  const proposing = m.library("ProposingLib");
  const weighing = m.library("WeighingLib");
  const governor = m.contract("CooperativeGovernor", [membership, policyBook, proxies, elections, reputation], {
    libraries: { GuardianLib: guardianship, ProposingLib: proposing, WeighingLib: weighing },
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
  const opening = m.library("OpeningLib");
  const settlement = m.library("SettlementLib");
  const rounds = m.contract("LearningRounds", [membership, escrow, vault, reputation, consents], {
    libraries: { OpeningLib: opening, SettlementLib: settlement },
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
    guardianship,
    proposing,
    weighing,
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
    opening,
    settlement,
    rounds,
  };
});
