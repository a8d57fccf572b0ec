"""The timetable at the desk: every step with its hour, who did it and when, and what is overdue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import reverse

from ballot.lifecycle import State
from ballot.models import Box, Dated, Election
from ballot.retention import challengeable_until, is_past, kept_until
from ballot.showing.business import Next, next_step, order_of_business, proposal_of
from ballot.times import day_words, in_zone
from ballot.timetable import CLOSE, NOMINATIONS_CLOSE, OPENING, TITLES, dates_of
from office.models import AuditRecord
from office.selectors import last_record, last_records

_STEPS: Final[tuple[tuple[str, str], ...]] = (
    # A step of the timetable, and the act that does it; either may be empty.
    (Dated.NOTICE, "publish_notice"),
    (Dated.NOMINATIONS_OPEN, "publish_notice"),
    (NOMINATIONS_CLOSE, ""),
    (Dated.CANDIDATES, "publish_candidates"),
    (Dated.FREEZE, "freeze_roll"),
    ("", "set_key"),
    ("", "send_codes"),
    (OPENING, "open_poll"),
    (Dated.DISPATCH, ""),
    (Dated.REISSUE_AT_DESK, ""),
    (Dated.REISSUE_BY_PAGE, ""),
    (CLOSE, "close_poll"),
    ("", "verify_register"),
    ("", "mix_box"),
    ("", "open_box"),
    (Dated.COUNT, "count"),
    (Dated.DECLARATION, "declare"),
)

# An act that is done in more than one way is recorded under one of these.
_RECORDED_AS: Final = {"close_poll": ("close_poll", "close_poll_early")}

_MENDED_AT: Final = {
    "publish_notice": "desk_set_up",
    "publish_candidates": "desk_paper",
    "set_key": "desk_trustees",
    "open_box": "desk_trustees",
}
"""Where is mended what stops an act, where no check says; of the others, the act's own page."""


@dataclass(frozen=True, slots=True)
class Row:
    """One step. hint: its hour, and who did it when; the rest is for the list of tasks."""

    title: str
    hint: str
    is_done: bool
    state: str
    colour: str
    url: str = ""


def timetable_of(election: Election, *, now: datetime) -> dict[str, Any]:
    """Everything that the page shows. What stops the next step is for who may do it alone."""
    upcoming = next_step(election, now=now)
    rows = [*_rows(election, upcoming, now=now), *_rows_after(election, now=now)]
    return {
        "tasks": rows,
        "suspension_sentence": suspension_sentence(election, now=now),
        "overdue": [row.title for row in rows if row.state == "Overdue"],
        "next": upcoming,
        "proposal": proposal_of(upcoming, election, now=now),
        "act_url": reverse(f"act_{upcoming.act}", args=[election.slug]) if upcoming else "",
        "mend_url": _mend_url(election, upcoming) if upcoming else "",
        "is_draft": election.stage == State.DRAFT,
    }


def suspension_sentence(election: Election, *, now: datetime) -> str:
    """What a suspended poll needs before it goes on; empty of every other."""
    if election.stage != State.SUSPENDED or election.closes_at is None:
        return ""
    hour = in_zone(election.closes_at, election.zone)
    if election.closes_at <= now:
        return (
            f"The poll is suspended, and its close has passed: {hour}. Before it can go on, let "
            "two officers extend it; else it can only be closed, or declared void."
        )
    return (
        f"The poll is suspended, and its close does not move by itself: {hour}. If it goes on only "
        "after that hour, let two officers extend it first."
    )


def _mend_url(election: Election, upcoming: Next) -> str:
    """Where is mended what stops the next step and has no page of its own; empty for nothing."""
    if all(check.is_met or check.page for check in upcoming.checks):
        return ""
    return reverse(_MENDED_AT.get(upcoming.act, f"act_{upcoming.act}"), args=[election.slug])


def _rows(election: Election, upcoming: Next | None, *, now: datetime) -> Iterator[Row]:
    dates = dates_of(election)
    business = {task.act: task for task in order_of_business(election, now=now)}
    records = _records(election)
    for step, act in _STEPS:
        at, task = dates.get(step), business.get(act)
        if act and task is None:
            continue
        title = TITLES.get(step) or (task.title if task else "")
        planned = in_zone(at, election.zone) if at else "No date set" if step else ""
        is_passed = at is not None and at <= now
        if task is None:
            if at is not None:
                yield Row(title, planned, is_passed, "Passed" if is_passed else "Ahead", "grey")
        elif task.is_done:
            done = _done(act, records, election.zone)
            promised = f"Dated {planned}" if at else ""
            yield Row(title, _sentences(promised, done), True, task.state, "green")
        else:
            is_next = upcoming is not None and upcoming.act == act
            state = _undone(at, is_passed=is_passed, is_next=is_next)
            colour = {"Overdue": "red", "Due now": "blue"}.get(state, "grey")
            url = reverse(f"act_{act}", args=[election.slug]) if is_next else ""
            yield Row(title, planned, False, state, colour, url)


def _records(election: Election) -> dict[str, AuditRecord]:
    """The newest record of each act. A mix is recorded under its box."""
    records = last_records(("election", str(election.pk)))
    boxes = Box.objects.filter(contest__election=election).values_list("pk", flat=True)
    mixed = last_record("mix_box", kind="box", ids=boxes)
    return records | ({"mix_box": mixed} if mixed else {})


def _rows_after(election: Election, *, now: datetime) -> Iterator[Row]:
    """What the notice counts in days, once there is an end to count them from."""
    for title, day in (
        ("Last day to challenge the result", challengeable_until(election)),
        ("The roll and the marked register are kept until then", kept_until(election)),
    ):
        if day is not None:
            is_over = is_past(day, election, now=now)
            yield Row(title, day_words(day), is_over, "Passed" if is_over else "Ahead", "grey")


def _undone(at: datetime | None, *, is_passed: bool, is_next: bool) -> str:
    """A step with an hour is due at that hour; one without is due once it is the next."""
    if is_passed:
        return "Overdue"
    return "Due now" if is_next and at is None else "Ahead"


def _done(act: str, records: dict[str, AuditRecord], zone: str) -> str:
    """When it was done, and by whom; of an act of two, by which two."""
    found = [records[name] for name in _RECORDED_AS.get(act, (act,)) if name in records]
    if not found:
        return ""
    record = max(found, key=lambda one: one.pk)
    people = [one.name for one in (record.by, record.seconded_by) if one is not None]
    by = f" by {' and '.join(people)}" if people else ""
    return f"Done on {in_zone(record.at, zone)}{by}"


def _sentences(*parts: str) -> str:
    return " ".join(f"{part}." for part in parts if part)
