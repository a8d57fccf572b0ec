"""Where lists come from, and how each source's files are read."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class ImportSource(models.Model):
    """Another membership system whose files are sent in, by the name people here give it."""

    name = models.CharField(max_length=80)
    key = models.CharField(max_length=80, unique=True)
    """The name without case and signs: one system has one name."""

    def __str__(self) -> str:
        return self.name


class SavedMapping(models.Model):
    """How the files of a source are read: a version, never changed once it is saved."""

    source = models.ForeignKey(
        ImportSource, on_delete=models.PROTECT, related_name="mappings", db_index=False
    )
    version = models.PositiveIntegerField()
    body = models.JSONField()
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "version"], name="mapping_has_one_version"),
        ]

    def __str__(self) -> str:
        return f"{self.source.name}, version {self.version}"
