"""The equations of a mix's check, (19) to (24), in the spec's letters (§8.5).

Each of (19) to (23) is a sum over all rows and something fixed. A range of rows gives its part of
each sum; the parts are added, and what is fixed comes last. (24) is checked range by range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from verifier.claims import fresh_weights
from verifier.failure import Failed
from verifier.group import GENERATOR, ORDER, Anywhere, Point, add, multiply, negative
from verifier.sums import totals, weighted


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a mix, read. Each is a column of as many items, but for links."""

    H: Sequence[Point]
    u: Sequence[int]
    a: Sequence[Point]
    b: Sequence[Point]
    a_after: Sequence[Point]
    b_after: Sequence[Point]
    c: Sequence[Point]
    # One more than there are rows: first ĉ of the row before, or H₀, then each row's own.
    links: Sequence[Point]
    t_hat: Sequence[Point]
    s_prime: Sequence[int]
    s_hat: Sequence[int]


@dataclass(frozen=True, slots=True)
class Sums:
    """What rows contribute to each equation; false_link is a row, from 0, for which (24) fails."""

    opened: Anywhere  # Σ c - Σ H, in (19)
    product: int  # Π u, in (20)
    commitment: Anywhere  # Σ s'·H - γ·Σ u·c, in (21)
    c1: Anywhere  # Σ s'·a' - γ·Σ u·a, in (22)
    c2: Anywhere  # Σ s'·b' - γ·Σ u·b, in (23)
    false_link: int | None

    def plus(self, other: Sums) -> Sums:
        """Add what other rows, further down, contribute."""
        return Sums(
            opened=add(self.opened, other.opened),
            product=self.product * other.product % ORDER,
            commitment=add(self.commitment, other.commitment),
            c1=add(self.c1, other.c1),
            c2=add(self.c2, other.c2),
            false_link=other.false_link if self.false_link is None else self.false_link,
        )


class Fixed(NamedTuple):
    """The commitments and responses of a proof that are not columns."""

    t1: Point
    t2: Point
    t3: Point
    t4a: Point
    t4b: Point
    s1: int
    s2: int
    s3: int
    s4: int


def sums_over(rows: Rows, start: int, gamma: int) -> Sums:
    """Return what these rows, of which `start` is the first, contribute. About 1.5 ms a row."""
    product = 1
    for weight in rows.u:
        product = product * weight % ORDER
    all_c, all_H = totals([rows.c, rows.H])
    false_link = _false_link(rows, gamma, 0, len(rows.u))
    return Sums(
        opened=add(all_c, negative(all_H)),
        product=product,
        commitment=_difference(rows, rows.H, rows.c, gamma),
        c1=_difference(rows, rows.a_after, rows.a, gamma),
        c2=_difference(rows, rows.b_after, rows.b, gamma),
        false_link=None if false_link is None else start + false_link,
    )


def _difference(rows: Rows, left: Sequence[Point], right: Sequence[Point], gamma: int) -> Anywhere:
    """Return Σ s'·left - γ·Σ u·right. The weights u are short, so γ is put before the whole sum."""
    return add(weighted(left, rows.s_prime), multiply(-gamma, weighted(right, rows.u)))


def _false_link(rows: Rows, gamma: int, start: int, stop: int) -> int | None:
    """Return a row for which (24) fails, or None; half of the rows after half, as for claims."""
    if _links_hold(rows, gamma, start, stop):
        return None
    if stop - start == 1:
        return start
    half = (start + stop) // 2
    earlier = _false_link(rows, gamma, start, half)
    return _false_link(rows, gamma, half, stop) if earlier is None else earlier


def _links_hold(rows: Rows, gamma: int, start: int, stop: int) -> bool:
    """Check (24) for these rows as one equation, each times a fresh weight w.

    Σ w·ŝ·G + Σ w·s'·ĉ(before) - γ·Σ w·ĉ = Σ w·t̂, where a ĉ between two rows is in both sums.
    """
    weights = fresh_weights(stop - start)
    responses = rows.s_prime[start:stop]
    before = [w * s for w, s in zip(weights, responses, strict=True)]
    own = [-gamma * w for w in weights]
    factors = [x + y for x, y in zip([*before, 0], [0, *own], strict=True)]
    fixed = sum(w * s for w, s in zip(weights, rows.s_hat[start:stop], strict=True))
    left = weighted([*rows.links[start : stop + 1], GENERATOR], [*factors, fixed])
    return left == weighted(rows.t_hat[start:stop], weights)


def check_equations(
    sums: Sums, fixed: Fixed, *, gamma: int, Y: Point, H0: Point, last_link: Point, where: str
) -> None:
    """Check (19) to (24), with the sums over all rows of the mix.

    Raises: Failed (shuffle.sum, .product, .commitment, .c1, .c2, .chain), the first that fails.
    """
    G = GENERATOR
    opened = multiply(gamma, sums.opened)
    product = multiply(gamma, add(last_link, multiply(-sums.product, H0)))
    equations = {
        "sum": multiply(fixed.s1, G) == add(fixed.t1, opened),
        "product": multiply(fixed.s2, G) == add(fixed.t2, product),
        "commitment": add(multiply(fixed.s3, G), sums.commitment) == fixed.t3,
        "c1": add(multiply(-fixed.s4, G), sums.c1) == fixed.t4a,
        "c2": add(multiply(-fixed.s4, Y), sums.c2) == fixed.t4b,
    }
    for equation, holds in equations.items():
        if not holds:
            raise Failed(f"shuffle.{equation}", where, "This equation of the proof does not hold.")
    if sums.false_link is not None:
        place = f"{where}, row {sums.false_link + 1}"
        raise Failed("shuffle.chain", place, "This link of the chain does not hold.")
