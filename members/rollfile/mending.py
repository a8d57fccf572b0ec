"""The file of refused rows: mended by a person, and sent in again (docs/import-format.md §4).

It has the documented columns and two more, which say what is wrong and what to do and which a
reading drops. A spreadsheet would run a cell that begins with one of = + - @, so that it is
written with an apostrophe before it; a file with those two columns is ours, and there the
apostrophe is taken off again. A value that had such an apostrophe of its own has two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from members.rollfile.columns import COLUMN_NAMES, Header

WHAT_IS_WRONG: Final = "what is wrong"
WHAT_TO_DO: Final = "what to do"
MENDING_HEADER: Final = (*COLUMN_NAMES, WHAT_IS_WRONG, WHAT_TO_DO)

# With however many apostrophes before it, so that the last one added is the first taken off.
_RUN: Final = re.compile(r"'*[=+\-@\t\r]")


def protected(cell: str) -> str:
    """The cell as a spreadsheet shows it and never runs it."""
    return f"'{cell}" if _RUN.match(cell) else cell


def unprotected(cells: Iterable[str]) -> list[str]:
    """The cells as they were before they were protected."""
    return [cell[1:] if cell[:1] == "'" and _RUN.match(cell) else cell for cell in cells]


def is_mended(header: Header) -> bool:
    """Whether these are refused rows that come back: our two columns stand in the first line."""
    return {WHAT_IS_WRONG, WHAT_TO_DO} <= set(header.dropped)
