"""Voting by post: tellers, outer envelopes, what came of them, and what tellers read.

An envelope names its elector, and a paper does not: nothing here leads from the one to the other.
What a teller read is sealed in their browser; a row holds the sealed bytes, or that they doubt it.
None but a teller's key is ever changed, and nothing removed.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ballot.models.credential import Credential
from ballot.models.election import Election


class Reason(models.TextChoices):
    """Why a paper is rejected in a contest (bundle §4.6)."""

    UNMARKED = "unmarked", "Unmarked"
    UNCERTAIN = "uncertain", "Void for uncertainty"
    IDENTIFIABLE = "identifiable", "The voter can be identified"
    NO_OFFICIAL_MARK = "no-official-mark", "No official mark"
    TWO_FIRST_PREFERENCES = "two-first-preferences", "More than one first preference"


class Teller(models.Model):
    """Somebody who reads postal papers: a member of staff, by the number that the board has.

    key: x-only, 32 bytes, of the code that their own browser made (sealing §6.9); null until then.
    """

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="tellers")
    person = models.ForeignKey("office.StaffMember", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(help_text="From 1.")
    name = models.CharField(max_length=120, help_text="As the board shows it.")
    key = models.BinaryField(null=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["election", "number"], name="teller_number_once"),
            models.UniqueConstraint(fields=["election", "person"], name="teller_person_once"),
            models.UniqueConstraint(fields=["election", "key"], name="teller_key_once"),
        )

    def __str__(self) -> str:
        return self.name


class Envelope(models.Model):
    """An outer envelope that was given to an elector; its barcode stands nowhere else."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="envelopes")
    roll_entry = models.ForeignKey("members.RollEntry", on_delete=models.PROTECT)
    barcode = models.CharField(max_length=21)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["election", "barcode"], name="envelope_barcode_once"),
        )

    def __str__(self) -> str:
        return f"envelope {self.pk}"


class EnvelopeReceipt(models.Model):
    """That an envelope came, and what came of it. credential: which it took out of use."""

    class Outcome(models.TextChoices):
        """What came of it."""

        RECEIVED = "received", "Received"
        REFUSED = "refused", "Refused: the elector has voted, or is not on the roll"
        LATE = "late", "Came after the close"

    envelope = models.OneToOneField(Envelope, on_delete=models.PROTECT, related_name="receipt")
    credential = models.OneToOneField(
        Credential, on_delete=models.PROTECT, null=True, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    came_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome="received", credential__isnull=False)
                | Q(outcome__in=["refused", "late"], credential__isnull=True),
                name="envelope_received_has_a_credential",
            ),
        )

    def __str__(self) -> str:
        return f"{self.outcome}: envelope {self.envelope_id}"


class PostalReading(models.Model):
    """What one teller made of a paper: sealed bytes with their signature, a doubt, or no paper.

    A paper is known by its section and number. turn: from 1, one more after each ruling.
    other: the teller with whom it is read; only the same bytes from both make it a ballot.
    """

    class Kind(models.TextChoices):
        """What it came to."""

        SEALED = "sealed", "Read and sealed"
        DOUBTFUL = "doubtful", "Doubtful"
        EMPTY = "empty", "No paper in the envelope"

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="readings")
    section = models.ForeignKey("members.Section", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(help_text="From 1, within the section.")
    turn = models.PositiveSmallIntegerField()
    teller = models.ForeignKey(Teller, on_delete=models.PROTECT, related_name="readings")
    other = models.ForeignKey(Teller, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    doubt = models.CharField(max_length=24, choices=Reason.choices, blank=True)
    wire = models.BinaryField(null=True)
    signature = models.BinaryField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["election", "section", "number", "turn", "teller"],
                name="reading_one_a_teller_and_turn",
            ),
            models.CheckConstraint(
                condition=~Q(teller=models.F("other")), name="reading_of_two_tellers"
            ),
            models.CheckConstraint(
                condition=Q(kind="sealed", wire__isnull=False, signature__isnull=False, doubt="")
                | Q(kind="doubtful", wire__isnull=True, signature__isnull=True)
                & ~Q(doubt="")
                | Q(kind="empty", wire__isnull=True, signature__isnull=True, doubt=""),
                name="reading_is_of_one_kind",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind}: paper {self.number}, turn {self.turn}"


class PostalRuling(models.Model):
    """What the returning officer decided, before the agents, of a paper that tellers read apart.

    turn: which it ends; the paper is then read again. rejected: from a contest's code to a Reason.
    agents: how many candidates' agents were there.
    """

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="rulings")
    section = models.ForeignKey("members.Section", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    turn = models.PositiveSmallIntegerField()
    rejected = models.JSONField(default=dict)
    agents = models.PositiveSmallIntegerField()
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["election", "section", "number", "turn"], name="ruling_one_a_turn"
            ),
        )

    def __str__(self) -> str:
        return f"ruling on paper {self.number}, turn {self.turn}"


class RefusedCast(models.Model):
    """That an online ballot came after its elector's envelope, and was refused; told once."""

    credential = models.OneToOneField(Credential, on_delete=models.PROTECT, related_name="+")
    refused_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"refused cast of credential {self.credential_id}"
