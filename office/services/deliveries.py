"""What a mail provider tells of letters that it took: delivered, put off, come back, complained of.

A report names a letter by its number and says nothing of what the letter said. It is believed
because the webhook's secret came with it, and the tag that we gave the letter (office.letter_tags).
Reports come late, twice, in any order, and before we have written down that the letter was taken:
one never takes back what a graver one said.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from office.letter_tags import letter_named
from office.models import Letter
from office.postal import is_postal, postal_side
from office.refusal import Refusal
from office.services.audit import record

_SAID: Final = {
    "deferred": Letter.Delivery.DEFERRED,
    "delivered": Letter.Delivery.DELIVERED,
    "bounced": Letter.Delivery.BOUNCED,
    "rejected": Letter.Delivery.BOUNCED,
    "failed": Letter.Delivery.BOUNCED,
    "complained": Letter.Delivery.COMPLAINED,
}
_ORDER: Final = [str(one) for one in Letter.Delivery.values]
CAME_BACK: Final = (Letter.Delivery.BOUNCED, Letter.Delivery.COMPLAINED)


def take_report(sender: Any, event: Any, **_: Any) -> None:
    """Anymail's receiver: it tells of each event that a webhook brought by a signal."""
    del sender
    said = _SAID.get(event.event_type)
    letter = letter_named(event.metadata or {})
    if said is not None and letter is not None:
        note_delivery(letter, said=said, at=event.timestamp or timezone.now())


def note_delivery(letter_id: int, *, said: str, at: datetime) -> bool:
    """Keep what was said of a letter; False where nothing new was said, or there is none such.

    A letter in doubt, or being handed over, of which the provider tells was taken by it: the doubt
    is settled, and its code erased. Of one that came back the day is kept, of no other anything:
    the hour at which the notice of a cast arrived is the hour of the cast.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE office_letter SET delivery = %(said)s, claimed_at = NULL,"
            " delivery_at = CASE WHEN %(said)s::text IN ('bounced', 'complained')"
            " THEN date_trunc('day', %(at)s::timestamptz, 'UTC') END,"
            " state = 'handed_over', enclosure = NULL, held_because = '', handing_over = false"
            " WHERE id = %(id)s AND array_position(%(order)s, delivery::text) <"
            " array_position(%(order)s, %(said)s::text)"
            " AND (state = 'handed_over' OR (state = 'claimed' AND handing_over)"
            " OR (state = 'held' AND held_because = 'in-doubt'))",
            {"id": letter_id, "said": str(said), "at": at, "order": _ORDER},
        )
        return bool(cursor.rowcount == 1)


@transaction.atomic
def post_instead(letter_id: int, *, by: int, now: datetime) -> None:
    """Have a printed letter go to somebody whose e-mail came back."""
    letter = _returned(letter_id)
    if not is_postal(letter.purpose):
        raise Refusal("letters.not-on-paper", "Letters of this kind are not printed.")
    postal_side(letter.purpose).instead(
        letter.dispatch.reference, letter.recipient, by=by, now=now
    )
    _settle(letter, by=by, now=now, how="post")


@transaction.atomic
def settle_return(letter_id: int, *, by: int, now: datetime) -> None:
    """Record that somebody has dealt with a letter that came back, as by telephone."""
    _settle(_returned(letter_id), by=by, now=now, how="otherwise")


def _returned(letter_id: int) -> Letter:
    letter = (
        Letter.objects.select_for_update(of=("self",)).select_related("dispatch")
        .filter(pk=letter_id, delivery__in=CAME_BACK, return_settled=False).first()
    )
    if letter is None:
        raise Refusal("letters.not-returned", "This letter did not come back, or somebody has "
                      "dealt with it.", status=HTTPStatus.CONFLICT)
    return letter


def _settle(letter: Letter, *, by: int, now: datetime, how: str) -> None:
    letter.return_settled = True
    letter.save(update_fields=["return_settled"])
    record("settle_return", subject=("dispatch", str(letter.dispatch_id)), by=by, now=now,
           parameters={"letter": letter.pk, "how": how})
