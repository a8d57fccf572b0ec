"""Opening the poll: the paper is settled, the fingerprint fixed, and the codes go out."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.canonical import Json
from ballot.checklist import require_ready
from ballot.lifecycle import State
from ballot.mapping.entry import entry_digest
from ballot.mapping.notice import contest_code, contest_content
from ballot.models import Candidate, Election, Entry
from ballot.selectors import contested, on_paper, standing
from ballot.services.board import append_entry
from ballot.services.codes import release_codes
from ballot.services.moves import lock_election, move
from ballot.services.publish_board import require_own_key
from office.services.approvals import demand_two_officers
from office.services.audit import record

# The entries by which the opening fixes everything before it, and which the fingerprint binds.
NAMED_ENTRIES = ("notice", "candidates", "roll", "key", "credentials")


@transaction.atomic
def open_poll(
    election_id: int,
    *,
    software: dict[str, str],
    by: int,
    seconded_by: int | None,
    now: datetime,
    tranches: int | None = None,
) -> None:
    """Open the poll.

    software: name of each file of the voting page → SHA-256, as served.
    tranches: how many tranches of voting codes go out with the opening; None: all of them.
    """
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_ready(election, "open_poll", now=now)
    require_own_key(election)
    _settle_paper(election)
    move(election, State.POLLING)
    opening = append_entry(
        election, kind="opening", content=_opening_content(election, software), now=now
    )
    fingerprint = entry_digest(opening.kind, bytes(opening.body))
    Election.objects.filter(pk=election.pk).update(fingerprint=fingerprint)
    release_codes(election, tranches=tranches, by=by, now=now)
    record("open_poll", subject=("election", str(election.pk)), by=by, seconded_by=seconded_by,
           now=now)


def _settle_paper(election: Election) -> None:
    """Give each standing candidate the place on the paper that every ranking refers to."""
    for contest in contested(election):
        for position, candidate in enumerate(standing(contest)):
            Candidate.objects.filter(pk=candidate.pk).update(position=position)


def _opening_content(election: Election, software: dict[str, str]) -> dict[str, Json]:
    contests = contested(election)
    return {
        "contests": [
            contest_content(contest, on_paper(contest)) | {"code": contest_code(contest)}
            for contest in contests
        ],
        "amendments": _amendments(election),
        "entries": {kind: _newest(election, kind) for kind in NAMED_ENTRIES},
        "software": dict(software),
    }


def _amendments(election: Election) -> list[Json]:
    """The amendments of the roll up to the opening; later ones do not change the fingerprint."""
    frozen = Entry.objects.filter(election=election, kind="roll").order_by("-number").first()
    rows = Entry.objects.filter(
        election=election, kind="amendment", number__gt=frozen.number if frozen else 0
    )
    return [entry_digest(row.kind, bytes(row.body)).hex() for row in rows.order_by("number")]


def _newest(election: Election, kind: str) -> str:
    entry = Entry.objects.filter(election=election, kind=kind).order_by("-number").first()
    if entry is None:
        raise LookupError(f"no {kind} entry stands on the board")
    return entry_digest(entry.kind, bytes(entry.body)).hex()
