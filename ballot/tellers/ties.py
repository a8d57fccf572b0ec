"""Ties at the tellers' tables (docs/spec/counting.md §6): a rule given in advance, or nothing.

Whoever is tied is named in the order of the paper; that order decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ballot.tellers.errors import NotKnown, TieOpen

Votes = Mapping[str, int]


def loser_of(
    tied: Sequence[str],
    *,
    rules: Sequence[object],
    paper: Sequence[str],
    stages: Sequence[Votes],
) -> tuple[str, str]:
    """Say who of those tied for the fewest votes is excluded, and by which rule (counting §6).

    rules:  as counting §3.1 writes `ties`.
    paper:  names in the order of the paper, to which a lot's places point.
    stages: the votes of every stage so far, the present one last.
    Raises: TieOpen; NotKnown.
    """
    left = list(tied)
    for rule in rules:
        if rule == "earlier-stages":
            left, by = _fewest_earlier(left, stages[:-1]), "earlier-stages"
        else:
            drawn = _drawn(rule, left, paper)
            left, by = drawn[:1] or left, "lot"
        if len(left) == 1:
            return left[0], by
    raise TieOpen(len(stages), tied)


def losers_for_election(
    tied: Sequence[str], *, rules: Sequence[object], paper: Sequence[str]
) -> list[str]:
    """Say who of those tied for the most votes lose, in the order drawn: all but one (§6.4).

    Raises: TieOpen; NotKnown.
    """
    for rule in rules:
        if rule == "earlier-stages":
            continue  # Under plurality there is no stage before this one.
        drawn = _drawn(rule, tied, paper)
        if len(drawn) >= len(tied) - 1:
            return drawn[: len(tied) - 1]
    raise TieOpen(1, tied)


def _fewest_earlier(tied: list[str], stages: Sequence[Votes]) -> list[str]:
    """Look through the stages from the first, keeping whoever had the fewest (§6.2)."""
    for votes in stages:
        fewest = min(votes[name] for name in tied)
        tied = [name for name in tied if votes[name] == fewest]
    return tied


def _drawn(rule: object, tied: Sequence[str], paper: Sequence[str]) -> list[str]:
    """The tied whom a lot names, in the order drawn; nobody if it was drawn for others (§6.3)."""
    if not isinstance(rule, Mapping) or not isinstance(rule.get("lot"), Sequence):
        raise NotKnown(f"the tie rule {rule!r}")
    among = rule.get("among")
    if among is not None and {paper[place] for place in among} != set(tied):
        return []
    return [paper[place] for place in rule["lot"] if paper[place] in tied]
