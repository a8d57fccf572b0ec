"""Every change of a member: who, when, from, to, and through which act.

Written by a trigger on the members' table (migration history_kept), once a statement and as a
set, so that no path changes a member without a record: not a page, not an import, not somebody
with a database client. The service says beforehand who acts and why (services.history); where
nobody said so, the source is "database", and the reports show it. Rows are never changed.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from members.models.imports import ImportBatch
from members.models.people import Member


class Change(models.Model):
    """What one act changed of one member: before and after hold the changed columns alone.

    Keys are the names of members_member's columns (section_id, unit_id, is_listed), values
    those that PostgreSQL's to_jsonb gives (dates as "2016-01-12"). A trigger refuses UPDATE
    and DELETE.
    """

    class Source(models.TextChoices):
        IMPORT = "import", "an import"
        UNDO = "undo", "an import undone"
        EDIT = "edit", "a correction at the desk"
        REQUEST = "request", "a correction the member asked for"
        MERGE = "merge", "the duplicates queue"
        DECISION = "decision", "a standing decision"
        DESTRUCTION = "destruction", "destruction at the end of retention"
        DATABASE = "database", "the database itself, by no act of this program"

    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="changes", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    at = models.DateTimeField()
    source = models.CharField(max_length=16, choices=Source.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, db_index=False,
        related_name="+",
    )  # fmt: skip
    seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, db_index=False,
        related_name="+",
    )
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, related_name="changes", db_index=False
    )
    reason = models.TextField(blank=True, default="")
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(fields=["member", "id"], name="change_by_member"),
            models.Index(fields=["at"], name="change_by_time"),
            models.Index(
                fields=["by", "id"], condition=models.Q(by__isnull=False), name="change_by_actor"
            ),
            models.Index(
                fields=["batch"], condition=models.Q(batch__isnull=False), name="change_by_import"
            ),
        ]

    def __str__(self) -> str:
        return f"change {self.pk} of member {self.member_id}"
