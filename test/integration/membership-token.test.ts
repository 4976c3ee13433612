import { expect } from "chai";
import { AbiCoder, concat, dataLength, toBeHex } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

const connection: NetworkConnection<"l1"> = await network.create({ network: "l1", chainType: "l1" });
const { ethers } = connection;

/** The content of a base64 data URL of a type. */
function content(url: string, type: string): string {
  const head = `data:${type};base64,`;
  expect(url.slice(0, head.length)).to.equal(head);
  return Buffer.from(url.slice(head.length), "base64").toString("utf8");
}

/** Text of the elements of an image that has nothing but them in it; throws at anything else. */
function textsOf(svg: string): string[] {
  const whole = /^<svg [^<>]*><rect [^<>]*\/>((?:<text [^<>]*>[^<>]*<\/text>)+)<\/svg>$/.exec(svg);
  expect(whole, svg).not.to.equal(null);
  return [...whole![1].matchAll(/<text [^<>]*>([^<>]*)<\/text>/g)].map(([, text]) => {
    expect(text.replaceAll(/&(amp|lt|gt|quot|apos);/g, "")).not.to.include("&");
    return text;
  });
}

const NAMES: readonly (readonly [string, string])[] = [
  ["Artel", "Artel"],
  ["Артель № 1 🌾", "Артель № 1 🌾"],
  ['","image":"x', "&quot;,&quot;image&quot;:&quot;x"],
  [
    "</text><script>alert('x')</script>&amp;",
    "&lt;/text&gt;&lt;script&gt;alert(&apos;x&apos;)&lt;/script&gt;&amp;amp;",
  ],
  ["\\\n\t\u0000\u001b]]>", "\\    ]]&gt;"],
];

describe("a membership in a wallet", () => {
  for (const [name, inXml] of NAMES) {
    it(`MEM-26 is a card that reads ${JSON.stringify(name)}, and nothing more`, async () => {
      const [cooperative, member] = await ethers.getSigners();
      const registry = await ethers.deployContract("DIDRegistry");
      const membership = await ethers.deployContract("Membership", [registry]);
      const implementation = await ethers.deployContract("MembershipToken", [membership]);
      const token = implementation.attach(await clone(await implementation.getAddress(), cooperative.address, name));
      await (await membership.connect(cooperative).getFunction("admit")([member.address])).wait();

      const card = JSON.parse(content(await token.getFunction("tokenURI")(1), "application/json")) as {
        name: string;
        image: string;
        attributes: { trait_type: string; value: unknown }[];
      };
      const { chainId } = await ethers.provider.getNetwork();
      const did = `did:ethr:0x${chainId.toString(16)}:${member.address}`;
      expect(Object.keys(card)).to.deep.equal(["name", "description", "image", "attributes"]);
      expect(card.name).to.equal(`${name} member 1`);
      expect(card.attributes).to.deep.equal([
        { trait_type: "Number", value: 1 },
        { trait_type: "DID", value: did },
        { trait_type: "Standing", value: "active" },
      ]);
      expect(textsOf(content(card.image, "image/svg+xml"))).to.deep.equal([inXml, "Member 1", "active", did]);

      await (await membership.connect(cooperative).getFunction("suspend")(1, 0)).wait();
      const suspended = JSON.parse(content(await token.getFunction("tokenURI")(1), "application/json")) as typeof card;
      expect(suspended.attributes[2].value).to.equal("suspended");
    });
  }

  /** Address of a clone with the arguments of a cooperative, as the factory makes it. */
  async function clone(implementation: string, cooperative: string, name: string): Promise<string> {
    const args = AbiCoder.defaultAbiCoder().encode(["address", "string"], [cooperative, name]);
    // ERC-1167 with the arguments behind its code.
    const size = toBeHex(45 + dataLength(args), 2);
    const data = concat([
      ...["0x61", size, "0x3d81600a3d39f3363d3d373d3d3d363d73", implementation, "0x5af43d82803e903d91602b57fd5bf3"],
      args,
    ]);
    const [deployer] = await ethers.getSigners();
    const receipt = await (await deployer.sendTransaction({ data })).wait();
    return receipt!.contractAddress!;
  }
});
