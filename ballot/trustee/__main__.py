"""A trustee's own software at the command line.

    python -m ballot.trustee ADDRESS --keep FOLDER             whatever is due now
    python -m ballot.trustee ADDRESS --keep FOLDER --wait      … and on, until nothing will be
    python -m ballot.trustee ceremony|held|mix|open ADDRESS --keep FOLDER
    python -m ballot.trustee paper --keep FOLDER               the share file as a page to print
    python -m ballot.trustee restore --keep FOLDER             … and back, from its text

The seat's address bears a secret: with --seat-file FILE, or without ADDRESS at the prompt, it does
not stand in the shell's history.

Exit status: 0 done; 1 could not be done; 2 the command line; 3 nothing to do yet; 4 a check failed.
Spec: docs/spec/trustees.md.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from getpass import getpass
from pathlib import Path

from ballot.sealing.workers import WorkerLost
from ballot.trustee.address import read_address
from ballot.trustee.console import Console
from ballot.trustee.due import KINDS, run
from ballot.trustee.errors import Refused, Trouble
from ballot.trustee.folder import Folder
from ballot.trustee.paper import restore, write_paper
from ballot.trustee.passphrase import Passphrase
from ballot.trustee.server import Server
from ballot.trustee.session import Session

DONE, COULD_NOT, WAITING, CHECK_FAILED = 0, 1, 3, 4
DUE = "due"
OFFLINE = ("paper", "restore")


def main(
    arguments: Sequence[str],
    *,
    console: Console | None = None,
    ask: Callable[[str], str] = getpass,
) -> int:
    """Do what the command line says; return the exit status.  ask: as `getpass`."""
    console = console or Console()
    options = _options(list(arguments))
    try:
        folder = Folder(options.keep)
        with folder.locked():
            return _do(options, folder, console, ask)
    except Refused as refusal:
        console.warn(_REFUSED.format(refusal=refusal))
        return CHECK_FAILED
    except (Trouble, OSError, WorkerLost, MemoryError) as trouble:
        console.warn(f"This could not be done: {trouble or 'not enough memory.'}")
        return COULD_NOT
    except KeyboardInterrupt:
        console.warn("\nStopped. Run the same command again to go on.")
        return COULD_NOT


_REFUSED = """\
A CHECK FAILED, and nothing was sent.
    check: {refusal.check}
    where: {refusal.where}
    why:   {refusal.why}
Show this to the other trustees and to the returning officer before anybody goes on."""


def _do(
    options: argparse.Namespace, folder: Folder, console: Console, ask: Callable[[str], str]
) -> int:
    passphrase = Passphrase(options.passphrase_file, ask=ask)
    if options.command == "paper":
        console.say(write_paper(folder, passphrase))
        return DONE
    if options.command == "restore":
        console.say(restore(folder, _text(options.text_file, ask), passphrase))
        return DONE
    address = read_address(_address(options, ask))

    def begin() -> Session:
        return Session(
            Server(address),
            folder,
            console=console,
            passphrase=passphrase,
            jobs=options.jobs,
            board_key=options.board_key,
        )

    done = run(begin, command=options.command, wait=options.wait, every_s=options.every)
    return DONE if done else WAITING


def _address(options: argparse.Namespace, ask: Callable[[str], str]) -> str:
    if options.seat_file is not None:
        return str(options.seat_file.read_text("utf-8"))
    if options.address:
        return str(options.address)
    return _asked(ask, "Your seat's address, whole, from the letter: ")


def _text(file: Path | None, ask: Callable[[str], str]) -> str:
    if file is not None:
        return file.read_text("utf-8")
    return _asked(ask, "The text of the QR code: ")


def _asked(ask: Callable[[str], str], prompt: str) -> str:
    try:
        return ask(prompt)
    except EOFError as error:
        raise Trouble("An answer is needed, and there is nobody to ask.") from error


def _options(arguments: list[str]) -> argparse.Namespace:
    known = {*KINDS, *OFFLINE}
    command = arguments.pop(0) if arguments and arguments[0] in known else DUE
    parser = argparse.ArgumentParser(
        prog="python -m ballot.trustee",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(command=command)
    parser.add_argument("--keep", type=Path, required=True, metavar="FOLDER", help="your folder")
    parser.add_argument("--passphrase-file", type=Path, metavar="FILE", help="for scripts")
    if command == "restore":
        parser.add_argument("--text-file", type=Path, metavar="FILE", help="the QR code's text")
    if command not in OFFLINE:
        _add_options_of_seat(parser)
    return parser.parse_args(arguments)


def _add_options_of_seat(parser: argparse.ArgumentParser) -> None:
    cores = os.cpu_count() or 1
    parser.add_argument("address", nargs="?", default="", metavar="ADDRESS")
    parser.add_argument("--seat-file", type=Path, metavar="FILE", help="holds the seat's address")
    parser.add_argument("--board-key", default="", metavar="KEY", help="as the notice prints it")
    parser.add_argument("--jobs", type=int, default=cores, metavar="N", help="processes at once")
    parser.add_argument("--wait", action="store_true", help="go on until nothing will be due")
    parser.add_argument("--every", type=float, default=5.0, metavar="SECONDS", help="when to ask")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
