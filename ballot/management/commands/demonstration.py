"""Load the demonstration once, and print the ways in every time."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ballot.lifecycle import State
from ballot.management import demonstration
from ballot.models import Election


class Command(BaseCommand):
    """`python manage.py demonstration [--code EMAIL]`"""

    help = "Load the demonstration, and print how to sign in and vote in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--code", metavar="EMAIL", help="print this person's TOTP code now")

    def handle(self, **options: Any) -> None:
        if not settings.DEVELOPMENT:
            raise CommandError("The demonstration is for HUSTINGS_DEVELOPMENT=1 alone.")
        if options["code"]:
            self.stdout.write(_code_now(options["code"]))
            return
        if not demonstration.is_made():
            if Election.objects.exists():
                self.stdout.write("This database holds elections already: no demonstration.")
                return
            demonstration.make(lambda words: self.stdout.write(f"  … {words}"))
        self._say(demonstration.ways_in())

    def _say(self, ways: dict[str, Any]) -> None:
        self.stdout.write(f"Sign in at {settings.ORIGIN}/accounts/login/")
        for way in ways["staff"]:
            self.stdout.write(f"  {way['role']}: {way['name']}")
            self.stdout.write(f"    e-mail {way['email']}  password {way['password']}")
            self.stdout.write(f"    TOTP secret {way['totp_secret']}")
        self.stdout.write("  A code without an authenticator app:")
        self.stdout.write("    .venv/bin/python manage.py demonstration --code EMAIL")
        # A file that an earlier version left names neither; its links are in the outbox.
        slug, electors = ways.get("election", ""), ways.get("electors", [])
        poll = Election.objects.filter(slug=slug, closes_at__gt=timezone.now())
        if not electors:
            self.stdout.write("The links to vote stand in the letters:")
        elif poll.filter(state__in=(State.POLLING, State.SUSPENDED)).exists():
            self.stdout.write("Vote as a member:")
            for elector in electors:
                self.stdout.write(f"  {elector['name']}: {settings.ORIGIN}{elector['path']}")
        else:
            self.stdout.write("Its poll has closed: `make clean`, and the next start opens one.")
        if "nominations" in ways:
            self.stdout.write("Nominations, as constituency parties made them in 2016:")
            self.stdout.write(f"  {settings.ORIGIN}{ways['nominations']}")
        self.stdout.write(f"All letters that were sent: {settings.ORIGIN}/outbox/")


def _code_now(email: str) -> str:
    for way in demonstration.ways_in().get("staff", []):
        if way["email"] == email:
            counter = int(time.time()) // 30
            return str(format_hotp_value(hotp_value(way["totp_secret"], counter)))
    raise CommandError(f"The demonstration has no {email}.")
