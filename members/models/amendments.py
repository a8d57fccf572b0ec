"""Amendments of a frozen roll: numbered without a gap, append-only, beside the roll's entries.

The roll as of amendment k is its frozen entries, and of each entry that an amendment up to k
names, what the last of them says: added or restored, it is on the roll; struck, it is not. The
database refuses a number out of order, and any change (migration amendments).
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from members.models.people import Contact, Member
from members.models.rolls import Roll, RollEntry


class Kind(models.TextChoices):
    ADD = "add", "Add to the roll"
    REMOVE = "remove", "Strike off the roll"
    CORRECT = "correct", "Correct name or address"


class Reason(models.TextChoices):
    """Why a roll is amended; published with each amendment."""

    LEFT_OUT = "left-out", "Wrongly left out"
    REINSTATED = "reinstated", "Reinstated"
    EXCLUDED = "excluded", "Suspended, excluded or expelled"
    DIED = "died", "Died"
    RESIGNED = "resigned", "Resigned"
    DUPLICATE = "duplicate", "On the roll twice"
    NOT_ENTITLED = "not-entitled", "Found not to be entitled"
    COURT_ORDER = "court-order", "By order of a court"
    CONTACT = "contact", "Name or address was wrong"


REASONS: dict[Kind, tuple[Reason, ...]] = {
    Kind.ADD: (Reason.LEFT_OUT, Reason.REINSTATED, Reason.COURT_ORDER),
    Kind.REMOVE: (
        Reason.EXCLUDED, Reason.DIED, Reason.RESIGNED, Reason.DUPLICATE, Reason.NOT_ENTITLED,
        Reason.COURT_ORDER,
    ),
    Kind.CORRECT: (Reason.CONTACT,),
}


class BulkAmendment(models.Model):
    """A set of members to be added or struck off by written decision, fixed before it is approved.

    digest: hash of the set (members.mapping); what the second officer approves is this set.
    """

    roll = models.ForeignKey(Roll, on_delete=models.PROTECT, related_name="bulk_amendments")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.CharField(max_length=16, choices=Reason.choices)
    grounds = models.TextField()
    people = models.PositiveIntegerField()
    digest = models.BinaryField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"set {self.pk} of {self.people}"


class BulkLine(models.Model):
    """One member of a set."""

    bulk = models.ForeignKey(
        BulkAmendment, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, db_index=False, related_name="+", db_constraint=False
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bulk", "member"], name="bulk_names_a_member_once"),
        ]

    def __str__(self) -> str:
        return f"line {self.pk} of set {self.bulk_id}"


class BulkRefused(models.Model):
    """A line of the list that was handed in which is not in the set, and why."""

    bulk = models.ForeignKey(
        BulkAmendment, on_delete=models.PROTECT, related_name="refused"
    )
    line = models.PositiveIntegerField()
    number = models.CharField(max_length=64)
    why = models.CharField(max_length=16)

    class Meta:
        ordering = ("line",)

    def __str__(self) -> str:
        return f"line {self.line} of set {self.bulk_id}: {self.why}"


class Amendment(models.Model):
    """One amendment: of one person, or of a whole set by written decision.

    number:     1, 2, 3… of each roll.
    grounds:    the decision in words; kept with the roll and not published.
    commitment: chained from the last one, or from the roll's own (docs/import-format.md §8).
    """

    roll = models.ForeignKey(Roll, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.CharField(max_length=16, choices=Reason.choices)
    grounds = models.TextField()
    bulk = models.OneToOneField(
        BulkAmendment, on_delete=models.PROTECT, null=True, related_name="amendment"
    )
    commitment = models.BinaryField(default=b"")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("roll", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["roll", "number"], name="amendment_number_once"),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values) & Q(reason__in=Reason.values),
                name="amendment_kind_and_reason_are_known",
            ),
        ]

    def __str__(self) -> str:
        return f"amendment {self.number}"


class AmendedEntry(Contact):
    """What one amendment did to one entry, with name and address as the roll has them since."""

    class Change(models.TextChoices):
        ADDED = "added", "added"
        RESTORED = "restored", "restored"
        STRUCK = "struck", "struck off"
        CORRECTED = "corrected", "corrected"

    amendment = models.ForeignKey(
        Amendment, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    entry = models.ForeignKey(RollEntry, on_delete=models.PROTECT, related_name="amended")
    change = models.CharField(max_length=10, choices=Change.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["amendment", "entry"], name="amendment_names_an_entry_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.change} by amendment {self.amendment_id}"
