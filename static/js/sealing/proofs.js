// Two small proofs about one secret: ballot/sealing/proofs.py. That one knows it, and that it stands
// behind two points (docs/spec/sealing.md §9.2, §10.2).
//
// The points of a secret are made by multiplications without branches on its digits; the answer is
// made in the browser's big numbers, which are not of constant time to the last instruction.
import { joined, numberOf } from "./bytes.js";
import { transcriptHash, wideReduce, xof } from "./canonical.js";
import { Malformed } from "./errors.js";
import {
  BASE,
  baseTimes,
  ORDER,
  publicTimes,
  randomScalar,
  readPoint,
  readScalar,
  times,
  writePoint,
  writeScalar,
} from "./group.js";

export const KNOWLEDGE = 33 + 32;
export const EQUALITY = 33 + 33 + 32;

// A proof that somebody knows x with X = x·G (§9.2): commitment 33 | response 32.
export class Knowledge {
  constructor(commitment, response) {
    Object.assign(this, { commitment, response });
    Object.freeze(this);
  }

  static parse(wire) {
    checkShape(wire, KNOWLEDGE);
    return new Knowledge(wire.slice(0, 33), wire.slice(33));
  }

  toBytes() {
    return joined([this.commitment, this.response]);
  }
}

// A proof that one x stands behind X = x·G and Z = x·B (§10.2): T1 33 | T2 33 | z 32.
export class Equality {
  constructor(ofBase, ofOther, response) {
    Object.assign(this, { ofBase, ofOther, response });
    Object.freeze(this);
  }

  static parse(wire) {
    checkShape(wire, EQUALITY);
    return new Equality(wire.slice(0, 33), wire.slice(33, 66), wire.slice(66));
  }

  toBytes() {
    return joined([this.ofBase, this.ofOther, this.response]);
  }
}

function checkShape(wire, size) {
  if (wire.length !== size) {
    throw new Malformed("proof.length", { expected: size, found: wire.length });
  }
  for (let at = 0; at < size - 32; at += 33) {
    try {
      readPoint(wire.slice(at, at + 33));
    } catch {
      throw new Malformed("proof.point");
    }
  }
  try {
    readScalar(wire.slice(-32));
  } catch {
    throw new Malformed("proof.scalar");
  }
}

// Prove knowledge of a secret, for a statement that names its point (§9.2, equation 27).
export function proveKnowledge(use, statement, { secret, rng }) {
  const nonce = drawNonce(use, statement, { secret, rng });
  const commitment = writePoint(baseTimes(nonce));
  const challenge = challengeOf(use, [...statement, commitment]);
  return new Knowledge(commitment, answer(nonce, challenge, secret));
}

// Check a proof of knowledge of x with point = x·G (§9.2, equation 28).
export function knows(proof, use, statement, { point }) {
  const challenge = challengeOf(use, [...statement, proof.commitment]);
  return isAnswer(proof.response, challenge, {
    base: BASE,
    product: point,
    commitment: proof.commitment,
  });
}

// Prove that secret·G and secret·other, which the statement names, share the secret (§10.2, 41).
export function proveEquality(use, statement, { secret, other, rng }) {
  const nonce = drawNonce(use, statement, { secret, rng });
  const ofBase = writePoint(baseTimes(nonce));
  const ofOther = writePoint(times(other, nonce));
  const challenge = challengeOf(use, [...statement, ofBase, ofOther]);
  return new Equality(ofBase, ofOther, answer(nonce, challenge, secret));
}

// Check that one x stands behind point = x·G and product = x·other (§10.4, equation 42).
export function equal(proof, use, statement, { point, other, product }) {
  const { ofBase, ofOther, response } = proof;
  const challenge = challengeOf(use, [...statement, ofBase, ofOther]);
  return (
    isAnswer(response, challenge, { base: BASE, product: point, commitment: ofBase }) &&
    isAnswer(response, challenge, { base: other, product, commitment: ofOther })
  );
}

// response·base = commitment + challenge·product.
function isAnswer(response, challenge, { base, product, commitment }) {
  const left = publicTimes(base, numberOf(response));
  return left.equals(readPoint(commitment).add(publicTimes(product, challenge)));
}

// A nonce of the secret, the whole statement and 32 random bytes (§3.3): no fault of the
// randomness gives one nonce to two statements.
function drawNonce(use, statement, { secret, rng }) {
  const seed = transcriptHash("proof-nonce", writeScalar(secret), rng(32), use, ...statement);
  let block = 0;
  return randomScalar((size) => {
    block += 1;
    return xof(seed, size * block).slice(size * (block - 1));
  });
}

const challengeOf = (use, statement) => wideReduce(transcriptHash(use, ...statement), ORDER);

const answer = (nonce, challenge, secret) => writeScalar((nonce + challenge * secret) % ORDER);
