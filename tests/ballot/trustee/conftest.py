"""What every test of the trustee's software needs: quick passphrases, no pauses, a server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ballot.trustee.world import World


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let argon2id take a moment, and not its half second: nothing here rests on its strength."""
    monkeypatch.setattr("ballot.sealing.sharefile._MEMORY_KIB", 64)
    monkeypatch.setattr("ballot.trustee.copy._PAUSE_S", 0.0)


@pytest.fixture
def world() -> Iterator[World]:
    """Give a world with its notice and a ceremony of two of three, served."""
    with World().begin().served() as served:
        yield served
