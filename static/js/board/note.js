// Signed notes: ballot/board/note.py (docs/spec/board.md §5), of which a reader needs the reading.
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { hexOfBytes, isSame, joined } from "../sealing/bytes.js";
import { Malformed, NoteRejected } from "./errors.js";
import { readBase64 } from "./spelling.js";

const ED25519 = 1;
const LARGEST_NOTE = 1_000_000;
const MOST_SIGNATURES = 100;
const KEY_BYTES = 32;
const ID_BYTES = 4;
const DASH = "\u2014 ";
const NOT_IN_A_TEXT = /[\u0000-\u0009\u000b-\u001f]|\p{Surrogate}/u;
const NOT_IN_A_NAME = /[\s\u0085+\u0000-\u001f]|\p{Surrogate}/u;

// An Ed25519 public key with the name under which it signs (§5.2).
export class VerifierKey {
  constructor(name, publicKey) {
    checkName(name);
    if (publicKey.length !== KEY_BYTES) throw new Malformed("key.length");
    const said = [new TextEncoder().encode(`${name}\n`), new Uint8Array([ED25519]), publicKey];
    Object.assign(this, { name, publicKey, keyId: sha256(joined(said)).slice(0, ID_BYTES) });
    Object.freeze(this);
  }

  // Whether these are this key's 64 bytes for this text (RFC 8032 §5.1.7).
  holds(text, signature) {
    try {
      const message = new TextEncoder().encode(text);
      return ed25519.verify(signature, message, this.publicKey, { zip215: false });
    } catch {
      return false; // Bytes that are no signature, or no key, at all.
    }
  }
}

// Read a public key as people hand it on: `name+id+key` (§5.2).
export function readKey(text) {
  const [, name, namedId, written] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text) ?? [];
  if (written === undefined) throw new Malformed("key.form", { text });
  checkName(name);
  const bytes = readBase64(written, "key.form");
  if (bytes[0] !== ED25519) throw new Malformed("key.type", { text });
  const key = new VerifierKey(name, bytes.slice(1));
  if (namedId !== hexOfBytes(key.keyId)) throw new Malformed("key.id", { text });
  return key;
}

// Read a note's form (§5.1): its text, and its signatures as { name, keyId, content }.
export function readNote(bytes) {
  if (bytes.length > LARGEST_NOTE) throw new Malformed("note.size", { octets: bytes.length });
  let whole;
  try {
    whole = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Malformed("note.characters");
  }
  if (NOT_IN_A_TEXT.test(whole)) throw new Malformed("note.characters");
  const parting = whole.lastIndexOf("\n\n");
  const below = whole.slice(parting + 2);
  if (parting < 0 || !below.endsWith("\n")) throw new Malformed("note.form");
  const signatures = below.slice(0, -1).split("\n").map(readSignature);
  if (signatures.length > MOST_SIGNATURES) throw new Malformed("note.signatures");
  return { text: whole.slice(0, parting + 1), signatures };
}

function readSignature(line) {
  const [, name, written] = /^\u2014 ([^ ]*) (.*)$/s.exec(line) ?? [];
  if (!line.startsWith(DASH) || written === undefined) {
    throw new Malformed("note.signature-line", { line });
  }
  checkName(name);
  const bytes = readBase64(written, "note.signature-line");
  if (bytes.length <= ID_BYTES) throw new Malformed("note.signature-line", { line });
  return { name, keyId: bytes.slice(0, ID_BYTES), content: bytes.slice(ID_BYTES) };
}

// Check that a note is signed by a key that the reader knows, and falsely by none (§5.4).
export function checkNote(note, keys) {
  const isOf = (one) => (key) => key.name === one.name && isSame(key.keyId, one.keyId);
  const found = note.signatures.flatMap((one) => {
    const key = keys.find(isOf(one));
    if (key && !key.holds(note.text, one.content)) {
      throw new NoteRejected("note.signature", { name: one.name });
    }
    return key ? [key] : [];
  });
  if (found.length === 0) throw new NoteRejected("note.unsigned");
}

function checkName(name) {
  if (!name || NOT_IN_A_NAME.test(name)) throw new Malformed("name", { name });
}
