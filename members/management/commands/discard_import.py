"""Discard an import that was not applied: its file and its rows are destroyed, with a certificate.

    manage.py discard_import 17
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from members import services
from office.refusal import Refusal


class Command(BaseCommand):
    help = "Discard an import that was not applied."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("import_id", type=int, help="the number of the import, as on its page")

    def handle(self, *args: Any, import_id: int, **given: Any) -> None:
        try:
            services.discard_import(import_id, by=None, now=timezone.now())
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None
        self.stdout.write(f"Import {import_id} is discarded. The membership list is as it was.")
