"""Boxes: the pairs of one contest, as they are fixed at the close and after each mix (§7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.ballots import PAIR_BYTES, Cast
from verifier.canonical import digest
from verifier.columns import pieces
from verifier.failure import Failed
from verifier.group import POINT_BYTES
from verifier.setting import Setting, check_name, check_unit


@dataclass(frozen=True, slots=True)
class BoxName:
    """A box's name (§7.1). sections: in the order of their bytes; unit: empty if not weighted."""

    contest: str
    sections: tuple[str, ...]
    unit: str = ""

    def __post_init__(self) -> None:
        check_name(self.contest, "the box's contest")
        check_unit(self.unit, "the box's unit")
        for section in self.sections:
            check_name(section, f"a section of the box of {self.contest}")
        if not self.sections or list(self.sections) != sorted(set(self.sections), key=str.encode):
            why = "The sections are none, or not each once in the order of their bytes."
            raise Failed("name.sections", f"the box of {self.contest}", why)

    @property
    def parts(self) -> tuple[str | int, ...]:
        return (self.contest, len(self.sections), *self.sections, self.unit)

    def __str__(self) -> str:
        unit = f", unit {self.unit}" if self.unit else ""
        return f"box {self.contest}, {' + '.join(self.sections)}{unit}"


def box_rows(casts: Sequence[Cast], contest: int) -> bytes:
    """Return the rows of the box of these ballots, in order; contest is its place on the paper."""
    return b"".join(cast.pair(contest) for cast in casts)


def box_hash(setting: Setting, name: BoxName, rows: bytes) -> bytes:
    """Return the 32 bytes by which a box of c1 33 | c2 33 each is fixed (§7.2)."""
    count = pairs_in(rows, str(name))
    return digest("box", setting.fingerprint, setting.key, *name.parts, count, rows)


def pairs_in(rows: bytes, where: str) -> int:
    """Return how many pairs these rows are.

    Raises: Failed (box.length).
    """
    if len(rows) % PAIR_BYTES:
        raise Failed("box.length", where, f"{len(rows)} bytes are not whole pairs of 66.")
    return len(rows) // PAIR_BYTES


def cut_rows(rows: bytes, some: range) -> bytes:
    """Return some of the rows of a box."""
    return rows[PAIR_BYTES * some.start : PAIR_BYTES * some.stop]


def columns(rows: bytes) -> tuple[bytes, bytes]:
    """Return all c1 and all c2, each 33 bytes, end to end."""
    pairs = pieces(rows, PAIR_BYTES)
    firsts, seconds = (
        b"".join(pair[half : half + POINT_BYTES] for pair in pairs) for half in (0, POINT_BYTES)
    )
    return firsts, seconds
