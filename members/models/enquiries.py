"""Questions from the public page: am I on the roll?

The page only writes a row. A worker looks the person up, answers by e-mail to the address on
file if there is one, and deletes the row: nothing of the question is kept.
"""

from __future__ import annotations

from django.db import models


class RollEnquiry(models.Model):
    """One question waiting for its answer: a number, and a postcode or an e-mail address."""

    number = models.CharField(max_length=32)
    proof = models.CharField(max_length=254)
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "roll enquiries"

    def __str__(self) -> str:
        return f"enquiry {self.pk}"
