"""The tellers' tables: piles of papers, counted, and moved one paper at a time.

Source: docs/spec/counting.md §4 and §5. What they tell has the members of the sheet's §10.1, with
the figures of each box, so that the two can be held against each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ballot.tellers.errors import NotKnown
from ballot.tellers.papers import Opened, Paper, lay_out
from ballot.tellers.ties import loser_of, losers_for_election

_RULES = {"method", "stop", "bulk_exclusion", "ties", "percentages"}
_PLURALITY, _ALTERNATIVE_VOTE = "plurality", "av"


def tell(opened: Opened) -> dict[str, Any]:
    """Count the papers of one contest by hand, as it were.

    Returns: `method`, `candidates`, `withdrawn`, `valid`, `blank`, `rejected`, `elected`, and
             `stages`, each with `votes`, `exhausted`, `excluded`, `sections` and `tie`.
    Spec:    counting §4 to §6.
    Cost:    a look at each paper at every stage, however many boxes, and a step when it moves.
    Raises:  NotKnown, PapersUnreadable, TieOpen.
    """
    method, stop, ties = _rules(opened.rules)
    papers = lay_out(opened)
    marked = [paper for paper in papers if paper.choices]
    standing = [name for name in opened.candidates if name not in opened.withdrawn]
    tables = _Tables(opened, {name: [] for name in standing})
    for paper in marked:
        tables.put(paper)
    if method == _PLURALITY:
        elected = _by_most_votes(tables, ties)
    else:
        elected = _by_exclusion(tables, stop, ties)
    return {
        "method": method,
        "candidates": list(opened.candidates),
        "withdrawn": [name for name in opened.candidates if name in opened.withdrawn],
        "valid": len(marked),
        "blank": len(papers) - len(marked),
        "rejected": sum(opened.rejected.values()),
        "stages": tables.told,
        "elected": [elected],
    }


def _rules(rules: Mapping[str, object]) -> tuple[str, str, list[object]]:
    """The method, the stop and the tie rules; anything else that decides is not known here."""
    method, stop = str(rules.get("method")), str(rules.get("stop", "majority"))
    if method not in {_PLURALITY, _ALTERNATIVE_VOTE}:
        raise NotKnown(f"the method “{method}”")
    if stop not in {"majority", "two"}:
        raise NotKnown(f"the stop “{stop}”")
    if rules.get("bulk_exclusion"):
        raise NotKnown("the exclusion of several candidates at once")
    if strange := sorted(set(rules) - _RULES):
        raise NotKnown(f"the rule “{strange[0]}”")
    ties = rules.get("ties", [])
    if not isinstance(ties, Sequence):
        raise NotKnown("tie rules that are no list")
    return method, stop, list(ties)


@dataclass(slots=True)
class _Tables:
    """A pile for each continuing candidate, and one of exhausted papers; what was told so far."""

    opened: Opened
    piles: dict[str, list[Paper]]
    exhausted: list[Paper] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)

    def put(self, paper: Paper) -> None:
        """Put a paper with the first continuing candidate that it ranks (§4.2)."""
        for name in paper.choices:
            if name in self.piles:
                self.piles[name].append(paper)
                return
        self.exhausted.append(paper)

    def tell_stage(self) -> dict[str, int]:
        """Count every pile, write the stage down, and give the votes."""
        votes = {name: len(pile) for name, pile in self.piles.items()}
        piles = {name: _by_box(pile) for name, pile in self.piles.items()}
        exhausted = _by_box(self.exhausted)
        self.told.append({
            "votes": votes, "exhausted": len(self.exhausted), "excluded": [], "tie": None,
            "sections": {
                box: {"votes": {name: pile[box] for name, pile in piles.items()},
                      "exhausted": exhausted[box]}
                for box in self.opened.boxes
            },
        })  # fmt: skip
        return votes

    def exclude(self, name: str) -> None:
        """Take a candidate's pile off the table, and move each paper on (§5.5)."""
        self.told[-1]["excluded"] = [name]
        for paper in self.piles.pop(name):
            self.put(paper)

    def tell_tie(self, purpose: str, tied: list[str], *, by: str, lost: list[str]) -> None:
        self.told[-1]["tie"] = {"for": purpose, "tied": tied, "settled_by": by, "excluded": lost}


def _by_box(pile: list[Paper]) -> Counter[str]:
    return Counter(paper.box for paper in pile)


def _by_most_votes(tables: _Tables, ties: list[object]) -> str:
    """Who has the most votes is elected (§4.3)."""
    votes = tables.tell_stage()
    first = [name for name in votes if votes[name] == max(votes.values())]
    if len(first) == 1:
        return first[0]
    lost = losers_for_election(first, rules=ties, paper=tables.opened.candidates)
    tables.tell_tie("election", first, by="lot", lost=lost)
    return next(name for name in first if name not in lost)


def _by_exclusion(tables: _Tables, stop: str, ties: list[object]) -> str:
    """Exclude whoever has the fewest, until somebody has more than half, or is alone (§5)."""
    while True:
        votes = tables.tell_stage()
        if len(votes) == 1:
            return next(iter(votes))
        leader = max(votes, key=lambda name: votes[name])
        may_end = stop == "majority" or len(votes) == 2
        if may_end and votes[leader] * 2 > sum(votes.values()):
            return leader
        tables_left = _exclude_lowest(tables, votes, ties)
        if len(tables_left) == 1:
            return tables_left[0]


def _exclude_lowest(tables: _Tables, votes: dict[str, int], ties: list[object]) -> list[str]:
    """Exclude one candidate, and give who continues; alone, they are elected at once (§5.1)."""
    lowest = [name for name in votes if votes[name] == min(votes.values())]
    lost, by = lowest[0], ""
    if len(lowest) > 1:
        lost, by = loser_of(
            lowest, rules=ties, paper=tables.opened.candidates,
            stages=[stage["votes"] for stage in tables.told],
        )  # fmt: skip
        tables.tell_tie("exclusion", lowest, by=by, lost=[lost])
    tables.exclude(lost)
    return list(tables.piles)
