// The board as a browser reads it, on the vectors that the core is tested with (docs/spec/board.md).
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { openCheckpoint, readCheckpoint } from "../../static/js/board/checkpoint.js";
import { readEntry, readWhole } from "../../static/js/board/entries.js";
import { BoardError, Malformed, NoteRejected, ProofRejected } from "../../static/js/board/errors.js";
import { readKey, readNote } from "../../static/js/board/note.js";
import { openBoard } from "../../static/js/board/reader.js";
import { Remembered } from "../../static/js/board/remembered.js";
import { readBase64, readHash } from "../../static/js/board/spelling.js";
import { readBundle, readHashes, Tile, tileAt, TileNodes } from "../../static/js/board/tiles.js";
import {
  checkConsistency,
  checkInclusion,
  consistencyProof,
  EMPTY_ROOT,
  inclusionProof,
  leafHash,
} from "../../static/js/board/tree.js";
import { bytesOfHex, hexOfBytes } from "../../static/js/sealing/bytes.js";
import { canonical, NotCanonical, readCanonical } from "../../static/js/sealing/canonical.js";
import { entryBytes, MadeBoard, MadeStorage, naiveRoot } from "./boards.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const read = async (name) =>
  JSON.parse(await readFile(path.join(here, "..", "vectors", name), "utf8"));
const vectors = await read("board.json");
const bytesOf = (text) => new TextEncoder().encode(text);
const refused = (condition, kind = BoardError) => (error) =>
  error instanceof kind && error.condition === condition;

// Entry i of the vectors is `entry i` and i mod 5 full stops.
const someEntries = (count, mark = "entry") =>
  Array.from({ length: count }, (_, at) => bytesOf(`${mark} ${at}${".".repeat(at % 5)}`));
const nodesOf = (board) =>
  new TileNodes(board.entries.length, {
    read: (tile) => board.request(`/board/${tile.path}`),
  });
const rootOf = (entries) => naiveRoot(entries.map(leafHash));

test("the leaf, the roots and the tiles are the vectors' (§3.1, §4)", async () => {
  const board = new MadeBoard({ entries: someEntries(vectors.board.entries) });

  assert.equal(hexOfBytes(leafHash(board.entries[0])), vectors.board.first_leaf);
  for (const [size, root] of Object.entries(vectors.board.roots)) {
    assert.equal(hexOfBytes(rootOf(board.entries.slice(0, Number(size)))), root);
  }
  for (const [name, bytes] of Object.entries(vectors.board.tiles)) {
    assert.equal(hexOfBytes(await board.request(`/board/${name}`)), bytes, name);
  }
});

test("a proof from tiles is the vectors', and holds (§3.4, §4.5)", async () => {
  const board = new MadeBoard({ entries: someEntries(300) });
  const proof = await consistencyProof(256, 300, nodesOf(board));

  assert.deepEqual(proof.map(hexOfBytes), vectors.consistency);
  const roots = { oldRoot: bytesOfHex(vectors.board.roots[256]), root: rootOf(board.entries) };
  checkConsistency({ old: 256, size: 300, proof, ...roots });
});

test("every entry of every small tree is proved, and in no other place (§3.3)", async () => {
  for (const size of [1, 2, 3, 5, 8, 13]) {
    const board = new MadeBoard({ entries: someEntries(size) });
    const root = rootOf(board.entries);
    for (let index = 0; index < size; index += 1) {
      const leaf = leafHash(board.entries[index]);
      const proof = await inclusionProof(index, size, nodesOf(board));

      checkInclusion(leaf, { index, size, proof, root });
      const place = { size, proof, root };
      const other = (index + 1) % size;
      if (size > 1) assert.throws(() => checkInclusion(leaf, { index: other, ...place }), BoardError);
      const longer = [...proof, root];
      assert.throws(
        () => checkInclusion(leaf, { index, size, proof: longer, root }),
        refused("proof.length"),
      );
      assert.throws(
        () => checkInclusion(leaf, { index, size, proof: [root.slice(1)], root }),
        refused("proof.hash", ProofRejected),
      );
    }
  }
});

