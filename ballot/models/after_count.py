"""Between count and declaration: recounts, and who is told the count beforehand."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ballot.models.election import Candidate, Contest


class Recount(models.Model):
    """A recount of a contest: on whose asking, on what grounds, and what was decided.

    asked_by: a candidate's agent, or an officer for one; null where the notice's rule demands it.
    granted:  null while it waits. A recount that was granted was made, and agreed.
    """

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="recounts")
    asked_by = models.ForeignKey(
        "office.StaffMember", on_delete=models.PROTECT, null=True, related_name="+"
    )
    grounds = models.TextField()
    asked_at = models.DateTimeField()
    granted = models.BooleanField(null=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        "office.StaffMember", on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["contest", "asked_by"],
                condition=Q(granted__isnull=True),
                name="recount_one_waits_an_asker",
            ),
            models.UniqueConstraint(
                fields=["contest"],
                condition=Q(asked_by__isnull=True),
                name="recount_once_by_the_rule",
            ),
            models.CheckConstraint(
                condition=Q(granted__isnull=True, decided_at__isnull=True, decided_by__isnull=True)
                | Q(granted__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
                name="recount_is_decided_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"recount {self.pk} of contest {self.contest_id}"


class Release(models.Model):
    """A personal link by which one candidate, or their agent, reads the count under an embargo.

    seat: SHA-256 of the link's secret, which stands nowhere. embargo_until: when the declaration is
    expected; until it is made nothing of the count may be told on.
    """

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="releases")
    name = models.CharField(max_length=120)
    seat = models.BinaryField()
    embargo_until = models.DateTimeField()
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["candidate"], condition=Q(ended_at__isnull=True),
                name="release_one_link_a_candidate",
            ),
            models.UniqueConstraint(fields=["seat"], name="release_seat_once"),
        )

    def __str__(self) -> str:
        return f"release {self.pk} to candidate {self.candidate_id}"


class ReleaseLook(models.Model):
    """That the count was read by a personal link, and when. Append-only; no machine's address."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="looks")
    looked_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"look {self.pk} by release {self.release_id}"
