"""An act, a kind of job and a purpose that the tests register, and take away again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from django.test import Client

from office import acts, kinds, purposes
from office.purposes import Envelope, LetterToSend


@pytest.fixture
def carried_out(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Register the act freeze_roll with a service that writes down how it was called."""
    calls: list[dict[str, Any]] = []

    def freeze(subject_id: str, **given: Any) -> None:
        calls.append({"subject_id": subject_id, **given})

    def describe(subject_id: str, **parameters: Any) -> str:
        return f"The roll of election {subject_id} will be frozen."

    monkeypatch.setitem(
        acts._registered, "freeze_roll", acts.RegisteredAct("freeze_roll", freeze, describe)
    )
    return calls


@pytest.fixture
def register_kind(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Any], None]:
    def register(name: str, function: Any) -> None:
        monkeypatch.setitem(
            kinds._kinds, name,
            kinds.JobKind(name, function, "Testing the work", "tally", "run_letters"),
        )

    return register


@pytest.fixture
def purpose(monkeypatch: pytest.MonkeyPatch) -> str:
    """Register a purpose whose letters go to <recipient>@example.org, but for "nobody"."""

    def render(batch: Sequence[LetterToSend]) -> Mapping[int, Envelope]:
        return {
            letter.letter_id: Envelope(
                to=f"{letter.recipient}@example.org",
                subject="Your code",
                text=f"Code: {(letter.enclosure or b'none').decode()}",
                html=f"<p>Code: {(letter.enclosure or b'none').decode()}</p>",
            )
            for letter in batch
            if not letter.recipient.startswith("nobody")
        }

    name = "tests.code"
    monkeypatch.setitem(purposes._purposes, name, purposes.Purpose(name, render, "Test codes"))
    return name


@pytest.fixture
def browser() -> Iterator[Client]:
    """A client that checks CSRF tokens as a browser's requests are checked."""
    yield Client(enforce_csrf_checks=True)
