"""Two records that may be one person's: found by a search, decided by a person.

What follows from a decision stands on the members (Member.merged_into); a pair keeps the question,
the answer, and who gave it. The search itself is members.matching.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from members.models.people import Member


class Pair(models.Model):
    """Two members, in the order of their ids, and whether they are one person.

    score:       hundredths of a bit: the binary logarithm of the odds that they are one person.
    levels:      a digit for each of members.matching.FIELDS: how far the two agree in it.
    kept:        the record that was chosen to stand for both.
    is_implied:  nobody decided this pair; it follows from others (A is B, B is C).
    last_change: the newest change in the history when it was decided; what changed since, shows.
    returned_at: decided "not the same" once, it came back: the two have changed, and are liker now.
    """

    class State(models.TextChoices):
        OPEN = "open", "waiting for a decision"
        SAME = "same", "the same person"
        DIFFERENT = "different", "not the same person"

    first = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    second = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    score = models.IntegerField()
    levels = models.CharField(max_length=16)
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)
    kept = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    is_implied = models.BooleanField(default=False)
    reason = models.TextField(blank=True, default="")
    found_at = models.DateTimeField()
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)
    last_change = models.BigIntegerField(default=0)
    returned_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-score", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="pair_is_kept_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="pair_is_in_order"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(settled_at__isnull=False),
                name="pair_decided_has_its_time",
            ),
            models.CheckConstraint(
                condition=(Q(state="same") & (Q(kept=F("first")) | Q(kept=F("second"))
                                              | Q(is_implied=True)))
                | (~Q(state="same") & Q(kept__isnull=True, is_implied=False)),
                name="pair_merged_names_who_stands",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["state", "-score", "id"], name="pair_by_likelihood"),
            models.Index(fields=["state", "-settled_at", "-id"], name="pair_by_decision"),
        ]

    def __str__(self) -> str:
        return f"pair {self.pk}"


class PairSearch(models.Model):
    """One finished search: how far the list had got, what was compared, what was left out.

    up_to_member, up_to_change: the newest member and the newest change that it has seen; the next
    search looks at what is newer.
    """

    is_whole = models.BooleanField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    up_to_member = models.BigIntegerField()
    up_to_change = models.BigIntegerField()
    members_read = models.PositiveIntegerField()
    members_fresh = models.PositiveIntegerField()
    pairs_compared = models.PositiveBigIntegerField()
    pairs_found = models.PositiveIntegerField()
    skipped = models.JSONField(default=list)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "pair searches"

    def __str__(self) -> str:
        return f"search {self.pk}"
