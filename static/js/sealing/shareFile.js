// A trustee's share file: ballot/sealing/sharefile.py (docs/spec/sealing.md §9.7, §9.8). The share
// under a passphrase, and the proof that it can still be read.
//
// argon2id takes 64 MiB and some seconds in a browser. A page hands in a `derive` of its own, which
// runs `deriveKey` in a worker, so that the page lives.
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { argon2id } from "@noble/hashes/argon2.js";
import { bytesOfHex, hexOfBytes, NotHex } from "./bytes.js";
import { canonical, LABEL, NotCanonical, readCanonical } from "./canonical.js";
import { Malformed, OpeningRejected, ShareFileRejected } from "./errors.js";
import { Fields } from "./fields.js";
import { baseTimes, browserRng, readPoint, writePoint } from "./group.js";
import { KeyShare } from "./keys.js";
import { TrusteeSecret } from "./messages.js";
import { Knowledge, knows, proveKnowledge } from "./proofs.js";

const FORMAT = `${LABEL}share-file`;
export const SHORTEST_PASSPHRASE = 12;
const COST = { m: 64 * 1024, t: 3, p: 4, dkLen: 32 }; // KiB, passes, lanes
const NONCE = new Uint8Array(12); // The key is fresh: every file has a salt of its own.
const HEAD = ["format", "kind", "number", "salt"];
const REFUSALS = [NotCanonical, Malformed, NotHex];
const KINDS = { share: KeyShare, ceremony: TrusteeSecret };

// Seal a share, or what a trustee keeps between the ceremony's steps, under a passphrase: bytes of
// a file (§9.8). derive: from the passphrase's bytes and the salt to the key, or a promise of it.
export async function sealShare(share, { passphrase, rng = browserRng, derive = deriveKey }) {
  if ([...passphrase].length < SHORTEST_PASSPHRASE) {
    throw new ShareFileRejected("sharefile.passphrase-short", { shortest: SHORTEST_PASSPHRASE });
  }
  const salt = rng(16);
  const kind = share instanceof KeyShare ? "share" : "ceremony";
  const head = { format: FORMAT, kind, number: share.number, salt: hexOfBytes(salt) };
  const key = await derive(normal(passphrase), salt);
  const sealed = chacha20poly1305(key, NONCE, canonical(head)).encrypt(canonical(share.toJson()));
  return canonical({ ...head, sealed: hexOfBytes(sealed) });
}

// Open a share file: a KeyShare or a TrusteeSecret (§9.8). Refused: sharefile.format (damaged, or no
// share file), sharefile.passphrase (the wrong one, or a changed file: no telling which).
export async function openShare(kept, { passphrase, derive = deriveKey }) {
  const { head, kind, salt, sealed } = readHead(kept);
  const key = await derive(normal(passphrase), salt);
  let opened;
  try {
    opened = chacha20poly1305(key, NONCE, canonical(head)).decrypt(sealed);
  } catch {
    throw new ShareFileRejected("sharefile.passphrase"); // The tag does not hold.
  }
  return kind.parse(readCanonical(opened));
}

function readHead(kept) {
  try {
    const value = readCanonical(kept);
    const fields = new Fields(value, "sharefile.format", [...HEAD, "sealed"]);
    const head = Object.fromEntries(HEAD.map((name) => [name, value[name]]));
    const name = fields.text("kind");
    if (fields.text("format") !== FORMAT || !Object.hasOwn(KINDS, name)) {
      throw new Malformed("sharefile.format");
    }
    const salt = fields.octets("salt", 16);
    return { head, kind: KINDS[name], salt, sealed: bytesOfHex(fields.text("sealed")) };
  } catch (error) {
    if (REFUSALS.some((kind) => error instanceof kind)) {
      throw new ShareFileRejected("sharefile.format");
    }
    throw error;
  }
}

// Normal form KC, in UTF-8: what is typed on one keyboard opens what was typed on another.
const normal = (passphrase) => new TextEncoder().encode(passphrase.normalize("NFKC"));

// The key of a share file (§9.8; RFC 9106): some seconds of work, during which nothing else runs.
export const deriveKey = (bytes, salt, onProgress) => argon2id(bytes, salt, { ...COST, onProgress });

// Prove that one still holds a share (§9.7, equation 37). question: the board's root, 32 bytes.
export function proveShare(share, { question, rng = browserRng }) {
  const point = writePoint(baseTimes(share.secret));
  const statement = ["held", share.publicKey, share.number, point, question];
  return proveKnowledge("share-proof", statement, { secret: share.secret, rng }).toBytes();
}

// Check that a trustee still holds their share (§9.7).
export function checkShareProof(key, { number, question, proof }) {
  const { point } = key.trustee(number);
  const statement = ["held", key.publicKey, number, point, question];
  const read = Knowledge.parse(proof);
  if (!knows(read, "share-proof", statement, { point: readPoint(point) })) {
    throw new OpeningRejected("share.proof", { trustee: number });
  }
}
