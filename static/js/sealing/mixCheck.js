// Checking a mix: shape first, then six equations over sums of many points:
// ballot/sealing/mix_check.py (docs/spec/sealing.md §8.5). The equation that runs along the chain
// is folded with the checker's own fresh weights of 128 bits. Letters as in shuffle.js.
import { isSame } from "./bytes.js";
import { boxHash } from "./box.js";
import { ShuffleRejected } from "./errors.js";
import { generators } from "./generators.js";
import { BASE, browserRng, ORDER, publicTimes, sumOf } from "./group.js";
import { weightedSum } from "./points.js";
import { firstTooLarge, freshWeights, innerProduct } from "./scalars.js";
import {
  challenge,
  checkNotEmpty,
  COMMITMENTS,
  RESPONSES,
  statementHash,
  weights,
} from "./shuffle.js";
import { Stages } from "./stages.js";

// Check that a mix holds the votes of the box before it, and give the box after it.
//
// before: the box as the board fixes it, or the one that the mix before this one gave.
// Throws ShuffleRejected "shuffle.empty", "shuffle.count", "shuffle.input", "shuffle.scalar", or
// the first equation that fails, with all of them in its evidence.
// Cost: eight sums a pair (some 8 ms).
export function checkMix(before, mix, { setting, mixer, rng = browserRng, progress = () => {} }) {
  checkNotEmpty(before);
  checkShape(before, mix, setting);
  const { after, proof } = mix;
  const stages = new Stages(progress, 2, 1, 1, 1, 1, 1, 1, 2);
  const bases = generators(before.length + 1, { progress: stages.following() });
  const statement = statementHash(before, after, proof.permutation, { setting, mixer });
  const recomputed = { u: weights(statement, before.length), gamma: challenge(statement, proof) };
  const equations = brokenEquations(before, mix, { setting, bases, rng, stages, ...recomputed });
  stages.finish();
  if (equations.length > 0) throw new ShuffleRejected(equations[0], { equations });
  return after;
}

// Lengths, counts, ranges, and that the mix took this very box.
function checkShape(before, { beforeHash, after, proof }, setting) {
  const count = before.length;
  const columns = [proof.permutation, proof.chain, proof.chainCommitments, after.c1, after.c2];
  const found = [...columns, proof.sWeights, proof.sChain].map((column) => column.length);
  const once = [proof.commitments.length, proof.responses.length];
  if (found.some((length) => length !== count)) {
    throw new ShuffleRejected("shuffle.count", { expected: count, found });
  }
  if (once[0] !== COMMITMENTS || once[1] !== RESPONSES) {
    throw new ShuffleRejected("shuffle.count", { expected: [COMMITMENTS, RESPONSES], found: once });
  }
  if (!isSame(beforeHash, boxHash(before, { setting })) || !after.name.isSame(before.name)) {
    throw new ShuffleRejected("shuffle.input");
  }
  for (const column of [proof.responses, proof.sWeights, proof.sChain]) {
    const row = firstTooLarge(column);
    if (row !== -1) throw new ShuffleRejected("shuffle.scalar", { row });
  }
}

// The names of the equations that fail, in their order (19) to (24).
function brokenEquations(before, mix, { setting, bases, u, gamma, rng, stages }) {
  const { after, proof } = mix;
  const [s1, s2, s3, s4] = proof.responses;
  const [t1, t2, t3, t4a, t4b] = proof.commitments.points;
  const summed = (points, numbers) => {
    stages.following();
    return weightedSum(points, numbers);
  };
  const equations = {
    "shuffle.sum": [publicTimes(BASE, s1), t1, totalOf(proof, bases)],
    "shuffle.product": [publicTimes(BASE, s2), t2, endOf(proof, bases, u)],
    "shuffle.commitment": [
      publicTimes(BASE, s3).add(summed(bases.slice(1), proof.sWeights)),
      t3,
      summed(proof.permutation.points, u),
    ],
    "shuffle.c1": [
      publicTimes(BASE, -s4).add(summed(after.c1.points, proof.sWeights)),
      t4a,
      summed(before.c1.points, u),
    ],
    "shuffle.c2": [
      publicTimes(setting.point, -s4).add(summed(after.c2.points, proof.sWeights)),
      t4b,
      summed(before.c2.points, u),
    ],
  };
  const broken = Object.keys(equations).filter((name) => {
    const [left, commitment, claimed] = equations[name];
    return !left.equals(commitment.add(publicTimes(claimed, gamma)));
  });
  stages.following();
  return chainHolds(proof, bases[0], gamma, rng) ? broken : [...broken, "shuffle.chain"];
}

// Σ cᵢ - Σ Hᵢ (19).
const totalOf = (proof, bases) =>
  sumOf(proof.permutation.points).subtract(sumOf(bases.slice(1)));

// ĉ_N - (Π uᵢ)·H₀ (20).
function endOf(proof, bases, u) {
  const product = u.reduce((all, weight) => (all * weight) % ORDER, 1n);
  return proof.chain.points.at(-1).subtract(publicTimes(bases[0], product));
}

// Every link of the chain (24), folded: the sum over i of wᵢ·(t̂ᵢ + γ·ĉᵢ - ŝᵢ·G - s'ᵢ·ĉᵢ₋₁) must be
// infinite. Each ĉᵢ stands in two neighbouring terms, which are put together.
function chainHolds(proof, start, gamma, rng) {
  const w = freshWeights(rng, proof.chain.length);
  const linked = [...w.map((weight, row) => (weight * proof.sWeights[row]) % ORDER), 0n];
  const numbers = w.map((weight, row) => gamma * weight - linked[row + 1]);
  const left = weightedSum(proof.chainCommitments.points, w).add(
    weightedSum(proof.chain.points, numbers),
  );
  const right = publicTimes(BASE, innerProduct(w, proof.sChain)).add(
    publicTimes(start, linked[0]),
  );
  return left.equals(right);
}
