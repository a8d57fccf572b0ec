"""python -m verifier BUNDLE: check a contest from its bundle, and say PASS or FAIL.

With --challenge: make a challenged paper again from its opening, and show what it says (device.py).

Exit status: 0, all checks pass and there is a declaration; 1, something fails; 2, the bundle or the
command line cannot be read; 3, nothing fails, and the result is not there yet; 4, nothing fails of
what is left, and the ballots were destroyed.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from verifier.bundle import Bundle, Unreadable, open_bundle
from verifier.checks import run_checks
from verifier.device import answer
from verifier.failure import Failed
from verifier.known import Known
from verifier.notes import BOARD, LARGEST_NOTE_BYTES, WITNESS, read_key
from verifier.outside import Outside, says_rehearsal
from verifier.report import REHEARSAL, Outcome, Progress, Report, line_of, plain
from verifier.workers import ALONE, Workers

CANNOT_BE_READ = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, and return its exit status."""
    given = command_line().parse_args(arguments)
    try:
        bundle, outside = take(given)
    except (Unreadable, Failed) as error:
        print(plain(f"verifier: {error}"), file=sys.stderr)
        return CANNOT_BE_READ
    if says_rehearsal(bundle) and not given.json:
        print(f"{REHEARSAL}\n")
    if given.challenge is not None:
        return _challenge(bundle, outside, given)
    report = _run(bundle, outside, given)
    if given.json:
        print(report.as_json())
    else:
        print(report.as_ending())
    return report.status


def _run(bundle: Bundle, outside: Outside, given: argparse.Namespace) -> Report:
    def told(outcome: Outcome) -> None:
        if not given.json:
            print(line_of(outcome), flush=True)

    progress = Progress()
    with Workers(given.jobs, progress.add) as workers:
        return run_checks(Known(bundle, outside, workers, progress), told)


def _challenge(bundle: Bundle, outside: Outside, given: argparse.Namespace) -> int:
    text = sys.stdin.read() if given.challenge == "-" else given.challenge
    answered = answer(Known(bundle, outside, ALONE, Progress()), text)
    print(answered.as_json() if given.json else answered.as_text())
    return answered.status


def take(given: argparse.Namespace) -> tuple[Bundle, Outside]:
    """Open the bundle that the arguments name, and read what the reader brought with it.

    Raises: Failed, Unreadable.
    """
    outside = _outside(given)
    bundle = open_bundle(given.bundle, cache=given.cache)
    bundle.read("checkpoint", LARGEST_NOTE_BYTES)
    return bundle, outside


def _outside(given: argparse.Namespace) -> Outside:
    """Read the keys and files that the reader brought.

    Raises: Failed, Unreadable.
    """
    witnesses = [read_key(text, WITNESS, "--witness") for text in given.witness]
    quorum = len(witnesses) if given.quorum is None else given.quorum
    if quorum > len(witnesses):
        raise Unreadable(f"--quorum {quorum} is more than the witnesses named with --witness.")
    return Outside(
        key=read_key(given.key, BOARD, "--key") if given.key else None,
        witnesses=witnesses,
        quorum=quorum,
        since=_file(given.since) if given.since else None,
        proofs=[_file(path) for path in given.proof],
        receipts=[_file(path) for path in given.receipt],
    )


def _file(path: Path) -> tuple[str, bytes]:
    try:
        with path.open("rb") as file:
            return str(path), file.read(LARGEST_NOTE_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from None


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("it is to be 1 or more")
    return number


def command_line() -> argparse.ArgumentParser:
    """Return the reader of the command line, which a page uses as well."""
    parser = argparse.ArgumentParser(
        prog="python -m verifier", description="Check a contest from its bundle.",
        epilog="Exit status: 0 all pass, 1 something fails, 2 it cannot be read, 3 no result yet, "
        "4 what is left passes, the ballots are destroyed.",
    )  # fmt: skip
    parser.add_argument("bundle", help="a zip file, a folder, or the board's address")
    parser.add_argument("--key", metavar="VKEY", help="the board's key, from outside the bundle")
    parser.add_argument("--witness", metavar="VKEY", action="append", default=[],
                        help="a witness's key; may be repeated")  # fmt: skip
    parser.add_argument("--quorum", type=int, metavar="N",
                        help="how many witnesses must have signed; without it, all")  # fmt: skip
    for name, help_text in (
        ("--receipt", "a receipt: its ballot must be on the board; may be repeated"),
        ("--proof", "a .tlog-proof file: it must hold; may be repeated"),
    ):
        parser.add_argument(
            name, type=Path, action="append", default=[], metavar="FILE", help=help_text
        )
    parser.add_argument("--since", type=Path, metavar="FILE",
                        help="an older checkpoint: the board must continue it")  # fmt: skip
    parser.add_argument("--jobs", type=_positive, default=os.cpu_count() or 1, metavar="N",
                        help="how many processes; without it, one a core")  # fmt: skip
    parser.add_argument("--cache", type=Path, metavar="FOLDER",
                        help="keep here what is downloaded, so that it goes on")  # fmt: skip
    parser.add_argument("--challenge", metavar="TEXT",
                        help="show what a challenged paper says, from its opening or the address "
                        "that ends with it; - reads it from the standard input")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="write the report as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
