"""Search the membership list for records that may be one person's.

    manage.py find_pairs                 those of members new or changed since the last search
    manage.py find_pairs --whole         those of the whole list

Decides nothing: what is found waits on the desk.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from members import selectors, services


class Command(BaseCommand):
    help = "Search the membership list for records that may be one person's."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--whole", action="store_true", help="search the whole list again")

    def handle(self, *args: Any, **given: Any) -> None:
        search = services.find_pairs(by=None, now=timezone.now(), is_whole=given["whole"])
        self.stdout.write(
            f"{search.members_read:,} members, {search.pairs_compared:,} comparisons. "
            f"{selectors.pairs.pairs_waiting():,} pairs wait for a decision on the desk."
        )
        for each in search.skipped:
            self.stdout.write(
                f"  not compared: {each['records']:,} members who share the {each['block']} "
                "with many others"
            )
