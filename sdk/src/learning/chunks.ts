import { ChunkIndexError, TensorLengthError } from "./errors.js";

/** Values in a chunk, the unit the chain can recompute. */
export const CHUNK_VALUES = 64;
/** Bytes of a chunk: eight 32-byte words of eight values. */
export const CHUNK_BYTES = CHUNK_VALUES * 4;

/** Added to an int32 (modulo 2^32) so that the order of unsigned words is the order of values. */
const BIAS = 0x80000000;

/**
 * Number of chunks of a tensor.
 *
 * @throws TensorLengthError for an empty tensor, which has no root
 */
export function chunkCount(length: number): number {
  if (!Number.isSafeInteger(length) || length < 1) throw new TensorLengthError(length, "at least 1");
  return Math.ceil(length / CHUNK_VALUES);
}

/**
 * Serialises a tensor: each value as a biased uint32 (`value XOR 0x80000000`), big-endian, without padding.
 *
 * @returns `4 * tensor.length` bytes
 */
export function tensorToBytes(tensor: Int32Array): Uint8Array {
  const bytes = new Uint8Array(tensor.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < tensor.length; i++) view.setUint32(i * 4, tensor[i] ^ BIAS);
  return bytes;
}

/**
 * Reads back what {@link tensorToBytes} wrote.
 *
 * @param length - number of values expected
 * @throws TensorLengthError when `bytes` holds any other number of values
 */
export function tensorFromBytes(bytes: Uint8Array, length: number): Int32Array {
  if (bytes.length !== length * 4) throw new TensorLengthError(bytes.length / 4, length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tensor = new Int32Array(length);
  for (let i = 0; i < length; i++) tensor[i] = view.getUint32(i * 4) ^ BIAS;
  return tensor;
}

/**
 * One chunk of a tensor, the last one padded with biased zeros.
 *
 * @returns {@link CHUNK_BYTES} bytes
 * @throws ChunkIndexError
 */
export function chunkOf(tensor: Int32Array, index: number): Uint8Array {
  const count = chunkCount(tensor.length);
  if (!Number.isInteger(index) || index < 0 || index >= count) throw new ChunkIndexError(index, count);
  const values = new Int32Array(CHUNK_VALUES);
  values.set(tensor.subarray(index * CHUNK_VALUES, (index + 1) * CHUNK_VALUES));
  return tensorToBytes(values);
}
