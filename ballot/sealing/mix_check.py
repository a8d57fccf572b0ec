"""Checking a mix: shape first, then six equations, folded into few sums of many points.

Source: Terelius and Wikström 2010, as in `ballot.sealing.shuffle`, whose letters are used.  Every
equation is checked at every size; the one that runs along the chain is folded with the checker's
own fresh weights of 128 bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ballot.sealing import native
from ballot.sealing.box import Box, box_hash
from ballot.sealing.errors import ShuffleRejected
from ballot.sealing.generators import generators
from ballot.sealing.native import ORDER, Points
from ballot.sealing.scalars import (
    WEIGHT,
    Rng,
    first_too_large,
    read_scalars,
    write_scalars,
)
from ballot.sealing.setting import Setting
from ballot.sealing.shuffle import (
    COMMITMENTS,
    RESPONSES,
    WEIGHT_SIZE,
    Mix,
    ShuffleProof,
    challenge,
    check_not_empty,
    statement_hash,
    weights,
)
from ballot.sealing.sums import plain_sum, weighted_sum, weighted_sums
from ballot.sealing.workers import FEWEST_FOR_WORKERS, Octets, Progress, Stages, shared, spread

_BLOCK = 8_192


def check_mix(
    before: Box,
    mix: Mix,
    *,
    setting: Setting,
    mixer: str,
    rng: Rng,
    processes: int = 1,
    progress: Progress | None = None,
) -> Box:
    """Check that a mix holds the votes of the box before it, and give the box after it.

    before: the box as the board fixes it, or the one the mix before this one gave.
    mixer:  who is said to have mixed.  rng: the checker's own.
    Spec:   sealing §8.5.
    Cost:   sums of three points by 160 bits, four by 256 and one by 128 a pair (60 to 100 µs).
    Raises: ShuffleRejected: "shuffle.empty", "shuffle.count", "shuffle.input", "shuffle.scalar";
            or the first equation that fails, of "shuffle.sum", "shuffle.product",
            "shuffle.commitment", "shuffle.c1", "shuffle.c2", "shuffle.chain", with all of them
            in its evidence.
    """
    check_not_empty(before)
    _check_shape(before, mix, setting)
    count = len(before)
    processes = processes if count >= FEWEST_FOR_WORKERS else 1
    stages = Stages(progress, count, 2, 4, 6, 3)
    bases = generators(count + 1, processes=processes, progress=stages.following())
    statement = statement_hash(
        before, mix.after, mix.proof.permutation, setting=setting, mixer=mixer
    )
    check = _Check(
        setting,
        before,
        mix.after,
        mix.proof,
        bases,
        weights(statement, count),
        challenge(statement, mix.proof),
        processes,
    )
    broken = check.broken(rng, stages)
    stages.finish()
    if broken:
        raise ShuffleRejected(broken[0], equations=tuple(broken))
    return mix.after


def _check_shape(before: Box, mix: Mix, setting: Setting) -> None:
    """Check lengths, counts, ranges, and that the mix took this very box (sealing §8.5)."""
    proof, count = mix.proof, len(before)
    columns = (proof.permutation, proof.chain, proof.chain_commitments, mix.after.c1, mix.after.c2)
    counts = [len(column) for column in (*columns, proof.s_weights, proof.s_chain)]
    if counts != [count] * len(counts):
        raise ShuffleRejected("shuffle.count", expected=count, found=tuple(counts))
    if (len(proof.commitments), len(proof.responses)) != (COMMITMENTS, RESPONSES):
        raise ShuffleRejected("shuffle.count", expected=(COMMITMENTS, RESPONSES))
    if mix.before_hash != box_hash(before, setting=setting) or mix.after.name != before.name:
        raise ShuffleRejected("shuffle.input")
    for column in (proof.responses, read_scalars(proof.s_weights), read_scalars(proof.s_chain)):
        if first_too_large(column) is not None:
            raise ShuffleRejected("shuffle.scalar", row=first_too_large(column))


@dataclass(frozen=True, slots=True)
class _Check:
    """A mix under check, with the weights u and the challenge gamma recomputed."""

    setting: Setting
    before: Box
    after: Box
    proof: ShuffleProof
    bases: Points
    u: Octets
    gamma: int
    processes: int

    def broken(self, rng: Rng, stages: Stages) -> list[str]:
        """Give the names of the equations that fail (sealing §8.5, equations 19 to 24)."""
        proof = self.proof
        t1, t2, t3, t4_c1, t4_c2 = proof.commitments
        s1, s2, s3, s4 = proof.responses
        of_permutation, of_c1, of_c2 = weighted_sums(
            [proof.permutation, self.before.c1, self.before.c2],
            self.u,
            processes=self.processes,
            progress=stages.following(),
        )
        of_bases, of_after_c1, of_after_c2 = weighted_sums(
            [self.bases[1:], self.after.c1, self.after.c2],
            proof.s_weights,
            processes=self.processes,
            progress=stages.following(),
        )
        total, product = self._ends()
        base, key = native.G, self.setting.point
        equations = {
            "shuffle.sum": (native.times(base, s1), t1, total),
            "shuffle.product": (native.times(base, s2), t2, product),
            "shuffle.commitment": (
                native.add(native.times(base, s3), of_bases),
                t3,
                of_permutation,
            ),
            "shuffle.c1": (native.add(native.times(base, -s4), of_after_c1), t4_c1, of_c1),
            "shuffle.c2": (native.add(native.times(key, -s4), of_after_c2), t4_c2, of_c2),
        }
        broken = [
            name
            for name, (left, commitment, claimed) in equations.items()
            if left != native.add(commitment, native.times(claimed, self.gamma))
        ]
        if not self._chain_holds(rng, stages.following()):
            broken.append("shuffle.chain")
        return broken

    def _ends(self) -> tuple[bytes | None, bytes | None]:
        """Give Σ c - Σ H, and ĉ_N - (Π u)·H₀ (sealing §8.5, equations 19 and 20)."""
        proof = self.proof
        total = native.add(
            plain_sum(proof.permutation),
            native.times(plain_sum(self.bases[1:]), -1),
        )
        product = 1
        for weight in read_scalars(self.u, WEIGHT_SIZE):
            product = product * weight % ORDER
        last = proof.chain[-1].tobytes()
        return total, native.add(last, native.times(self.bases[0].tobytes(), -product))

    def _chain_holds(self, rng: Rng, progress: Progress | None) -> bool:
        """Check every link of the chain, folded with fresh weights (sealing §8.5, equation 24).

        The sum over i of w_i·(t̂_i + gamma·ĉ_i - ŝ_i·G - s'_i·ĉ_(i-1)) must be infinite: each ĉ_i
        stands in two neighbouring terms, which are put together.
        """
        proof, count = self.proof, len(self.before)
        drawn = rng(WEIGHT * count)
        w = np.frombuffer(drawn, np.uint8).reshape(count, WEIGHT)
        numbers = shared((count, 32))
        of_base = shared((-(-count // _BLOCK), 32))
        gamma = self.gamma

        def fold(start: int, stop: int) -> None:
            # One row more than the block: ĉ_i stands in the next term, too; after the last, zero.
            weight = read_scalars(w[start : stop + 1], WEIGHT)
            linked = [
                a * b % ORDER
                for a, b in zip(
                    weight, read_scalars(proof.s_weights[start : stop + 1]), strict=True
                )
            ] + [0]
            numbers[start:stop] = write_scalars(
                (gamma * a - b) % ORDER
                for a, b in zip(weight[: stop - start], linked[1:], strict=False)
            )
            answers = read_scalars(proof.s_chain[start:stop])
            total = sum(a * b for a, b in zip(weight, answers, strict=False))
            of_base[start // _BLOCK] = write_scalars([total % ORDER])[0]

        spread(fold, count, block=_BLOCK, processes=self.processes)
        first = read_scalars(w[:1], WEIGHT)[0] * read_scalars(proof.s_weights[:1])[0]
        left = native.add(
            weighted_sum(proof.chain_commitments, w, processes=self.processes),
            weighted_sum(proof.chain, numbers, processes=self.processes, progress=progress),
        )
        right = native.add(
            native.times(native.G, sum(read_scalars(of_base))),
            native.times(self.bases[0].tobytes(), first),
        )
        return left == right
