import { AbiCoder, concat, dataSlice, id, keccak256, getAddress, type TypedDataDomain } from "ethers";

const HEAD = [
  { name: "identity", type: "address" },
  { name: "nonce", type: "uint256" },
  { name: "deadline", type: "uint256" },
];
const DELEGATE = [
  { name: "delegateType", type: "bytes32" },
  { name: "delegate", type: "address" },
];
const ATTRIBUTE = [
  { name: "name", type: "bytes32" },
  { name: "value", type: "bytes" },
];
const VALIDITY = { name: "validity", type: "uint256" };

/** EIP-712 types of the registry's `...BySig` functions and of a guardian's approval, by primary type. */
export const REGISTRY_TYPES = {
  ChangeOwner: { ChangeOwner: [...HEAD, { name: "newOwner", type: "address" }] },
  AddDelegate: { AddDelegate: [...HEAD, ...DELEGATE, VALIDITY] },
  RevokeDelegate: { RevokeDelegate: [...HEAD, ...DELEGATE] },
  SetAttribute: { SetAttribute: [...HEAD, ...ATTRIBUTE, VALIDITY] },
  RevokeAttribute: { RevokeAttribute: [...HEAD, ...ATTRIBUTE] },
  Batch: {
    Batch: [...HEAD, { name: "operations", type: "Operation[]" }],
    Operation: [{ name: "kind", type: "uint8" }, ...ATTRIBUTE, VALIDITY],
  },
  SetGuardians: {
    SetGuardians: [
      ...HEAD,
      { name: "guardians", type: "address[]" },
      { name: "threshold", type: "uint8" },
      { name: "superThreshold", type: "uint8" },
      { name: "delay", type: "uint32" },
    ],
  },
  Deactivate: { Deactivate: HEAD },
  CancelRecovery: { CancelRecovery: HEAD },
  Recover: {
    Recover: [
      { name: "identity", type: "address" },
      { name: "successor", type: "address" },
      { name: "round", type: "uint256" },
      { name: "deadline", type: "uint256" },
    ],
  },
};

/** Kinds of operations in a batch; the numbers are those of `OperationKind`. */
export const OperationKind = { AddDelegate: 0, RevokeDelegate: 1, SetAttribute: 2, RevokeAttribute: 3 } as const;

/** EIP-712 domain of a registry. */
export function registryDomain(registry: string, chainId: bigint): TypedDataDomain {
  return { name: "Artel DIDRegistry", version: "1", chainId, verifyingContract: registry };
}

/**
 * The account of a signer, as `DIDRegistry.accountOf` computes it: hand an identity to it, or use it as one.
 * @param signer - as ERC-7913 writes it, hexadecimal: an account, or verifier and key
 */
export function accountOf(signer: string): string {
  const bytes = (signer.length - 2) / 2;
  if (bytes === 20) return getAddress(signer);
  return getAddress(dataSlice(keccak256(concat([id("ERC-7913 signer"), signer])), 12));
}

/** What an authenticator returns for an assertion (`AuthenticatorAssertionResponse`), with r and s of its signature. */
export interface PasskeyAssertion {
  readonly authenticatorData: Uint8Array;
  /** The text of `clientDataJSON`; its challenge is the 32 bytes of the digest. */
  readonly clientDataJSON: string;
  readonly r: bigint;
  readonly s: bigint;
}

/** Order of P-256's group: of the two signatures s and n - s, verifiers accept the lower. */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** A passkey's assertion in the form that OpenZeppelin's WebAuthn verifier reads, hexadecimal. */
export function encodeAssertion({ authenticatorData, clientDataJSON, r, s }: PasskeyAssertion): string {
  const low = s > P256_ORDER / 2n ? P256_ORDER - s : s;
  return AbiCoder.defaultAbiCoder().encode(
    ["uint256", "uint256", "uint256", "uint256", "bytes", "string"],
    [
      r,
      low,
      clientDataJSON.indexOf('"challenge"'),
      clientDataJSON.indexOf('"type"'),
      authenticatorData,
      clientDataJSON,
    ],
  );
}
