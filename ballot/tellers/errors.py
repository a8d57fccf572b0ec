"""What stops the tellers.

TellersStopped
├── NotKnown           a method, or a rule, that they do not know: counted once only
├── PapersUnreadable   a row of the papers is no ranking, or no number of papers; or what is
│                      weighted are other boxes than there are
└── TieOpen            no rule given settles a tie
"""

from __future__ import annotations

from collections.abc import Sequence


class TellersStopped(Exception):
    """The root: whatever keeps the tellers from a result."""


class NotKnown(TellersStopped):
    """The tellers do not know this method or rule. Fields: what."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the tellers do not know {what}")
        self.what = what


class PapersUnreadable(TellersStopped):
    """A row of the papers, or what is weighted, makes no sense. Fields: reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TieOpen(TellersStopped):
    """No rule settles a tie. Fields: stage (from 1), tied (names in the order of the paper)."""

    def __init__(self, stage: int, tied: Sequence[str]) -> None:
        super().__init__(f"stage {stage}: {', '.join(tied)} are tied, and no rule settles it")
        self.stage = stage
        self.tied = tuple(tied)
