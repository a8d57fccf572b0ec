"""What electors say from outside: that a ballot cast in their name was not theirs, and that
their code is lost.
"""

from __future__ import annotations

from django.db import models

from ballot.models.election import Election


class CastDispute(models.Model):
    """An elector says of the ballot cast in their name: this was not me. Append-only."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="disputes")
    roll_entry = models.ForeignKey("members.RollEntry", on_delete=models.PROTECT)
    said_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["election", "roll_entry"], name="dispute_once_an_elector"
            ),
        )

    def __str__(self) -> str:
        return f"dispute {self.pk}"


class ReissueRequest(models.Model):
    """Somebody asks for a new code, and waits for a worker to look them up; then it is deleted."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="+")
    number = models.CharField(max_length=32)
    proof = models.CharField(max_length=254)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"request {self.pk} for a new code"
