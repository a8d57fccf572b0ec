"""The certificates of what was destroyed at the end of its time."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from members.models.rolls import Roll


class Destruction(models.Model):
    """That the personal data of one roll were destroyed: when, by whose order, how much.

    rows: for each table how many rows were emptied or deleted. The roll's totals and commitment
    stay; its salt is destroyed, so that no list can be tried against the commitment. A trigger
    refuses UPDATE and DELETE.
    """

    roll = models.OneToOneField(Roll, on_delete=models.PROTECT, related_name="destruction")
    due_on = models.DateField()
    destroyed_at = models.DateTimeField()
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    rows = models.JSONField()

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"destruction of {self.roll}"
