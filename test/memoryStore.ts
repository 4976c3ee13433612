import type { DataStore } from "@artel/node";

/** Records in memory, which outlive the party that keeps them. */
export function memoryStore(): DataStore {
  const records = new Map<string, Uint8Array>();
  return {
    put: async (name, record) => void records.set(name, record),
    get: async (name) => records.get(name)!,
    has: async (name) => records.has(name),
    list: async () => [...records.keys()],
    delete: async (name) => void records.delete(name),
  };
}
