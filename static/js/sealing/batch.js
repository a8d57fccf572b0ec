// Checking many sealed ballots of one section together, and naming those that do not hold:
// ballot/sealing/batch.py (docs/spec/sealing.md §6.2 to §6.5).
import { schnorr } from "@noble/curves/secp256k1.js";
import { hexOfBytes, joined, numberOf } from "./bytes.js";
import { transcriptHash, wideReduce } from "./canonical.js";
import { ballotSize, paperMessage, SealedVote } from "./ballot.js";
import { Box, BoxName, Column } from "./box.js";
import { falseClaims } from "./claims.js";
import { BallotsRejected, Malformed } from "./errors.js";
import { browserRng, ORDER, POINT_BYTES, readPoint } from "./group.js";
import { checkName } from "./setting.js";
import { Stages } from "./stages.js";

const CREDENTIAL_BYTES = 32;
const VOTE_BYTES = 131;
const SIGNATURE_BYTES = 64;
const CONDITIONS = [
  "ballot.point",
  "ballot.scalar",
  "ballot.credential",
  "ballot.repeated",
  "ballot.proof",
  "ballot.signature",
];
const EVEN = Uint8Array.of(2);

// Ballots that all hold: of each, its credential, its votes and their points.
export class CheckedBallots {
  constructor(ballots, { contests, section, unit }) {
    Object.assign(this, { ballots, contests, section, unit });
    Object.freeze(this);
  }

  // The box of one contest's pairs, of those ballots that `isCounted(row)` is true of.
  box(contest, isCounted = () => true) {
    const number = this.contests.indexOf(contest);
    const counted = this.ballots.filter((_, row) => isCounted(row));
    const column = (name) =>
      new Column(
        counted.map(({ points }) => points[number][name]),
        joined(counted.map(({ votes }) => votes[number][name])),
      );
    const name = new BoxName(contest, [this.section], this.unit);
    return new Box(name, column("c1"), column("c2"));
  }
}

// Check many ballots of one section, each of 96 + 131·contests bytes. Throws BallotsRejected, naming
// each that does not hold by its row and its first condition; Malformed "ballot.length", "name".
// Cost: seven square roots and four terms of a sum for a ballot of one contest (some 6 ms).
export function checkBallots(
  wires,
  { setting, contests, section, unit = "", rng = browserRng, progress = () => {} },
) {
  const place = { setting, contests, section, unit };
  for (const name of [...contests, section, ...(unit ? [unit] : [])]) checkName(name);
  const stages = new Stages(progress, 1, 2);
  const reading = stages.following();
  const ballots = wires.map((wire, row) => {
    reading(row / wires.length);
    return readBallot(wire, row, place);
  });
  findFalse(ballots, place, rng, stages.following());
  findRepeated(ballots);
  const broken = ballots.filter(({ found }) => found !== null);
  if (broken.length > 0) throw new BallotsRejected(broken.map(({ row, found }) => [row, found]));
  stages.finish();
  return new CheckedBallots(ballots, place);
}

// Read one ballot; `found` is the first condition that its shape breaks, or null (§6.2).
function readBallot(wire, row, { contests }) {
  const expected = ballotSize(contests.length);
  if (wire.length !== expected) {
    throw new Malformed("ballot.length", { row, expected, found: wire.length });
  }
  const broken = new Set();
  const credential = wire.subarray(0, CREDENTIAL_BYTES);
  const votes = contests.map((_, number) => cutVote(wire, number));
  const points = votes.map((vote) => ({
    c1: pointOr(broken, "ballot.point", vote.c1),
    c2: pointOr(broken, "ballot.point", vote.c2),
    commitment: pointOr(broken, "ballot.point", vote.commitment),
  }));
  if (votes.some(({ response }) => numberOf(response) >= ORDER)) broken.add("ballot.scalar");
  if (evenPoint(credential) === null) broken.add("ballot.credential");
  const signature = wire.subarray(-SIGNATURE_BYTES);
  if (readSignature(signature) === null) broken.add("ballot.signature");
  if (marksOf({ votes }).size < 2 * votes.length) broken.add("ballot.repeated");
  const found = CONDITIONS.find((condition) => broken.has(condition)) ?? null;
  return { row, credential, votes, points, signature, found };
}

