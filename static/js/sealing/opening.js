// Opening a box, a trustee's part with its proof: ballot/sealing/opening.py, after Desmedt and
// Frankel 1989, Chaum and Pedersen 1992 (docs/spec/sealing.md §10.1 to §10.4). The software must
// open one list per box, ever, and none that only the server has mixed: trustee/checks.js sees to
// that, before it calls this.
import { isSame, joined } from "./bytes.js";
import { transcriptHash, xof } from "./canonical.js";
import { boxHash, Column } from "./box.js";
import { Malformed, OpeningRejected } from "./errors.js";
import {
  baseTimes,
  browserRng,
  POINT_BYTES,
  readPoint,
  times,
  writePoint,
} from "./group.js";
import { weightedSum } from "./points.js";
import { Equality, EQUALITY, equal, proveEquality } from "./proofs.js";
import { readNumbers, WEIGHT_BYTES } from "./scalars.js";
import { checkNotEmpty } from "./shuffle.js";
import { Stages } from "./stages.js";

const HASH_BYTES = 32;
const HEAD_BYTES = HASH_BYTES + 1; // the box's hash and the trustee's number

// One trustee's part: the factors x·c1 of the whole box (a column), and one proof for them all.
export class PartOpening {
  constructor(fixed, number, factors, proof) {
    Object.assign(this, { boxHash: fixed, number, factors, proof });
    Object.freeze(this);
  }

  // Its bytes: 131, and 33 a pair (§10.3).
  toBytes() {
    const head = [this.boxHash, Uint8Array.of(this.number)];
    return joined([...head, this.factors.wire, this.proof.toBytes()]);
  }
}

// Read a trustee's part of a box; throws Malformed "opening.length", "opening.point", or the proof's
// own (§10.3).
export function readPart(message, { box }) {
  const size = HEAD_BYTES + POINT_BYTES * box.length + EQUALITY;
  if (message.length !== size) {
    throw new Malformed("opening.length", { expected: size, found: message.length });
  }
  const factors = Column.parse(message.subarray(HEAD_BYTES, -EQUALITY), "opening.point");
  const proof = Equality.parse(message.subarray(-EQUALITY));
  return new PartOpening(message.slice(0, HASH_BYTES), message[HASH_BYTES], factors, proof);
}

// A trustee's part of a mixed box, with its proof (§10.1, §10.2).
//
// key: the election's; share: { number, secret }. Cost: one multiplication of constant time, and
// a term of a sum, a pair (some 5 ms).
// Throws ShuffleRejected "shuffle.empty"; OpeningRejected "opening.key", "opening.share";
// "opening.proof" where the machine miscomputed: nothing of it leaves.
export function openPart(
  box,
  { setting, key, share, rng = browserRng, progress = () => {} },
) {
  checkNotEmpty(box);
  checkKey(setting, key);
  const trustee = key.trustee(share.number);
  if (!isSame(writePoint(baseTimes(share.secret)), trustee.point)) {
    throw new OpeningRejected("opening.share", { trustee: share.number });
  }
  const stages = new Stages(progress, 9, 1);
  const factors = factorsOf(box, share.secret, stages.following());
  stages.following();
  const fixed = boxHash(box, { setting });
  const seed = seedOf(setting, fixed, trustee, factors);
  const total = weightedSum(box.c1.points, rhoOf(seed, box.length));
  requireFinite(total);
  const product = times(total, share.secret);
  const statement = [seed, writePoint(total), writePoint(product)];
  const proof = proveEquality("opening-challenge", statement, {
    secret: share.secret,
    other: total,
    rng,
  });
  // A computing fault, and then the same nonce again without it, would give the share away (§10.2).
  requireProved(proof, statement, trustee, { total, product });
  stages.finish();
  return new PartOpening(fixed, share.number, factors, proof);
}

// Dᵢ = x·c1ᵢ (§10.1, eq. 38).
function factorsOf(box, secret, progress) {
  return new Column(
    box.c1.points.map((point, row) => {
      progress(row / box.length);
      return times(point, secret);
    }),
  );
}

// Zeros in place of randomness, where a lost part must be made again as it was: the nonce is then
// made of the share and of all that is opened (§10.2). Good for openPart alone.
export const repeatable = (size) => new Uint8Array(size);

// Check that a trustee opened this very box, all of it, with the share they published (§10.4).
// Throws OpeningRejected "opening.key", "opening.count", "opening.box", "opening.proof",
// "opening.infinite"; Malformed "key.trustee"; ShuffleRejected "shuffle.empty".
export function checkPart(box, part, { setting, key }) {
  checkNotEmpty(box);
  checkKey(setting, key);
  const trustee = key.trustee(part.number);
  if (part.factors.length !== box.length) {
    throw new OpeningRejected("opening.count", {
      expected: box.length,
      found: part.factors.length,
    });
  }
  if (!isSame(part.boxHash, boxHash(box, { setting }))) {
    throw new OpeningRejected("opening.box", { trustee: part.number });
  }
  const seed = seedOf(setting, part.boxHash, trustee, part.factors);
  const rho = rhoOf(seed, box.length);
  const total = weightedSum(box.c1.points, rho);
  const product = weightedSum(part.factors.points, rho);
  [total, product].forEach(requireFinite);
  const statement = [seed, writePoint(total), writePoint(product)];
  requireProved(part.proof, statement, trustee, { total, product });
}

// The hash that a trustee publishes before any part is revealed (§10.3).
export function partCommitment(part, { setting, number }) {
  const { fingerprint, key } = setting;
  return transcriptHash("opening-commitment", fingerprint, key, number, part);
}

// Check that a part is the one committed to; throws OpeningRejected "opening.commitment" (§10.3).
export function checkRevealed(part, commitment, { setting, number }) {
  if (!isSame(partCommitment(part, { setting, number }), commitment)) {
    throw new OpeningRejected("opening.commitment", { trustee: number });
  }
}

function requireProved(proof, statement, trustee, { total, product }) {
  const claimed = { point: readPoint(trustee.point), other: total, product };
  if (!equal(proof, "opening-challenge", statement, claimed)) {
    throw new OpeningRejected("opening.proof", { trustee: trustee.number });
  }
}

function checkKey(setting, key) {
  if (!isSame(setting.key, key.publicKey)) throw new OpeningRejected("opening.key");
}

// What a part claims, hashed: the seed of its weights (§10.2, eq. 39).
function seedOf(setting, fixed, { number, point }, factors) {
  const { fingerprint, key } = setting;
  return transcriptHash(
    "opening-weights",
    fingerprint,
    key,
    fixed,
    number,
    point,
    factors.wire,
  );
}

// ρᵢ (§10.2, eq. 40).
const rhoOf = (seed, count) => readNumbers(xof(seed, WEIGHT_BYTES * count), WEIGHT_BYTES);

// An infinite sum, which no box can be made to have but by a chance of 2**-128.
function requireFinite(point) {
  if (point.is0()) throw new OpeningRejected("opening.infinite");
}
