"""Many claims of Schnorr's form, s·G = A + e·B, checked together; the false ones are named.

Proofs of knowledge (A the commitment, B = r·G) and BIP 340 signatures (A = R, B the credential)
are both such claims.  The checker draws a fresh weight of 128 bits for each claim, after the
claims are fixed, and checks one weighted sum of them all: a false claim passes once in 2**128.
A sum that fails is halved until the claims that are false stand alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballot.sealing import native
from ballot.sealing.native import ORDER, Points
from ballot.sealing.scalars import WEIGHT, Rng, read_scalars, write_scalars
from ballot.sealing.sums import weighted_sum
from ballot.sealing.workers import FEWEST_FOR_WORKERS, Octets, Progress, shared, spread

_BLOCK = 8_192
_CHECKED_ALONE = 8


@dataclass(frozen=True, slots=True)
class Claims:
    """Claims in columns; every response is below the order already.

    commitments, bases: (N, 64) points; challenges, responses: (N, 32).
    """

    commitments: Points
    bases: Points
    challenges: Octets
    responses: Octets

    def __len__(self) -> int:
        return len(self.responses)

    def part(self, rows: slice | NDArray[np.int64]) -> Claims:
        """Give some of the claims."""
        return Claims(
            self.commitments[rows],
            self.bases[rows],
            self.challenges[rows],
            self.responses[rows],
        )


def holds(commitment: bytes, base: bytes, challenge: int, response: int) -> bool:
    """Check one claim directly (sealing §6.4): s·G - e·B is A, byte for byte."""
    return native.times_plus_base(base, -challenge, response) == commitment


def false_claims(
    claims: Claims, *, rng: Rng, processes: int = 1, progress: Progress | None = None
) -> list[int]:
    """Name the claims that do not hold, by row (sealing §6.5).

    Cost: 10 µs a claim where all hold; each false one costs some twenty sums of halves more.
    """
    if len(claims) <= _CHECKED_ALONE:
        return [row for row in range(len(claims)) if not _holds_alone(claims, row)]
    if _hold_together(claims, rng, processes, progress):
        return []
    half = len(claims) // 2
    first = false_claims(claims.part(slice(0, half)), rng=rng, processes=processes)
    second = false_claims(claims.part(slice(half, None)), rng=rng, processes=processes)
    return first + [half + row for row in second]


def _holds_alone(claims: Claims, row: int) -> bool:
    return holds(
        claims.commitments[row].tobytes(),
        claims.bases[row].tobytes(),
        read_scalars(claims.challenges[row])[0],
        read_scalars(claims.responses[row])[0],
    )


def _hold_together(
    claims: Claims, rng: Rng, processes: int, progress: Progress | None
) -> bool:
    """Check that the weighted sums of both sides agree."""
    count = len(claims)
    processes = processes if count >= FEWEST_FOR_WORKERS else 1
    weights = np.frombuffer(rng(WEIGHT * count), np.uint8).reshape(count, WEIGHT)
    weighted = shared((count, 32))
    of_base = shared((-(-count // _BLOCK), 32))

    def weigh(start: int, stop: int) -> None:
        w = read_scalars(weights[start:stop], WEIGHT)
        e = read_scalars(claims.challenges[start:stop])
        s = read_scalars(claims.responses[start:stop])
        weighted[start:stop] = write_scalars([a * b % ORDER for a, b in zip(w, e, strict=True)])
        total = sum(a * b for a, b in zip(w, s, strict=True)) % ORDER
        of_base[start // _BLOCK] = write_scalars([total])[0]

    spread(weigh, count, block=_BLOCK, processes=processes)
    right = native.add(
        weighted_sum(claims.commitments, weights, processes=processes),
        weighted_sum(claims.bases, weighted, processes=processes, progress=progress),
    )
    return right == native.times(native.G, sum(read_scalars(of_base)))
