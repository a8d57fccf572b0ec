// The one labelled hash on which everything sealed or signed rests: ballot/canonical.py, of which
// the browser needs the transcript, the stream and the reduction (docs/spec/sealing.md §2).
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesOfNumber, joined, numberOf } from "./bytes.js";

export const LABEL = "hustings/v1/";
const BLOCK_BYTES = 32;
const text = new TextEncoder();

// A part is bytes, text or an integer from 0 below 2**64; it goes in behind its length (§2.2).
export function framed(part) {
  const bytes = bytesOfPart(part);
  return joined([bytesOfNumber(bytes.length, 8), bytes]);
}

function bytesOfPart(part) {
  if (part instanceof Uint8Array) return part;
  if (typeof part === "string") return text.encode(part);
  if (typeof part === "bigint" || Number.isSafeInteger(part)) return bytesOfNumber(part, 8);
  throw new TypeError("a part of a transcript is bytes, text or an integer");
}

export function transcriptHash(use, ...parts) {
  return sha256(joined([LABEL + use, ...parts].map(framed)));
}

// `size` bytes of the endless stream that a seed of 32 bytes names (§2.3).
export function xof(seed, size) {
  const blocks = [];
  for (let number = 0; number * BLOCK_BYTES < size; number += 1) {
    blocks.push(sha256(joined([framed(`${LABEL}xof`), seed, bytesOfNumber(number, 8)])));
  }
  return joined(blocks).slice(0, size);
}

// 512 bits of a seed's stream, reduced below the modulus with no visible bias (§2.4).
export const wideReduce = (seed, modulus) => numberOf(xof(seed, 64)) % modulus;

// Bytes drawn in order from a seed: for vectors and tests, never for an election (§2.3).
export function xofRng(seed) {
  const inner = transcriptHash("rng", seed);
  let offset = 0;
  return (size) => {
    const drawn = xof(inner, offset + size).slice(offset);
    offset += size;
    return drawn;
  };
}
