"""Destroy the rolls whose day has come, and write their certificates.

    manage.py destroy_due

Run every day as the tables' owner, the one role that can (docs/operations.md). What is destroyed
is written over at once: the emptied tables are rewritten whole, which locks each for a moment.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone
from psycopg2 import sql

from ballot.services.destroy_roll import destroy_roll
from config.database_access import owns_tables
from members.selectors import rolls_due_for_destruction
from office.refusal import Refusal


class Command(BaseCommand):
    help = "Destroy the personal data of rolls whose day has come."

    def handle(self, *args: Any, **given: Any) -> None:
        if not owns_tables():
            raise CommandError("Only the tables' owner can: set DATABASE_URL to the owner's.")
        due = list(rolls_due_for_destruction())
        kept = 0
        for roll in due:
            try:
                rows = destroy_roll(roll.pk, now=timezone.now())
            except Refusal as refusal:
                kept += 1
                self.stderr.write(f"{roll}: kept. {refusal.sentence}")
                continue
            _rewrite(rows)
            told = ", ".join(f"{table} {count:,}" for table, count in rows.items() if count)
            self.stdout.write(f"{roll}: destroyed ({told}).")
        if not due:
            self.stdout.write("No roll is due for destruction.")
        if kept:
            raise CommandError(f"{kept} of {len(due)} could not be destroyed.")


def _rewrite(rows: dict[str, int]) -> None:
    """Have PostgreSQL write the tables anew, so that no emptied row is left on the disk."""
    if connection.in_atomic_block:
        raise CommandError("A table cannot be rewritten within a transaction.")
    with connection.cursor() as cursor:
        for table in (name for name, count in rows.items() if count):
            cursor.execute(sql.SQL("VACUUM (FULL, ANALYZE) {}").format(sql.Identifier(table)))
