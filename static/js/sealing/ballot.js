// One sealed ballot: ballot/sealing/ballot.py, of which the browser needs the sealing, the signing,
// the bytes and the tracker.
//
// For each contest the number v of the ranking becomes an ElGamal pair, c1 = r·G and
// c2 = (v + 1)·G + r·Y, with a proof that whoever sealed it knows r; then the credential signs the
// whole paper. Factors that are secret (r, the nonce k, v + 1) go through multiplications without
// branches on their digits; the arithmetic of big numbers in a browser is not of constant time to
// the last instruction, and a device that measures that finely already sees the choices.
import { sha256 } from "@noble/hashes/sha2.js";
import { joined, numberOf } from "./bytes.js";
import { framed, LABEL, transcriptHash, wideReduce } from "./canonical.js";
import {
  baseTimes,
  browserRng,
  ORDER,
  randomScalar,
  times,
  writePoint,
  writeScalar,
} from "./group.js";
import { checkName } from "./setting.js";
import { WORDS } from "./wordlist.js";

const CREDENTIAL = 32;
const VOTE = 131;
const SIGNATURE = 64;
const TRACKER_WORDS = 12;

// The length in bytes of a sealed ballot for so many contests (§6.2).
export const ballotSize = (contests) => CREDENTIAL + VOTE * contests + SIGNATURE;

// One contest's sealed vote: c1 33 | c2 33 | commitment 33 | response 32 (§6.2).
export class SealedVote {
  constructor(c1, c2, commitment, response) {
    Object.assign(this, { c1, c2, commitment, response });
    Object.freeze(this);
  }

  toBytes() {
    return joined([this.c1, this.c2, this.commitment, this.response]);
  }
}

// A whole paper, sealed and signed: credential 32 | its votes | signature 64 (§6.2).
export class SealedBallot {
  constructor(credential, votes, signature) {
    Object.assign(this, { credential, votes: Object.freeze([...votes]), signature });
    Object.freeze(this);
  }

  toBytes() {
    return joined([this.credential, ...this.votes.map((vote) => vote.toBytes()), this.signature]);
  }
}

// Seal and sign a paper: sealVotes, then signBallot.
export function sealBallot(choices, { setting, contests, section, unit = "", key, rng }) {
  const { credential } = key;
  const votes = sealVotes(choices, { setting, contests, section, unit, credential, rng });
  return signBallot(votes, { setting, contests, section, unit, key, rng });
}

// Seal one choice a contest, each the number of a ranking in its contest's space (§6.1). rng gives,
// for each contest, r and then the proof's nonce.
export function sealVotes(
  choices,
  { setting, contests, section, unit = "", credential, rng = browserRng },
) {
  checkPlace(contests, section, unit);
  if (choices.length !== contests.length) throw new RangeError("one choice a contest");
  return choices.map((choice, number) => {
    const randomness = randomScalar(rng);
    const nonce = randomScalar(rng);
    const place = { setting, contest: contests[number], section, unit };
    return sealVote(choice, { randomness, nonce, credential, ...place });
  });
}

// Seal one choice with given randomness r and nonce k (§6.1, equations 1 to 4).
export function sealVote(
  choice,
  { randomness, nonce, setting, contest, section, unit = "", credential },
) {
  const c1 = writePoint(baseTimes(randomness));
  const c2 = writePoint(baseTimes(BigInt(choice) + 1n).add(times(setting.point, randomness)));
  const commitment = writePoint(baseTimes(nonce));
  const { fingerprint, key } = setting;
  const place = [fingerprint, key, contest, section, unit];
  const challenge = wideReduce(
    transcriptHash("vote", ...place, credential, c1, c2, commitment),
    ORDER,
  );
  const response = (nonce + challenge * randomness) % ORDER;
  return new SealedVote(c1, c2, commitment, writeScalar(response));
}

// Sign a sealed paper with its credential: the act that casting needs and challenging lacks (§6.3).
// rng gives the 32 auxiliary bytes of BIP 340.
export function signBallot(
  votes,
  { setting, contests, section, unit = "", key, rng = browserRng },
) {
  const message = paperMessage(votes, {
    setting,
    contests,
    section,
    unit,
    credential: key.credential,
  });
  return new SealedBallot(key.credential, votes, key.sign(message, rng(32)));
}

// The 32 bytes that a credential signs (§6.3).
export function paperMessage(votes, { setting, contests, section, unit = "", credential }) {
  const begun = [`${LABEL}paper`, setting.fingerprint, setting.key, section, unit, credential];
  const papers = votes.flatMap((vote, number) => [contests[number], vote.toBytes()]);
  return sha256(joined([...begun, ...papers].map(framed)));
}

// The tracker of a sealed paper: known before it is signed, and no two papers share it (§6.6).
export function trackerHash(credential, votes, { setting }) {
  const { fingerprint, key } = setting;
  const bytes = votes.map((vote) => vote.toBytes());
  return transcriptHash("tracker", fingerprint, key, credential, ...bytes);
}

// A tracker as twelve words: its first 132 bits, eleven a word (§6.6).
export function trackerWords(tracker) {
  const first = numberOf(tracker) >> BigInt(256 - 11 * TRACKER_WORDS);
  return Array.from({ length: TRACKER_WORDS }, (_, place) => {
    const shift = BigInt(11 * (TRACKER_WORDS - 1 - place));
    return WORDS[Number((first >> shift) & 2047n)];
  });
}

function checkPlace(contests, section, unit) {
  for (const name of [...contests, section, ...(unit ? [unit] : [])]) checkName(name);
}
