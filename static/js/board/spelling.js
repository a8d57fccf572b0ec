// Numbers, hashes and bytes as a board's texts spell them, one spelling each:
// ballot/board/spelling.py (docs/spec/board.md §5.1).
import { Malformed } from "./errors.js";

export const HASH_BYTES = 32;
const LARGEST = 2n ** 63n - 1n;

// A number in ASCII digits, without sign or leading zero. No browser holds more than 2**53 - 1
// entries; a larger number that the specification allows is refused like one that it does not.
export function readDecimal(text, condition) {
  const isSpelt = /^(0|[1-9][0-9]{0,18})$/.test(text) && BigInt(text) <= LARGEST;
  if (!isSpelt || !Number.isSafeInteger(Number(text))) throw new Malformed(condition, { text });
  return Number(text);
}

export const writeBase64 = (bytes) => btoa(String.fromCharCode(...bytes));

export function readBase64(text, condition) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new Malformed(condition, { text });
  }
  if (writeBase64(bytes) !== text) throw new Malformed(condition, { text });
  return bytes;
}

export function readHash(text, condition) {
  const bytes = readBase64(text, condition);
  if (bytes.length !== HASH_BYTES) throw new Malformed(condition, { text });
  return bytes;
}

// The lines of a text each of which ends in a newline.
export function textLines(text, condition) {
  if (!text.endsWith("\n")) throw new Malformed(condition);
  return text.slice(0, -1).split("\n");
}
