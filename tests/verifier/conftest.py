"""What the verifier is held against: a good bundle, made once, where there is a database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

NEED_A_DATABASE = (
    "test_bundles.py",
    "test_device.py",
    "test_in_page.py",
    "test_post.py",
    "test_sources.py",
    "test_tampering.py",
    "test_trustees_agree.py",
    "test_whole_contests.py",
)
"""Tests whose bundles come from the services; the core's own run (`make fast`) has no database."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    has_database = config.pluginmanager.hasplugin("django")
    return True if collection_path.name in NEED_A_DATABASE and not has_database else None


@pytest.fixture(scope="session")
def good(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The good bundle. Its rows are gone again when it is made."""
    from django.db import transaction

    from tests.verifier.good import make_good

    with django_db_blocker.unblock(), transaction.atomic():
        made = make_good()
        transaction.set_rollback(True)
    return made
