"""The count: papers → stages → sheet, exact, with neither Django nor a database.

    profile = parse_profile(names, {"members": {(0, 2): 120, (1,): 90, (): 3}})
    count(profile, parse_rules({"method": "av", "ties": ["earlier-stages"]}))

Specification: docs/spec/counting.md, with an example in §1. One method a file: plurality.py,
alternative_vote.py, stv.py; sections that are weighted: weighting.py.
Whole numbers and fractions only; no clock, no chance, no file: lots drawn are arguments.
"""

from __future__ import annotations

from ballot.counting.alternative_vote import count_alternative_vote
from ballot.counting.errors import CountingError, UnsettledTie
from ballot.counting.events import Count
from ballot.counting.plurality import count_plurality
from ballot.counting.profile import Profile, Ranking, parse_profile
from ballot.counting.rules import Method, Rules, parse_rules, rules_data
from ballot.counting.stv import count_stv

__all__ = [
    "Count",
    "CountingError",
    "Method",
    "Profile",
    "Ranking",
    "Rules",
    "UnsettledTie",
    "count",
    "parse_profile",
    "parse_rules",
    "rules_data",
]

_METHODS = {
    Method.PLURALITY: count_plurality,
    Method.ALTERNATIVE_VOTE: count_alternative_vote,
    Method.SINGLE_TRANSFERABLE_VOTE: count_stv,
}


def count(profile: Profile, rules: Rules) -> Count:
    """Count a profile by the method its rules name. A function of its two arguments alone.

    Spec:   counting §4.
    Raises: CountRefused; UnsettledTie.
    """
    return _METHODS[rules.method](profile, rules)
