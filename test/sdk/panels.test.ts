import {
  ABSENT,
  cellOrder,
  clientsOf,
  decodeVector,
  encodeVector,
  judgePanel,
  packOpenings,
  PanelCountError,
  panelsOf,
  permutation,
  PermutationSizeError,
  ScoreLengthError,
  vectorLength,
} from "@artel/sdk/learning";
import { expect } from "chai";
import { AbiCoder, encodeBytes32String, getBytes, hexlify, id as hashOf, keccak256, ZeroHash } from "ethers";
import fc from "fast-check";

const SEED = hashOf("seed");
const DOMAIN = getBytes(encodeBytes32String("domain"));
// The same digests as in test/unit/learning/Panels.t.sol, which the contract computes.
const PERMUTED = "0x7748f106615b3bcb99b8171581245a3108d82edb725fc5e91a8e66a4b47bc79a";
const DRAWN = "0xd917867e7edfcb9aa66401e32544030cc96ab056cdc0590937b981bc7494081a";
const SETTLED = "0xefeca930d434c3bf833b18c036e25e0ba7ced75aa32e406c52d4f83631ddf355";

const hash = (types: string[], values: unknown[]) => keccak256(AbiCoder.defaultAbiCoder().encode(types, values));

/** How many standard deviations a sum of squares is from what chance gives (Wilson and Hilferty). */
function deviation(counts: ArrayLike<number>, expected: number, freedom: number): number {
  const chi = Array.from(counts).reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return (Math.cbrt(chi / freedom) - (1 - 2 / (9 * freedom))) / Math.sqrt(2 / (9 * freedom));
}

describe("permutations", () => {
  it("PAN-01 are those of the contract", () => {
    let digest: string = ZeroHash;
    for (const size of [1, 2, 3, 7, 97, 600, 1250]) {
      const table = permutation(SEED, DOMAIN, size);
      expect(new Set(table).size).to.equal(size);
      for (const value of table) digest = hash(["bytes32", "uint256"], [digest, value]);
    }
    expect(digest).to.equal(PERMUTED);
  });

  it("PAN-01 are permutations for any seed and size", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.integer({ min: 1, max: 300 }), (seed, size) => {
        const table = permutation(hexlify(seed), DOMAIN, size);
        expect([...table].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: size }, (_, i) => i));
      }),
    );
  });

  it("PAN-01 favour no place, and no places of two numbers", () => {
    const size = 9;
    const seeds = 2500;
    const places = new Float64Array(size * size);
    const pairs = new Float64Array(size * size);
    for (let seed = 0; seed < seeds; seed++) {
      const table = permutation(`0x${seed.toString(16).padStart(64, "0")}`, DOMAIN, size);
      table.forEach((value, place) => places[place * size + value]++);
      pairs[table[0] * size + table[1]]++;
    }
    const apart = pairs.filter((_, i) => Math.floor(i / size) !== i % size);
    expect(Math.abs(deviation(places, seeds / size, (size - 1) ** 2))).to.be.below(3);
    expect(Math.abs(deviation(apart, seeds / apart.length, apart.length - 1))).to.be.below(3);
  });

  it("refuse other sizes", () => {
    for (const size of [0, -1, 1.5, 2 ** 24 + 1, NaN])
      expect(() => permutation(SEED, DOMAIN, size))
        .to.throw(PermutationSizeError)
        .that.includes({ code: "panels/size" });
  });
});

