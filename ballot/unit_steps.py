"""What is told of units' turnout: once, at the close, and so that nobody is found by subtracting.

The rule, within one section, with k = 10. A unit is *small* where fewer than k of its electors have
voted, or fewer than k have not.
  1. Where no unit is small, all are told.
  2. Otherwise the small ones are hidden, and with them the unit with the most electors.
  3. The hidden together then are what the section's total leaves. Unless at least 2k of their
     electors have voted and at least 2k have not, and unless each but the largest might, for all
     that this leaves, be one of which nobody has voted, none of the section is told.

Whether 3 holds follows from what everybody can work out, and the unit that 2 adds is chosen by its
electors alone: who knows the rule learns no more than who subtracts. While the poll goes on nothing
is told of units: sections are told exactly (the board shows each ballot's section,
docs/spec/bundle.md §4), so that of two snapshots the units told before would give the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

FEWEST: Final = 10


@dataclass(frozen=True, slots=True)
class UnitCount:
    """One unit's electors and ballots of one section."""

    electors: int
    ballots: int


def told_by_unit(units: Sequence[UnitCount], *, fewest: int = FEWEST) -> list[int]:
    """The ballots that may be told of each unit of a section, in the given order; 0: none.

    units: all units of the section, after the close. fewest: k of the rule.
    """
    small = {
        place for place, unit in enumerate(units)
        if not fewest <= unit.ballots <= unit.electors - fewest
    }  # fmt: skip
    if not small:
        return [unit.ballots for unit in units]
    largest = max(range(len(units)), key=lambda place: units[place].electors)
    hidden = small | {largest}
    ballots = sum(units[place].ballots for place in hidden)
    electors = sum(units[place].electors for place in hidden)
    is_safe = 2 * fewest <= ballots <= electors - 2 * fewest and all(
        ballots <= electors - units[place].electors for place in hidden - {largest}
    )
    return [
        unit.ballots if is_safe and place not in hidden else 0 for place, unit in enumerate(units)
    ]
