"""Write the board of an election as files: for a plain file server, or as one bundle to check."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ballot.bundle import BundleFile, bundle_files, bundle_zip
from ballot.management.progress import TerminalListener
from ballot.management.trusted import election_named
from ballot.models import Checkpoint
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
            _write_zip(checkpoint, options["to"])
        else:
            _write_folder(checkpoint, options["to"])
        self.stdout.write(f"{checkpoint.size:,} entries: {options['to']}")


def _write_zip(checkpoint: Checkpoint, path: Path) -> None:
    made = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with made.open("wb") as file:
            for piece in bundle_zip(checkpoint):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)


def _write_folder(checkpoint: Checkpoint, folder: Path) -> None:
    listener = TerminalListener(sys.stdout)
    listener.step("Writing the board's files")
    for done, file in enumerate(bundle_files(checkpoint), start=1):
        listener.report(done=done, unit="files")
        path = folder / file.path
        # A tile or a blob never changes; the checkpoint does, and comes last.
        if file.path == "checkpoint" or not path.exists():
            _write_file(file, path)
    listener.finish()


def _write_file(file: BundleFile, path: Path) -> None:
    """Write it under another name first: nobody is ever served half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f"{path.name}.{os.getpid()}")
    with made.open("wb") as opened:
        opened.writelines(file.pieces())
    made.replace(path)
