// The key ceremony: ballot/sealing/ceremony.py (docs/spec/sealing.md §9). A key that nobody has
// held, shared among n trustees, any t of whom can open; in steps that are functions of what was
// published. Nothing here authenticates a message: §9.1 says what the channel must do.
import { hexOfBytes, isSame } from "./bytes.js";
import { canonical, transcriptHash } from "./canonical.js";
import {
  agreedPoint,
  evaluate,
  evaluateInPublic,
  isWhole,
  judge,
  openSealed,
  sealShareFor,
  shareStatement,
} from "./dealing.js";
import { CeremonyRejected } from "./errors.js";
import { baseTimes, ORDER, randomScalar, readPoint, sumOf, writePoint } from "./group.js";
import { ElectionKey, KeyShare } from "./keys.js";
import {
  byTrustee,
  Commitment,
  Complaint,
  Confirmation,
  Dealing,
  Reveal,
  TrusteeSecret,
} from "./messages.js";
import { knows, proveEquality, proveKnowledge } from "./proofs.js";

// Step 1: draw a polynomial and a key, and commit to their public side (§9.2). Gives
// { secret, commitment }.
export function prepare(ceremony, number, { rng }) {
  if (!ceremony.numbers.includes(number)) {
    throw new CeremonyRejected("ceremony.number", { trustee: number });
  }
  const coefficients = Array.from({ length: ceremony.quorum }, () => randomScalar(rng));
  const encryption = randomScalar(rng);
  const points = coefficients.map((one) => writePoint(baseTimes(one)));
  const sealingPoint = writePoint(baseTimes(encryption));
  const prove = (which, point, secret) => {
    const statement = [ceremony.digest(), number, which, point];
    return proveKnowledge("ceremony-possession", statement, { secret, rng });
  };
  const revealed = new Reveal({
    number,
    coefficients: Object.freeze(points),
    encryption: sealingPoint,
    knowsKey: prove("key", points[0], coefficients[0]),
    knowsEncryption: prove("encryption", sealingPoint, encryption),
  });
  const secret = new TrusteeSecret({ number, coefficients, encryption, reveal: revealed });
  return { secret, commitment: new Commitment(number, revealHash(ceremony, revealed)) };
}

// Step 2: reveal, once every trustee has committed and not before (§9.2).
export function reveal(secret, { ceremony, commitments }) {
  ofAll(ceremony, commitments);
  return secret.reveal;
}

// Check what all have revealed; give it by trustee, a map (§9.2, equations 26 to 28).
export function checkReveals(ceremony, commitments, reveals) {
  const committed = ofAll(ceremony, commitments);
  const revealed = ofAll(ceremony, reveals);
  const seen = new Set();
  for (const [number, one] of revealed) {
    if (!isSame(revealHash(ceremony, one), committed.get(number).digest)) {
      throw new CeremonyRejected("ceremony.commitment", { trustee: number });
    }
    if (one.coefficients.length !== ceremony.quorum) {
      throw new CeremonyRejected("ceremony.degree", { trustee: number });
    }
    checkPossession(ceremony, one);
    const own = [one.coefficients[0], one.encryption].map(hexOfBytes);
    if (own.some((point) => seen.has(point))) {
      throw new CeremonyRejected("ceremony.repeated", { trustee: number });
    }
    for (const point of own) seen.add(point);
  }
  return revealed;
}

function checkPossession(ceremony, one) {
  const proofs = [
    ["key", one.coefficients[0], one.knowsKey],
    ["encryption", one.encryption, one.knowsEncryption],
  ];
  for (const [which, bytes, proof] of proofs) {
    const statement = [ceremony.digest(), one.number, which, bytes];
    if (!knows(proof, "ceremony-possession", statement, { point: readPoint(bytes) })) {
      throw new CeremonyRejected("ceremony.possession", { trustee: one.number, which });
    }
  }
}

// Step 3: seal to each other trustee their share (§9.3). reveals: as checkReveals gave them.
export function deal(secret, { ceremony, reveals, rng }) {
  const others = [...reveals.keys()].filter((number) => number !== secret.number);
  const seal = (number) => sealShareFor(number, secret, { ceremony, reveals, rng });
  return new Dealing(secret.number, others.map(seal));
}

// Step 4: open and check one's shares; complain of each that is false (§9.4). A dealing that is not
// whole is passed over, unopened: its dealer is out by what all see.
export function receive(secret, { ceremony, reveals, dealings, rng }) {
  const complaints = [];
  for (const [dealer, dealing] of byTrustee(ceremony, dealings)) {
    const sealed = dealing.shareFor(secret.number);
    if (!sealed || !isWhole(ceremony, reveals, dealing)) continue;
    const agreed = agreedPoint(secret, sealed);
    if (openSealed(ceremony, reveals, { dealer, sealed, agreed }) !== null) continue;
    complaints.push(complain(secret, { ceremony, reveals, dealer, sealed, agreed, rng }));
  }
  return complaints;
}

function complain(secret, { ceremony, reveals, dealer, sealed, agreed, rng }) {
  const statement = [...shareStatement(ceremony, reveals, { dealer, ...sealed }), agreed];
  const proof = proveEquality("ceremony-complaint", statement, {
    secret: secret.encryption,
    other: readPoint(sealed.ephemeral),
    rng,
  });
  return new Complaint({ dealer, complainant: secret.number, opened: agreed, proof });
}

