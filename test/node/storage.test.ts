import { expect } from "chai";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import { copyFile, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CarReader } from "@ipld/car/reader";
import { cidOf, ContentTooLargeError, MAX_CONTENT_BYTES } from "@artel/sdk/learning";
import {
  ContentCorruptError,
  ContentMissingError,
  KeyFormatError,
  openContentFolder,
  openEncryptedFolder,
  RecordMissingError,
  RecordNameError,
  RecordTamperedError,
  StorageAccessError,
  StorageFullError,
  WrongKeyError,
} from "@artel/node";
import { rejects } from "./rejects.js";

const key = Uint8Array.from({ length: 32 }, (_, i) => i);
const text = (value: string) => new TextEncoder().encode(value);
let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "artel-storage-"))));
afterEach(() => rm(folder, { recursive: true }));

/** Runs something while every file handle fails to write with a system error. */
async function withWriteError(code: string, run: () => Promise<unknown>): Promise<void> {
  const { open } = fs.promises;
  fs.promises.open = async (...args) => {
    const handle = await open(...args);
    handle.writeFile = () => Promise.reject(Object.assign(new Error(code), { code, syscall: "write" }));
    return handle;
  };
  syncBuiltinESMExports();
  try {
    await run();
  } finally {
    fs.promises.open = open;
    syncBuiltinESMExports();
  }
}

describe("encrypted data store", () => {
  it("NOD-12 gives back records, also after it is opened again", async () => {
    const store = await openEncryptedFolder(folder, key);
    await store.put("examples", text("first"));
    await store.put("examples", text("second"));
    await store.put("empty", new Uint8Array(0));
    const again = await openEncryptedFolder(folder, key);
    expect(Buffer.from(await again.get("examples")).toString()).to.equal("second");
    expect(await again.get("empty")).to.have.length(0);
    expect(await again.list()).to.deep.equal(["empty", "examples"]);
    expect(await again.has("other")).to.be.false;
    await again.delete("empty");
    await again.delete("empty");
    expect(await again.has("empty")).to.be.false;
  });

  it("NOD-12 opens with a passphrase, and with no other key", async function () {
    // a passphrase is slow to try, on purpose
    this.timeout(20_000);
    const store = await openEncryptedFolder(folder, "correct horse");
    await store.put("a", text("secret"));
    expect(Buffer.from(await (await openEncryptedFolder(folder, "correct horse")).get("a")).toString()).to.equal(
      "secret",
    );
    await rejects(openEncryptedFolder(folder, "wrong horse"), WrongKeyError);
    await rejects(openEncryptedFolder(folder, key), WrongKeyError);
    for (const bad of ["", new Uint8Array(31)]) await rejects(openEncryptedFolder(folder, bad), KeyFormatError);
  });

  it("NOD-12 shows nothing of a record on disk", async () => {
    const store = await openEncryptedFolder(folder, key);
    await store.put("a", text("a very private sentence"));
    for (const file of await readdir(folder))
      expect((await readFile(join(folder, file))).includes("private")).to.be.false;
  });

  it("NOD-12 notices records that were altered, cut, renamed or brought from another store", async () => {
    const store = await openEncryptedFolder(folder, key);
    await store.put("a", text("record a"));
    await store.put("b", text("record b"));
    const path = join(folder, "a.record");
    const original = await readFile(path);
    for (let at = 0; at < original.length; at++) {
      await writeFile(path, original.with(at, original[at] ^ 1));
      await rejects(store.get("a"), RecordTamperedError);
    }
    await writeFile(path, original);
    await truncate(path, original.length - 1);
    await rejects(store.get("a"), RecordTamperedError);
    await truncate(path, 3);
    await rejects(store.get("a"), RecordTamperedError);
    await rename(join(folder, "b.record"), path);
    await rejects(store.get("a"), RecordTamperedError);

    const other = await openEncryptedFolder(join(folder, "other"), key);
    await other.put("a", text("elsewhere"));
    await copyFile(join(folder, "other", "a.record"), path);
    await rejects(store.get("a"), RecordTamperedError);
  });

  it("NOD-12 notices an altered header", async () => {
    await openEncryptedFolder(folder, key);
    const path = join(folder, "store.header");
    const header = await readFile(path);
    await writeFile(path, header.with(0, 0));
    await rejects(openEncryptedFolder(folder, key), RecordTamperedError);
    await writeFile(path, header.with(10, header[10] ^ 1));
    await rejects(openEncryptedFolder(folder, key), WrongKeyError);
    await truncate(path, 5);
    await rejects(openEncryptedFolder(folder, key), RecordTamperedError);
  });

  it("is created once by several at a time", async () => {
    const stores = await Promise.all(Array.from({ length: 4 }, () => openEncryptedFolder(folder, key)));
    await stores[0].put("a", text("shared"));
    for (const store of stores) expect(Buffer.from(await store.get("a")).toString()).to.equal("shared");
  });

  it("refuses names that would leave the folder, and reports missing records", async () => {
    const store = await openEncryptedFolder(folder, key);
    for (const name of ["", "../a", "a/b", ".hidden", "A", "a".repeat(101)])
      await rejects(store.put(name, text("x")), RecordNameError);
    await rejects(store.get("absent"), RecordMissingError);
  });

  it("keeps the old record when the disk is full", async () => {
    const store = await openEncryptedFolder(folder, key);
    await store.put("a", text("old"));
    await withWriteError("ENOSPC", () => rejects(store.put("a", text("new")), StorageFullError, /space/));
    await withWriteError("EIO", () => rejects(store.put("a", text("new")), StorageAccessError));
    expect(Buffer.from(await store.get("a")).toString()).to.equal("old");
    expect((await readdir(folder)).sort()).to.deep.equal(["a.record", "store.header"]);
  });

  it("says which folder it can't use", async () => {
    await writeFile(join(folder, "file"), "");
    await rejects(openEncryptedFolder(join(folder, "file", "store"), key), StorageAccessError, /file/);
  });
});

