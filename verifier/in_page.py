"""The checks in a browser's page: the command's own, each step told to a script as it is made.

A page has neither a terminal nor processes, and gives the files as paths of its own memory. What is
told is a line of JSON, an object of one member:
    work        {name, done, rows}: how far a check is that takes long
    outcome     a check as it ended: number, name, result, figure, failures
    unreadable  {condition, where, why}: there is no bundle, or what came with it is none; the last
    report      all of it, as --json writes it; the last
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict

from verifier.__main__ import command_line, take
from verifier.bundle import Unreadable
from verifier.checks import run_checks
from verifier.failure import Failed
from verifier.known import Known
from verifier.outside import says_rehearsal
from verifier.report import REHEARSAL, Finding
from verifier.workers import Workers

# A page says how far it is some times a minute. Sums over so few rows cost 3 % more.
ROWS_BETWEEN = 1024


def check(arguments: Sequence[str], tell: Callable[[str], None]) -> None:
    """Make every check, with the command's own arguments; --jobs and --cache mean nothing here."""

    def say(what: str, content: object) -> None:
        tell(json.dumps({what: content}, ensure_ascii=False))

    try:
        bundle, outside = take(command_line().parse_args(arguments))
    except Unreadable as error:
        say("unreadable", asdict(Finding("bundle.unreadable", "", str(error))))
        return
    except Failed as error:
        say("unreadable", asdict(Finding.of(error)))
        return
    if says_rehearsal(bundle):
        say("rehearsal", REHEARSAL)
    work = Work(say)
    with Workers(1, work.add, largest=ROWS_BETWEEN) as workers:
        report = run_checks(
            Known(bundle, outside, workers, work), lambda ended: say("outcome", asdict(ended))
        )
    say("report", report.told())


class Work:
    """Tells how far a check is that takes long."""

    def __init__(self, say: Callable[[str, object], None]) -> None:
        self._say = say
        self._name, self._rows, self._done = "", 0, 0

    def begin(self, name: str, rows: int) -> None:
        self._name, self._rows, self._done = name, rows, 0
        self._tell()

    def add(self, rows: int) -> None:
        self._done += rows
        self._tell()

    def clear(self) -> None:
        """The outcome says that the check has ended."""

    def _tell(self) -> None:
        self._say("work", {"name": self._name, "done": self._done, "rows": self._rows})
