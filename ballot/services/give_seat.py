"""A trustee's seat: the secret by which the server knows their software (spec: trustees.md, 1).

The secret goes out in a letter, or is shown once to the officer who asked for it; a hash is kept.
It gives no right over the key: whoever has it can speak in the trustee's place, and the trustee's
own software, which reads the board, finds what it did not say.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from ballot.models import Election, Trustee
from ballot.services.link_secrets import draw_secret, hash_of
from ballot.services.moves import lock_election
from office.refusal import Refusal
from office.services.audit import record
from office.services.dispatches import cancel_letters_to
from office.services.letters import queue_letter

PURPOSE: Final = "trustee-seat"


def send_seat(trustee: Trustee) -> None:
    """Draw a new secret and send it to the trustee's address; an earlier one dies.

    In the caller's transaction.
    """
    unseat(trustee)
    queue_letter(
        PURPOSE,
        reference=trustee.election.public_id,
        recipient=_recipient(trustee),
        enclosure=_draw(trustee).encode(),
    )


@transaction.atomic
def send_new_seat(election_id: int, *, number: int, by: int, now: datetime) -> None:
    """Send a trustee a new seat, since the letter was lost or read by another."""
    trustee = _seated(election_id, number)
    if not trustee.address:
        raise Refusal("seat.no-address", "No e-mail address is on file for this trustee. Have the "
                      "new seat shown instead.")
    send_seat(trustee)
    record("give_seat", subject=("trustee", str(trustee.pk)), by=by, now=now,
           parameters={"shown": False})


@transaction.atomic
def show_new_seat(election_id: int, *, number: int, by: int, now: datetime) -> str:
    """Draw a trustee's seat anew and return its secret, once, for an officer to hand over."""
    trustee = _seated(election_id, number)
    unseat(trustee)
    secret = _draw(trustee)
    record("give_seat", subject=("trustee", str(trustee.pk)), by=by, now=now,
           parameters={"shown": True})
    return secret


def unseat(trustee: Trustee) -> None:
    """Let a trustee's secret die, and the letters with it that have not gone out."""
    cancel_letters_to(PURPOSE, recipients=[_recipient(trustee)])
    Trustee.objects.filter(pk=trustee.pk).update(seat=None)


def trustee_seated(election: Election, secret: str) -> Trustee | None:
    """The trustee whose seat has this secret, or None. Every seat is compared, in constant time."""
    shown = hash_of(secret)
    found = None
    for trustee in election.trustees.filter(seat__isnull=False):
        if hmac.compare_digest(bytes(trustee.seat or b""), shown):
            found = trustee
    return found


def require_seated(trustee: Trustee) -> None:
    """Refuse a trustee whose seat was taken away since they were let in.

    What is sent can be long in coming: a ceremony that was begun anew meanwhile may have somebody
    else under the number. In the caller's transaction, and under the election's lock.
    """
    lock_election(trustee.election_id)
    if not Trustee.objects.filter(pk=trustee.pk, seat=bytes(trustee.seat or b"")).exists():
        raise no_such_seat()


def no_such_seat() -> Refusal:
    """What is said to whoever has no trustee's seat."""
    return Refusal("seat.unknown", "This is no trustee's seat, or another has been given since. "
                   "Open the link of the newest letter.", status=403)


def trustees_by_recipient(recipients: Sequence[str]) -> dict[str, Trustee]:
    """The trustees to whom letters are addressed, by the letters' recipients."""
    trustees: QuerySet[Trustee] = Trustee.objects.select_related("election").filter(
        pk__in=[int(recipient.rpartition("-")[2]) for recipient in recipients]
    )
    return {_recipient(trustee): trustee for trustee in trustees}


def _recipient(trustee: Trustee) -> str:
    return f"trustee-{trustee.pk}"


def _seated(election_id: int, number: int) -> Trustee:
    trustee = lock_election(election_id).trustees.filter(number=number).first()
    if trustee is None:
        raise Refusal("seat.no-such-trustee", f"There is no trustee number {number}.", status=404)
    return trustee


def _draw(trustee: Trustee) -> str:
    secret = draw_secret()
    Trustee.objects.filter(pk=trustee.pk).update(seat=hash_of(secret))
    return secret
