"""The foot of a list: the line of totals that spreadsheets and reports leave there.

A refused row that looks like totals waits until it is known what follows: at the foot it is
passed over with a note, anywhere else it is a refused row like any other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Final

from members.rollfile.columns import Header
from members.rollfile.errors import Problem, Trouble, shown
from members.rollfile.judging import RefusedLine, Row, as_stood

_FOOT_ROWS: Final = 3
"""A list ends with a line of totals, sometimes with a few; more are rows of something else."""
_TOTAL_WORD: Final = re.compile(
    r"(grand |sub-?)?(totals?|sum|count|records?|rows)\b.*", re.IGNORECASE
)
_FIGURE: Final = re.compile(r"[£$€]?-?[0-9][0-9,.]*%?")


@dataclass(slots=True)
class Foot:
    """The refused rows that may be the foot of the list, with all their cells."""

    header: Header
    waiting: list[RefusedLine] = field(default_factory=list)

    def is_kept(self, refused: RefusedLine, cells: Sequence[str] | None) -> bool:
        """Keep the row back if it can be part of the foot.

        cells: all that stood in the row, where it looks like totals (is_total); otherwise None.
        """
        if cells is None or len(self.waiting) == _FOOT_ROWS:
            return False
        self.waiting.append(replace(refused, cells=tuple(cells)))
        return True

    def let_go(self) -> list[RefusedLine]:
        """Another row follows: what waited was no foot, and is refused."""
        freed = [replace(row, cells=self._as_stood(row.cells)) for row in self.waiting]
        self.waiting.clear()
        return freed

    def _as_stood(self, cells: Sequence[str]) -> tuple[str, ...]:
        padded = [*cells, *[""] * (self.header.width + 1 - len(cells))]
        return as_stood(itemgetter(*self.header.places)(padded))


def is_total(cells: Sequence[str], refused: RefusedLine) -> bool:
    """Whether a refused row could be the totals of a list: no name in it, only figures.

    Either its first value says so (“Total”, “Count of members”) or there are no more than
    figures in it, and nobody's number among them.
    """
    values = [cell.strip() for cell in cells if cell.strip()]
    if not values:
        return False
    if _TOTAL_WORD.fullmatch(values[0]):
        return all(_FIGURE.fullmatch(value) for value in values[1:])
    return not refused.number_key and all(_FIGURE.fullmatch(value) for value in values)


def unless_total(row: Row, cells: Sequence[str], given: Sequence[str]) -> Row | RefusedLine:
    """The row, unless it says “Total” and its name is a figure: that is nobody."""
    if not _TOTAL_WORD.fullmatch(row.number):
        return row
    wrong = Problem("number", shown(row.number), Trouble.NUMBER_MALFORMED)
    refused = RefusedLine(row.line, "", (wrong,), as_stood(given))
    return refused if is_total(cells, refused) else row
