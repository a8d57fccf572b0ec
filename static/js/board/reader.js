// Reading a board in the browser, and believing nothing of it: docs/spec/board.md §3.4, §4, §6, §9.
//
//   const board = await openBoard({ address: "/board/leader-2026", key, remembered });
//   const [notice] = await board.entries({ last: 1 });
//   const later = await board.next();      the same board, when it has grown
//
// Every entry that it gives is proved to be in the signed tree, and the tree to begin with the one
// that this browser saw last.
import { NoteRejected, ProofRejected, Unreachable } from "./errors.js";
import { openCheckpoint } from "./checkpoint.js";
import { checkBlob, readEntry, readWhole } from "./entries.js";
import { readKey } from "./note.js";
import { checkBundle, ENTRIES, readBundle, tileAt, TileNodes, WIDTH } from "./tiles.js";
import { checkConsistency, checkInclusion, consistencyProof, inclusionProof } from "./tree.js";

const LARGEST_ANSWER_BYTES = 256 * 1024 * 1024;

// Read the newest checkpoint, check that the key signed it and that it continues what is remembered,
// and remember it. address: where the board is served; key: its verifier key as text (§5.2).
export async function openBoard({ address, key, remembered, request = fetchBytes }) {
  const known = readKey(key);
  const seen = remembered.of(known.name);
  if (seen !== null && seen.key !== key) throw new NoteRejected("board.key", { seen });
  const bytes = await request(`${address}/checkpoint`, { isFresh: true });
  const checkpoint = openCheckpoint(bytes, { key: known });
  const board = new Board({ address, key, remembered, request, checkpoint });
  const note = new TextDecoder().decode(bytes);
  if (seen !== null) {
    const old = openCheckpoint(new TextEncoder().encode(seen.note), { key: known });
    await board.checkContinues(old);
  }
  remembered.keep(known.name, { key, note });
  return board;
}

// A board at one checkpoint, { origin, size, root }.
export class Board {
  #read = new Map();

  constructor(fields) {
    Object.assign(this, fields);
    const read = (tile) => this.request(`${this.address}/${tile.path}`);
    this.nodes = new TileNodes(this.checkpoint.size, { read });
    Object.freeze(this);
  }

  // Check that this board begins with that of an older checkpoint (§3.4).
  async checkContinues({ size: old, root: oldRoot }) {
    const { size, root } = this.checkpoint;
    if (size < old) throw new ProofRejected("board.back", { old, size });
    const proof = old === size ? [] : await consistencyProof(old, size, this.nodes);
    checkConsistency({ old, oldRoot, size, root, proof });
  }

  // The same board at its newest checkpoint; itself where nothing was added.
  async next() {
    const later = await openBoard(this);
    if (later.checkpoint.size === this.checkpoint.size) return this;
    for (const [number, entry] of this.#read) later.#read.set(number, entry);
    return later;
  }

  // The entries first … last - 1, each proved to stand where it stands (§3.3).
  async entries({ first = 0, last = this.checkpoint.size } = {}) {
    for (let at = first; at < last; ) {
      const bundle = Math.floor(at / WIDTH);
      const end = Math.min(last, (bundle + 1) * WIDTH);
      const isKnown = Array.from({ length: end - at }, (_, place) => this.#read.has(at + place));
      if (isKnown.includes(false)) await this.#readBundle(bundle);
      at = end;
    }
    return Array.from({ length: last - first }, (_, place) => this.#read.get(first + place));
  }

  async #readBundle(number) {
    const { size, root } = this.checkpoint;
    const tile = tileAt(ENTRIES, number, { size });
    const bytes = await this.request(`${this.address}/${tile.path}`);
    const held = readBundle(bytes, tile);
    checkBundle(held, await this.nodes.hashes(0, number));
    for (const [place, one] of held.entries()) {
      const index = number * WIDTH + place;
      if (this.#read.has(index)) continue; // Proved before, in a tree that this one begins with.
      const entry = readEntry(one, { number: index });
      const proof = await inclusionProof(index, size, this.nodes);
      checkInclusion(entry.digest, { index, size, proof, root });
      this.#read.set(index, entry);
    }
  }

  // The bytes that an entry names by { sha256, size_bytes } (bundle §2.3).
  async blob(named) {
    const bytes = await this.request(`${this.address}/blob/${named.sha256}`);
    checkBlob(bytes, named);
    return bytes;
  }

  // An entry with its content, where the log holds a stand-in (board §2.4).
  async whole(entry) {
    return entry.body ? readWhole(entry, await this.blob(entry.body)) : entry;
  }
}

// Fetch a file of the board.
export async function fetchBytes(address, { isFresh = false } = {}) {
  let answer;
  try {
    answer = await fetch(address, { cache: isFresh ? "no-cache" : "default", credentials: "omit" });
  } catch {
    throw new Unreachable("board.unreachable", { address });
  }
  if (!answer.ok) throw new Unreachable("board.unreachable", { address, status: answer.status });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (bytes.length > LARGEST_ANSWER_BYTES) throw new Unreachable("board.unreachable", { address });
  return bytes;
}
