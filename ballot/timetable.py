"""An election's timetable: every date that its notice fixes, in the order in which they come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from ballot.canonical import read_canonical
from ballot.models import Dated, Election
from office.refusal import Refusal

NOMINATIONS_CLOSE: Final = "nominations-close"
OPENING: Final = "opening"
CLOSE: Final = "close"

COLUMNS: Final = {
    NOMINATIONS_CLOSE: "nominations_close_at", OPENING: "opens_at", CLOSE: "closes_at",
}
"""The steps whose hour is the election's own, and obeyed; on the board they have these names."""

_TITLES: Final = {
    NOMINATIONS_CLOSE: "Nominations close", OPENING: "The poll opens", CLOSE: "The poll closes",
}
_OWN_BEFORE: Final = {
    Dated.CANDIDATES: NOMINATIONS_CLOSE, Dated.DISPATCH: OPENING, Dated.COUNT: CLOSE,
}


def _titles() -> Iterator[tuple[str, str]]:
    for step in Dated:
        if step in _OWN_BEFORE:
            own = _OWN_BEFORE[step]
            yield own, _TITLES[own]
        yield step.value, str(step.label)


TITLES: Final[dict[str, str]] = dict(_titles())
"""Every step that can be dated, in order, with its title."""


def dates_of(election: Election) -> dict[str, datetime]:
    """The dates that are set, in the order of the timetable."""
    dates = dict(election.planned.values_list("step", "at"))
    own = {step: getattr(election, column) for step, column in COLUMNS.items()}
    dates |= {step: at for step, at in own.items() if at is not None}
    return {step: dates[step] for step in TITLES if step in dates}


def out_of_order(dates: Mapping[str, datetime]) -> tuple[str, str] | None:
    """The titles of two steps of which the later one is dated earlier; None where there are none.

    The two last hours of reissue may come in either order: the office may close before the page.
    """
    ordered = [
        (step, dates[step])
        for step in TITLES
        if step in dates and step != Dated.REISSUE_AT_DESK
    ]
    desk = dates.get(Dated.REISSUE_AT_DESK)
    if desk is not None and CLOSE in dates and desk > dates[CLOSE]:
        return TITLES[Dated.REISSUE_AT_DESK], TITLES[CLOSE]
    for (earlier, before), (later, after) in pairwise(ordered):
        if after < before:
            return TITLES[earlier], TITLES[later]
    return None


def passed_by(dates: Mapping[str, datetime], closes_at: datetime) -> list[str]:
    """The steps that come after the close and are dated before it: an extension passed them."""
    steps = list(TITLES)
    after = steps[steps.index(CLOSE) + 1:]
    return [step for step in after if step in dates and dates[step] < closes_at]


def reminders_of(election: Election) -> tuple[datetime, ...]:
    """The hours at which the notice says that reminders go out."""
    return tuple(at for at in (election.reminder_at, election.last_reminder_at) if at)


def reminders_overtaken(
    election: Election, opens_at: datetime | None = None
) -> list[datetime]:
    """The reminders whose hour came no later than the opening: none of them is sent.

    opens_at: of an opening that is proposed; else the board's, or before it the notice's.
    """
    opens_at = opens_at or _opened_at(election) or election.opens_at
    return [at for at in reminders_of(election) if opens_at and at <= opens_at]


def _opened_at(election: Election) -> datetime | None:
    """When the poll opened, as the board says: at its hour, or at any later one."""
    opening = election.entries.filter(ballot__isnull=True, kind="opening").first()
    if opening is None:
        return None
    told: Any = read_canonical(bytes(opening.body))
    return datetime.fromisoformat(told["at"])


def require_order(dates: Mapping[str, datetime]) -> None:
    """Refuse dates of which a later step's comes first."""
    wrong = out_of_order(dates)
    if wrong is not None:
        raise Refusal(
            "timetable.order",
            f"“{wrong[1]}” cannot come before “{wrong[0]}”. Change one of the two dates.",
        )


def require_in_time(election: Election, step: Dated, *, now: datetime) -> None:
    """Refuse what the notice gave a last hour for, once that hour has passed."""
    at = election.planned.filter(step=step).values_list("at", flat=True).first()
    if at is not None and at <= now:
        raise Refusal(
            "timetable.too-late",
            f"The last hour of the notice for this has passed (“{step.label}”). "
            "Whoever has a code still votes with it until the poll closes.",
        )
