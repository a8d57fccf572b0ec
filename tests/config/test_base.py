from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client


@pytest.mark.django_db
def test_the_database_is_postgresql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        assert int(cursor.fetchone()[0]) >= 150000


def test_the_cache_answers() -> None:
    cache.set("a", 1)
    assert cache.get("a") == 1


def test_health_needs_no_database() -> None:
    assert Client().get("/healthz").content == b"ok\n"
