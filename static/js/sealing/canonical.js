// The one encoding to bytes and the one labelled hash on which everything sealed, signed or proved
// rests: ballot/canonical.py (docs/spec/sealing.md §2).
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesOfNumber, joined, numberOf } from "./bytes.js";

export const LABEL = "hustings/v1/";
const BLOCK_BYTES = 32;
const text = new TextEncoder();

// A value or a text outside the part of JSON that has exactly one form here (§2.1).
export class NotCanonical extends Error {
  condition = "json";
}

// Encode a JSON value in its one canonical form (§2.1; RFC 8785 §3.2), as bytes.
export const canonical = (value) => text.encode(written(value));

// Read canonical JSON, and refuse any other spelling of the same value (§2.1).
export function readCanonical(bytes) {
  let value;
  let isSame;
  try {
    const read = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(read);
    isSame = written(value) === read;
  } catch (error) {
    if (error instanceof NotCanonical) throw error;
    throw new NotCanonical("This is not JSON in UTF-8, or lies too deep.");
  }
  if (!isSame) throw new NotCanonical("This JSON is not in its canonical form.");
  return value;
}

// JSON.stringify has RFC 8785's escapes, but not its order of names: it puts numbers first.
function written(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string" && !/\p{Surrogate}/u.test(value)) return JSON.stringify(value);
  if (Number.isSafeInteger(value)) return String(value);
  if (Array.isArray(value)) return `[${value.map(written).join(",")}]`;
  if (typeof value === "object") {
    const names = Object.keys(value).sort();
    return `{${names.map((name) => `${written(name)}:${written(value[name])}`).join(",")}}`;
  }
  throw new NotCanonical("This value has no canonical form.");
}

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
