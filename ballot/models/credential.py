"""Credentials: the public half of each elector's voting code."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ballot.models.election import Election


class Credential(models.Model):
    """One voting code's public key. The code itself stands nowhere but in its letter.

    signature, revocation: where an outside issuer makes the codes, theirs over this one where it
    came after the first list (sealing §5.5, equation 46), and over its death (47, 47a) once given.
    """

    class Force(models.TextChoices):
        """Whether a ballot under this credential is taken."""

        WAITING = "waiting", "Sent again, not yet confirmed"
        IN_FORCE = "in-force", "In force"
        REVOKED = "revoked", "Revoked"

    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="credentials", db_index=False
    )
    roll_entry = models.ForeignKey("members.RollEntry", on_delete=models.PROTECT, db_index=False)
    attempt = models.PositiveSmallIntegerField(default=1)
    public_key = models.BinaryField()
    force = models.CharField(max_length=10, choices=Force.choices, default=Force.IN_FORCE)
    signature = models.BinaryField(null=True)
    revocation = models.BinaryField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["election", "public_key"], name="credential_key_once"
            ),
            models.UniqueConstraint(
                fields=["roll_entry", "attempt"], name="credential_attempt_once"
            ),
            models.UniqueConstraint(
                fields=["roll_entry"],
                condition=Q(force="in-force"),
                name="credential_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(force__in=["waiting", "in-force", "revoked"]),
                name="credential_force_is_known",
            ),
        )

    def __str__(self) -> str:
        return f"credential {self.pk}"
