"""What was imported: the file, who sent it and when, what it would change, what was refused.

The rows of a file and what they would change rest in unlogged tables of their own
(members.services.staging) until the import is applied or discarded. The file's bytes rest in
pieces here, encrypted, until the day that the retention names, or until the import is discarded.
"""

from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q

STAGING: Final = "staging"
"""The schema of the tables that come and go with an import."""
ORDER_TAKEN: Final = "order_taken"
"""The kind of note that says: the order of a column's dates is the saved mapping's alone."""


class ImportBatch(models.Model):
    """One file that was sent in."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "waiting to be read"
        MAPPING = "mapping", "waiting to be told what its columns are"
        READING = "reading", "being read"
        PREVIEWED = "previewed", "ready to be looked at"
        APPLYING = "applying", "being applied"
        APPLIED = "applied", "applied"
        DISCARDED = "discarded", "discarded"
        FAILED = "failed", "could not be read"
        UNDOING = "undoing", "being undone"
        UNDONE = "undone", "undone"

    class Scope(models.TextChoices):
        WHOLE = "whole", "The whole membership list"
        SECTION = "section", "The whole list of one section"
        PART = "part", "Only some people"

    state = models.CharField(max_length=16, choices=State.choices, default=State.UPLOADED)
    scope = models.CharField(max_length=16, choices=Scope.choices)
    section = models.ForeignKey(
        "members.Section", on_delete=models.PROTECT, null=True, blank=True, db_index=False
    )
    file_name = models.CharField(max_length=255)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField()
    previewed_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    register_version = models.PositiveBigIntegerField(null=True, blank=True)
    rows_read = models.PositiveIntegerField(default=0)
    rows_new = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    members_gone = models.PositiveIntegerField(default=0)
    rows_alike = models.PositiveIntegerField(default=0)
    changes_by_field = models.JSONField(default=dict)
    columns_dropped = models.JSONField(default=list)
    units_new = models.JSONField(default=list)
    votes_taken = models.JSONField(default=list)
    """How many people it takes good standing from, or off the list, or gives worse dates: rows of
    "what" (a standing, "gone" or "dates"), "section" (its name) and "people"."""
    failure = models.JSONField(default=dict)
    sealed_look = models.BinaryField(default=b"")
    """What was seen of the file, samples of every column included: encrypted (services.kept_files),
    and kept until its columns are matched."""
    mapping = models.JSONField(default=dict)
    """How the file was read (members.rollfile.mapping); empty for the documented format."""
    saved_mapping = models.ForeignKey(
        "members.SavedMapping", on_delete=models.PROTECT, null=True, blank=True, db_index=False
    )
    notes = models.JSONField(default=list)
    """What was read of the file and passed over or looks odd: lines of totals, O among digits; and
    the columns of which the saved mapping alone says in what order their dates are written."""

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(scope="section", section__isnull=False)
                | Q(~Q(scope="section"), section__isnull=True),
                name="import_names_its_section",
            ),
            models.CheckConstraint(
                condition=Q(
                    rows_read=models.F("rows_new")
                    + models.F("rows_changed")
                    + models.F("rows_unchanged")
                    + models.F("rows_refused")
                )
                | Q(state__in=["uploaded", "mapping", "reading", "failed", "discarded"]),
                name="import_rows_add_up",
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"

    @property
    def people_losing(self) -> int:
        """How many people the import takes something from that a vote may rest on."""
        return sum(int(row["people"]) for row in self.votes_taken)

    @property
    def staged_table(self) -> str:
        """The table of the file's good rows. Made of a number, so that it can be nothing else."""
        return f"import_{int(self.pk):d}"

    @property
    def difference_table(self) -> str:
        """The table of what the file would change: one row a person (services.comparing)."""
        return f"difference_{int(self.pk):d}"


class ImportTotal(models.Model):
    """How many people of one section and unit an import found, listed, and would leave.

    Worked out with the preview and kept for ever, to be set beside the next import's. The unit
    is named and not referred to: one that the file names first is made only by applying it.

    before, after: on the list, as it stood and as it would stand. in_file: of the good rows.
    joining:       in the unit after and not before: new, back on the list, or from elsewhere.
    leaving:       in the unit before and not after.
    """

    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, related_name="totals", db_index=False
    )
    section = models.ForeignKey("members.Section", on_delete=models.PROTECT, db_index=False)
    unit_key = models.TextField(blank=True, db_collation="C")
    unit_name = models.CharField(max_length=120, blank=True)
    before = models.PositiveIntegerField()
    in_file = models.PositiveIntegerField()
    after = models.PositiveIntegerField()
    joining = models.PositiveIntegerField()
    leaving = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch", "unit_key", "section"], name="import_total_is_given_once"
            ),
            models.CheckConstraint(
                condition=Q(after=models.F("before") + models.F("joining") - models.F("leaving")),
                name="import_total_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.after} in {self.unit_name} after {self.batch_id}"


class ImportPiece(models.Model):
    """A piece of an uploaded file, so that any worker can read it, and go on after a fall.

    Encrypted from the moment it is kept, and bound to its import and its place
    (services.kept_files).
    """

    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, related_name="pieces", db_index=False
    )
    place = models.PositiveIntegerField()
    body = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "place"], name="piece_has_one_place"),
        ]

    def __str__(self) -> str:
        return f"piece {self.place} of {self.batch_id}"


class RefusedRow(models.Model):
    """One refused cell of one row: the words for the trouble are members.rollfile's."""

    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, related_name="refusals", db_index=False
    )
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=32, blank=True)
    value = models.CharField(max_length=80, blank=True)
    trouble = models.CharField(max_length=32)
    number_key = models.CharField(max_length=32, blank=True, db_collation="C")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch", "line", "column"], name="refusal_names_a_cell_once"
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.line} of {self.batch_id}"


class MendableRow(models.Model):
    """A refused row as it stood, cell by cell in the order of the documented columns.

    Handed out as a file that can be mended and sent in again; destroyed with the file itself.
    """

    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, related_name="mendable", db_index=False
    )
    line = models.PositiveIntegerField()
    cells = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "line"], name="mendable_row_stands_once"),
        ]

    def __str__(self) -> str:
        return f"line {self.line} of {self.batch_id}, as it stood"


class DestroyedFile(models.Model):
    """The certificate that an import's file is gone: which, when and why. Never changed."""

    class Why(models.TextChoices):
        DISCARDED = "discarded", "the import was discarded"
        UNREADABLE = "unreadable", "the file could not be read"
        RETENTION = "retention", "the time for keeping it was over"

    batch = models.OneToOneField(
        ImportBatch, on_delete=models.PROTECT, related_name="destroyed_file"
    )
    at = models.DateTimeField()
    why = models.CharField(max_length=16, choices=Why.choices)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    pieces = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"file of {self.batch_id}, destroyed"
