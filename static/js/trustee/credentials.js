// Under which credentials may be cast, in which section, and which of them died: bundle §4.1 and §5,
// check 7, as far as a trustee needs it before opening (docs/spec/trustees.md §5.4).
//
// How many there may be is not looked at here, but in roll.js.
import { schnorr } from "@noble/curves/secp256k1.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesOfHex, hexOfBytes, joined } from "../sealing/bytes.js";
import { canonical, transcriptHash } from "../sealing/canonical.js";
import { CheckFailed } from "./failures.js";
import { placeOf } from "./record.js";

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

// Credentials in hexadecimal: `sections`, the code of each one's section; `dead`, those that died, by a
// reissue or with the roll.
export class Credentials {
  sections = new Map();
  dead = new Set();

  issue(section, keys, where) {
    for (const key of keys.map(hexOfBytes)) {
      if (this.sections.has(key)) {
        throw new CheckFailed("credentials.twice", where, `The key ${key} was named before.`);
      }
      this.sections.set(key, section);
    }
  }

  revoke(keys, where) {
    for (const key of keys.map(hexOfBytes)) {
      if (!this.sections.has(key) || this.dead.has(key)) {
        throw new CheckFailed("credentials.dead", where, `The key ${key} was not in force.`);
      }
      this.dead.add(key);
    }
  }
}

// Follow the keys from the last `credentials` to the reconciliation.
export async function followCredentials(record) {
  const first = record.required("credentials");
  const kinds = ["credentials", "amendment", "keys", "reissue"];
  const follow = new Following(record);
  for (const entry of record.all(...kinds).filter(({ number }) => number >= first.number)) {
    await follow.take(entry);
  }
  follow.requireAllTold();
  return follow.found;
}

class Following {
  constructor(record) {
    this.record = record;
    this.found = new Credentials();
    this.issuer = issuerOf(record);
    this.openedAt = record.required("opening").number;
    this.told = [...record.only("reconciliation").content.amended_keys];
  }

  async take(entry) {
    const where = placeOf(entry);
    const { content } = entry;
    if (entry.kind === "reissue") this.#reissue(entry, where);
    else if (entry.kind === "credentials") await this.#first(content.sections, where);
    else if (entry.kind === "keys") await this.#answer(entry, where);
    else await this.#amendment(entry, where);
  }

