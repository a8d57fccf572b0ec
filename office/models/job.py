"""Work that takes longer than a page: a row in a state, with its progress."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Job(models.Model):
    """One piece of work. A worker claims it by conditional UPDATE; the row is the truth.

    `claim` is a random number given at each claim: a worker that was taken for dead finds that
    its claim no longer matches and writes nothing more.
    """

    class State(models.TextChoices):
        OPEN = "open", "waiting to start"
        CLAIMED = "claimed", "under way"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        STOPPED = "stopped", "stopped"

    kind = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=80)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    stage = models.CharField(max_length=200, blank=True, default="")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=40, blank=True, default="")
    error = models.TextField(blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    claim = models.BigIntegerField(null=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    opened_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    stage_started_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    woken_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "subject_kind", "subject_id"],
                condition=Q(state__in=["open", "claimed"]),
                name="office_one_job_under_way",
            ),
            models.CheckConstraint(
                condition=~Q(state="claimed")
                | (Q(claim__isnull=False) & Q(heartbeat_at__isnull=False)),
                name="office_claimed_job_has_a_claim",
            ),
        )
        indexes = (
            models.Index(
                fields=["id"], condition=Q(state__in=["open", "claimed"]), name="office_job_live"
            ),
            models.Index(fields=["subject_kind", "subject_id", "-id"], name="office_job_subject"),
        )

    def __str__(self) -> str:
        return f"job {self.pk}: {self.kind} {self.subject_id}"
