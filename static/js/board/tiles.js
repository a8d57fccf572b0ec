// The tree and the entries cut into tiles: ballot/board/tiles.py (docs/spec/board.md §4).
import { isSame } from "../sealing/bytes.js";
import { Malformed } from "./errors.js";
import { HASH_BYTES } from "./spelling.js";
import { leafHash, nodeHash } from "./tree.js";

export const WIDTH = 256;
export const ENTRIES = "entries";
const HEIGHT = 8; // 2**8 = WIDTH
const LARGEST_LEVEL = 63;

// The name of a tile of hashes at a level, or of a bundle of entries (§4.1).
export class Tile {
  constructor(level, number, width = WIDTH) {
    const isHeight = Number.isInteger(level) && level >= 0 && level <= LARGEST_LEVEL;
    const isLevel = level === ENTRIES || isHeight;
    const isNumber = Number.isSafeInteger(number) && number >= 0;
    if (!isLevel || !isNumber || !(Number.isInteger(width) && width >= 1 && width <= WIDTH)) {
      throw new Malformed("tile.name", { level, number, width });
    }
    Object.assign(this, { level, number, width });
    Object.freeze(this);
  }

  // Where it is served, below the board's address: `tile/0/x001/234.p/5`.
  get path() {
    const threes = [];
    for (let rest = this.number; rest > 0 || threes.length === 0; rest = Math.floor(rest / 1000)) {
      threes.unshift(String(rest % 1000).padStart(3, "0"));
    }
    const digits = threes.map((three, at) => (at < threes.length - 1 ? `x${three}` : three));
    const part = this.width === WIDTH ? "" : `.p/${this.width}`;
    return `tile/${this.level}/${digits.join("/")}${part}`;
  }
}

// How many hashes a level of a tree has: the complete subtrees over 256**level entries.
function hashesAt(level, size) {
  return level === ENTRIES ? size : Math.floor(size / WIDTH ** level);
}

// A tile as wide as it is in the tree of a size (§4.2).
export function tileAt(level, number, { size }) {
  const width = Math.min(WIDTH, hashesAt(level, size) - number * WIDTH);
  if (number < 0 || width < 1) throw new Malformed("tile.absent", { level, number, size });
  return new Tile(level, number, width);
}

// The nodes of a tree, read out of its tiles: the `node` of the two proofs (§4.5). A tile is asked
// for once. What `read` gives is believed: whoever takes a proof checks it.
export class TileNodes {
  #known = new Map();

  constructor(size, { read }) {
    Object.assign(this, { size, read });
    this.node = this.node.bind(this);
  }

  // The root of the complete subtree of a height, by its number from the left.
  async node(height, number) {
    const name = `${height}/${number}`;
    if (!this.#known.has(name)) this.#known.set(name, await this.#find(height, number));
    return this.#known.get(name);
  }

  async #find(height, number) {
    if (height % HEIGHT > 0) {
      const left = await this.node(height - 1, 2 * number);
      return nodeHash(left, await this.node(height - 1, 2 * number + 1));
    }
    const level = height / HEIGHT;
    const hashes = await this.hashes(level, Math.floor(number / WIDTH));
    if (number % WIDTH >= hashes.length) {
      throw new Malformed("tile.absent", { level, number, size: this.size });
    }
    return hashes[number % WIDTH];
  }

  // The hashes of a tile, as an array of 32 bytes each.
  async hashes(level, number) {
    const tile = tileAt(level, number, this);
    const name = `tile/${level}/${number}`;
    if (!this.#known.has(name)) {
      this.#known.set(name, this.read(tile).then((bytes) => readHashes(tile, bytes)));
    }
    return this.#known.get(name);
  }
}

// The hashes of a tile; of a wider one, those it held when it was as wide as asked.
export function readHashes(tile, bytes) {
  const isWhole = bytes.length % HASH_BYTES === 0 && bytes.length <= WIDTH * HASH_BYTES;
  if (!isWhole || bytes.length < tile.width * HASH_BYTES) {
    throw new Malformed("tile.length", { path: tile.path, octets: bytes.length });
  }
  return Array.from({ length: tile.width }, (_, place) =>
    bytes.slice(place * HASH_BYTES, (place + 1) * HASH_BYTES),
  );
}

// The entries of a bundle that holds so many, each behind its length in two bytes (§4.3).
export function readBundle(bytes, { width }) {
  const entries = [];
  for (let at = 0; at < bytes.length; ) {
    const first = at + 2;
    const size = first <= bytes.length ? bytes[at] * 256 + bytes[at + 1] : 0;
    at = first + size;
    if (at > bytes.length) throw new Malformed("bundle.length", { octets: bytes.length });
    entries.push(bytes.slice(first, at));
  }
  if (entries.length !== width) {
    throw new Malformed("bundle.length", { entries: entries.length, width });
  }
  return entries;
}

// Check that entries are those of the tile of level 0 beside them (§4.3).
export function checkBundle(entries, hashes) {
  const isAll = entries.length === hashes.length;
  if (!isAll || !entries.every((entry, at) => isSame(leafHash(entry), hashes[at]))) {
    throw new Malformed("bundle.hashes", { entries: entries.length });
  }
}