function cutVote(wire, number) {
  const vote = wire.subarray(CREDENTIAL_BYTES + VOTE_BYTES * number).subarray(0, VOTE_BYTES);
  const [second, third, rest] = [POINT_BYTES, 2 * POINT_BYTES, 3 * POINT_BYTES];
  return new SealedVote(
    vote.subarray(0, second),
    vote.subarray(second, third),
    vote.subarray(third, rest),
    vote.subarray(rest),
  );
}

function pointOr(broken, condition, wire) {
  const point = pointOrNull(wire);
  if (point === null) broken.add(condition);
  return point;
}

function pointOrNull(wire) {
  try {
    return readPoint(wire);
  } catch {
    return null;
  }
}

// The point of even y with this x, or null (BIP 340).
const evenPoint = (x) => pointOrNull(joined([EVEN, x]));

// R 32 | s 32; null for what is no signature of anything (BIP 340).
function readSignature(wire) {
  const nonce = wire.subarray(0, 32);
  const commitment = evenPoint(nonce);
  const response = numberOf(wire.subarray(32));
  return commitment === null || response >= ORDER ? null : { nonce, commitment, response };
}

// Check the proofs, then the signatures, of those that nothing was found against.
function findFalse(ballots, place, rng, progress) {
  const sound = () => ballots.filter(({ found }) => found === null);
  const stages = new Stages(progress, ...place.contests.map(() => 1), 1);
  const check = (claims, condition) => {
    for (const { ballot } of falseClaims(claims, { rng, progress: stages.following() })) {
      ballot.found = condition;
    }
  };
  place.contests.forEach((contest, number) => {
    check(sound().map((ballot) => proofOf(ballot, contest, number, place)), "ballot.proof");
  });
  check(sound().map((ballot) => signatureOf(ballot, place)), "ballot.signature");
}

// What a vote's proof claims (§6.1, eq. 3; §6.4, eq. 7).
function proofOf(ballot, contest, number, { setting, section, unit }) {
  const { c1, c2, commitment, response } = ballot.votes[number];
  const { fingerprint, key } = setting;
  const bound = [fingerprint, key, contest, section, unit, ballot.credential];
  return {
    ballot,
    commitment: ballot.points[number].commitment,
    base: ballot.points[number].c1,
    challenge: wideReduce(transcriptHash("vote", ...bound, c1, c2, commitment), ORDER),
    response: numberOf(response),
  };
}

// What the signature of a ballot whose shape is sound claims (§6.3, eq. 5; §6.4, eq. 8).
function signatureOf(ballot, place) {
  const { credential, votes, signature } = ballot;
  const message = paperMessage(votes, { ...place, credential });
  return { ballot, ...signatureClaim(credential, message, signature) };
}

// What a BIP 340 signature claims, or null where key or signature is none.
export function signatureClaim(credential, message, wire) {
  const [base, signature] = [evenPoint(credential), readSignature(wire)];
  if (base === null || signature === null) return null;
  const { nonce, commitment, response } = signature;
  const hash = schnorr.utils.taggedHash("BIP0340/challenge", nonce, credential, message);
  return { commitment, base, challenge: numberOf(hash) % ORDER, response };
}

// Refuse a ballot, else without fault, that has a c1 or a c2 of an earlier such ballot (§6.5).
function findRepeated(ballots) {
  const seen = new Set();
  for (const ballot of ballots.filter(({ found }) => found === null)) {
    const marks = marksOf(ballot);
    if ([...marks].some((mark) => seen.has(mark))) ballot.found = "ballot.repeated";
    else for (const mark of marks) seen.add(mark);
  }
}

// A ballot's components, each with its place in the pair: a c1 is held against c1s alone (§6.4).
export const marksOf = ({ votes }) =>
  new Set(votes.flatMap(({ c1, c2 }) => [`c1 ${hexOfBytes(c1)}`, `c2 ${hexOfBytes(c2)}`]));
