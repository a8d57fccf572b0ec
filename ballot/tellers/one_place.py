"""One place: plurality (counting §4.3) and the alternative vote (§5), weighted or not (§12.2)."""

from __future__ import annotations

from fractions import Fraction

from ballot.tellers.papers import Paper
from ballot.tellers.record import Record
from ballot.tellers.tables import Tables


def by_most_votes(tables: Tables, record: Record, papers: list[Paper]) -> list[str]:
    """Who has the most votes is elected (§4.3). Raises: TieOpen."""
    votes = record.write_stage(tables, moved=tables.lay(papers))
    first = [name for name in votes if votes[name] == max(votes.values())]
    lost = record.settle_tie(first, "election") if len(first) > 1 else []
    return _elect(record, [name for name in first if name not in lost], "most votes")


def by_exclusion(tables: Tables, record: Record, papers: list[Paper]) -> list[str]:
    """Exclude whoever has the fewest, until somebody has more than half, or is alone (§5).

    Raises: TieOpen.
    """
    moved = tables.lay(papers)
    while True:
        votes = record.write_stage(tables, moved=moved)
        if len(votes) == 1:
            return _elect(record, list(votes), "last remaining")
        leader = max(votes, key=lambda name: votes[name])
        may_end = record.rules.stop == "majority" or len(votes) == 2
        if may_end and votes[leader] * 2 > sum(votes.values(), Fraction(0)):
            return _elect(record, [leader], "majority")
        lost = record.lowest(votes)
        left = [name for name in votes if name != lost]
        if len(left) == 1:
            return _elect(record, left, "last remaining")
        moved = tables.exclude(lost, left)


def _elect(record: Record, names: list[str], by: str) -> list[str]:
    record.write_elected(names[0], by)
    return names
