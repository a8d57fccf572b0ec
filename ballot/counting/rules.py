"""The rules of a count, as data fixed in the notice of poll before the first paper is cast.

Source: docs/spec/counting.md §3; the words of the tie rule are ERS97 5.2.5 and 5.6.3 (Electoral
Reform Society, How to conduct an election by the single transferable vote, third edition, 1997).
Not here: how a rule is applied (plurality.py, alternative_vote.py, stv.py, ties.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from ballot.counting.errors import RulesRefused
from ballot.counting.weighting import (
    WEIGHTING_KEYS,
    Weighting,
    parse_weighting,
    weighting_json,
)


class Method(StrEnum):
    """How a contest is decided."""

    PLURALITY = "plurality"
    ALTERNATIVE_VOTE = "av"
    SINGLE_TRANSFERABLE_VOTE = "stv"


class Stop(StrEnum):
    """When the alternative vote ends: at a majority of continuing votes, or with two left."""

    MAJORITY = "majority"
    TWO = "two"


class Base(StrEnum):
    """What a percentage is a percentage of. No percentage is shown without it."""

    CONTINUING = "continuing"
    VALID = "valid"

    @property
    def words(self) -> str:
        return "of continuing votes" if self is Base.CONTINUING else "of valid papers"


@dataclass(frozen=True, slots=True)
class EarlierStages:
    """Of the tied, whoever had the fewest votes at the earliest stage at which they differed."""


@dataclass(frozen=True, slots=True)
class Lot:
    """A recorded lot: of the tied, the one drawn first is excluded.

    drawn: positions in the order drawn, each once; who is not named stayed in the hat.
    among: if given, the lot was drawn for a tie of exactly these and settles no other.
    """

    drawn: tuple[int, ...]
    among: frozenset[int] | None = None


TieRule: TypeAlias = EarlierStages | Lot


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that decides a count besides the papers.

    ties: tried in this order; a tie that none of them settles stops the count.
    bulk_exclusion: exclude several at once where it cannot alter who is excluded.
    weighting: what each section is worth; None, where one paper is one vote.
    """

    method: Method
    stop: Stop = Stop.MAJORITY
    bulk_exclusion: bool = False
    ties: tuple[TieRule, ...] = ()
    percentages: Base = Base.CONTINUING
    weighting: Weighting | None = None


EARLIER_STAGES = "earlier-stages"
_KEYS = ("method", "stop", "bulk_exclusion", "ties", "percentages", *WEIGHTING_KEYS)


def parse_rules(data: Mapping[str, object]) -> Rules:
    """Read rules from plain data (as in JSON), or refuse them. rules_data turns them back.

    data: {"method": "av", "stop": "majority", "bulk_exclusion": false,
           "ties": ["earlier-stages", {"lot": [2, 0], "among": [0, 2]}],
           "percentages": "continuing"}; all but the method may be left out. Sections that are
           weighted have "weights", or "points" and "floor", besides.
    Spec:   counting §3.1, §12.1, §13.1.
    Raises: RulesRefused, with the reason.
    """
    if unknown := sorted(set(data) - set(_KEYS)):
        raise RulesRefused(f"unknown rule: {unknown[0]}")
    bulk_exclusion = data.get("bulk_exclusion", False)
    if not isinstance(bulk_exclusion, bool):
        raise RulesRefused("bulk_exclusion is either true or false")
    ties = data.get("ties", ())
    if not isinstance(ties, Sequence) or isinstance(ties, str):
        raise RulesRefused("ties is a list of rules")
    try:
        rules = Rules(
            method=Method(str(data.get("method"))),
            stop=Stop(str(data.get("stop", Stop.MAJORITY))),
            bulk_exclusion=bulk_exclusion,
            ties=tuple(_tie_rule(rule) for rule in ties),
            percentages=Base(str(data.get("percentages", Base.CONTINUING))),
            weighting=parse_weighting(data),
        )
    except ValueError as error:
        raise RulesRefused(str(error)) from None
    check_together(rules)
    return rules


def check_together(rules: Rules) -> None:
    """Refuse rules that have no meaning together. Spec: counting §3.1. Raises: RulesRefused."""
    if rules.weighting and rules.percentages is not Base.CONTINUING:
        raise RulesRefused("weighted sections are divided by shares of continuing votes")
    if rules.method is Method.SINGLE_TRANSFERABLE_VOTE and (
        rules.weighting or rules.bulk_exclusion or rules.stop is not Stop.MAJORITY
    ):
        raise RulesRefused("weights, bulk exclusion and another stop are not for stv")


def rules_data(rules: Rules) -> dict[str, object]:
    """Write rules as plain data; parse_rules(rules_data(rules)) == rules. Spec: counting §3.1."""
    return {
        "method": rules.method.value,
        "stop": rules.stop.value,
        "bulk_exclusion": rules.bulk_exclusion,
        "ties": [_tie_data(rule) for rule in rules.ties],
        "percentages": rules.percentages.value,
    } | weighting_json(rules.weighting)


def lot_of_names(
    drawn: Sequence[str], candidates: Sequence[str], *, among: Sequence[str] | None = None
) -> Lot:
    """Turn a lot read out as names into positions. Spec: counting §6.3.

    Raises: RulesRefused for a name that is not on the paper or drawn twice.
    """
    return Lot(
        parse_drawn([_position(name, candidates) for name in drawn]),
        None if among is None else frozenset(_position(name, candidates) for name in among),
    )


def parse_drawn(positions: object) -> tuple[int, ...]:
    """Take the order of a lot: positions, each once, at least one. Raises: RulesRefused."""
    if not isinstance(positions, Sequence) or not positions:
        raise RulesRefused("a lot lists the candidates in the order drawn")
    if any(type(position) is not int or position < 0 for position in positions):
        raise RulesRefused("a lot lists positions of candidates")
    if len(set(positions)) != len(positions):
        raise RulesRefused("a lot draws a candidate twice")
    return tuple(positions)


def _position(name: str, candidates: Sequence[str]) -> int:
    if name not in candidates:
        raise RulesRefused(f"the lot names somebody who is not on the paper: {name}")
    return candidates.index(name)


def _tie_rule(rule: object) -> TieRule:
    if rule == EARLIER_STAGES:
        return EarlierStages()
    if not isinstance(rule, Mapping) or "lot" not in rule or set(rule) - {"lot", "among"}:
        raise RulesRefused(f"unknown tie rule: {rule!r}")
    among = rule.get("among")
    return Lot(parse_drawn(rule["lot"]), None if among is None else frozenset(parse_drawn(among)))


def _tie_data(rule: TieRule) -> object:
    if isinstance(rule, EarlierStages):
        return EARLIER_STAGES
    data = {"lot": list(rule.drawn)}
    return data if rule.among is None else data | {"among": sorted(rule.among)}
