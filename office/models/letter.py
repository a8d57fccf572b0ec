"""The outbox: letters to be handed to the mail server, once each.

No body and no address is kept here. A letter names its recipient by a key; the registered
renderer of its purpose finds the address and writes the words when it is sent.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q


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


class PrintBatch(models.Model):
    """Letters of one dispatch that two officers have set for printing, in numbered places.

    No file of it is kept: whoever takes one has it made from the letters, whose codes rest
    encrypted until the batch is handed over, and are erased then.
    """

    dispatch = models.ForeignKey(Dispatch, on_delete=models.PROTECT, related_name="print_batches")
    size = models.PositiveIntegerField()
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ordered_at = models.DateTimeField()
    handed_over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    handed_over_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(ordered_by=F("seconded_by")), name="office_print_batch_by_two"
            ),
            models.CheckConstraint(
                condition=Q(handed_over_at__isnull=True, handed_over_by__isnull=True)
                | Q(handed_over_at__isnull=False, handed_over_by__isnull=False),
                name="office_print_batch_handed_over_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"batch {self.pk}"


class Letter(models.Model):
    """One letter to one recipient, handed over at most once.

    waiting → claimed (a sender has it) → handed_over; or → held, when nobody can know whether
    the mail server took it, or it refused it: a person decides. One without an address is held
    too, as is one that is to go by post from the first, and there is nothing to decide: it waits
    to be printed (`print_batch`, and its place there).
    `handing_over` is set, and committed, just before the letter goes to the mail server: a
    claimed letter without it was certainly not sent. `enclosure` is the encrypted code, erased
    in the statement that marks the letter as handed over. `claimed_at` is there while the letter
    is claimed and at no other time: the hour of the notice of a cast is the cast's. `delivery` is
    what a mail provider said of it afterwards, `delivery_at` the day on which it came back, if it
    did, and `return_settled` that somebody dealt with that.
    """

    NO_ADDRESS: Final = "no-address"
    BY_POST: Final = "by-post"
    FOR_PAPER: Final = (NO_ADDRESS, BY_POST)
    NOT_TAKEN: Final = ("refused", "put-off")

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        CLAIMED = "claimed", "being sent"
        HANDED_OVER = "handed_over", "handed to the mail server"
        HELD = "held", "held for a person"
        CANCELLED = "cancelled", "cancelled"

    class Delivery(models.TextChoices):
        """What the mail provider said of it since; each overrules those before it."""

        UNKNOWN = "", "nothing was heard"
        DEFERRED = "deferred", "put off by the recipient’s mail server"
        DELIVERED = "delivered", "delivered"
        BOUNCED = "bounced", "came back"
        COMPLAINED = "complained", "marked as spam by its recipient"

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
    print_batch = models.ForeignKey(
        PrintBatch, on_delete=models.PROTECT, null=True, related_name="letters", db_index=False
    )
    print_place = models.PositiveIntegerField(null=True)
    delivery = models.CharField(
        max_length=10, choices=Delivery.choices, blank=True, db_default=Delivery.UNKNOWN
    )
    delivery_at = models.DateTimeField(null=True)
    return_settled = models.BooleanField(db_default=False)

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
                condition=Q(state="claimed", claim__isnull=False, claimed_at__isnull=False)
                | (~Q(state="claimed") & Q(claimed_at__isnull=True)),
                name="office_claimed_letter_alone_has_an_hour",
            ),
            models.CheckConstraint(
                condition=Q(print_batch__isnull=True, print_place__isnull=True)
                | Q(print_batch__isnull=False, print_place__isnull=False),
                name="office_printed_letter_has_a_place",
            ),
        )
        indexes = (
            models.Index(
                fields=["dispatch", "id"],
                condition=Q(delivery__in=["bounced", "complained"]),
                name="office_letter_came_back",
            ),
            models.Index(
                fields=["print_batch", "print_place"],
                condition=Q(print_batch__isnull=False),
                name="office_letter_printed",
            ),
            models.Index(
                "dispatch",
                models.F("not_before").asc(nulls_first=True),
                "tranche",
                "id",
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
        """Whether it goes by e-mail, and there is an address to send it to."""
        return self.held_because not in self.FOR_PAPER

    @property
    def was_not_taken(self) -> bool:
        """Whether it is held because the mail server answered that it does not take it."""
        return self.state == self.State.HELD and self.held_because in self.NOT_TAKEN


class DomainPace(models.Model):
    """How many letters went to one domain of addresses within a minute, whoever sent them.

    put_off_to, and how many letters there: the last minute to which some were put off.
    """

    domain = models.CharField(max_length=253, primary_key=True)
    minute = models.DateTimeField()
    letters = models.PositiveIntegerField()
    put_off_to = models.DateTimeField(null=True)
    put_off_letters = models.PositiveIntegerField(db_default=0)

    def __str__(self) -> str:
        return self.domain
