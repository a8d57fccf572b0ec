"""Make a member of staff from the command line: the first officers of an installation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from office.permissions import Role
from office.refusal import Refusal
from office.services.staff import make_staff


class Command(BaseCommand):
    help = "Make a member of staff; prints the password and the TOTP secret, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("email")
        parser.add_argument("role", choices=[role.value for role in Role])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = make_staff(
                options["email"], options["name"], options["role"], now=timezone.now()
            )
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None
        self.stdout.write(f"Password:    {made.password}")
        self.stdout.write(f"TOTP secret: {made.totp_secret}")
        self.stdout.write("They are shown this once. Hand them over in person.")
