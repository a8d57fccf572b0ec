"""Reading a membership list row by row (docs/import-format.md §§1-4).

Source: RFC 4180 for the shape of the file; the quirks of real exports for the refusals.
Not here: whether a number is repeated, and whether somebody is new. Those need the whole
list, and are asked of the database in sets.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import gt, itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from members.rollfile.columns import (
    COLUMN_NAMES,
    COLUMNS,
    NO,
    STANDINGS,
    YES,
    Header,
    read_header,
)
from members.rollfile.errors import FileRefused, FileTrouble, Problem, Trouble, shown
from members.rollfile.mending import is_mended, unprotected
from members.rollfile.normal import fold, number_key, tidy, unit_key

if TYPE_CHECKING:
    from _csv import Reader

LONGEST_ROW_LINES: Final = 12  # More line breaks inside one row are an unclosed quotation mark.
_EARLIEST: Final = "1901-01-01"
_LATEST: Final = "9999-12-31"
# A spreadsheet writes its own beginning of time where the cell was blank.
_BLANK_DATES: Final = frozenset({"", "1899-12-30", "1899-12-31", "1900-01-00", "1900-01-01"})
_BLANK_WORDS: Final = frozenset(
    {"-", "--", "NULL", "null", "(null)", "n/a", "N/A", "#N/A", "NA", "na", "None", "none"}
)
# Na, None and Null are family names; only the signs no name has are blanks there.
_BLANK_NAMES: Final = frozenset({"-", "--", "NULL", "(null)", "n/a", "N/A", "#N/A"})
_ISO_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_ROUNDED: Final = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+")
_NUMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 /.\-]*")
# What mail software accepts in practice, narrower than RFC 5322: no quoted local parts, no
# address literals, a dot in the domain. Every part is bounded, so matching time is linear.
_EMAIL: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9\-]{0,61}[A-Za-z0-9]"
)
# UTF-8 read as Windows-1252: a lead byte's letter followed by a continuation byte's sign.
_GARBLED: Final = re.compile("[ÂÃÄÅ][\u0080-\u00bf]|â€|�")
_LONGEST: Final = tuple(column.longest for column in COLUMNS)
_NAME_PLACES: Final = frozenset(
    COLUMN_NAMES.index(name) for name in ("given_name", "family_name", "title")
)


# A list has few sections, units, names and days, and has each of them many times.
_folded = lru_cache(maxsize=1 << 10)(fold)
_folded_name = lru_cache(maxsize=1 << 16)(fold)
_unit_key = lru_cache(maxsize=1 << 14)(unit_key)


class Row(NamedTuple):
    """One person as the file gives them; a blank is the empty string, dates are ISO.

    A named tuple and not a dataclass: a list has hundreds of thousands of rows, and making a
    frozen dataclass of this size costs more than all the checks of the row together.
    """

    line: int
    number: str
    number_key: str
    title: str
    given_name: str
    family_name: str
    name_key: str
    email: str
    address_1: str
    address_2: str
    address_3: str
    address_4: str
    postcode: str
    country: str
    section: str
    unit: str
    unit_key: str
    joined_on: str
    paid_until: str
    standing: str
    date_of_birth: str
    phone: str
    levy_confirmed: str
    address_withheld: str


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A row that was not taken: its first line, its number where one could be read, and why.

    cells: what stood there, in the order of COLUMNS, so that it can be mended and sent again.
    """

    line: int
    number_key: str
    problems: tuple[Problem, ...]
    cells: tuple[str, ...]


