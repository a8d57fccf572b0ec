"""Archiving an election once its result can be challenged no more, by two officers."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.canonical import Json
from ballot.lifecycle import State
from ballot.models import Checkpoint, Election
from ballot.retention import challenge_is_over
from ballot.services.board import append_entry
from ballot.services.moves import lock_election, move, require_state
from ballot.services.publish_board import publish_at_once
from ballot.showing.retention import challenge_sentence
from office.refusal import Refusal
from office.services.approvals import demand_two_officers
from office.services.audit import record


@transaction.atomic
def archive_election(
    election_id: int, *, by: int, seconded_by: int | None, now: datetime
) -> None:
    """Archive: the declaration is final, and the log's root stands on the board as its last word.

    Nothing is destroyed by it. What names people is destroyed with the roll, by its own order.
    """
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_state(election, State.DECLARED)
    require_unchallengeable(election, now=now)
    signed = Checkpoint.objects.filter(election=election).order_by("-size").first()
    if signed is None or signed.size < election.entries.count():
        raise Refusal(
            "archive.board-not-published",
            "The board has entries that no signed state shows yet. Wait a minute, and try again.",
        )
    content: dict[str, Json] = {
        "root": bytes(signed.root).hex(),
        "size": signed.size,
        "version": election.declarations.count(),
    }
    move(election, State.ARCHIVED)
    append_entry(election, kind="archive", content=content, now=now)
    publish_at_once(election.pk, now=now)
    record("archive_election", subject=("election", str(election.pk)), by=by,
           seconded_by=seconded_by, now=now)


def require_unchallengeable(election: Election, *, now: datetime) -> None:
    """Refuse before the days are over in which the declaration may be challenged."""
    if not challenge_is_over(election, now=now):
        raise Refusal(
            "archive.may-be-challenged",
            f"The declaration may still be challenged. {challenge_sentence(election)} Archive the "
            "election once it can be challenged no more.",
        )
