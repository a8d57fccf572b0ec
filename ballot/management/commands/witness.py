"""Run the witness's one file, with the arguments that it takes itself.

    manage.py witness watch https://votes.example/board/leader-2026/ --key KEY --once

For trying it out. A witness on the board's own server vouches for nothing: whoever is one copies
witness/hustings_witness.py to their own machine, where it needs neither this command nor Django.
"""

from __future__ import annotations

import subprocess
import sys
from argparse import REMAINDER, ArgumentParser
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand

PROGRAM: Final = settings.BASE_DIR / "witness" / "hustings_witness.py"


class Command(BaseCommand):
    help = "Run witness/hustings_witness.py: init, watch, serve or verify-diff."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("arguments", nargs=REMAINDER, help="as docs/handbook/witness.md says")

    def handle(self, **options: Any) -> None:
        command = [sys.executable, str(PROGRAM), *options["arguments"]]
        # What stands behind it is typed by whoever runs this; the program is our own file.
        sys.exit(subprocess.run(command, check=False).returncode)  # noqa: S603
