"""Standing decisions, and the appeals against them.

A decision is proposed by one person with a reason and an evidence note, and takes effect when
another approves it (office.services.approvals). What was proposed never changes, and a decision
is made once; the database refuses the rest (migration decisions). The evidence stays at the
desk: no letter, no log and no page of the public carries it.

While a decision stands, what an import says of the member's standing is no news: KeptStanding
is the table that the comparing of imports looks into.
"""

from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from members.models.people import Member, Section, Standing


class Kind(models.TextChoices):
    """What is decided."""

    SUSPENSION = "suspension", "suspension"
    EXCLUSION = "exclusion", "exclusion from the ballot"
    EXPULSION = "expulsion", "expulsion"
    RESIGNATION = "resignation", "resignation"
    DEATH = "death", "death"
    ARREARS = "arrears", "arrears"
    REINSTATEMENT = "reinstatement", "reinstatement"


class Reason(models.TextChoices):
    """Why, in the words that the member is sent and the public totals print."""

    OTHER_PARTY = "other-party", "supports or stands for another party"
    ABUSE = "abuse", "abuse of another person"
    CONDUCT = "conduct", "conduct that is being inquired into"
    NOT_ON_REGISTER = "not-on-register", "not found on the electoral register"
    FALSE_DETAILS = "false-details", "joined under details that are not true"
    PAYMENT_RETURNED = "payment-returned", "the payment for joining was returned"
    ARREARS = "arrears", "in arrears after the time of grace"
    RESIGNED = "resigned", "resigned"
    DEATH_NOTIFIED = "death-notified", "a death was notified"
    INQUIRY_ENDED = "inquiry-ended", "the inquiry ended without a finding"
    MADE_IN_ERROR = "made-in-error", "the earlier decision was made in error"
    ARREARS_PAID = "arrears-paid", "the arrears were paid"


# The standing that each decision gives. A reinstatement gives back what was there before.
STANDING_BY_KIND: Final[dict[str, Standing]] = {
    Kind.SUSPENSION: Standing.SUSPENDED,
    Kind.EXCLUSION: Standing.EXCLUDED,
    Kind.EXPULSION: Standing.EXCLUDED,
    Kind.RESIGNATION: Standing.RESIGNED,
    Kind.DEATH: Standing.DECEASED,
    Kind.ARREARS: Standing.ARREARS,
}

_OF_CONDUCT: Final = (Reason.OTHER_PARTY, Reason.ABUSE, Reason.CONDUCT, Reason.FALSE_DETAILS)

REASONS_BY_KIND: Final[dict[str, tuple[Reason, ...]]] = {
    Kind.SUSPENSION: _OF_CONDUCT,
    Kind.EXCLUSION: (*_OF_CONDUCT, Reason.NOT_ON_REGISTER, Reason.PAYMENT_RETURNED),
    Kind.EXPULSION: _OF_CONDUCT,
    Kind.RESIGNATION: (Reason.RESIGNED,),
    Kind.DEATH: (Reason.DEATH_NOTIFIED,),
    Kind.ARREARS: (Reason.ARREARS, Reason.PAYMENT_RETURNED),
    Kind.REINSTATEMENT: (Reason.INQUIRY_ENDED, Reason.MADE_IN_ERROR, Reason.ARREARS_PAID),
}

APPEAL_DAYS: Final = 14
"""How long an appeal may be lodged where the proposer says nothing else."""

LONGEST_APPEAL_DAYS: Final = 90


class Decision(models.Model):
    """One decision on one person's standing, from its proposal on.

    member:       the record that stands for the person; others merged into it follow it.
    evidence:     what the proposer relies on. It is kept at the desk and goes nowhere.
    follows:      the decision that stood when this one was made, and stands again where this
                  one is overturned on appeal.
    appeal_until: the moment before which an appeal must be lodged; set when it is approved.
    ended_at:     when it ceased to stand: lifted, overturned, or followed by another.
    notice:       how the member is told, settled when it is approved.
    """

    class Notice(models.TextChoices):
        NONE = "none", "nobody is told"
        EMAIL = "email", "by e-mail"
        POST = "post", "by post"

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    reason = models.CharField(max_length=20, choices=Reason.choices)
    evidence = models.TextField()
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="+")
    appeal_days = models.PositiveSmallIntegerField(default=APPEAL_DAYS)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    appeal_until = models.DateTimeField(null=True)
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    notice = models.CharField(max_length=8, choices=Notice.choices, default=Notice.NONE)

    class Meta:
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="decision_kind_known"),
            models.CheckConstraint(
                condition=Q(reason__in=Reason.values), name="decision_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, approved_by__isnull=True)
                | Q(decided_at__isnull=False, approved_by__isnull=False),
                name="decision_is_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(approved_by=F("proposed_by")), name="decision_takes_two"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(decided_at__isnull=False),
                name="decision_ends_after_it_began",
            ),
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(decided_at__isnull=False, ended_at__isnull=True)
                & ~Q(kind=Kind.REINSTATEMENT),
                name="one_decision_stands",
            ),
        ]

    def __str__(self) -> str:
        return f"decision {self.pk}"

    @property
    def may_be_appealed(self) -> bool:
        """Whether it is of a kind against which there is an appeal."""
        return self.kind != Kind.REINSTATEMENT


class KeptStanding(models.Model):
    """A standing that a decision gave, kept against what imports say of it.

    before:  the standing that a reinstatement gives back.
    against: blank while a decision stands, and every other standing in an import is no news;
             after a reinstatement the standing that was lifted, which alone is no news then.
    """

    member = models.OneToOneField(
        Member, on_delete=models.PROTECT, primary_key=True, related_name="kept_standing"
    )
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="kept")
    before = models.CharField(max_length=16, blank=True, choices=Standing.choices)
    against = models.CharField(max_length=16, blank=True, choices=Standing.choices)

    def __str__(self) -> str:
        return f"kept standing of member {self.member_id}"


class Appeal(models.Model):
    """A member's appeal against a decision; decided neither by the two who made it nor by whoever
    lodged it at the desk.

    lodged_by: who lodged it at the desk for the member; empty where they did it themselves.
    answer:    the reason for the outcome, which the member is sent.
    """

    class Outcome(models.TextChoices):
        UPHELD = "upheld", "upheld"
        DISMISSED = "dismissed", "dismissed"

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="appeal")
    grounds = models.TextField()
    lodged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    lodged_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, blank=True, choices=Outcome.choices)
    answer = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome="", decided_by__isnull=True, decided_at__isnull=True)
                | (
                    Q(outcome__in=["upheld", "dismissed"], decided_by__isnull=False)
                    & Q(decided_at__isnull=False)
                    & ~Q(answer="")
                ),
                name="appeal_is_decided_by_somebody_and_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"appeal {self.pk}"

    @property
    def gave_back(self) -> bool:
        """Whether the outcome gave the standing from before back.

        The decision ended by this outcome, with the same reading of the clock; one that had ended
        before gave nothing back (members.services.standings.overturn).
        """
        is_upheld = self.outcome == self.Outcome.UPHELD
        return is_upheld and self.decision.ended_at == self.decided_at
