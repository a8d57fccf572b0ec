"""Making a mix: permute, re-encrypt, and prove it (Terelius and Wikström 2010).

The permutation and the randomness are secret, and table look-ups by them are not constant in time:
a mixer's machine should do nothing else meanwhile.  Letters as in `ballot.sealing.shuffle`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ballot.sealing import native
from ballot.sealing.box import Box, box_hash
from ballot.sealing.generators import generators
from ballot.sealing.native import ORDER, Points
from ballot.sealing.scalars import Rng, random_rows, random_scalars, read_scalars, write_scalars
from ballot.sealing.setting import Setting
from ballot.sealing.shuffle import (
    WEIGHT_SIZE,
    Mix,
    ShuffleProof,
    challenge,
    check_not_empty,
    statement_hash,
    weights,
)
from ballot.sealing.sums import weighted_sums
from ballot.sealing.tables import FixedBase, add_products, fixed_base
from ballot.sealing.workers import (
    FEWEST_FOR_WORKERS,
    Octets,
    Progress,
    Stages,
    shared,
    spread,
)

_BLOCK = 1_024


@dataclass(frozen=True, slots=True)
class _Secrets:
    """What a mixer must forget: the permutation and all randomness (sealing §8.1)."""

    order: NDArray[np.int64]  # pi: after[i] is before[order[i]]
    encryption: Octets  # r', (N, 32)
    permutation: Octets  # r of the permutation's commitment, (N, 32), in the order of before
    chain: Octets  # r̂, (N, 32)
    for_weights: Octets  # omega', (N, 32)
    for_chain: Octets  # omega-hat, (N, 32)
    once: tuple[int, ...]  # omega 1 to 4


def mix(
    box: Box,
    *,
    setting: Setting,
    mixer: str,
    rng: Rng,
    processes: int = 1,
    progress: Progress | None = None,
) -> Mix:
    """Mix a box, and prove it.

    mixer:  the name of who mixes, bound by the proof.
    Spec:   sealing §8.1 to §8.3.
    Cost:   seven multiplications from tables, and three in sums, a pair (100 to 160 µs).
    Raises: ShuffleRejected "shuffle.empty".
    """
    check_not_empty(box)
    processes = processes if len(box) >= FEWEST_FOR_WORKERS else 1
    stages = Stages(progress, len(box), 1, 3, 3, 2)
    prover = _prover(_draw(len(box), rng), setting, processes, stages.following())
    after, permutation = prover.encrypt(box, stages.following())
    statement = statement_hash(box, after, permutation, setting=setting, mixer=mixer)
    proof = prover.prove(statement, after, permutation, stages)
    stages.finish()
    return Mix(box_hash(box, setting=setting), after, proof)


def _draw(count: int, rng: Rng) -> _Secrets:
    # Sorting by 128 random bits: two alike, the one way to favour an order, come once in 2**90.
    keys = np.frombuffer(rng(16 * count), "<u8").reshape(2, count)
    return _Secrets(
        order=np.lexsort(keys),
        encryption=random_rows(rng, count),
        permutation=random_rows(rng, count),
        chain=random_rows(rng, count),
        for_weights=random_rows(rng, count),
        for_chain=random_rows(rng, count),
        once=tuple(random_scalars(rng, 4)),
    )


def _prover(
    secrets: _Secrets, setting: Setting, processes: int, progress: Progress | None
) -> _Prover:
    """Make the generators and the tables."""
    count = len(secrets.order)
    bases = generators(count + 1, processes=processes, progress=progress)
    return _Prover(
        setting,
        secrets,
        bases,
        fixed_base(native.G, 4 * count, processes=processes),
        fixed_base(setting.point, count, processes=processes),
        fixed_base(bases[0].tobytes(), 2 * count, processes=processes),
        processes,
    )


@dataclass(frozen=True, slots=True)
class _Prover:
    """A mixer at work, with its secrets, the generators and the tables."""

    setting: Setting
    secrets: _Secrets
    bases: Points  # H₀, H₁ …, H_N
    of_base: FixedBase
    of_key: FixedBase
    of_chain: FixedBase
    processes: int

    def encrypt(self, box: Box, progress: Progress | None) -> tuple[Box, Points]:
        """Permute and re-encrypt, and commit to the permutation (sealing §8.1, eq. 11 and 12)."""
        secrets, count = self.secrets, len(box)
        c1, c2, permutation = (shared((count, 64)) for _ in range(3))
        where = np.zeros(count, np.int64)
        where[secrets.order] = np.arange(count)

        def work(start: int, stop: int) -> None:
            rows = slice(start, stop)
            order, fresh = secrets.order[rows], secrets.encryption[rows]
            add_products([(self.of_base, fresh)], box.c1[order], c1[rows])
            add_products([(self.of_key, fresh)], box.c2[order], c2[rows])
            blinding = [(self.of_base, secrets.permutation[rows])]
            add_products(blinding, self.bases[1:][where[rows]], permutation[rows])

        spread(work, count, block=_BLOCK, processes=self.processes, progress=progress)
        return Box(box.name, c1, c2), permutation

    def prove(
        self, statement: bytes, after: Box, permutation: Points, stages: Stages
    ) -> ShuffleProof:
        """Prove that `after` is the box, permuted as committed (sealing §8.3)."""
        u = weights(statement, len(after))
        sums, products = self._chain(u)
        chain, chain_commitments = self._commit_chain(sums, products, stages.following())
        proof = ShuffleProof(
            permutation=permutation,
            chain=chain,
            chain_commitments=chain_commitments,
            s_weights=np.zeros((0, 32), np.uint8),
            s_chain=np.zeros((0, 32), np.uint8),
            commitments=self._commit(after, stages.following()),
            responses=(),
        )
        return self._respond(proof, u, sums[-1:], challenge(statement, proof))

    def _chain(self, u: Octets) -> tuple[Octets, Octets]:
        """Give the chain's exponents: ĉ_i = R_i·G + U_i·H₀, for i = 0 … N (sealing §8.3, eq. 15).

        R_i = r̂_i + u'_i·R_(i-1) and U_i = u'_i·U_(i-1), so that no link waits for the one before.
        """
        total, product = 0, 1
        sums, products = [total], [product]
        drawn = read_scalars(self.secrets.chain)
        for weight, fresh in zip(self._in_order(u), drawn, strict=True):
            total = (fresh + weight * total) % ORDER
            product = weight * product % ORDER
            sums.append(total)
            products.append(product)
        return write_scalars(sums), write_scalars(products)

    def _in_order(self, u: Octets) -> list[int]:
        """Give u', the weights in the order of the box after."""
        return read_scalars(u[self.secrets.order], WEIGHT_SIZE)

    def _commit_chain(
        self, sums: Octets, products: Octets, progress: Progress | None
    ) -> tuple[Points, Points]:
        """Give ĉ, and t̂_i = omega-hat_i·G + omega'_i·ĉ_(i-1) (sealing §8.3, eq. 15 and 16)."""
        count = len(sums) - 1
        chain, commitments = shared((count, 64)), shared((count, 64))
        secrets = self.secrets

        def work(start: int, stop: int) -> None:
            rows, links = slice(start, stop), slice(start + 1, stop + 1)
            link = [(self.of_base, sums[links]), (self.of_chain, products[links])]
            add_products(link, None, chain[rows])
            of_base, of_chain = [], []
            for fresh, factor, total, product in zip(
                read_scalars(secrets.for_chain[rows]),
                read_scalars(secrets.for_weights[rows]),
                read_scalars(sums[rows]),
                read_scalars(products[rows]),
                strict=True,
            ):
                of_base.append((fresh + factor * total) % ORDER)
                of_chain.append(factor * product % ORDER)
            drawn = [
                (self.of_base, write_scalars(of_base)),
                (self.of_chain, write_scalars(of_chain)),
            ]
            add_products(drawn, None, commitments[rows])

        spread(work, count, block=_BLOCK, processes=self.processes, progress=progress)
        return chain, commitments

    def _commit(self, after: Box, progress: Progress | None) -> tuple[bytes, ...]:
        """Give t1 to t4 (sealing §8.3, eq. 16)."""
        one, two, three, four = self.secrets.once
        of_bases, of_c1, of_c2 = weighted_sums(
            [self.bases[1 : len(after) + 1], after.c1, after.c2],
            self.secrets.for_weights,
            processes=self.processes,
            progress=progress,
        )
        commitments = (
            native.base_times(one),
            native.base_times(two),
            native.add(native.base_times(three), of_bases),
            native.add(native.times(native.G, -four), of_c1),
            native.add(native.times(self.setting.point, -four), of_c2),
        )
        return tuple(point for point in commitments if point is not None)

    def _respond(
        self, proof: ShuffleProof, u: Octets, chain_end: Octets, gamma: int
    ) -> ShuffleProof:
        """Answer the challenge (sealing §8.3, eq. 18)."""
        secrets = self.secrets
        blinding = read_scalars(secrets.permutation)
        weight = read_scalars(u, WEIGHT_SIZE)
        in_order = self._in_order(u)
        known = (
            sum(blinding),
            read_scalars(chain_end)[0],
            sum(a * b for a, b in zip(weight, blinding, strict=True)),
            sum(
                a * b for a, b in zip(in_order, read_scalars(secrets.encryption), strict=True)
            ),
        )
        return replace(
            proof,
            s_weights=_answer(secrets.for_weights, in_order, gamma),
            s_chain=_answer(secrets.for_chain, read_scalars(secrets.chain), gamma),
            responses=tuple(
                (omega + gamma * secret) % ORDER
                for omega, secret in zip(secrets.once, known, strict=True)
            ),
        )


def _answer(drawn: Octets, secrets: list[int], gamma: int) -> Octets:
    return write_scalars(
        (omega + gamma * secret) % ORDER
        for omega, secret in zip(read_scalars(drawn), secrets, strict=True)
    )
