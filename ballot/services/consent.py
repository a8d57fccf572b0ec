"""A candidate consents to stand, and hands in statement, photograph and agent, by a link."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from ballot.models import Candidate
from ballot.names import TextRefused, clean_line, clean_text
from ballot.nominations import are_taken
from ballot.services.legible import legible
from ballot.services.moves import lock_election
from ballot.services.nominate import nominations_closed
from ballot.services.nomination_seats import require_link
from ballot.services.photographs import re_encode
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def consent(
    candidate_id: int,
    *,
    seat: bytes,
    statement: str,
    agent_name: str,
    agent_address: str,
    now: datetime,
    photo: bytes | None = None,
) -> None:
    """Take a candidate's consent and what they hand in with it; handed in again, it is amended.

    seat: the hash of their link's secret. photo: the file as it came; None: the one from before
    stays.
    """
    candidate = Candidate.objects.select_related("contest").get(pk=candidate_id)
    election = lock_election(candidate.contest.election_id)
    if not are_taken(election, now=now):
        raise nominations_closed()
    require_link(candidate_id, seat=seat)
    # An officer may have replaced the photograph while the lock was waited for.
    candidate.refresh_from_db(fields=["photo", "consented_at"])
    candidate.statement = legible(clean_text, statement, what="The statement")
    require_words(candidate.statement, most=candidate.contest.statement_words)
    candidate.agent_name, candidate.agent_address = _agent(agent_name, agent_address)
    candidate.consented_at = candidate.consented_at or now
    if photo:
        candidate.photo = re_encode(photo)
    candidate.save(
        update_fields=["statement", "agent_name", "agent_address", "consented_at", "photo"]
    )
    record("take_nominations", subject=("candidate", str(candidate_id)), by=None, now=now)


@transaction.atomic
def consent_of_second(candidate_id: int, *, seat: bytes, now: datetime) -> None:
    """Take the consent of the second person of a joint ticket, who hands in nothing else.

    seat: the hash of their link's secret.
    """
    candidate = Candidate.objects.select_related("contest").get(pk=candidate_id)
    election = lock_election(candidate.contest.election_id)
    if not are_taken(election, now=now):
        raise nominations_closed()
    require_link(candidate_id, second_seat=seat)
    Candidate.objects.filter(pk=candidate_id, second_consented_at__isnull=True).update(
        second_consented_at=now
    )
    record("take_nominations", subject=("candidate", str(candidate_id)), by=None, now=now,
           parameters={"of_second": True})


def require_words(statement: str, *, most: int) -> None:
    """Refuse a statement of more words than the notice lets everybody have."""
    words = len(statement.split())
    if words > most:
        raise Refusal("statement.too-long", f"The statement has {words:,} words, and may have "
                      f"{most:,}. Shorten it by {words - most:,}.")


def _agent(name: str, address: str) -> tuple[str, str]:
    """The agent's name and address: both, or neither."""
    try:
        name, address = clean_line(name), clean_line(address)
        if address:
            validate_email(address)
    except (TextRefused, ValidationError) as wrong:
        raise Refusal("agent.malformed", "The agent’s name or e-mail address is not one that can "
                      "be written to. Look at it again.") from wrong
    if bool(name) != bool(address) or len(name) > 120:
        raise Refusal("agent.half", "Give the agent’s name and their e-mail address, or leave both "
                      "empty.")
    return name, address
