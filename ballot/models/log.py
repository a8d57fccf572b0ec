"""The board as a log that can be watched: its tiles, what was signed of it, and who cosigned."""

from __future__ import annotations

from django.db import models

from ballot.models.election import Election


class LogTile(models.Model):
    """The hashes of up to 256 nodes of a board's tree, end to end (docs/spec/board.md, 4).

    The last tile of a level grows; what it holds never changes (a trigger refuses).
    """

    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    level = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["election", "level", "number"], name="log_tile_once"
            ),
        )

    def __str__(self) -> str:
        return f"tile {self.level}/{self.number}"


class Checkpoint(models.Model):
    """What the board signed of itself at one size; append-only.

    note: the signed note, with the board's own signature alone.
    """

    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="checkpoints", db_index=False
    )
    size = models.PositiveIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ("size",)
        constraints = (
            models.UniqueConstraint(fields=["election", "size"], name="checkpoint_size_once"),
        )

    def __str__(self) -> str:
        return f"checkpoint of {self.size} entries"


class Cosignature(models.Model):
    """That a witness has seen a checkpoint and that it continues all it saw before; append-only.

    line: the signature line below the note. cosigned_at: as the witness's own clock had it.
    """

    checkpoint = models.ForeignKey(
        Checkpoint, on_delete=models.PROTECT, related_name="cosignatures", db_index=False
    )
    witness = models.CharField(max_length=200)
    line = models.TextField()
    cosigned_at = models.DateTimeField()

    class Meta:
        ordering = ("witness",)
        constraints = (
            models.UniqueConstraint(
                fields=["checkpoint", "witness"], name="cosignature_once_a_witness"
            ),
        )

    def __str__(self) -> str:
        return f"{self.witness} on {self.checkpoint}"


class WitnessObjection(models.Model):
    """That a witness refused a checkpoint in a way that speaks against the board; append-only.

    Whoever answers at the witness's address says so, and nothing is proved by it: the officer asks
    the witness. known_size: what it says that it has cosigned, where it says so.
    """

    class Ground(models.TextChoices):
        """What the witness says."""

        FORK = "fork", "it has cosigned another state of the same size"
        PROOF = "proof", "this state does not continue the one that it cosigned"
        AHEAD = "ahead", "it has cosigned a larger state than there is"

    checkpoint = models.ForeignKey(
        Checkpoint, on_delete=models.PROTECT, related_name="objections", db_index=False
    )
    witness = models.CharField(max_length=200)
    ground = models.CharField(max_length=8, choices=Ground.choices)
    known_size = models.BigIntegerField(null=True)
    said_at = models.DateTimeField()

    class Meta:
        ordering = ("said_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["checkpoint", "witness", "ground"], name="witness_objection_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.witness} against {self.checkpoint}"
