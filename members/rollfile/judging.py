"""Judging one row of a membership list (docs/import-format.md §§3, 4).

Cells in the documented forms come out as a Row, or as a RefusedLine with the reason for every
refused cell. Not here: whether a number is repeated, and whether somebody is new. Those need
the whole list, and are asked of the database in sets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import gt
from typing import Final, NamedTuple

from members.rollfile.columns import COLUMN_NAMES, COLUMNS, NO, STANDINGS, YES
from members.rollfile.dates import LATEST_DATE, read_date
from members.rollfile.errors import Problem, Trouble, shown
from members.rollfile.normal import fold, number_key, tidy, unit_key

LONGEST_CELL: Final = 500  # More than any documented column holds; the rest is told by its reason.
_BLANK_WORDS: Final = frozenset(
    {"-", "--", "NULL", "null", "(null)", "n/a", "N/A", "#N/A", "NA", "na", "None", "none"}
)
# Na, None and Null are family names; only the signs no name has are blanks there.
_BLANK_NAMES: Final = frozenset({"-", "--", "NULL", "(null)", "n/a", "N/A", "#N/A"})
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
# “John & Mary” and “Mr and Mrs”: the row of a joint membership.
_JOINT: Final = re.compile(r"\w\.?\s*[&+]\s*\w|\w\s+and\s+\w", re.IGNORECASE)
_DECIMAL: Final = re.compile(r"[0-9]+\.0+")


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

    cells: what stood in it for each of COLUMNS, at most LONGEST_CELL characters each, so that
    the row can be given back to be mended; where a mapping could turn a value into the
    documented form, that form.
    """

    line: int
    number_key: str
    problems: tuple[Problem, ...]
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judge:
    """What decides row by row: the sections there are, the day of reading, the mapping's part.

    convert: turns the cells of another membership system into the documented forms and adds
    what it could not turn to the problems; None for a file in the documented format.
    """

    sections: Mapping[str, str]
    today: str
    convert: Callable[[tuple[str, ...], list[Problem]], tuple[str, ...]] | None = None

    def judge(self, line: int, given: tuple[str, ...]) -> Row | RefusedLine:
        """Give the row that these cells are, or the refusal that they deserve.

        given: one cell for each of COLUMNS, as they stand in the file.
        """
        problems: list[Problem] = []
        if self.convert is not None:
            given = self.convert(given, problems)
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
        if "&" in joined or " and " in joined.lower():
            problems.extend(_two_people(cells))
        row = self._judge(line, cells, problems)
        if problems:
            told = tuple(_one_each(problems))
            key = "" if told[0].column == "number" else row.number_key
            return RefusedLine(line, key, told, as_stood(given))
        return row

    def _judge(self, line: int, cells: Sequence[str], problems: list[Problem]) -> Row:
        (number, title, given, family, email, a1, a2, a3, a4, postcode, country,
         section, unit, joined_on, paid_until, standing, born_on,
         phone, levy, withheld) = cells  # fmt: skip
        if not (number.isascii() and number.isdigit()) and (wrong := number_trouble(number)):
            problems.append(Problem("number", shown(number), wrong))
        if not family:
            problems.append(Problem("family_name", "", Trouble.NAME_MISSING))
        if email and not _EMAIL.fullmatch(email):
            problems.append(Problem("email", shown(email), Trouble.EMAIL_MALFORMED))
        if section:
            section = self._section(section, problems)
        if standing:
            standing = _standing(standing, problems)
        joined, joined_trouble = read_date(joined_on, self.today)
        paid, paid_trouble = read_date(paid_until, LATEST_DATE)
        born, born_trouble = read_date(born_on, self.today)
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


def number_trouble(number: str) -> Trouble | None:
    if number.isalnum() and number.isascii() and "E" not in number and "e" not in number:
        return None
    if not number:
        return Trouble.NUMBER_MISSING
    if _ROUNDED.fullmatch(number):
        return Trouble.NUMBER_ROUNDED
    if _DECIMAL.fullmatch(number):
        return Trouble.NUMBER_DECIMAL
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

def as_stood(cells: Sequence[str]) -> tuple[str, ...]:
    """The cells as they can be kept beside a refusal: short, and without the sign of nought."""
    return tuple(cell[:LONGEST_CELL].replace("\x00", "\ufffd") for cell in cells)


def _two_people(cells: Sequence[str]) -> Iterator[Problem]:
    """A joint membership on one row: one number, and two people who each have a vote."""
    for place in _NAME_PLACES:
        if _JOINT.search(cells[place]):
            yield Problem(COLUMN_NAMES[place], shown(cells[place]), Trouble.TWO_PEOPLE)
