"""The columns of a membership list (docs/import-format.md §2), and its first line.

Names are matched without regard to case, spaces, hyphens and underscores. A column that is
not in this table is dropped: it is named to the person who sent the file, and never stored.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from members.rollfile.errors import FileRefused, FileTrouble, shown


@dataclass(frozen=True, slots=True)
class Column:
    """One documented column: its name, the longest value, and whether the file must have it."""

    name: str
    longest: int
    needed: bool = False


COLUMNS: Final[tuple[Column, ...]] = (
    Column("number", 32, needed=True),
    Column("title", 40),
    Column("given_name", 100),
    Column("family_name", 100, needed=True),
    Column("email", 254),
    Column("address_1", 120),
    Column("address_2", 120),
    Column("address_3", 120),
    Column("address_4", 120),
    Column("postcode", 16),
    Column("country", 60),
    Column("section", 60, needed=True),
    Column("unit", 120),
    Column("joined_on", 32),
    Column("paid_until", 32),
    Column("standing", 32),
    Column("date_of_birth", 32),
    Column("phone", 32),
    Column("levy_confirmed", 8),
    Column("address_withheld", 8),
)
COLUMN_NAMES: Final = tuple(column.name for column in COLUMNS)

STANDINGS: Final = (
    "good",
    "arrears",
    "lapsed",
    "suspended",
    "excluded",
    "resigned",
    "deceased",
)

# What a cell that asks yes or no may say.
YES: Final = frozenset({"yes", "y", "true", "t", "1", "x"})
NO: Final = frozenset({"no", "n", "false", "f", "0"})

_PUNCTUATION = re.compile(r"[\s_\-]+")


@dataclass(frozen=True, slots=True)
class Header:
    """Where each documented column stands in the file, and what was left out.

    width: cells in the first line. places: for each of COLUMNS its index, or width where the
    file lacks it (a row is read with one blank cell added at its end). dropped: the names of
    the columns that are not read.
    """

    width: int
    places: tuple[int, ...]
    dropped: tuple[str, ...]


def read_header(cells: Sequence[str]) -> Header:
    """Match the first line's cells with the documented columns.

    Spec:   import-format §2.
    Raises: FileRefused: not_text, unknown_header, not_commas, repeated_column or missing_columns.
    """
    if any("\x00" in cell for cell in cells):
        # UTF-16 without its mark, say: every other byte of plain letters is nought.
        raise FileRefused(FileTrouble.NOT_TEXT, line=1)
    trimmed = _without_blank_tail(cells)
    names = [_plain(cell) for cell in trimmed]
    found = {name: place for place, name in enumerate(names) if name in _PLAIN_NAMES}
    if not found:
        _refuse_header(cells)
    repeated = [name for name in found if names.count(name) > 1]
    if repeated:
        raise FileRefused(FileTrouble.REPEATED_COLUMN, line=1, found=_PLAIN_NAMES[repeated[0]])
    missing = [c.name for c in COLUMNS if c.needed and _plain(c.name) not in found]
    if missing:
        raise FileRefused(FileTrouble.MISSING_COLUMNS, line=1, found=", ".join(missing))
    return Header(
        width=len(trimmed),
        places=tuple(found.get(_plain(name), len(trimmed)) for name in COLUMN_NAMES),
        dropped=tuple(
            shown(cell.strip())
            for cell, name in zip(trimmed, names, strict=True)
            if name not in found
        ),
    )


def _plain(cell: str) -> str:
    return _PUNCTUATION.sub("", cell.strip().casefold())


_PLAIN_NAMES: Final = {_plain(name): name for name in COLUMN_NAMES}


def _without_blank_tail(cells: Sequence[str]) -> list[str]:
    trimmed = list(cells)
    while trimmed and not trimmed[-1].strip():
        trimmed.pop()
    return trimmed


def _refuse_header(cells: Sequence[str]) -> None:
    """Say whether the separator is at fault or the first line is no header at all."""
    line = ",".join(cells)
    for separator in (";", "\t", "|"):
        parts = {_plain(part) for part in line.split(separator)}
        if len(parts & _PLAIN_NAMES.keys()) > 1:
            raise FileRefused(FileTrouble.NOT_COMMAS, line=1, found=shown(line))
    raise FileRefused(FileTrouble.UNKNOWN_HEADER, line=1, found=shown(line))
