"""The statement of the electorate: applied − not eligible by reason = on the roll, by section.

Made of a frozen roll's totals, which the freeze compared with the list, the verdicts and the
entries. It is for the public: nobody's name, no reason by unit, within a section no reason that
fewer than five people share, and of no section how many, where they are fewer than five; nor what
subtraction would give (docs/roll.md §5).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from members.eligibility import reason_in_words
from members.eligibility.deciding import ELIGIBLE
from members.models import Roll
from members.selectors.rolls import totals_by

FEWEST: Final = 5
OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class Removed:
    """How many records are not on the roll for one reason; OTHER adds small ones together."""

    rule: str
    words: str
    people: int


@dataclass(frozen=True, slots=True)
class SectionStatement:
    """One section's sum. applied = electors + everybody in removed.

    applied: None, and nobody in removed, where it is not told how many are not on the roll.
    """

    code: str
    name: str
    applied: int | None
    removed: tuple[Removed, ...]
    electors: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A roll's sums: by section, and by reason over all sections.

    applied: as of a section.
    """

    name: str
    version: int
    commitment: str
    applied: int | None
    removed: tuple[Removed, ...]
    electors: int
    sections: tuple[SectionStatement, ...]


def statement_of(roll_id: int) -> Statement:
    """The statement of one frozen roll.

    What the roll says of itself is beside what its totals give, so that a page can compare them.
    """
    roll = Roll.objects.get(pk=roll_id)
    names: dict[str, str] = {}
    electors: Counter[str] = Counter()
    removed: dict[str, Counter[str]] = {}
    added_up = totals_by(roll_id, "section__precedence", "section__code", "section__name", "rule")
    for _, code, name, rule, people in added_up:
        names[code] = name
        by_reason = removed.setdefault(code, Counter())
        if rule == ELIGIBLE:
            electors[code] += people
        else:
            by_reason[rule] += people
    untold = _untold({code: reasons.total() for code, reasons in removed.items()})
    sections = tuple(
        SectionStatement(code, name, None, (), electors[code])
        if code in untold else
        SectionStatement(code, name, electors[code] + removed[code].total(),
                         _folded(removed[code]), electors[code])
        for code, name in names.items()
    )  # fmt: skip
    whole: Counter[str] = sum(removed.values(), Counter())
    is_few = 0 < whole.total() < FEWEST
    return Statement(
        name=roll.name,
        version=roll.version,
        commitment=bytes(roll.commitment).hex(),
        applied=None if is_few else roll.members_judged,
        removed=() if is_few
        else _folded(whole, small=_small_somewhere(removed.values(), sections)),
        electors=roll.electors,
        sections=sections,
    )


def _untold(removed: Mapping[str, int]) -> frozenset[str]:
    """The sections of which it is not told how many are not on the roll: fewer than five.

    With them the next smallest, until there are two and five people in them: the whole less the
    other sections gives no more than their sum.
    """
    rising = sorted((people, code) for code, people in removed.items() if people)
    few = sum(people < FEWEST for people, _ in rising)
    while 0 < few < len(rising) and (few < 2 or sum(people for people, _ in rising[:few]) < FEWEST):
        few += 1
    return frozenset(code for _, code in rising[:few])


def _told(reasons: Counter[str]) -> tuple[Removed, ...]:
    rows = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Removed(rule, reason_in_words(rule), people) for rule, people in rows)


def _small_somewhere(
    reasons: Iterable[Counter[str]], sections: Iterable[SectionStatement]
) -> frozenset[str]:
    """Reasons that some section adds to others, or does not tell.

    Their total over all sections, less what the other sections tell, would give that section's.
    """
    return frozenset(
        rule
        for by_reason, section in zip(reasons, sections, strict=True)
        for rule in by_reason.keys() - {each.rule for each in section.removed}
    )


def _folded(reasons: Counter[str], small: frozenset[str] = frozenset()) -> tuple[Removed, ...]:
    """The reasons of a section or of all, those of fewer than five people added together.

    small: reasons to add to them whatever their number.

    Where that sum is itself so small, the next smallest reason joins it: it could be told apart
    otherwise.
    """
    rows = list(_told(reasons))
    kept = [row for row in rows if row.people >= FEWEST and row.rule not in small]
    other = sum(row.people for row in rows) - sum(row.people for row in kept)
    while kept and 0 < other < FEWEST:
        other += kept.pop().people
    return (*kept, Removed(OTHER, "Other reasons, together", other)) if other else tuple(kept)
