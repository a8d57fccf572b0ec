"""The hours of a poll as they stand now: what was decided of its close, and what that overtook.

For the page of the election and that of its notice. The notice itself keeps the hours with which
it was published (notice_words.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from ballot.extensions import EarlyClose, closed_early, extensions_of
from ballot.lifecycle import State, is_before
from ballot.models import Election
from ballot.showing.notice_words import clocks_sentence
from ballot.times import in_zone
from ballot.timetable import (
    CLOSE,
    COLUMNS,
    TITLES,
    dates_of,
    passed_by,
    reminders_of,
    reminders_overtaken,
)

_CLOSED_BEFORE: Final = "the poll was closed before"


def hours_now(election: Election) -> Iterator[tuple[str, str]]:
    """The election's own hours, each with what happens then; the close with its decisions."""
    early = closed_early(election)
    for step, column in COLUMNS.items():
        at = getattr(election, column)
        if at is not None:
            yield _title(step, early), in_zone(at, election.zone)
    yield from _decided(election, early)
    gone = reminders_overtaken(election)
    for at in reminders_of(election):
        why = _not_sent(election, at, early, is_overtaken=at in gone)
        said = f" (not sent: {why})" if why else ""
        yield "Who has not voted is reminded", f"{in_zone(at, election.zone)}{said}"


def timetable_now(election: Election) -> list[str]:
    """Each dated step with its hour, what was decided of the close, and the zone of the clocks."""
    early = closed_early(election)
    dates = dates_of(election)
    overtaken = _overtaken(election, dates, early)
    lines = []
    for step, at in dates.items():
        said = f" (overtaken: {overtaken[step]})" if step in overtaken else ""
        lines.append(f"{_title(step, early)}: {in_zone(at, election.zone)}{said}.")
        if step == CLOSE:
            lines += [f"{title}: {words}" for title, words in _decided(election, early)]
    return [*lines, clocks_sentence(election)]


def decided(election: Election) -> list[tuple[str, str]]:
    """Each extension and an early close, with its hour and the published reason."""
    return _decided(election, closed_early(election))


def _decided(election: Election, early: EarlyClose | None) -> list[tuple[str, str]]:
    said = [
        (
            "The poll was extended to",
            f"{in_zone(one.closes_at, election.zone)}, from "
            f"{in_zone(one.closed_before_at, election.zone)}, by two officers. The reason: "
            f"{one.reason}",
        )
        for one in extensions_of(election)
    ]
    if early is not None:
        at = in_zone(early.closed_at, election.zone)
        said.append((
            "The poll was closed early", f"{at}, by two officers. The reason: {early.reason}",
        ))
    return said


def _title(step: str, early: EarlyClose | None) -> str:
    return "The poll was to close" if step == CLOSE and early else TITLES[step]


def _overtaken(
    election: Election, dates: Mapping[str, datetime], early: EarlyClose | None
) -> dict[str, str]:
    """The steps whose hour a decision on the close overtook, each with why."""
    if early is not None:
        before = list(TITLES)[: list(TITLES).index(CLOSE)]
        gone = [step for step in before if step in dates and dates[step] > early.closed_at]
        return dict.fromkeys(gone, _CLOSED_BEFORE)
    passed = passed_by(dates, election.closes_at) if election.closes_at else []
    return dict.fromkeys(passed, "the close was put off")


def _not_sent(
    election: Election, at: datetime, early: EarlyClose | None, *, is_overtaken: bool
) -> str:
    """Why the reminder of this hour is not sent; empty where it is."""
    if is_overtaken:
        opens = "opens" if is_before(election.stage, State.POLLING) else "opened"
        return f"the poll {opens} no earlier"
    return _CLOSED_BEFORE if early is not None and at > early.closed_at else ""
