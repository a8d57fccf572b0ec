"""What the tellers write down at each stage: with the members of the sheet of counting §10.

So it can be held against the sheet, member by member. Not told are the sheet's title, its rules and
its sentences, which are no figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ballot.tellers.figures import percent, together
from ballot.tellers.papers import Opened
from ballot.tellers.rules import TRANSFERABLE, Rules
from ballot.tellers.tables import Moved, Tables, held_by_box
from ballot.tellers.ties import Purpose, settle
from ballot.tellers.worth import Worth, divided, published, settled

Votes = Mapping[str, Fraction]


@dataclass(slots=True)
class Record:
    """The stages of one count, as written down so far.

    valid:    papers in all that bear a preference.
    stages:   as the sheet has them.
    compared: of each stage, name → what is compared there: votes, or weighted votes (§12.2).
    worth:    what the boxes are worth once stage 1 is counted; None where a paper is a vote.
    """

    opened: Opened
    rules: Rules
    valid: int
    stages: list[dict[str, Any]] = field(default_factory=list)
    compared: list[Votes] = field(default_factory=list)
    worth: Worth | None = None

    def write_stage(self, tables: Tables, *, moved: Moved) -> Votes:
        """Count every pile and write the stage down. Returns what is compared at it."""
        piles = {n: held_by_box(pile, self.opened.boxes) for n, pile in tables.piles.items()}
        spent = held_by_box(tables.exhausted, self.opened.boxes)
        by_box = {box: {n: of[box] for n, of in piles.items()} for box in self.opened.boxes}
        votes = {name: sum(of.values(), Fraction(0)) for name, of in piles.items()}
        self.stages.append({
            **self._figures(votes, sum(spent.values(), Fraction(0))),
            "continuing_votes": self._number(sum(votes.values(), Fraction(0))),
            "sections": {box: self._figures(by_box[box], spent[box]) for box in by_box},
            "transfers": self._transfers(moved),
            "excluded": [], "tie": None,
            "elected_by": {} if self.rules.method == TRANSFERABLE else None,
        })  # fmt: skip
        self.compared.append(self._weighed(votes, by_box))
        self._write_percentages()
        return self.compared[-1]

    def settle_tie(self, tied: Sequence[str], purpose: Purpose) -> list[str]:
        """Settle a tie after the stage, write it down, and give who lost by it. Raises: TieOpen."""
        found = settle(tied, purpose=purpose, rules=self.rules.ties, stages=self.compared)
        self.stages[-1]["tie"] = {
            "for": purpose, "tied": list(tied), "settled_by": found.by, "steps": found.steps,
            "excluded": found.lost,
        }  # fmt: skip
        return found.lost

    def lowest(self, names: Iterable[str]) -> str:
        """Who of these has the fewest and is excluded, by the rules where several have (§5.1)."""
        votes = {name: self.compared[-1][name] for name in names}
        fewest = [name for name in votes if votes[name] == min(votes.values())]
        lost = fewest if len(fewest) == 1 else self.settle_tie(fewest, "exclusion")
        self.stages[-1]["excluded"] = lost[:1]
        return lost[0]

    def write_elected(self, name: str, by: str) -> None:
        """Write down that somebody is elected after the stage, and why."""
        if self.rules.method == TRANSFERABLE:
            self.stages[-1]["elected_by"][name] = by
        else:
            self.stages[-1]["elected_by"] = by

    def _weighed(self, votes: Votes, by_box: Mapping[str, Votes]) -> Votes:
        """What is compared: the votes as they are, or divided by what each box is worth."""
        if self.rules.worth is None:
            return votes
        if self.worth is None:
            self.worth = settled(self.rules.worth, by_box)
        weighted = divided(self.worth, by_box)
        self.stages[-1]["weighted"] = published(self.worth, weighted)
        return weighted

    def _write_percentages(self) -> None:
        votes = self.compared[-1]
        cast = sum(votes.values(), Fraction(0))
        whole = self.valid if self.rules.base == "valid" else cast
        self.stages[-1]["percent"] = {name: percent(votes[name], whole) for name in votes}

    def _figures(self, votes: Votes, exhausted: Fraction) -> dict[str, Any]:
        """Votes and exhausted papers that are shown together."""
        *shown, last = self._numbers([*votes.values(), exhausted])
        return {"votes": dict(zip(votes, shown, strict=True)), "exhausted": last}

    def _transfers(self, moved: Moved) -> list[dict[str, Any]]:
        """Who received papers, and how many were exhausted, rounded apart (§10.2, §13.7)."""
        to = {n: moved.to[n] for n in self.opened.candidates if n in moved.to}
        shown = self._numbers(list(to.values()))
        told: list[dict[str, Any]] = []
        if moved.source is not None:
            told.append({"from": moved.source, "to": dict(zip(to, shown, strict=True))})
        if moved.exhausted:
            told.append({"from": moved.source, "exhausted": self._number(moved.exhausted)})
        return told

    def _numbers(self, values: Sequence[Fraction]) -> list[Any]:
        """Whole numbers; under the single transferable vote texts, rounded together (§13.7)."""
        if self.rules.method == TRANSFERABLE:
            return list(together(values, 2))
        return [int(value) for value in values]

    def _number(self, value: Fraction) -> Any:
        return self._numbers([value])[0]
