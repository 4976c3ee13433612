import { basename } from "node:path";

import { expect } from "chai";
import { Interface, type InterfaceAbi } from "ethers";

import { Deployment } from "../../sdk/src/deployments.js";
import { readFiles } from "./files.js";

/** Functions of published standards, which a contract inherits and its own interface does not repeat. */
const STANDARD: Readonly<Record<string, readonly string[]>> = {
  IERC5267: ["function eip712Domain() view returns (bytes1, string, string, uint256, address, bytes32, uint256[])"],
  Multicall: ["function multicall(bytes[]) returns (bytes[])"],
  IAccessManaged: [
    "function authority() view returns (address)",
    "function setAuthority(address)",
    "function isConsumingScheduledOp() view returns (bytes4)",
  ],
  Receivers: [
    "function supportsInterface(bytes4) view returns (bool)",
    "function onERC721Received(address, address, uint256, bytes) returns (bytes4)",
    "function onERC1155Received(address, address, uint256, uint256, bytes) returns (bytes4)",
    "function onERC1155BatchReceived(address, address, uint256[], uint256[], bytes) returns (bytes4)",
  ],
};

/** What a contract is known by, if that is not `I` and its name. */
const KNOWN_AS: Readonly<Record<string, string>> = {
  LearningAnswers: "ILearning",
  LearningTasks: "ILearning",
  OpenAdmission: "IAdmission",
};

/** Standards that a contract implements beside its own interface. */
const IMPLEMENTS: Readonly<Record<string, readonly string[]>> = {
  ConsentRegistry: ["IERC5267"],
  CooperativeGovernor: ["IERC5267"],
  CredentialAdmission: ["IERC5267"],
  DIDRegistry: ["IERC5267"],
  Elections: ["IERC5267"],
  PrivacyLedger: ["IERC5267"],
  Proxies: ["IERC5267", "Multicall"],
  Reputation: ["IAccessManaged"],
  SponsorAdmission: ["IERC5267"],
  Treasury: ["Receivers"],
};

/** Signatures of the functions of a contract or interface, as its compiled artifact lists them. */
async function functionsOf(name: string): Promise<string[]> {
  const [artifact] = await readFiles(`artifacts/contracts/**/${name}.json`);
  return signatures((JSON.parse(artifact.text) as { abi: InterfaceAbi }).abi);
}

function signatures(abi: InterfaceAbi): string[] {
  const found: string[] = [];
  new Interface(abi).forEachFunction((fragment) => found.push(fragment.format("sighash")));
  return found;
}

/** Declarations that anybody can call, each with the comment before it. */
function callable(source: string): { declaration: string; comment: string }[] {
  const declarations = source.matchAll(/((?:^ {4}\/\/\/.*\n)*)((?:^ {4}\/\/ solhint.*\n)*)^ {4}(\w[^;{]*?[;{=])/gm);
  return [...declarations]
    .map(([, comment, , declaration]) => ({ comment, declaration }))
    .filter(({ declaration }) =>
      /^(?!constructor|receive|fallback|error|event|using|struct)[\s\S]*\b(external|public)\b/.test(declaration),
    );
}

describe("interfaces", () => {
  // OpenZeppelin's AccessManager is documented there; libraries are linked into contracts that are listed here
  const contracts = Object.keys(Deployment.shape.contracts.shape).filter((name) => !/^AccessManager$|Lib$/.test(name));

  for (const contract of contracts) {
    it(`DEP-08 declare every function of ${contract}`, async () => {
      const declared = await functionsOf(KNOWN_AS[contract] ?? `I${contract}`);
      const standard = (IMPLEMENTS[contract] ?? []).flatMap((name) => signatures(STANDARD[name]));
      const functions = await functionsOf(contract);
      expect(functions.filter((signature) => ![...declared, ...standard].includes(signature))).to.deep.equal([]);
    });
  }

  it("DEP-08 are the only documentation of what they declare", async () => {
    const sources = await readFiles("contracts/*/*.sol", "contracts/membership/admission/*.sol");
    const own = sources.filter(({ path }) => contracts.includes(basename(path, ".sol")));
    const wrong = own.flatMap(({ path, text }) =>
      callable(text)
        .filter(({ comment }) => !comment.includes("@inheritdoc") || /@(notice|param|return)\b/.test(comment))
        .map(({ declaration }) => `${path}: ${declaration.split("\n")[0]}`),
    );
    expect(wrong).to.deep.equal([]);
    expect(own).to.have.lengthOf(contracts.length);
  });
});
