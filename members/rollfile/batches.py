"""Judging a batch of rows at once, in this process or in another one.

What comes of a batch is small to hand over: the good rows as one text, and of the others what
only the order of the whole file can settle, with its place in the batch.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter
from typing import Final, NamedTuple

from members.rollfile.columns import COLUMNS, Header
from members.rollfile.errors import Problem, Trouble, shown
from members.rollfile.foot import is_total, unless_total
from members.rollfile.judging import Judge, RefusedLine, Row, as_stood, number_trouble
from members.rollfile.mending import is_mended, unprotected
from members.rollfile.normal import number_key

NOTES_KEPT: Final = 20
ROWS_A_BATCH: Final = 4_000
_LETTER_O: Final = re.compile(r"[0-9O]*[0-9]O[0-9O]*")

Numbered = tuple[int, list[str]]
"""The line that a row begins on, and its cells."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something of the file that was not refused and that a person should know of.

    kind: total_passed_over, the line of totals at the foot, with what stood in it; letter_o, a
    number with the letter O among its digits.
    """

    kind: str
    line: int
    found: str


class Aside(NamedTuple):
    """A refused row: its place in the batch, and all its cells where it looks like totals."""

    place: int
    refused: RefusedLine
    cells: Sequence[str] | None


@dataclass(slots=True)
class Judged:
    """What a batch came to.

    text: the good rows, a line each, in the columns of Row parted by tabs; a blank is nothing
    and a backslash is doubled, as PostgreSQL reads it. A cell that was judged holds neither tab
    nor line break.
    letters_o: how many numbers have a letter O among their digits; notes name the first of them.
    """

    rows: int
    text: str
    aside: list[Aside] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    letters_o: int = 0


@dataclass(frozen=True, slots=True)
class RowJudge:
    """Judges rows as they stand under a header, each by itself."""

    header: Header
    judge: Judge

    def finder(self) -> Callable[[int, list[str]], Row | RefusedLine]:
        """A function that judges one row, made once for many rows. It may change the cells."""
        places = itemgetter(*self.header.places)
        width = self.header.width
        judge = self.judge.judge
        is_ours = is_mended(self.header)

        def find(line: int, cells: list[str]) -> Row | RefusedLine:
            if is_ours:
                cells[:] = unprotected(cells)
            if len(cells) != width and (wrong := _wrong_width(cells, self.header)):
                return self._misshapen(line, cells, wrong)
            cells.append("")
            given = places(cells)
            found = judge(line, given)
            if isinstance(found, Row) and found.number[0].isalpha():
                return unless_total(found, cells, given)
            return found

        return find

    def judge_batch(self, rows: list[Numbered]) -> Judged:
        find = self.finder()
        lines: list[str] = []
        judged = Judged(len(rows), "")
        for place, (line, cells) in enumerate(rows):
            found = find(line, cells)
            if isinstance(found, Row):
                lines.append("\t".join((str(line), *found[1:])))
                if "O" in found.number_key and has_letter_o(found):
                    judged.letters_o += 1
                    judged.notes.append(Note("letter_o", line, found.number))
            else:
                looks_total = is_total(cells, found)
                judged.aside.append(Aside(place, found, cells if looks_total else None))
        judged.text = "\n".join([*lines, ""]).replace("\\", "\\\\")
        del judged.notes[NOTES_KEPT:]
        return judged

    def _misshapen(self, line: int, cells: Sequence[str], wrong: Problem) -> RefusedLine:
        padded = [*cells, *[""] * (self.header.width + 1 - len(cells))]
        # The place of a column that the file lacks is its width: a row that is too wide has
        # something else there.
        padded[self.header.width] = ""
        stood = as_stood(itemgetter(*self.header.places)(padded))
        return RefusedLine(line, _key_or_nothing(cells, self.header), (wrong,), stood)


def has_letter_o(row: Row) -> bool:
    return _LETTER_O.fullmatch(row.number_key) is not None


def _wrong_width(cells: list[str], header: Header) -> Problem | None:
    """Bring the row to the header's width in place; a Problem where that would lose a value.

    The Problem shows what stood there, but in a file with columns that are not read: nobody can
    tell whose cell it is.
    """
    width = header.width
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if len(cells) > width:
        return Problem("", "" if header.dropped else shown(cells[width]), Trouble.CELLS_TOO_MANY)
    if len(cells) < width:
        stood = "" if header.dropped else shown(",".join(cells))
        return Problem("", stood, Trouble.CELLS_TOO_FEW)
    return None


def _key_or_nothing(cells: Sequence[str], header: Header) -> str:
    place = header.places[0]
    number = cells[place].strip() if place < len(cells) else ""
    if len(number) > COLUMNS[0].longest or number_trouble(number):
        return ""
    return number_key(number)


def undivided(rows: Iterator[Numbered], judge: RowJudge) -> Generator[list[Judged], None, None]:
    """Judge all rows here, some thousands at a time."""
    while batch := list(islice(rows, ROWS_A_BATCH)):
        yield [judge.judge_batch(batch)]


Divide = Callable[[Iterator[Numbered], RowJudge], Generator[list[Judged], None, None]]
"""Has the rows judged, in order and batch by batch."""
