// Making a mix: permute, re-encrypt, and prove it: ballot/sealing/mixing.py, after Terelius and
// Wikström 2010 (docs/spec/sealing.md §8.1 to §8.3). Randomness goes through multiplications of
// constant time; sorting, and the sums of many points, take a time that depends on what is secret,
// so a mixer's machine should do nothing else meanwhile. Letters as in shuffle.js.
import { numberOf } from "./bytes.js";
import { Box, boxHash, Column } from "./box.js";
import { generators } from "./generators.js";
import { baseTimes, browserRng, ORDER, times } from "./group.js";
import { normalised, tableOf, weightedSum } from "./points.js";
import { innerProduct, randomScalars } from "./scalars.js";
import { challenge, checkNotEmpty, Mix, statementHash, weights } from "./shuffle.js";
import { Stages } from "./stages.js";

const ORDER_KEY_BYTES = 8;

// Mix a box, and prove it, under the mixer's name; throws ShuffleRejected "shuffle.empty".
// Cost: seven multiplications of constant time, and three in sums, a pair (some 10 ms).
export function mix(box, { setting, mixer, rng = browserRng, progress = () => {} }) {
  checkNotEmpty(box);
  const stages = new Stages(progress, 1, 4, 5, 2);
  const secrets = draw(box.length, rng);
  const bases = generators(box.length + 1, { progress: stages.following() });
  const { after, permutation } = encrypt(box, { setting, secrets, bases }, stages.following());
  const statement = statementHash(box, after, permutation, { setting, mixer });
  const u = weights(statement, box.length);
  const exponents = chainExponents(secrets, u);
  const commitments = {
    ...commitChain(secrets, exponents, bases[0], stages.following()),
    commitments: commitOnce(secrets, after, { setting, bases }, stages.following()),
  };
  const gamma = challenge(statement, commitments);
  const proof = { permutation, ...commitments, ...respond(secrets, { u, exponents, gamma }) };
  stages.finish();
  return new Mix(boxHash(box, { setting }), after, proof);
}

// What a mixer must forget (§8.1): `order` is π, after[i] is before[order[i]]; `permutation` is r,
// in the order of before; `encryption` r', `chain` r̂, `forWeights` ω', `forChain` ω̂, `once` ω₁ … ω₄.
function draw(count, rng) {
  return {
    order: drawOrder(count, rng),
    encryption: randomScalars(rng, count),
    permutation: randomScalars(rng, count),
    chain: randomScalars(rng, count),
    forWeights: randomScalars(rng, count),
    forChain: randomScalars(rng, count),
    once: randomScalars(rng, 4),
  };
}

// Sorted by 128 random bits: two alike, the one way to favour an order, come once in 2**90.
function drawOrder(count, rng) {
  const halves = Array.from({ length: 2 * count }, () => numberOf(rng(ORDER_KEY_BYTES).reverse()));
  const keys = Array.from(
    { length: count },
    (_, row) => (halves[count + row] << 64n) | halves[row],
  );
  const rows = Array.from({ length: count }, (_, row) => row);
  return rows.sort((a, b) => (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : a - b));
}

// Permute and re-encrypt, and commit to the permutation (§8.1, eq. 11 and 12).
function encrypt(box, { setting, secrets, bases }, progress) {
  const { order, encryption } = secrets;
  const key = tableOf(setting.point);
  const [c1, c2, permutation] = [[], [], []];
  order.forEach((from, row) => {
    c1.push(box.c1.points[from].add(baseTimes(encryption[row])));
    c2.push(box.c2.points[from].add(times(key, encryption[row])));
    permutation[from] = baseTimes(secrets.permutation[from]).add(bases[row + 1]);
    progress(row / order.length);
  });
  const after = new Box(box.name, column(c1), column(c2));
  return { after, permutation: column(permutation) };
}

const column = (points) => new Column(normalised(points));

// The chain's exponents, ĉᵢ = Rᵢ·G + Uᵢ·H₀ for i = 0 … N (§8.3, eq. 15), so that no link waits for
// the one before; and u', the weights in the order of the box after.
function chainExponents(secrets, u) {
  const inOrder = secrets.order.map((from) => u[from]);
  const [sums, products] = [[0n], [1n]];
  inOrder.forEach((weight, row) => {
    sums.push((secrets.chain[row] + weight * sums[row]) % ORDER);
    products.push((weight * products[row]) % ORDER);
  });
  return { inOrder, sums, products };
}

// ĉ, and t̂ᵢ = ω̂ᵢ·G + ω'ᵢ·ĉᵢ₋₁ (§8.3, eq. 15 and 16).
function commitChain(secrets, { sums, products }, start, progress) {
  const first = tableOf(start);
  const [chain, chainCommitments] = [[], []];
  secrets.chain.forEach((_, row) => {
    chain.push(baseTimes(sums[row + 1]).add(times(first, products[row + 1])));
    const factor = secrets.forWeights[row];
    const ofBase = (secrets.forChain[row] + factor * sums[row]) % ORDER;
    const ofFirst = (factor * products[row]) % ORDER;
    chainCommitments.push(baseTimes(ofBase).add(times(first, ofFirst)));
    progress(row / secrets.chain.length);
  });
  return { chain: column(chain), chainCommitments: column(chainCommitments) };
}

// t₁ to t₄ᵦ (§8.3, eq. 16).
function commitOnce({ once, forWeights }, after, { setting, bases }, progress) {
  const [one, two, three, four] = once;
  const sets = [bases.slice(1), after.c1.points, after.c2.points];
  const [ofBases, ofC1, ofC2] = sets.map((points, number) => {
    progress(number / sets.length);
    return weightedSum(points, forWeights);
  });
  return column([
    baseTimes(one),
    baseTimes(two),
    baseTimes(three).add(ofBases),
    ofC1.subtract(baseTimes(four)),
    ofC2.subtract(times(setting.point, four)),
  ]);
}

// Answer the challenge (§8.3, eq. 18).
function respond(secrets, { u, exponents, gamma }) {
  const { inOrder, sums } = exponents;
  const answer = (drawn, secret) => (drawn + gamma * secret) % ORDER;
  const known = [
    secrets.permutation.reduce((sum, one) => sum + one, 0n),
    sums.at(-1),
    innerProduct(u, secrets.permutation),
    innerProduct(inOrder, secrets.encryption),
  ];
  return {
    sWeights: secrets.forWeights.map((drawn, row) => answer(drawn, inOrder[row])),
    sChain: secrets.forChain.map((drawn, row) => answer(drawn, secrets.chain[row])),
    responses: secrets.once.map((drawn, row) => answer(drawn, known[row])),
  };
}
