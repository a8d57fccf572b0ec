// Voting codes: ballot/sealing/codes.py. Twenty characters of Crockford's base 32 and a check
// symbol, which become the key that an elector signs with.
import { schnorr, secp256k1 } from "@noble/curves/secp256k1.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { numberOf } from "./bytes.js";
import { LABEL, transcriptHash } from "./canonical.js";
import { CodeRejected, Malformed } from "./errors.js";
import { browserRng, ORDER, writeScalar } from "./group.js";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHECK_SYMBOLS = `${ALPHABET}*~$=U`;
const CHARACTERS = 20;
// Spaces and hyphens, and what word processors make of them.
const PASSED_OVER = /[ \t\r\n\u00a0\-\u2010\u2011\u2012\u2013\u2014\u2212]/g;
const READ_AS = { O: "0", I: "1", L: "1" };

// Read a voting code as a person typed it: any case, spaces, hyphens, O for 0, I or L for 1 (§5.2).
export function readCode(text) {
  const code = text
    .replace(PASSED_OVER, "")
    .toUpperCase()
    .replace(/[OIL]/g, (character) => READ_AS[character]);
  if ([...code].length !== CHARACTERS + 1) {
    throw new CodeRejected("code.length", { expected: CHARACTERS + 1 });
  }
  const body = code.slice(0, CHARACTERS);
  const check = code.slice(CHARACTERS);
  if (![...body].every((one) => ALPHABET.includes(one)) || !CHECK_SYMBOLS.includes(check)) {
    throw new CodeRejected("code.character");
  }
  const number = [...body].reduce(
    (value, character) => (value << 5n) | BigInt(ALPHABET.indexOf(character)),
    0n,
  );
  if (CHECK_SYMBOLS[Number(number % 37n)] !== check) throw new CodeRejected("code.check");
  return code;
}

// Write a code in groups of four, for a person to read.
export const showCode = (code) => code.match(/.{1,4}/g).join("-");

// Turn a voting code into its key in one election (§5.3): HKDF-SHA256 to 64 bytes, reduced.
// The secret is kept out of what prints or serialises the key.
export class VotingKey {
  #secret;

  constructor(secret) {
    this.#secret = secret;
    this.credential = schnorr.getPublicKey(secret);
    Object.freeze(this);
  }

  sign(message, aux) {
    return schnorr.sign(message, this.#secret, aux);
  }

  // What two keys' holders know and nobody else: the x of secret·P, 32 bytes (§6.9, equation 51).
  agreed(point) {
    return secp256k1.getSharedSecret(this.#secret, point, true).subarray(1);
  }
}

export const votingKey = (code, { electionId }) =>
  derivedKey(code, { electionId, info: `${LABEL}voting-key` });

// Make a code of 20 characters and its check character (§5.1).
export function makeCode({ rng = browserRng } = {}) {
  const number = numberOf(rng(13)) >> 4n;
  const digits = Array.from(
    { length: CHARACTERS },
    (_, place) => ALPHABET[Number((number >> BigInt(5 * (CHARACTERS - 1 - place))) & 31n)],
  );
  return digits.join("") + CHECK_SYMBOLS[Number(number % 37n)];
}

// Turn a code into the key that it is for one use, which `info` names (§5.3).
export function derivedKey(code, { electionId, info: use }) {
  if (electionId.length !== 16) {
    throw new Malformed("code.election", { sizeBytes: electionId.length });
  }
  const body = new TextEncoder().encode(readCode(code).slice(0, CHARACTERS));
  const info = new TextEncoder().encode(use);
  const drawn = hkdf(sha256, body, electionId, info, 64);
  return new VotingKey(writeScalar((numberOf(drawn) % (ORDER - 1n)) + 1n));
}

// Prove to the server that one holds the code of a credential, without sending the code (§5.4).
// The credentials are published, so that naming one must not be enough to learn whose it is.
export function signIdentity(key, { electionId, rng = browserRng }) {
  return key.sign(transcriptHash("identify", electionId, key.credential), rng(32));
}
