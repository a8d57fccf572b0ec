"""What goes between server and outside issuer: requests, and a file that waits for a worker."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ballot.issuance.lists import Kind
from ballot.models.credential import Credential
from ballot.models.election import Election


class IssuerRequest(models.Model):
    """Something asked of the outside issuer. Its id is its number; nothing is asked twice.

    credential: of a revocation what shall die; of the others what the issuer made in answer.
    withdrawn:  overtaken before it was answered: whoever was to have a code is off the roll.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ANSWERED = "answered", "Answered"
        WITHDRAWN = "withdrawn", "Withdrawn"

    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="issuer_requests"
    )
    kind = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Kind])
    roll_entry = models.ForeignKey("members.RollEntry", on_delete=models.PROTECT, db_index=False)
    # With an index: each key that a destruction deletes is looked for here.
    credential = models.ForeignKey(
        Credential, on_delete=models.PROTECT, null=True, blank=True
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["roll_entry", "kind"],
                condition=Q(state="open") & ~Q(kind=Kind.REVOKE.value),
                name="issuer_request_open_once",
            ),
            models.UniqueConstraint(
                fields=["credential"],
                condition=Q(kind=Kind.REVOKE.value),
                name="issuer_revocation_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in Kind])
                & Q(state__in=["open", "answered", "withdrawn"]),
                name="issuer_request_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.REVOKE.value, credential__isnull=True),
                name="issuer_revocation_names_a_credential",
            ),
        )

    def __str__(self) -> str:
        return f"request {self.pk} to the issuer"


class IssuerFile(models.Model):
    """The issuer's file of keys, encrypted, until a worker has looked at it; then it is deleted."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="+")
    content = models.BinaryField()
    handed_in_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"file {self.pk} of an issuer"
