"""Where each app says how an act of two officers is carried out and described.

An app registers its acts in `AppConfig.ready`; the approvals then run them without importing
the app. The permission table (office.permissions) says who; this says what.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from office.permissions import ACTS


@dataclass(frozen=True, slots=True)
class RegisteredAct:
    """An act of two officers, with its service and the sentence of what will happen.

    precondition: called as precondition(subject_id, now=…, **parameters); it raises the refusal
                  of why nothing can be carried out as things stand, as the service would.
    shown: called as shown(sentence) for a page: it names people as whoever may see the members
           knows them, where the sentence, which is kept for good, names them by keys.
    bar:          called as bar(subject_id, person_id); it raises the refusal of why this person,
                  whom the act concerns, approves it no more than they propose it.
    """

    name: str
    function: Callable[..., object]
    describe: Callable[..., str]
    page: Callable[..., str] | None = None
    precondition: Callable[..., None] | None = None
    shown: Callable[[str], str] | None = None
    bar: Callable[[str, int], None] | None = None


_registered: dict[str, RegisteredAct] = {}
_for_good: set[str] = set()


def register_act(
    name: str,
    function: Callable[..., object],
    describe: Callable[..., str],
    *,
    page: Callable[..., str] | None = None,
    precondition: Callable[..., None] | None = None,
    shown: Callable[[str], str] | None = None,
    bar: Callable[[str, int], None] | None = None,
) -> None:
    """Say how the act is carried out.

    function: called as function(subject_id, by=…, seconded_by=…, now=…, **parameters), inside
              the transaction that records the approval.
    describe: called as describe(subject_id, **parameters); the sentence of what will happen,
              read by both officers. It must be the same sentence for the same facts: an
              approval whose sentence has changed since the proposal is refused.
    page:     called as page(subject_id, **parameters); the path of the page that shows what would
              change, where a sentence cannot or may not say it.
    precondition, shown, bar: of RegisteredAct.
    """
    if name not in ACTS or not ACTS[name].needs_two:
        raise ValueError(f"{name} is not an act of two officers in the permission table")
    if name in _registered and _registered[name].function is not function:
        raise ValueError(f"{name} is registered twice")
    _registered[name] = RegisteredAct(name, function, describe, page, precondition, shown, bar)


def register_precondition(name: str, precondition: Callable[..., None]) -> None:
    """Say of a registered act when it can be carried out at all (RegisteredAct.precondition)."""
    _registered[name] = replace(_registered[name], precondition=precondition)


def is_registered(name: str) -> bool:
    return name in _registered


def registered_act(name: str) -> RegisteredAct:
    return _registered[name]


def register_for_good(*names: str) -> None:
    """Say which acts cannot be taken back: whoever approves one is told so beside the button."""
    _for_good.update(names)


def is_for_good(name: str) -> bool:
    return name in _for_good


def page_of_act(name: str, subject_id: str, parameters: dict[str, Any]) -> str:
    """The path of the page that shows what a proposal would change; empty where there is none."""
    page = _registered[name].page if is_registered(name) else None
    return page(subject_id, **parameters) if page else ""


def sentence_on_page(name: str, sentence: str) -> str:
    """A proposal in the words for whoever may see the members; they are made for the page alone."""
    shown = _registered[name].shown if is_registered(name) else None
    return shown(sentence) if shown else sentence
