"""A quick passphrase, a folder and a mail server for every test of the issuer's program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ballot.sealing import sharefile

if TYPE_CHECKING:
    from tests.ballot.issuer.outside import Outside, Post


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharefile, "_MEMORY_KIB", 64)


# What needs the settings is imported once they are there.
@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outside:
    from tests.ballot.issuer.outside import Outside

    return Outside(tmp_path / "issuer", monkeypatch)


@pytest.fixture
def post() -> Iterator[Post]:
    from tests.ballot.issuer.outside import post_office

    with post_office() as post:
        yield post
