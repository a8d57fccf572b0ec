"""Ties: who of those tied loses, by the rules that were given and by nothing else (counting §6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from verifier.failure import Failed
from verifier.papers import Number
from verifier.rules import EarlierStages, Lot, TieRule


@dataclass(frozen=True, slots=True)
class Step:
    """Whom a rule left. stage: the earlier one that told them apart, from 1; else drawn: a lot."""

    left: tuple[int, ...]
    stage: int = 0
    drawn: tuple[int, ...] = ()

    @property
    def rule(self) -> str:
        return "earlier-stages" if self.stage else "lot"


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie that was settled. question: exclusion, election or surplus; excluded: who lost by it.

    In a tie between surpluses that is whose surplus is passed on (counting §7.2).
    """

    question: str
    tied: tuple[int, ...]
    steps: tuple[Step, ...]
    excluded: tuple[int, ...]


def settle_exclusion(
    tied: Sequence[int], rules: Sequence[TieRule], earlier: Sequence[Mapping[int, Number]]
) -> Tie:
    """Settle who of those with the fewest votes is excluded; a rule goes on from what one left.

    earlier: the votes at each stage before this one.
    Raises:  Failed (count.tie), if no rule leaves one.
    """
    left = tuple(tied)
    steps: list[Step] = []
    for rule in rules:
        steps += _by_lot(left, rule) if isinstance(rule, Lot) else _by_earlier_stages(left, earlier)
        left = steps[-1].left if steps else left
        if len(left) == 1:
            return Tie("exclusion", tuple(tied), tuple(steps), left)
    raise _unsettled("exclusion", left, len(earlier) + 1)


def settle_surplus(
    tied: Sequence[int], rules: Sequence[TieRule], earlier: Sequence[Mapping[int, Number]]
) -> Tie:
    """Settle whose surplus, of equal ones, is passed on first (counting §13.4).

    It is whose votes were most where they first differed; by lot, who is drawn last.
    Raises: Failed (count.tie), if no rule leaves one.
    """
    left = tuple(tied)
    steps: list[Step] = []
    for rule in rules:
        if isinstance(rule, EarlierStages):
            # The most votes are the fewest, if every number is turned about.
            turned = [{c: -votes[c] for c in left} for votes in earlier]
            steps += _by_earlier_stages(left, turned)
        else:
            undrawn = [candidate for candidate in left if candidate not in rule.drawn]
            order = [candidate for candidate in rule.drawn if candidate in left] + undrawn
            if len(undrawn) <= 1 and rule.serves(left):
                steps.append(Step((order[-1],), drawn=rule.drawn))
        left = steps[-1].left if steps else left
        if len(left) == 1:
            return Tie("surplus", tuple(tied), tuple(steps), left)
    raise _unsettled("surplus", left, len(earlier) + 1)


def _by_lot(left: Sequence[int], lot: Lot) -> list[Step]:
    """The one drawn first is excluded; who is not listed comes after who is (counting §6.3)."""
    drawn = [candidate for candidate in lot.drawn if candidate in left]
    return [Step((drawn[0],), drawn=lot.drawn)] if drawn and lot.serves(left) else []


def _by_earlier_stages(
    left: Sequence[int], earlier: Sequence[Mapping[int, Number]]
) -> list[Step]:
    """Who had the fewest where they first differed; of several, later on (counting §6.2)."""
    steps: list[Step] = []
    for number, votes in enumerate(earlier, 1):
        fewest = min(votes[candidate] for candidate in left)
        lowest = tuple(candidate for candidate in left if votes[candidate] == fewest)
        if len(lowest) < len(left):
            steps.append(Step(lowest, stage=number))
        left = lowest
    return steps


def settle_election(tied: Sequence[int], rules: Sequence[TieRule]) -> tuple[int, Tie]:
    """Settle who of those with the most votes is elected: the last, in the order drawn.

    There are no earlier stages to look at. A lot that leaves two or more undrawn settles nothing.
    Source: counting §6.4.
    Raises: Failed (count.tie).
    """
    for lot in rules:
        if isinstance(lot, EarlierStages) or not lot.serves(tied):
            continue
        undrawn = [candidate for candidate in tied if candidate not in lot.drawn]
        order = [candidate for candidate in lot.drawn if candidate in tied] + undrawn
        if len(undrawn) <= 1:
            step = Step((order[-1],), drawn=lot.drawn)
            return order[-1], Tie("election", tuple(tied), (step,), tuple(order[:-1]))
    raise _unsettled("election", tied, 1)


def _unsettled(question: str, left: Sequence[int], stage: int) -> Failed:
    why = f"No rule settles the tie for {question} between candidates {', '.join(map(str, left))}."
    return Failed("count.tie", f"stage {stage}", why)
