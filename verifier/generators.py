"""Generators whose logarithms nobody knows: a stream, decoded by ElligatorSwift (§3.5, BIP 324)."""

from __future__ import annotations

from verifier.canonical import digest, stream
from verifier.group import FIELD, Point, point_at
from verifier.workers import ALONE, Workers

# The one constant of BIP 324 beside the curve's own.
ROOT_OF_MINUS_3 = pow(FIELD - 3, (FIELD + 1) // 4, FIELD)
BYTES = 64


def generators(start: int, stop: int) -> list[Point]:
    """Return Hᵢ for start ≤ i < stop; H₀ begins the shuffle's chain. About 0.4 ms each."""
    drawn = stream(digest("generators"), BYTES * start, BYTES * (stop - start))
    return [decode(drawn[i : i + BYTES]) for i in range(0, len(drawn), BYTES)]


def decode(encoded: bytes) -> Point:
    """Return the point that 64 bytes stand for: XSwiftEC(u, t), with y of the parity of t."""
    u, t = (int.from_bytes(encoded[i : i + 32], "big") % FIELD for i in (0, 32))
    found = (point_at(x, odd=bool(t & 1)) for x in candidates(u, t))
    # One of the three is always the x of a point (BIP 324).
    return next(place for place in found if place is not None)


def candidates(u: int, t: int) -> list[int]:
    """Return the three x of BIP 324's XSwiftEC, in its order: the first on the curve is meant."""
    u = u or 1
    t = t or 1
    if (u**3 + t * t + 7) % FIELD == 0:
        t = 2 * t % FIELD
    X = (u**3 + 7 - t * t) * pow(2 * t, -1, FIELD) % FIELD
    Y = (X + t) * pow(ROOT_OF_MINUS_3 * u, -1, FIELD) % FIELD
    ratio = X * pow(2 * Y, -1, FIELD)
    half_u = u * pow(2, -1, FIELD)
    return [(u + 4 * Y * Y) % FIELD, (-ratio - half_u) % FIELD, (ratio - half_u) % FIELD]


def derive_generators(pairs: int, workers: Workers = ALONE) -> list[Point]:
    """Return H₀ to H_N for boxes of up to this many pairs; a small box needs the first of them."""
    derived = workers.over(pairs + 1, lambda rows: rows, _derive)
    return [found for part in derived for found in part]


def _derive(rows: range) -> list[Point]:
    return generators(rows.start, rows.stop)
