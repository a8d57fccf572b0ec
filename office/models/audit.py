"""The audit trail: who did what, to what, when. Rows are added and never changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class AuditRecord(models.Model):
    """One act. A trigger refuses UPDATE and DELETE (migration 0003).

    `parameters` carries no personal data: ids, counts, codes and dates only. `by` is empty for
    what the clock did (an expiry, a close at its hour).
    """

    at = models.DateTimeField()
    act = models.CharField(max_length=60)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=80)
    parameters = models.JSONField(default=dict)

    class Meta:
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=["subject_kind", "subject_id", "-id"], name="office_audit_subject"),
            models.Index(fields=["by", "-id"], name="office_audit_by"),
            models.Index(fields=["act", "-id"], name="office_audit_act"),
        )

    def __str__(self) -> str:
        return f"{self.act} {self.subject_kind} {self.subject_id}"
