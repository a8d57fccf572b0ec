"""What a test of leaks looks through: every table, every log line, every key of the cache."""

from __future__ import annotations

import hashlib
import io
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import redis
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connection
from psycopg2 import sql

from config.database_access import grant_access
from config.logs import NoPerson
from office.models import Dispatch
from office.services.sending import send_letters
from tests.office.urls import Route, routes

LINK = re.compile(r"https?://[^\s\"'<>)]+")


def tables() -> list[str]:
    with connection.cursor() as cursor:
        return sorted(connection.introspection.table_names(cursor))


def dump(*, without: Sequence[str] = ()) -> str:
    """Every row of every table as PostgreSQL writes it; bytes stand in hexadecimal."""
    rows: list[str] = []
    with connection.cursor() as cursor:
        for table in tables():
            if table not in without:
                cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
                rows += [f"{table}: {row[0]}" for row in cursor.fetchall()]
    return "\n".join(rows)


def act_as_the_work_does() -> None:
    """For the rest of the test's transaction, be the role that web and workers sign in as."""
    role = sql.Identifier(f"work_{uuid4().hex[:12]}")
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE ROLE {}").format(role))
        grant_access(role.string)
        cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(role))


def digest_of_tables(*, without: Sequence[str] = ()) -> str:
    return hashlib.sha256(dump(without=without).encode()).hexdigest()


def cached() -> str:
    """Every key and value of the cache, as they lie there."""
    store = redis.Redis.from_url(settings.REDIS_URL)
    found = []
    for key in store.scan_iter("*"):
        found.append(repr(key))
        if store.type(key) == b"string":
            found.append(repr(store.get(key)))
    return "\n".join(found)


def forget_limits() -> None:
    cache.clear()


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Everything that any logger says, tracebacks and all, as this installation writes it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    handler.addFilter(NoPerson())
    root = logging.getLogger()
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in
             {"django", "ballot", "office", "members", "config", "celery", "kombu"}]
    loggers = [root, *(logging.getLogger(name) for name in names)]
    before = [(one, one.level, one.propagate) for one in loggers]
    root.addHandler(handler)
    for one in loggers:
        one.setLevel(logging.DEBUG)
        one.propagate = True
    try:
        yield written
    finally:
        root.removeHandler(handler)
        for one, level, propagates in before:
            one.setLevel(level)
            one.propagate = propagates


def send_everything() -> list[Any]:
    """Let every letter out that waits, and return the mails."""
    for dispatch in Dispatch.objects.exclude(state="cancelled"):
        send_letters(dispatch.pk)
    return list(mail.outbox)


def whole(message: Any) -> str:
    """A mail with its headers and every part of it, as text."""
    parts = [f"{name}: {value}" for name, value in message.message().items()]
    parts += [message.subject, str(message.body)]
    parts += [str(content) for content, _ in getattr(message, "alternatives", [])]
    return "\n".join(parts)


def links(message: Any) -> list[str]:
    return LINK.findall(whole(message))


def all_routes() -> list[Route]:
    return routes()
