"""What agents and scrutineers sign, object to or report on, for the record. Append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ballot.models.election import Election
from ballot.models.log import Checkpoint


class Attestation(models.Model):
    """That a scrutineer or a candidate's agent signed, objected or reported.

    name, role: as they stood, since accounts are closed and roles change.
    words:      their own; a signature needs none.
    checkpoint: the board as it stood, and so what was signed, but for rulings on postal papers:
                they come there only with the account of the post.
    """

    class About(models.TextChoices):
        """What it is about."""

        PAPER = "paper", "The proof of the paper"
        POST = "post", "What became of the papers by post"
        COUNT = "count", "The count"
        ELECTION = "election", "The whole election"

    class Says(models.TextChoices):
        """What is said of it."""

        SIGNED = "signed", "Signed"
        OBJECTS = "objects", "Objects"
        REPORTS = "reports", "Reports"

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="attestations")
    about = models.CharField(max_length=8, choices=About.choices)
    says = models.CharField(max_length=8, choices=Says.choices)
    words = models.TextField(blank=True)
    by = models.ForeignKey("office.StaffMember", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=60)
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="+")
    attested_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(about__in=("paper", "post", "count"), says__in=("signed", "objects"))
                | Q(about="election", says="reports"),
                name="attestation_says_what_it_may",
            ),
            models.CheckConstraint(
                condition=Q(says="signed") | ~Q(words=""), name="attestation_says_why"
            ),
        )

    def __str__(self) -> str:
        return f"attestation {self.pk}"