@dataclass(slots=True)
class RollFile:
    """A list that has been opened: its header is read, its rows are still to come.

    Iterating gives Row or RefusedLine, once, in the order of the file. rows_read and
    bytes_read grow meanwhile, so that a caller can show how far the reading has come.
    Raises while iterating: FileRefused: not_utf8 or broken_quotes.
    """

    header: Header
    sections: Mapping[str, str]
    _today: str
    _source: _Chunks
    _reader: Reader
    rows_read: int = 0

    @property
    def bytes_read(self) -> int:
        return self._source.bytes_read

    def __iter__(self) -> Iterator[Row | RefusedLine]:
        places = itemgetter(*self.header.places)
        width = self.header.width
        is_ours = is_mended(self.header)
        line = self._reader.line_num + 1
        for cells in _with_file_errors(self._reader):
            after = self._reader.line_num + 1
            if after - line > LONGEST_ROW_LINES:
                raise FileRefused(FileTrouble.BROKEN_QUOTES, line=line, found=shown(cells[0]))
            if any(cells):
                self.rows_read += 1
                if is_ours:
                    cells[:] = unprotected(cells)
                if len(cells) != width and (wrong := _wrong_width(cells, width)):
                    key = _key_or_nothing(cells, self.header)
                    yield RefusedLine(line, key, (wrong,), places(_filled(cells, width)))
                else:
                    cells.append("")
                    yield self._read(line, places(cells))
            line = after

    def _read(self, line: int, given: tuple[str, ...]) -> Row | RefusedLine:
        problems: list[Problem] = []
        cells: Sequence[str] = given
        # Most rows are plain: one look at the whole row spares a look at each of its cells.
        joined = "|".join(given)
        if not (joined.isascii() and joined.isprintable()) or "=" in joined:
            cells = _look_closely(given, problems)
        elif "  " in joined or " |" in joined or "| " in joined or " " in (joined[0], joined[-1]):
            cells = [tidy(cell) for cell in given]
        if not _BLANK_WORDS.isdisjoint(cells):
            cells = _without_blank_words(cells)
        if any(map(gt, map(len, cells), _LONGEST)):
            problems.extend(_too_long(cells))
        row = self._judge(line, cells, problems)
        if problems:
            told = tuple(_one_each(problems))
            key = "" if told[0].column == "number" else row.number_key
            return RefusedLine(line, key, told, given)
        return row

    def _judge(self, line: int, cells: Sequence[str], problems: list[Problem]) -> Row:
        (number, title, given, family, email, a1, a2, a3, a4, postcode, country,
         section, unit, joined_on, paid_until, standing, born_on,
         phone, levy, withheld) = cells  # fmt: skip
        if not (number.isascii() and number.isdigit()) and (wrong := _number_trouble(number)):
            problems.append(Problem("number", shown(number), wrong))
        if not family:
            problems.append(Problem("family_name", "", Trouble.NAME_MISSING))
        if email and not _EMAIL.fullmatch(email):
            problems.append(Problem("email", shown(email), Trouble.EMAIL_MALFORMED))
        if section:
            section = self._section(section, problems)
        if standing:
            standing = _standing(standing, problems)
        joined, joined_trouble = _read_date(joined_on, self._today)
        paid, paid_trouble = _read_date(paid_until, _LATEST)
        born, born_trouble = _read_date(born_on, self._today)
        if joined_trouble:
            problems.append(Problem("joined_on", shown(joined_on), joined_trouble))
        if paid_trouble:
            problems.append(Problem("paid_until", shown(paid_until), paid_trouble))
        if born_trouble:
            problems.append(Problem("date_of_birth", shown(born_on), born_trouble))
        if levy:
            levy = _yes_or_no("levy_confirmed", levy, problems)
        if withheld:
            withheld = _yes_or_no("address_withheld", withheld, problems)
        return Row(
            line, number, number_key(number), title, given, family,
            f"{_folded_name(family)} {_folded_name(given)}".rstrip(),
            email, a1, a2, a3, a4, postcode, country, section, unit, _unit_key(unit),
            joined, paid, standing, born, phone, levy, withheld,
        )  # fmt: skip

    def _section(self, section: str, problems: list[Problem]) -> str:
        code = self.sections.get(_folded(section))
        if code is None:
            problems.append(Problem("section", shown(section), Trouble.SECTION_UNKNOWN))
            return ""
        return code


def open_roll(
    chunks: Iterable[bytes], *, sections: Mapping[str, str], today: date
) -> RollFile:
    """Open a membership list and read its first line.

    chunks: the file, in pieces of any size. sections: from the folded code or name of each
    section to its code. today: no one joined or was born after it.
    Spec:   import-format §§1, 2.
    Raises: FileRefused: empty, not_utf8, not_text, not_commas, unknown_header,
            missing_columns or repeated_column.
    """
    source = _Chunks(iter(chunks))
    text = io.TextIOWrapper(
        io.BufferedReader(source, 1 << 18), encoding="utf-8-sig", newline=""
    )
    reader = csv.reader(text, strict=True)
    for cells in _with_file_errors(reader):
        header = read_header(cells)
        return RollFile(header, sections, today.isoformat(), source, reader)
    raise FileRefused(FileTrouble.EMPTY)


