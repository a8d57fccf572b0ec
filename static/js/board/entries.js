// Entries as the log holds them: docs/spec/board.md §2.2 to §2.4, docs/spec/bundle.md §3.1.
import { sha256 } from "@noble/hashes/sha2.js";
import { hexOfBytes, isSame } from "../sealing/bytes.js";
import { canonical, NotCanonical, readCanonical } from "../sealing/canonical.js";
import { Malformed } from "./errors.js";
import { leafHash } from "./tree.js";

const VERSION = "hustings/v1";
const FRAME = ["at", "election", "kind", "number", "version"];

// One entry: its number, kind, time and content; of a stand-in `body`, { sha256, size_bytes }, and
// no content. `digest` is its leaf hash, `bytes` what the log holds.
export function readEntry(bytes, { number }) {
  let value;
  try {
    value = readCanonical(bytes);
  } catch (error) {
    if (!(error instanceof NotCanonical)) throw error;
    throw new Malformed(error.condition, { number });
  }
  const isStandIn = Object.hasOwn(value ?? {}, "body");
  const names = [...FRAME, isStandIn ? "body" : "content"].sort();
  const isEntry = isSame(Object.keys(value ?? {}).sort(), names);
  if (!isEntry || value.version !== VERSION || value.number !== number) {
    throw new Malformed("entry.form", { number });
  }
  return Object.freeze({ ...value, digest: leafHash(bytes), bytes });
}

// The whole entry of a stand-in, from the blob that its body names (§2.4).
export function readWhole(entry, blob) {
  checkBlob(blob, entry.body);
  const whole = readEntry(blob, entry);
  const { at, election, kind, number, version } = whole;
  const standIn = canonical({ at, election, kind, number, version, body: entry.body });
  if (whole.body || !isSame(standIn, entry.bytes)) {
    throw new Malformed("entry.form", { number: entry.number });
  }
  return Object.freeze({ ...whole, digest: entry.digest, bytes: entry.bytes });
}

// Check that bytes are those that an entry names by { sha256, size_bytes } (bundle §2.3).
export function checkBlob(bytes, { sha256: hash, size_bytes: size }) {
  if (bytes.length !== size || hexOfBytes(sha256(bytes)) !== hash) {
    throw new Malformed("blob.hash", { hash });
  }
}
