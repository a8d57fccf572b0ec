"""What was done in a replay, and what came of it: the report is made from nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from ballot.rehearsal.outcome import Listener


@dataclass(frozen=True, slots=True)
class Act:
    """One act. at: its hour of 2016.  who: an office."""

    at: datetime
    who: str
    words: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Found:
    """One figure, or the code of a refusal: what the replay asked for, and what it found."""

    what: str
    asked: object
    found: object

    @property
    def agrees(self) -> bool:
        return self.asked == self.found


@dataclass(slots=True)
class Part:
    """A part of the contest. told: what is remarkable of it in a sentence or two."""

    title: str
    told: str
    acts: list[Act] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)


class Journal:
    """Writes down acts and figures, part by part."""

    def __init__(self, listener: Listener) -> None:
        self.parts: list[Part] = []
        self._listener = listener

    def begin(self, title: str, told: str = "") -> None:
        """Begin the next part."""
        self._listener.step(title)
        self.parts.append(Part(title, told))

    @contextmanager
    def act(self, at: datetime, who: str, words: str) -> Iterator[None]:
        """Do one act; it is written down once it is done."""
        begun = time.monotonic()
        yield
        self.parts[-1].acts.append(Act(at, who, words, time.monotonic() - begun))

    def expect(self, what: str, asked: object, found: object) -> None:
        """Write down a figure. The replay goes on where it is another, and fails at its end."""
        self.parts[-1].found.append(Found(what, asked, found))

    @property
    def found(self) -> list[Found]:
        return [one for part in self.parts for one in part.found]

    @property
    def differences(self) -> list[Found]:
        return [one for one in self.found if not one.agrees]

    @property
    def seconds(self) -> float:
        return sum(act.seconds for part in self.parts for act in part.acts)
