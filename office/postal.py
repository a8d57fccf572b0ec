"""The letters that may be printed: who gets one on paper, and how it is worded there.

A purpose of the outbox may have a postal side, which its application registers beside its
renderer. A purpose without one goes by e-mail alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db.models import Exists, OuterRef

from office.models import Dispatch, Letter
from office.pdf import PostalLetter
from office.purposes import LetterToSend


class SendsByPost(Protocol):
    """Queues a letter on paper in place of one that bounced, under the purpose's own rules."""

    def __call__(self, reference: UUID, recipient: str, *, by: int, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class PostalSide:
    """How the letters of a purpose go on paper.

    without_email: reference → the recipients who have no e-mail address.
    addressed:     of these recipients, those who have a postal address that may be used.
    render:        a batch → letter_id → the letter; who cannot be addressed is left out.
    instead:       what is done for somebody whose e-mail bounced.
    no_more:       reference → why none of its letters is printed any more; empty while they are.
    """

    without_email: Callable[[UUID], Collection[str]]
    addressed: Callable[[Sequence[str]], Collection[str]]
    render: Callable[[Sequence[LetterToSend]], Mapping[int, PostalLetter]]
    instead: SendsByPost
    no_more: Callable[[UUID], str]


_sides: dict[str, PostalSide] = {}


def register_postal(purpose: str, side: PostalSide) -> None:
    """Say how the letters of a purpose go on paper. Once, at start."""
    _sides[purpose] = side


def is_postal(purpose: str) -> bool:
    return purpose in _sides


def postal_purposes() -> tuple[str, ...]:
    return tuple(_sides)


def postal_side(purpose: str) -> PostalSide:
    return _sides[purpose]


def lapsed_dispatches() -> list[int]:
    """Those with letters held whose codes open nothing any more: nobody has anything to settle."""
    held = Letter.objects.filter(dispatch=OuterRef("pk"), state=Letter.State.HELD)
    rows = Dispatch.objects.filter(Exists(held), purpose__in=_sides)
    return [row.pk for row in rows if _sides[row.purpose].no_more(row.reference)]
