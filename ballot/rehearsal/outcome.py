"""How a rehearsal goes: who is told of each step, and what it came to."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol


class Listener(Protocol):
    """Who is told how the rehearsal goes: `step` begins one, `report` says how far it is."""

    def step(self, words: str) -> None: ...

    def report(
        self,
        *,
        done: int | None = None,
        total: int | None = None,
        stage: str | None = None,
        unit: str | None = None,
    ) -> None: ...


@dataclass(slots=True)
class Outcome:
    """How it went: seconds by step, the sheet, and whether it is the profile's own count."""

    election_slug: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    ballots: int = 0
    sheet: dict[str, Any] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)


@contextmanager
def timed(outcome: Outcome, listener: Listener, words: str) -> Iterator[None]:
    """Tell of a step, and write down how long it took."""
    listener.step(words)
    begun = time.monotonic()
    yield
    outcome.seconds[words] = time.monotonic() - begun


def now() -> datetime:
    """The hour of an act."""
    return datetime.now(UTC)
