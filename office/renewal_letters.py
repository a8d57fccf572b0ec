"""The letter that tells a member of staff that two officers renewed their second factor.

Who decided is read from the audit trail when the letter is sent: the outbox holds the person's
number alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse

from office.letters import words
from office.links import absolute
from office.models import AuditRecord, StaffMember
from office.purposes import Envelope, LetterToSend

RENEW = "renew_second_factor"
"""The act, as the permission table and the audit trail name it."""

RENEWED = "office.second_factor_renewed"


def render_renewals(batch: Sequence[LetterToSend]) -> Mapping[int, Envelope]:
    numbers = {letter.recipient for letter in batch}
    people = {
        str(person.pk): person
        for person in StaffMember.objects.active().filter(pk__in=map(int, numbers))
    }
    acts = AuditRecord.objects.filter(act=RENEW, subject_kind="staff", subject_id__in=numbers)
    # The newest stands last, and is the one that is told.
    decided = {
        act.subject_id: act for act in acts.select_related("by", "seconded_by").order_by("pk")
    }
    return {
        letter.letter_id: _envelope(people[letter.recipient], decided[letter.recipient])
        for letter in batch
        if letter.recipient in people.keys() & decided.keys()
    }


def _envelope(person: StaffMember, decided: AuditRecord) -> Envelope:
    subject, text, html = words(
        "office/letters/second_factor_renewed",
        {"person": person, "decided": decided, "link": absolute(reverse("account_login"))},
    )
    return Envelope(to=person.email, subject=subject, text=text, html=html)
