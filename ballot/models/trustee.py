"""Trustees: who holds a share of the key. No share stands here, save in a demonstration."""

from __future__ import annotations

from django.db import models

from ballot.models.election import Election


class Trustee(models.Model):
    """One holder of a share; what their openings are checked against stands in Election.key."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="trustees")
    number = models.PositiveSmallIntegerField(help_text="From 1; the point of their share.")
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["election", "number"], name="trustee_number_once"),
        )

    def __str__(self) -> str:
        return self.name


class DemonstrationShare(models.Model):
    """A share that the server itself holds, in a demonstration or a rehearsal alone.

    Encrypted under a key from the environment; the pages say so in a banner.
    """

    trustee = models.OneToOneField(Trustee, on_delete=models.PROTECT, primary_key=True)
    enclosure = models.BinaryField()

    def __str__(self) -> str:
        return f"share of {self.trustee_id}"
