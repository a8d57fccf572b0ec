"""Dry runs: what a version of the rules would do to the electorate, before anybody is judged by it.

A dry run keeps figures, and whom it would let in or out by the keys of their records; nothing
else changes. Once finished it stays as it is: a trigger refuses (migration dry_runs).
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from members.models.people import Member, Section, Unit
from members.models.rolls import EligibilityRules, Roll


class DryRun(models.Model):
    """One trial of rules over the list as it stood at one version.

    base_rules: the version they are compared with, over the same list; None: there is none.
    base_roll:  the frozen roll they are compared with; None: there is none.
    figures:    what came out, by section, unit and reason (members.services.dry_run_sets).
    verdicts_hash: as a roll's: the same list under the same rules gives the same.
    """

    rules = models.ForeignKey(EligibilityRules, on_delete=models.PROTECT, related_name="dry_runs")
    base_rules = models.ForeignKey(
        EligibilityRules, on_delete=models.PROTECT, null=True, related_name="+"
    )
    base_roll = models.ForeignKey(Roll, on_delete=models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    register_version = models.PositiveBigIntegerField(null=True)
    members_judged = models.PositiveIntegerField(default=0)
    electors = models.PositiveIntegerField(default=0)
    verdicts_hash = models.CharField(max_length=64, blank=True, default="")
    figures = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True)
                | Q(register_version__isnull=False) & ~Q(verdicts_hash=""),
                name="dry_run_finished_has_its_result",
            ),
        ]

    def __str__(self) -> str:
        return f"dry run {self.pk}"


class DryRunMove(models.Model):
    """One record whose vote would come or go, beside one of the two things compared with.

    was, becomes: rules of the two verdicts; was is blank of somebody not on the list then.
    still_votes:  the person votes before and after, under another of their records.
    """

    class Against(models.TextChoices):
        RULES = "rules", "the version before"
        ROLL = "roll", "the frozen roll"

    # A dry run writes its own moves alone, hundreds of thousands at once: no row is looked up.
    run = models.ForeignKey(
        DryRun, on_delete=models.CASCADE, related_name="moves", db_index=False, db_constraint=False
    )
    against = models.CharField(max_length=8, choices=Against.choices)
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    section = models.ForeignKey(
        Section, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    was = models.CharField(max_length=32, blank=True)
    becomes = models.CharField(max_length=32)
    still_votes = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "against", "member"], name="move_is_recorded_once"
            ),
        ]

    def __str__(self) -> str:
        return f"member {self.member_id} in dry run {self.run_id}"
