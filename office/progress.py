"""How a long piece of work says how far it has come, without knowing who listens."""

from __future__ import annotations

from typing import Protocol


class Report(Protocol):
    """Called by long work as often as it likes; the listener writes it down now and then.

    stage: what is being done, in words; naming a new one starts the bar afresh.
    unit:  what `done` counts ("ballots").
    """

    def __call__(
        self,
        *,
        done: int | None = None,
        total: int | None = None,
        stage: str | None = None,
        unit: str | None = None,
    ) -> None: ...


def silent(
    *,
    done: int | None = None,
    total: int | None = None,
    stage: str | None = None,
    unit: str | None = None,
) -> None:
    """A listener that writes nothing down."""


class JobStopped(Exception):
    """Raised by a report when a person stopped the job, or another worker has taken it over."""
