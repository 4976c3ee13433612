import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/** AccessManager's `ADMIN_ROLE`, which governs every other role. */
const ADMIN_ROLE = 0n;

/**
 * Makes the stewarding cooperative's Treasury (parameter `steward`) the only administrator of the network whose
 * AccessManager is at `accessManager`: afterwards the deployer holds nothing, and what is left to administer takes a
 * vote.
 */
export default buildModule("Handover", (m) => {
  const accessManager = m.contractAt("AccessManager", m.getParameter<string>("accessManager"));
  const granted = m.call(accessManager, "grantRole", [ADMIN_ROLE, m.getParameter("steward"), 0]);
  m.call(accessManager, "renounceRole", [ADMIN_ROLE, m.getAccount(0)], { after: [granted] });
  return { accessManager };
});
