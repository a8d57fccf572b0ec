#!/usr/bin/env python3
"""Django's command line for Hustings.

On a real server the environment names the database and the keys. Where it names neither, this is
the trial installation in var/, and its servers are started for the length of the command.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

WITHOUT_SERVERS = {
    *("", "help", "--help", "version", "--version", "check", "makemigrations", "collectstatic"),
    *("findstatic", "makemessages", "compilemessages", "diffsettings", "sqlmigrate"),
    "witness",
}


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def main() -> None:
    use_the_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if not os.environ.get("DATABASE_URL") and not os.environ.get("HUSTINGS_SECRET_KEY"):
        if os.environ.setdefault("HUSTINGS_DEVELOPMENT", "1") != "1":
            sys.exit("DATABASE_URL is not set: see docs/operations.md.")
        run_with_own_servers()
        return
    run()


def use_the_environment() -> None:
    """Go on with the Python of .venv/ where this one has no Django."""
    if importlib.util.find_spec("django") is not None:
        return
    python = Path(__file__).resolve().parent / ".venv" / "bin" / "python"
    if not python.exists() or Path(sys.prefix) == python.parent.parent:
        sys.exit("There is no environment yet: run `make install`.")
    os.execv(python, [str(python), *sys.argv])  # noqa: S606


def run_with_own_servers() -> None:
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command in WITHOUT_SERVERS or "--help" in sys.argv:
        run()
        return
    from config.embedded.postgres import CannotStart
    from config.embedded.servers import own_servers, var_folder

    say(f"DATABASE_URL is not set: using the trial installation in {var_folder()}.")
    try:
        with own_servers(say):
            run()
    except CannotStart as error:
        sys.exit(str(error))


def run() -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
