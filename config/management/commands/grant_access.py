"""Give the role of web and workers what they need, and nothing that rewrites history.

    manage.py grant_access hustings_work

Run as the tables' owner, after every migrate.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.database_access import NoSuchRole, grant_access


class Command(BaseCommand):
    help = "Give a database role what web and workers need; history stays out of its reach."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", help="the role that web, workers and beat sign in as")

    def handle(self, *args: Any, role: str, verbosity: int, **given: Any) -> None:
        try:
            granted = grant_access(role)
        except NoSuchRole as missing:
            raise CommandError(str(missing)) from None
        if verbosity > 1:
            for table, rights in granted.items():
                self.stdout.write(f"{table:40} {rights}")
        closed = sum(rights == "SELECT, INSERT" for rights in granted.values())
        self.stdout.write(
            f"{role} may use {len(granted)} tables; to {closed} of them it can only add."
        )
