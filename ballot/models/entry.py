"""The board's entries and the large blobs that they name by hash."""

from __future__ import annotations

from django.db import models

from ballot.models.box import SealedBallot
from ballot.models.challenge import Challenge
from ballot.models.election import Election
from ballot.models.post import EnvelopeReceipt


class Entry(models.Model):
    """One act of an election as canonical bytes; append-only, numbered without a gap."""

    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    number = models.PositiveIntegerField(help_text="From 0.")
    kind = models.CharField(max_length=30)
    body = models.BinaryField()
    ballot = models.ForeignKey(
        SealedBallot, on_delete=models.PROTECT, null=True, blank=True, db_index=False
    )
    challenge = models.ForeignKey(
        Challenge, on_delete=models.PROTECT, null=True, blank=True, db_index=False
    )

    envelope = models.ForeignKey(
        EnvelopeReceipt, on_delete=models.PROTECT, null=True, blank=True, db_index=False
    )

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["election", "number"], name="entry_number_once"),
            models.UniqueConstraint(fields=["ballot"], name="entry_ballot_once"),
            # Of challenges alone, so that it costs no ballot's entry anything.
            models.UniqueConstraint(
                fields=["challenge"],
                condition=models.Q(challenge__isnull=False),
                name="entry_challenge_once",
            ),
            models.UniqueConstraint(
                fields=["envelope"],
                condition=models.Q(envelope__isnull=False),
                name="entry_envelope_once",
            ),
        )

    def __str__(self) -> str:
        return f"entry {self.number}: {self.kind}"


class Blob(models.Model):
    """Bytes too large for an entry, in chunks, named by their SHA-256; append-only."""

    sha256 = models.BinaryField()
    size_bytes = models.PositiveBigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["sha256"], name="blob_once"),)

    def __str__(self) -> str:
        return bytes(self.sha256).hex()[:16]


class BlobChunk(models.Model):
    """A stretch of a blob; `number` from 0."""

    blob = models.ForeignKey(
        Blob, on_delete=models.PROTECT, related_name="chunks", db_index=False
    )
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["blob", "number"], name="blob_chunk_once"),
        )

    def __str__(self) -> str:
        return f"chunk {self.number} of blob {self.blob_id}"
