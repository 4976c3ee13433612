import type { CID } from "multiformats/cid";

/** Public content under identifiers derived from it. */
export interface ContentStore {
  /**
   * Stores content; storing it again changes nothing.
   *
   * @returns its identifier
   * @throws ContentTooLargeError above one block, StorageFullError
   */
  put(content: Uint8Array): Promise<CID>;

  /**
   * Reads content and checks it against its identifier.
   *
   * @throws ContentMissingError, ContentCorruptError, CidKindError
   */
  get(cid: CID): Promise<Uint8Array>;

  /** Whether the content is there (unchecked). */
  has(cid: CID): Promise<boolean>;

  /**
   * Writes content with its identifiers into one CAR file (version 1), which any IPFS node imports.
   *
   * @param roots - the content to write, in this order
   * @param file - path of the file, replaced if it exists
   * @throws what {@link ContentStore.get} throws, StorageFullError
   */
  exportCar(roots: readonly CID[], file: string): Promise<void>;
}
