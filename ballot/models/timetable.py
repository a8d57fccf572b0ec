"""The dates of an election's timetable, beside those that are fields of the election itself."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ballot.models.election import Election


class Dated(models.TextChoices):
    """A step that the notice may date, in the order in which they come.

    Where the election's own hours stand among them, ballot/timetable.py says.
    """

    NOTICE = "notice", "Notice of poll"
    NOMINATIONS_OPEN = "nominations-open", "Nominations open"
    CANDIDATES = "candidates", "Statement of persons nominated"
    FREEZE = "freeze", "The roll is frozen"
    DISPATCH = "dispatch", "All voting codes are sent"
    REISSUE_AT_DESK = "reissue-at-desk", "Last hour to ask the office for a new link"
    REISSUE_BY_PAGE = "reissue-by-page", "Last hour to ask for a new link on the page"
    COUNT = "count", "The votes are counted"
    DECLARATION = "declaration", "The result is declared"


class PlannedDate(models.Model):
    """When a step is to come. Once the notice is out none is taken away or moved to an earlier
    hour: a trigger refuses it (migration 0015)."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="planned")
    step = models.CharField(max_length=20, choices=Dated.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["election", "step"], name="planned_date_once"),
            models.CheckConstraint(
                condition=Q(step__in=Dated.values), name="planned_step_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.step} {self.at.isoformat()}"
