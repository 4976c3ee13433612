import {
  aggregate,
  answerDigest,
  batchItems,
  cidOf,
  cidOfTaskContent,
  CidKindError,
  cidToBytes,
  commitItem,
  decodeDetails,
  encodeDetails,
  innerHash,
  learningDomain,
  levelSizes,
  modelOfFile,
  nodesOfFile,
  nodesRoot,
  publishedAggregation,
  revealItem,
  signUpdateCommitment,
  answerCommitment,
  taskContentOf,
  scoresCommitment,
  roundSeed,
  updateCommitment,
  TensorLengthError,
  type TreeUpdate,
} from "@artel/sdk/learning";
import { Combining, MAX_BATCH, UPDATE_COMMITMENT_TYPES } from "@artel/sdk";
import { expect } from "chai";
import {
  AbiCoder,
  concat,
  dataLength,
  dataSlice,
  getBytes,
  id,
  keccak256,
  Signature,
  toBeHex,
  verifyTypedData,
  Wallet,
} from "ethers";

const coder = AbiCoder.defaultAbiCoder();
const scope = { chainId: 7n, contract: toBeHex(0xc0ffee, 20), taskId: 3n, round: 2n };
const client = new Wallet(toBeHex(5, 32));
const salt = dataSlice(id("salt"), 0, 16);
const opening = {
  root: id("root"),
  samples: 600n,
  norm: 123_456_789n,
  content: taskContentOf(cidOf(getBytes("0x0102"))),
  salt,
};

/** A commitment written out by hand. */
function hash(tag: string, types: string, values: unknown[]): string {
  const head = "bytes32 uint256 address uint256 uint256 ".concat(types).split(" ");
  return keccak256(coder.encode(head, [id(tag), 7n, scope.contract, 3n, 2n, ...values]));
}

describe("what parties of learning tasks commit to and pack", () => {
  it("PTY-02 commitments are the hashes of their written-out encodings", () => {
    const { root, samples, norm, content } = opening;
    const inner = keccak256(coder.encode(["uint32", "bytes32", "bytes16"], [0x55, content.digest, salt]));
    expect(innerHash(opening)).to.equal(inner);
    expect(updateCommitment(scope, client.address, opening)).to.equal(
      hash("artel.task.update.v1", "address bytes32 uint256 uint256 bytes32", [
        ...[client.address, root, samples, norm, inner],
      ]),
    );
    const scores = getBytes("0x0304");
    expect(scoresCommitment(scope, client.address, salt, scores)).to.equal(
      hash("artel.task.scores.v1", "address bytes16 bytes32", [client.address, salt, keccak256(scores)]),
    );
    const answer = { modelRoot: id("model"), model: content, nodesRoot: id("nodes") };
    const digest = keccak256(
      coder.encode(
        ["bytes32", "uint32", "bytes32", "bytes32"],
        [answer.modelRoot, 0x55, content.digest, answer.nodesRoot],
      ),
    );
    expect(answerDigest(answer)).to.equal(digest);
    expect(answerCommitment(scope, client.address, salt, answer)).to.equal(
      hash("artel.task.answer.v1", "address bytes32 bytes16", [client.address, digest, salt]),
    );
    expect(roundSeed(scope, id("beacon"))).to.equal(hash("artel.task.seed.v1", "bytes32", [id("beacon")]));
  });

  it("PTY-02 items of batches have 116 bytes, are signed for their place alone, and come in batches that are taken", async () => {
    const commitment = updateCommitment(scope, client.address, opening);
    const signature = await signUpdateCommitment(client, scope, commitment);
    const value = { taskId: 3n, round: 2n, client: client.address, commitment };
    expect(verifyTypedData(learningDomain(scope), UPDATE_COMMITMENT_TYPES, value, signature)).to.equal(client.address);
    const item = commitItem(client.address, commitment, signature);
    const { compactSerialized } = Signature.from(signature);
    expect(item).to.equal(concat([client.address, commitment, compactSerialized]));
    const revealed = revealItem(client.address, opening);
    expect([dataLength(item), dataLength(revealed)]).to.deep.equal([116, 116]);
    const batches = batchItems(Array.from({ length: MAX_BATCH + 1 }, () => item));
    expect(batches.map((batch) => dataLength(batch) / 116)).to.deep.equal([MAX_BATCH, 1]);
    expect(batchItems([])).to.deep.equal([]);
  });

  it("PTY-02 what was revealed is read back whole, its content of whatever codec", () => {
    const { samples, norm, content, salt } = opening;
    const rest = { samples, norm, content, salt };
    for (const codec of [0x55, 0x70, 0xffffffff]) {
      const extreme = { ...rest, samples: 2n ** 32n - 1n, norm: 2n ** 64n - 1n, content: { ...rest.content, codec } };
      expect(decodeDetails(encodeDetails(extreme), rest.content.digest)).to.deep.equal(extreme);
      expect(cidOfTaskContent(extreme.content).code).to.equal(codec);
    }
    expect(cidOfTaskContent(rest.content)).to.deep.equal(cidOf(getBytes("0x0102")));
    // what no store reads is refused there
    expect(() => cidToBytes(cidOfTaskContent({ ...rest.content, codec: 0x70 }))).to.throw(CidKindError);
  });
});

describe("the file of an answer", () => {
  const updates: TreeUpdate[] = [0, 3, 9, 17].map((number) => ({
    id: number,
    account: toBeHex(number + 1, 20),
    samples: 10n,
    norm: 1n,
    inner: id("inner"),
    delta: Int32Array.from({ length: 100 }, (_, i) => number * 1000 - i),
  }));
  const rules = { combining: Combining.Mean, trim: 0, leafCells: 1, parameters: 100, sampleCap: 100, clipNorm: 100n };
  const model = new Int32Array(100).fill(7);
  // the last of four cells is empty
  const own = aggregate({ order: [2, 0, 3, 1], updates, rules, model, previous: model, momentum: 0 });
  const { file, tensors } = publishedAggregation(own);
  const sizes = levelSizes(4, rules);

  it("PTY-05 leads from the model to every node", () => {
    expect(modelOfFile(file, 100)).to.deep.equal(own.model);
    const nodes = nodesOfFile(file, 100, sizes);
    expect(nodes.map((level) => level.map(({ root, weight }) => ({ root, weight })))).to.deep.equal(
      own.tree.map((level) => level.map(({ root, weight }) => ({ root, weight }))),
    );
    expect(nodesRoot(nodes)).to.equal(nodesRoot(own.tree));
    expect(nodes.flat().flatMap(({ cid }) => cid?.toString() ?? [])).to.deep.equal(
      tensors.map((tensor) => cidOf(tensor).toString()),
    );
    expect(tensors.length).to.equal(4);
  });

  it("PTY-05 of another length is refused, and weights that can't be are read as they are", () => {
    for (const wrong of [file.subarray(1), file.subarray(0, -96), concat([file, "0x00"])])
      expect(() => nodesOfFile(getBytes(wrong), 100, sizes)).to.throw(TensorLengthError);
    const heavy = file.slice();
    heavy.fill(255, 400 + 32, 400 + 64);
    const [[{ weight }]] = nodesOfFile(heavy, 100, sizes);
    expect(weight).to.equal(2n ** 256n - 1n);
    expect(nodesRoot(nodesOfFile(heavy, 100, sizes))).to.not.equal(nodesRoot(own.tree));
  });
});
