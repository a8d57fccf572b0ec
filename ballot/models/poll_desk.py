"""What the poll's desk keeps: turnout as it was published, the daily sheets, the helpdesk's notes.

All of it is append-only. A snapshot of the turnout is what everybody is shown until the next one; a
daily sheet is the day's figures as they stood when the day was over.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from ballot.models.election import Election


class TurnoutSnapshot(models.Model):
    """The turnout of an election at one moment, as everybody sees it until the next.

    figures: as ballot.services.take_snapshot makes them; totals alone, and of small units none.
    """

    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="snapshots", db_index=False
    )
    taken_at = models.DateTimeField()
    figures = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["election", "taken_at"], name="snapshot_time_once"),
        )

    def __str__(self) -> str:
        return f"turnout at {self.taken_at:%Y-%m-%d %H:%M}"


class DailySheet(models.Model):
    """The figures of one day of the poll, by the election's own clocks, kept as they were told."""

    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="daily_sheets", db_index=False
    )
    day = models.DateField()
    made_at = models.DateTimeField()
    figures = models.JSONField()

    class Meta:
        ordering = ("day",)
        constraints = (
            models.UniqueConstraint(fields=["election", "day"], name="daily_sheet_once_a_day"),
        )

    def __str__(self) -> str:
        return f"sheet of {self.day}"


class HelpdeskNote(models.Model):
    """What an elector asked of the helpdesk, beyond a new link. No word of theirs is kept."""

    class Kind(models.TextChoices):
        PRINTED = "printed", "A printed letter is wanted"
        NO_LETTER = "no-letter", "No letter came"
        PAGE = "page", "The page could not be used"
        OTHER = "other", "Another complaint"

    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="helpdesk_notes"
    )
    roll_entry = models.ForeignKey(
        "members.RollEntry", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=["printed", "no-letter", "page", "other"]),
                name="helpdesk_note_kind_is_known",
            ),
        )

    def __str__(self) -> str:
        return f"note {self.pk}"
