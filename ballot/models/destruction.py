"""That an election's sealed ballots are to be destroyed, and were: the order, and what went."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from ballot.models.election import Election


class BallotDestruction(models.Model):
    """Two officers' order to destroy, once the notice keeps ballots no longer; carried out once.

    kept_until:   the last day of keeping, by the election's own clocks. The database refuses an
                  order that comes before it has ended.
    destroyed_in: the transaction that destroyed, which a trigger sets: what goes, goes in it and in
                  no other.
    rows, blobs:  how many rows went, by the code of what they were; the ids of the blobs whose
                  bytes went.
    """

    election = models.OneToOneField(
        Election, on_delete=models.PROTECT, related_name="destruction"
    )
    kept_until = models.DateField()
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ordered_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)
    destroyed_in = models.BigIntegerField(null=True)
    rows = models.JSONField(default=dict)
    blobs = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(ordered_by=F("seconded_by")), name="ballot_destruction_by_two"
            ),
        )

    def __str__(self) -> str:
        return f"destruction of the ballots of election {self.election_id}"
