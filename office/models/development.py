"""The letters of a development server: one row a mail, shown at /outbox/, sent nowhere."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class DevelopmentMail(models.Model):
    """A mail that a real server would have sent. Kept only where HUSTINGS_DEVELOPMENT is set."""

    message_id = models.CharField(max_length=255, blank=True, default="")
    sender = models.CharField(max_length=254)
    recipients: ArrayField[list[str], list[str]] = ArrayField(models.CharField(max_length=254))
    subject = models.CharField(max_length=998)
    headers = models.JSONField(default=dict)
    text = models.TextField()
    html = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"mail {self.pk}"
