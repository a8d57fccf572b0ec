"""The single transferable vote: quota, surpluses, exclusions (docs/spec/counting.md §13)."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from ballot.tellers.papers import Paper
from ballot.tellers.record import Record, Votes
from ballot.tellers.tables import Moved, Tables


@dataclass(slots=True)
class Filled:
    """How the places are filled.

    quota:   votes that elect.
    hopeful: neither elected nor excluded, in the order of the paper.
    elected: in the order in which they were.
    """

    places: int
    quota: int
    hopeful: list[str]
    elected: list[str] = field(default_factory=list)

    @property
    def left(self) -> int:
        return self.places - len(self.elected)


def by_transfer(tables: Tables, record: Record, papers: list[Paper]) -> Filled:
    """Elect whoever has the quota, and pass papers on, until all places are filled (§13.2 … §13.6).

    Raises: TieOpen.
    """
    votes = record.write_stage(tables, moved=tables.lay(papers))
    places = record.opened.places
    filled = Filled(places, quota_of(sum(votes.values(), Fraction(0)), places), list(tables.piles))
    while True:
        _elect_by_quota(filled, record, votes)
        if _is_over(filled, record, votes):
            return filled
        moved = _pass_largest_surplus(filled, tables, record, votes)
        if moved is None:
            lost = record.lowest(filled.hopeful)
            filled.hopeful.remove(lost)
            if _is_over(filled, record, votes):
                return filled
            moved = tables.exclude(lost, filled.hopeful)
        votes = record.write_stage(tables, moved=moved)


def quota_of(votes: Fraction, places: int) -> int:
    """Droop's quota: votes by one more than the places, cut, and one more (§13.2)."""
    return votes // (places + 1) + 1


def _elect_by_quota(filled: Filled, record: Record, votes: Votes) -> None:
    won = [name for name in filled.hopeful if votes[name] >= filled.quota]
    _elect(filled, record, votes, won, "quota")


def _is_over(filled: Filled, record: Record, votes: Votes) -> bool:
    """Whether all places are filled, those hopeful being elected if they are no more (§13.6)."""
    if filled.left and len(filled.hopeful) <= filled.left:
        _elect(filled, record, votes, list(filled.hopeful), "last remaining")
    return not filled.left or not filled.hopeful


def _elect(filled: Filled, record: Record, votes: Votes, names: list[str], by: str) -> None:
    """Elect several, the most votes first; equals stay in the order of the paper (§13.3)."""
    for name in sorted(names, key=lambda one: -votes[one]):
        filled.hopeful.remove(name)
        filled.elected.append(name)
        record.write_elected(name, by)


def _pass_largest_surplus(
    filled: Filled, tables: Tables, record: Record, votes: Votes
) -> Moved | None:
    """Pass on the largest surplus, if there is one (§13.4); its holder keeps the quota."""
    over = {name: votes[name] for name in tables.piles
            if name in filled.elected and votes[name] > filled.quota}
    if not over:
        return None
    largest = [name for name in over if over[name] == max(over.values())]
    chosen = largest if len(largest) == 1 else record.settle_tie(largest, "surplus")
    return tables.pass_surplus(chosen[0], filled.quota, filled.hopeful)
