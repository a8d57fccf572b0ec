"""Taking a nomination, and mending it, while nominations are taken."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.models import Candidate, Contest
from ballot.names import clean_line, clean_text
from ballot.services.candidate_papers import (
    changed,
    require_same_name,
    require_same_words,
    require_taking,
    stand_again,
)
from ballot.services.consent import require_words
from ballot.services.joint_tickets import name_in_place, require_on_one_ticket
from ballot.services.legible import clean_typed
from ballot.services.moves import lock_election
from ballot.services.nomination_seats import end_links_of_exchanged
from ballot.services.photographs import re_encode
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def add_candidate(
    contest_id: int,
    *,
    name: str,
    by: int | None,
    now: datetime,
    statement: str = "",
    photo: bytes | None = None,
    second: str = "",
) -> int:
    """Take a nomination with statement and photograph; return the candidate's id.

    name, second: of a joint ticket each person's; of who stands alone there is no second.

    Who had withdrawn and is nominated again stands again, with what is handed in now; they are
    asked anew for their consent, and ruled on anew.
    """
    contest = _open_contest(contest_id, now=now)
    first, second = clean_typed(clean_line, "name", name), clean_typed(clean_line, "name", second)
    if not first:
        raise Refusal("candidate.no-name", "Give the candidate's name as it shall stand.")
    name = name_in_place(contest, first, second)
    candidate = contest.candidates.filter(name__iexact=name).first() or Candidate(contest=contest)
    if candidate.pk and candidate.withdrawn_at is None:
        raise Refusal("candidate.twice", f"“{name}” stands in this contest already.")
    require_same_name(candidate, name)
    if second:
        require_on_one_ticket(contest, first, second, but=candidate.pk)
    before = Candidate(name=candidate.name, statement=candidate.statement, photo=candidate.photo)
    candidate.name, candidate.second = name, second
    candidate.statement = clean_typed(clean_text, "statement", statement)
    require_words(candidate.statement, most=contest.statement_words)
    candidate.photo = re_encode(photo) if photo else None
    if candidate.withdrawn_at is not None:
        stand_again(candidate, now=now)
    candidate.save()
    record("edit_contest", subject=("candidate", str(candidate.pk)), by=by, now=now,
           parameters=changed(before, candidate))
    return candidate.pk


@transaction.atomic
def edit_candidate(
    candidate_id: int,
    *,
    name: str,
    statement: str,
    by: int | None,
    now: datetime,
    photo: bytes | None = None,
    second: str = "",
) -> None:
    """Mend a nomination's name, statement or photograph while nominations are open.

    The name only while no papers stand under it, the rest until the candidate has consented. A
    person whose name changes is asked anew.
    """
    contest = _open_contest(Candidate.objects.get(pk=candidate_id).contest_id, now=now)
    candidate = Candidate.objects.get(pk=candidate_id)
    first, second = clean_typed(clean_line, "name", name), clean_typed(clean_line, "name", second)
    name = first and name_in_place(contest, first, second)
    others = contest.candidates.exclude(pk=candidate_id)
    if not name or others.filter(name__iexact=name).exists():
        raise Refusal("candidate.twice", "Each candidate needs a name of their own.")
    if second:
        require_on_one_ticket(contest, first, second, but=candidate_id)
    statement = clean_typed(clean_text, "statement", statement)
    require_words(statement, most=contest.statement_words)
    require_same_name(candidate, name)
    require_same_words(candidate, statement, photo=photo is not None)
    before = Candidate(name=candidate.name, statement=candidate.statement, photo=candidate.photo)
    end_links_of_exchanged(candidate, first=first, second=second)
    candidate.name, candidate.second, candidate.statement = name, second, statement
    if photo:
        candidate.photo = re_encode(photo)
    candidate.save(update_fields=[
        "name", "second", "statement", "photo", "seat", "address", "second_seat", "second_address",
    ])
    record("edit_contest", subject=("candidate", str(candidate_id)), by=by, now=now,
           parameters=changed(before, candidate))


def _open_contest(contest_id: int, *, now: datetime) -> Contest:
    contest = Contest.objects.get(pk=contest_id)
    require_taking(lock_election(contest.election_id), now=now)
    return contest
