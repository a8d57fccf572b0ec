// The shuffle's generators, points whose logarithms nobody knows: ballot/sealing/generators.py.
// Derived, never read from a message, by ElligatorSwift (BIP 324; docs/spec/sealing.md §3.5).
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { numberOf } from "./bytes.js";
import { transcriptHash, xof } from "./canonical.js";

const { Point } = secp256k1;
const { Fp } = Point;
const STREAM_BYTES = 64;
const SQRT_OF_MINUS_3 = Fp.sqrt(Fp.create(-3n));
const made = []; // The longest list made so far; a longer one begins with it.

// H₀, H₁, …, so many points.
export function generators(count, { progress = () => {} } = {}) {
  if (made.length < count) {
    const stream = xof(transcriptHash("generators"), STREAM_BYTES * count);
    for (let number = made.length; number < count; number += 1) {
      made.push(decode(stream.subarray(STREAM_BYTES * number, STREAM_BYTES * (number + 1))));
      progress(number / count);
    }
  }
  return made.slice(0, count);
}

// A point from any 64 bytes: its x from u and t, its y of the parity of t.
export function decode(bytes) {
  const u = Fp.create(numberOf(bytes.subarray(0, 32)));
  const t = Fp.create(numberOf(bytes.subarray(32)));
  const { x, root } = lift(candidates(u, t));
  return Point.fromAffine({ x, y: Fp.isOdd(root) === Fp.isOdd(t) ? root : Fp.neg(root) });
}

// The x that (u, t) may stand for, of which one at least is on the curve: BIP 324's XSwiftEC.
function candidates(u0, t0) {
  const u = u0 === 0n ? 1n : u0;
  let t = t0 === 0n ? 1n : t0;
  const g = curve(u);
  if (Fp.add(g, Fp.sqr(t)) === 0n) t = Fp.add(t, t);
  const X = Fp.div(Fp.sub(g, Fp.sqr(t)), Fp.add(t, t));
  const Y = Fp.div(Fp.add(X, t), Fp.mul(SQRT_OF_MINUS_3, u));
  const ratio = Fp.div(X, Y);
  const half = (value) => Fp.div(value, 2n);
  return [
    Fp.add(u, Fp.mul(4n, Fp.sqr(Y))),
    half(Fp.sub(Fp.neg(ratio), u)),
    half(Fp.sub(ratio, u)),
  ];
}

const curve = (x) => Fp.add(Fp.mul(Fp.sqr(x), x), 7n);

// The first of the candidates that is the x of a point, with a root of x³ + 7.
function lift(xs) {
  for (const x of xs) {
    try {
      return { x, root: Fp.sqrt(curve(x)) };
    } catch {
      // Not a square: the next candidate.
    }
  }
  throw new RangeError("no candidate is on the curve"); // BIP 324 proves that one always is.
}
