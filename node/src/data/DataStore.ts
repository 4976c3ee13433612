/** A member's private records. What is stored never leaves it but through {@link DataStore.get}. */
export interface DataStore {
  /**
   * Stores a record under a name, replacing an earlier one.
   *
   * @throws RecordNameError, StorageFullError
   */
  put(name: string, record: Uint8Array): Promise<void>;

  /**
   * Reads a record.
   *
   * @throws RecordNameError, RecordMissingError, RecordTamperedError
   */
  get(name: string): Promise<Uint8Array>;

  /** Whether there is a record of that name. */
  has(name: string): Promise<boolean>;

  /** Names of all records, sorted. */
  list(): Promise<string[]>;

  /** Deletes a record; does nothing when there is none. */
  delete(name: string): Promise<void>;
}
