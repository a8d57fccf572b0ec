"""Rules, and the rolls frozen under them.

Rules are never changed, only followed by a next version. Entries, verdicts and totals of a
roll are never changed or deleted: the database refuses it (migration append_only). Their
references are checked once a statement (see members.models.people).
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from members.models.people import Contact, Member, Section, Unit


class EligibilityRules(models.Model):
    """One version of the rules for a contest's electorate; body is read by the core."""

    name = models.CharField(max_length=100)
    version = models.PositiveIntegerField()
    body = models.JSONField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    written_at = models.DateTimeField()

    class Meta:
        ordering = ("name", "-version")
        verbose_name_plural = "eligibility rules"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "version"], name="rules_version_is_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"


class Roll(models.Model):
    """A frozen roll: who may vote in one election, as it stood at one moment.

    name is that of its rules; withdrawn and frozen again it has the next version.
    commitment: hash of all entries and the salt (members.mapping); only the hash is public.
    verdicts_hash: hash of every record and the rule of its verdict; blank on rolls frozen
    before it was kept. It stays within the office.
    """

    class State(models.TextChoices):
        FROZEN = "frozen", "frozen"
        WITHDRAWN = "withdrawn", "withdrawn"

    public_id = models.UUIDField(default=uuid.uuid4)
    name = models.CharField(max_length=100)
    version = models.PositiveIntegerField()
    rules = models.ForeignKey(EligibilityRules, on_delete=models.PROTECT, related_name="rolls")
    state = models.CharField(max_length=16, choices=State.choices, default=State.FROZEN)
    register_version = models.PositiveBigIntegerField()
    electors = models.PositiveIntegerField()
    members_judged = models.PositiveIntegerField()
    salt = models.BinaryField()
    commitment = models.BinaryField()
    verdicts_hash = models.CharField(max_length=64, blank=True, default="")
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    frozen_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.TextField(blank=True)
    destroy_on = models.DateField(null=True, blank=True)
    destroy_ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    destroy_seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ("name", "-version")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["public_id"], name="roll_public_id_is_unique"),
            models.UniqueConstraint(fields=["name", "version"], name="roll_version_is_unique"),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | Q(state="frozen", withdrawn_at__isnull=True),
                name="roll_withdrawal_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(destroy_on__isnull=True)
                | Q(destroy_ordered_by__isnull=False, destroy_seconded_by__isnull=False)
                & ~Q(destroy_ordered_by=models.F("destroy_seconded_by")),
                name="roll_destruction_is_ordered_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, roll {self.version}"


class RollTotal(models.Model):
    """How many people of one section and unit had one verdict: what may be published."""

    roll = models.ForeignKey(
        Roll, on_delete=models.PROTECT, related_name="totals", db_index=False
    )
    section = models.ForeignKey(Section, on_delete=models.PROTECT, db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, db_index=False)
    rule = models.CharField(max_length=32)
    people = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["roll", "section", "unit", "rule"],
                nulls_distinct=False,
                name="total_is_given_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.people} {self.rule}"


class RollEntry(Contact):
    """One elector on one roll, with name and address as they stood at the freeze.

    public_id is the pseudonym on the board; it is drawn at random and says nothing. After the
    roll's destruction the pseudonym is all that an entry holds, and member is empty.
    """

    roll = models.ForeignKey(
        Roll, on_delete=models.PROTECT, related_name="entries", db_index=False, db_constraint=False
    )
    public_id = models.UUIDField(default=uuid.uuid4)
    member = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        related_name="roll_entries",
        db_index=False,
        db_constraint=False,
    )
    section = models.ForeignKey(
        Section, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False
    )

    class Meta:
        verbose_name_plural = "roll entries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["roll", "member"], name="elector_is_entered_once"),
            models.UniqueConstraint(fields=["public_id"], name="entry_public_id_is_unique"),
        ]

    def __str__(self) -> str:
        return f"entry {self.public_id}"


class Verdict(models.Model):
    """The decision on one member for one roll: the rule that decided, the facts it used.

    A fact that the rules did not ask about is not kept. section and unit are kept always,
    because the totals are made of them.

    entered_as: the person's other record, under which they are on this roll, if there is one.
    """

    pk = models.CompositePrimaryKey("roll_id", "member_id")
    roll = models.ForeignKey(
        Roll, on_delete=models.PROTECT, related_name="verdicts", db_index=False, db_constraint=False
    )
    member = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        related_name="verdicts",
        db_index=False,
        db_constraint=False,
    )
    rule = models.CharField(max_length=32)
    is_listed = models.BooleanField()
    section = models.ForeignKey(
        Section, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False
    )
    standing = models.CharField(max_length=16, blank=True)
    joined_on = models.DateField(null=True)
    paid_until = models.DateField(null=True)
    levy_confirmed = models.BooleanField(null=True)
    date_of_birth = models.DateField(null=True)
    entered_as = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    def __str__(self) -> str:
        return f"{self.rule} for {self.member_id} on {self.roll_id}"
