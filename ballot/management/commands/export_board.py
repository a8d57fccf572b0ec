"""Write the board of an election as files: for a plain file server, or as one bundle to check."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ballot.management.bundle_written import write_folder, write_zip
from ballot.management.trusted import election_named
from ballot.published import newest_checkpoint


class Command(BaseCommand):
    """`python manage.py export_board SLUG FOLDER` or `… SLUG FILE.zip`"""

    help = (
        "Write the published board of an election into a folder, or into a zip. In a folder, files "
        "that are there already are left: run it again to bring the folder up to date."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("election", help="the election's slug, as in its address")
        parser.add_argument("to", type=Path, help="a folder, or a file whose name ends in .zip")

    def handle(self, **options: Any) -> None:
        checkpoint = newest_checkpoint(election_named(options["election"]))
        if checkpoint is None:
            raise CommandError("This board has no checkpoint yet: a worker signs the first one.")
        if options["to"].suffix == ".zip":
            write_zip(checkpoint, options["to"])
        else:
            write_folder(checkpoint, options["to"])
        self.stdout.write(f"{checkpoint.size:,} entries: {options['to']}")
