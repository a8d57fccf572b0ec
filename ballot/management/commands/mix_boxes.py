"""Mix every box as a party other than the server."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ballot.management.progress import TerminalListener
from ballot.management.trusted import election_named, refusals_as_errors
from ballot.services.mix_box import SERVER, mix_boxes


class Command(BaseCommand):
    """`python manage.py mix_boxes SLUG --mixer "Scrutineer"`"""

    help = "Mix every box of an election as a party other than the server, and prove it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("election", help="the election's slug, as in its address")
        parser.add_argument("--mixer", required=True, help="the name that stands on the board")
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)

    def handle(self, **options: Any) -> None:
        if options["mixer"] == SERVER:
            raise CommandError("“server” is the server's own mix; give the mixer's own name.")
        listener = TerminalListener(sys.stdout)
        with refusals_as_errors():
            listener.step(f"Mix as {options['mixer']}")
            mix_boxes(
                election_named(options["election"]).pk,
                mixer=options["mixer"],
                by=None,
                now=timezone.now(),
                processes=options["processes"],
                report=listener.report,
            )
        listener.finish()
