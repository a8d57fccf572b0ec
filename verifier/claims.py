"""Claims that s·G = A + e·B, many at once: what proofs and signatures come down to (§6.5)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import NamedTuple

from verifier.canonical import Hashed, digest, wide_reduction
from verifier.failure import Failed
from verifier.group import GENERATOR, ORDER, POINT_BYTES, SCALAR_BYTES, Point, point, scalar
from verifier.sums import weighted

WEIGHT_BITS = 128


class Claim(NamedTuple):
    """That s·G = A + e·B."""

    s: int
    A: Point
    e: int
    B: Point


def false_claims(claims: Sequence[Claim], first: int = 0) -> list[int]:
    """Return the positions of what is false, from `first` on, in order; none, if all hold.

    A false claim is missed with a chance of 2⁻¹²⁸. Each half of a batch that fails is checked
    again, with new weights, until what is false stands alone.
    """
    if _all_hold(claims):
        return []
    if len(claims) == 1:
        return [first]
    half = len(claims) // 2
    return false_claims(claims[:half], first) + false_claims(claims[half:], first + half)


def _all_hold(claims: Sequence[Claim]) -> bool:
    weights = fresh_weights(len(claims))
    pairs = list(zip(weights, claims, strict=True))
    left = sum(weight * claim.s for weight, claim in pairs) % ORDER
    # Equation (9), all on one side.
    return (
        weighted(
            [claim.A for claim in claims] + [claim.B for claim in claims] + [GENERATOR],
            weights + [weight * claim.e for weight, claim in pairs] + [-left],
        )
        is None
    )


def fresh_weights(count: int) -> list[int]:
    """Return numbers from 1 to 2¹²⁸, drawn now: so no proof can have been made to fit them."""
    return [secrets.randbits(WEIGHT_BITS) + 1 for _ in range(count)]


# --- knowledge of a secret x behind X = x·G (§9.2, equations 27 and 28) ---

KNOWLEDGE_BYTES = POINT_BYTES + SCALAR_BYTES


def knowledge(use: str, statement: Sequence[Hashed], X: Point, proof: bytes, where: str) -> Claim:
    """Read a proof of possession, A 33 | s 32, as the claim that it makes.

    Raises: Failed (proof.length, proof.point, proof.scalar). That the claim holds is not said.
    """
    if len(proof) != KNOWLEDGE_BYTES:
        raise Failed("proof.length", where, "A proof of possession has 65 bytes.")
    A = proof[:POINT_BYTES]
    e = wide_reduction(digest(use, *statement, A))
    s = scalar(proof[POINT_BYTES:], "proof.scalar", where)
    return Claim(s, point(A, "proof.point", where), e, X)
