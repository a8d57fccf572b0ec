"""The reminders that were sent: each of the notice's once."""

from __future__ import annotations

from django.db import models

from ballot.models.election import Election


class Reminder(models.Model):
    """One reminder, queued for everybody who had not voted then.

    number: 1 or 2, in the order of the notice; it is the attempt of its letters, too.
    """

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="reminders")
    number = models.PositiveSmallIntegerField()
    queued_at = models.DateTimeField()
    letters = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["election", "number"], name="reminder_is_sent_once"),
        )

    def __str__(self) -> str:
        return f"reminder {self.number}"
