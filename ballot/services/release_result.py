"""Telling the count to each candidate before the declaration, under an embargo.

Each is given a link of their own, shown once to the officer who hands it over; a hash of its secret
is kept. Every reading by it is written down. The board shows stand-ins until the declaration
all the while, and whoever has no link sees nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from ballot.lifecycle import State
from ballot.models import Candidate, Release, ReleaseLook
from ballot.names import clean_line
from ballot.services.legible import legible
from ballot.services.link_secrets import draw_secret, hash_of
from ballot.services.moves import lock_election, require_state
from office.refusal import Refusal
from office.services.audit import record

LONGEST_NAME: Final = 120


@transaction.atomic
def give_release(
    candidate_id: int, *, name: str, embargo_until: datetime, by: int, now: datetime
) -> str:
    """Give a candidate, or their agent, a link to the count; return its secret, once.

    An earlier link of theirs dies. name: of whoever it is handed to.
    """
    candidate = Candidate.objects.select_related("contest").get(pk=candidate_id)
    election = lock_election(candidate.contest.election_id)
    require_state(election, State.COUNTED)
    if candidate.is_reopen_nominations:
        raise Refusal("release.nobody", "“Re-open nominations” is nobody to be told.")
    if embargo_until <= now:
        raise Refusal("release.embargo-past", "The embargo must end at an hour still to come.")
    _end(candidate, now=now)
    secret = draw_secret()
    Release.objects.create(
        candidate=candidate, name=_name(name), seat=hash_of(secret),
        embargo_until=embargo_until, given_at=now,
    )  # fmt: skip
    record("release_result", subject=("candidate", str(candidate_id)), by=by, now=now,
           parameters={"given": True})
    return secret


@transaction.atomic
def end_release(candidate_id: int, *, by: int, now: datetime) -> None:
    """Let a candidate's link die."""
    candidate = Candidate.objects.select_related("contest").get(pk=candidate_id)
    lock_election(candidate.contest.election_id)
    if not _end(candidate, now=now):
        raise Refusal("release.none", "This candidate has no link.", status=404)
    record("release_result", subject=("candidate", str(candidate_id)), by=by, now=now,
           parameters={"given": False})


def release_of(slug: str, secret: str) -> Release:
    """The release that a link names, or a refusal that says no more than that there is none."""
    found = (
        Release.objects.filter(
            seat=hash_of(secret), ended_at__isnull=True, candidate__contest__election__slug=slug
        )
        .select_related("candidate__contest__election")
        .first()
    )
    if found is None or found.candidate.contest.election.stage != State.COUNTED:
        raise Refusal("release.no-such-link", "This link opens nothing, or does so no longer. Ask "
                      "the returning officer.", status=404)
    return found


def note_look(release: Release, *, now: datetime) -> None:
    """Write down that the count is read by this link, before it is shown."""
    ReleaseLook.objects.create(release=release, looked_at=now)


def _end(candidate: Candidate, *, now: datetime) -> int:
    return candidate.releases.filter(ended_at__isnull=True).update(ended_at=now)


def _name(text: str) -> str:
    name = legible(clean_line, text, what="The name")
    if not 0 < len(name) <= LONGEST_NAME:
        raise Refusal("release.name", f"Give the name in 1 to {LONGEST_NAME} letters.")
    return name