describe("panels", () => {
  const sizes = { clients: 100, auditors: 23, panelCells: 2, panelSeats: 5 };

  it("PAN-02 PAN-03 have the cells, seats and vectors of the contract", () => {
    let digest: string = ZeroHash;
    const score = (id: number) => (id >= 100 || id % 9 === 0 ? ABSENT : id * 37 - 1800);
    for (const panel of panelsOf(SEED, sizes)) {
      const vector = encodeVector(panel, score, vectorLength(sizes));
      digest = hash(["bytes32", "uint256[]", "uint256[]", "bytes"], [digest, panel.cells, panel.auditors, vector]);
    }
    expect(digest).to.equal(DRAWN);
  });

  it("PAN-02 have every client once, in cells of the seed's order", () => {
    const panels = panelsOf(SEED, sizes);
    expect(panels.flatMap(({ cells }) => cells)).to.deep.equal([...cellOrder(SEED, 100)]);
    const clients = panels.flatMap((panel) => clientsOf(panel, 100));
    expect(clients.sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 100 }, (_, id) => id));
    expect(new Set(panels.flatMap(({ auditors }) => auditors)).size).to.equal(20);
  });

  it("PAN-03 vectors survive being encoded", () => {
    const [panel] = panelsOf(SEED, sizes);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -32768, max: 32767 }), { minLength: 104, maxLength: 104 }), (scores) => {
        const decoded = decodeVector(
          panel,
          encodeVector(panel, (id) => scores[id], vectorLength(sizes)),
        );
        expect([...decoded.keys()]).to.deep.equal(clientsOf(panel, 104));
        for (const [id, score] of decoded) expect(score).to.equal(scores[id]);
      }),
    );
    const bytes = encodeVector({ cells: [0, 1, 2], auditors: [] }, () => ABSENT, 64);
    expect(bytes.every((byte) => byte === 0)).to.equal(true);
    expect(() => encodeVector({ cells: [0, 1, 2], auditors: [] }, () => 0, 32)).to.throw(ScoreLengthError);
    expect(() => decodeVector({ cells: [0, 1, 2], auditors: [] }, new Uint8Array(32))).to.throw(ScoreLengthError);
  });

  it("refuse rounds without a panel", () => {
    for (const few of [{ clients: 0 }, { auditors: 4 }])
      expect(() => panelsOf(SEED, { ...sizes, ...few }))
        .to.throw(PanelCountError)
        .that.includes({ code: "panels/count" });
  });

  it("pack openings seat by seat", () => {
    const auditor = "0x00000000000000000000000000000000000A11CE";
    const packed = packOpenings([
      { auditor, revealed: { salt: `0x${"5a".repeat(16)}`, scores: getBytes("0xabcd") } },
      { auditor: `0x${"0b".repeat(20)}` },
    ]);
    expect(packed).to.equal(`${auditor.toLowerCase()}${"5a".repeat(16)}abcd${"0b".repeat(20)}`);
  });

  it("PAN-04 PAN-05 PAN-08 are settled by the contract as by the reference rules", () => {
    let digest: string = ZeroHash;
    for (let game = 0; game < 6; game++) {
      const panelSeats = 3 + 2 * (game % 5);
      const scene = { clients: 53, auditors: 12, panelCells: 7, panelSeats };
      const [panel] = panelsOf(hash(["string", "uint16"], ["seed", 1]), scene);
      const seats = Array.from({ length: panelSeats }, (_, seat) =>
        seat % 4 === 3 ? undefined : Array.from({ length: 53 }, (_, id) => chance(game, seat, id)),
      );
      const revealed = Array.from({ length: 53 }, (_, id) => id !== game);
      const verdict = judgePanel(seats, revealed, 3000)!;
      const medians = encodeVector(panel, (id) => verdict.medians[id] ?? ABSENT, vectorLength(scene));
      const accurate = verdict.accurate.filter((_, seat) => seats[seat] !== undefined);
      digest = hash(["bytes32", "uint256", "bytes", "uint256[]"], [digest, verdict.updates, medians, accurate]);
    }
    expect(digest).to.equal(SETTLED);
  });
});

/** A score by chance, as the test of the contract makes it. */
function chance(game: number, seat: number, client: number): number {
  const word = BigInt(hash(["uint256", "uint256", "uint256"], [game, seat, client]));
  if (word % 5n === 0n) return ABSENT;
  const common = Number(BigInt(hash(["uint256", "uint256"], [game, client])) % 57_000n) - 28_500;
  return common + Number((word >> 8n) % 4096n) - 2048;
}
