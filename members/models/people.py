"""Members, and the sections and units they belong to.

One row a person. Somebody who leaves the list is marked as no longer listed, never deleted:
an old roll must stay explicable. Columns ending in _key are for matching (members.rollfile)
and are compared byte by byte; of those, a name's may be longer than the name (& is and, æ is ae),
so that its column has no length.

Every change of a member, whoever or whatever made it, is kept beside it by a trigger of the
database (members.models.history).

Hundreds of thousands of rows are written in one statement here, and PostgreSQL checks foreign
keys a row at a time, which took longer than the writing. So the references of the large tables
(db_constraint=False) are checked by a trigger once a statement, as a set, and what they refer
to can never be deleted (migration kept_references).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Section(models.Model):
    """A part of the electorate: members, affiliated supporters, registered supporters.

    precedence: somebody entitled in two sections votes in the one with the lower number.
    """

    code = models.SlugField(max_length=32, db_index=False)
    name = models.CharField(max_length=60)
    precedence = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("precedence",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], name="section_code_is_unique"),
            models.UniqueConstraint(fields=["precedence"], name="section_precedence_is_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A constituency party, branch or affiliate."""

    name = models.CharField(max_length=120)
    key = models.TextField(db_collation="C")

    class Meta:
        ordering = ("key",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="unit_key_is_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class Standing(models.TextChoices):
    GOOD = "good", "good standing"
    ARREARS = "arrears", "in arrears"
    LAPSED = "lapsed", "lapsed"
    SUSPENDED = "suspended", "suspended"
    EXCLUDED = "excluded", "excluded"
    RESIGNED = "resigned", "resigned"
    DECEASED = "deceased", "deceased"


class Contact(models.Model):
    """Name and address, as a membership list gives them and as a frozen roll keeps them."""

    number = models.CharField(max_length=32)
    title = models.CharField(max_length=40, blank=True, default="")
    given_name = models.CharField(max_length=100, blank=True, default="")
    family_name = models.CharField(max_length=100)
    email = models.CharField(max_length=254, blank=True, default="")
    address_1 = models.CharField(max_length=120, blank=True, default="")
    address_2 = models.CharField(max_length=120, blank=True, default="")
    address_3 = models.CharField(max_length=120, blank=True, default="")
    address_4 = models.CharField(max_length=120, blank=True, default="")
    postcode = models.CharField(max_length=16, blank=True, default="")
    country = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        abstract = True

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, (self.title, self.given_name, self.family_name)))

    @property
    def postal_lines(self) -> list[str]:
        """The address as it is written on an envelope, without the name; empty if unknown."""
        lines = (self.address_1, self.address_2, self.address_3, self.address_4)
        return [line for line in (*lines, self.postcode, self.country) if line]


class Member(Contact):
    """One entitlement on the membership list, now or once; a person may have several.

    merged_into:      the record that stands for the same person, where a person decided so;
                      that record is itself never merged into another.
    levy_confirmed:   whether an affiliate confirms that this person pays its political levy.
    address_withheld: the address of somebody at risk, which no export may carry.
    first_import, last_import: the imports that added this row and that last changed it.
    """

    number_key = models.CharField(max_length=32, db_collation="C")
    name_key = models.TextField(db_collation="C")
    section = models.ForeignKey(
        Section, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, db_index=False, db_constraint=False
    )
    joined_on = models.DateField(null=True, blank=True)
    paid_until = models.DateField(null=True, blank=True)
    standing = models.CharField(max_length=16, blank=True, default="", choices=Standing.choices)
    date_of_birth = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=32, blank=True, default="")
    levy_confirmed = models.BooleanField(null=True, blank=True)
    address_withheld = models.BooleanField(default=False)
    is_listed = models.BooleanField(default=True)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
        related_name="merged",
    )
    first_import = models.ForeignKey(
        "members.ImportBatch",
        on_delete=models.PROTECT,
        db_index=False,
        db_constraint=False,
        related_name="+",
    )
    last_import = models.ForeignKey(
        "members.ImportBatch",
        on_delete=models.PROTECT,
        db_index=False,
        db_constraint=False,
        related_name="+",
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number_key"], name="member_number_is_unique"),
            models.CheckConstraint(
                condition=Q(standing__in=["", *Standing.values]), name="member_standing_is_known"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")),
                name="member_is_not_merged_into_itself",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["name_key", "id"], name="member_by_name"),
            models.Index(
                fields=["merged_into"],
                condition=Q(merged_into__isnull=False),
                name="member_by_merger",
            ),
        ]

    def __str__(self) -> str:
        return f"member {self.number}"


class Register(models.Model):
    """The one row that stands for the whole list: who changes the list locks it first.

    version grows with every change, so that a preview made before another change is noticed.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="register_is_one_row"),
        ]

    def __str__(self) -> str:
        return f"membership list, version {self.version}"
