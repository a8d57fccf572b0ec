"""Write the booth and the page that checks a device as files, to be served from another origin."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ballot.lifecycle import State
from ballot.management.booth_exported import NothingToExport, exported_files
from ballot.management.trusted import election_named
from ballot.models import Election


class Command(BaseCommand):
    """`python manage.py export_booth FOLDER [--election SLUG]`"""

    help = (
        "Write the voting page of an open poll, and the page on which a second device checks a "
        "first, as a folder of files. Whoever serves it at the root of an origin of their own, one "
        "that HUSTINGS_BOOTH_ORIGINS names, gives electors a booth that is not this server\'s."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="where to write; files there are replaced")
        parser.add_argument("--election", help="the election\'s slug; without it, every open poll")

    def handle(self, **options: Any) -> None:
        slug = options["election"]
        chosen = [election_named(slug)] if slug else list(
            Election.objects.filter(state=State.POLLING.value).order_by("pk")
        )
        if not chosen:
            raise CommandError("No poll is open, so there is no paper to write.")
        try:
            files = list(exported_files(chosen, now=timezone.now()))
        except (NothingToExport, FileNotFoundError) as reason:
            raise CommandError(str(reason)) from reason
        for file in files:
            path = options["folder"] / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.octets)
        self.stdout.write(f"{len(files)} files: {options['folder']}")
