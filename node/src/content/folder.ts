import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { cidOf, cidToBytes } from "@artel/sdk/learning";
import { CarWriter } from "@ipld/car/writer";
import type { CID } from "multiformats/cid";
import { ContentCorruptError, ContentMissingError, StorageAccessError } from "../errors.js";
import { codeOf, writeAtomically } from "../files.js";
import type { ContentStore } from "./ContentStore.js";

/**
 * A content store in a local folder, one file a block, in subfolders by the end of the identifier.
 * Several processes may share it: files appear whole, and equal names hold equal bytes.
 */
export function openContentFolder(folder: string): ContentStore {
  const pathOf = (cid: CID) => {
    cidToBytes(cid); // refuses other kinds of identifiers
    const name = cid.toString();
    return join(folder, name.slice(-2), name);
  };

  const store: ContentStore = {
    async put(content) {
      const cid = cidOf(content);
      if (!(await store.has(cid))) await writeAtomically(pathOf(cid), content);
      return cid;
    },

    async get(cid) {
      const path = pathOf(cid);
      let content: Uint8Array;
      try {
        content = new Uint8Array(await readFile(path));
      } catch (cause) {
        if (codeOf(cause) === "ENOENT") throw new ContentMissingError(cid.toString(), { cause });
        throw new StorageAccessError(path, { cause });
      }
      if (cidOf(content).toString() !== cid.toString()) throw new ContentCorruptError(cid.toString(), path);
      return content;
    },

    async has(cid) {
      return access(pathOf(cid)).then(
        () => true,
        () => false,
      );
    },

    async exportCar(roots, file) {
      await writeAtomically(file, carOf(store, roots));
    },
  };
  return store;
}

/** Pieces of a CAR file; fails before its end when some content can't be read. */
async function* carOf(store: ContentStore, roots: readonly CID[]): AsyncGenerator<Uint8Array> {
  const { writer, out } = CarWriter.create([...roots]);
  const filled = (async () => {
    for (const cid of roots) await writer.put({ cid, bytes: await store.get(cid) });
  })().finally(() => writer.close());
  // a failure is reported below, once the pieces written before it are drained
  filled.catch(() => {});
  yield* out;
  await filled;
}
