"""Trustees and their key ceremony. No share stands here, save in a demonstration.

What was said in a ceremony stands on the board; the rows here name its entries, so that nobody
speaks twice at one step.
"""

from __future__ import annotations

from django.db import models

from ballot.models.election import Election
from ballot.models.entry import Entry


class Trustee(models.Model):
    """One who holds a share of the key, or is to: a trustee of the election's newest ceremony.

    What their openings are checked against stands in Election.key. `seat` is the SHA-256 of the
    secret by which their software is known; null where nobody was given one.
    """

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="trustees")
    number = models.PositiveSmallIntegerField(help_text="From 1; the point of their share.")
    name = models.CharField(max_length=120)
    address = models.EmailField(blank=True)
    seat = models.BinaryField(null=True, blank=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["election", "number"], name="trustee_number_once"),
        )

    def __str__(self) -> str:
        return self.name


class KeyCeremony(models.Model):
    """A key ceremony, framed by its entry on the board; the newest of an election counts.

    `failed` says why it came to nothing, and whom that names; empty while it has not.
    """

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="ceremonies")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+")
    failed = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"key ceremony {self.pk}"


class CeremonyMessage(models.Model):
    """What a trustee said at a step of a ceremony: the entry that holds it. Append-only."""

    class Step(models.TextChoices):
        """The steps, in their order (sealing spec, 9)."""

        COMMITMENT = "commitment", "Committed"
        REVEAL = "reveal", "Revealed"
        DEALING = "dealing", "Dealt shares"
        RECEIVED = "received", "Checked shares"
        CONFIRMATION = "confirmation", "Confirmed"

    ceremony = models.ForeignKey(KeyCeremony, on_delete=models.PROTECT, related_name="messages")
    step = models.CharField(max_length=12, choices=Step.choices)
    trustee = models.PositiveSmallIntegerField(help_text="The trustee's number.")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("entry__number",)
        constraints = (
            models.UniqueConstraint(
                fields=["ceremony", "step", "trustee"], name="ceremony_one_message_a_step"
            ),
        )

    def __str__(self) -> str:
        return f"{self.step} of trustee {self.trustee}"


class ShareHeld(models.Model):
    """That a trustee proved to hold their share still: the entry with the proof.

    `size` is that of the checkpoint whose root was the question.
    """

    trustee = models.ForeignKey(Trustee, on_delete=models.PROTECT, related_name="proofs")
    size = models.PositiveIntegerField()
    proved_at = models.DateTimeField()
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["trustee", "size"], name="share_held_once_a_size"),
        )

    def __str__(self) -> str:
        return f"proof of trustee {self.trustee_id} at {self.size}"


class DemonstrationShare(models.Model):
    """A share that the server itself holds, in a demonstration or a rehearsal alone.

    Encrypted under a key from the environment; the pages say so in a banner.
    """

    trustee = models.OneToOneField(Trustee, on_delete=models.PROTECT, primary_key=True)
    enclosure = models.BinaryField()

    def __str__(self) -> str:
        return f"share of {self.trustee_id}"
