// The group: secp256k1, by @noble/curves, which works in constant time where a secret is a factor
// (docs/spec/sealing.md §3). Points go over the wire compressed, scalars as 32 bytes big-endian.
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { bytesOfNumber, numberOf } from "./bytes.js";

const { Point } = secp256k1;

export const ORDER = Point.CURVE().n;
export const POINT_BYTES = 33;
export const SCALAR_BYTES = 32;

// Throws unless the bytes are the compressed form of a point on the curve.
export function readPoint(bytes) {
  if (!(bytes instanceof Uint8Array) || bytes.length !== POINT_BYTES) {
    throw new RangeError("not a compressed point");
  }
  const point = Point.fromBytes(bytes);
  point.assertValidity();
  return point;
}

export const writePoint = (point) => point.toBytes(true);

// factor·G and factor·P, for factors from 1 below the order; the factor may be a secret.
export const baseTimes = (factor) => Point.BASE.multiply(factor);
export const times = (point, factor) => point.multiply(factor);

// For what all may see alone, since these branch on the digits: a sum, infinity included, and
// factor·P for any factor.
export const sumOf = (points) => points.reduce((sum, point) => sum.add(point), Point.ZERO);
export const publicTimes = (point, factor) =>
  point.multiplyUnsafe(((factor % ORDER) + ORDER) % ORDER);
export const BASE = Point.BASE;

export const writeScalar = (scalar) => bytesOfNumber(scalar, SCALAR_BYTES);

export function readScalar(bytes) {
  const scalar = numberOf(bytes);
  if (bytes.length !== SCALAR_BYTES || scalar >= ORDER) throw new RangeError("not a scalar");
  return scalar;
}

// A number from 1 below the order, each as likely as any other; what falls outside is drawn again.
export function randomScalar(rng) {
  for (;;) {
    const scalar = numberOf(rng(SCALAR_BYTES));
    if (scalar > 0n && scalar < ORDER) return scalar;
  }
}

// The browser's own source of chance (node has the same).
export const browserRng = (size) => crypto.getRandomValues(new Uint8Array(size));
