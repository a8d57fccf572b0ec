"""The rules of a count, as data that was fixed before the first paper was cast (counting §3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from verifier.failure import Failed
from verifier.record import Record
from verifier.weights import Weights, read_weights

CHECK = "count.rules"
WHERE = "the rules of the count"
LEFT_OUT: dict[str, object] = {
    "stop": "majority",
    "bulk_exclusion": False,
    "ties": [],
    "percentages": "continuing",
}
WEIGHING = {"weights", "points", "floor"}


@dataclass(frozen=True, slots=True)
class EarlierStages:
    """Who had the fewest votes at the earliest stage where those tied differed (counting §6.2)."""


@dataclass(frozen=True, slots=True)
class Lot:
    """Candidates in the order drawn, by their places on the paper from 0 (counting §6.3).

    among: those for whom it was drawn, if it serves no other tie.
    """

    drawn: tuple[int, ...]
    among: frozenset[int] | None = None

    def serves(self, tied: Collection[int]) -> bool:
        """Say whether it may settle a tie of just these."""
        return self.among is None or self.among == set(tied)


TieRule = EarlierStages | Lot


@dataclass(frozen=True, slots=True)
class Rules:
    """method: plurality, av or stv. stop: majority or two. percentages: continuing or valid."""

    method: str
    stop: str
    bulk_exclusion: bool
    ties: tuple[TieRule, ...]
    percentages: str
    weights: Weights | None = None


def read_rules(value: object) -> Rules:
    """Read rules from their JSON; what is left out has the value that counting §3.1 gives.

    Raises: Failed (count.rules).
    """
    given = {**LEFT_OUT, **value} if isinstance(value, dict) else value
    weighing = WEIGHING & given.keys() if isinstance(given, dict) else set()
    fields = Record(given, {"method", *LEFT_OUT, *weighing}, CHECK, WHERE)
    rules = Rules(
        method=fields.one_of("method", ("plurality", "av", "stv")),
        stop=fields.one_of("stop", ("majority", "two")),
        bulk_exclusion=fields.truth("bulk_exclusion"),
        ties=tuple(_read_tie_rule(item) for item in fields.list_of("ties")),
        percentages=fields.one_of("percentages", ("continuing", "valid")),
        weights=read_weights(given) if isinstance(given, dict) else None,
    )
    others = rules.weights or rules.bulk_exclusion or rules.stop != "majority"
    if rules.weights and rules.percentages != "continuing":
        raise Failed(CHECK, WHERE, "Weighted votes are shares of continuing votes.")
    if rules.method == "stv" and others:
        raise Failed(CHECK, WHERE, "Weights, bulk exclusion or another stop stand beside stv.")
    return rules


def _read_tie_rule(value: object) -> TieRule:
    if value == "earlier-stages":
        return EarlierStages()
    if isinstance(value, dict) and "among" not in value:
        fields = Record(value, {"lot"}, CHECK, WHERE)
        return Lot(_places(fields, "lot"))
    fields = Record(value, {"lot", "among"}, CHECK, WHERE)
    return Lot(_places(fields, "lot"), frozenset(_places(fields, "among")))


def _places(fields: Record, name: str) -> tuple[int, ...]:
    places = fields.numbers(name)
    if len(set(places)) < len(places):
        raise Failed(CHECK, WHERE, f"Somebody stands twice in {name}.")
    return places