  // An amendment's keys; with an outside issuer they stand in an entry of its own.
  async #amendment(entry, where) {
    const { keys } = entry.content;
    if ((keys === null) !== (this.issuer !== null)) {
      const message = "Its keys are null where an outside issuer makes the codes, and nowhere else.";
      throw new CheckFailed("amendment.keys", where, message);
    }
    if (keys !== null) await this.#change(this.#opened(entry, keys, "amendment"), where);
  }

  // What an outside issuer answered.
  async #answer(entry, where) {
    if (this.issuer === null) {
      throw new CheckFailed("issuer.signature", where, "The notice names no outside issuer.");
    }
    await this.#change(this.#opened(entry, entry.content, "entry"), where);
  }

  async #first(sections, where) {
    for (const one of sections) {
      const keys = await this.#keys(one, where);
      const parts = [one.section, keys.length, joined(keys)];
      this.#requireSigned(one.signature, "issued-list", parts, where);
      this.found.issue(one.section, keys, where);
    }
  }

  // What an amendment's keys are: those that stand there, or, sealed since the opening, those that
  // the reconciliation tells in their order.
  #opened(entry, keys, numberedBy) {
    const isSealed = Object.hasOwn(keys, "sealed");
    if (isSealed !== entry.number > this.openedAt) {
      const message = "Keys are sealed from the opening on, and not before.";
      throw new CheckFailed("amendment.keys", placeOf(entry), message);
    }
    if (!isSealed) return keys;
    const { [numberedBy]: number, ...bare } = this.told.shift() ?? {};
    const expected = numberedBy === "entry" ? entry.number : entry.content.number;
    if (number !== expected || hexOfBytes(sha256(canonical(bare))) !== keys.sealed) {
      const message = "The reconciliation tells other keys than were sealed here.";
      throw new CheckFailed("amendment.keys", placeOf(entry), message);
    }
    return bare;
  }

  // The keys revoked die before those issued come (bundle §4.1).
  async #change({ issued, revoked }, where) {
    if (revoked !== null) {
      const keys = await this.#keys(revoked, where);
      await this.#requireEachSigned(revoked, keys, "revoked", (key) => [key], where);
      this.found.revoke(keys, where);
    }
    for (const one of issued) {
      const keys = await this.#keys(one, where);
      await this.#requireEachSigned(one, keys, "issued", (key) => [one.section, key], where);
      this.found.issue(one.section, keys, where);
    }
  }

  #reissue(entry, where) {
    const { credential, revoked, signature, revocations } = entry.content;
    const old = revoked.map(bytesOfHex);
    const sections = new Set(revoked.map((key) => this.found.sections.get(key)));
    const [section] = sections;
    if (sections.size !== 1 || section === undefined) {
      const message = "What it revokes is not of one section, or nobody was issued it.";
      throw new CheckFailed("reissue.revoked", where, message);
    }
    const fresh = bytesOfHex(credential);
    this.#requireSigned(signature, "issued", [section, fresh], where);
    old.forEach((key, at) => {
      this.#requireSigned(revocations?.[at] ?? null, "replaced", [key, fresh], where);
    });
    this.found.revoke(old, where);
    this.found.issue(section, [fresh], where);
  }

  // A blob of keys, which ascend, as many as are said.
  async #keys({ keys: named, credentials }, where) {
    const bytes = await this.record.blob(named, where);
    const keys = cut(bytes, KEY_BYTES);
    if (bytes.length !== KEY_BYTES * credentials) {
      const message = `${bytes.length} bytes are not ${credentials} keys of 32.`;
      throw new CheckFailed("credentials.length", where, message);
    }
    const texts = keys.map(hexOfBytes);
    if (texts.some((text, at) => at > 0 && text <= texts[at - 1])) {
      throw new CheckFailed("credentials.order", where, "The keys do not ascend.");
    }
    return keys;
  }

  async #requireEachSigned({ signatures }, keys, use, partsOf, where) {
    if (!this.issuer) return;
    const bytes = signatures ? await this.record.blob(signatures, where) : new Uint8Array();
    const each = cut(bytes, SIGNATURE_BYTES).map(hexOfBytes);
    keys.forEach((key, at) => this.#requireSigned(each[at], use, partsOf(key), where));
  }

  // An outside issuer's signature (sealing §5.5, eq. 45 to 47a); where there is none, nobody's.
  #requireSigned(signature, use, parts, where) {
    if (this.issuer === null) {
      if (signature === null) return;
      throw new CheckFailed("issuer.signature", where, "The notice names no outside issuer.");
    }
    const message = transcriptHash(use, this.issuer.election, ...parts);
    if (!isSigned(signature, message, this.issuer.key)) {
      const says = "The outside issuer has not signed this credential.";
      throw new CheckFailed("issuer.signature", where, says);
    }
  }

  requireAllTold() {
    if (this.told.length > 0) {
      const message = "It tells keys of amendments that are not on the board.";
      throw new CheckFailed("amendment.keys", "the reconciliation", message);
    }
  }
}

// The outside issuer whom the notice names, or null.
function issuerOf(record) {
  const { content, election } = record.required("notice");
  if (!content.issuer) return null;
  const identifier = bytesOfHex(election.replaceAll("-", ""));
  return { key: bytesOfHex(content.issuer.key), election: identifier };
}

function isSigned(signature, message, key) {
  try {
    return schnorr.verify(bytesOfHex(signature), message, key);
  } catch {
    return false; // No signature at all.
  }
}

const cut = (bytes, size) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(size * at, size * (at + 1)),
  );
