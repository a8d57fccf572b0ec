"""Publishing the notice of poll: from here on the rules are fixed, and nominations are open."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.canonical import Json
from ballot.checklist import require_ready
from ballot.lifecycle import State
from ballot.mapping.notice import notice_content
from ballot.models import Election
from ballot.services.board import append_entry
from ballot.services.moves import lock_election, move
from ballot.services.publish_board import board_origin, signing_key
from ballot.showing.notice_words import notice_words
from ballot.timetable import COLUMNS, dates_of
from office.services.audit import record


@transaction.atomic
def publish_notice(election_id: int, *, by: int | None, now: datetime) -> None:
    """Publish the notice and open nominations."""
    election = lock_election(election_id)
    require_ready(election, "publish_notice", now=now)
    move(election, State.NOMINATING)
    append_entry(election, kind="notice", content=_content(election), now=now)
    record("publish_notice", subject=("election", str(election.pk)), by=by, now=now)


def _content(election: Election) -> dict[str, Json]:
    dates = dates_of(election)
    return notice_content(
        election,
        election.contests.order_by("position"),
        election.rules.body if election.rules else None,
        board=signing_key(board_origin(election)).public().text(),
        dates={step: at for step, at in dates.items() if step not in COLUMNS},
        words=[
            {"heading": part.heading, "paragraphs": list(part.paragraphs)}
            for part in notice_words(election)
        ],
    )
