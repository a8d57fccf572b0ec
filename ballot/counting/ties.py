"""Settling ties by the rules of the notice, or refusing to.

Nothing here falls back on the order of names or of papers: a tie that no rule settles stops the
count until a lot is drawn and recorded. Source: docs/spec/counting.md §6; ERS97 5.2.5 and 5.6.3.
"""

from __future__ import annotations

from collections.abc import Sequence

from ballot.counting.errors import UnsettledTie
from ballot.counting.events import ByEarlierStage, ByLot, Number, Purpose, Tie
from ballot.counting.rules import EarlierStages, Lot, TieRule

Totals = Sequence[Number]
"""One stage's votes, over all sections and weighted if they are, by candidate's position."""


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
    return _settle(Purpose.EXCLUSION, tied, rules=rules, earlier=earlier, names=names)


def settle_surplus(
    tied: tuple[int, ...],
    *,
    rules: Sequence[TieRule],
    earlier: Sequence[Totals],
    names: Sequence[str],
) -> Tie:
    """Decide whose surplus, of equal ones, is passed on first.

    Arguments as of settle_exclusion; who had the most at the earliest stage where they differed,
    or is drawn last, goes first.
    Spec:    counting §13.4.
    Raises:  UnsettledTie, naming the tied and those still to be drawn for.
    """
    return _settle(Purpose.SURPLUS, tied, rules=rules, earlier=earlier, names=names)


def _settle(
    purpose: Purpose,
    tied: tuple[int, ...],
    *,
    rules: Sequence[TieRule],
    earlier: Sequence[Totals],
    names: Sequence[str],
) -> Tie:
    """Try the rules in turn, each upon whom the one before left, until one is left."""
    stage = len(earlier) + 1
    left = tied
    steps: list[ByEarlierStage | ByLot] = []
    for rule in rules:
        if isinstance(rule, EarlierStages):
            steps += _by_earlier_stages(purpose, left, earlier)
        else:
            steps += _by_lot(purpose, left, rule)
        left = steps[-1].left if steps else left
        if len(left) == 1:
            return Tie(stage, purpose, tied, tuple(steps), left)
    raise UnsettledTie(stage=stage, purpose=purpose, tied=tied, left=left, names=names)


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
    purpose: Purpose, tied: tuple[int, ...], earlier: Sequence[Totals]
) -> list[ByEarlierStage | ByLot]:
    # ERS97 5.2.5 looks at the first stage, then at the earliest where the votes were unequal; of
    # three that are tied, two may be left by one stage and parted by a later one. Of surpluses it
    # takes the candidate who had the most (ERS97 5.2.3).
    pick = max if purpose is Purpose.SURPLUS else min
    steps: list[ByEarlierStage | ByLot] = []
    for number, totals in enumerate(earlier, start=1):
        sought = pick(totals[candidate] for candidate in tied)
        left = tuple(candidate for candidate in tied if totals[candidate] == sought)
        if left != tied:
            steps.append(ByEarlierStage(number, left))
            tied = left
    return steps


def _by_lot(
    purpose: Purpose, tied: tuple[int, ...], lot: Lot
) -> list[ByEarlierStage | ByLot]:
    """A lot runs from who loses to who wins; who is not listed stands after all who are."""
    drawn = [candidate for candidate in lot.drawn if candidate in tied]
    if not drawn or not _concerns(lot, tied):
        return []
    if purpose is Purpose.EXCLUSION:
        return [ByLot(lot.drawn, (drawn[0],))]
    undrawn = [candidate for candidate in tied if candidate not in drawn]
    if len(undrawn) > 1:
        return []
    return [ByLot(lot.drawn, (undrawn[0] if undrawn else drawn[-1],))]


def _concerns(lot: Lot, tied: tuple[int, ...]) -> bool:
    return lot.among is None or lot.among == frozenset(tied)
