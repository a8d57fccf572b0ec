"""Proofs that one secret stands behind two points (Chaum and Pedersen 1992; §10.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from verifier.canonical import Hashed, digest, wide_reduction
from verifier.failure import Failed
from verifier.group import GENERATOR, POINT_BYTES, SCALAR_BYTES, Point, add, multiply, point, scalar

EQUALITY_BYTES = 2 * POINT_BYTES + SCALAR_BYTES


class Equality(NamedTuple):
    """That one x is behind X = x·G and other = x·base."""

    X: Point
    base: Point
    other: Point


def check_equality(
    said: Equality, proof: bytes, *, use: str, statement: Sequence[Hashed], check: str, where: str
) -> None:
    """Check a proof T₁ 33 | T₂ 33 | z 32: equation (42), with e as in (41).

    statement: all that the challenge hashes but T₁ and T₂.
    Raises:    Failed, under the name of the check; or proof.length, proof.point, proof.scalar.
    """
    if len(proof) != EQUALITY_BYTES:
        raise Failed("proof.length", where, "A proof of equality has 98 bytes.")
    first, second = proof[:POINT_BYTES], proof[POINT_BYTES : 2 * POINT_BYTES]
    T1 = point(first, "proof.point", where)
    T2 = point(second, "proof.point", where)
    z = scalar(proof[2 * POINT_BYTES :], "proof.scalar", where)
    e = wide_reduction(digest(use, *statement, first, second))
    if multiply(z, GENERATOR) != add(T1, multiply(e, said.X)):
        raise Failed(check, where, "Not this secret is behind the published point.")
    if multiply(z, said.base) != add(T2, multiply(e, said.other)):
        raise Failed(check, where, "Another secret is behind the second point.")
