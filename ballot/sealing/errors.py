"""What the sealing core refuses, and how it says so.

    SealingError
    ├── Malformed          bytes that are not what the specification says (lengths, points, scalars)
    ├── CodeRejected       a voting code that was mistyped
    ├── RankingRejected    a ranking, or a space of rankings, that the rules do not allow
    ├── BallotRejected     one ballot
    ├── BallotsRejected    many ballots: `culprits` names each with its condition
    ├── ShuffleRejected    a mix
    ├── OpeningRejected    a trustee's opening, or the set of openings
    ├── CeremonyRejected   the key ceremony: evidence names the trustee
    └── ShareFileRejected  a trustee's share file

Every condition that a check can find broken has one name (sealing §12), which the error carries
with the evidence.  Messages hold no vote, no key and no code.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class SealingError(Exception):
    """A refusal by the sealing core: `condition` names what failed, `evidence` shows it."""

    def __init__(self, condition: str, **evidence: Any) -> None:
        super().__init__(condition, evidence)
        self.condition = condition
        self.evidence = evidence

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.evidence.items())
        return f"{self.condition} ({shown})" if shown else self.condition


class Malformed(SealingError):
    """Bytes that are not what the specification says they must be."""


class CodeRejected(SealingError):
    """A voting code that cannot be one."""


class RankingRejected(SealingError):
    """A ranking, or a space of rankings, outside the rules."""


class BallotRejected(SealingError):
    """A sealed ballot that does not hold."""


class BallotsRejected(SealingError):
    """Sealed ballots that do not hold, each named by its row and its condition."""

    def __init__(self, culprits: Sequence[tuple[int, str]]) -> None:
        super().__init__("ballots", culprits=tuple(culprits))
        self.culprits = tuple(culprits)


class ShuffleRejected(SealingError):
    """A mix that is not proved."""


class OpeningRejected(SealingError):
    """A partial opening that is not proved, or a set of them that opens nothing."""


class CeremonyRejected(SealingError):
    """A step of the key ceremony that does not hold; `evidence["trustee"]` says whose."""


class ShareFileRejected(SealingError):
    """A share file that does not open."""
