"""How likely it is that two records are one person: evidence in bits, for and against.

Three explanations of what two records share are weighed (Fellegi and Sunter 1969, with a third):
they are *one person*; they are two people of *one household*, who share surname, address and
often an e-mail address; they are *strangers*. Each field adds the binary logarithm of how much
likelier what is seen is under an explanation than among strangers, and the score is the
logarithm of the odds for one person against both others. Without the household, a married
couple would score as high as the same person twice; with it, what a household shares is no
evidence, and given name and date of birth decide. Twins have their place too.

How often strangers agree is taken from the list itself (Winkler 1989): a rare surname says more
than a common one, and an address of mail that three hundred share says little. The other
figures are judged, not measured, and stand in `_EVIDENCE` and beside their use: one cannot
learn them from a list in which nobody has yet said who is who. `make bench-roll` shows what comes
of them. A blank says nothing, for or against.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from math import log2
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cpdist

from members.matching.columns import Columns, Longs
from members.matching.names import root_of

Bits = NDArray[np.float64]
Levels = NDArray[np.int8]
Flags = NDArray[np.bool_]


class Level(IntEnum):
    """How far two values agree. ALIKE: of a date, one part differs; of a postcode, its end."""

    BLANK = 0
    DIFFERENT = 1
    ALIKE = 2
    SAME = 3
    SWAPPED = 4


FIELDS: Final = (
    "family_name", "given_name", "date_of_birth", "postcode", "address", "email", "phone", "unit",
)  # fmt: skip

THRESHOLD: Final = -4.0
"""Odds of one in sixteen: somebody looks at sixteen such pairs to find one person."""

# Of a hundred records, one has a double; thirty share a household with another.
_DOUBLES, _HOUSEHOLDS = 0.02, 0.30
# What is known of names before the list is read, as if so many other records had been seen: a
# list of ten people does not teach that every third surname in the land is Jones.
_SEEN_BEFORE: Final = 10_000
_USUAL: Final = {
    "family": 1 / 1_000, "given": 1 / 100, "born": 1 / 25_000, "postcode": 1 / 500_000,
    "district": 1 / 2_500, "address": 1 / 20_000, "email": 1 / 1_000_000,
    "phone": 1 / 1_000_000, "unit": 1 / 600,
}  # fmt: skip
_LIKE_NAMES: Final = 4  # For each name, so many others of its frequency are spelt like it.
_LIKENESS: Final = 0.88  # Jaro and Winkler's, of names without spaces.
# Two days of birth agree by chance in two of year, month and day once in 230.
_NEAR_BIRTH: Final = 1 / 230
# Of people with one postcode, one in fifteen lives in the same house.
_SAME_HOUSE: Final = 1 / 15

_EVIDENCE: Final[dict[tuple[str, Level], tuple[float, float]]] = {
    # (field, level): how often so in one person's two records, and in those of a household.
    ("family_name", Level.SAME): (0.88, 0.75),
    ("family_name", Level.ALIKE): (0.05, 0.02),
    ("family_name", Level.DIFFERENT): (0.07, 0.23),
    ("given_name", Level.SAME): (0.87, 0.01),
    ("given_name", Level.ALIKE): (0.12, 0.01),
    ("given_name", Level.DIFFERENT): (0.01, 0.98),
    ("date_of_birth", Level.SAME): (0.92, 0.005),  # Twins.
    ("date_of_birth", Level.SWAPPED): (0.02, 0.0001),
    ("date_of_birth", Level.ALIKE): (0.035, 0.006),
    ("date_of_birth", Level.DIFFERENT): (0.025, 0.99),
    ("postcode", Level.SAME): (0.62, 0.96),
    ("postcode", Level.ALIKE): (0.08, 0.02),
    ("postcode", Level.DIFFERENT): (0.30, 0.02),
    ("email", Level.SAME): (0.45, 0.15),
    ("email", Level.DIFFERENT): (0.55, 0.85),
    ("phone", Level.SAME): (0.45, 0.30),
    ("phone", Level.DIFFERENT): (0.55, 0.70),
}


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores of pairs in bits, and for each field of `FIELDS` the level of every pair."""

    score: Bits
    levels: tuple[Levels, ...]


