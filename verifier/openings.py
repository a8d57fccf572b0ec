"""Openings: the trustees' parts, putting them together, and what comes out of the box (§10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from verifier.boxes import BoxName, box_hash, columns, cut_rows, pairs_in
from verifier.canonical import digest, stream
from verifier.columns import numbers, points
from verifier.equality import EQUALITY_BYTES, Equality, check_equality
from verifier.failure import Failed
from verifier.group import GENERATOR, POINT_BYTES, Anywhere, encode, multiply
from verifier.keys import Key, scaled_factors
from verifier.rankings import Space
from verifier.setting import Setting
from verifier.sums import multiples, totals, weighted, weighted_columns
from verifier.workers import ALONE, Workers

HASH_BYTES = 32
WEIGHT_BYTES = 16
FIXED_BYTES = HASH_BYTES + 1 + EQUALITY_BYTES


@dataclass(frozen=True, slots=True)
class Box:
    """The last box of its mixes, with the election and its key: what is opened."""

    setting: Setting
    key: Key
    name: BoxName
    rows: bytes

    def __post_init__(self) -> None:
        if self.key.encoded != self.setting.key:
            raise Failed("opening.key", str(self.name), "The key is another election's.")

    @property
    def hash(self) -> bytes:
        return box_hash(self.setting, self.name, self.rows)


@dataclass(frozen=True, slots=True)
class Part:
    """A trustee's part that has been checked (§10.3). factors: all D, 33 bytes each, end to end."""

    box_hash: bytes
    number: int
    factors: bytes
    proof: bytes


def _read_part(wire: bytes, count: int, where: str) -> Part:
    """Cut up the bytes of a part of a box of `count` pairs.

    Raises: Failed (shuffle.empty, opening.length).
    """
    if not count:
        raise Failed("shuffle.empty", where, "Nothing is in the box, so nothing is opened.")
    if len(wire) != FIXED_BYTES + POINT_BYTES * count:
        raise Failed("opening.length", where, f"It has {len(wire)} bytes for {count} pairs.")
    start = HASH_BYTES + 1
    stop = start + POINT_BYTES * count
    return Part(wire[:HASH_BYTES], wire[HASH_BYTES], wire[start:stop], wire[stop:])


def check_committed(
    setting: Setting, number: int, wire: bytes, commitment: bytes, where: str
) -> None:
    """Check that a part is the one whose hash trustee `number` published before (§10.3).

    Raises: Failed (opening.commitment).
    """
    if digest("opening-commitment", setting.fingerprint, setting.key, number, wire) != commitment:
        raise Failed("opening.commitment", where, "It is not the part that was committed to.")


def check_part(box: Box, *, wire: bytes, commitment: bytes, workers: Workers = ALONE) -> Part:
    """Check a trustee's part of a box, and return it, cut up.

    commitment: what the trustee published before, 32 bytes.
    Spec:       equations (39) to (42).
    Cost:       about 0.6 ms a pair.
    Raises:     Failed (opening.*, proof.*, key.trustee, box.*, shuffle.empty).
    """
    where = f"{box.name}, part"
    count = pairs_in(box.rows, where)
    part = _read_part(wire, count, where)
    trustee = box.key.trustee(part.number, where)
    where = f"{where} of {trustee.name}"
    if part.box_hash != box.hash:
        raise Failed("opening.box", where, "It opens another box than the one that is meant.")
    check_committed(box.setting, part.number, wire, commitment, where)
    bound = (box.setting.fingerprint, box.setting.key, part.box_hash, part.number)
    S = digest("opening-weights", *bound, encode(trustee.point), part.factors)

    def task(rows: range) -> _PartRows:
        weights = stream(S, WEIGHT_BYTES * rows.start, WEIGHT_BYTES * len(rows))
        factors = part.factors[POINT_BYTES * rows.start : POINT_BYTES * rows.stop]
        c1, _ = columns(cut_rows(box.rows, rows))
        return _PartRows(rows.start, c1, factors, weights, where)

    found = list(workers.over(count, task, _weighted_part))
    A, D = totals(zip(*found, strict=True))
    if A is None or D is None:
        raise Failed("opening.infinite", where, "A sum of it is infinite.")
    said = Equality(trustee.point, A, D)
    check_equality(
        said,
        part.proof,
        use="opening-challenge",
        statement=(S, encode(A), encode(D)),
        check="opening.proof",
        where=where,
    )
    return part


class _PartRows(NamedTuple):
    """Some rows of a box and of a part, and their weights ρ."""

    start: int
    c1: bytes
    factors: bytes
    weights: bytes
    where: str


def _weighted_part(task: _PartRows) -> tuple[Anywhere, Anywhere]:
    """Return Σ ρ·c1 and Σ ρ·D: what some rows contribute to (40)."""
    c1 = points(task.c1, "box.point", f"{task.where}, c1", task.start)
    D = points(task.factors, "opening.point", task.where, task.start)
    weights = numbers(task.weights, WEIGHT_BYTES)
    return weighted(c1, weights), weighted(D, weights)


@dataclass(frozen=True, slots=True)
class Opened:
    """What came out of a box: papers by the number of their ranking, and how many were rejected."""

    papers: dict[int, int]
    rejected: int


def open_box(box: Box, parts: Sequence[Part], space: Space, workers: Workers = ALONE) -> Opened:
    """Put together the parts of a quorum, which have been checked, and read the papers.

    Spec:   equations (43) and (44), scaled by the denominator of the λ (§10.5).
    Cost:   some 0.5 ms a pair, and 4 µs for each ranking that the contest allows.
    Raises: Failed (opening.quorum, opening.box).
    """
    trustees = sorted(part.number for part in parts)
    if len(set(trustees)) != box.key.quorum or len(trustees) != box.key.quorum:
        why = f"It takes the parts of {box.key.quorum} different trustees, no more and no fewer."
        raise Failed("opening.quorum", str(box.name), why)
    if any(part.box_hash != box.hash for part in parts):
        raise Failed("opening.box", str(box.name), "A part opens another box.")
    denominator, factors = scaled_factors([part.number for part in parts])

    def task(rows: range) -> _OpenRows:
        cut = slice(POINT_BYTES * rows.start, POINT_BYTES * rows.stop)
        _, c2 = columns(cut_rows(box.rows, rows))
        return _OpenRows(
            rows.start, c2, [part.factors[cut] for part in parts], denominator, factors
        )

    opened: Counter[Anywhere] = Counter()
    for found in workers.over(pairs_in(box.rows, str(box.name)), task, _put_together):
        opened.update(found)
    return _read_papers(opened, denominator, space)


class _OpenRows(NamedTuple):
    """Some rows of a box, and of each part."""

    start: int
    c2: bytes
    D: list[bytes]
    denominator: int
    factors: list[int]


def _put_together(task: _OpenRows) -> list[Anywhere]:
    """Return denominator·M for each row: equation (44)."""
    c2 = points(task.c2, "box.point", "the box, c2", task.start)
    D = [points(column, "opening.point", "a part", task.start) for column in task.D]
    return weighted_columns([c2, *D], [task.denominator, *(-factor for factor in task.factors)])


def _read_papers(opened: Counter[Anywhere], denominator: int, space: Space) -> Opened:
    """Look for each ranking's point (§4.2) among those that came out; what is left is rejected."""
    papers = {}
    for number, place in enumerate(multiples(multiply(denominator, GENERATOR), space.size)):
        if place in opened:
            papers[number] = opened.pop(place)
    return Opened(papers, opened.total())
