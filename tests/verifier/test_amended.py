"""The hour at which nominations close, through amendments and nominations opened again (§4.7)."""

from __future__ import annotations

from typing import Any

import pytest

from verifier.amended import notice_as_amended
from verifier.board import Board, Entry
from verifier.failure import Failed
from verifier.kinds import TEXTS

PART = "nominations_close_at"
FIRST, SECOND, THIRD = (f"2026-10-0{day}T12:00:00Z" for day in (1, 2, 3))
NOTICE: dict[str, Any] = {
    **dict.fromkeys(TEXTS, ""),
    PART: FIRST, "opens_at": "2026-11-01T12:00:00Z", "closes_at": "2026-11-09T12:00:00Z",
    "timetable": [],
}
REOPENED: tuple[str, dict[str, Any]] = ("nominations-reopened", {})


def amended(number: int, was: str | None, becomes: str) -> tuple[str, dict[str, Any]]:
    hour = {"part": PART, "was": was, "becomes": becomes}
    return "notice-amendment", {"number": number, "texts": [], "hours": [hour]}


def last_said(*acts: tuple[str, dict[str, Any]]) -> str | None:
    entries = [("notice", NOTICE), *acts]
    board = Board(acts=[
        Entry(number, kind, "", content, b"") for number, (kind, content) in enumerate(entries)
    ])
    said: str | None = notice_as_amended(board)[PART]
    return said


def test_the_hour_is_the_last_that_was_named_and_none_once_nominations_open_again() -> None:
    assert last_said() == FIRST
    assert last_said(amended(1, FIRST, SECOND)) == SECOND
    assert last_said(amended(1, FIRST, SECOND), REOPENED) is None
    assert last_said(amended(1, FIRST, SECOND), REOPENED, amended(2, None, THIRD)) == THIRD


@pytest.mark.parametrize(("condition", "acts"), [
    ("amended.hour", (amended(1, FIRST, FIRST),)),
    ("amended.was", (amended(1, None, SECOND),)),
    ("amended.was", (REOPENED, amended(1, FIRST, SECOND))),
    ("amended.number", (amended(1, FIRST, SECOND), REOPENED, amended(3, None, THIRD))),
    ("amended.hour", (("opening", {}), amended(1, FIRST, SECOND))),
])
def test_another_hour_than_was_said_or_an_earlier_one_is_named(
    condition: str, acts: tuple[tuple[str, dict[str, Any]], ...]
) -> None:
    with pytest.raises(Failed) as failed:
        last_said(*acts)

    assert failed.value.check == condition
