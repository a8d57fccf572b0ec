"""What a person, or a program, is told: a line a check, and how it all ends."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Protocol, TextIO

from verifier.failure import Failed

MOST_SHOWN = 20
LONGEST_LINE = 2_000
# What is said first and last, be the rest as it may.
REHEARSAL = (
    "A REHEARSAL: the server held the trustees' shares, so whoever runs it could read every vote. "
    "Its result counts for nothing."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that failed: the condition's name, where it was looked for, and why."""

    condition: str
    where: str
    why: str

    @classmethod
    def of(cls, failed: Failed) -> Finding:
        return cls(failed.check, failed.where, failed.why)


@dataclass(slots=True)
class Outcome:
    """How a check of bundle §5 ended. result: PASS, FAIL or NOT MADE; figure: what was counted."""

    number: int
    name: str
    result: str
    figure: str = ""
    failures: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """All outcomes, in order, and what else is to be known of the bundle.

    notes:     for the reader.
    gone:      the checks that a destruction took what they look at; the others hold all the same.
    rehearsal: whether the server held the shares, as the notice says; the verdict says it, too.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    election: dict[str, object] = field(default_factory=dict)
    declared: bool = False
    rehearsal: bool = False
    gone: frozenset[str] = frozenset()

    @property
    def failed(self) -> bool:
        return any(outcome.result == "FAIL" for outcome in self.outcomes)

    @property
    def status(self) -> int:
        """Return the exit status: 0 if all passed, 1 if not, 3 if the result is not there yet.

        4: all that can still be made passed, and the ballots were destroyed.
        """
        if self.failed:
            return 1
        made = [one for one in self.outcomes if one.name not in self.gone]
        passed = all(outcome.result == "PASS" for outcome in made)
        if not (passed and self.declared):
            return 3
        return 4 if self.gone else 0

    @property
    def verdict(self) -> str:
        said = {
            0: "PASS: what was declared is what the ballots on the board say.",
            1: "FAIL: this bundle does not show what it is said to show.",
            3: "NOT YET: nothing failed, and the result is not there yet.",
            4: "DESTROYED: what is left agrees with what was declared. The ballots were destroyed, "
            "so that only a copy of before shows the rest.",
        }[self.status]
        return f"{said} {REHEARSAL}" if self.rehearsal else said

    def told(self) -> dict[str, object]:
        """Return it as programs read it."""
        return {
            "verdict": self.verdict.partition(":")[0],
            "status": self.status,
            "rehearsal": self.rehearsal,
            "election": self.election,
            "notes": self.notes,
            "checks": [asdict(outcome) for outcome in self.outcomes],
        }

    def as_json(self) -> str:
        return written(self.told())

    def as_ending(self) -> str:
        """Return what stands below the checks: the notes, and the verdict last."""
        notes = [plain(f"Note: {note}") for note in self.notes]
        return "\n".join(["", *notes, self.verdict])


def escaped(text: str) -> str:
    """Return text in which nothing moves the cursor, changes colours, or is not to be seen.

    A bundle's titles and names are anybody's, and would else write lines of their own.
    """
    return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text)


def written(told: object) -> str:
    """Return JSON for a program, in which what a terminal could obey is escaped as well."""
    lines = json.dumps(told, indent=2, ensure_ascii=False).split("\n")
    return "\n".join(escaped(line) for line in lines)


def plain(text: str) -> str:
    """Return a line for a person, escaped, and not so long that what is above it is lost."""
    line = escaped(text[:LONGEST_LINE])
    return f"{line}…" if len(text) > LONGEST_LINE else line


def line_of(outcome: Outcome) -> str:
    """Return a check's line, and below it what failed."""
    head = f"{outcome.number:>2}  {outcome.name:<15} {outcome.result:<9} {outcome.figure}".rstrip()
    shown = [f"      {f.condition}: {f.where}: {f.why}" for f in outcome.failures[:MOST_SHOWN]]
    more = len(outcome.failures) - len(shown)
    lines = [head, *shown, *([f"      and {more:,} more"] if more > 0 else [])]
    return "\n".join(map(plain, lines))


def failures_of(error: BaseException) -> list[Finding]:
    """Return what an exception, or a group of them, says has failed."""
    if isinstance(error, Failed):
        return [Finding.of(error)]
    if isinstance(error, ExceptionGroup):
        return [finding for inner in error.exceptions for finding in failures_of(inner)]
    raise error


class Listener(Protocol):
    """Who hears how far a check that takes long has got."""

    def begin(self, name: str, rows: int) -> None:
        """Hear that a check has so many rows of work before it."""

    def add(self, rows: int) -> None:
        """Hear that so many more of them are done."""

    def clear(self) -> None:
        """Hear that the check has ended."""


class Progress:
    """A bar on a terminal, of the rows of work that are done; nothing elsewhere."""

    WIDTH = 30

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream if stream.isatty() else None
        self._name, self._all, self._done = "", 0, 0

    def begin(self, name: str, rows: int) -> None:
        self._name, self._all, self._done = name, rows, 0
        self._show()

    def add(self, rows: int) -> None:
        self._done += rows
        self._show()

    def clear(self) -> None:
        if self._stream:
            self._stream.write("\r\033[K")
            self._stream.flush()

    def _show(self) -> None:
        if self._stream and self._all:
            full = self.WIDTH * min(self._done, self._all) // self._all
            bar = "█" * full + "·" * (self.WIDTH - full)
            self._stream.write(f"\r    {self._name:<15} {bar} {100 * self._done // self._all:>3} %")
            self._stream.flush()


def count_of(number: int, singular: str, plural: str = "") -> str:
    """Return `1 ballot`, `2 ballots`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def figure_of(parts: Sequence[str]) -> str:
    return ", ".join(part for part in parts if part)
