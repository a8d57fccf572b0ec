"""Agents and scrutineers sign, object or report, for the record.

It stops no act, and whoever conducts the election reads it before the next one. Kept with it is the
state of the board at that moment: of what stands there by then nothing can be exchanged afterwards.
Rulings on postal papers come there only with the account of the post.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.attestations import LONGEST, act_of, open_now
from ballot.models import Attestation, Checkpoint, Election
from ballot.names import clean_text
from ballot.services.legible import legible
from ballot.services.moves import lock_election
from ballot.services.publish_board import publish_board
from office.models import StaffMember
from office.permissions import ACTS
from office.refusal import Refusal
from office.selectors import may, roles_of
from office.services.audit import record


def attest(
    election_id: int, *, about: str, says: str, words: str, by: int, now: datetime
) -> None:
    """Write down what somebody says of a part of the election; said again, both stand."""
    part = Attestation.About(about)
    if not may(by, act_of(part), now=now):
        raise Refusal("attestation.not-yours", "Your role does not sign or report here.",
                      status=403)
    _require_due(Election.objects.get(pk=election_id), part)
    clean = _written(words, is_needed=says != Attestation.Says.SIGNED)
    # So that the state named holds all that stands on the board by now. Before the lock, since no
    # ballot is cast under it, and a long board takes its time.
    publish_board(election_id, now=now)
    _write(election_id, part, says=says, words=clean, by=by, now=now)


def _require_due(election: Election, part: Attestation.About) -> None:
    if part not in open_now(election):
        raise Refusal(
            "attestation.not-open",
            f"It is not the time for this. The election stands at “{election.stage.words}”.",
        )


@transaction.atomic
def _write(
    election_id: int, part: Attestation.About, *, says: str, words: str, by: int, now: datetime
) -> None:
    """Write it with the newest state of the board, unless the election moved on meanwhile."""
    election = lock_election(election_id)
    _require_due(election, part)
    checkpoint = Checkpoint.objects.filter(election=election).latest("size")
    act = act_of(part)
    Attestation.objects.create(
        election=election, about=part, says=says, words=words, checkpoint=checkpoint,
        by_id=by, name=StaffMember.objects.get(pk=by).name, role=_role(by, act), attested_at=now,
    )
    record(act, subject=("election", str(election.pk)), by=by, now=now,
           parameters={"about": part.value, "says": says, "entries": checkpoint.size})


def _written(words: str, *, is_needed: bool) -> str:
    clean = legible(clean_text, words, what="The text")
    if len(clean) > LONGEST or (is_needed and not clean):
        raise Refusal(
            "attestation.words",
            f"Write your objection or report in 1 to {LONGEST:,} characters; it will be published.",
        )
    return clean


def _role(person_id: int, act: str) -> str:
    """The office by which somebody may do the act, in words."""
    return " and ".join(sorted(role.words for role in roles_of(person_id) & ACTS[act].roles))