class Scoring:
    """Scores pairs of one list: knows how often each value stands in it."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self.records = len(columns.ids)
        self._size = self.records + _SEEN_BEFORE
        self._often = {name: _counted(getattr(columns, name)) for name in _USUAL}
        both = columns.family * len(columns.names) + columns.given
        self._often["both names"] = _counted(both)
        self._solid = [name.replace(" ", "") for name in columns.names]
        roots: dict[str, int] = {}
        self._root = np.array([roots.setdefault(root_of(n), len(roots)) for n in columns.names])
        self._is_initial = np.array([len(name.split(" ")[0]) == 1 for name in columns.names])
        self._initial = np.array([ord(name[0]) if name else 0 for name in columns.names])

    def score(self, left: Longs, right: Longs) -> Scored:
        """Score each pair of places in the columns.

        Cost: some thirty passes over the pairs, and one comparison of each two distinct names.
        """
        one_person = np.full(len(left), log2(_DOUBLES / self._size))
        household = np.full(len(left), log2(_HOUSEHOLDS / self._size))
        levels = self._levels(left, right)
        for person, home in self._evidence(left, right, levels).values():
            one_person += person
            household += home
        score = one_person - np.logaddexp2(0.0, household)
        return Scored(score, tuple(levels[field] for field in FIELDS))

    # --- what agrees ---------------------------------------------------------------------------

    def _levels(self, left: Longs, right: Longs) -> dict[str, Levels]:
        family, given = self._name_levels(left, right)
        postcode = self._equal("postcode", left, right)
        near = self._equal("district", left, right) == Level.SAME
        postcode[(postcode == Level.DIFFERENT) & near] = Level.ALIKE
        return {
            "family_name": family,
            "given_name": given,
            "date_of_birth": _birth_levels(self._columns.born[left], self._columns.born[right]),
            "postcode": postcode,
            **{name: self._equal(name, left, right)
               for name in ("address", "email", "phone", "unit")},
        }  # fmt: skip

    def _equal(self, name: str, left: Longs, right: Longs) -> Levels:
        column = getattr(self._columns, name)
        return _equal_levels(column[left], column[right])

    def _name_levels(self, left: Longs, right: Longs) -> tuple[Levels, Levels]:
        """How family and given names agree; written one for the other, both are alike."""
        column = self._columns
        families, givens = (column.family[left], column.family[right]), (
            column.given[left], column.given[right])  # fmt: skip
        family, given = _equal_levels(*families), _equal_levels(*givens)
        crossed = (families[0] == givens[1]) & (families[1] == givens[0])
        short = (self._root[givens[0]] == self._root[givens[1]]) | (
            (self._is_initial[givens[0]] | self._is_initial[givens[1]])
            & (self._initial[givens[0]] == self._initial[givens[1]])
        )
        alike_family = self._are_spelt_alike(*families, among=family == Level.DIFFERENT)
        alike_given = self._are_spelt_alike(*givens, among=(given == Level.DIFFERENT) & ~short)
        family[(family == Level.DIFFERENT) & (alike_family | crossed)] = Level.ALIKE
        given[(given == Level.DIFFERENT) & (short | alike_given | crossed)] = Level.ALIKE
        return family, given

    def _are_spelt_alike(self, one: Longs, other: Longs, *, among: Flags) -> Flags:
        """Which names are spelt alike, or are one part of the other (Hale, Blackmore-Hale)."""
        answer = np.zeros(len(one), dtype=bool)
        distinct, place = np.unique(
            one[among] * len(self._solid) + other[among], return_inverse=True
        )
        firsts, seconds = np.divmod(distinct, len(self._solid))
        likeness = cpdist(
            [self._solid[n] for n in firsts], [self._solid[n] for n in seconds],
            scorer=JaroWinkler.similarity, score_cutoff=_LIKENESS, dtype=np.float32,
        )  # fmt: skip
        names = self._columns.names
        parts = [_is_part(names[a], names[b]) for a, b in zip(firsts, seconds, strict=True)]
        answer[among] = ((likeness > 0) | np.array(parts, dtype=bool))[place]
        return answer

    # --- what it says --------------------------------------------------------------------------

    def _evidence(
        self, left: Longs, right: Longs, levels: dict[str, Levels]
    ) -> dict[str, tuple[Bits, Bits]]:
        """For each field the bits for one person and for a household, against strangers."""
        usual = {
            "family_name": self._by_chance("family", left, right, _LIKE_NAMES),
            "given_name": self._by_chance("given", left, right, _LIKE_NAMES),
            "date_of_birth": self._by_chance("born", left, right, 1),
            "postcode": self._by_chance("postcode", left, right, 1),
            "email": self._by_chance("email", left, right, 1),
            "phone": self._by_chance("phone", left, right, 1),
        }
        usual["postcode"][Level.ALIKE] = self._by_chance("district", left, right, 1)[Level.SAME]
        usual["date_of_birth"][Level.ALIKE] = np.full(len(left), _NEAR_BIRTH)
        weighed = {
            field: _weighed(field, levels[field], chances) for field, chances in usual.items()
        }
        # Of one household and born on one day are twins, and no parents name two children alike.
        person, home = weighed["date_of_birth"]
        weighed["date_of_birth"] = person, np.where(
            levels["given_name"] >= Level.ALIKE, np.minimum(home, 0.0), home
        )
        both_same = (levels["family_name"] == Level.SAME) & (levels["given_name"] == Level.SAME)
        weighed["both names"] = self._names_that_go_together(left, usual, both_same)
        weighed["address"] = self._address(left, right, levels)
        weighed["unit"] = self._unit(left, right, levels)
        return weighed

    def _by_chance(
        self, name: str, left: Longs, right: Longs, like: int
    ) -> dict[Level, Bits]:
        """How often a stranger has the same value as the left record, or one like either's.

        The two records themselves are not counted: of two that alone bear a name, nobody else
        bears it.
        """
        often = self._often[name]
        others = np.maximum(np.maximum(often[left], often[right]) - 2, 0)
        same = (others + _SEEN_BEFORE * _USUAL[name]) / self._size
        return {Level.SAME: same, Level.ALIKE: np.minimum(like * same, 0.5), Level.SWAPPED: same}

    def _names_that_go_together(
        self, left: Longs, usual: dict[str, dict[Level, Bits]], both_same: Flags
    ) -> tuple[Bits, Bits]:
        """Take back what is counted twice where given and family names go together.

        A third of all Hosseinis may be called Mohammed: then agreement in the second name adds
        less than the frequency of it in the whole list says.
        """
        apart = usual["family_name"][Level.SAME] * usual["given_name"][Level.SAME]
        together = np.maximum(self._often["both names"][left] - 2, 0) / self._size
        excess = np.where(both_same, np.minimum(np.log2(apart) - np.log2(
            np.maximum(together, apart)), 0.0), 0.0)  # fmt: skip
        return excess, np.zeros(len(left))

    def _address(
        self, left: Longs, right: Longs, levels: dict[str, Levels]
    ) -> tuple[Bits, Bits]:
        """The first line of the address, given what the postcode has said already."""
        chance = self._by_chance("address", left, right, 1)[Level.SAME]
        same, known = levels["address"] == Level.SAME, levels["address"] != Level.BLANK
        at_one_postcode = levels["postcode"] == Level.SAME
        unknown_postcode = levels["postcode"] == Level.BLANK
        if_same = np.select([at_one_postcode, unknown_postcode], [0.92, 0.60], 0.10)
        home = np.select([at_one_postcode, unknown_postcode], [0.95, 0.95], 0.20)
        by_chance = np.where(at_one_postcode, _SAME_HOUSE, chance)
        person_bits = np.where(same, np.log2(if_same / by_chance), np.log2(
            (1 - if_same) / (1 - by_chance)))  # fmt: skip
        home_bits = np.where(same, np.log2(home / by_chance), np.log2(
            (1 - home) / (1 - by_chance)))  # fmt: skip
        return np.where(known, person_bits, 0.0), np.where(known, home_bits, 0.0)

    def _unit(
        self, left: Longs, right: Longs, levels: dict[str, Levels]
    ) -> tuple[Bits, Bits]:
        """The unit, where the postcode has not said it: people of one street share a unit."""
        chance = self._by_chance("unit", left, right, 1)[Level.SAME]
        new = (levels["postcode"] != Level.SAME) & (levels["unit"] != Level.BLANK)
        same = levels["unit"] == Level.SAME
        person = np.where(same, np.log2(0.4 / chance), np.log2(0.6))
        home = np.where(same, np.log2(0.8 / chance), np.log2(0.2))
        return np.where(new, person, 0.0), np.where(new, home, 0.0)


def _counted(column: Longs) -> Longs:
    """For each record, how many have its value."""
    _, place, counts = np.unique(column, return_inverse=True, return_counts=True)
    return counts[place].astype(np.int64)


def _equal_levels(one: Longs, other: Longs) -> Levels:
    levels = np.where(one == other, Level.SAME, Level.DIFFERENT).astype(np.int8)
    levels[(one == 0) | (other == 0)] = Level.BLANK
    return levels


def _birth_levels(one: Longs, other: Longs) -> Levels:
    """Dates of birth: the same, day and month swapped, two of three parts the same, different."""
    levels = _equal_levels(one, other)
    (year, month, day), (year_2, month_2, day_2) = _parts(one), _parts(other)
    swapped = (year == year_2) & (month == day_2) & (day == month_2)
    agree = (year == year_2) * 1 + (month == month_2) * 1 + (day == day_2) * 1
    levels[(levels == Level.DIFFERENT) & (agree == 2)] = Level.ALIKE
    levels[(levels == Level.DIFFERENT) & swapped] = Level.SWAPPED
    return levels


def _parts(born: Longs) -> tuple[Longs, Longs, Longs]:
    return born // 10_000, born // 100 % 100, born % 100


def _is_part(one: str, other: str) -> bool:
    """Whether one name's words all stand in the other, which has more of them."""
    if " " not in one and " " not in other:
        return False
    words, others = set(one.split(" ")), set(other.split(" "))
    return words <= others or others <= words


def _weighed(field: str, levels: Levels, chances: dict[Level, Bits]) -> tuple[Bits, Bits]:
    """The bits of one field. In a household, too, a value may be common by chance."""
    person, home = np.zeros(len(levels)), np.zeros(len(levels))
    for level in (Level.DIFFERENT, Level.ALIKE, Level.SAME, Level.SWAPPED):
        seen = levels == level
        if (field, level) not in _EVIDENCE or not seen.any():
            continue
        if_person, if_home = _EVIDENCE[field, level]
        chance = chances[level][seen] if level in chances else np.ones(int(seen.sum()))
        person[seen] = np.log2(if_person / chance)
        home[seen] = np.log2(np.maximum(if_home, chance) / chance)
        if level == Level.DIFFERENT:
            home[seen] = log2(if_home)
    return person, home
