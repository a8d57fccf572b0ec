"""Ties at the tellers' tables: a rule given in advance, or nothing.

Source: docs/spec/counting.md §6 and §13.4.
Whoever is tied is named in the order of the paper; that order decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from ballot.tellers.errors import NotKnown, TieOpen

Votes = Mapping[str, Fraction]
Purpose = Literal["exclusion", "election", "surplus"]


@dataclass(frozen=True, slots=True)
class EarlierStages:
    """The rule of §6.2."""


@dataclass(frozen=True, slots=True)
class Lot:
    """The rule of §6.3. drawn: names in the order drawn; among: for whom alone, or None."""

    drawn: tuple[str, ...]
    among: frozenset[str] | None


TieRule = EarlierStages | Lot


@dataclass(slots=True)
class Settled:
    """How a tie was settled.

    lost:  who is excluded; who is not elected, in the order drawn; whose surplus passes on first.
    by:    the rule that left one: "earlier-stages" or "lot".
    steps: as the sheet has them (§10.1).
    """

    lost: list[str] = field(default_factory=list)
    by: str = ""
    steps: list[dict[str, Any]] = field(default_factory=list)


def tie_rule(given: object, candidates: Sequence[str]) -> TieRule:
    """Read one tie rule, whose places point into `candidates`, from 0 (§3.1). Raises: NotKnown."""
    if given == "earlier-stages":
        return EarlierStages()
    if isinstance(given, Mapping) and "lot" in given and given.keys() <= {"lot", "among"}:
        drawn = _names(given["lot"], candidates)
        among = given.get("among")
        if drawn is not None and among is None:
            return Lot(drawn, None)
        named = _names(among, candidates)
        if drawn is not None and named is not None:
            return Lot(drawn, frozenset(named))
    raise NotKnown(f"the tie rule {given!r}")


def _names(places: object, candidates: Sequence[str]) -> tuple[str, ...] | None:
    """The names at places on the paper, one or more, none twice; None where they are not that."""
    if isinstance(places, str) or not isinstance(places, Sequence) or not places:
        return None
    if any(type(one) is not int or not 0 <= one < len(candidates) for one in places):
        return None
    return tuple(candidates[one] for one in places) if len(set(places)) == len(places) else None


def settle(
    tied: Sequence[str], *, purpose: Purpose, rules: Sequence[TieRule], stages: Sequence[Votes]
) -> Settled:
    """Settle a tie by the first of the rules that leaves one.

    tied:    two or more, in the order of the paper.
    purpose: for the fewest votes, for the most under plurality, or for the largest surplus.
    stages:  what is compared at every stage so far, the present one last.
    Raises:  TieOpen.
    """
    found = Settled()
    left = list(tied)
    for rule in rules:
        if isinstance(rule, Lot):
            left = _by_lot(rule, left, purpose, found)
        elif purpose != "election":  # Under plurality there is no stage before this one (§6.4).
            left = _by_stages(left, min if purpose == "exclusion" else max, stages[:-1], found)
        if len(left) == 1:
            found.by = "lot" if isinstance(rule, Lot) else "earlier-stages"
            found.lost = found.lost or left
            return found
    raise TieOpen(len(stages), tied)


def _by_stages(
    left: list[str], sought: Callable[[list[Fraction]], Fraction], stages: Sequence[Votes],
    found: Settled,
) -> list[str]:  # fmt: skip
    """Look through the stages from the first for who had the fewest, or the most (§6.2)."""
    for number, votes in enumerate(stages, start=1):
        best = sought([votes[name] for name in left])
        kept = [name for name in left if votes[name] == best]
        if len(kept) < len(left):
            found.steps.append({"rule": "earlier-stages", "stage": number, "left": kept})
        left = kept
    return left


def _by_lot(lot: Lot, left: list[str], purpose: Purpose, found: Settled) -> list[str]:
    """Whom a lot leaves of those still tied: all of them, if it settles nothing.

    Who was not drawn stayed in the hat, and so comes after all who were. The first drawn is
    excluded (§6.3); the last drawn is elected (§6.4), and theirs is the surplus that goes first
    (§13.4), for which at most one may have stayed in the hat.
    """
    drawn = [name for name in lot.drawn if name in left]
    if lot.among is not None and lot.among != set(left):
        return left
    if not drawn or (purpose != "exclusion" and len(left) - len(drawn) > 1):
        return left
    order = drawn + [name for name in left if name not in drawn]
    chosen = order[0] if purpose == "exclusion" else order[-1]
    found.steps.append({"rule": "lot", "drawn": list(lot.drawn), "left": [chosen]})
    if purpose == "election":
        found.lost = order[:-1]
    return [chosen]
