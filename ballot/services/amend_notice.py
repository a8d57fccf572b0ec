"""Amending the notice of poll: numbered, by two officers, and only what may be amended at all.

Whom to turn to may change until the result is declared. An hour that lies ahead moves to a later
one; the opening and the close do while the poll has not opened, and an open poll's close by an
extension alone. Nothing else of a notice changes: candidates stood, and trustees sat, upon it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from ballot.canonical import Json
from ballot.lifecycle import State, is_before
from ballot.mapping.entry import utc
from ballot.models import Dated, Election, PlannedDate
from ballot.names import clean_line, clean_text
from ballot.services.board import append_entry
from ballot.services.legible import LONGEST_LINE, legible
from ballot.services.moves import lock_election, require_state
from ballot.services.reasons import require_reason
from ballot.services.tell_of_changes import tell_of_amendment
from ballot.showing.sentences import PARTS
from ballot.timetable import (
    CLOSE,
    COLUMNS,
    NOMINATIONS_CLOSE,
    OPENING,
    TITLES,
    dates_of,
    passed_by,
    require_order,
)
from office.refusal import Refusal
from office.services.approvals import demand_two_officers
from office.services.audit import record

AMENDED_IN: Final = tuple(
    state
    for state in State
    if state not in {State.DRAFT, State.DECLARED, State.ARCHIVED, State.VOID}
)
TEXTS: Final[dict[str, Callable[[str], str]]] = {
    "returning_officer": clean_line,
    "deputy": clean_line,
    "scrutineer": clean_line,
    "helped_routes": clean_text,
    "complaints": clean_text,
}
"""What is amended as text, and how it is brought into normal form."""

NEEDED: Final = {
    "returning_officer": "Name the returning officer: a notice has one.",
    "helped_routes": "Write how somebody votes who cannot use the page: a notice says it.",
}
"""What no notice goes out without, and what is said where an amendment empties it."""

_DONE_FROM: Final = {
    Dated.NOTICE.value: State.NOMINATING,
    Dated.NOMINATIONS_OPEN.value: State.NOMINATING,
    NOMINATIONS_CLOSE: State.NOMINATED,
    Dated.CANDIDATES.value: State.NOMINATED,
    Dated.FREEZE.value: State.FROZEN,
    OPENING: State.POLLING,
    # An open poll's close moves by an extension alone.
    CLOSE: State.POLLING,
    Dated.DISPATCH.value: State.CLOSED,
    Dated.REISSUE_AT_DESK.value: State.CLOSED,
    Dated.REISSUE_BY_PAGE.value: State.CLOSED,
    Dated.COUNT.value: State.COUNTED,
}
"""The state from which on a step is done, and its hour is history."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an amendment changes. was: None where an hour had not been named."""

    part: str
    was: str | datetime | None
    becomes: str | datetime


@transaction.atomic
def amend_notice(
    election_id: int,
    *,
    changes: Mapping[str, str],
    reason: str,
    by: int,
    seconded_by: int | None,
    now: datetime,
) -> None:
    """Change what the notice says, with the next number.

    changes: by part (TEXTS) or step (timetable.TITLES) what it becomes; an hour in ISO 8601 with
             its offset.
    """
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_state(election, *AMENDED_IN)
    made = changes_of(election, changes, now=now)
    number = election.entries.filter(kind="notice-amendment").count() + 1
    for change in made:
        _write(election, change)
    append_entry(election, kind="notice-amendment",
                 content=_content(number, made, require_reason(reason)), now=now)
    letters = tell_of_amendment(election, by=by, now=now)
    record("amend_notice", subject=("election", str(election.pk)), by=by, seconded_by=seconded_by,
           now=now, parameters={"number": number, "letters": letters})


