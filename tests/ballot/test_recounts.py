"""The lead that the notice's margin is held against, on sheets of every way of counting."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ballot.counting import count, parse_profile, parse_rules
from ballot.counting.document import full_document
from ballot.recounts import lead_of


def sheet(
    method: str, sections: dict[str, dict[tuple[int, ...], int]], *, standing: int = 4,
    places: int = 1, **rules: Any,
) -> dict[str, Any]:
    names = ("Ann", "Bob", "Carol", "Dave")[:standing]
    profile = parse_profile(names, sections, places=places)
    return full_document(count(profile, parse_rules({"method": method, **rules})))


def test_the_lead_of_a_single_place_is_a_part_of_the_valid_papers() -> None:
    papers = {"all": {(0,): 5, (1,): 3, (2, 1): 1, (3,): 1}}

    assert lead_of(sheet("plurality", papers)) == Fraction(2, 10)
    assert lead_of(sheet("av", {"all": {(0,): 9, (1,): 7, (2, 1): 4}})) == Fraction(2, 20)
    assert lead_of(sheet("av", {"all": {(0,): 3}}, standing=1)) is None


def test_under_stv_the_last_elected_leads_the_best_who_is_not() -> None:
    """By the example of counting §13: 13.40 against 9.60 of 35, though Ann has 12.00."""
    papers = {"all": {(0, 1): 16, (0, 2): 4, (1,): 5, (2,): 8, (3, 1): 2}}

    assert lead_of(sheet("stv", papers, places=2)) == Fraction("3.80") / 35


def test_where_sections_are_weighted_the_lead_is_of_weighted_votes() -> None:
    """By the example of counting §12: Ann has 57.500 against 42.500, and fewer votes than Bob."""
    papers = {"north": {(0,): 3, (1,): 1}, "south": {(0,): 40, (1,): 60}}

    worths: tuple[dict[str, Any], ...] = ({"weights": {"north": 1, "south": 1}}, {"points": 50})
    for worth in worths:
        assert lead_of(sheet("plurality", papers, **worth)) == Fraction(15, 100)
