"""Mixes: that the box after is a re-encrypted permutation of the box before (§8).

The proof is Terelius and Wikström's, in the spec's letters: a, b are c1 and c2 of the box before,
a', b' of the box after; c commits to the permutation; u are weights of 160 bits; ĉ is the chain
over them, from ĉ₀ = H₀; γ is the challenge; t, t̂ are commitments of the proof, s, s', ŝ responses.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

from verifier.ballots import PAIR_BYTES
from verifier.boxes import BoxName, box_hash, columns, cut_rows, pairs_in
from verifier.canonical import digest, stream, wide_reduction
from verifier.columns import numbers, points, scalars
from verifier.failure import Failed
from verifier.group import POINT_BYTES, SCALAR_BYTES, Point, encode, point, scalar
from verifier.setting import Setting, check_name
from verifier.shuffle import Fixed, Rows, Sums, check_equations, sums_over
from verifier.workers import ALONE, Workers

HASH_BYTES = 32
WEIGHT_BYTES = 20


class Columns(NamedTuple):
    """The columns of a mix that are as long as its box, each end to end in its bytes (§8.4)."""

    after: bytes
    c: bytes
    chain: bytes
    t_hat: bytes
    s_prime: bytes
    s_hat: bytes

    def cut(self, rows: range) -> Columns:
        """Return some of the rows."""
        both = zip(self, WIDTHS, strict=True)
        return Columns(*(column[width * rows.start : width * rows.stop] for column, width in both))


WIDTHS = (PAIR_BYTES, POINT_BYTES, POINT_BYTES, POINT_BYTES, SCALAR_BYTES, SCALAR_BYTES)
FIXED_WIDTHS = (POINT_BYTES,) * 5 + (SCALAR_BYTES,) * 4
FIXED_BYTES = HASH_BYTES + sum(FIXED_WIDTHS)
ROW_BYTES = sum(WIDTHS)


class Mix(NamedTuple):
    """A mix's bytes, cut up. fixed: t₁ t₂ t₃ t₄ₐ t₄ᵦ s₁ s₂ s₃ s₄."""

    before_hash: bytes
    columns: Columns
    fixed: tuple[bytes, ...]


def read_mix(wire: bytes, count: int, where: str) -> Mix:
    """Cut up the bytes of a mix of `count` pairs.

    Raises: Failed (shuffle.empty, shuffle.length).
    """
    if not count:
        raise Failed("shuffle.empty", where, "Nothing is in the box, so nothing is mixed.")
    if len(wire) != FIXED_BYTES + ROW_BYTES * count:
        raise Failed("shuffle.length", where, f"It has {len(wire)} bytes for {count} pairs.")
    pieces, start = [], 0
    for width in (HASH_BYTES, *(width * count for width in WIDTHS), *FIXED_WIDTHS):
        pieces.append(wire[start : start + width])
        start += width
    return Mix(pieces[0], Columns(*pieces[1:7]), tuple(pieces[7:]))


def check_mix(
    setting: Setting,
    name: BoxName,
    mixer: str,
    *,
    before: bytes,
    wire: bytes,
    generators: Sequence[Point],
    workers: Workers = ALONE,
) -> bytes:
    """Check that a mix changed no vote, and return the rows of the box after it.

    before:     the rows of the box that is meant: fixed at the close, or given by the mix before.
    generators: H₀ to H_N, or more.
    Spec:       equations (13), (14), (17), (19) to (24).
    Cost:       about 2.5 ms a pair.
    Raises:     Failed (name, box.length, box.point, shuffle.*), with the first that does not hold.
    """
    where = f"{name}, mix by {mixer}"
    check_name(mixer, where)
    count = pairs_in(before, where)
    mix = read_mix(wire, count, where)
    if mix.before_hash != box_hash(setting, name, before):
        raise Failed("shuffle.input", where, "It took another box than the one that is meant.")
    fixed = _read_fixed(mix.fixed, where)
    S = _seed(setting, name, mixer, before, mix.columns)
    gamma = _challenge(S, mix)

    def task(rows: range) -> _Task:
        u = stream(S, WEIGHT_BYTES * rows.start, WEIGHT_BYTES * len(rows))
        H = generators[rows.start + 1 : rows.stop + 1]
        pairs = cut_rows(before, rows)
        link = _link_before(mix.columns.chain, rows.start, generators[0])
        return _Task(rows.start, pairs, mix.columns.cut(rows), link, H, u, gamma, where)

    sums = reduce(Sums.plus, workers.over(count, task, _sums_over))
    last_link = point(mix.columns.chain[-POINT_BYTES:], "shuffle.point", where)
    check_equations(
        sums,
        fixed,
        gamma=gamma,
        Y=setting.key_point,
        H0=generators[0],
        last_link=last_link,
        where=where,
    )
    return mix.columns.after


def _seed(setting: Setting, name: BoxName, mixer: str, before: bytes, mixed: Columns) -> bytes:
    """Return S of equation (13)."""
    bound = (setting.fingerprint, setting.key, *name.parts, mixer, len(before) // PAIR_BYTES)
    return digest("mix-weights", *bound, before, mixed.after, mixed.c)


def _challenge(S: bytes, mix: Mix) -> int:
    """Return γ of equation (17)."""
    commitments = mix.fixed[:5]
    return wide_reduction(
        digest("mix-challenge", S, mix.columns.chain, mix.columns.t_hat, *commitments)
    )


def _read_fixed(pieces: Sequence[bytes], where: str) -> Fixed:
    t1, t2, t3, t4a, t4b = (point(piece, "shuffle.point", where) for piece in pieces[:5])
    s1, s2, s3, s4 = (scalar(piece, "shuffle.scalar", where) for piece in pieces[5:])
    return Fixed(t1, t2, t3, t4a, t4b, s1, s2, s3, s4)


def _link_before(chain: bytes, row: int, H0: Point) -> bytes:
    """Return ĉ of the row before: what this row's link hangs on."""
    return chain[POINT_BYTES * (row - 1) : POINT_BYTES * row] if row else encode(H0)


class _Task(NamedTuple):
    """What a process needs to add up some rows; bytes, but for H and γ."""

    start: int
    pairs: bytes
    columns: Columns
    link_before: bytes
    H: Sequence[Point]
    u: bytes
    gamma: int
    where: str


def _sums_over(task: _Task) -> Sums:
    start, where, mixed = task.start, task.where, task.columns
    c1, c2 = columns(task.pairs)
    c1_after, c2_after = columns(mixed.after)
    rows = Rows(
        H=task.H,
        u=numbers(task.u, WEIGHT_BYTES),
        a=points(c1, "box.point", f"{where}, c1 before", start),
        b=points(c2, "box.point", f"{where}, c2 before", start),
        a_after=points(c1_after, "shuffle.point", f"{where}, c1 after", start),
        b_after=points(c2_after, "shuffle.point", f"{where}, c2 after", start),
        c=points(mixed.c, "shuffle.point", f"{where}, c", start),
        links=points(task.link_before + mixed.chain, "shuffle.point", f"{where}, ĉ", start - 1),
        t_hat=points(mixed.t_hat, "shuffle.point", f"{where}, t̂", start),
        s_prime=scalars(mixed.s_prime, "shuffle.scalar", f"{where}, s'", start),
        s_hat=scalars(mixed.s_hat, "shuffle.scalar", f"{where}, ŝ", start),
    )
    return sums_over(rows, start, task.gamma)
