"""The cells of another membership system in the documented forms, by what a mapping says.

What cannot be turned is a Problem with its value as it stood, and its row is refused; nothing
is turned that the mapping does not name.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from members.rollfile.columns import COLUMN_NAMES, STANDINGS
from members.rollfile.dates import DateOrder, date_in_order, is_without_century
from members.rollfile.errors import Problem, Trouble, shown
from members.rollfile.mapping import ColumnMapping, word_key

_BIRTH: Final = COLUMN_NAMES.index("date_of_birth")
_STANDING: Final = COLUMN_NAMES.index("standing")
_SECTION: Final = COLUMN_NAMES.index("section")
# A blank's usual words, here because a date column may hold them too.
_BLANKS: Final = frozenset({"", "-", "--", "null", "(null)", "n/a", "#n/a", "na", "none", "0"})
_word_key = lru_cache(maxsize=1 << 12)(word_key)


class Converter:
    """Turns one row's cells, in the order of COLUMNS, into the documented forms."""

    def __init__(self, mapping: ColumnMapping, this_year: int) -> None:
        self._dates = [
            (COLUMN_NAMES.index(name), order) for name, order in mapping.dates.items()
        ]
        self._this_year = this_year
        self._standings = mapping.standings
        self._has_standing = "standing" in mapping.columns
        self._sections = mapping.sections
        self._section = mapping.section

    def __call__(self, given: tuple[str, ...], problems: list[Problem]) -> tuple[str, ...]:
        cells = list(given)
        for place, order in self._dates:
            if cells[place]:
                cells[place] = self._date(place, cells[place].strip(), order, problems)
        if self._has_standing:
            cells[_STANDING] = self._standing(cells[_STANDING], problems)
        if self._section:
            cells[_SECTION] = self._section
        elif self._sections and cells[_SECTION]:
            word = _word_key(cells[_SECTION])
            cells[_SECTION] = self._sections.get(word, cells[_SECTION])
        return tuple(cells)

    def _date(self, place: int, cell: str, order: DateOrder, problems: list[Problem]) -> str:
        if cell.lower() in _BLANKS:
            return ""
        made, trouble = date_in_order(cell, order, self._this_year)
        if place == _BIRTH and made and is_without_century(cell):
            trouble = Trouble.DATE_WITHOUT_CENTURY
        if trouble:
            problems.append(Problem(COLUMN_NAMES[place], shown(cell), trouble))
            # It stays as it was, so that it is given back to be mended; the row is refused.
            return cell
        return made

    def _standing(self, cell: str, problems: list[Problem]) -> str:
        word = _word_key(cell)
        if word in self._standings:
            return self._standings[word]
        if not word or word in STANDINGS:
            return word
        problems.append(Problem("standing", shown(cell), Trouble.WORD_UNKNOWN))
        # It stays, as a date does: given back as a blank it would come in again as no news.
        return cell