describe("content folder", () => {
  it("NOD-13 gives back content under its identifier", async () => {
    const store = openContentFolder(folder);
    const content = randomBytes(MAX_CONTENT_BYTES);
    const cid = await store.put(content);
    expect(cid.toString()).to.equal(cidOf(content).toString());
    expect(Buffer.from(await store.get(cid)).equals(content)).to.be.true;
    expect(await store.has(cid)).to.be.true;
    expect(await store.has(cidOf(text("other")))).to.be.false;
    expect((await store.put(content)).toString()).to.equal(cid.toString());
  });

  it("refuses content above one block, and reports what is missing", async () => {
    const store = openContentFolder(folder);
    await rejects(store.put(new Uint8Array(MAX_CONTENT_BYTES + 1)), ContentTooLargeError);
    await rejects(store.get(cidOf(text("absent"))), ContentMissingError);
  });

  it("NOD-13 never returns content that changed on disk", async () => {
    const store = openContentFolder(folder);
    const cid = await store.put(text("honest"));
    const name = cid.toString();
    await writeFile(join(folder, name.slice(-2), name), "forged");
    await rejects(store.get(cid), ContentCorruptError, /delete/);
  });

  it("takes the same content from many at once", async () => {
    const stores = Array.from({ length: 8 }, () => openContentFolder(folder));
    const cids = await Promise.all(stores.map((store) => store.put(text("shared"))));
    expect(new Set(cids.map(String))).to.have.property("size", 1);
    const [shard] = await readdir(folder);
    expect(await readdir(join(folder, shard))).to.deep.equal([cids[0].toString()]);
  });

  it("exports a CAR that reads back", async () => {
    const store = openContentFolder(folder);
    const contents = [text("one"), new Uint8Array(0), randomBytes(300_000)];
    const roots = [];
    for (const content of contents) roots.push(await store.put(content));
    const file = join(folder, "export", "all.car");
    await store.exportCar(roots, file);
    const reader = await CarReader.fromBytes(await readFile(file));
    expect((await reader.getRoots()).map(String)).to.deep.equal(roots.map(String));
    for (const [i, cid] of roots.entries())
      expect(Buffer.from((await reader.get(cid))!.bytes).equals(contents[i])).to.be.true;
  });

  it("leaves no CAR behind when some content is missing or the disk is full", async () => {
    const store = openContentFolder(folder);
    const cid = await store.put(text("one"));
    const exported = join(folder, "export");
    await rejects(store.exportCar([cid, cidOf(text("absent"))], join(exported, "all.car")), ContentMissingError);
    await withWriteError("ENOSPC", () => rejects(store.exportCar([cid], join(exported, "all.car")), StorageFullError));
    await withWriteError("ENOSPC", () => rejects(store.put(text("two")), StorageFullError));
    expect(await readdir(exported)).to.deep.equal([]);
    expect(await store.has(cidOf(text("two")))).to.be.false;
  });
});
