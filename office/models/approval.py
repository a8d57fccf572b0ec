"""A proposal of one officer that takes another to carry it out."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Approval(models.Model):
    """One act, proposed by one person, waiting for or decided by another.

    What was proposed never changes, a decision is final, and no row is deleted: a trigger
    refuses the rest (migration 0003). Approving and carrying out are one transaction, so there
    is no state between them.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting for a second officer"
        CARRIED_OUT = "carried_out", "approved and carried out"
        REFUSED = "refused", "refused"
        WITHDRAWN = "withdrawn", "withdrawn"
        EXPIRED = "expired", "expired"

    act = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=80)
    parameters = models.JSONField(default=dict)
    sentence = models.TextField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposals"
    )
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="decisions"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["act", "subject_kind", "subject_id"],
                condition=Q(state="waiting"),
                name="office_one_waiting_approval",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["carried_out", "refused"])
                | (Q(decided_by__isnull=False) & ~Q(decided_by=models.F("proposed_by"))),
                name="office_approved_by_another",
            ),
            models.CheckConstraint(
                condition=(Q(state="waiting") & Q(decided_at__isnull=True))
                | (~Q(state="waiting") & Q(decided_at__isnull=False)),
                name="office_approval_decided_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(decided_by=models.F("proposed_by")),
                name="office_withdrawn_by_its_proposer",
            ),
        )

    def __str__(self) -> str:
        return f"{self.act} {self.subject_kind} {self.subject_id}: {self.state}"

    @property
    def subject(self) -> tuple[str, str]:
        """What it is about: a kind and an id."""
        return self.subject_kind, self.subject_id
