"""The purposes of letters, and the renderer that addresses and words each.

The outbox keeps neither address nor words. When a batch is to be sent, the renderer of its
purpose is given the letters, with their enclosures opened, and returns what to send.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LetterToSend:
    """A letter as its renderer sees it. The enclosure is out of sight of logs and tracebacks."""

    letter_id: int
    purpose: str
    reference: UUID
    recipient: str
    attempt: int
    enclosure: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Envelope:
    """An addressed letter: one address, a subject, text and HTML."""

    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)


Renderer = Callable[[Sequence[LetterToSend]], Mapping[int, Envelope]]


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose with its renderer and the words for the dispatch page."""

    name: str
    render: Renderer
    words: str


_purposes: dict[str, Purpose] = {}


def register_purpose(name: str, render: Renderer, *, words: str) -> None:
    """Say how letters of this purpose are addressed and worded.

    render: called with a batch (at most 50, one reference); returns letter_id → Envelope. A
            letter it leaves out has no address: it is held for a person.
    words:  what the letters are: "Voting codes".
    """
    if name in _purposes and _purposes[name].render is not render:
        raise ValueError(f"{name} is registered twice")
    _purposes[name] = Purpose(name, render, words)


def purpose_named(name: str) -> Purpose:
    return _purposes[name]


def is_known_purpose(name: str) -> bool:
    return name in _purposes
