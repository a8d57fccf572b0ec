"""The kinds of job, and the function that works each: registered in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from office.progress import Report


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
    """A kind of job: its function, the words for its page, and its queue."""

    name: str
    function: type_of_work
    words: str
    queue: str


_kinds: dict[str, JobKind] = {}


def register_job_kind(
    name: str, function: type_of_work, *, words: str, queue: str = "tally"
) -> None:
    """Say who works jobs of this kind.

    function: takes a Work. It must bear being run again from the start after a crash: rows in
              a state, one transaction, or both. It returns None when done, or Unfinished.
    words:    what the work is, for a person: "Importing the membership list".
    queue:    mail, import, tally or board.
    """
    if name in _kinds and _kinds[name].function is not function:
        raise ValueError(f"{name} is registered twice")
    _kinds[name] = JobKind(name, function, words, queue)


def job_kind(name: str) -> JobKind:
    return _kinds[name]


def is_known_kind(name: str) -> bool:
    return name in _kinds
