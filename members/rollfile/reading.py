"""Reading a membership list row by row (docs/import-format.md §§1-4).

Source: RFC 4180 for the shape of the file; the quirks of real exports for the refusals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from operator import itemgetter
from typing import Final

from members.rollfile.columns import COLUMNS, Header, read_header
from members.rollfile.converting import Converter
from members.rollfile.errors import FileRefused, FileTrouble, Problem, Trouble, shown
from members.rollfile.judging import Judge, RefusedLine, Row, as_stood, number_trouble
from members.rollfile.mapping import ColumnMapping, header_by_mapping
from members.rollfile.mending import is_mended, unprotected
from members.rollfile.normal import number_key
from members.rollfile.streams import Rows, open_rows

NOTES_KEPT: Final = 20
_FOOT_ROWS: Final = 3
"""A list ends with a line of totals, sometimes with a few; more are rows of something else."""
_TOTAL_WORD: Final = re.compile(
    r"(grand |sub-?)?(totals?|sum|count|records?|rows)\b.*", re.IGNORECASE
)
_FIGURE: Final = re.compile(r"[£$€]?-?[0-9][0-9,.]*%?")
_LETTER_O: Final = re.compile(r"[0-9O]*[0-9]O[0-9O]*")


@dataclass(frozen=True, slots=True)
class Note:
    """Something of the file that was not refused and that a person should know of.

    kind: total_passed_over, the line of totals at the foot, with what stood in it; letter_o, a
    number with the letter O among its digits.
    """

    kind: str
    line: int
    found: str


@dataclass(slots=True)
class RollFile:
    """A list that has been opened: its header is read, its rows are still to come.

    Iterating gives Row or RefusedLine, once, in the order of the file. rows_read and
    bytes_read grow meanwhile, so that a caller can show how far the reading has come; notes
    are complete at the end.
    Raises while iterating: FileRefused: not_utf8, broken_encoding or broken_quotes.
    """

    header: Header
    judge: Judge
    _rows: Rows
    rows_read: int = 0
    notes: list[Note] = field(default_factory=list)
    letters_o: int = 0
    """How many numbers have a letter O among their digits; the first of them are in notes."""

    @property
    def bytes_read(self) -> int:
        return self._rows.source.bytes_read

    def __iter__(self) -> Iterator[Row | RefusedLine]:
        """A refused row that looks like totals waits: only at the foot is it what it seems."""
        waiting: list[RefusedLine] = []
        places = itemgetter(*self.header.places)
        width = self.header.width
        judge = self.judge.judge
        is_ours = is_mended(self.header)
        for line, cells in self._rows.with_lines():
            if not any(cells):
                continue
            self.rows_read += 1
            if is_ours:
                cells[:] = unprotected(cells)
            if len(cells) != width and (wrong := _wrong_width(cells, width)):
                found: Row | RefusedLine = self._misshapen(line, cells, wrong)
            else:
                cells.append("")
                given = places(cells)
                found = judge(line, given)
                if isinstance(found, Row) and found.number[0].isalpha():
                    found = _unless_total(found, cells, given)
            if isinstance(found, Row):
                if "O" in found.number_key:
                    self._note_letter(found)
            elif len(waiting) < _FOOT_ROWS and is_total(cells, found):
                waiting.append(replace(found, cells=tuple(cells)))
                continue
            if waiting:
                yield from self._let_go(waiting)
            yield found
        self._pass_over(waiting)

    def _misshapen(self, line: int, cells: Sequence[str], wrong: Problem) -> RefusedLine:
        padded = [*cells, *[""] * (self.header.width + 1 - len(cells))]
        # The place of a column that the file lacks is its width: a row that is too wide has
        # something else there.
        padded[self.header.width] = ""
        stood = as_stood(itemgetter(*self.header.places)(padded))
        return RefusedLine(line, _key_or_nothing(cells, self.header), (wrong,), stood)

    def _let_go(self, waiting: list[RefusedLine]) -> Iterator[RefusedLine]:
        for refused in waiting:
            padded = [*refused.cells, *[""] * (self.header.width + 1 - len(refused.cells))]
            stood = as_stood(itemgetter(*self.header.places)(padded))
            yield replace(refused, cells=stood)
        waiting.clear()

    def _pass_over(self, waiting: list[RefusedLine]) -> None:
        for refused in waiting:
            self.rows_read -= 1
            found = shown(", ".join(cell for cell in refused.cells if cell.strip()))
            self.notes.append(Note("total_passed_over", refused.line, found))

    def _note_letter(self, row: Row) -> None:
        if _LETTER_O.fullmatch(row.number_key):
            self.letters_o += 1
            if self.letters_o <= NOTES_KEPT:
                self.notes.append(Note("letter_o", row.line, row.number))


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


def _unless_total(row: Row, cells: Sequence[str], given: Sequence[str]) -> Row | RefusedLine:
    """The row, unless it says “Total” and its name is a figure: that is nobody."""
    if not _TOTAL_WORD.fullmatch(row.number):
        return row
    wrong = Problem("number", shown(row.number), Trouble.NUMBER_MALFORMED)
    refused = RefusedLine(row.line, "", (wrong,), as_stood(given))
    return refused if is_total(cells, refused) else row


def open_roll(
    chunks: Iterable[bytes],
    *,
    sections: Mapping[str, str],
    today: date,
    mapping: ColumnMapping | None = None,
) -> RollFile:
    """Open a membership list and read the line that names its columns.

    chunks: the file, in pieces of any size. sections: from the folded code or name of each
    section to its code. today: no one joined or was born after it. mapping: how the file of
    another membership system is to be read; None for the documented format.
    Spec:   import-format §§1, 2, 8.
    Raises: FileRefused: empty, not_utf8, broken_encoding, not_text, not_commas,
            unknown_header, missing_columns or repeated_column.
    """
    if mapping is None:
        rows = open_rows(chunks)
        judge = Judge(sections, today.isoformat())
    else:
        rows = open_rows(chunks, encoding=mapping.encoding, delimiter=mapping.delimiter)
        judge = Judge(sections, today.isoformat(), Converter(mapping, today.year))
    for line, cells in rows.with_lines():
        if mapping is None:
            return RollFile(read_header(cells), judge, rows)
        if line >= mapping.header_line:
            return RollFile(header_by_mapping(cells, mapping, line=line), judge, rows)
    raise FileRefused(FileTrouble.EMPTY)


def _wrong_width(cells: list[str], width: int) -> Problem | None:
    """Bring the row to the header's width in place; a Problem where that would lose a value."""
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if len(cells) > width:
        return Problem("", shown(cells[width]), Trouble.CELLS_TOO_MANY)
    if len(cells) < width:
        return Problem("", shown(",".join(cells)), Trouble.CELLS_TOO_FEW)
    return None


def _key_or_nothing(cells: Sequence[str], header: Header) -> str:
    place = header.places[0]
    number = cells[place].strip() if place < len(cells) else ""
    if len(number) > COLUMNS[0].longest or number_trouble(number):
        return ""
    return number_key(number)
