"""Who was told what of whom: look-ups at the desk, files taken away, answers to access requests.

Rows are added and never changed (triggers of migration lookups), but for two endings that each
row has once: an export says how many rows left and their hash when it is through, and the file
of an access request is made, and destroyed.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from members.models.people import Member


class LookUp(models.Model):
    """One look at the membership list by one member of staff.

    words_mac: a keyed hash of the words searched for. They are personal data and are not kept;
               the hash says whether the same words were searched for again, and no more.
    hits:      how many people a search showed.
    """

    class Kind(models.TextChoices):
        MEMBER = "member", "looked at one member"
        SEARCH = "search", "searched"
        ACCESS = "access", "took a subject access file"

    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False,
        related_name="look_ups",
    )  # fmt: skip
    words_mac = models.CharField(max_length=64, blank=True, default="")
    hits = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="search", member__isnull=True, hits__isnull=False)
                | Q(~Q(kind="search"), member__isnull=False, words_mac=""),
                name="look_up_is_of_a_member_or_a_search",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["member", "id"], name="look_up_by_member"),
            models.Index(fields=["by", "id"], name="look_up_by_staff"),
            models.Index(fields=["at"], name="look_up_by_time"),
        ]

    def __str__(self) -> str:
        return f"look-up {self.pk}"


class ExportRecord(models.Model):
    """One file of members that left: for whom, what for, which columns, and its hash.

    rows, sha256 and finished_at are empty where the download was broken off.
    """

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=300)
    destroy_by = models.DateField()
    columns = models.JSONField()
    filters = models.JSONField()
    rows = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(rows__isnull=True, sha256="", finished_at__isnull=True)
                | Q(~Q(sha256=""), rows__isnull=False, finished_at__isnull=False),
                name="export_is_finished_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"


class AccessRequest(models.Model):
    """One person's request to see what is held about them, and the file that answers it.

    file is encrypted (office.enclosure) and bound to this request; it is destroyed by date.
    """

    class Proof(models.TextChoices):
        MAILBOX = "mailbox", "They answered from the e-mail address on file"
        DOCUMENT = "document", "They showed a document with name and address"
        KNOWN = "known", "An officer knows them in person"
        DEPUTED = "deputed", "Somebody acts for them, with written authority"

    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, db_constraint=False, related_name="access_requests"
    )
    asked_on = models.DateField()
    proof = models.CharField(max_length=8, choices=Proof.choices)
    note = models.TextField(blank=True, default="")
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    file = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    made_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(file__isnull=True) | Q(made_at__isnull=False),
                name="access_file_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(destroyed_at__isnull=True) | Q(file__isnull=True),
                name="access_file_is_destroyed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"access request {self.pk}"
