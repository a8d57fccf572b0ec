"""Papers that were challenged: opened to prove honest sealing, never signed and never counted.

A challenge names no elector, no credential and no time: whoever sent it has proved that they hold a
code, and that is forgotten. What is marked on it was meant to be seen. None is ever changed or
removed.
"""

from __future__ import annotations

from django.db import models

from ballot.models.election import Contest, Election


class Challenge(models.Model):
    """One opened paper, as the board is to show it."""

    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="challenges", db_index=False
    )
    section = models.ForeignKey("members.Section", on_delete=models.PROTECT, db_index=False)
    tracker = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tracker"], name="challenge_tracker_once"),
        )

    def __str__(self) -> str:
        return f"challenge {self.pk}"


class ChallengedVote(models.Model):
    """One contest's part of it: the ciphertext (c1, c2), and the ranking and r that open it.

    The proof is not kept: with it, whoever tries all credentials would find whose it was.
    """

    challenge = models.ForeignKey(
        Challenge, on_delete=models.PROTECT, related_name="votes", db_index=False
    )
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, db_index=False)
    c1 = models.BinaryField()
    c2 = models.BinaryField()
    ranking = models.PositiveIntegerField(help_text="Its number in the contest's space.")
    randomness = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["challenge", "contest"], name="challenged_one_a_contest"
            ),
        )
        # Each cast looks here for its c1 and c2 (migration 0009).
        indexes = (
            models.Index(fields=["c1"], name="challenged_c1"),
            models.Index(fields=["c2"], name="challenged_c2"),
        )

    def __str__(self) -> str:
        return f"challenged vote {self.pk}"
