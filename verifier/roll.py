"""The roll as frozen and as amended: how many electors each section has, and when (bundle §4.1).

What only the roll itself shows (that a commitment is of its lines) is for whoever holds the roll.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from verifier.board import Board, Entry
from verifier.failure import Failed

OF_KIND = {"add": {"added", "restored"}, "remove": {"struck"}, "correct": {"corrected"}}
BY = {"added": 1, "restored": 1, "struck": -1, "corrected": 0}


@dataclass(slots=True)
class Roll:
    """The last roll. Each counter is by section's code.

    added: restored ones among them.
    after: the electors after the roll itself and each of its amendments, by the entry's number.
    """

    frozen: Counter[str]
    after: dict[int, Counter[str]]
    added: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    restored: Counter[str] = field(default_factory=Counter)
    amendments: list[Entry] = field(default_factory=list)

    @property
    def sections(self) -> set[str]:
        """The sections that the roll has, or once had."""
        return {code for electors in self.after.values() for code in electors}

    def electors_before(self, number: int) -> Counter[str]:
        """Return the electors by section at an entry that is behind the roll's."""
        return self.after[max(entry for entry in self.after if entry < number)]

    @property
    def electors(self) -> Counter[str]:
        return self.after[max(self.after)]


def check_roll(board: Board) -> Roll:
    """Follow each roll and the chain of its amendments.

    Raises: Failed (roll.section, amendment.number, .roll, .previous, .changes, .electors).
    """
    roll: Roll | None = None
    commitment = previous = ""
    for entry in board.all("roll", "amendment"):
        if entry.kind == "roll":
            roll = _frozen(entry)
            commitment = previous = entry.content["commitment"]
        else:
            assert roll is not None, "The order of the entries has been checked."
            _check_chain(entry, len(roll.amendments) + 1, commitment, previous)
            _amend(roll, entry)
            previous = entry.content["commitment"]
    if roll is None:
        raise Failed("entry.missing", "the roll", "No roll has been frozen.")
    return roll


def _frozen(entry: Entry) -> Roll:
    frozen: Counter[str] = Counter()
    seen = set()
    for total in entry.content["totals"]:
        one = (total["section"], total["unit"], total["rule"])
        if one in seen:
            raise Failed("roll.section", entry.where, f"A total of {one[0]} stands there twice.")
        seen.add(one)
        if total["rule"] == "eligible":
            frozen[total["section"]] += total["people"]
    return Roll(frozen, {entry.number: Counter(frozen)})


def _check_chain(entry: Entry, number: int, commitment: str, previous: str) -> None:
    content, where = entry.content, entry.where
    if content["number"] != number:
        why = f"It is numbered {content['number']}, and is amendment {number} of its roll."
        raise Failed("amendment.number", where, why)
    if content["roll"] != commitment:
        raise Failed("amendment.roll", where, "It amends another roll than the last one.")
    if content["previous"] != previous:
        raise Failed("amendment.previous", where, "It does not name what is before it.")


def _amend(roll: Roll, entry: Entry) -> None:
    content, where = entry.content, entry.where
    electors = Counter(roll.electors)
    for change in content["changes"]:
        section, people = change["section"], change["people"]
        if change["change"] not in OF_KIND[content["kind"]]:
            why = f"Of kind {content['kind']} nobody is {change['change']}."
            raise Failed("amendment.changes", where, why)
        electors[section] += BY[change["change"]] * people
        roll.restored[section] += people if change["change"] == "restored" else 0
        if BY[change["change"]] > 0:
            roll.added[section] += people
        elif BY[change["change"]] < 0:
            roll.struck[section] += people
        if roll.restored[section] > roll.struck[section]:
            why = f"More are restored than were struck off {section} before."
            raise Failed("amendment.changes", where, why)
        if electors[section] < 0:
            raise Failed("amendment.changes", where, f"More are struck than {section} has.")
    said: dict[str, Any] = content["electors"]
    if not same_figures(electors, said):
        why = f"It says {said}, and {dict(electors)} follow from the roll and the changes."
        raise Failed("amendment.electors", where, why)
    roll.after[entry.number] = electors
    roll.amendments.append(entry)


def same_figures(ours: Counter[str], said: dict[str, int]) -> bool:
    """Say whether two counts by section are alike; a section without anybody may be left out."""
    return all(ours[name] == said.get(name, 0) for name in {*ours, *said})
