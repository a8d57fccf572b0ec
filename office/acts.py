"""Where each app says how an act of two officers is carried out and described.

An app registers its acts in `AppConfig.ready`; the approvals then run them without importing
the app. The permission table (office.permissions) says who; this says what.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from office.permissions import ACTS


@dataclass(frozen=True, slots=True)
class RegisteredAct:
    """An act of two officers, with its service and the sentence of what will happen."""

    name: str
    function: Callable[..., object]
    describe: Callable[..., str]


_registered: dict[str, RegisteredAct] = {}


def register_act(
    name: str, function: Callable[..., object], describe: Callable[..., str]
) -> None:
    """Say how the act is carried out.

    function: called as function(subject_id, by=…, seconded_by=…, now=…, **parameters), inside
              the transaction that records the approval.
    describe: called as describe(subject_id, **parameters); the sentence of what will happen,
              read by both officers. It must be the same sentence for the same facts: an
              approval whose sentence has changed since the proposal is refused.
    """
    if name not in ACTS or not ACTS[name].needs_two:
        raise ValueError(f"{name} is not an act of two officers in the permission table")
    if name in _registered and _registered[name].function is not function:
        raise ValueError(f"{name} is registered twice")
    _registered[name] = RegisteredAct(name, function, describe)


def registered_act(name: str) -> RegisteredAct:
    return _registered[name]


def is_registered(name: str) -> bool:
    return name in _registered