def changes_of(
    election: Election, changes: Mapping[str, str], *, now: datetime
) -> list[Change]:
    """What would change, with what it was; or a refusal of what may not change, or does not."""
    # In one order, whatever the order of the proposal's: the database keeps none of its members.
    order = {part: place for place, part in enumerate((*TEXTS, *TITLES))}
    made = [
        _text_change(election, part, changes[part]) if part in TEXTS
        else _hour_change(election, part, changes[part], now=now)
        for part in sorted(changes, key=lambda part: order.get(part, 0))
    ]
    if not made or any(change.was == change.becomes for change in made):
        raise Refusal("notice.no-change", "Nothing would change. Say what is to be otherwise.")
    hours = {one.part: one.becomes for one in made if isinstance(one.becomes, datetime)}
    if hours:
        require_order(_hours_to_be(election, hours))
    return made


def _hours_to_be(election: Election, hours: Mapping[str, datetime]) -> dict[str, datetime]:
    """The timetable as amended, without the steps that an extension passed and that stay so."""
    dates = dates_of(election)
    passed = passed_by(dates, election.closes_at) if election.closes_at else []
    return {
        step: at for step, at in {**dates, **hours}.items() if step in hours or step not in passed
    }


def _text_change(election: Election, part: str, text: str) -> Change:
    words, cleaner = PARTS[part], TEXTS[part]
    clean = legible(cleaner, text, what=words)
    if cleaner is clean_line and len(clean) > LONGEST_LINE:
        raise Refusal(
            "text.too-long", f"{words} is longer than {LONGEST_LINE} letters. Shorten it."
        )
    if part in NEEDED and not clean:
        raise Refusal("notice.needed", NEEDED[part])
    return Change(part, getattr(election, part), clean)


def steps_ahead(election: Election, *, now: datetime) -> list[str]:
    """The steps whose hour an amendment may still name or move, in the order of the timetable.

    The hour of a step that is late may not: it stands as it was promised. Only the opening's moves
    then, for a poll opens at no other hour than its notice says.
    """
    dates = dates_of(election)
    return [
        step
        for step in TITLES
        if (step not in _DONE_FROM or is_before(election.stage, _DONE_FROM[step]))
        and (step == OPENING or step not in dates or dates[step] > now)
    ]


def _hour_change(election: Election, step: str, text: str, *, now: datetime) -> Change:
    if step not in TITLES:
        raise Refusal(
            "notice.stands",
            "This part of a notice is not amended. If it is wrong, let two officers declare the "
            "election void, and call another.",
        )
    if step in {OPENING, CLOSE} and not is_before(election.stage, State.POLLING):
        raise Refusal(
            "notice.poll-opened",
            "The poll has opened: its close moves by an extension alone.",
        )
    was, becomes = dates_of(election).get(step), datetime.fromisoformat(text)
    is_over = step not in steps_ahead(election, now=now)
    if is_over or becomes <= now or (was is not None and becomes <= was):
        raise Refusal(
            "notice.not-later",
            f"“{TITLES[step]}”: an hour that lies ahead moves to a later one, and no other does.",
        )
    return Change(step, was, becomes)


def _write(election: Election, change: Change) -> None:
    column = COLUMNS.get(change.part, change.part)
    if change.part in TITLES and change.part not in COLUMNS:
        PlannedDate.objects.update_or_create(
            election=election, step=Dated(change.part), defaults={"at": change.becomes}
        )
    else:
        Election.objects.filter(pk=election.pk).update(**{column: change.becomes})


def _content(number: int, made: list[Change], reason: str) -> dict[str, Json]:
    texts: list[Json] = []
    hours: list[Json] = []
    for change in made:
        if isinstance(change.becomes, datetime):
            was = change.was if isinstance(change.was, datetime) else None
            part = COLUMNS.get(change.part, change.part)
            hours.append({"becomes": utc(change.becomes), "part": part, "was": utc(was)})
        else:
            texts.append({"becomes": change.becomes, "part": change.part, "was": str(change.was)})
    return {"hours": hours, "number": number, "reason": reason, "texts": texts}
