// The opening of a challenged paper (§6.7): ballot/sealing/challenge.py. A paper is sealed by
// drawing its opening first and making the paper from it, as the checking device does; so what is
// opened is what was sealed, and a device that seals anything else cannot answer (Benaloh 2006).
import { sealVote, trackerHash } from "./ballot.js";
import { bytesOfNumber, isSame, joined, numberOf } from "./bytes.js";
import { Malformed } from "./errors.js";
import { browserRng, ORDER, randomScalar, writeScalar } from "./group.js";
import { checkName } from "./setting.js";

const VERSION = Uint8Array.of(1);
const HEAD = 1 + 32 + 32;
const VOTE = 68;
const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const refused = (field) => new Malformed("challenge.form", { field });

// All that a sealed paper was made of. votes: { ranking, randomness, nonce }, one a contest: the
// number of the ranking, r and k. unit is empty unless units are weighted.
export class PaperOpening {
  constructor({ fingerprint, credential, section, unit, votes }) {
    Object.assign(this, { fingerprint, credential, section, unit, votes: Object.freeze(votes) });
    Object.freeze(this);
  }

  toBytes() {
    const { fingerprint, credential, section, unit, votes } = this;
    const place = [writeText(section), writeText(unit)];
    return joined([VERSION, fingerprint, credential, ...place, ...votes.map(writeVote)]);
  }

  // base64url without padding (RFC 4648 §5).
  toText() {
    const octets = String.fromCharCode(...this.toBytes());
    return btoa(octets).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  }
}

// Draw what a paper is sealed with: for each choice, the number of a ranking, r and then k.
export function drawOpening(choices, { setting, section, unit = "", credential, rng = browserRng }) {
  const votes = choices.map((ranking) => {
    const randomness = randomScalar(rng);
    return { ranking, randomness, nonce: randomScalar(rng) };
  });
  return new PaperOpening({ fingerprint: setting.fingerprint, credential, section, unit, votes });
}

// Read an opening as text, and refuse what is none of this election; only the one text that its
// bytes have is taken. spaces: of the contests, in the order of the paper.
export function readOpening(text, { setting, spaces }) {
  const opening = parse(bytesOfText(text), { setting, spaces });
  if (opening.toText() !== text) throw refused("text");
  return opening;
}

// The fingerprint that an opening names, before anything is known of the election.
export const fingerprintOf = (text) => bytesOfText(text).slice(1, 1 + 32);

// Make the paper from its opening, by equations 1 to 4 and 10: { votes, tracker }.
export function makePaper(opening, { setting, contests }) {
  const { credential, section, unit } = opening;
  for (const name of [...contests, section, ...(unit ? [unit] : [])]) checkName(name);
  if (contests.length !== opening.votes.length) throw refused("length");
  const votes = opening.votes.map(({ ranking, randomness, nonce }, number) => {
    const place = { setting, contest: contests[number], section, unit };
    try {
      return sealVote(ranking, { randomness, nonce, credential, ...place });
    } catch {
      throw refused("r"); // c2 is infinite: only who knows the key's secret finds it.
    }
  });
  return Object.freeze({ votes, tracker: trackerHash(credential, votes, { setting }) });
}

function parse(wire, { setting, spaces }) {
  const fingerprint = wire.slice(1, 1 + 32);
  if (wire[0] !== VERSION[0] || !isSame(fingerprint, setting.fingerprint)) {
    throw refused("version or fingerprint");
  }
  const credential = wire.slice(1 + 32, HEAD);
  const [section, behind] = readText(wire, HEAD);
  const [unit, begins] = readText(wire, behind);
  if (wire.length !== begins + VOTE * spaces.length || section === "") throw refused("length");
  const votes = spaces.map((space, number) => {
    const place = begins + VOTE * number;
    return readVote(wire.slice(place, place + VOTE), space);
  });
  return new PaperOpening({ fingerprint, credential, section, unit, votes });
}

function bytesOfText(text) {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) throw refused("text");
  try {
    const octets = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(octets, (octet) => octet.charCodeAt(0));
  } catch {
    throw refused("text");
  }
}

// A text in UTF-8 behind its length of one byte, and where what follows begins.
function readText(wire, place) {
  const end = place + 1 + (wire[place] ?? 0);
  if (wire.length < end || wire.length <= place) throw refused("length");
  try {
    return [UTF_8.decode(wire.slice(place + 1, end)), end];
  } catch {
    throw refused("section or unit");
  }
}

function writeText(text) {
  const octets = new TextEncoder().encode(text);
  if (octets.length > 255) throw refused("section or unit");
  return joined([Uint8Array.of(octets.length), octets]);
}

function readVote(wire, space) {
  const ranking = Number(numberOf(wire.slice(0, 4)));
  const randomness = numberOf(wire.slice(4, 36));
  const nonce = numberOf(wire.slice(36));
  for (const drawn of [randomness, nonce]) {
    if (drawn === 0n || drawn >= ORDER) throw refused("r or k");
  }
  space.ranking(ranking); // Refuses a number outside the space.
  return Object.freeze({ ranking, randomness, nonce });
}

const writeVote = ({ ranking, randomness, nonce }) =>
  joined([bytesOfNumber(ranking, 4), writeScalar(randomness), writeScalar(nonce)]);