test("every small tree begins with every smaller one, and with no changed one (§3.4)", async () => {
  const entries = someEntries(13);
  const changed = [...entries];
  changed[0] = bytesOf("another");
  for (let size = 1; size <= 13; size += 1) {
    const board = new MadeBoard({ entries: entries.slice(0, size) });
    const root = rootOf(board.entries);
    for (let old = 0; old <= size; old += 1) {
      const proof = old === size ? [] : await consistencyProof(old, size, nodesOf(board));
      const given = { old, size, root, proof };

      checkConsistency({ oldRoot: rootOf(entries.slice(0, old)), ...given });
      if (old === 0) continue;
      const oldRoot = rootOf(changed.slice(0, old));
      assert.throws(() => checkConsistency({ oldRoot, ...given }), ProofRejected);
    }
  }
  const [one, two] = [rootOf(entries.slice(0, 1)), rootOf(entries.slice(0, 2))];
  const wrong = { old: 2, size: 1, root: one, oldRoot: two, proof: [] };
  assert.throws(() => checkConsistency(wrong), refused("proof.sizes"));
  const short = { old: 1, size: 2, root: two, oldRoot: one, proof: [] };
  assert.throws(() => checkConsistency(short), refused("proof.length"));
  const nothing = { old: 0, size: 1, root: one, oldRoot: one, proof: [] };
  assert.throws(() => checkConsistency(nothing), refused("proof.old-root"));
});

test("tiles have the names that C2SP gives them (§4.1, §4.2)", () => {
  assert.equal(new Tile(0, 1_234_067).path, "tile/0/x001/x234/067");
  assert.equal(new Tile(1, 1, 17).path, "tile/1/001.p/17");
  assert.equal(tileAt("entries", 1, { size: 300 }).path, "tile/entries/001.p/44");
  assert.throws(() => tileAt(0, 2, { size: 300 }), refused("tile.absent"));
  assert.throws(() => new Tile(64, 0), refused("tile.name"));
  const tile = new Tile(0, 0, 2);
  assert.equal(readHashes(tile, new Uint8Array(96)).length, 2);
  assert.throws(() => readHashes(tile, new Uint8Array(32)), refused("tile.length"));
  assert.throws(() => readHashes(tile, new Uint8Array(65)), refused("tile.length"));
});

test("a bundle holds exactly its entries (§4.3)", () => {
  const bytes = bytesOfHex(vectors.board.tiles["tile/entries/001.p/44"]);

  assert.deepEqual(readBundle(bytes, { width: 44 }), someEntries(300).slice(256));
  assert.throws(() => readBundle(bytes, { width: 43 }), refused("bundle.length"));
  assert.throws(() => readBundle(bytes.slice(0, -1), { width: 44 }), refused("bundle.length"));
  assert.throws(() => readBundle(bytes.slice(0, 1), { width: 1 }), refused("bundle.length"));
});

test("the checkpoint of the vectors opens with the board's key alone (§5, §6)", () => {
  const key = readKey(vectors.keys.board);
  const { origin, size, root } = openCheckpoint(bytesOf(vectors.checkpoint), { key });

  assert.deepEqual([origin, size], ["votes.example/board/leader-2026", 300]);
  assert.equal(hexOfBytes(root), vectors.board.roots[300]);
  const other = new MadeBoard({ seed: 8 });
  const opened = (board) => openCheckpoint(bytesOf(vectors.checkpoint), { key: readKey(board.key) });
  assert.throws(() => opened(other), refused("note.unsigned", NoteRejected));
  const elsewhere = new MadeBoard({ origin: "other.example/board" });
  assert.throws(() => opened(elsewhere), refused("checkpoint.other-origin", NoteRejected));
});

const SIGNED = ["checkpoint.size", "note.signature", "note.form"];
for (const [number, { condition, text }] of vectors.refused.entries()) {
  if (!SIGNED.includes(condition)) continue;
  test(`a checkpoint is refused, vector ${number}: ${condition}`, () => {
    const note = text.slice(text.indexOf("\n\n") + 2);
    const key = readKey(vectors.keys.board);

    assert.throws(() => openCheckpoint(bytesOf(note), { key }), refused(condition));
  });
}

