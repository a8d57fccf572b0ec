"""The recounts that the notice's rule demands of a close result (bundle §4, `after_count`)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from verifier.board import Board
from verifier.failure import Failed


def check_recounts(board: Board, sheets: Mapping[str, dict[str, Any]]) -> None:
    """Check that each contest was recounted whose lead is smaller than the notice allows.

    sheets: of the contests that were counted, by code.
    Raises: Failed (recount.missing).
    """
    permille = board.only("notice").content["after_count"]["recount_margin_permille"]
    made = {e.content["contest"] for e in board.all("recount") if e.content["granted"]}
    for code, sheet in sheets.items():
        lead = lead_of(sheet)
        if lead is not None and lead * 1000 < permille and code not in made:
            why = f"Its lead is less than {permille} of 1,000, and it was not recounted."
            raise Failed("recount.missing", code, why)


def lead_of(sheet: Mapping[str, Any]) -> Fraction | None:
    """Return how far the last elected is ahead of the best of the others, as a part of the whole.

    By the figures of the last stage, as they are published. None: nobody else, or no vote, is left.
    """
    stage, elected = sheet["stages"][-1], sheet["elected"]
    weighted = stage.get("weighted")
    votes = {name: Fraction(told) for name, told in (weighted or stage["votes"]).items()}
    others = [number for name, number in votes.items() if name not in elected]
    whole = sum(votes.values()) if weighted else Fraction(sheet["valid"])
    return (votes[elected[-1]] - max(others)) / whole if others and whole else None
