"""Setting up an election, before the notice of poll fixes it.

Its contests are set up by set_up_contest.py, and who stands in them by set_up_candidate.py.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.text import slugify

from ballot.canonical import Json
from ballot.issuance.card import read_card
from ballot.issuance.errors import FileRefused
from ballot.lifecycle import State
from ballot.models import Election
from ballot.names import clean_line, clean_text
from ballot.services.legible import clean_typed
from ballot.services.moves import lock_election, require_state
from office.refusal import Refusal
from office.services.audit import record

LAST_REMINDER: Final = timedelta(hours=48)

_LINES: Final = ("title", "party", "returning_officer", "deputy", "scrutineer")
_TEXTS: Final = ("summary", "helped_routes", "complaints")
_PLAIN: Final = (
    "nominations_close_at", "opens_at", "closes_at", "reminder_at", "last_reminder_at", "rules_id",
    "smallest_box", "letters_in_welsh", "mixes_wanted", "postal_papers", "zone",
    "turnout_by_section", "ballot_of_excluded", "ballot_of_dead", "ballot_of_resigned",
    "recount_margin_permille", "recount_on_request", "turnout_base", "challenge_days", "keep_days",
)
_CARD: Final = "issuer"


@transaction.atomic
def create_election(
    *,
    title: str,
    party: str,
    by: int | None,
    now: datetime,
    demonstration: bool = False,
    **rest: Any,
) -> int:
    """Begin an election as a draft; return its id.

    demonstration: the server may hold the trustees' shares itself. Said once, never changed.
    """
    title = clean_typed(clean_line, "title", title)
    if not title:
        raise Refusal("election.no-title", "Give the election a title.")
    election = Election(title=title, slug=_free_slug(title), demonstration=demonstration)
    _fill(election, {"party": party, **rest})
    election.save(force_insert=True)
    record("set_up_election", subject=("election", str(election.pk)), by=by, now=now)
    return election.pk


def _free_slug(title: str) -> str:
    stem = slugify(title)[:50] or "election"
    taken = set(Election.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    taken.add("new")  # The desk's own address for an election still to be begun.
    number = 1
    slug = stem
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug


def _fill(election: Election, values: Mapping[str, Any]) -> None:
    for field, value in values.items():
        if field in _LINES:
            setattr(election, field, clean_typed(clean_line, field, value))
        elif field in _TEXTS:
            setattr(election, field, clean_typed(clean_text, field, value))
        elif field in _PLAIN:
            setattr(election, field, value)
        elif field == _CARD:
            election.issuer = _card(value)
        else:
            raise TypeError(f"an election has no {field} to set up")
    if election.zone not in zoneinfo.available_timezones():
        raise Refusal("election.no-such-zone", f"There is no time zone “{election.zone}”.")
    if election.opens_at and election.closes_at and election.closes_at <= election.opens_at:
        raise Refusal("election.closes-too-soon", "The poll must close after it opens.")
    ends, opens_at = election.nominations_close_at, election.opens_at
    if ends and opens_at and ends >= opens_at:
        raise Refusal("election.nominations-too-long",
                      "Nominations must close before the poll opens.")
    _require_reminders_in_poll(election)
    if election.mixes_wanted < 2:
        raise Refusal("election.too-few-mixes", "Every box is mixed at least twice.")
    if election.keep_days < election.challenge_days:
        raise Refusal("election.kept-too-short", "Sealed ballots are kept at least as long as the "
                      "result may be challenged.")
    if election.smallest_box < 1:
        # A section in which nobody voted would else be a box of its own with nothing in it.
        raise Refusal("election.empty-box", "The smallest box holds at least one ballot.")


def _require_reminders_in_poll(election: Election) -> None:
    """Reminders go out while the poll is open, the last within two days of its close."""
    first, last = election.reminder_at, election.last_reminder_at
    opens, closes = election.opens_at, election.closes_at
    for at in (first, last):
        if at and opens and closes and not opens < at < closes:
            raise Refusal(
                "election.reminder-outside-poll", "A reminder goes out while the poll is open."
            )
    if last and closes and last < closes - LAST_REMINDER:
        raise Refusal(
            "election.last-reminder-too-early",
            "The last reminder goes out within the 48 hours before the close.",
        )
    if first and last and first >= last:
        raise Refusal("election.reminders-out-of-order", "The last reminder comes after the first.")


def _card(octets: bytes | None) -> dict[str, Json] | None:
    """An outside issuer's card as it is kept; none where the server makes the codes."""
    if octets is None:
        return None
    try:
        return read_card(octets).to_json()
    except FileRefused as refused:
        raise Refusal(refused.code, refused.sentence) from refused


@transaction.atomic
def edit_election(election_id: int, *, by: int | None, now: datetime, **values: Any) -> None:
    """Change a draft: title, party, texts, times, rules, smallest box, number of mixes, issuer.

    issuer: the card of an outside issuer, as they gave it; None: the server makes the codes.
    """
    election = lock_election(election_id)
    require_state(election, State.DRAFT)
    _fill(election, values)
    election.save(update_fields=list(values))
    record("set_up_election", subject=("election", str(election.pk)), by=by, now=now)
