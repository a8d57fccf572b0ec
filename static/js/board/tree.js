// The tree of hashes over a board's entries: ballot/board/tree.py (docs/spec/board.md §3; RFC 6962
// and 9162). Sizes and indices are numbers up to 2**53 - 1, so that they are halved by dividing and
// never by shifting.
import { sha256 } from "@noble/hashes/sha2.js";
import { isSame, joined } from "../sealing/bytes.js";
import { Malformed, ProofRejected } from "./errors.js";
import { HASH_BYTES } from "./spelling.js";

const LEAF = new Uint8Array([0]);
const NODE = new Uint8Array([1]);
export const EMPTY_ROOT = sha256(new Uint8Array());

// §3.1, equations 1 and 2.
export const leafHash = (entry) => sha256(joined([LEAF, entry]));
export const nodeHash = (left, right) => sha256(joined([NODE, left, right]));

// Prove that the entry at an index is in the tree of a size (§3.3, equation 4). `node` gives,
// as a promise, the root of a complete subtree by its height and its number from the left.
export async function inclusionProof(index, size, { node }) {
  if (!(index >= 0 && index < size)) throw new Malformed("proof.index", { index, size });
  const proof = [];
  let [first, last] = [0, size];
  while (last - first > 1) {
    const split = first + largestPowerBelow(last - first);
    if (index < split) {
      proof.push(await rangeRoot(split, last, node));
      last = split;
    } else {
      proof.push(await rangeRoot(first, split, node));
      first = split;
    }
  }
  return proof.reverse();
}

// Prove that the tree of a size begins with that of an older size (§3.4, equation 5).
export async function consistencyProof(old, size, { node }) {
  if (!(old >= 0 && old <= size)) throw new Malformed("proof.sizes", { old, size });
  if (old === 0) return [];
  const proof = [];
  let [first, last] = [0, size];
  while (last !== old) {
    const split = first + largestPowerBelow(last - first);
    if (old <= split) {
      proof.push(await rangeRoot(split, last, node));
      last = split;
    } else {
      proof.push(await rangeRoot(first, split, node));
      first = split;
    }
  }
  if (first > 0) proof.push(await rangeRoot(first, last, node));
  return proof.reverse();
}

// Check that an entry stands at an index in the tree of a size and a root (§3.3).
export function checkInclusion(leaf, { index, size, proof, root }) {
  if (!(index >= 0 && index < size)) throw new ProofRejected("proof.index", { index, size });
  checkHashes([leaf, root, ...proof]);
  const way = new Way(index, size - 1);
  let found = leaf;
  for (const sibling of proof) {
    const isLeft = way.step(proof);
    found = isLeft ? nodeHash(sibling, found) : nodeHash(found, sibling);
  }
  way.end(proof);
  if (!isSame(found, root)) throw new ProofRejected("proof.root", { index, size });
}

// Check that the tree of a size and a root begins with the older one (§3.4).
export function checkConsistency({ old, oldRoot, size, root, proof }) {
  if (!(old >= 0 && old <= size)) throw new ProofRejected("proof.sizes", { old, size });
  checkHashes([oldRoot, root, ...proof]);
  if (old === 0 || old === size) {
    checkPlain({ old, oldRoot, size, root, proof });
    return;
  }
  if (proof.length === 0) throw new ProofRejected("proof.length", { hashes: 0 });
  const isPower = largestPowerBelow(old + 1) === old;
  const [start, ...path] = isPower ? [oldRoot, ...proof] : proof;
  const way = new Way(old - 1, size - 1);
  way.passOnes();
  let [foundOld, found] = [start, start];
  for (const sibling of path) {
    if (way.step(proof)) {
      foundOld = nodeHash(sibling, foundOld);
      found = nodeHash(sibling, found);
    } else {
      found = nodeHash(found, sibling);
    }
  }
  way.end(proof);
  if (!isSame(foundOld, oldRoot)) throw new ProofRejected("proof.old-root", { old, size });
  if (!isSame(found, root)) throw new ProofRejected("proof.root", { old, size });
}

// What needs no proof: nothing before, or nothing since.
function checkPlain({ old, oldRoot, size, root, proof }) {
  if (proof.length > 0) throw new ProofRejected("proof.length", { hashes: proof.length });
  if (old === 0 && !isSame(oldRoot, EMPTY_ROOT)) {
    throw new ProofRejected("proof.old-root", { old, size });
  }
  if (old === size && !isSame(oldRoot, root)) throw new ProofRejected("proof.root", { old, size });
}

// The way from a leaf up, as RFC 9162 §2.1.3.2 and §2.1.4.2 walk it: b below, a above.
class Way {
  constructor(below, above) {
    Object.assign(this, { below, above });
  }

  halve() {
    this.below = Math.floor(this.below / 2);
    this.above = Math.floor(this.above / 2);
  }

  passOnes() {
    while (this.below % 2 === 1) this.halve();
  }

  // Go up one hash of the proof; say whether it stands to the left.
  step(proof) {
    if (this.above === 0) throw new ProofRejected("proof.length", { hashes: proof.length });
    const isLeft = this.below % 2 === 1 || this.below === this.above;
    if (isLeft) while (this.below > 0 && this.below % 2 === 0) this.halve();
    this.halve();
    return isLeft;
  }

  end(proof) {
    if (this.above !== 0) throw new ProofRejected("proof.length", { hashes: proof.length });
  }
}

function checkHashes(hashes) {
  if (hashes.some((hash) => hash.length !== HASH_BYTES)) throw new ProofRejected("proof.hash");
}

// The largest power of two below a count of 2 or more: where RFC 6962 splits.
function largestPowerBelow(count) {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

// The root over the entries first … last - 1: complete subtrees from the left, joined from the
// right.
async function rangeRoot(first, last, node) {
  const pieces = [];
  for (let at = first; at < last; ) {
    const count = largestPowerBelow(last - at + 1);
    pieces.push(await node(Math.log2(count), at / count));
    at += count;
  }
  return pieces.reduceRight((right, left) => nodeHash(left, right));
}
