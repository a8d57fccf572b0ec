"""System checks: what must hold before this installation may conduct an election.

`manage.py check`, `migrate` and the worker (config/celery.py) stop where one of them fails. So does
the web server (config/wsgi.py), but for what a database must be asked: web servers come up while
it restarts. docs/operations.md lists them.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.cache.backends.redis import RedisCache
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.utils.module_loading import import_string

from config.database_access import owns_tables
from config.mail_providers import PROVIDERS, TRACKING_RELAYS

POSTGRESQL = "django.db.backends.postgresql"
UNSAFE_SOURCES = {"'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "*", "http:", "https:"}


def check_keys(**_: Any) -> Iterable[CheckMessage]:
    keys = {bytes.fromhex(settings.SECRET_KEY), settings.SEALING_KEY, settings.BOARD_KEY}
    if len(keys) < 3:
        yield Error(
            "Of HUSTINGS_SECRET_KEY, HUSTINGS_SEALING_KEY and HUSTINGS_BOARD_KEY two are the same.",
            hint="Make one for each: openssl rand -hex 32",
            id="hustings.E001",
        )


def check_origin(**_: Any) -> Iterable[CheckMessage]:
    if not settings.DEVELOPMENT and not settings.IS_HTTPS:
        yield Error("HUSTINGS_ORIGIN is not https.", id="hustings.E002")
    if settings.DEVELOPMENT and settings.IS_HTTPS:
        yield Error(
            "HUSTINGS_DEVELOPMENT=1 is set on an installation with a public https origin.",
            hint="Unset it: it shows the letters of every elector on a page.",
            id="hustings.E003",
        )
    if settings.IS_HTTPS and not settings.PROXY_COUNT:
        yield Warning(
            "The origin is https and HUSTINGS_PROXY_COUNT is 0: unless gunicorn itself serves "
            "TLS, every page redirects to itself.",
            id="hustings.W001",
        )


def check_debug(**_: Any) -> Iterable[CheckMessage]:
    if settings.DEBUG:
        yield Error("DEBUG is on: its error pages show settings and rows.", id="hustings.E004")


def check_policy(**_: Any) -> Iterable[CheckMessage]:
    directives: dict[str, str] = settings.CONTENT_SECURITY_POLICY
    sources = {source for value in directives.values() for source in value.split()}
    is_strict = (
        directives.get("default-src") == "'none'"
        and directives.get("frame-ancestors") == "'none'"
        and directives.get("base-uri") == "'none'"
        and not sources & UNSAFE_SOURCES
        and "config.headers.SecurityHeaders" in settings.MIDDLEWARE
    )
    if not is_strict:
        yield Error(
            "The Content-Security-Policy is not strict: script from elsewhere could read a ballot.",
            id="hustings.E005",
        )


def check_engines(**_: Any) -> Iterable[CheckMessage]:
    for alias, database in settings.DATABASES.items():
        if database["ENGINE"] != POSTGRESQL:
            yield Error(
                f"The database {alias!r} is not PostgreSQL, whose constraints and triggers refuse "
                "what must never be.",
                id="hustings.E006",
            )
    if importlib.util.find_spec("psycopg") is not None:
        yield Error(
            "psycopg 3 is installed beside psycopg2, and Django would silently use it.",
            hint="pip uninstall psycopg",
            id="hustings.E007",
        )


def check_cookies(**_: Any) -> Iterable[CheckMessage]:
    are_strict = (
        settings.SESSION_COOKIE_HTTPONLY
        and settings.CSRF_COOKIE_HTTPONLY
        and settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Strict"
    )
    are_secure = not settings.IS_HTTPS or (
        settings.SESSION_COOKIE_SECURE
        and settings.CSRF_COOKIE_SECURE
        and settings.SESSION_COOKIE_NAME.startswith("__Host-")
        and settings.CSRF_COOKIE_NAME.startswith("__Host-")
    )
    if not are_strict or not are_secure:
        yield Error("A cookie is not HttpOnly, SameSite=Strict and __Host-.", id="hustings.E008")


def check_cache(**_: Any) -> Iterable[CheckMessage]:
    if not issubclass(import_string(settings.CACHES["default"]["BACKEND"]), RedisCache):
        yield Error(
            "The cache is not shared between processes, so the rate limits do not hold.",
            id="hustings.E009",
        )


def check_sign_in(**_: Any) -> Iterable[CheckMessage]:
    if not settings.PASSWORD_HASHERS[0].endswith(".Argon2PasswordHasher"):
        yield Error("Staff passwords are not hashed with Argon2.", id="hustings.E010")
    if not {"totp", "recovery_codes"} <= set(settings.MFA_SUPPORTED_TYPES) or (
        "office.middleware.SecondFactorMiddleware" not in settings.MIDDLEWARE
    ):
        yield Error("Staff may sign in without a second factor.", id="hustings.E011")
    if not settings.ACCOUNT_RATE_LIMITS:
        yield Error("The rate limits of the sign-in are off.", id="hustings.E012")


def check_queue(**_: Any) -> Iterable[CheckMessage]:
    timeout_s = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    if (
        settings.CELERY_WORKER_PREFETCH_MULTIPLIER != 1
        or not settings.CELERY_TASK_ACKS_LATE
        or timeout_s <= settings.CELERY_TASK_TIME_LIMIT
    ):
        yield Error(
            "The queue's settings lose work with its broker: prefetch 1, late acknowledgement and "
            "a visibility timeout longer than the longest task are needed.",
            id="hustings.E013",
        )


def check_durability(*, databases: Iterable[str] | None, **_: Any) -> Iterable[CheckMessage]:
    """Ask the database itself: a ballot that was acknowledged must survive a power cut."""
    if settings.DEVELOPMENT:
        return
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT name FROM pg_settings WHERE setting = 'off'"
                " AND name IN ('fsync', 'full_page_writes', 'synchronous_commit')"
            )
            off = sorted(row[0] for row in cursor.fetchall())
        if off:
            yield Error(
                f"PostgreSQL runs with {', '.join(off)} off: it may lose ballots that were "
                "acknowledged.",
                id="hustings.E014",
            )


def check_role() -> Iterable[CheckMessage]:
    """Refuse a worker that signed in as the owner of the tables, who could rewrite history.

    Asked at the worker's start alone: migrate and grant_access are the owner's own.
    """
    if not settings.DEVELOPMENT and owns_tables():
        yield Error(
            "This process signed in to the database as the owner of its tables, who could switch "
            "off what makes them append-only. Sign in as the role of grant_access.",
            id="hustings.E015",
        )


def check_booth_origins(**_: Any) -> Iterable[CheckMessage]:
    if settings.ORIGIN in settings.BOOTH_ORIGINS:
        yield Error(
            "HUSTINGS_BOOTH_ORIGINS names this server itself, whose own pages bring their token.",
            hint="Name the origins at which others serve the booth, and no other.",
            id="hustings.E016",
        )


def check_tracking(**_: Any) -> Iterable[CheckMessage]:
    """Whoever rewrites the links of a letter reads the voting code in each."""
    if settings.MAIL_PROVIDER is None:
        host = getattr(settings, "EMAIL_HOST", "")
        if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend") and any(
            host == relay or host.endswith(f".{relay}") for relay in TRACKING_RELAYS
        ):
            yield Error(
                "The mail relay of HUSTINGS_SMTP_URL rewrites links to count clicks unless its "
                "owner's settings say otherwise.",
                hint="Name the provider in HUSTINGS_MAIL_PROVIDER, or use another relay.",
                id="hustings.E017",
            )
        return
    defaults = [value for name, value in settings.ANYMAIL.items() if name.endswith("_DEFAULTS")]
    off = {"track_clicks": False, "track_opens": False}
    is_off = settings.ANYMAIL["SEND_DEFAULTS"].items() >= off.items() and not any(
        one.get("track_clicks") or one.get("track_opens") or one.get("esp_extra")
        for one in defaults
    )
    if not is_off or settings.MAIL_PROVIDER not in PROVIDERS.values():
        yield Error(
            "Letters do not tell their provider to leave links alone and to put no picture in.",
            id="hustings.E017",
        )
    if not settings.ANYMAIL["WEBHOOK_SECRET"]:
        yield Error(
            "The mail provider's webhook has no secret: anybody could say that letters came back.",
            id="hustings.E018",
        )


CHECKS: tuple[Callable[..., Iterable[CheckMessage]], ...] = (
    check_keys,
    check_origin,
    check_debug,
    check_policy,
    check_engines,
    check_cookies,
    check_cache,
    check_sign_in,
    check_queue,
    check_booth_origins,
    check_tracking,
)


def register_all() -> None:
    for check in CHECKS:
        register(_as_list(check), Tags.security)
    register(_as_list(check_durability), Tags.database)


def _as_list(check: Callable[..., Iterable[CheckMessage]]) -> Callable[..., list[CheckMessage]]:
    def run(**arguments: Any) -> list[CheckMessage]:
        return list(check(**arguments))

    run.__name__ = check.__name__
    return run


def errors() -> list[CheckMessage]:
    """Return what forbids starting; the durability check, which needs a server, apart."""
    return [message for check in CHECKS for message in check() if isinstance(message, Error)]
