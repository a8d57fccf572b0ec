"""A box: the sealed pairs of one contest from the sections that are opened together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ballot.canonical import transcript_hash
from ballot.sealing import native
from ballot.sealing.errors import Malformed
from ballot.sealing.native import Points
from ballot.sealing.setting import BoxName, Setting
from ballot.sealing.workers import FEWEST_FOR_WORKERS, Octets, shared, spread

PAIR = 66
_BLOCK = 2_048


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """Pairs (c1, c2) in their order: two arrays of points, (N, 64) each (sealing §7)."""

    name: BoxName
    c1: Points = field(repr=False)
    c2: Points = field(repr=False)

    @classmethod
    def parse(cls, name: BoxName, wire: Octets, *, processes: int = 1) -> Box:
        """Read pairs (N, 66), c1 33 | c2 33 a row.

        Raises: Malformed "box.point", with the row.
        """
        if wire.ndim != 2 or wire.shape[1] != PAIR:
            raise Malformed("box.length", expected=PAIR)
        c1, c2 = parse_columns([wire[:, :33], wire[:, 33:]], "box.point", processes=processes)
        return cls(name, c1, c2)

    def __len__(self) -> int:
        return len(self.c1)

    def rows(self) -> Octets:
        """Give the pairs as (N, 66)."""
        return np.concatenate([native.write_points(self.c1), native.write_points(self.c2)], axis=1)

    def to_bytes(self) -> bytes:
        """Give the pairs as bytes, row by row (sealing §7.2)."""
        return self.rows().tobytes()


def parse_columns(
    columns: Sequence[Octets], condition: str, *, processes: int = 1
) -> list[Points]:
    """Read columns of compressed points (N, 33) on several processes.

    Raises: Malformed with the condition given, the column and the first bad row.
    """
    count = len(columns[0])
    points = [shared((count, 64)) for _ in columns]
    read = shared((len(columns), count))

    def parse(start: int, stop: int) -> None:
        for number, column in enumerate(columns):
            found = native.try_points(column[start:stop], points[number][start:stop])
            read[number, start:stop] = np.frombuffer(found, np.uint8)

    few = count < FEWEST_FOR_WORKERS
    spread(parse, count, block=_BLOCK, processes=1 if few else processes)
    if not read.all():
        column, row = np.argwhere(read == 0)[0]
        raise Malformed(condition, column=int(column), row=int(row))
    return points


def join_boxes(name: BoxName, boxes: Sequence[Box]) -> Box:
    """Pool boxes of one contest, in the order given, under a name for all their sections.

    Raises: Malformed "box.name" if contest, unit or sections do not fit (sealing §7.1).
    """
    sections = [section for box in boxes for section in box.name.sections]
    fits = all((box.name.contest, box.name.unit) == (name.contest, name.unit) for box in boxes)
    if not fits or name.sections != BoxName(name.contest, tuple(sections), name.unit).sections:
        raise Malformed("box.name", name=name)
    c1, c2 = shared((sum(map(len, boxes)), 64)), shared((sum(map(len, boxes)), 64))
    np.concatenate([box.c1 for box in boxes], out=c1)
    np.concatenate([box.c2 for box in boxes], out=c2)
    return Box(name, c1, c2)


def box_hash(box: Box, *, setting: Setting) -> bytes:
    """Give the hash that fixes a box on the board (sealing §7.2)."""
    parts = (setting.fingerprint, setting.key, *box.name.parts(), len(box))
    return transcript_hash("box", *parts, box.to_bytes())
