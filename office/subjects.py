"""What acts are done to, as people name it: each app says how its kinds are named and found.

The audit trail and the approvals know a subject by its kind and its id. What no app names is told
by these two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

_WORDS: Final = {
    "change": "Change of contact details",
    "contact_flag": "Flag",
    "enquiry": "Question “Am I on the roll?”",
    "export": "Export of members",
    "handed_in": "What a trustee handed in",
    "member": "Record",
    "pair": "Pair of records",
    "pair_search": "Search for records of one person",
    "reissue_request": "Request for a new code",
    "rules": "Eligibility rules",
}
"""Of kinds whose name, begun with a capital, would not say it."""
_ALONE: Final = {
    "contact_freeze": "The freeze of contact details",
    "invitation": "An invitation",
    "letters": "Letters that go by post",
    "register": "The membership list",
}
"""Of kinds whose ids say nothing."""


@dataclass(frozen=True, slots=True)
class Subject:
    """words: "Leader 2026". path: of its page, which whoever may do the act can open."""

    words: str
    path: str = ""
    act: str = ""


Find = Callable[[Sequence[str]], Mapping[str, Subject]]
_finds: dict[str, Find] = {}


def register_subject(kind: str, find: Find) -> None:
    """Say how subjects of a kind are named: ids → what each is. What is gone is left out."""
    _finds[kind] = find


def subjects_told(
    asked: Iterable[tuple[str, str]], *, acts: frozenset[str]
) -> dict[tuple[str, str], Subject]:
    """What subjects are, by kind and id: each kind is asked once, however many there are.

    acts: what the reader may do; who may not open a page is given no way to it.
    """
    by_kind: dict[str, dict[str, None]] = {}
    for kind, subject_id in asked:
        by_kind.setdefault(kind, {})[subject_id] = None
    told = {}
    for kind, ids in by_kind.items():
        found = _finds[kind](list(ids)) if kind in _finds else {}
        for subject_id in ids:
            subject = found.get(subject_id) or Subject(_plainly(kind, subject_id))
            is_open = subject.act in acts
            told[kind, subject_id] = subject if is_open else replace(subject, path="")
    return told


def numbers(ids: Iterable[str]) -> list[int]:
    """Those of some ids that are keys of rows."""
    return [int(one) for one in ids if one.isascii() and one.isdecimal()]


def _plainly(kind: str, subject_id: str) -> str:
    if kind in _ALONE:
        return _ALONE[kind]
    words = _WORDS.get(kind) or kind.replace("_", " ").capitalize()
    return f"{words} {subject_id.replace('_', ' ')}"
