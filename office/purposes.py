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


Names = Callable[[Sequence[str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose with its renderer, the words for the dispatch page, and how to name recipients."""

    name: str
    render: Renderer
    words: str
    names: Names | None = None


_purposes: dict[str, Purpose] = {}


def register_purpose(
    name: str, render: Renderer, *, words: str, names: Names | None = None
) -> None:
    """Say how letters of this purpose are addressed and worded.

    render: called with a batch (at most 50, one reference); returns letter_id → Envelope. A
            letter it leaves out has no address: it is held for a person.
    words:  what the letters are: "Voting codes".
    names:  recipients → what to call each, for those alone who may see the roll. Who is unknown
            is left out.
    """
    if name in _purposes and _purposes[name].render is not render:
        raise ValueError(f"{name} is registered twice")
    _purposes[name] = Purpose(name, render, words, names)


def purpose_named(name: str) -> Purpose:
    return _purposes[name]


def known_purposes() -> tuple[str, ...]:
    """Every purpose of this installation: letters are found by purpose and recipient."""
    return tuple(_purposes)


def is_known_purpose(name: str) -> bool:
    return name in _purposes


def recipients_named(name: str, recipients: Sequence[str]) -> Mapping[str, str]:
    """What to call the recipients of a purpose; empty where it names nobody."""
    names = _purposes[name].names if name in _purposes else None
    return names(recipients) if names else {}