test("a checkpoint's text has one spelling (§5.1, §6.1)", () => {
  const empty = btoa(String.fromCharCode(...EMPTY_ROOT));
  const root = btoa("r".repeat(32));

  assert.equal(readCheckpoint(`o\n0\n${empty}\n`).size, 0);
  for (const [text, condition] of [
    [`o\n1\n`, "checkpoint.lines"],
    [`o\n1\n${root}`, "checkpoint.lines"],
    [`\n1\n${root}\n`, "checkpoint.origin"],
    [`o\n01\n${root}\n`, "checkpoint.size"],
    [`o\n+1\n${root}\n`, "checkpoint.size"],
    [`o\n9007199254740992\n${root}\n`, "checkpoint.size"],
    [`o\n0\n${root}\n`, "checkpoint.root"],
    [`o\n1\n${root} \n`, "checkpoint.root"],
    [`o\n1\n${root}\n\n`, "checkpoint.extension"],
  ]) {
    assert.throws(() => readCheckpoint(text), refused(condition), JSON.stringify(text));
  }
  assert.throws(() => readBase64("AB==", "x"), refused("x"));
  assert.throws(() => readHash("AAAA", "x"), refused("x"));
});

test("a note's form is refused by name (§5.1, §5.3)", () => {
  const [line] = vectors.checkpoint.split("\n").filter((one) => one.startsWith("\u2014"));
  const note = (text, ...lines) => bytesOf(`${text}\n${lines.map((one) => `${one}\n`).join("")}`);

  assert.equal(readNote(note("a\n", line)).signatures.length, 1);
  for (const [bytes, condition] of [
    [note("a", line), "note.form"],
    [note("a\tb\n", line), "note.characters"],
    [new Uint8Array([0x61, 0x0a, 0x0a, 0xff]), "note.characters"],
    [note("a\n", "- x AAAAAAA="), "note.signature-line"],
    [note("a\n", "\u2014 x AAAAAA=="), "note.signature-line"],
    [note("a\n", "\u2014 x+y AAAAAAA="), "name"],
    [note("a\n", ...Array(101).fill(line)), "note.signatures"],
    [new Uint8Array(1_000_001), "note.size"],
  ]) {
    assert.throws(() => readNote(bytes), refused(condition, Malformed), condition);
  }
});

test("a key is read in its one form (§5.2)", () => {
  const text = vectors.keys.board;

  assert.equal(readKey(text).name, "votes.example/board/leader-2026");
  const [name, id, written] = text.split("+");
  const witness = vectors.keys.witness;
  for (const [wrong, condition] of [
    [`${name}+${id}`, "key.form"],
    [`${name}+${id}+!`, "key.form"],
    [`+${id}+${written}`, "name"],
    [`${name}+00000000+${written}`, "key.id"],
    [`${name}+${id}+AQ==`, "key.length"],
    [witness, "key.type"],
  ]) {
    assert.throws(() => readKey(wrong), refused(condition), wrong);
  }
});

test("canonical JSON is read in its one spelling (sealing §2.1)", () => {
  const value = { 9: 1, 10: [true, null, "\u20ac\n\u0007\"\\"], "\ud83d\ude00": -5, "\ufb33": "" };
  const bytes = canonical(value);

  const expected = '{"10":[true,null,"€\\n\\u0007\\"\\\\"],"9":1,"😀":-5,"\ufb33":""}';
  assert.equal(new TextDecoder().decode(bytes), expected);
  assert.deepEqual(readCanonical(bytes), value);
  for (const text of ['{"b":1,"a":2}', '{"a":1,"a":1}', "1.0", "1e2", "-0", " 1", '"\\u0041"', "[", "\ufeff1"]) {
    assert.throws(() => readCanonical(bytesOf(text)), NotCanonical, text);
  }
  for (const wrong of [0.5, 2 ** 53, "\ud800", undefined, Number.NaN]) {
    assert.throws(() => canonical([wrong]), NotCanonical);
  }
  assert.throws(() => readCanonical(bytesOf("[".repeat(100_000))), NotCanonical);
});

