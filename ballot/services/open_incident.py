"""Opening an incident in the book: what went wrong, when, who found it, and what was done.

An elector's own word ("this was not me", "I did not vote") opens one by itself, once an elector
and kind; whose it is stands with the incident and is never published.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import Max

from ballot.incidents import is_published
from ballot.lifecycle import State
from ballot.models import Election, Incident, IncidentEntry, IncidentKind
from ballot.names import clean_line, clean_text
from ballot.services.legible import LONGEST_LINE, legible
from office.refusal import Refusal
from office.selectors import may
from office.services.audit import record

BOOK_LOCK: Final = 6
"""The first key of the advisory lock; the second is the election's id."""
LONGEST: Final = 2000
_SHUT: Final = (State.DRAFT, State.ARCHIVED)

_SAID: Final = {
    IncidentKind.NOT_ME: "An elector says of the ballot that was cast in their name: this was not "
    "me.",
    IncidentKind.DID_NOT_VOTE: "An elector says that they did not vote, and asks whether the "
    "register says that they have.",
}


@transaction.atomic
def open_incident(
    election_id: int,
    *,
    kind: str,
    happened_at: datetime,
    found_by: str,
    said: str,
    done: str,
    kept_from_voting: int | None,
    by: int,
    now: datetime,
) -> int:
    """Write a new incident into the book; return its number."""
    election = lock_book(election_id)
    require_writer(election, by=by, now=now)
    if happened_at > now:
        raise Refusal("incident.ahead", "An incident lies behind. Look at its day and hour again.")
    incident = Incident.objects.create(
        election=election, number=_next_number(election), kind=kind, happened_at=happened_at,
        found_by=written(
            found_by, "who found it", cleaner=clean_line, most=LONGEST_LINE
        ),
    )
    IncidentEntry.objects.create(
        incident=incident, number=1, said=written(said, "what happened"),
        done=legible(clean_text, done, what="The text"), kept_from_voting=kept_from_voting,
        written_by_id=by, written_at=now,
    )
    record("open_incident", subject=("incident", f"{election.pk}-{incident.number}"), by=by,
           now=now)
    return incident.number


@transaction.atomic
def book_word_of_elector(
    election_id: int, *, kind: IncidentKind, entry_id: int, found_by: str, by: int | None,
    now: datetime,
) -> int:
    """Open the incident of an elector's own word, once; return its number in the book."""
    election = lock_book(election_id)
    said = Incident.objects.filter(election=election, kind=kind, roll_entry=entry_id).first()
    if said is not None:
        return said.number
    incident = Incident.objects.create(
        election=election, number=_next_number(election), kind=kind, happened_at=now,
        found_by=found_by, roll_entry_id=entry_id,
    )
    IncidentEntry.objects.create(
        incident=incident, number=1, said=_SAID[kind], written_by_id=by, written_at=now
    )
    record("open_incident", subject=("incident", f"{election.pk}-{incident.number}"), by=by,
           now=now)
    return incident.number


def keep_book(election_id: int) -> None:
    """Keep everybody else from writing in an election's book until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [BOOK_LOCK, election_id])


def lock_book(election_id: int) -> Election:
    """Become the one writer of an election's book until the transaction ends, if it is open."""
    keep_book(election_id)
    election = Election.objects.get(pk=election_id)
    if election.stage in _SHUT:
        raise Refusal(
            "incident.no-book",
            "The incidents book is open from the notice of poll until the election is archived.",
            status=409,
        )
    return election


def require_writer(election: Election, *, by: int, now: datetime) -> None:
    """Once the book is published, what is added to it is for officers alone to write."""
    if is_published(election) and not may(by, "write_late_incident", now=now):
        raise Refusal(
            "incident.published",
            "The book is published. What is added to it now is written by a returning officer.",
            status=403,
        )


def _next_number(election: Election) -> int:
    last = Incident.objects.filter(election=election).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def written(
    text: str, what: str, *, cleaner: Callable[[str], str] = clean_text, most: int = LONGEST
) -> str:
    """A text of the book in normal form: neither empty nor too long."""
    clean = legible(cleaner, text, what="The text")
    if not 0 < len(clean) <= most:
        raise Refusal("incident.text", f"Write {what} in 1 to {most:,} characters.")
    return clean
