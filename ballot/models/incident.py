"""The incidents book: what went wrong with an election, and what was done about it. Append-only.

Nothing in it is changed. What is learnt later, what was done and what the returning officer judges
are further entries of the same incident; of a number kept from voting and of a judgement the last
one given stands.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from ballot.models.election import Election


class IncidentKind(models.TextChoices):
    """What an incident is of. The first two come into the book by themselves."""

    NOT_ME = "not-me", "“This was not me”"
    DID_NOT_VOTE = "did-not-vote", "“I did not vote”"
    SERVICE = "service", "The pages could not be reached, or were slow"
    LETTERS = "letters", "Letters were late, wrong or not delivered"
    PAPER = "paper", "A mistake on the paper or in the notice"
    ROLL = "roll", "Somebody wrongly on the roll, or left out"
    CONDUCT = "conduct", "Conduct of a campaign, of staff or of an elector"
    SECURITY = "security", "An attempt to get at codes, ballots or the server"
    OTHER = "other", "Something else"


FROM_ELECTORS = (IncidentKind.NOT_ME, IncidentKind.DID_NOT_VOTE)


class Incident(models.Model):
    """One incident, numbered from 1 within its election.

    found_by:   a place or an office, in words that may be published.
    roll_entry: of an elector's own word, whose it is; never published.
    """

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="incidents")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=IncidentKind.choices)
    happened_at = models.DateTimeField()
    found_by = models.CharField(max_length=120)
    roll_entry = models.ForeignKey(
        "members.RollEntry", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["election", "number"], name="incident_number_once"),
            models.UniqueConstraint(
                fields=["election", "kind", "roll_entry"], name="incident_once_an_elector"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=IncidentKind.values), name="incident_kind_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"incident {self.number}"


class IncidentEntry(models.Model):
    """One entry about an incident, numbered from 1 within it.

    said:             what happened; of a judgement, the grounds.
    done:             what was done about it; empty where nothing new was.
    kept_from_voting: how many electors it kept from voting; null: the entry says nothing of it.
    is_material:      the judgement; null: the entry is none.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    said = models.TextField()
    done = models.TextField(blank=True)
    kept_from_voting = models.PositiveIntegerField(null=True)
    is_material = models.BooleanField(null=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    written_at = models.DateTimeField()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(
                fields=["incident", "number"], name="incident_entry_number_once"
            ),
            models.CheckConstraint(
                condition=~Q(said=""), name="incident_entry_says_something"
            ),
        )

    def __str__(self) -> str:
        return f"entry {self.number} of {self.incident}"
