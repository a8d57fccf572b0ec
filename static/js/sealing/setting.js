// What every challenge of an election binds: ballot/sealing/setting.py.
import { Malformed } from "./errors.js";
import { readPoint } from "./group.js";

const LONGEST_NAME = 64;

// An election as its proofs see it (§3.4): the fingerprint of the entry that opens the poll (32
// bytes), and the election's public key, compressed (33 bytes).
export class Setting {
  constructor(fingerprint, key) {
    if (fingerprint.length !== 32) {
      throw new Malformed("setting.fingerprint", { sizeBytes: fingerprint.length });
    }
    this.fingerprint = fingerprint;
    this.key = key;
    try {
      this.point = readPoint(key);
    } catch {
      throw new Malformed("setting.key");
    }
    Object.freeze(this);
  }
}

// Refuse a name that is empty, over 64 bytes, or not in Unicode's composed normal form (§3.4).
export function checkName(name) {
  const size = new TextEncoder().encode(name).length;
  const isComposed = !/\p{Surrogate}/u.test(name) && name.normalize("NFC") === name;
  if (size === 0 || size > LONGEST_NAME || !isComposed) {
    throw new Malformed("name", { name });
  }
}
