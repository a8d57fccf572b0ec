"""Reading a membership list row by row (docs/import-format.md §§1-4).

Source: RFC 4180 for the shape of the file; the quirks of real exports for the refusals.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date

from members.rollfile.batches import (
    NOTES_KEPT,
    Divide,
    Judged,
    Note,
    Numbered,
    RowJudge,
    has_letter_o,
    undivided,
)
from members.rollfile.columns import Header, read_header
from members.rollfile.converting import Converter
from members.rollfile.errors import FileRefused, FileTrouble, shown
from members.rollfile.foot import Foot, is_total
from members.rollfile.judging import Judge, RefusedLine, Row
from members.rollfile.mapping import ColumnMapping, header_by_mapping
from members.rollfile.streams import Rows, open_rows


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of the list: the good ones as text (members.rollfile.batches), and the refused."""

    text: str
    refused: list[RefusedLine]


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
        foot = Foot(self.header)
        find = RowJudge(self.header, self.judge).finder()
        for line, cells in self._cut():
            found = find(line, cells)
            if isinstance(found, Row):
                if has_letter_o(found):
                    self._take_letters([Note("letter_o", line, found.number)], 1)
            elif foot.is_kept(found, cells if is_total(cells, found) else None):
                continue
            yield from foot.let_go()
            yield found
        self._pass_over(foot.waiting)

    def in_batches(self, divide: Divide = undivided) -> Generator[Batch, None, None]:
        """The same rows, refusals and notes as iterating gives, as text.

        divide: who judges the rows: this process alone, or two (members.processes.dividing).
        Raises: FileRefused as iterating does, and whatever divide raises.
        """
        foot = Foot(self.header)
        # Closed with this generator: whoever stops asking leaves no process behind.
        with closing(divide(self._cut(), RowJudge(self.header, self.judge))) as groups:
            for group in groups:
                refused = [row for judged in group for row in _in_order(judged, foot)]
                for judged in group:
                    self._take_letters(judged.notes, judged.letters_o)
                yield Batch("".join(judged.text for judged in group), refused)
        self._pass_over(foot.waiting)

    def _cut(self) -> Iterator[Numbered]:
        for line, cells in self._rows.with_lines():
            if any(cells):
                self.rows_read += 1
                yield line, cells

    def _pass_over(self, waiting: list[RefusedLine]) -> None:
        for refused in waiting:
            self.rows_read -= 1
            # Of a column that is not read, nothing is kept: not of this row either.
            found = shown(", ".join(
                cell for place, cell in enumerate(refused.cells)
                if place in self.header.places and cell.strip()
            ))  # fmt: skip
            self.notes.append(Note("total_passed_over", refused.line, found))

    def _take_letters(self, notes: list[Note], letters_o: int) -> None:
        self.notes.extend(notes[: max(0, NOTES_KEPT - self.letters_o)])
        self.letters_o += letters_o


def _in_order(judged: Judged, foot: Foot) -> Iterator[RefusedLine]:
    """The refused rows of a batch, those that waited before it included: see Foot."""
    following = 0
    for place, refused, cells in judged.aside:
        if place > following:
            yield from foot.let_go()
        following = place + 1
        if not foot.is_kept(refused, cells):
            yield from foot.let_go()
            yield refused
    if judged.rows > following:
        yield from foot.let_go()


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
