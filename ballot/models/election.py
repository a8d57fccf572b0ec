"""An election, its contests and their candidates.

An election is one roll, timetable, key, paper and state; a contest is one post on its paper.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from ballot.lifecycle import State
from ballot.models.rules import (
    AfterCast,
    Method,
    NamesOrder,
    Stop,
    TieRule,
    TurnoutBase,
    VotesOfWithdrawn,
)


class Election(models.Model):
    """One roll, timetable, key, paper and state."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=60)
    title = models.CharField(max_length=120)
    party = models.CharField(max_length=120)
    summary = models.TextField(blank=True)
    returning_officer = models.CharField(max_length=120, blank=True)
    helped_routes = models.TextField(
        blank=True, help_text="How somebody votes who cannot use the page, in a sentence or two."
    )
    complaints = models.TextField(
        blank=True, default="",
        help_text="Where a complaint goes, and by when, in a sentence or two.",
    )
    deputy = models.CharField(max_length=120, blank=True, default="")
    scrutineer = models.CharField(max_length=120, blank=True, default="")
    zone = models.CharField(max_length=40, default="Europe/London")
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    nominations_close_at = models.DateTimeField(
        null=True, blank=True,
        help_text="Until when nominating bodies and candidates hand in; none: until the statement.",
    )
    reminder_at = models.DateTimeField(null=True, blank=True)
    last_reminder_at = models.DateTimeField(null=True, blank=True)
    letters_in_welsh = models.BooleanField(default=False)
    state = models.CharField(max_length=12, default=State.DRAFT.value)
    rules = models.ForeignKey(
        "members.EligibilityRules", on_delete=models.PROTECT, null=True, blank=True
    )
    roll = models.OneToOneField("members.Roll", on_delete=models.PROTECT, null=True, blank=True)
    smallest_box = models.PositiveIntegerField(
        default=10, help_text="Sections in which fewer ballots were cast are opened together."
    )
    mixes_wanted = models.PositiveSmallIntegerField(default=2)
    turnout_by_section = models.BooleanField(
        default=True, help_text="Whether turnout by section is shown during the poll."
    )
    ballot_of_excluded = models.CharField(
        max_length=10, choices=AfterCast.choices, default=AfterCast.STANDS
    )
    ballot_of_dead = models.CharField(
        max_length=10, choices=AfterCast.choices, default=AfterCast.STANDS
    )
    ballot_of_resigned = models.CharField(
        max_length=10, choices=AfterCast.choices, default=AfterCast.STANDS
    )
    recount_margin_permille = models.PositiveSmallIntegerField(
        default=0,
        help_text="A contest is recounted whose lead is less than so many of 1,000 valid papers.",
    )
    recount_on_request = models.BooleanField(default=True)
    turnout_base = models.CharField(
        max_length=12, choices=TurnoutBase.choices, default=TurnoutBase.BALLOTS
    )
    challenge_days = models.PositiveSmallIntegerField(
        default=28, help_text="Days after the declaration within which it may be challenged."
    )
    keep_days = models.PositiveSmallIntegerField(
        default=365, help_text="Days after the declaration for which roll and register are kept."
    )
    postal_papers = models.BooleanField(
        default=False, help_text="Whether an elector who asks for it is sent a paper by post."
    )
    key = models.JSONField(
        null=True, blank=True, help_text="The outcome of the key ceremony, as on the board."
    )
    issuer = models.JSONField(
        null=True, blank=True,
        help_text="The card of the outside issuer who makes the voting codes; none: the server.",
    )
    envelopes_opened_at = models.DateTimeField(
        null=True, blank=True, help_text="When the postal envelopes were opened, after the close."
    )
    fingerprint = models.BinaryField(null=True, blank=True)
    begun_from = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="begun_again",
        help_text="The election whose open posts this one is to fill.",
    )
    demonstration = models.BooleanField(
        default=False, help_text="The server holds the trustees' shares itself. Never for a poll."
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["public_id"], name="election_public_id_once"),
            models.UniqueConstraint(fields=["slug"], name="election_slug_once"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="election_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(last_reminder_at__gt=F("reminder_at"))
                | Q(last_reminder_at__isnull=True) | Q(reminder_at__isnull=True),
                name="election_last_reminder_is_last",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]),
                name="election_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(keep_days__gte=F("challenge_days")),
                name="election_keeps_while_it_may_be_challenged",
            ),
            models.CheckConstraint(
                condition=Q(recount_margin_permille__lte=1000), name="election_margin_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(mixes_wanted__gte=2), name="election_is_mixed_twice_at_least"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def stage(self) -> State:
        """The state as a value of the one table of states."""
        return State(self.state)


class Contest(models.Model):
    """One post on the paper."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="contests")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    method = models.CharField(
        max_length=12, choices=Method.choices, default=Method.ALTERNATIVE_VOTE
    )
    max_preferences = models.PositiveSmallIntegerField(null=True, blank=True)
    reopen_nominations = models.BooleanField(default=False)
    stop = models.CharField(max_length=10, choices=Stop.choices, default=Stop.MAJORITY)
    tie_rule = models.CharField(
        max_length=30, choices=TieRule.choices, default=TieRule.EARLIER_THEN_LOT
    )
    unopposed = models.BooleanField(default=False)
    gates = models.TextField(
        blank=True, help_text="What a candidate needs of the nominating bodies, a gate a line."
    )
    names_order = models.CharField(
        max_length=10, choices=NamesOrder.choices, default=NamesOrder.ALPHABET
    )
    votes_of_withdrawn = models.CharField(
        max_length=10, choices=VotesOfWithdrawn.choices, default=VotesOfWithdrawn.PASS_ON
    )
    statement_words = models.PositiveSmallIntegerField(default=500)
    places = models.PositiveSmallIntegerField(default=1)
    weights = models.JSONField(
        null=True, blank=True,
        help_text="Section code → parts of the whole; none: one paper is one vote.",
    )
    points = models.PositiveIntegerField(
        null=True, blank=True,
        help_text="What every section is worth; none: sections are not worth a fixed amount.",
    )
    points_floor = models.PositiveIntegerField(
        default=0, help_text="A section with fewer votes is worth as many points as votes."
    )
    ticket = models.JSONField(
        null=True, blank=True,
        help_text="The `first` and the `second` post of a joint ticket; none: one person a place.",
    )

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(
                fields=["election", "position"], name="contest_position_once"
            ),
            models.CheckConstraint(
                condition=Q(max_preferences__isnull=True) | Q(max_preferences__gte=1),
                name="contest_allows_a_preference",
            ),
            models.CheckConstraint(
                condition=Q(statement_words__gte=1), name="contest_lets_candidates_speak"
            ),
            models.CheckConstraint(
                condition=Q(places=1) | Q(method="stv", places__gte=1, reopen_nominations=False),
                name="contest_of_several_places_is_transferable",
            ),
            models.CheckConstraint(
                condition=Q(weights__isnull=True) | ~Q(method="stv"),
                name="contest_of_weights_has_one_place",
            ),
            models.CheckConstraint(
                condition=Q(points__isnull=True)
                | Q(~Q(method="stv"), weights__isnull=True, points__gte=1, points__lte=1000),
                name="contest_of_points_has_one_place_and_no_weights",
            ),
            models.CheckConstraint(
                condition=Q(points_floor=0)
                | Q(points__isnull=False, points_floor__lte=F("points")),
                name="contest_floor_is_not_above_the_points",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Candidate(models.Model):
    """Somebody who stands in a contest; `position` is the place on the paper, from 0.

    `seat` is the SHA-256 of the secret in the link by which they consent; null: they have none.
    `name` is what stands in the place: of a joint ticket both names, and `second` the second of
    them, who consents by a link of their own. Statement, photograph and agent are the ticket's.
    """

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="candidates")
    name = models.CharField(max_length=120)
    statement = models.TextField(blank=True, max_length=4000)
    photo = models.BinaryField(null=True, blank=True)
    is_reopen_nominations = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    address = models.EmailField(blank=True, help_text="Where the link goes by which they consent.")
    seat = models.BinaryField(null=True, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    stands_again_since = models.DateTimeField(
        null=True, blank=True, help_text="When somebody who had withdrawn was nominated again."
    )
    agent_name = models.CharField(max_length=120, blank=True)
    agent_address = models.EmailField(blank=True)
    second = models.CharField(
        max_length=120, blank=True, help_text="The second person of a joint ticket."
    )
    second_address = models.EmailField(
        blank=True, help_text="Where the link goes by which the second person consents."
    )
    second_seat = models.BinaryField(null=True, blank=True)
    second_consented_at = models.DateTimeField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=["contest", "name"], name="candidate_name_once"),
            models.UniqueConstraint(fields=["contest", "position"], name="candidate_place_once"),
            models.CheckConstraint(
                condition=~Q(second="")
                | Q(second_address="", second_seat__isnull=True, second_consented_at__isnull=True),
                name="candidate_second_is_named",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def first(self) -> str:
        """The first person of a joint ticket; who stands alone is the first."""
        return self.name.removesuffix(f" with {self.second}") if self.second else self.name
