// What came by post, before it is opened: ballot/trustee/post.py. Envelopes that electors sent, and
// papers that two tellers sealed, none more than envelopes (docs/spec/bundle.md §4.6, sealing §6.10).
import { schnorr } from "@noble/curves/secp256k1.js";
import { trackerHash } from "../sealing/ballot.js";
import { bytesOfHex, hexOfBytes } from "../sealing/bytes.js";
import { transcriptHash } from "../sealing/canonical.js";
import { CheckFailed } from "./failures.js";
import { placeOf } from "./record.js";

const HASH_BYTES = 32;

// Check what came by post but for what a ballot's own check says of a paper (cast.js); give the entries
// of the papers, in the order of the board.
export async function checkPost(record, credentials, { setting }) {
  const papers = record.all("postal-paper");
  const received = receivedBySection(record, credentials, await issuedBySection(record));
  if (papers.length === 0) return papers;
  const tellers = tellersOf(record);
  const seen = new Set();
  const close = record.only("close").number;
  for (const entry of papers) {
    const { section, number, credential } = entry.content;
    const place = JSON.stringify([section, number]);
    if (seen.has(place) || entry.number < close) {
      refuse(entry, "postal.number", "It stands twice, or before the close.");
    }
    if (credentials.sections.has(credential) || seen.has(credential)) {
      refuse(entry, "postal.credential", "Its credential is an elector’s, or another paper’s.");
    }
    seen.add(place).add(credential);
    requireTwoTellers(entry, tellers, setting);
  }
  requireNoMoreThanCame(papers, received);
  return papers;
}

function requireNoMoreThanCame(papers, received) {
  for (const section of new Set(papers.map(({ content }) => content.section))) {
    const sealed = papers.filter(({ content }) => content.section === section).length;
    const came = received.get(section) ?? 0;
    if (sealed > came) {
      const message = `It has ${sealed} postal papers, and ${came} envelopes came.`;
      throw new CheckFailed("post.figure", `section ${section}`, message);
    }
  }
}

// Two different tellers of the board have signed the paper (sealing §6.10, eq. 53).
function requireTwoTellers(entry, tellers, setting) {
  const { section, number, credential, votes, tellers: signed } = entry.content;
  if (signed.length !== 2 || signed[0].number === signed[1].number) {
    refuse(entry, "teller.same", "It is not of two tellers.");
  }
  const sealed = votes.map((vote) => ({ toBytes: () => bytesOfHex(vote) }));
  const tracker = trackerHash(bytesOfHex(credential), sealed, { setting });
  const place = [setting.fingerprint, setting.key, section, number];
  const message = transcriptHash("postal-paper", ...place, tracker);
  for (const { number: teller, signature } of signed) {
    if (!isSigned(signature, message, tellers.get(teller))) {
      refuse(entry, "teller.signature", "A teller whom the board names has not signed it.");
    }
  }
}

function isSigned(signature, message, key) {
  try {
    return schnorr.verify(bytesOfHex(signature), message, bytesOfHex(key));
  } catch {
    return false; // No signature at all, or nobody's.
  }
}

// The keys of the last `tellers`, by number; it stood there before the close.
function tellersOf(record) {
  const entry = record.required("tellers");
  const keys = new Map(entry.content.tellers.map(({ number, key }) => [number, key]));
  const isTwice = new Set(keys.values()).size < entry.content.tellers.length;
  if (isTwice || entry.number > record.only("close").number) {
    refuse(entry, "teller.twice", "Two have one number or one key, or came after the close.");
  }
  return keys;
}

// How many envelopes came, by section: each takes a credential out of use that did not cast.
function receivedBySection(record, credentials, issued) {
  requireTime(record);
  const used = new Set(record.all("ballot").map(({ content }) => content.credential));
  const came = new Set();
  const received = new Map();
  for (const entry of record.all("envelope")) {
    const { credential, envelope } = entry.content;
    const section = credentials.sections.get(credential);
    const known = issued.get(envelope);
    if (known === undefined || known.number >= entry.number) {
      refuse(entry, "envelope.hash", "No such envelope was issued before it.");
    }
    if (came.has(envelope) || came.has(credential)) {
      refuse(entry, "envelope.twice", "It, or another of its elector’s, came already.");
    }
    if (used.has(credential)) {
      refuse(entry, "envelope.voted", "Its credential cast a ballot as well.");
    }
    if (credentials.dead.has(credential) || section !== known.section) {
      refuse(entry, "envelope.credential", "Its credential is of another section, or died.");
    }
    came.add(envelope).add(credential);
    received.set(section, (received.get(section) ?? 0) + 1);
  }
  return received;
}

// Every envelope stands between the opening and the close: a later one brings no paper.
function requireTime(record) {
  // Asked once: each question looks through the whole board.
  const opening = record.only("opening").number;
  const close = record.only("close").number;
  for (const entry of record.all("envelope")) {
    if (!(opening < entry.number && entry.number < close)) {
      refuse(entry, "envelope.time", "It does not stand between the opening and the close.");
    }
  }
}

// Of every envelope's hash its section, and the number of the entry that has it.
async function issuedBySection(record) {
  const issued = new Map();
  for (const entry of record.all("envelopes")) {
    for (const { section, envelopes, hashes } of entry.content.sections) {
      const bytes = await record.blob(hashes, placeOf(entry));
      const each = Array.from({ length: Math.ceil(bytes.length / HASH_BYTES) }, (_, at) =>
        hexOfBytes(bytes.subarray(HASH_BYTES * at, HASH_BYTES * (at + 1))),
      );
      const isOrdered = each.every((hash, at) => at === 0 || hash > each[at - 1]);
      if (bytes.length !== HASH_BYTES * envelopes || !isOrdered) {
        refuse(entry, "envelope.hash", "Its blob has not a hash for each envelope, ascending.");
      }
      for (const hash of each) {
        if (issued.has(hash)) refuse(entry, "envelope.twice", "An envelope was named before.");
        issued.set(hash, { section, number: entry.number });
      }
    }
  }
  return issued;
}

function refuse(entry, check, message) {
  throw new CheckFailed(check, placeOf(entry), message);
}
