"""Destroy the rolls whose day has come, and the ballots that two officers ordered to be destroyed.

    manage.py destroy_due

Run every day as the tables' owner, the one role that can (docs/operations.md). What is destroyed
is written over at once: the emptied tables are rewritten whole, which locks each for a moment.
Each roll, and the ballots of each election, go in one transaction: killed, run it again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone
from psycopg2 import sql

from ballot.models import Election
from ballot.services.destroy_ballots import destroy_ballots
from ballot.services.destroy_roll import destroy_roll
from config.database_access import owns_tables
from members.selectors import rolls_due_for_destruction
from office.refusal import Refusal


class Command(BaseCommand):
    help = "Destroy the rolls whose day has come, and the ballots ordered to be destroyed."

    def handle(self, *args: Any, **given: Any) -> None:
        if not owns_tables():
            raise CommandError("Only the tables' owner can: set DATABASE_URL to the owner's.")
        due: list[tuple[object, Callable[[], dict[str, int]]]] = [
            (roll, partial(destroy_roll, roll.pk, now=timezone.now()))
            for roll in rolls_due_for_destruction()
        ]
        due += [
            (f"Ballots of {election}", partial(destroy_ballots, election.pk, now=timezone.now()))
            for election in Election.objects.filter(
                destruction__isnull=False, destruction__destroyed_at__isnull=True
            )
        ]
        kept = sum(not self._destroyed(what, act) for what, act in due)
        if not due:
            self.stdout.write("Nothing is due for destruction.")
        if kept:
            raise CommandError(f"{kept} of {len(due)} could not be destroyed.")

    def _destroyed(self, what: object, act: Callable[[], dict[str, int]]) -> bool:
        try:
            rows = act()
        except Refusal as refusal:
            self.stderr.write(f"{what}: kept. {refusal.sentence}")
            return False
        rewrite(rows)
        told = ", ".join(f"{table} {count:,}" for table, count in rows.items() if count)
        self.stdout.write(f"{what}: destroyed ({told}).")
        return True


def rewrite(rows: dict[str, int]) -> None:
    """Have PostgreSQL write the tables anew, so that no emptied row is left on the disk."""
    if connection.in_atomic_block:
        raise CommandError("A table cannot be rewritten within a transaction.")
    with connection.cursor() as cursor:
        for table in (name for name, count in rows.items() if count):
            cursor.execute(sql.SQL("VACUUM (FULL, ANALYZE) {}").format(sql.Identifier(table)))
