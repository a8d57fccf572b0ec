"""What the board's core refuses, and how it says so.

    BoardError
    ├── Malformed         bytes, texts or numbers that are not what the specification says
    ├── ProofRejected     an inclusion or a consistency that is not proved
    ├── NoteRejected      a note that no known key signed, or a known key's signature that is false
    └── WitnessRefused    a checkpoint that a witness does not cosign, with the status it answers

Every condition that a check can find broken has one name (board §10), which the error carries with
the evidence.
"""

from __future__ import annotations

from typing import Any


class BoardError(Exception):
    """A refusal by the board's core: `condition` names what failed, `evidence` shows it."""

    def __init__(self, condition: str, **evidence: Any) -> None:
        super().__init__(condition, evidence)
        self.condition = condition
        self.evidence = evidence

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.evidence.items())
        return f"{self.condition} ({shown})" if shown else self.condition


class Malformed(BoardError):
    """Bytes, a text or a number that are not what the specification says they must be."""


class ProofRejected(BoardError):
    """A proof of inclusion or of consistency that does not hold."""


class NoteRejected(BoardError):
    """A note that is not signed as it must be."""


class WitnessRefused(BoardError):
    """A checkpoint that a witness does not cosign.

    status:     the HTTP status that tlog-witness gives the case.
    known_size: with 409, the size of the checkpoint that the witness has; else None.
    """

    def __init__(
        self, condition: str, *, status: int, known_size: int | None = None, **evidence: Any
    ) -> None:
        super().__init__(condition, **evidence)
        self.status = status
        self.known_size = known_size
