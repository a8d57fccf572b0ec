"""Ballots that are set aside after the close, because their elector was struck off the roll.

What is set aside follows from the notice's rule and the amendments alone (ballot.struck_ballots);
these rows say that two officers have done it. Append-only: the last row of a ballot counts.
"""

from __future__ import annotations

from django.db import models

from ballot.models.box import SealedBallot
from ballot.models.election import Election


class SetAside(models.Model):
    """One decision on one ballot: set aside, or (its elector was reinstated) that it stands.

    amendment: number of the amendment that it follows from.
    """

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="+")
    ballot = models.ForeignKey(SealedBallot, on_delete=models.PROTECT, related_name="+")
    is_set_aside = models.BooleanField()
    reason = models.CharField(max_length=16)
    amendment = models.PositiveIntegerField()
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"ballot {self.ballot_id} {'set aside' if self.is_set_aside else 'stands'}"
