"""A first look at the whole of a file: what a person needs beside each header to say what it is.

Ten values of each column, the words of the columns that have few, and what each column of dates
proves of its order. Column by column and a thousand rows at a time, so that a list of hundreds
of thousands is looked at in seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from members.rollfile.dates import ISO_WITH_TIME, NAMED, NAMED_AMERICAN, NUMERIC, SERIAL, DateOrder
from members.rollfile.errors import FileRefused, FileTrouble, has_control, shown
from members.rollfile.mapping import MOST_HEADERS, plain
from members.rollfile.sniffing import Shape
from members.rollfile.streams import open_rows

SAMPLES: Final = 10
MOST_WORDS: Final = 60
"""A column with more different values than this is no column of standings or sections."""
_ROWS_A_TURN: Final = 1000
_DATES_TRIED: Final = 200
_MOST_SEEN: Final = 100_000
"""So many different dates are remembered, to be examined once; the others are examined again."""
_BLANKS: Final = frozenset({"", "-", "--", "NULL", "null", "n/a", "N/A", "#N/A", "0", "None"})
_ZERO_DATES: Final = frozenset(
    {"31/12/1899", "30/12/1899", "01/01/1900", "00/01/1900", "12/31/1899", "12/30/1899",
     "1/1/1900", "01/00/1900", "0", "1", "1899-12-30", "1899-12-31", "1900-01-01"}
)  # fmt: skip
_FORMS: Final = (("iso", ISO_WITH_TIME), ("named", NAMED), ("named", NAMED_AMERICAN),
                 ("serial", SERIAL))  # fmt: skip


@dataclass(slots=True)
class DateEvidence:
    """What the values of one column prove of the order of its dates.

    For each form the first line that has it, with the value; 0 and nothing where none does.
    """

    iso: tuple[int, str] = (0, "")
    named: tuple[int, str] = (0, "")
    serial: tuple[int, str] = (0, "")
    day_first: tuple[int, str] = (0, "")
    month_first: tuple[int, str] = (0, "")
    either: tuple[int, str] = (0, "")
    other: tuple[int, str] = (0, "")

    @property
    def proved(self) -> DateOrder | None:
        """The one order in which all the values make sense and no other does; None: ask."""
        if self.contradiction:
            return None
        if self.serial[0]:
            return DateOrder.EXCEL_SERIAL
        if self.day_first[0]:
            return DateOrder.DAY_FIRST
        if self.month_first[0]:
            return DateOrder.MONTH_FIRST
        return None if self.either[0] else DateOrder.ISO

    @property
    def contradiction(self) -> tuple[tuple[int, str], tuple[int, str]] | None:
        """Two values that no single order can read: both, with their lines.

        Real dates (serials, ISO) beside dd/mm text are the mark of a spreadsheet that took
        12/01 for the first of December and left 13/01 as it was: such a column is spoilt.
        """
        numeric = next((each for each in (self.day_first, self.month_first, self.either)
                        if each[0]), None)  # fmt: skip
        real = self.serial if self.serial[0] else self.iso
        if self.day_first[0] and self.month_first[0]:
            return self.day_first, self.month_first
        if numeric and real[0]:
            return numeric, real
        if self.serial[0] and self.iso[0]:
            return self.serial, self.iso
        return None

    def note(self, line: int, value: str) -> None:
        form = _form_of(value)
        if form and not getattr(self, form)[0]:
            setattr(self, form, (line, shown(value)))


def _form_of(value: str) -> str:
    """Which form a value has, by the name of its evidence; nothing for a blank."""
    if value in _ZERO_DATES or value in _BLANKS:
        return ""
    for form, pattern in _FORMS:
        if pattern.fullmatch(value):
            return form
    numbers = NUMERIC.fullmatch(value)
    return _order_of(int(numbers["first"]), int(numbers["second"])) if numbers else "other"


def _order_of(first: int, second: int) -> str:
    if first > 12:
        return "day_first" if second <= 12 else "other"
    return "month_first" if second > 12 else "either"


@dataclass(slots=True)
class ColumnLook:
    """One column of a file as a person sees it before saying what it is.

    words: its different values, or None where they are more than MOST_WORDS. dates: None where
    its first values are no dates.
    """

    header: str
    plain: str
    samples: list[str] = field(default_factory=list)
    words: set[str] | None = field(default_factory=set)
    dates: DateEvidence | None = None
    _tried: int = 0
    _like_dates: int = 0
    _seen: set[str] = field(default_factory=set)

    def take(self, lines: list[int], values: tuple[str, ...]) -> None:
        different = set(values) - self._seen
        if self.words is not None:
            self.words = self._with_words(self.words, different)
        if self.dates is not None or self._tried < _DATES_TRIED:
            self._take_dates(different, lines, values)

    def _with_words(self, words: set[str], different: set[str]) -> set[str] | None:
        """The words and these; the first of them are the samples. None: they have become many.

        A word with a control character in it is a sample and never asked about: a row that has
        it is refused.
        """
        for word in sorted({" ".join(value.split()) for value in different} - words - {""}):
            if len(self.samples) < SAMPLES and shown(word) not in self.samples:
                self.samples.append(shown(word))
            if not has_control(word):
                words.add(word)
        return words if len(words) <= MOST_WORDS else None

    def _take_dates(
        self, different: set[str], lines: list[int], values: tuple[str, ...]
    ) -> None:
        if self.dates is None and not self._begins_like_dates(different):
            return
        self.dates = self.dates or DateEvidence()
        if len(self._seen) < _MOST_SEEN:
            self._seen |= different
        for value in sorted(different, key=values.index):
            self.dates.note(lines[values.index(value)], value.strip())

    def _begins_like_dates(self, different: set[str]) -> bool:
        """Most of the first values are dates, five-digit serials among them."""
        for value in different:
            form = _form_of(value.strip())
            if form:
                self._tried += 1
                self._like_dates += form != "other" and (
                    form != "serial" or len(value.strip().split(".")[0]) == 5
                )
        return self._like_dates * 2 > self._tried


@dataclass(frozen=True, slots=True)
class FileLook:
    """What was seen of a file. other_sheets: the sheets of a workbook that are not read."""

    shape: Shape
    columns: tuple[ColumnLook, ...]
    rows: int


def look_at(chunks: Iterable[bytes], shape: Shape) -> FileLook:
    """Go through a file of this shape once.

    Raises: FileRefused: empty, not_utf8, broken_encoding, broken_quotes, not_text or
            unknown_header.
    """
    rows = open_rows(chunks, encoding=shape.encoding, delimiter=shape.delimiter).with_lines()
    columns = _headers(rows, shape)
    count = 0
    for lines, turn in _turns(rows, len(columns)):
        count += len(turn)
        for column, values in zip(columns, zip(*turn, strict=True), strict=True):
            column.take(lines, values)
    return FileLook(shape, tuple(columns), count)


def _headers(rows: Iterator[tuple[int, list[str]]], shape: Shape) -> list[ColumnLook]:
    for line, cells in rows:
        if line < shape.header_line:
            continue
        trimmed = list(cells)
        while trimmed and not trimmed[-1].strip():
            trimmed.pop()
        if not trimmed or len(trimmed) > MOST_HEADERS:
            raise FileRefused(FileTrouble.UNKNOWN_HEADER, line=line, found=shown(",".join(cells)))
        if any("\x00" in cell for cell in trimmed):
            # As in read_header: no text names a column so, and no database keeps such a name.
            raise FileRefused(FileTrouble.NOT_TEXT, line=line)
        return [ColumnLook(shown(cell.strip().lstrip("\ufeff")), plain(cell)) for cell in trimmed]
    raise FileRefused(FileTrouble.EMPTY)


def _turns(
    rows: Iterator[tuple[int, list[str]]], width: int
) -> Iterator[tuple[list[int], list[list[str]]]]:
    """Rows in turns, each cut or filled to the width of the header, with their lines."""
    lines: list[int] = []
    turn: list[list[str]] = []
    for line, cells in rows:
        if not any(cells):
            continue
        lines.append(line)
        turn.append([*cells[:width], *[""] * (width - len(cells))])
        if len(turn) == _ROWS_A_TURN:
            yield lines, turn
            lines, turn = [], []
    if turn:
        yield lines, turn
