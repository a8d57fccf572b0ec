"""Undo an import that was applied, here and now: everybody it touched is again as they were.

    manage.py undo_import 17

It is refused, with what stands in the way, where later acts depend on the import.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from members import services
from office.refusal import Refusal


class Command(BaseCommand):
    help = "Undo an import that was applied."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("import_id", type=int, help="the number of the import, as on its page")

    def handle(self, *args: Any, import_id: int, **given: Any) -> None:
        try:
            services.request_undo(import_id, by=None, now=timezone.now())
            services.undo_import(import_id, now=timezone.now())
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None
        self.stdout.write(f"Import {import_id} is undone.")
