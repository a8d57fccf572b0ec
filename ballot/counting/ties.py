"""Settling ties by the rules of the notice, or refusing to.

Nothing here falls back on the order of names or of papers: a tie that no rule settles stops the
count until a lot is drawn and recorded. Source: docs/spec/counting.md §6; ERS97 5.2.5 and 5.6.3.
"""

from __future__ import annotations

from collections.abc import Sequence

from ballot.counting.errors import UnsettledTie
from ballot.counting.events import ByEarlierStage, ByLot, Purpose, Tie
from ballot.counting.rules import EarlierStages, Lot, TieRule

Totals = Sequence[int]
"""One stage's votes, over all sections, by candidate's position."""


def settle_exclusion(
    tied: tuple[int, ...],
    *,
    rules: Sequence[TieRule],
    earlier: Sequence[Totals],
    names: Sequence[str],
) -> Tie:
    """Decide which of those tied for the fewest votes is excluded.

    tied:    two or more positions, in the order of the paper.
    earlier: the totals of the stages before this one, first stage first.
    Spec:    counting §6.1, §6.2, §6.3.
    Raises:  UnsettledTie, naming the tied and those still to be drawn for.
    """
    stage = len(earlier) + 1
    left = tied
    steps: list[ByEarlierStage | ByLot] = []
    for rule in rules:
        new = (
            _by_earlier_stages(left, earlier)
            if isinstance(rule, EarlierStages)
            else _by_lot(left, rule)
        )
        steps.extend(new)
        left = steps[-1].left if steps else left
        if len(left) == 1:
            return Tie(stage, Purpose.EXCLUSION, tied, tuple(steps), left)
    raise UnsettledTie(stage=stage, purpose=Purpose.EXCLUSION, tied=tied, left=left, names=names)


def settle_election(
    tied: tuple[int, ...], *, rules: Sequence[TieRule], names: Sequence[str]
) -> Tie:
    """Decide which of those tied for the most votes in a single stage is elected, by lot.

    The candidates drawn lose in the order drawn, until one is left. There is no earlier stage.
    Spec:    counting §6.4.
    Raises:  UnsettledTie, if no lot leaves exactly one.
    """
    for rule in rules:
        if isinstance(rule, Lot) and _concerns(rule, tied):
            losers = tuple(c for c in rule.drawn if c in tied)[: len(tied) - 1]
            left = tuple(c for c in tied if c not in losers)
            if len(left) == 1:
                return Tie(1, Purpose.ELECTION, tied, (ByLot(rule.drawn, left),), losers)
    raise UnsettledTie(stage=1, purpose=Purpose.ELECTION, tied=tied, left=tied, names=names)


def _by_earlier_stages(
    tied: tuple[int, ...], earlier: Sequence[Totals]
) -> list[ByEarlierStage | ByLot]:
    # ERS97 5.2.5 looks at the first stage, then at the earliest where the votes were unequal; of
    # three that are tied, two may be left by one stage and parted by a later one.
    steps: list[ByEarlierStage | ByLot] = []
    for number, totals in enumerate(earlier, start=1):
        fewest = min(totals[candidate] for candidate in tied)
        left = tuple(candidate for candidate in tied if totals[candidate] == fewest)
        if left != tied:
            steps.append(ByEarlierStage(number, left))
            tied = left
    return steps


def _by_lot(tied: tuple[int, ...], lot: Lot) -> list[ByEarlierStage | ByLot]:
    drawn = [candidate for candidate in lot.drawn if candidate in tied]
    if not drawn or not _concerns(lot, tied):
        return []
    return [ByLot(lot.drawn, (drawn[0],))]


def _concerns(lot: Lot, tied: tuple[int, ...]) -> bool:
    return lot.among is None or lot.among == frozenset(tied)
