"""Nominations: who may nominate, whom they nominate, and how the officer ruled.

What a body handed in and what an officer ruled is never changed or deleted: a later row stands in
its place. How a body comes to its decision is no business of ours.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from ballot.models.election import Candidate, Contest, Election


class NominatingBody(models.Model):
    """Who may nominate: a member of parliament, a constituency party, an affiliate.

    `kind` and `mark` are the election's own words (“MP”, “CLP”; “union”). `members` is how many
    it stands for. `seat` is the SHA-256 of the secret in its secretary's link; null: no link.
    """

    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="nominating_bodies"
    )
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    members = models.PositiveIntegerField(default=1)
    mark = models.CharField(max_length=40, blank=True)
    secretary = models.CharField(max_length=120, blank=True)
    address = models.EmailField(blank=True)
    seat = models.BinaryField(null=True, blank=True)
    link_shown_at = models.DateTimeField(
        null=True, blank=True,
        help_text="When an officer was last shown the body's link, to hand it over.",
    )

    class Meta:
        ordering = ("kind", "name")
        constraints = (
            models.UniqueConstraint(
                fields=["election", "kind", "name"], name="nominating_body_once"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Nomination(models.Model):
    """Whom a body nominates in a contest, from `made_at` on; append-only.

    The row with the highest `number` stands, those before it are the history. No candidate: the
    body has taken its nomination back.
    """

    body = models.ForeignKey(NominatingBody, on_delete=models.PROTECT, related_name="nominations")
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="nominations")
    candidate = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, related_name="nominations", null=True, blank=True
    )
    number = models.PositiveIntegerField(help_text="From 1, of this body in this contest.")
    made_at = models.DateTimeField()
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True,
        related_name="+", help_text="The officer who typed it; null: it came by the body's link.",
    )

    class Meta:
        ordering = ("contest_id", "body_id", "number")
        constraints = (
            models.UniqueConstraint(
                fields=["body", "contest", "number"], name="nomination_number_once"
            ),
        )

    def __str__(self) -> str:
        return f"nomination {self.number} of {self.body_id} in contest {self.contest_id}"


class Ruling(models.Model):
    """The officer's ruling on a candidate's papers, or on one nomination; append-only.

    Of the rulings on one paper the newest stands. Whose papers are valid and `is_exempt` stands
    without the nominations that others need, as a party's rules may let whoever holds the post.
    """

    candidate = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, related_name="rulings", null=True, blank=True
    )
    nomination = models.ForeignKey(
        Nomination, on_delete=models.PROTECT, related_name="rulings", null=True, blank=True
    )
    is_valid = models.BooleanField()
    is_exempt = models.BooleanField(default=False)
    reason = models.TextField()
    ruled_at = models.DateTimeField()
    ruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(candidate__isnull=False, nomination__isnull=True)
                | Q(candidate__isnull=True, nomination__isnull=False),
                name="ruling_is_on_one_paper",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="ruling_has_a_reason"),
            models.CheckConstraint(
                condition=Q(is_exempt=False) | Q(is_valid=True, candidate__isnull=False),
                name="ruling_exempts_a_valid_candidate",
            ),
        )

    def __str__(self) -> str:
        return f"ruling {self.pk}"
