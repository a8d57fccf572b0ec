"""With Redis away everything goes on, and each process counts for itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import RedisError

from office.permissions import Role
from office.services.staff import make_staff
from tests.office.factories import NOW, PASSWORD, TOTP_SECRET, totp_code

LOGIN = "/accounts/login/"
SECOND = "/accounts/2fa/authenticate/"
AGAIN = "/accounts/2fa/reauthenticate/"
PASSWORD_AGAIN = "/accounts/reauthenticate/"
AWAY = {"LOCATION": "unix:///nowhere/redis.sock"}


@pytest.fixture(autouse=True)
def come_back(settings: Any) -> Iterator[Callable[[], None]]:
    """Send Redis away before the test; what is given brings it back."""
    there = settings.CACHES
    cache.clear()
    settings.CACHES = {"default": {**there["default"], **AWAY}}
    cache.clear()

    def back() -> None:
        settings.CACHES = there
        cache.get("anything")

    yield back
    back()


def test_what_is_counted_while_the_cache_is_away_is_counted_by_this_process() -> None:
    assert cache.add("a", 1, timeout=60)
    assert not cache.add("a", 1, timeout=60)
    assert cache.incr("a") == 2
    with pytest.raises(ValueError, match="not found"):
        cache.incr("b")
    cache.set_many({"c": 1, "d": 2}, timeout=60)
    assert cache.get_many(["a", "b", "c", "d"]) == {"a": 2, "c": 1, "d": 2}
    cache.delete_many(["c", "d"])
    assert cache.get_or_set("c", 5) == 5
    assert cache.touch("c", 60)
    assert "c" in cache
    assert cache.delete("c")


def test_a_cache_that_is_away_is_asked_again_after_five_seconds_and_not_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cache.add("a", 1)
    start = time.monotonic() + 60
    now, asked = [start], []

    def get(*args: Any, **kwargs: Any) -> None:
        asked.append(now[0] - start)
        raise RedisError("away")

    monkeypatch.setattr("office.cache.time.monotonic", lambda: now[0])
    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.get", get)

    for second in (0, 1, 4, 6, 7, 12):
        now[0] = start + second
        assert cache.get("a") == 1

    assert asked == [0, 6, 12]


def test_what_was_counted_meanwhile_is_not_taken_for_what_is_shared(
    come_back: Callable[[], None],
) -> None:
    cache.set("a", 1)
    assert cache.get("a") == 1

    come_back()

    assert cache.get("a") is None


def test_it_is_said_once_that_the_cache_went_and_once_that_it_is_back(
    come_back: Callable[[], None], settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    come_back()
    caplog.clear()

    settings.CACHES = {"default": {**settings.CACHES["default"], **AWAY}}
    for _ in range(3):
        cache.get("a")
    come_back()
    come_back()

    said = [record.message for record in caplog.records if record.name == "office.cache"]
    assert said == [
        "the cache is away (ConnectionError): each process counts for itself",
        "the cache is back: what is counted is shared again",
    ]


@pytest.mark.django_db
def test_staff_sign_in_and_prove_it_anew_while_the_cache_is_away(client: Client) -> None:
    make_staff(
        "jo@example.org", "Jo Bell", Role.RETURNING_OFFICER,
        password=PASSWORD, totp_secret=TOTP_SECRET, now=NOW,
    )  # fmt: skip

    client.post(LOGIN, {"login": "jo@example.org", "password": PASSWORD})
    code = totp_code()
    signed_in = client.post(SECOND, {"code": code})
    same_code = client.post(AGAIN, {"code": code})
    proved = client.post(PASSWORD_AGAIN, {"password": PASSWORD})

    assert (signed_in.status_code, signed_in["Location"]) == (302, "/desk/")
    assert same_code.status_code == 200
    assert proved.status_code == 302


@pytest.mark.django_db
def test_a_guessed_password_is_still_limited_while_the_cache_is_away(client: Client) -> None:
    make_staff(
        "jo@example.org", "Jo Bell", Role.RETURNING_OFFICER,
        password=PASSWORD, totp_secret=TOTP_SECRET, now=NOW,
    )  # fmt: skip

    for _ in range(5):
        client.post(LOGIN, {"login": "jo@example.org", "password": "a guess"})
    right = client.post(LOGIN, {"login": "jo@example.org", "password": PASSWORD})

    assert right.status_code == 200
