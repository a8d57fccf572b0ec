// A mix: a box re-encrypted in another order, with the proof that it holds the same votes:
// ballot/sealing/shuffle.py, after Terelius and Wikström 2010 (docs/spec/sealing.md §8). Here is
// what mixer and checker share: the parts of a mix, its bytes, its challenges.
//
// Letters as in §8: c (`permutation`), ĉ (`chain`), t̂ (`chainCommitments`), t₁ … t₄ᵦ
// (`commitments`), s₁ … s₄ (`responses`), s' (`sWeights`), ŝ (`sChain`).
import { joined } from "./bytes.js";
import { transcriptHash, wideReduce, xof } from "./canonical.js";
import { Box, Column, PAIR_BYTES } from "./box.js";
import { Malformed, ShuffleRejected } from "./errors.js";
import { ORDER, POINT_BYTES, SCALAR_BYTES } from "./group.js";
import { firstTooLarge, readNumbers, writeScalars } from "./scalars.js";
import { checkName } from "./setting.js";

export const COMMITMENTS = 5; // t₁, t₂, t₃, t₄ₐ, t₄ᵦ
export const RESPONSES = 4;
const U_BYTES = 20; // A false permutation passes once in 2**160 / N.
const HASH_BYTES = 32;
const ROW_BYTES = PAIR_BYTES + 3 * POINT_BYTES + 2 * SCALAR_BYTES;
const ONCE_BYTES = HASH_BYTES + POINT_BYTES * COMMITMENTS + SCALAR_BYTES * RESPONSES;

// A mix: the hash of the box it took, the box it gives, and the proof: columns `permutation`,
// `chain`, `chainCommitments`, `commitments`; lists of numbers `sWeights`, `sChain`, `responses`.
export class Mix {
  constructor(beforeHash, after, proof) {
    Object.assign(this, { beforeHash, after, proof });
    Object.freeze(this);
  }

  // Its bytes: 325, and 229 a pair (§8.4).
  toBytes() {
    const { proof } = this;
    return joined([
      this.beforeHash,
      this.after.toBytes(),
      proof.permutation.wire,
      proof.chain.wire,
      proof.chainCommitments.wire,
      writeScalars(proof.sWeights),
      writeScalars(proof.sChain),
      proof.commitments.wire,
      writeScalars(proof.responses),
    ]);
  }
}

// The length in bytes of a mix of so many pairs (§8.4).
export const mixSize = (count) => ONCE_BYTES + ROW_BYTES * count;

// Read a mix of a box; throws Malformed "shuffle.length", "shuffle.point", "shuffle.scalar" (§8.4).
export function readMix(message, { before }) {
  const count = before.length;
  if (message.length !== mixSize(count)) {
    throw new Malformed("shuffle.length", { expected: mixSize(count), found: message.length });
  }
  let at = 0;
  const take = (size) => message.subarray(at, (at += size));
  const points = (rows) => Column.parse(take(POINT_BYTES * rows), "shuffle.point");
  const numbers = (rows) => readNumbers(take(SCALAR_BYTES * rows));
  const beforeHash = take(HASH_BYTES);
  const after = Box.parse(before.name, take(PAIR_BYTES * count), "shuffle.point");
  const proof = {
    permutation: points(count),
    chain: points(count),
    chainCommitments: points(count),
    sWeights: numbers(count),
    sChain: numbers(count),
    commitments: points(COMMITMENTS),
    responses: numbers(RESPONSES),
  };
  for (const column of [proof.responses, proof.sWeights, proof.sChain]) {
    const row = firstTooLarge(column);
    if (row !== -1) throw new Malformed("shuffle.scalar", { row });
  }
  return new Mix(beforeHash, after, proof);
}

// What a mix claims, hashed with the permutation's commitment: the seed of the weights (§8.2, eq. 13).
export function statementHash(before, after, permutation, { setting, mixer }) {
  checkName(mixer);
  return transcriptHash(
    "mix-weights",
    setting.fingerprint,
    setting.key,
    ...before.name.parts(),
    mixer,
    before.length,
    before.toBytes(),
    after.toBytes(),
    permutation.wire,
  );
}

// The weights u₁ … u_N, of 160 bits each (§8.2, eq. 14).
export const weights = (statement, count) =>
  readNumbers(xof(statement, U_BYTES * count), U_BYTES);

// The challenge γ, over the statement and every commitment (§8.3, eq. 17).
export function challenge(statement, { chain, chainCommitments, commitments }) {
  const once = Array.from({ length: COMMITMENTS }, (_, row) => commitments.bytes(row));
  const seed = transcriptHash(
    "mix-challenge",
    statement,
    chain.wire,
    chainCommitments.wire,
    ...once,
  );
  return wideReduce(seed, ORDER);
}

// Refuse an empty box: there is nothing in it to mix or to open (§7.2).
export function checkNotEmpty(box) {
  if (box.length === 0) throw new ShuffleRejected("shuffle.empty");
}
