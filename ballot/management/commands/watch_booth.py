"""Compare the voting page as it is served with what the opening entry named."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ballot.management.booth_watch import CannotWatch, differences, over_the_network, watching


class Command(BaseCommand):
    """`python manage.py watch_booth https://vote.example.org/vote/leader-2026/ [--every 300]`

    The page that checks a device, `…/check/leader-2026/`, is watched alike; so are both where
    others serve them, with the board's address: `--board https://vote.example.org/board/leader-2026/`
    """

    help = (
        "Fetch a voting page and every file that it loads, as an elector's browser would, and "
        "compare them with the opening entry on the board. Run it from outside, on a machine that "
        "the server does not know."
    )
    # It asks no database: whoever runs it need not have one.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("page", help="the address of the voting page, as electors have it")
        parser.add_argument(
            "--board", help="the board's address, where another origin than the board's serves it"
        )
        parser.add_argument("--every", type=float, help="look again after so many seconds")

    def handle(self, **options: Any) -> None:
        page = options["page"]
        slug = urlsplit(page).path.strip("/").rpartition("/")[2]
        board = f"{(options['board'] or urljoin(page, f'/board/{slug}')).rstrip('/')}/"
        try:
            if options["every"]:
                for found in watching(
                    page, board, every_s=options["every"], fetch=over_the_network
                ):
                    self._say(found)
            elif not self._say(differences(page, board, fetch=over_the_network)):
                raise CommandError("The page is not the one that the opening named.")
        except CannotWatch as reason:
            raise CommandError(str(reason)) from reason

    def _say(self, found: list[str]) -> bool:
        moment = f"{timezone.now():%Y-%m-%d %H:%M:%S} UTC"
        for sentence in found:
            self.stderr.write(f"{moment}  DIFFERS  {sentence}")
        if not found:
            self.stdout.write(f"{moment}  the page and its files are those that the opening named")
        return not found
