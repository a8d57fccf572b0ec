"""What documents and letters are made of: plain values, which say nothing of how they are set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading. level: 1 (the title of the whole) to 3."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. A line break in the text is one on paper."""

    text: str
    is_bold: bool = False
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose head is repeated on every page.

    shares:  how wide the columns are beside each other, as [3, 1, 1]; empty: all alike.
    figures: the columns, from 0, that are set flush right.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    shares: Sequence[float] = ()
    figures: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code, with its words underneath. side_mm: how large it is printed."""

    content: str
    caption: str = ""
    side_mm: float = 35


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows begins on a page of its own."""


Part = Heading | Text | Table | QrCode | NewPage


@dataclass(frozen=True, slots=True)
class PostalLetter:
    """A letter to be printed: whom it goes to, line by line as in a window, and what it says."""

    address: Sequence[str]
    parts: Sequence[Heading | Text | QrCode]
