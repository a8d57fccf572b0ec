"""The lead at the last stage, and the recount that the notice's rule asks for (bundle §4)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.verifier.acts import Act, board_of
from tests.verifier.given import failure
from verifier.recounts import check_recounts, lead_of

CODE = "contest-1"


def sheet(elected: list[str], votes: dict[str, Any], valid: int, **more: Any) -> dict[str, Any]:
    return {"elected": elected, "valid": valid, "stages": [{"votes": {}}, {"votes": votes, **more}]}


# Ten of a hundred ahead.
CLOSE = {CODE: sheet(["Ann"], {"Ann": 50, "Bob": 40}, 100)}


def acts(permille: int, *granted: bool) -> list[Act]:
    recounts: list[Act] = [("recount", {"contest": CODE, "granted": one}) for one in granted]
    return [("notice", {"after_count": {"recount_margin_permille": permille}}), *recounts]


def test_a_lead_that_is_smaller_than_the_notice_allows_is_recounted() -> None:
    check_recounts(board_of(acts(100)), CLOSE)
    check_recounts(board_of(acts(101, False, True)), CLOSE)

    for board in (board_of(acts(101)), board_of(acts(101, False))):
        assert failure(check_recounts, board, CLOSE).check == "recount.missing"


def test_the_lead_is_the_last_electeds_on_the_best_of_the_others() -> None:
    """By the examples of counting §12 and §13."""
    places = {"Ann": "12.00", "Bob": "13.40", "Carol": "9.60"}
    weighted = {"weighted": {"Ann": "57.500", "Bob": "42.500"}}

    assert lead_of(sheet(["Ann", "Bob"], places, 35)) == Fraction(380, 3500)
    assert lead_of(sheet(["Ann"], {"Ann": 43, "Bob": 61}, 104, **weighted)) == Fraction(15, 100)
    assert lead_of(sheet(["Ann"], {"Ann": 5}, 5)) is None
    assert lead_of(sheet(["Ann"], {"Ann": 0, "Bob": 0}, 0)) is None
