import { bls12_381 } from "@noble/curves/bls12-381.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, randomBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { Decrypter, Encrypter, Stanza } from "age-encryption";
import { toBigInt } from "ethers";

import {
  drandChainHash,
  drandKey,
  drandMessagePoint,
  type DrandNetwork,
  type KeyPoint,
  KEY_BYTES as POINT_BYTES,
  readPoint,
  signaturePoint,
  type SignaturePoint,
  verifyDrandRound,
} from "./drand.js";
import { TimelockError } from "./errors.js";

const { fields, G2, pairing } = bls12_381;
type Pairing = ReturnType<typeof pairing>;

/** Bytes of an age file's key. */
const KEY_BYTES = 16;

/**
 * Encrypts for everybody, to be read from a round of a drand network on. The result is an age file with one recipient of
 * type `tlock`, which `tle` of drand opens too.
 *
 * Whoever holds enough of the network's keys reads it earlier.
 *
 * @param content - what is hidden until then; its length is not
 * @throws RoundNumberError, DrandNetworkError
 */
export async function timelockEncrypt(content: Uint8Array, round: bigint, network: DrandNetwork): Promise<Uint8Array> {
  const key = drandKey(network);
  const encrypter = new Encrypter();
  encrypter.addRecipient({
    wrapFileKey: (fileKey) => [
      new Stanza(["tlock", String(round), drandChainHash(network).slice(2)], wrap(fileKey, round, key)),
    ],
  });
  return encrypter.encrypt(content);
}

/**
 * Decrypts what {@link timelockEncrypt} or `tle` encrypted.
 *
 * @param signatureOf - gives the signature of the round that the file names, for example by {@link fetchDrandRound}
 * @throws TimelockError if the file is not what it should be, DrandSignatureError if the signature is not the round's
 */
export async function timelockDecrypt(
  file: Uint8Array,
  network: DrandNetwork,
  signatureOf: (round: bigint) => string | Promise<string>,
): Promise<Uint8Array> {
  // what fails inside keeps its own error, and age's is for all else that can be wrong with a file
  let failure: unknown;
  const decrypter = new Decrypter();
  decrypter.addIdentity({
    unwrapFileKey: async (stanzas: Stanza[]) => {
      try {
        const { round, body } = readStanza(stanzas, network);
        const { signature } = verifyDrandRound(network, round, await signatureOf(round));
        return unwrap(body, signaturePoint(round, signature));
      } catch (error) {
        failure = error;
        return null;
      }
    },
  });
  try {
    return await decrypter.decrypt(file);
  } catch (cause) {
    throw failure ?? new TimelockError("The file is damaged, or no age file", file.length, { cause });
  }
}

/** The round and the wrapped key of a file. */
function readStanza(stanzas: readonly Stanza[], network: DrandNetwork): { round: bigint; body: Uint8Array } {
  const [stanza, ...others] = stanzas;
  const [type, round, chainHash, ...rest] = stanza?.args ?? [];
  if (others.length > 0 || type !== "tlock" || rest.length > 0)
    throw new TimelockError("The file is not for a round alone", type);
  if (chainHash !== drandChainHash(network).slice(2))
    throw new TimelockError("The file is for a round of another network", chainHash);
  if (!/^[1-9][0-9]{0,18}$/.test(round)) throw new TimelockError("The file names no round", round);
  if (stanza.body.length !== POINT_BYTES + 2 * KEY_BYTES)
    throw new TimelockError("The file's key has a wrong length", stanza.body.length);
  return { round: BigInt(round), body: stanza.body };
}

// Boneh and Franklin's identity-based encryption, with the transform of Fujisaki and Okamoto; the identity is the round,
// and its private key the signature. Hashes are those of drand's kyber.

function wrap(key: Uint8Array, round: bigint, publicKey: KeyPoint): Uint8Array {
  const sigma = randomBytes(key.length);
  const scalar = scalarOf(sigma, key);
  const shared = fields.Fp12.pow(pairing(drandMessagePoint(round), publicKey), scalar);
  const point = G2.Point.BASE.multiply(scalar).toBytes(true);
  return concatBytes(point, xor(sigma, maskOf(shared)), xor(key, maskBy(sigma)));
}

function unwrap(body: Uint8Array, signature: SignaturePoint): Uint8Array {
  const point = pointOf(body.subarray(0, POINT_BYTES));
  const sigma = xor(body.subarray(POINT_BYTES, POINT_BYTES + KEY_BYTES), maskOf(pairing(signature, point)));
  const key = xor(body.subarray(POINT_BYTES + KEY_BYTES), maskBy(sigma));
  // all who decrypt get the same or nothing
  if (!G2.Point.BASE.multiply(scalarOf(sigma, key)).equals(point))
    throw new TimelockError("The file's key was wrapped wrongly", body.length);
  return key;
}

function pointOf(bytes: Uint8Array): KeyPoint {
  try {
    return readPoint(G2.Point, bytes, POINT_BYTES);
  } catch (cause) {
    throw new TimelockError("The file's key is no point", bytes.length, { cause });
  }
}

/** H2: a mask from an element of the target group, coefficients from the last to the first. */
function maskOf({ c0, c1 }: Pairing): Uint8Array {
  const coefficients = [c0, c1].flatMap((six) => [six.c0, six.c1, six.c2]).flatMap((two) => [two.c0, two.c1]);
  const bytes = coefficients.reverse().map((value) => fields.Fp.toBytes(value));
  return sha256(concatBytes(utf8ToBytes("IBE-H2"), ...bytes));
}

/** H3: a scalar from the masked randomness and the message. */
function scalarOf(sigma: Uint8Array, key: Uint8Array): bigint {
  const seed = sha256(concatBytes(utf8ToBytes("IBE-H3"), sigma, key));
  for (let i = 1; ; i++) {
    const digest = sha256(concatBytes(Uint8Array.of(i & 0xff, i >> 8), seed));
    digest[0] >>= 1;
    const scalar = toBigInt(digest);
    // one in ten is too large
    if (scalar > 0n && scalar < fields.Fr.ORDER) return scalar;
  }
}

/** H4: a mask from the randomness. */
function maskBy(sigma: Uint8Array): Uint8Array {
  return sha256(concatBytes(utf8ToBytes("IBE-H4"), sigma));
}

/** As many bytes as `bytes` has; masks are longer. */
function xor(bytes: Uint8Array, mask: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => byte ^ mask[i]);
}
