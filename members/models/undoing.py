"""What an import can be undone by, and whom an undo took out."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from members.models.imports import ImportBatch


class MemberReference(models.Model):
    """A column that refers to members: nobody is deleted to whom a row of it refers.

    Read by the trigger members_member_deleted and by the undoing of an import. A migration that
    makes such a column adds its row here; a test compares the rows with the models.

    kind:  what becomes of somebody whom an undone import had added, and to whom a row refers.
    words: what stands there, for the person who is told what an undo would break.
    """

    class Kind(models.TextChoices):
        ACT = "act", "in the way of the undoing, which is refused"
        RECORD = "record", "a record of what was: they stay, as no longer listed"
        DERIVED = "derived", "made from their data, and goes with them"

    table = models.CharField(max_length=63)
    column = models.CharField(max_length=63)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.ACT)
    words = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["table", "column"], name="member_reference_is_named"),
        ]

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


class UndoneMember(models.Model):
    """Somebody whom the undoing of an import deleted: the record that they were ever on the list.

    Written by the trigger that lets them go (migration undone_members_are_recorded), so that nobody
    is deleted without it. A trigger refuses UPDATE and DELETE.

    member_key: their row's id, which no other row will have.
    at:         PostgreSQL's clock, not what the transaction said of itself.
    by:         whom the transaction named; empty where it named nobody.
    """

    member_key = models.BigIntegerField()
    number = models.CharField(max_length=32)
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, related_name="undone_members"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"member {self.member_key}, taken out with import {self.batch_id}"
