"""Answer a question from the public page, by e-mail to the address on file and nowhere else."""

from __future__ import annotations

import hmac
import uuid
from datetime import datetime
from typing import Final

from django.db import transaction

from members import selectors
from members.models import Member, RollEnquiry, RollEntry
from members.rollfile import email_key, postcode_key
from members.services.own_page import make_link
from office.services.letters import queue_letter

PURPOSE: Final = "members.roll_answer"
# The outbox files letters under a reference; answers belong to no one election.
REFERENCE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "hustings:roll-answers")


@transaction.atomic
def answer_enquiry(enquiry_id: int, *, now: datetime) -> None:
    """Queue the answer, if number and proof are one member's, and forget the question.

    With it goes the link to the member's own page, encrypted in the outbox until it is sent.

    Nothing says whether there was an answer: the question is deleted in every case.
    """
    enquiry = RollEnquiry.objects.select_for_update().filter(pk=enquiry_id).first()
    if enquiry is None:
        return
    member = selectors.people.member_numbered(enquiry.number)
    if member is not None and member.email and is_proved(member, enquiry.proof):
        token = make_link(member, now=now)
        queue_letter(
            PURPOSE, reference=REFERENCE, recipient=f"member:{member.pk}", enclosure=token.encode()
        )
    enquiry.delete()


def is_proved(member: Member | RollEntry, proof: str) -> bool:
    """Whether this is the person's postcode or e-mail address, in whatever form it was typed.

    Of an entry of a roll, it is the address that was frozen.
    """
    given = email_key(proof) if "@" in proof else postcode_key(proof)
    kept = email_key(member.email) if "@" in proof else postcode_key(member.postcode)
    return bool(kept) and hmac.compare_digest(given.encode(), kept.encode())