class _Chunks(io.RawIOBase):
    """An iterator of bytes as a stream; it refuses what is plainly not a text file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.bytes_read = 0
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, target: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            piece = next(self._chunks, None)
            if piece is None:
                return 0
            self._rest = bytes(piece)
            if not self.bytes_read:
                _refuse_foreign_start(self._rest)
        taken = min(len(target), len(self._rest))
        target[:taken] = self._rest[:taken]
        self._rest = self._rest[taken:]
        self.bytes_read += taken
        return taken


def _refuse_foreign_start(start: bytes) -> None:
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF")):
        raise FileRefused(FileTrouble.NOT_TEXT, line=1)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefused(FileTrouble.NOT_UTF8, line=1)


def _with_file_errors(reader: Reader) -> Iterator[list[str]]:
    """Rows of the reader; what the codec or the CSV reader cannot take ends in FileRefused."""
    try:
        yield from reader
    except UnicodeDecodeError as error:
        line = reader.line_num + 1
        raise FileRefused(FileTrouble.NOT_UTF8, line=line) from error
    except csv.Error as error:
        raise FileRefused(FileTrouble.BROKEN_QUOTES, line=reader.line_num) from error


def _wrong_width(cells: list[str], width: int) -> Problem | None:
    """Bring the row to the header's width in place; a Problem where that would lose a value."""
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if len(cells) > width:
        return Problem("", shown(cells[width]), Trouble.CELLS_TOO_MANY)
    if len(cells) < width:
        return Problem("", shown(",".join(cells)), Trouble.CELLS_TOO_FEW)
    return None


def _filled(cells: list[str], width: int) -> list[str]:
    """The row at the header's width, with the one blank cell after it that columns may share."""
    return [*cells[:width], *[""] * (width - len(cells)), ""]


def _key_or_nothing(cells: list[str], header: Header) -> str:
    place = header.places[0]
    number = cells[place].strip() if place < len(cells) else ""
    if len(number) > _LONGEST[0] or _number_trouble(number):
        return ""
    return number_key(number)


def _number_trouble(number: str) -> Trouble | None:
    if number.isalnum() and number.isascii() and "E" not in number and "e" not in number:
        return None
    if not number:
        return Trouble.NUMBER_MISSING
    if _ROUNDED.fullmatch(number):
        return Trouble.NUMBER_ROUNDED
    return None if _NUMBER.fullmatch(number) else Trouble.NUMBER_MALFORMED


def _standing(standing: str, problems: list[Problem]) -> str:
    if standing in STANDINGS:
        return standing
    if standing.casefold() in STANDINGS:
        return standing.casefold()
    problems.append(Problem("standing", shown(standing), Trouble.STANDING_UNKNOWN))
    return ""


def _yes_or_no(column: str, given: str, problems: list[Problem]) -> str:
    answer = given.casefold()
    if answer in YES or answer in NO:
        return "true" if answer in YES else "false"
    problems.append(Problem(column, shown(given), Trouble.NOT_YES_OR_NO))
    return ""


def _look_closely(given: Sequence[str], problems: list[Problem]) -> list[str]:
    """For rows with more in them than plain ASCII: tidy each cell, or refuse it."""
    tidied = []
    for column, cell in zip(COLUMN_NAMES, given, strict=True):
        if cell.isalnum() and cell.isascii():
            tidied.append(cell)
            continue
        kept = tidy(cell)
        if not kept.isascii() or not kept.isprintable() or kept[:1] == "=":
            if not kept.isprintable():
                problems.append(Problem(column, shown(kept), Trouble.HIDDEN_CHARACTER))
            elif _GARBLED.search(kept):
                problems.append(Problem(column, shown(kept), Trouble.GARBLED))
            elif kept[0] == "=":
                problems.append(Problem(column, shown(kept), Trouble.FORMULA))
        tidied.append(kept)
    return tidied


def _without_blank_words(cells: Sequence[str]) -> list[str]:
    return [
        "" if cell in (_BLANK_NAMES if place in _NAME_PLACES else _BLANK_WORDS) else cell
        for place, cell in enumerate(cells)
    ]


@lru_cache(maxsize=1 << 17)
def _read_date(given: str, latest: str) -> tuple[str, Trouble | None]:
    if given in _BLANK_DATES:
        return "", None
    parts = _ISO_DATE.fullmatch(given)
    if not parts:
        return "", Trouble.DATE_MALFORMED
    try:
        date(*map(int, parts.groups()))
    except ValueError:
        return "", Trouble.DATE_IMPOSSIBLE
    if given < _EARLIEST:
        return "", Trouble.DATE_TOO_EARLY
    return (given, None) if given <= latest else ("", Trouble.DATE_IN_FUTURE)


def _too_long(cells: Sequence[str]) -> Iterator[Problem]:
    for column, cell in zip(COLUMNS, cells, strict=True):
        if len(cell) > column.longest:
            yield Problem(column.name, shown(cell), Trouble.TOO_LONG)


def _one_each(problems: list[Problem]) -> list[Problem]:
    """The first problem of each column, in the order of columns: no slip is reported twice."""
    first: dict[str, Problem] = {}
    for problem in problems:
        first.setdefault(problem.column, problem)
    return sorted(first.values(), key=lambda problem: COLUMN_NAMES.index(problem.column))
