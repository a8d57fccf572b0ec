"""What is asked of the outside issuer: new codes, and signatures over those that die.

A request is a row; the officer hands over all that are open in one file (issuer_files.py), and the
answers come back in another (take_answers.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ballot.issuance.lists import Kind
from ballot.models import Credential, Election, IssuerRequest

_OPEN = IssuerRequest.State.OPEN


def ask_for_code(election: Election, entry_id: int, *, kind: Kind, now: datetime) -> None:
    """Ask for a code of a roll entry. While one is asked for, a second asking adds nothing."""
    IssuerRequest.objects.get_or_create(
        election=election, roll_entry_id=entry_id, kind=kind.value, state=_OPEN,
        defaults={"asked_at": now},
    )


def ask_for_death(election: Election, credential_id: int, *, now: datetime) -> None:
    """Ask for the signature over a credential that was revoked."""
    entry_id = Credential.objects.values_list("roll_entry_id", flat=True).get(pk=credential_id)
    IssuerRequest.objects.get_or_create(
        credential_id=credential_id, kind=Kind.REVOKE.value,
        defaults={"election": election, "roll_entry_id": entry_id, "asked_at": now},
    )


def withdraw_requests(election: Election, *, entries: Sequence[int]) -> None:
    """Whoever was struck off is to have no code any more: what was asked for them is withdrawn.

    An issuer who has read of it meanwhile makes a code that is never taken.
    """
    asked = IssuerRequest.objects.filter(
        election=election, roll_entry_id__in=entries, state=_OPEN,
        kind__in=[Kind.ISSUE.value, Kind.REISSUE.value],
    )
    asked.update(state=IssuerRequest.State.WITHDRAWN)


def asked_for(entry_id: int) -> int:
    """How many codes are asked for an elector and not yet made."""
    asked = IssuerRequest.objects.filter(roll_entry_id=entry_id, state=_OPEN)
    return asked.exclude(kind=Kind.REVOKE.value).count()
