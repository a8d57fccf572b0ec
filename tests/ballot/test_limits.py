"""What is counted of a request: a keyed hash of its network, which means nothing tomorrow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from ballot import limits
from office.refusal import Refusal

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    cache.clear()
    limits._salt.cache_clear()
    yield
    limits._salt.cache_clear()


def masked(address: str, *, now: datetime = NOW, **headers: str) -> str:
    request = RequestFactory().get("/", REMOTE_ADDR=address, headers=headers)
    return limits.masked_address(request, now=now)


def test_an_address_is_the_same_all_day_and_another_the_next() -> None:
    assert masked("192.0.2.1") == masked("192.0.2.1", now=NOW + timedelta(hours=11))
    assert masked("192.0.2.1") != masked("192.0.2.2")
    assert masked("192.0.2.1") != masked("192.0.2.1", now=NOW + timedelta(days=1))


def test_the_hash_cannot_be_made_again_once_the_days_salt_is_gone() -> None:
    before = masked("192.0.2.1")

    cache.clear()
    limits._salt.cache_clear()

    assert masked("192.0.2.1") != before


def test_addresses_of_one_household_count_as_one() -> None:
    assert masked("2001:db8::1") == masked("2001:db8::ffff")
    assert masked("2001:db8::1") != masked("2001:db8:0:1::1")


def test_only_what_our_own_proxy_wrote_is_believed(settings: object) -> None:
    forged = masked("192.0.2.1", **{"X-Forwarded-For": "198.51.100.9"})
    assert forged == masked("192.0.2.1")

    settings.PROXY_COUNT = 1  # type: ignore[attr-defined]
    behind = masked("127.0.0.1", **{"X-Forwarded-For": "198.51.100.9, 192.0.2.1"})

    assert behind == masked("127.0.0.1", **{"X-Forwarded-For": "192.0.2.1"})


def test_a_window_that_is_full_refuses_and_the_next_one_is_empty() -> None:
    limit = limits.Limit("test", 2, 60)

    limits.spend((limit, "a"), now=NOW)
    limits.spend((limit, "a"), now=NOW)
    with pytest.raises(Refusal) as refused:
        limits.spend((limit, "a"), now=NOW)
    limits.spend((limit, "b"), now=NOW)
    limits.spend((limit, "a"), now=NOW + timedelta(seconds=60))

    assert refused.value.status == 429
