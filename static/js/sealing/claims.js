// Many claims of Schnorr's form, s·G = A + e·B, checked together: ballot/sealing/claims.py
// (docs/spec/sealing.md §6.5, eq. 9). Proofs of knowledge and BIP 340 signatures are both such
// claims. The weights are drawn after the claims are fixed; a sum that fails is halved, with new
// weights, until what is false stands alone.
import { BASE, browserRng, ORDER, publicTimes } from "./group.js";
import { weightedSum } from "./points.js";
import { freshWeights, innerProduct } from "./scalars.js";

const CHECKED_ALONE = 4;
const CHECKED_TOGETHER = 1_000; // So that the progress moves; larger sums gain little.

// The claims that do not hold, of a list of { commitment, base, challenge, response, … }: A and B
// as points, e and s as numbers.
export function falseClaims(claims, { rng = browserRng, progress = () => {} } = {}) {
  const found = [];
  for (let start = 0; start < claims.length; start += CHECKED_TOGETHER) {
    found.push(...halve(claims.slice(start, start + CHECKED_TOGETHER), rng));
    progress(Math.min(1, (start + CHECKED_TOGETHER) / claims.length));
  }
  return found;
}

function halve(claims, rng) {
  if (claims.length <= CHECKED_ALONE) return claims.filter((claim) => !holds(claim));
  if (holdTogether(claims, rng)) return [];
  const half = claims.length >> 1;
  return [...halve(claims.slice(0, half), rng), ...halve(claims.slice(half), rng)];
}

// One claim, directly: s·G - e·B is A (§6.4).
export const holds = ({ commitment, base, challenge, response }) =>
  publicTimes(BASE, response).subtract(publicTimes(base, challenge)).equals(commitment);

// Whether the weighted sums of both sides agree (eq. 9).
function holdTogether(claims, rng) {
  const w = freshWeights(rng, claims.length);
  const column = (name) => claims.map((claim) => claim[name]);
  const right = weightedSum(
    [...column("commitment"), ...column("base")],
    [...w, ...w.map((weight, row) => (weight * claims[row].challenge) % ORDER)],
  );
  return right.equals(publicTimes(BASE, innerProduct(w, column("response"))));
}
