"""What a letter about a change says: of an amendment, a court's order, a corrected result.

Each is asked for by its number, and answers with what its templates are given; or with None where
it would be wrong by now, since something else has happened: then nobody is told of it any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.urls import reverse

from ballot.changes import (
    AMENDMENT,
    CORRECTION,
    RESUMPTION,
    SUSPENSION,
    Told,
    suspension_ended,
    told_of,
)
from ballot.lifecycle import State
from ballot.models import Election
from ballot.showing.sentences import PARTS
from ballot.times import day_in_welsh, day_words, in_welsh, in_zone
from ballot.timetable import COLUMNS, NOMINATIONS_CLOSE, dates_of
from office.links import absolute

PARTS_IN_WELSH: Final = {
    "returning_officer": "Y swyddog canlyniadau",
    "deputy": "Y dirprwy",
    "scrutineer": "Y craffwr",
    "helped_routes": "Ffyrdd eraill o bleidleisio",
    "complaints": "Ble i anfon cwyn",
    "notice": "Hysbysiad y bleidlais",
    "nominations-open": "Enwebiadau’n agor",
    "nominations_close_at": "Enwebiadau’n cau",
    "candidates": "Datganiad o’r personau a enwebwyd",
    "freeze": "Rhewi’r gofrestr",
    "opens_at": "Y bleidlais yn agor",
    "dispatch": "Anfon pob cod pleidleisio",
    "closes_at": "Y bleidlais yn cau",
    "reissue-at-desk": "Yr awr olaf i ofyn i’r swyddfa am ddolen newydd",
    "reissue-by-page": "Yr awr olaf i ofyn am ddolen newydd ar y dudalen",
    "count": "Cyfrif y pleidleisiau",
    "declaration": "Datgan y canlyniad",
}
"""What a notice may be amended in, by the names of its entry."""
_STEPS: Final = {column: step for step, column in COLUMNS.items()}
_OVER: Final = (State.DECLARED, State.ARCHIVED, State.VOID)


def about_amendment(election: Election, number: int) -> dict[str, Any] | None:
    """What still stands of an amendment; None where nothing does, or the election is over."""
    told = told_of(election, AMENDMENT)[number - 1]
    changes = list(amended_parts(told.content, election))
    if election.stage in _OVER or not changes:
        return None
    return {"number": number, "changes": changes, "reason": told.content["reason"]}


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a notice said otherwise; `_cy`: in Welsh. was: empty where it said nothing."""

    title: str
    title_cy: str
    becomes: str
    becomes_cy: str
    was: str
    was_cy: str


def amended_parts(content: Any, election: Election) -> Iterator[Part]:
    """What an amendment changed, without what has changed again since."""
    dates = dates_of(election)
    for one in content["texts"]:
        if one["becomes"] == getattr(election, one["part"]):
            yield _part(one["part"], *[one["becomes"]] * 2, *[one["was"]] * 2)
    for one in content["hours"]:
        becomes = datetime.fromisoformat(one["becomes"])
        if dates.get(_STEPS.get(one["part"], one["part"])) == becomes:
            was = datetime.fromisoformat(one["was"]) if one["was"] else None
            yield _part(one["part"], *_hour(becomes, election), *_hour(was, election))


def _part(name: str, *said: str) -> Part:
    return Part(PARTS[name], PARTS_IN_WELSH[name], *said)


def _hour(moment: datetime | None, election: Election) -> tuple[str, str]:
    if moment is None:
        return "", ""
    return in_zone(moment, election.zone), in_welsh(moment, election.zone)


def about_suspension(election: Election, number: int) -> dict[str, Any] | None:
    """What a suspension's letter says, while the poll stands still for it."""
    told = told_of(election, SUSPENSION)
    if election.stage != State.SUSPENDED or number != len(told):
        return None
    return stop_particulars(told[-1], election)


def about_resumption(election: Election, number: int) -> dict[str, Any] | None:
    """What a resumption's letter says, while the poll goes on since."""
    told = told_of(election, RESUMPTION)
    if election.stage != State.POLLING or number != len(told):
        return None
    ended = stop_particulars(suspension_ended(election, number), election)
    return {"ended": ended} | stop_particulars(told[-1], election)


def stop_particulars(told: Told, election: Election) -> dict[str, Any]:
    """The hour of a suspension or resumption, its reason, and the court's order or none."""
    order = told.content["order"]
    since, since_cy = _hour(told.at, election)
    return {
        "since": since,
        "since_cy": since_cy,
        "reason": told.content["reason"],
        "order": order and {**order, **_days(date.fromisoformat(order["dated"]))},
    }


def _days(day: date) -> dict[str, str]:
    return {"day": day_words(day), "day_cy": day_in_welsh(day)}


def about_nominations(election: Election, number: int) -> dict[str, Any] | None:
    """What is said of a later end of nominations, while they are taken and it has not moved on."""
    content = told_of(election, AMENDMENT)[number - 1].content
    column = COLUMNS[NOMINATIONS_CLOSE]
    moved = {**content, "texts": [],
             "hours": [one for one in content["hours"] if one["part"] == column]}
    parts = list(amended_parts(moved, election))
    if election.stage != State.NOMINATING or not parts:
        return None
    return {"number": number, "moved": parts[0], "reason": content["reason"]}


def about_correction(election: Election, number: int) -> dict[str, Any] | None:
    """What is said of a correction, where no later one has followed."""
    told = told_of(election, CORRECTION)
    return correction_particulars(told[-1], election) if number == len(told) else None


def correction_particulars(told: Told, election: Election) -> dict[str, Any]:
    """The version that a correction published, since when, and its reason word for word."""
    since, since_cy = _hour(told.at, election)
    return {
        "version": told.content["version"],
        "since": since,
        "since_cy": since_cy,
        "reason": told.content["reason"],
        "result_link": absolute(reverse("result", args=[election.slug])),
    }
