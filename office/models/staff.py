"""The people who work at the desk. Members of the party have no account here."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group
from django.db import models
from django.db.models.functions import Lower


class StaffRegister(BaseUserManager["StaffMember"]):
    """Finds staff by their e-mail address, whatever its case; it is kept in lower case."""

    def get_by_natural_key(self, username: str | None) -> StaffMember:
        return self.get(email=(username or "").lower())

    def active(self) -> models.QuerySet[StaffMember]:
        return self.filter(is_active=True)


class StaffMember(AbstractBaseUser):
    """One person with an account at the desk.

    Roles are groups. Django's own permissions and its superuser are left out on purpose: there
    is one table (office.permissions), and nobody stands above it. An account is closed, never
    deleted, because the audit trail names it.
    """

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    groups = models.ManyToManyField(Group, related_name="staff", blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()
    factor_renewed_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[StaffRegister] = StaffRegister()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["email"], name="office_one_account_per_address"),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="office_address_in_lower_case"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """What a session must bear to be theirs: another password, or a renewal, ends them all.

        It is Django's own, of the password, for as long as no second factor was renewed.
        """
        of_password = super().get_session_auth_hash()
        renewed_at = self.factor_renewed_at
        return f"{of_password} {renewed_at.isoformat()}" if renewed_at else of_password


class WrittenAuthority(models.Model):
    """A returning officer's written authority for a deputy to act, for a time."""

    deputy = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="authorities")
    granted_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    document = models.TextField(help_text="The words of the authority, or where it is filed.")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    granted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(deputy=models.F("granted_by")),
                name="office_authority_from_another",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("begins_at")),
                name="office_authority_ends_after_it_begins",
            ),
        )

    def __str__(self) -> str:
        return f"authority {self.pk} for {self.deputy}"

    def is_in_force(self, now: datetime) -> bool:
        if self.withdrawn_at is not None and self.withdrawn_at <= now:
            return False
        return self.begins_at <= now and (self.ends_at is None or now < self.ends_at)
