"""The rules of a count as the tellers read them; what they do not know is refused by name.

Source: docs/spec/counting.md §3.1, §4.1 and §12.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ballot.tellers.errors import NotKnown
from ballot.tellers.papers import Opened
from ballot.tellers.ties import TieRule, tie_rule
from ballot.tellers.worth import Worth, worth_of

PLURALITY, ALTERNATIVE_VOTE, TRANSFERABLE = "plurality", "av", "stv"
_METHODS = {PLURALITY, ALTERNATIVE_VOTE, TRANSFERABLE}
_RULES = {
    "method", "stop", "bulk_exclusion", "ties", "percentages", "weights", "points", "floor",
}


@dataclass(frozen=True, slots=True)
class Rules:
    """How one contest is counted. base: of percentages, "continuing" or "valid"."""

    method: str
    stop: str
    base: str
    ties: tuple[TieRule, ...]
    worth: Worth | None


def read_rules(opened: Opened) -> Rules:
    """Read the rules of a contest. Raises: NotKnown; PapersUnreadable (weights of other boxes)."""
    given = opened.rules
    if strange := sorted(set(given) - _RULES):
        raise NotKnown(f"the rule “{strange[0]}”")
    if given.get("bulk_exclusion", False) is not False:
        raise NotKnown("the exclusion of several candidates at once")
    rules = Rules(
        method=_one_of(_METHODS, given.get("method"), "method"),
        stop=_one_of({"majority", "two"}, given.get("stop", "majority"), "stop"),
        base=_one_of(
            {"continuing", "valid"}, given.get("percentages", "continuing"), "base of percentages"
        ),
        ties=_ties(given.get("ties", []), opened.candidates),
        worth=worth_of(given, opened.boxes),
    )
    _agree(rules, opened.places)
    return rules


def _one_of(known: set[str], given: object, what: str) -> str:
    if given not in known:
        raise NotKnown(f"the {what} “{given}”")
    return str(given)


def _ties(given: object, candidates: Sequence[str]) -> tuple[TieRule, ...]:
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise NotKnown("tie rules that are no list")
    return tuple(tie_rule(one, candidates) for one in given)


def _agree(rules: Rules, places: int) -> None:
    """Refuse rules each of which is known, and which are no method together (§3.1, §4.1)."""
    if rules.worth and rules.base != "continuing":
        raise NotKnown("percentages of valid papers where sections are weighted")
    if rules.method == TRANSFERABLE:
        if rules.worth:
            raise NotKnown("weights with the single transferable vote")
        if rules.stop != "majority":
            raise NotKnown("the stop “two” with the single transferable vote")
        if places < 1:
            raise NotKnown("a contest for no place")
    elif places != 1:
        raise NotKnown(f"the method “{rules.method}” for {places} places")

