"""The refusals of the count, in one tree.

CountingError
├── PapersRefused      the papers cannot be read or make no profile
│   ├── BltRefused     a BLT file, with the line
│   └── CsvRefused     a CSV of papers, with the line
├── RulesRefused       the rules make no sense, or name who does not stand
├── CountRefused       this method cannot count these papers
├── UnsettledTie       the rules settle no tie between these candidates
└── SheetBroken        the events of a count do not add up: a bug or an edited record

Each carries what it found as fields, so that a page can show it without reading the message.
"""

from __future__ import annotations

from collections.abc import Sequence


class CountingError(Exception):
    """The root: whatever the counting core refuses."""


class PapersRefused(CountingError):
    """The papers make no profile. Fields: reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BltRefused(PapersRefused):
    """A BLT file cannot be read. Fields: line (from 1), reason."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


class CsvRefused(PapersRefused):
    """A CSV of papers cannot be read. Fields: line (from 1), reason."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


class RulesRefused(CountingError):
    """The rules cannot be used. Fields: reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CountRefused(CountingError):
    """These papers cannot be counted by these rules. Fields: reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnsettledTie(CountingError):
    """No rule settles a tie: the officer draws the lot that the notice promises.

    stage:      the stage after which somebody would be excluded, or elected.
    purpose:    "exclusion" or "election".
    tied:       positions of all who were tied.
    left:       positions of those among whom the lot is to be drawn (earlier stages may already
                have put some of the tied out of danger).
    tied_names, left_names: the same, as on the paper.
    """

    def __init__(
        self,
        *,
        stage: int,
        purpose: str,
        tied: tuple[int, ...],
        left: tuple[int, ...],
        names: Sequence[str],
    ) -> None:
        self.stage = stage
        self.purpose = purpose
        self.tied = tied
        self.left = left
        self.tied_names = tuple(names[candidate] for candidate in tied)
        self.left_names = tuple(names[candidate] for candidate in left)
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        sentence = (
            f"Stage {self.stage}: no rule settles the tie for {self.purpose} "
            f"between {', '.join(self.tied_names)}."
        )
        if self.left != self.tied:
            sentence += f" Earlier stages leave {', '.join(self.left_names)}."
        return sentence


class SheetBroken(CountingError):
    """The events of a count contradict one another. Fields: stage, reason."""

    def __init__(self, stage: int, reason: str) -> None:
        super().__init__(f"stage {stage}: {reason}")
        self.stage = stage
        self.reason = reason
