"""What is told of the turnout of units: in steps, so that nobody is found by subtracting.

The rule, within one section, with k = 10. A unit's number of ballots is told anew only when
  1. at least k more of its electors have voted than were told before (at first: than none),
  2. at least k of its electors have not voted, and
  3. what is then left of the section's ballots, untold, is at least k; and where there are units of
     which nothing is told, at least k of their electors need not be among those who voted.
Otherwise the number told before stands, or none. So the difference of two numbers of one unit, at
whatever times, and the difference of the section and all its units, are nothing or at least k. A
section of one unit tells of none: it would be the section's own number under another name.

Sections are told as they are, since the board shows each ballot's section (docs/spec/bundle.md §4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SMALLEST_STEP: Final = 10


@dataclass(frozen=True, slots=True)
class UnitCount:
    """One unit's electors and ballots of one section, and the ballots told before (0: none)."""

    electors: int
    ballots: int
    told: int = 0

    @property
    def gain(self) -> int:
        return self.ballots - self.told


def told_by_unit(units: Sequence[UnitCount], *, step: int = SMALLEST_STEP) -> list[int]:
    """The ballots that may be told of each unit of a section, in the given order; 0: none.

    units: all units of the section; `told` is what this gave for each the last time.
    """
    told = [unit.told for unit in units]
    if len(units) < 2:
        return told
    left = sum(unit.gain for unit in units)
    # The largest first: it is what fewest can be found by.
    for place in sorted(range(len(units)), key=lambda one: -units[one].gain):
        unit = units[place]
        is_safe = (
            unit.gain >= step
            and unit.electors - unit.ballots >= step
            and left - unit.gain >= step
            and _hides(units, told, place, left - unit.gain, step)
        )
        if is_safe:
            told[place] = unit.ballots
            left -= unit.gain
    return told


def _hides(
    units: Sequence[UnitCount], told: Sequence[int], but: int, left: int, step: int
) -> bool:
    """Whether the electors of the untold units could not all be among those who are left."""
    others = [
        unit.electors for place, unit in enumerate(units) if place != but and not told[place]
    ]
    return not others or sum(others) - left >= step
