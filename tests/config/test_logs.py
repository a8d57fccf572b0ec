"""No person in the logs: neither an address nor a row that PostgreSQL quotes."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from config.logs import LINK, InUtc, NoPerson, strike


@pytest.fixture
def written() -> tuple[logging.Logger, io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(NoPerson())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    return logger, stream


Written = tuple[logging.Logger, io.StringIO]


@pytest.mark.parametrize(
    "message",
    [
        "sent to ann.lee@example.org",
        "refused <o'ann+vote@mail.example.co.uk>: mailbox full",
        "rcpt=ann@example.org, 5.1.1",
        "('ann@example.org',)",
    ],
)
def test_an_address_is_struck_out_and_the_rest_stands(message: str, written: Written) -> None:
    logger, stream = written

    logger.warning("letter 17: %s", message)

    assert "letter 17" in stream.getvalue()
    assert "example" not in stream.getvalue()


def test_an_address_in_an_errors_text_is_struck_out(written: Written) -> None:
    logger, stream = written

    try:
        raise ValueError("ann@example.org")
    except ValueError:
        logger.exception("letter 17")

    assert "ValueError" in stream.getvalue()
    assert "example" not in stream.getvalue()


@pytest.mark.django_db
def test_the_row_that_postgresql_quotes_in_an_error_is_struck_out(written: Written) -> None:
    logger, stream = written
    name = " ".join(("Ann", "Lee"))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE person (name text UNIQUE)")
        cursor.execute("INSERT INTO person VALUES (%s)", [name])

    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO person VALUES (%s)", [name])
    except IntegrityError as error:
        assert name in str(error)
        logger.exception("member refused")

    assert "duplicate key" in stream.getvalue()
    assert name not in stream.getvalue()


def test_a_line_is_in_utc_on_whatever_clocks_the_pages_are() -> None:
    record = logging.makeLogRecord({"created": datetime(2026, 7, 1, 11, tzinfo=UTC).timestamp()})

    assert settings.LOGGING["formatters"]["line"]["()"] == "config.logs.InUtc"
    assert InUtc("%(asctime)s").format(record).startswith("2026-07-01 11:00:00")
    assert logging.Formatter("%(asctime)s").format(record).startswith("2026-07-01 12:00:00")


def test_every_handler_has_the_filter_and_queries_have_no_handler() -> None:
    handlers = settings.LOGGING["handlers"].values()

    assert handlers
    assert all("no_person" in handler["filters"] for handler in handlers)
    queries = settings.LOGGING["loggers"]["django.db.backends"]
    assert queries["handlers"] == [] and not queries["propagate"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/roll/mine/aSecret/correction/", "/roll/mine/[link]/correction/"),
        ("/roll/not-me/aSecret/", "/roll/not-me/[link]/"),
        ("/vote/leader-2026/not-me/aSecret/", "/vote/leader-2026/not-me/[link]/"),
        ("/roll/not-me/said/", "/roll/not-me/said/"),
        ("/accounts/password/reset/key/1-aSecret/", "/accounts/password/reset/key/[link]/"),
        ("/accounts/password/reset/key/done/", "/accounts/password/reset/key/done/"),
    ],
)
def test_a_link_that_was_mailed_to_one_person_is_struck_out(path: str, told: str) -> None:
    assert strike(f"Not Found: {path}") == f"Not Found: {told}"


PUBLIC = {
    ("blob", "sha256"), ("tile", "path"), ("trustee_mix", "signature"), ("desk_explain", "section"),
    ("account_reset_password_from_key", "uidb36"),
}
"""Of addresses that carry text, what is no secret; a number and a slug never is."""
SECRET = "aSecretThatWasMailed"


def carried(resolver: URLResolver, place: str = "") -> Iterator[tuple[str, str]]:
    """Of each address of the site that carries text: its name, and its path with a secret there."""
    for one in resolver.url_patterns:
        path = place + _as_route(one)
        if isinstance(one, URLResolver):
            yield from carried(one, path)
            continue
        for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", path):
            if kind not in {"int", "slug"} and (one.name, name) not in PUBLIC:
                filled = re.sub(rf"<(?:\w+:)?{name}>", SECRET, path)
                yield str(one.name), "/" + re.sub(r"<[^>]+>", "1", filled)


def _as_route(one: URLPattern | URLResolver) -> str:
    """A pattern as a route; of a regular expression the groups by their names alone."""
    return re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", str(one.pattern)).strip("^$")


def test_no_address_that_carries_a_secret_comes_into_a_log_with_it() -> None:
    found = list(carried(get_resolver()))

    assert {name for name, _ in found} >= {
        "own_page", "own_page_appeal", "contact_not_me", "not_me",
        "account_reset_password_from_key",
    }
    for name, path in found:
        assert resolve(path).url_name == name, path
        line = strike(f'"GET {path} HTTP/1.1" 404')
        assert SECRET not in line, path
        assert line.endswith('HTTP/1.1" 404'), path


def test_the_mask_is_of_addresses_that_there_are() -> None:
    masked = re.findall(r"[\w-]+(?:/[\w-]+)+|(?<=/)not-me", LINK.pattern.partition(")(?!")[0])
    paths = [path for _, path in carried(get_resolver())]

    assert len(masked) >= 4
    for begins in masked:
        assert any(f"/{begins}/" in path for path in paths), begins
