"""What was imported: the file, who sent it and when, what it would change, what was refused.

The rows of a file rest in an unlogged table of their own (members.services.staging) until the
import is applied or discarded; the file's bytes rest in pieces here, and go at the same time.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class ImportBatch(models.Model):
    """One file that was sent in."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "waiting to be read"
        READING = "reading", "being read"
        PREVIEWED = "previewed", "ready to be looked at"
        APPLYING = "applying", "being applied"
        APPLIED = "applied", "applied"
        DISCARDED = "discarded", "discarded"
        FAILED = "failed", "could not be read"

    class Scope(models.TextChoices):
        WHOLE = "whole", "The whole membership list"
        SECTION = "section", "The whole list of one section"
        PART = "part", "Only some people"

    state = models.CharField(max_length=16, choices=State.choices, default=State.UPLOADED)
    scope = models.CharField(max_length=16, choices=Scope.choices)
    section = models.ForeignKey(
        "members.Section", on_delete=models.PROTECT, null=True, blank=True, db_index=False
    )
    file_name = models.CharField(max_length=255)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField()
    previewed_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    applied_at = models.DateTimeField(null=True, blank=True)
    register_version = models.PositiveBigIntegerField(null=True, blank=True)
    rows_read = models.PositiveIntegerField(default=0)
    rows_new = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    members_gone = models.PositiveIntegerField(default=0)
    columns_dropped = models.JSONField(default=list)
    units_new = models.JSONField(default=list)
    samples = models.JSONField(default=dict)
    failure = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(scope="section", section__isnull=False)
                | Q(~Q(scope="section"), section__isnull=True),
                name="import_names_its_section",
            ),
            models.CheckConstraint(
                condition=Q(
                    rows_read=models.F("rows_new")
                    + models.F("rows_changed")
                    + models.F("rows_unchanged")
                    + models.F("rows_refused")
                )
                | Q(state__in=["uploaded", "reading", "failed", "discarded"]),
                name="import_rows_add_up",
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"


class ImportPiece(models.Model):
    """A piece of an uploaded file, so that any worker can read it, and go on after a fall."""

    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, related_name="pieces", db_index=False
    )
    place = models.PositiveIntegerField()
    body = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "place"], name="piece_has_one_place"),
        ]

    def __str__(self) -> str:
        return f"piece {self.place} of {self.batch_id}"


class RefusedRow(models.Model):
    """One refused cell of one row: the words for the trouble are members.rollfile's."""

    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, related_name="refusals", db_index=False
    )
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=32, blank=True)
    value = models.CharField(max_length=80, blank=True)
    trouble = models.CharField(max_length=32)
    number_key = models.CharField(max_length=32, blank=True, db_collation="C")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch", "line", "column"], name="refusal_names_a_cell_once"
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.line} of {self.batch_id}"
