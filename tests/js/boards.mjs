// A board made for a test: entries, tiles, bundles and signed checkpoints, served from a map.
import { ed25519 } from "@noble/curves/ed25519.js";
import { readKey, VerifierKey } from "../../static/js/board/note.js";
import { writeBase64 } from "../../static/js/board/spelling.js";
import { EMPTY_ROOT, leafHash, nodeHash } from "../../static/js/board/tree.js";
import { hexOfBytes, joined } from "../../static/js/sealing/bytes.js";
import { canonical } from "../../static/js/sealing/canonical.js";

const bytesOf = (text) => new TextEncoder().encode(text);

// The root as RFC 6962 §2.1 says it, by recursion: another way than that which is tested.
export function naiveRoot(leaves) {
  if (leaves.length === 0) return EMPTY_ROOT;
  if (leaves.length === 1) return leaves[0];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)));
}

// One entry's bytes (bundle §3.1).
export const entryBytes = (number, kind, content, at = "2026-11-26T09:00:00Z") =>
  canonical({
    at,
    content,
    election: "8c5d2a4b-e1f0-4c6f-9a7d-e3b1c0ffee01",
    kind,
    number,
    version: "hustings/v1",
  });

export class MadeBoard {
  constructor({ origin = "votes.example/board/leader-2026", seed = 7, entries = [] } = {}) {
    this.origin = origin;
    this.secret = new Uint8Array(32).fill(seed);
    this.entries = entries;
    this.blobs = new Map();
    this.requests = [];
    this.request = this.request.bind(this);
  }

  get key() {
    const publicKey = ed25519.getPublicKey(this.secret);
    const { keyId } = new VerifierKey(this.origin, publicKey);
    const written = writeBase64(joined([new Uint8Array([1]), publicKey]));
    return `${this.origin}+${hexOfBytes(keyId)}+${written}`;
  }

  append(kind, content) {
    this.entries.push(entryBytes(this.entries.length, kind, content));
  }

  checkpoint() {
    const root = writeBase64(naiveRoot(this.entries.map(leafHash)));
    const text = `${this.origin}\n${this.entries.length}\n${root}\n`;
    const { keyId } = readKey(this.key);
    const line = writeBase64(joined([keyId, ed25519.sign(bytesOf(text), this.secret)]));
    return bytesOf(`${text}\n\u2014 ${this.origin} ${line}\n`);
  }

  // Serve a file as board §9.1 says, for the tree as large as it is now.
  async request(address) {
    const path = address.replace(/^\/board\//, "");
    this.requests.push(path);
    if (path === "checkpoint") return this.checkpoint();
    if (path.startsWith("blob/")) return this.blobs.get(path.slice(5));
    const [, level, digits] = /^tile\/([^/]+)\/([x0-9/]+?)(?:\.p\/\d+)?$/.exec(path);
    const number = Number(digits.replace(/[x/]/g, ""));
    if (level === "entries") return this.bundle(number);
    const span = 256 ** Number(level);
    const leaves = this.entries.map(leafHash);
    const roots = Array.from({ length: Math.floor(leaves.length / span) }, (_, at) =>
      naiveRoot(leaves.slice(at * span, (at + 1) * span)),
    );
    return joined(roots.slice(256 * number, 256 * (number + 1)));
  }

  bundle(number) {
    const held = this.entries.slice(256 * number, 256 * (number + 1));
    return joined(
      held.flatMap((one) => [new Uint8Array([one.length >> 8, one.length & 255]), one]),
    );
  }
}

// What stands for localStorage.
export class MadeStorage extends Map {
  getItem(name) {
    return this.get(name) ?? null;
  }

  setItem(name, text) {
    this.set(name, text);
  }

  removeItem(name) {
    this.delete(name);
  }
}
