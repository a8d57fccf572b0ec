"""What two officers write of a difference that the verification found. Append-only."""

from __future__ import annotations

from django.db import models

from ballot.models.election import Election


class Explanation(models.Model):
    """One difference of one section, explained; the newest of each counts.

    difference: its code (ballot.differences). number: how many it was of when it was explained:
                an explanation of three is none of four.
    """

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="explanations")
    difference = models.CharField(max_length=30)
    section = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    explanation = models.TextField()
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"explanation {self.pk}: {self.difference} in {self.section}"
