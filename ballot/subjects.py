"""What acts on a contest are done to: its election by its title, and what of the election."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from django.db.models import Model
from django.urls import reverse

from ballot.models import (
    Box,
    Candidate,
    Contest,
    Election,
    HandedIn,
    KeyCeremony,
    NominatingBody,
    Nomination,
    Ruling,
    Trustee,
)
from office.subjects import Subject, numbers, register_subject


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a kind: their election (`way`), what they are called, and the key they go by."""

    model: type[Model]
    way: str = ""
    words: str = ""
    fields: tuple[str, ...] = ()
    key: str = "pk"


_KINDS: Final = {
    "box": [_Rows(Box, "contest__election__", "box of “{}”", ("contest__title",))],
    "candidate": [_Rows(Candidate, "contest__election__", "candidate {}", ("name",))],
    "ceremony": [_Rows(KeyCeremony, "election__", "key ceremony")],
    "contest": [_Rows(Contest, "election__", "contest “{}”", ("title",))],
    "election": [_Rows(Election)],
    "handed_in": [_Rows(HandedIn, "box__contest__election__", "what trustee {} handed in",
                        ("trustee__name",))],
    "nominating_body": [_Rows(NominatingBody, "election__", "nominating body {}", ("name",))],
    "nomination": [_Rows(Nomination, "contest__election__", "nomination by {}", ("body__name",))],
    "roll": [_Rows(Election, words="roll", key="roll_id")],
    "ruling": [
        _Rows(Ruling, "candidate__contest__election__", "ruling on the papers of {}",
              ("candidate__name",)),
        _Rows(Ruling, "nomination__contest__election__", "ruling on the nomination by {}",
              ("nomination__body__name",)),
    ],
    "trustee": [_Rows(Trustee, "election__", "trustee {}", ("name",))],
}
_PARTS: Final = {
    "difference": (":", "a difference"), "elector": ("-", "an elector"), "incident": ("-", ""),
}
"""Kinds whose ids begin with the key of their election, a mark after it, and their words.

Without words of their own they are told by the number that stands after the mark.
"""


def register() -> None:
    """Say to the trail and the approvals how each kind is named."""
    for kind, sources in _KINDS.items():
        register_subject(kind, partial(_found, sources))
    for kind in _PARTS:
        register_subject(kind, partial(_parts, kind))


def _found(sources: Sequence[_Rows], ids: Sequence[str]) -> Mapping[str, Subject]:
    keys = numbers(ids)
    return {
        str(key): _subject(title, slug, rows.words.format(*rest))
        for rows in sources
        for key, title, slug, *rest in rows.model._default_manager
        .filter(**{f"{rows.key}__in": keys, f"{rows.way}title__isnull": False})
        .values_list(rows.key, f"{rows.way}title", f"{rows.way}slug", *rows.fields)
    }


def _parts(kind: str, ids: Sequence[str]) -> Mapping[str, Subject]:
    mark, words = _PARTS[kind]
    parted = {one: one.partition(mark) for one in ids}
    keys = numbers(key for key, _, _ in parted.values())
    elections = {str(row.pk): row for row in Election.objects.filter(pk__in=keys)}
    return {
        one: _subject(elections[key].title, elections[key].slug, words or f"{kind} {rest}")
        for one, (key, _, rest) in parted.items() if key in elections
    }


def _subject(title: str, slug: str, what: str) -> Subject:
    words = f"{title}: {what}" if what else title
    return Subject(words, reverse("desk_election", args=[slug]), "see_election")
