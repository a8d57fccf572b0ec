"""The reconciliation's figures by section, from the roll, the keys and the board (bundle §4.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from verifier.board import Board, Entry
from verifier.failure import Failed, raise_all
from verifier.roll import Roll


@dataclass(frozen=True, slots=True)
class Register:
    """What the board shows of each section, by its code.

    in_force: keys in force at the end; cast: ballots on the board; aside: those set aside;
    received: envelopes; postal: papers that came in them.  contests: how many are on the paper.
    """

    roll: Roll
    in_force: Counter[str]
    cast: Counter[str]
    aside: Counter[str]
    received: Counter[str]
    postal: Counter[str]
    contests: int

    def figures(self, code: str) -> dict[str, int]:
        """Return what the reconciliation is to say of a section."""
        roll, cast = self.roll, self.cast[code]
        return {
            "frozen": roll.frozen[code],
            "added": roll.added[code],
            "struck": roll.struck[code],
            "electors": roll.electors[code],
            "issued": self.in_force[code],
            "struck_voted": self.in_force[code] - roll.electors[code],
            "ballots": cast,
            "on_board": cast,
            "marks": cast + self.received[code],
            "set_aside": self.aside[code],
            "counted": cast - self.aside[code] + self.postal[code],
            "votes": cast * self.contests,
        }


def check_reconciliation(board: Board, register: Register) -> None:
    """Check every figure of every section.

    Raises: Failed (reconciliation.sections, .explanation), or ExceptionGroup of Failed
            (reconciliation.figure, reconciliation.struck).
    """
    entry = board.only("reconciliation")
    sections = {told["code"]: told for told in entry.content["sections"]}
    if len(sections) < len(entry.content["sections"]):
        raise Failed("reconciliation.sections", entry.where, "A section stands there twice.")
    roll = register.roll
    if {code for code in roll.electors if roll.frozen[code] or roll.added[code]} - sections.keys():
        raise Failed("reconciliation.sections", entry.where, "A section is missing.")
    _check_explanations(entry, sections)
    failures = []
    for code, told in sections.items():
        where = f"{entry.where}, section {code}"
        expected = register.figures(code)
        failures += [
            Failed("reconciliation.figure", f"{where}, {name}", f"It is {number} by the board.")
            for name, number in expected.items()
            if told[name] != number
        ]
        failures += _struck(expected, roll.restored[code], where)
    raise_all(failures, "the reconciliation")


def _check_explanations(entry: Entry, sections: Mapping[str, Mapping[str, Any]]) -> None:
    """Each is of a section there is, once, and of no more marks than the section has."""
    seen: set[tuple[str, str]] = set()
    for told in entry.content["explanations"]:
        one = (told["difference"], told["section"])
        if one in seen or told["section"] not in sections:
            why = "It stands there twice, or is of no section."
            raise Failed("reconciliation.explanation", entry.where, why)
        if told["number"] > sections[told["section"]]["marks"]:
            why = f"{told['number']} are explained of fewer who voted."
            raise Failed("reconciliation.explanation", entry.where, why)
        seen.add(one)


def _struck(figures: dict[str, int], restored: int, where: str) -> Iterator[Failed]:
    """Yield what cannot be of those struck off who had voted: each keeps the one key in force.

    restored: how many of those struck off are on the roll again, with the key they had, or another.
    """
    voted, most = figures["struck_voted"], figures["struck"] - restored
    if voted > figures["marks"]:
        why = "More keys of people who were struck are in force than people voted."
        yield Failed("reconciliation.struck", where, why)
    if voted > most:
        why = (
            f"{voted} keys more are in force than electors are on the roll, and {most} are struck."
        )
        yield Failed("reconciliation.struck", where, why)
    if figures["set_aside"] > voted:
        why = f"{figures['set_aside']} ballots are set aside, and {voted} people struck off voted."
        yield Failed("reconciliation.struck", where, why)
