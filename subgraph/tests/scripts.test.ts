import { expect } from "chai";
import { parse } from "yaml";

import { bindManifest, ContractNotDeployedError, networksEntry } from "../scripts/bind.js";
import { InputInvalidError } from "../scripts/inputs.js";
import { assertEveryEventHandled, EventsDifferError } from "../scripts/prepare.js";

const MANIFEST = `
dataSources:
  - name: Membership
    network: localhost
    source: { address: "0x01", startBlock: 0, abi: Membership }
    mapping: { eventHandlers: [] }
templates:
  - name: Treasury
    network: localhost
    source: { abi: Treasury }
    mapping: { eventHandlers: [] }
`;
const DEPLOYMENT = {
  network: "sepolia",
  contracts: { Membership: { address: "0x4e", block: 7 }, Unindexed: { address: "0x4f", block: 8 } },
};

describe("binding of the subgraph", () => {
  it("IDX-07 puts network, address and block of the deployment in place", () => {
    expect(parse(bindManifest(MANIFEST, DEPLOYMENT))).to.deep.equal({
      dataSources: [
        {
          name: "Membership",
          network: "sepolia",
          source: { address: "0x4e", startBlock: 7, abi: "Membership" },
          mapping: { eventHandlers: [] },
        },
      ],
      templates: [
        { name: "Treasury", network: "sepolia", source: { abi: "Treasury" }, mapping: { eventHandlers: [] } },
      ],
    });
  });

  it("keeps an address a string, whatever its digits", () => {
    const contracts = { Membership: { address: `0x${"1".repeat(40)}`, block: 7 } };
    const bound = bindManifest(MANIFEST, { network: "sepolia", contracts });
    expect(bound).to.contain(`address: "0x${"1".repeat(40)}"`);
  });

  it("IDX-07 refuses a deployment that lacks a contract, and names it", () => {
    expect(() => bindManifest(MANIFEST, { network: "sepolia", contracts: {} }))
      .to.throw(ContractNotDeployedError, "Membership")
      .with.property("value", "Membership");
  });

  it("IDX-07 refuses a manifest that is none, and names what is missing", () => {
    expect(() => bindManifest("dataSources: [{ name: Membership }]", DEPLOYMENT))
      .to.throw(InputInvalidError)
      .with.property("issues")
      .that.has.lengthOf(4);
    expect(() => bindManifest("dataSources: [", DEPLOYMENT)).to.throw(
      InputInvalidError,
      "must be sufficiently indented",
    );
  });

  it("tells graph-cli the addresses of a network", () => {
    expect(networksEntry(DEPLOYMENT)).to.deep.equal({
      Membership: { address: "0x4e", startBlock: 7 },
      Unindexed: { address: "0x4f", startBlock: 8 },
    });
  });
});

describe("events of the subgraph", () => {
  const events = [{ type: "event" as const, name: "MemberLeft", inputs: [{ type: "address", indexed: true }] }];
  const source = (...handled: string[]) => ({
    name: "Membership",
    mapping: { eventHandlers: handled.map((event) => ({ event })) },
  });

  it("IDX-01 are all handled", () => {
    assertEveryEventHandled(source("MemberLeft(indexed address)"), events);
  });

  it("IDX-01 can't be left out", () => {
    expect(() => assertEveryEventHandled(source(), events)).to.throw(EventsDifferError, "MemberLeft(indexed address)");
  });

  it("IDX-01 can't be handled under another signature", () => {
    const stale = source("MemberLeft(indexed address)", "MemberLeft(address)");
    expect(() => assertEveryEventHandled(stale, events))
      .to.throw(EventsDifferError)
      .with.deep.property("unknown", ["MemberLeft(address)"]);
  });
});
