"""The purposes of letters, and the renderer that addresses and words each.

The outbox keeps neither address nor words. When a batch is to be sent, the renderer of its
purpose is given the letters, with their enclosures opened, and returns what to send.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
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


Renderer = Callable[[Sequence[LetterToSend]], Mapping[int, Envelope | None]]


Names = Callable[[Sequence[str]], Mapping[str, str]]
Rests = Callable[[UUID], str]
HidesTotals = Callable[[UUID], bool]


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose with its renderer, the words for the dispatch page, and how to name recipients."""

    name: str
    render: Renderer
    words: str
    names: Names | None = None
    rests: Rests | None = None
    hides_totals: HidesTotals | None = None


_purposes: dict[str, Purpose] = {}


class NotesLooks(Protocol):
    """Writes down that a member of staff is shown who the recipients of letters are."""

    def __call__(self, words: str, *, hits: int, by: int, now: datetime) -> None: ...


_notes_looks: list[NotesLooks] = []


def register_look_ups(note: NotesLooks) -> None:
    """Say who writes down looks: whoever keeps the list that the names are from. Once, at start."""
    if note not in _notes_looks:
        _notes_looks.append(note)


Title = Callable[[UUID], str]
_titles: list[Title] = []


def register_title(title_of: Title) -> None:
    """Say how to find what letters are about: reference → an election's title, empty where it is
    nothing of the asker's. Once, at start.
    """
    if title_of not in _titles:
        _titles.append(title_of)


def register_purpose(
    name: str, render: Renderer, *, words: str, names: Names | None = None,
    rests: Rests | None = None, hides_totals: HidesTotals | None = None,
) -> None:
    """Say how letters of this purpose are addressed and worded.

    render: called with a batch (at most 50, one reference); returns letter_id → Envelope. A
            letter it leaves out has no address: it is held for a person. One with None is
            wanted no more (who is to be reminded has voted), and is cancelled.
    words:  what the letters are: "Voting codes".
    names:  recipients → what to call each, for those alone who may see the roll. Who is unknown
            is left out.
    rests:  reference → why none of these letters goes out just now, in words; empty: they go.
    hides_totals: reference → whether their number says more than everybody is told just now.
    """
    if name in _purposes and _purposes[name].render is not render:
        raise ValueError(f"{name} is registered twice")
    _purposes[name] = Purpose(name, render, words, names, rests, hides_totals)


def purpose_named(name: str) -> Purpose:
    return _purposes[name]


def words_of(name: str, reference: UUID) -> str:
    """What letters are, and about what: "Voting codes, Leader 2026"."""
    return titled(name, title_about(reference))


def title_about(reference: UUID) -> str:
    """The title of the election that letters are about; empty where they are about none."""
    return next(filter(None, (title_of(reference) for title_of in _titles)), "")


def titled(name: str, title: str) -> str:
    """What letters of a purpose are, with a title that is found already."""
    words = _purposes[name].words if name in _purposes else name
    return f"{words}, {title}" if title else words


def rests(name: str, reference: UUID) -> str:
    """Why no letter of a purpose goes out just now; empty where they do."""
    purpose = _purposes[name]
    return purpose.rests(reference) if purpose.rests else ""


def hides_totals(name: str, reference: UUID) -> bool:
    """Whether no page tells how many letters of a purpose there are, just now."""
    hides = _purposes[name].hides_totals if name in _purposes else None
    return hides is not None and hides(reference)


def known_purposes() -> tuple[str, ...]:
    """Every purpose of this installation: letters are found by purpose and recipient."""
    return tuple(_purposes)


def is_known_purpose(name: str) -> bool:
    return name in _purposes


def recipients_named(name: str, recipients: Sequence[str]) -> Mapping[str, str]:
    """What to call the recipients of a purpose; empty where it names nobody."""
    names = _purposes[name].names if name in _purposes else None
    return names(recipients) if names else {}


def note_names_shown(count: int, *, by: int, now: datetime) -> None:
    """Have it written down that so many recipients are named to a member of staff."""
    for note in _notes_looks if count else ():
        note("", hits=count, by=by, now=now)
