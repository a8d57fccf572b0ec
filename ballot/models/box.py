"""What is cast: sealed ballots, the marked register beside them, and turnout as counters.

A sealed ballot, its votes and its mark are one insert (services/cast.py), and none is ever
changed or removed. No time stands on a row: turnout by hour comes from the counters. Each index
costs every cast, so there are none but those of the constraints.
"""

from __future__ import annotations

from django.db import models

from ballot.models.credential import Credential
from ballot.models.election import Contest, Election


class RegisterMark(models.Model):
    """The mark against an elector who has voted; never how."""

    class Channel(models.TextChoices):
        """Which way the ballot came."""

        ONLINE = "online", "Online"
        POST = "post", "By post"

    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="marks", db_index=False
    )
    roll_entry = models.ForeignKey("members.RollEntry", on_delete=models.PROTECT, db_index=False)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.ONLINE)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["election", "roll_entry"], name="register_one_mark_an_elector"
            ),
        )

    def __str__(self) -> str:
        return f"mark {self.pk}"


class SealedBallot(models.Model):
    """One elector's whole paper, sealed and signed."""

    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="ballots", db_index=False
    )
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, db_index=False)
    signature = models.BinaryField()
    tracker = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["credential"], name="ballot_one_a_credential"),
            models.UniqueConstraint(fields=["tracker"], name="ballot_tracker_once"),
        )

    def __str__(self) -> str:
        return f"sealed ballot {self.pk}"


class SealedVote(models.Model):
    """One contest's part of a sealed ballot: ciphertext (c1, c2) and proof of knowledge."""

    ballot = models.ForeignKey(
        SealedBallot, on_delete=models.PROTECT, related_name="votes", db_index=False
    )
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, db_index=False)
    c1 = models.BinaryField()
    c2 = models.BinaryField()
    proof = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["ballot", "contest"], name="vote_one_a_contest"),
            models.UniqueConstraint(fields=["c1"], name="vote_c1_once"),
            models.UniqueConstraint(fields=["c2"], name="vote_c2_once"),
        )

    def __str__(self) -> str:
        return f"sealed vote {self.pk}"


class TurnoutCount(models.Model):
    """How many ballots of a section were cast in an hour; sharded, so that casts do not queue."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, db_index=False)
    section = models.ForeignKey("members.Section", on_delete=models.PROTECT, db_index=False)
    hour = models.DateTimeField()
    shard = models.PositiveSmallIntegerField()
    ballots = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["election", "section", "hour", "shard"], name="turnout_counter_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.ballots} ballots in the hour from {self.hour:%Y-%m-%d %H:%M}"
