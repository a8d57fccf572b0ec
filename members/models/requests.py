"""The member's own page: the links that open it, and the corrections asked for on it.

A link is a secret of 32 random bytes that is mailed to the address on file; only its hash is
kept, and it opens one member's page for a week.
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from members.models.contacts import ContactDraft
from members.models.history import Change
from members.models.people import Member

LINK_LASTS: Final = timedelta(days=7)
# What the member calls "My name" is the member's name to everybody else.
DETAIL_WORDS: Final = {
    "name": "name",
    "email": "e-mail address",
    "phone": "telephone number",
    "address": "postal address",
    "joined_on": "day of joining",
    "paid_until": "day until which it is paid",
    "date_of_birth": "date of birth",
    "other": "something else",
}


class OwnPageLink(models.Model):
    """A link to one member's own page.

    is_shared: whether other members have the address it was mailed to; then the page shows
               what is held only in part.
    """

    token_hash = models.CharField(max_length=64)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    is_shared = models.BooleanField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token_hash"], name="own_page_link_is_unique"),
        ]
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="own_page_link_by_end")]

    def __str__(self) -> str:
        return f"link {self.pk}"


class CorrectionRequest(models.Model):
    """A detail that a member asks to have put right, and what the desk answered.

    wanted, why: as the member typed them. answer: the words that the member is sent.
    change:      the record of what was changed; empty where nothing in the list had to be.
    draft:       what was last proposed to a second person, where contact details are frozen. The
                 request waits until the proposal is carried out, and waits on if it is not.
    """

    class Detail(models.TextChoices):
        NAME = "name", "My name"
        EMAIL = "email", "My e-mail address"
        PHONE = "phone", "My telephone number"
        ADDRESS = "address", "My postal address"
        JOINED = "joined_on", "The day on which I joined"
        PAID = "paid_until", "The day until which I have paid"
        BORN = "date_of_birth", "My date of birth"
        OTHER = "other", "Something else"

    class State(models.TextChoices):
        WAITING = "waiting", "waiting for the membership office"
        ACCEPTED = "accepted", "accepted"
        REFUSED = "refused", "refused"

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="corrections")
    detail = models.CharField(max_length=16, choices=Detail.choices)
    wanted = models.TextField()
    why = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    answer = models.TextField(blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)
    change = models.ForeignKey(Change, on_delete=models.PROTECT, null=True, related_name="+")
    draft = models.ForeignKey(
        ContactDraft, on_delete=models.PROTECT, null=True, related_name="requests"
    )

    class Meta:
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="waiting", settled_at__isnull=True, settled_by__isnull=True)
                | (~Q(state="waiting") & Q(settled_at__isnull=False, settled_by__isnull=False)),
                name="correction_is_settled_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(answer=""),
                name="correction_is_refused_with_a_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"], condition=Q(state="waiting"), name="correction_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"correction {self.pk}"

    @property
    def detail_words(self) -> str:
        """The detail, in the words of whoever is not the member: "postal address"."""
        return DETAIL_WORDS[self.detail]
