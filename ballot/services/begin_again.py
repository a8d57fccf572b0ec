"""A new election for the posts that the last one left open, as a draft with its settings.

Nominations open again when the new election's notice is published. The old one stays as it is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction

from ballot.lifecycle import State
from ballot.models import Candidate, Contest, Election, NominatingBody
from ballot.services.legible import LONGEST_LINE
from ballot.services.moves import lock_election, require_state
from ballot.services.set_up import create_election, edit_election
from ballot.services.set_up_contest import REOPEN_NOMINATIONS
from ballot.who_stands import contests_left_open
from office.refusal import Refusal
from office.services.audit import record

# Not the timetable, which lies behind, nor the rules, whose roll is frozen once, nor the outside
# issuer, who gives a card for each election; nor what came about in the first one. Every other
# field is a setting and is taken over: edit_election refuses one that it does not know.
_NOT_TAKEN: Final = frozenset({
    "id", "public_id", "slug", "title", "party", "demonstration", "begun_from",
    "opens_at", "closes_at", "nominations_close_at", "reminder_at", "last_reminder_at",
    "rules", "issuer",
    "state", "roll", "key", "envelopes_opened_at", "fingerprint",
})
_ANEW: Final = frozenset({"id", "election", "position", "unopposed"})


@transaction.atomic
def begin_again(election_id: int, *, by: int | None, now: datetime) -> int:
    """Begin an election for the contests that reopen nominations, or all of a void one."""
    election = lock_election(election_id)
    require_state(election, State.DECLARED, State.ARCHIVED, State.VOID)
    require_left_open(election)
    title = _title(election)
    new_id = create_election(title=title, party=election.party, by=by, now=now,
                             demonstration=election.demonstration)
    edit_election(new_id, by=by, now=now,
                  **{field.name: getattr(election, field.name)
                     for field in Election._meta.concrete_fields if field.name not in _NOT_TAKEN})
    Election.objects.filter(pk=new_id).update(begun_from=election)
    for position, contest in enumerate(contests_left_open(election)):
        _copy_contest(contest, new_id, position)
    _copy_bodies(election, new_id)
    record("set_up_election", subject=("election", str(election.pk)), by=by, now=now,
           parameters={"begun_again": new_id})
    return new_id


def require_left_open(election: Election) -> None:
    """Refuse where every post is filled, and once the election for the open ones is begun."""
    if not contests_left_open(election):
        raise Refusal("again.nothing", "Every post of this election is filled.")
    if Election.objects.filter(begun_from=election).exists():
        raise Refusal("again.begun", f"“{_title(election)}” has been begun already.", status=409)


def _title(election: Election) -> str:
    ending = " (nominations opened again)"
    return election.title.removesuffix(ending)[: LONGEST_LINE - len(ending)] + ending


def _copy_contest(contest: Contest, election_id: int, position: int) -> None:
    """The contest with all that its notice would fix, and nobody on it but RON."""
    settings: dict[str, Any] = {
        field.attname: getattr(contest, field.attname)
        for field in Contest._meta.concrete_fields
        if field.name not in _ANEW
    }
    made = Contest.objects.create(election_id=election_id, position=position, **settings)
    if made.reopen_nominations:
        Candidate.objects.create(
            contest=made, name=REOPEN_NOMINATIONS, is_reopen_nominations=True
        )


def _copy_bodies(election: Election, election_id: int) -> None:
    """The list of nominating bodies, without their links: those are sent anew."""
    NominatingBody.objects.bulk_create(
        NominatingBody(
            election_id=election_id, kind=body.kind, name=body.name, members=body.members,
            mark=body.mark, secretary=body.secretary, address=body.address,
        )
        for body in election.nominating_bodies.all()
    )
