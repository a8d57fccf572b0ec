"""The kinds of job, and the function that works each: registered in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from office.permissions import ACTS
from office.progress import Report

OF_NO_ACT = "decide_approval"
"""Whoever may second an act of two officers, and nobody else, keeps what no act owns."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a job's function is given: which job, about what, and where to report."""

    job_id: int
    kind: str
    subject_kind: str
    subject_id: str
    parameters: dict[str, Any]
    opened_by: int | None
    report: Report


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Returned by a function that wants to be called again: its turn is over, the work is not.

    after_s: how long to leave it; a worker's turn should stay well under the task time limit.
    """

    after_s: int = 0


type_of_work = Callable[[Work], Unfinished | None]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job: its function, the words for its page, its queue, and the act that owns it."""

    name: str
    function: type_of_work
    words: str
    queue: str
    act: str


_kinds: dict[str, JobKind] = {}


def register_job_kind(
    name: str, function: type_of_work, *, words: str, act: str, queue: str = "tally"
) -> None:
    """Say who works jobs of this kind.

    function: takes a Work. It must bear being run again from the start after a crash: rows in
              a state, one transaction, or both. It returns None when done, or Unfinished.
    words:    what the work is, for a person: "Importing the membership list".
    act:      of the permission table: whoever may do it may stop such a job, start it again, and
              read why it failed.
    queue:    mail, import, tally or board.
    """
    if act not in ACTS:
        raise ValueError(f"{act} is not in the permission table")
    if name in _kinds and _kinds[name].function is not function:
        raise ValueError(f"{name} is registered twice")
    _kinds[name] = JobKind(name, function, words, queue, act)


def job_kind(name: str) -> JobKind:
    return _kinds[name]


def is_known_kind(name: str) -> bool:
    return name in _kinds


def act_of_kind(name: str) -> str:
    """The act that owns jobs of a kind; of a kind that nobody registered, one of officers alone."""
    return _kinds[name].act if is_known_kind(name) else OF_NO_ACT
