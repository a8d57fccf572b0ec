"""No person in the logs: neither an address nor a row that PostgreSQL quotes."""

from __future__ import annotations

import io
import logging

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from config.logs import NoPerson, strike


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
    ],
)
def test_a_link_that_was_mailed_to_one_person_is_struck_out(path: str, told: str) -> None:
    assert strike(f"Not Found: {path}") == f"Not Found: {told}"