test("an entry has exactly its members, and a stand-in its blob (§2.2, §2.4)", () => {
  const { entry, stand_in: standIn } = vectors.stand_in;
  const held = readEntry(bytesOf(standIn), { number: 7 });

  assert.equal(held.kind, "suspension");
  assert.deepEqual(readWhole(held, bytesOf(entry)).content, { reason: "a" });
  assert.equal(hexOfBytes(readWhole(held, bytesOf(entry)).digest), hexOfBytes(leafHash(bytesOf(standIn))));
  assert.throws(() => readWhole(held, bytesOf(entry.replace('"a"', '"b"'))), refused("blob.hash"));
  assert.throws(() => readEntry(bytesOf(entry), { number: 8 }), refused("entry.form"));
  assert.throws(() => readEntry(bytesOf(entry.replace("v1", "v2")), { number: 7 }), refused("entry.form"));
  assert.throws(() => readEntry(bytesOf("null"), { number: 7 }), refused("entry.form"));
  assert.throws(() => readEntry(bytesOf(`${entry} `), { number: 7 }), refused("json"));
});

const opened = (board, remembered = new Remembered(new MadeStorage())) =>
  openBoard({ address: "/board", key: board.key, remembered, request: board.request });

function boardOf(count) {
  const board = new MadeBoard();
  for (let at = 0; at < count; at += 1) board.append("suspension", { reason: String(at) });
  return board;
}

test("a board is read whole, and goes on where it was left when it grows (§9.2)", async () => {
  const made = boardOf(300);
  const board = await opened(made);
  const entries = await board.entries();
  assert.equal(await board.next(), board);

  assert.deepEqual(entries.map(({ number }) => number), [...Array(300).keys()]);
  made.append("resumption", { reason: "on" });
  made.requests.length = 0;
  const later = await board.next();
  const [last] = await later.entries({ first: 300 });
  assert.equal(last.kind, "resumption");
  assert.equal((await later.entries({ last: 300 })).at(-1), entries.at(-1));
  assert.ok(!made.requests.some((path) => path.startsWith("tile/entries/000")));
});

test("a board that does not continue what was seen of it is refused (§3.4)", async () => {
  const storage = new MadeStorage();
  const remembered = new Remembered(storage);
  await opened(boardOf(5), remembered);
  const grown = await opened(boardOf(9), remembered);

  assert.equal(grown.checkpoint.size, 9);
  await assert.rejects(opened(boardOf(8), remembered), refused("board.back"));
  const forked = boardOf(12);
  forked.entries[3] = entryBytes(3, "suspension", { reason: "another" });
  await assert.rejects(opened(forked, remembered), refused("proof.old-root"));
  const atOnce = boardOf(9);
  atOnce.entries[8] = entryBytes(8, "suspension", { reason: "another" });
  await assert.rejects(opened(atOnce, remembered), refused("proof.root"));
  const other = new MadeBoard({ seed: 8, entries: boardOf(9).entries });
  await assert.rejects(opened(other, remembered), refused("board.key"));
  assert.equal((await opened(boardOf(9), remembered)).checkpoint.size, 9);
  assert.equal(storage.size, 1);
});

test("an entry that is not the signed tree's is refused, wherever it was changed (§4.3)", async () => {
  const swap = (made, path, bytes) => async (address) =>
    address.endsWith(path) ? bytes : made.request(address);
  const made = boardOf(3);
  const other = boardOf(3);
  other.entries[1] = entryBytes(1, "suspension", { reason: "another" });
  const bundle = await other.request("/board/tile/entries/000.p/3");
  const tile = await other.request("/board/tile/0/000.p/3");
  const read = async (request) => {
    const remembered = new Remembered(new MadeStorage());
    const board = await openBoard({ address: "/board", key: made.key, remembered, request });
    return board.entries();
  };

  assert.equal((await read(made.request)).length, 3);
  await assert.rejects(read(swap(made, "tile/entries/000.p/3", bundle)), refused("bundle.hashes"));
  const both = async (address) => {
    if (address.endsWith("tile/0/000.p/3")) return tile;
    return swap(made, "tile/entries/000.p/3", bundle)(address);
  };
  await assert.rejects(read(both), refused("proof.root"));
});

test("a blob is the one that the entry names (bundle §2.3)", async () => {
  const made = boardOf(1);
  const hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  const board = await opened(made);
  made.blobs.set(hash, bytesOf("test"));

  assert.deepEqual(await board.blob({ sha256: hash, size_bytes: 4 }), bytesOf("test"));
  await assert.rejects(board.blob({ sha256: hash, size_bytes: 5 }), refused("blob.hash"));
  made.blobs.set(hash, bytesOf("Test"));
  await assert.rejects(board.blob({ sha256: hash, size_bytes: 4 }), refused("blob.hash"));
});
