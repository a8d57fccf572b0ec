"""The notice as numbered amendments leave it: what each changes, what none may (bundle §4.7)."""

from __future__ import annotations

from typing import Any

from verifier.board import Board, Entry
from verifier.failure import Failed
from verifier.kinds import DATED, HOURS, TEXTS


def notice_as_amended(board: Board) -> dict[str, Any]:
    """Return what the notice says of each part that an amendment may change, after all of them.

    Raises: Failed (notice.timetable, amended.number, amended.was, amended.hour).
    """
    notice = board.only("notice")
    stands: dict[str, Any] = {part: notice.content[part] for part in (*TEXTS, *HOURS)}
    stands |= dict.fromkeys(DATED)
    steps = [dated["step"] for dated in notice.content["timetable"]]
    if steps != [step for step in DATED if step in steps]:
        why = "A step stands twice in the timetable, or out of its order."
        raise Failed("notice.timetable", notice.where, why)
    stands |= {dated["step"]: dated["at"] for dated in notice.content["timetable"]}
    opening = board.last("opening")
    amended = 0
    for entry in board.all("notice-amendment", "nominations-reopened"):
        if entry.kind == "nominations-reopened":
            stands["nominations_close_at"] = None
            continue
        amended += 1
        if entry.content["number"] != amended:
            raise Failed("amended.number", entry.where, f"It is to be amendment {amended}.")
        is_open = opening is not None and opening.number < entry.number
        for change in (*entry.content["texts"], *entry.content["hours"]):
            _amend(stands, change, entry, is_open=is_open)
    return stands


def _amend(
    stands: dict[str, Any], change: dict[str, Any], entry: Entry, *, is_open: bool
) -> None:
    part, was, becomes = change["part"], change["was"], change["becomes"]
    if was != stands[part]:
        raise Failed("amended.was", entry.where, f"It is not what the notice said of {part}.")
    if part not in TEXTS and was is not None and becomes <= was:
        raise Failed("amended.hour", entry.where, f"An hour moves to a later one: {part} does not.")
    if part in HOURS and is_open:
        raise Failed("amended.hour", entry.where, f"The poll is open: {part} stands.")
    stands[part] = becomes


def hour_last_said(board: Board, part: str) -> str:
    """Return the hour that the last entry gave for the opening or the close, unchecked."""
    said = [str(board.only("notice").content[part])]
    for entry in board.all("notice-amendment"):
        said += [one["becomes"] for one in entry.content["hours"] if one["part"] == part]
    return said[-1]
