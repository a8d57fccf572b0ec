"""Contact details: which changes concern them, when they freeze, what looks wrong.

Four kinds are told apart everywhere: e-mail, telephone, postal address, name. What a change was,
from and to, stands in members.models.history; here stands what reports and watches need of it.
"""

from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from members.models.history import Change
from members.models.imports import ImportBatch
from members.models.people import Member, Unit

POSTAL: Final = ("address_1", "address_2", "address_3", "address_4", "postcode", "country")
KINDS: Final[dict[str, tuple[str, ...]]] = {
    "email": ("email",),
    "phone": ("phone",),
    "address": POSTAL,
    "name": ("given_name", "family_name"),
}
KIND_WORDS: Final = {
    "email": "e-mail address",
    "phone": "telephone number",
    "address": "postal address",
    "name": "name",
}
CONTACT_COLUMNS: Final = tuple(column for columns in KINDS.values() for column in columns)


class ContactChange(models.Model):
    """A change that concerns contact details, in a narrow row for counting.

    Written by a trigger on the changes themselves (migration contacts), so that none is missing;
    a change of case, spacing or punctuation alone is none, but in a postal address what stood apart
    and is joined now is one (migration 0026). It repeats what the change says, and
    that is owned up to: the reports add up a million of them in a page, which the changes' own
    JSON does not allow. The references are the change's, and checked there.
    """

    change = models.OneToOneField(
        Change, on_delete=models.PROTECT, primary_key=True, db_constraint=False,
        related_name="contact",
    )  # fmt: skip
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False,
        related_name="+",
    )  # fmt: skip
    at = models.DateTimeField()
    source = models.CharField(max_length=16)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, db_index=False,
        db_constraint=False, related_name="+",
    )  # fmt: skip
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False,
        related_name="+",
    )  # fmt: skip
    is_email = models.BooleanField()
    is_phone = models.BooleanField()
    is_address = models.BooleanField()
    is_name = models.BooleanField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["at"], name="contact_change_by_time"),
            models.Index(fields=["by", "at"], name="contact_change_by_actor"),
            models.Index(
                fields=["batch"], condition=Q(batch__isnull=False), name="contact_change_by_import"
            ),
        ]

    def __str__(self) -> str:
        return f"contact change {self.change_id}"

    @property
    def kinds(self) -> list[str]:
        return [kind for kind in KINDS if getattr(self, f"is_{kind}")]


class ContactFreeze(models.Model):
    """When contact details freeze, as decided once; the last row is in force. Append-only."""

    freezes_at = models.DateTimeField()
    reason = models.TextField(blank=True, default="")
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    set_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"freeze {self.pk} of contact details"


class ContactDraft(models.Model):
    """A correction that waits for a second person: what it would write, and over what.

    Append-only, so that what the second person reads is what is carried out. The proposal
    (office.models.Approval) names it by its id and carries none of it.
    """

    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, db_constraint=False, related_name="contact_drafts"
    )
    before = models.JSONField()
    after = models.JSONField()
    source = models.CharField(max_length=16, choices=Change.Source.choices)
    reason = models.TextField()
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    drafted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draft {self.pk} of a correction"


class ContactDispute(models.Model):
    """Somebody to whom a notice of a change went says: this was not me. Append-only."""

    change = models.OneToOneField(Change, on_delete=models.PROTECT, related_name="dispute")
    said_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"dispute of change {self.change_id}"


class ContactFlag(models.Model):
    """A pattern of changes that somebody should look at, and what they found.

    key names the pattern (kind, actor, unit, import, address), so that a later look at the list
    finds the same flag again. subject is what is shared, a domain or an address, and is erased
    with the changes it is about.
    """

    class Kind(models.TextChoices):
        UNIT = "unit", "Many people of one unit changed by one hand"
        DAY = "day", "Many people changed at the desk by one hand in a day"
        DOMAIN = "domain", "Many new e-mail addresses at a domain hardly seen before"
        SEQUENCE = "sequence", "New e-mail addresses numbered in a row"
        MAILBOX = "mailbox", "One e-mail address given to many people"
        PHONE = "phone", "One telephone number given to many people"
        ADDRESS = "address", "One postal address given to many people"
        DATABASE = "database", "Changed by hand in the database"
        DISPUTE = "dispute", "A member says: this was not me"

    class State(models.TextChoices):
        OPEN = "open", "to be looked at"
        LOOKED_AT = "looked_at", "looked at"

    kind = models.CharField(max_length=16, choices=Kind.choices)
    key = models.CharField(max_length=400)
    subject = models.CharField(max_length=320, blank=True, default="")
    people = models.PositiveIntegerField()
    remark = models.CharField(max_length=300, blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, related_name="+")
    change = models.ForeignKey(Change, on_delete=models.PROTECT, null=True, related_name="+")
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    looked_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(state="open"), name="contact_flag_open_once"
            ),
            models.CheckConstraint(
                condition=Q(state="open", looked_at__isnull=True)
                | Q(state="looked_at", looked_at__isnull=False),
                name="contact_flag_looked_at_has_its_time",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["key", "-id"], name="contact_flag_by_key")]

    def __str__(self) -> str:
        return f"flag {self.pk}: {self.kind}"
