// Shares on their way from one trustee to another, and who is out when one of them is false:
// ballot/sealing/dealing.py (docs/spec/sealing.md §9.3 to §9.5).
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { isSame, numberOf } from "./bytes.js";
import { canonical, transcriptHash } from "./canonical.js";
import { CeremonyRejected } from "./errors.js";
import {
  baseTimes,
  ORDER,
  publicTimes,
  randomScalar,
  readPoint,
  times,
  writePoint,
  writeScalar,
} from "./group.js";
import { byTrustee, SealedShare } from "./messages.js";
import { equal, knows, proveKnowledge } from "./proofs.js";

const NONCE = new Uint8Array(12); // Each sealing key is used once.

// f(number), from the top (Horner; §9.3, equation 29).
export function evaluate(coefficients, number) {
  const at = BigInt(number);
  return coefficients.reduceRight((value, one) => (value * at + one) % ORDER, 0n);
}

// f(number)·G from the polynomial's points (Feldman 1987), infinity included.
export function evaluateInPublic(points, number) {
  const [last, ...others] = points.map(readPoint).reverse();
  return others.reduce((value, one) => publicTimes(value, BigInt(number)).add(one), last);
}

// What everything about one sealed share begins with: R, i, j, E_j, K (§9.3, equation 29). R is the
// hash of all reveals: who was shown other reveals than the dealer finds the dealer's proof false,
// and opens nothing by a complaint.
export function shareStatement(ceremony, reveals, { dealer, recipient, ephemeral }) {
  const numbers = [...reveals.keys()].sort((one, other) => one - other);
  const shown = canonical(numbers.map((number) => reveals.get(number).toJson()));
  const agreedOn = transcriptHash("ceremony-reveals", ceremony.digest(), shown);
  return [agreedOn, dealer, recipient, reveals.get(recipient).encryption, ephemeral];
}

// Seal a dealer's share for one trustee (§9.3, equations 29 to 31).
export function sealShareFor(recipient, secret, { ceremony, reveals, rng }) {
  const fresh = randomScalar(rng);
  const ephemeral = writePoint(baseTimes(fresh));
  const agreed = writePoint(times(readPoint(reveals.get(recipient).encryption), fresh));
  const parties = { dealer: secret.number, recipient, ephemeral };
  const statement = shareStatement(ceremony, reveals, parties);
  const share = writeScalar(evaluate(secret.coefficients, recipient));
  const sealed = cipher(statement, agreed).encrypt(share);
  const proved = [...statement, sealed];
  const knowsEphemeral = proveKnowledge("ceremony-dealing-key", proved, { secret: fresh, rng });
  return new SealedShare({ recipient, ephemeral, sealed, knowsEphemeral });
}

// Z = d·K, the point that a recipient and the dealer agree on (§9.4).
export const agreedPoint = (secret, sealed) =>
  writePoint(times(readPoint(sealed.ephemeral), secret.encryption));

// Whether a dealing has one share for each other trustee, and proves every K its own (§9.4). Looked
// at before any share is opened: Z = d·K of a K that the dealer took from somebody else would open
// that other's share.
export function isWhole(ceremony, reveals, dealing) {
  const others = [...reveals.keys()].filter((number) => number !== dealing.number);
  const given = dealing.shares.map(({ recipient }) => recipient);
  const inOrder = (numbers) => [...numbers].sort((one, other) => one - other);
  if (!isSame(inOrder(given), inOrder(others))) return false;
  return dealing.shares.every((share) => {
    const parties = { dealer: dealing.number, ...share };
    const statement = [...shareStatement(ceremony, reveals, parties), share.sealed];
    const point = readPoint(share.ephemeral);
    return knows(share.knowsEphemeral, "ceremony-dealing-key", statement, { point });
  });
}

// Open a sealed share and hold it against the dealer's points (§9.4, equation 32); null if false.
export function openSealed(ceremony, reveals, { dealer, sealed, agreed }) {
  const statement = shareStatement(ceremony, reveals, { dealer, ...sealed });
  let opened;
  try {
    opened = cipher(statement, agreed).decrypt(sealed.sealed);
  } catch {
    return null; // The tag does not hold: nothing else throws here.
  }
  const share = numberOf(opened);
  const expected = evaluateInPublic(reveals.get(dealer).coefficients, sealed.recipient);
  if (!(share > 0n && share < ORDER) || !baseTimes(share).equals(expected)) return null;
  return share;
}

// The cipher of one sealed share (§9.3, equation 30).
const cipher = (statement, agreed) =>
  chacha20poly1305(transcriptHash("ceremony-dealing", ...statement, agreed), NONCE);

// The numbers of the trustees who are out, as a set: everybody computes the same (§9.5). Out is who
// dealt not at all, or not to everybody, or without the proofs, or falsely.
export function judge(ceremony, reveals, dealings, complaints) {
  const dealt = byTrustee(ceremony, dealings);
  const isGood = ([, one]) => isWhole(ceremony, reveals, one);
  const whole = new Map([...dealt].filter(isGood));
  const out = new Set([...reveals.keys()].filter((number) => !whole.has(number)));
  for (const complaint of once(ceremony, complaints)) {
    const { dealer, complainant } = complaint;
    if (!whole.has(dealer)) continue; // Who is out without it needs no complaint.
    if (!isUpheld(ceremony, reveals, whole.get(dealer), complaint)) {
      throw new CeremonyRejected("ceremony.complaint", { trustee: complainant, dealer });
    }
    out.add(dealer);
  }
  return out;
}

// Whether a complaint is proved, and the share that it opens is false.
function isUpheld(ceremony, reveals, dealing, { dealer, complainant, opened, proof }) {
  const sealed = dealing.shareFor(complainant);
  if (!sealed) return false; // Of oneself: everybody else has a share in a whole dealing.
  const parties = { dealer, recipient: complainant, ephemeral: sealed.ephemeral };
  const statement = [...shareStatement(ceremony, reveals, parties), opened];
  const isProved = equal(proof, "ceremony-complaint", statement, {
    point: readPoint(reveals.get(complainant).encryption),
    other: readPoint(sealed.ephemeral),
    product: readPoint(opened),
  });
  const share = openSealed(ceremony, reveals, { dealer, sealed, agreed: opened });
  return isProved && share === null;
}

// Refuse a complaint of or about nobody, and a second about the same dealing.
function once(ceremony, complaints) {
  const made = new Set();
  for (const { dealer, complainant } of complaints) {
    for (const number of [dealer, complainant]) {
      if (!ceremony.numbers.includes(number)) {
        throw new CeremonyRejected("ceremony.number", { trustee: number });
      }
    }
    if (made.has(`${dealer} ${complainant}`)) {
      throw new CeremonyRejected("ceremony.twice", { trustee: complainant });
    }
    made.add(`${dealer} ${complainant}`);
  }
  return complaints;
}
