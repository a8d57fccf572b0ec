"""The letter that invites a member of staff: a link to choose a password, nothing secret kept.

The link is made when the letter is sent, from the person's row: the outbox holds only the
person's number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from office.letters import words
from office.links import absolute
from office.models import StaffMember
from office.purposes import Envelope, LetterToSend

INVITATION = "office.invitation"
OFFICE = UUID(int=0)
"""The reference of letters that concern no election."""


def render_invitations(batch: Sequence[LetterToSend]) -> Mapping[int, Envelope]:
    people = StaffMember.objects.in_bulk(
        [int(letter.recipient) for letter in batch], field_name="pk"
    )
    return {
        letter.letter_id: _envelope(people[int(letter.recipient)])
        for letter in batch
        if int(letter.recipient) in people and people[int(letter.recipient)].is_active
    }


def _envelope(person: StaffMember) -> Envelope:
    key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    link = absolute(path.replace("UID-KEY", key))
    subject, text, html = words("office/letters/invitation", {"person": person, "link": link})
    return Envelope(to=person.email, subject=subject, text=text, html=html)
