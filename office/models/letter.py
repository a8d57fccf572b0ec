"""The outbox: letters to be handed to the mail server, once each.

No body and no address is kept here. A letter names its recipient by a key; the registered
renderer of its purpose finds the address and writes the words when it is sent.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Dispatch(models.Model):
    """The letters of one purpose about one reference (an election, say).

    Only a dispatch that is `sending` is sent, tranche by tranche up to `released_tranche`. One
    that is `at_once` (answers, notices: a letter now and then) is swept up by the beat; the
    others are large, and each release of theirs is a job with progress.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", "prepared, nothing sent yet"
        SENDING = "sending", "sending"
        PAUSED = "paused", "paused"
        CANCELLED = "cancelled", "cancelled"

    purpose = models.CharField(max_length=60)
    reference = models.UUIDField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.PREPARED)
    tranche_size = models.PositiveIntegerField(default=10_000)
    released_tranche = models.PositiveIntegerField(default=0)
    letters_a_minute = models.PositiveIntegerField(null=True)
    at_once = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["purpose", "reference"], name="office_one_dispatch_per_purpose"
            ),
        )

    def __str__(self) -> str:
        return f"{self.purpose} {self.reference}"


class Letter(models.Model):
    """One letter to one recipient, handed over at most once.

    waiting → claimed (a sender has it) → handed_over; or → held, when nobody can know whether
    the mail server took it, or it refused it: a person decides. One without an address is held
    too, and there is nothing to decide: it waits for another way to reach its recipient.
    `handing_over` is set, and committed, just before the letter goes to the mail server: a
    claimed letter without it was certainly not sent. `enclosure` is the encrypted code, erased
    in the statement that marks the letter as handed over.
    """

    NO_ADDRESS = "no-address"

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        CLAIMED = "claimed", "being sent"
        HANDED_OVER = "handed_over", "handed to the mail server"
        HELD = "held", "held for a person"
        CANCELLED = "cancelled", "cancelled"

    dispatch = models.ForeignKey(
        Dispatch, on_delete=models.PROTECT, related_name="letters", db_index=False
    )
    purpose = models.CharField(max_length=60)
    recipient = models.CharField(max_length=80)
    attempt = models.PositiveSmallIntegerField(db_default=1)
    tranche = models.PositiveIntegerField(db_default=1)
    state = models.CharField(max_length=11, choices=State.choices, db_default=State.WAITING)
    enclosure = models.BinaryField(null=True)
    claim = models.BigIntegerField(null=True)
    claimed_at = models.DateTimeField(null=True)
    handing_over = models.BooleanField(db_default=False)
    not_before = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(db_default=0)
    held_because = models.CharField(max_length=40, blank=True, db_default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["purpose", "recipient", "attempt"], name="office_one_letter_per_attempt"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["handed_over", "cancelled"]) | Q(enclosure__isnull=True),
                name="office_enclosure_erased",
            ),
            models.CheckConstraint(
                condition=~Q(state="claimed")
                | (Q(claim__isnull=False) & Q(claimed_at__isnull=False)),
                name="office_claimed_letter_has_a_claim",
            ),
        )
        indexes = (
            models.Index(
                fields=["dispatch", "tranche", "id"],
                condition=Q(state="waiting"),
                name="office_letter_waiting",
            ),
            models.Index(
                fields=["dispatch", "id"],
                condition=Q(state__in=["claimed", "held"]),
                name="office_letter_in_doubt",
            ),
        )

    def __str__(self) -> str:
        return f"letter {self.pk}: {self.purpose}"

    @property
    def can_be_sent(self) -> bool:
        """Whether there is an address to send it to."""
        return self.held_because != self.NO_ADDRESS
