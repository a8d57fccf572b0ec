"""What an officer may not change of a candidate: a name under papers, and words consented to.

Else one officer could make “Ash” “Bea”, with all that bodies handed in for Ash.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from ballot.lifecycle import State
from ballot.models import Candidate, Election
from ballot.nominations import has_ended
from ballot.services.moves import require_state
from office.refusal import Refusal


def require_taking(election: Election, *, now: datetime) -> None:
    """Refuse to change who is proposed, or which bodies a share is of, once the hour has passed."""
    require_state(election, State.DRAFT, State.NOMINATING)
    if has_ended(election, now=now):
        raise Refusal("nomination.ended", "The hour of nominations has passed. Candidates and "
                      "nominating bodies are changed only if nominations are taken again, by the "
                      "button on the election’s page.", status=409)


def require_same_name(candidate: Candidate, name: str) -> None:
    """Refuse another name for somebody who was nominated, ruled on or has consented."""
    has_papers = candidate.pk is not None and (
        candidate.consented_at is not None
        or candidate.second_consented_at is not None
        or candidate.nominations.exists()
        or candidate.rulings.exists()
    )
    if has_papers and name != candidate.name:
        raise Refusal("candidate.name-stands", f"{candidate.name} was nominated, was ruled on or "
                      "has consented under this name, and it stays. If it is wrong, add the right "
                      "one as another candidate, and record that this one withdraws.")


def require_same_words(candidate: Candidate, statement: str, *, photo: bool) -> None:
    """Refuse another statement or photograph than the candidate handed in with their consent.

    Of a joint ticket also once the second person, who was shown both, has consented.
    """
    has_consented = candidate.consented_at or candidate.second_consented_at
    if has_consented and (photo or statement != candidate.statement):
        raise Refusal("candidate.consented", f"{candidate.name} handed in this statement and "
                      "photograph with their consent. Ask for consent anew, by a new link: with it "
                      "they put right themselves what is wrong.")


def stand_again(candidate: Candidate, *, now: datetime) -> None:
    """Let somebody who had withdrawn stand: to be asked anew for consent, and ruled on anew."""
    candidate.withdrawn_at = None
    candidate.stands_again_since = now
    candidate.consented_at = candidate.second_consented_at = None
    candidate.seat = candidate.second_seat = None


def changed(before: Candidate, after: Candidate) -> dict[str, str]:
    """What was and what is, for the audit trail: the name; statement and photograph by SHA-256."""
    found: dict[str, str] = {}
    if before.name != after.name:
        # The trail takes what has an @ for an address.
        found |= {"name_was": before.name.replace("@", " at "),
                  "name_is": after.name.replace("@", " at ")}
    if before.statement != after.statement:
        found |= {"statement_was": _digest(before.statement),
                  "statement_is": _digest(after.statement)}
    return found | photographs_changed(before.photo, after.photo)


def photographs_changed(
    before: bytes | memoryview | None, after: bytes | memoryview | None
) -> dict[str, str]:
    """The same of the photograph alone; of one that was not there, nothing."""
    was, now = bytes(before or b""), bytes(after or b"")
    if was == now:
        return {}
    told = {"photograph_was": was, "photograph_is": now}
    return {name: hashlib.sha256(octets).hexdigest() for name, octets in told.items() if octets}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