// Step 5: add up one's shares, and prove that one holds the sum (§9.6). Gives
// { share, confirmation }. Refused: as judge; ceremony.out (one is out oneself), ceremony.quorum,
// ceremony.share (a false share that was not complained of).
export function finish(secret, published) {
  const { ceremony, reveals, dealings, complaints, rng } = published;
  const out = judge(ceremony, reveals, dealings, complaints);
  const { number } = secret;
  if (out.has(number)) throw new CeremonyRejected("ceremony.out", { trustee: number });
  const qualified = qualifiedOf(ceremony, reveals, out);
  const received = dealings
    .filter((dealing) => qualified.has(dealing.number) && dealing.number !== number)
    .map((dealing) => myShare(secret, { ceremony, reveals, dealing }));
  const own = evaluate(secret.coefficients, number);
  const total = received.reduce((sum, one) => (sum + one) % ORDER, own);
  const share = new KeyShare(number, publicKeyOf(qualified), total);
  const point = writePoint(baseTimes(total));
  const statement = [transcriptOf(published), share.publicKey, number, point];
  const holdsShare = proveKnowledge("share-proof", statement, { secret: total, rng });
  const confirmation = new Confirmation({ number, publicKey: share.publicKey, holdsShare });
  return { share, confirmation };
}

// Who left somebody out is out already: there is a share here for everybody.
function myShare(secret, { ceremony, reveals, dealing }) {
  const sealed = dealing.shareFor(secret.number);
  const agreed = agreedPoint(secret, sealed);
  const share = openSealed(ceremony, reveals, { dealer: dealing.number, sealed, agreed });
  if (share === null) throw new CeremonyRejected("ceremony.share", { trustee: dealing.number });
  return share;
}

// Compute the key from everything published, lists as they stand on the board, checking all of it
// (§9.6).
export function conclude(ceremony, published) {
  const { commitments, reveals, dealings, complaints, confirmations } = published;
  const revealed = checkReveals(ceremony, commitments, reveals);
  const out = judge(ceremony, revealed, dealings, complaints);
  const qualified = qualifiedOf(ceremony, revealed, out);
  const publicKey = publicKeyOf(qualified);
  const transcript = transcriptOf({ ...published, ceremony, reveals: revealed });
  const confirmed = byTrustee(ceremony, confirmations);
  const trustees = [...qualified.keys()].map((number) => {
    const said = confirmed.get(number);
    if (!said) throw new CeremonyRejected("ceremony.unconfirmed", { trustee: number });
    const point = publicShareOf(qualified, number);
    const written = writePoint(point);
    const statement = [transcript, publicKey, number, written];
    const isSameKey = isSame(said.publicKey, publicKey);
    if (!isSameKey || !knows(said.holdsShare, "share-proof", statement, { point })) {
      throw new CeremonyRejected("ceremony.confirmation", { trustee: number });
    }
    return { number, name: ceremony.trustees[number - 1], point: written };
  });
  const key = new ElectionKey(publicKey, ceremony.quorum, trustees);
  // Dealers in league may have polynomials of which the highest coefficients cancel.
  key.checkShares();
  return key;
}

// Messages by trustee, one of each; refuse one too few, too many or of nobody.
function ofAll(ceremony, messages) {
  const found = byTrustee(ceremony, messages);
  for (const number of ceremony.numbers) {
    if (!found.has(number)) throw new CeremonyRejected("ceremony.missing", { trustee: number });
  }
  return found;
}

const revealHash = (ceremony, one) =>
  transcriptHash("ceremony-commitment", ceremony.digest(), one.number, canonical(one.toJson()));

// The trustees who are left (§9.5).
function qualifiedOf(ceremony, reveals, out) {
  const left = new Map([...reveals].filter(([number]) => !out.has(number)));
  if (left.size < ceremony.quorum) {
    throw new CeremonyRejected("ceremony.quorum", { out: [...out].sort() });
  }
  return left;
}

// Y (§9.6, equation 36).
function publicKeyOf(qualified) {
  const total = sumOf([...qualified.values()].map((one) => readPoint(one.coefficients[0])));
  if (total.is0()) throw new CeremonyRejected("ceremony.infinite");
  return writePoint(total);
}

// X_j: what all the polynomials' points say that a trustee's share·G is (§9.6, equation 35).
function publicShareOf(qualified, number) {
  const points = [...qualified.values()].map((one) => evaluateInPublic(one.coefficients, number));
  const total = sumOf(points);
  if (total.is0()) throw new CeremonyRejected("ceremony.infinite", { trustee: number });
  return total;
}

// T: the hash of the whole ceremony, in the order of the trustees (§9.6, equation 34). reveals: a
// map, as checkReveals gave it.
export function transcriptOf({ ceremony, commitments, reveals, dealings, complaints }) {
  const byNumber = (one, other) => one.number - other.number;
  const byDealer = (one, other) =>
    one.dealer - other.dealer || one.complainant - other.complainant;
  const lists = [
    [...commitments].sort(byNumber),
    [...reveals.values()].sort(byNumber),
    [...dealings].sort(byNumber),
    [...complaints].sort(byDealer),
  ];
  const said = lists.map((messages) => canonical(messages.map((one) => one.toJson())));
  return transcriptHash("ceremony-transcript", ceremony.digest(), ...said);
}
