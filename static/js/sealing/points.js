// Many points at once: what ballot/sealing does in native, sums and tables, by @noble/curves. Nothing
// here is of constant time but what `tableOf` gives to `times` of group.js.
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { normalizeZ, pippenger } from "@noble/curves/abstract/curve.js";
import { joined } from "./bytes.js";
import { ORDER, POINT_BYTES, readPoint } from "./group.js";

const { Point } = secp256k1;
const TABLE_WINDOW_BITS = 6; // As the library has for G; larger ones gain nothing.

const modOrder = (number) => ((number % ORDER) + ORDER) % ORDER;

// The same point with a table of its multiples, for many multiplications of constant time.
export const tableOf = (point) =>
  Point.fromAffine(point.toAffine()).precompute(TABLE_WINDOW_BITS, false);

// The same points with Z = 1, by one inversion for them all; none may be infinite (§3.1).
export function normalised(points) {
  if (points.some((point) => point.is0())) throw new RangeError("a point is infinite");
  return normalizeZ(Point, points);
}

// Compressed points end to end, 33 bytes each.
export const writePoints = (points) =>
  joined(normalised(points).map((point) => point.toBytes(true)));

// Read compressed points end to end. Calls refuse(row) at the first that is none; it must throw.
export function readPoints(wire, refuse) {
  return Array.from({ length: wire.length / POINT_BYTES }, (_, row) => {
    try {
      return readPoint(wire.subarray(POINT_BYTES * row, POINT_BYTES * (row + 1)));
    } catch {
      return refuse(row);
    }
  });
}

// The sum of points, each times its public number (§11.1).
export const weightedSum = (points, numbers) => pippenger(Point, points, numbers.map(modOrder));
