// Many numbers below the group's order: ballot/sealing/scalars.py.
import { joined, numberOf } from "./bytes.js";
import { ORDER, randomScalar, SCALAR_BYTES, writeScalar } from "./group.js";

// Bytes of a checker's fresh weight: a false equation passes once in 2**128 (§6.5, §8.5).
export const WEIGHT_BYTES = 16;

// Numbers from 1 below the order, each as likely as any other (§3.3).
export const randomScalars = (rng, count) => Array.from({ length: count }, () => randomScalar(rng));

// A checker's weights of 128 bits, from its own chance, drawn when what is checked is fixed.
export const freshWeights = (rng, count) =>
  Array.from({ length: count }, () => numberOf(rng(WEIGHT_BYTES)));

// Big-endian numbers of `width` bytes, end to end, without a check of their range.
export const readNumbers = (wire, width = SCALAR_BYTES) =>
  Array.from({ length: wire.length / width }, (_, row) =>
    numberOf(wire.subarray(width * row, width * (row + 1))),
  );

export const writeScalars = (numbers) => joined(numbers.map(writeScalar));

// Which number, first, is not below the order; -1 if all are (§3.2).
export const firstTooLarge = (numbers) => numbers.findIndex((number) => number >= ORDER);

// The sum of a[i]·b[i].
export const innerProduct = (a, b) =>
  a.reduce((sum, number, row) => (sum + number * b[row]) % ORDER, 0n);
