"""Each system check passes as we are set up, and fails on the very thing it names."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from django.core.checks import CheckMessage

from config import checks
from config.embedded.postgres import Postgres
from config.settings import BASE_DIR

Settings = Any


def ids(messages: Any) -> list[str | None]:
    return [message.id for message in messages]


def test_as_the_tests_are_set_up_nothing_fails() -> None:
    assert checks.errors() == []


def test_e001_one_key_for_two_purposes(settings: Settings) -> None:
    assert ids(checks.check_keys()) == []
    settings.SEALING_KEY = bytes.fromhex(settings.SECRET_KEY)
    assert ids(checks.check_keys()) == ["hustings.E001"]


def test_e002_plain_http_outside_development(settings: Settings) -> None:
    assert ids(checks.check_origin()) == []
    settings.DEVELOPMENT = False
    assert ids(checks.check_origin()) == ["hustings.E002"]


def test_e003_development_on_a_public_origin(settings: Settings) -> None:
    settings.IS_HTTPS, settings.PROXY_COUNT, settings.DEVELOPMENT = True, 1, False
    assert ids(checks.check_origin()) == []
    settings.DEVELOPMENT = True
    assert ids(checks.check_origin()) == ["hustings.E003"]


def test_w001_https_without_a_proxy(settings: Settings) -> None:
    settings.IS_HTTPS, settings.PROXY_COUNT, settings.DEVELOPMENT = True, 1, False
    assert ids(checks.check_origin()) == []
    settings.PROXY_COUNT = 0
    assert ids(checks.check_origin()) == ["hustings.W001"]


def test_e004_debug(settings: Settings) -> None:
    assert ids(checks.check_debug()) == []
    settings.DEBUG = True
    assert ids(checks.check_debug()) == ["hustings.E004"]


@pytest.mark.parametrize(
    ("directive", "sources"),
    [
        ("script-src", "'self' 'unsafe-inline'"),
        ("style-src", "'unsafe-inline'"),
        ("script-src", "'unsafe-eval'"),
        ("connect-src", "*"),
        ("frame-ancestors", "'self'"),
        ("default-src", "'self'"),
        ("base-uri", "'self'"),
    ],
)
def test_e005_a_loose_content_policy(
    settings: Settings, directive: str, sources: str
) -> None:
    assert ids(checks.check_policy()) == []
    settings.CONTENT_SECURITY_POLICY = settings.CONTENT_SECURITY_POLICY | {directive: sources}
    assert ids(checks.check_policy()) == ["hustings.E005"]


def test_e006_another_database_engine(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ids(checks.check_engines()) == []
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    assert ids(checks.check_engines()) == ["hustings.E006"]


def test_e007_a_second_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ids(checks.check_engines()) == []
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    assert ids(checks.check_engines()) == ["hustings.E007"]


@pytest.mark.parametrize(
    ("name", "value", "is_https"),
    [
        ("SESSION_COOKIE_HTTPONLY", False, False),
        ("CSRF_COOKIE_HTTPONLY", False, False),
        ("SESSION_COOKIE_SAMESITE", "Lax", False),
        ("CSRF_COOKIE_SAMESITE", None, False),
        ("SESSION_COOKIE_SECURE", False, True),
        ("CSRF_COOKIE_SECURE", False, True),
        ("SESSION_COOKIE_NAME", "session", True),
    ],
)
def test_e008_a_loose_cookie(settings: Settings, name: str, value: Any, is_https: bool) -> None:
    settings.IS_HTTPS = is_https
    if is_https:
        settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
        settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-s", "__Host-c"
    assert ids(checks.check_cookies()) == []
    setattr(settings, name, value)
    assert ids(checks.check_cookies()) == ["hustings.E008"]


def test_e009_a_cache_of_one_process(settings: Settings) -> None:
    assert ids(checks.check_cache()) == []
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    assert ids(checks.check_cache()) == ["hustings.E009"]


def test_e010_a_weak_password_hasher(settings: Settings) -> None:
    assert ids(checks.check_sign_in()) == []
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    assert ids(checks.check_sign_in()) == ["hustings.E010"]


def test_e011_no_second_factor(settings: Settings) -> None:
    assert ids(checks.check_sign_in()) == []
    settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if "SecondFactor" not in m]
    assert ids(checks.check_sign_in()) == ["hustings.E011"]


def test_e012_no_rate_limits(settings: Settings) -> None:
    assert ids(checks.check_sign_in()) == []
    settings.ACCOUNT_RATE_LIMITS = False
    assert ids(checks.check_sign_in()) == ["hustings.E012"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CELERY_WORKER_PREFETCH_MULTIPLIER", 4),
        ("CELERY_TASK_ACKS_LATE", False),
        ("CELERY_TASK_TIME_LIMIT", 7200),
    ],
)
def test_e013_a_queue_that_loses_work(settings: Settings, name: str, value: Any) -> None:
    assert ids(checks.check_queue()) == []
    setattr(settings, name, value)
    assert ids(checks.check_queue()) == ["hustings.E013"]


def test_e016_a_booth_of_another_origin_that_is_our_own(settings: Settings) -> None:
    settings.BOOTH_ORIGINS = ("https://scrutineer.example",)
    assert ids(checks.check_booth_origins()) == []
    settings.BOOTH_ORIGINS = ("https://scrutineer.example", settings.ORIGIN)
    assert ids(checks.check_booth_origins()) == ["hustings.E016"]


@pytest.mark.django_db
def test_e014_a_database_that_forgets_after_a_power_cut(settings: Settings) -> None:
    assert ids(checks.check_durability(databases=["default"])) == []
    settings.DEVELOPMENT = False
    # The tests' own PostgreSQL runs without fsync, for speed.
    assert ids(checks.check_durability(databases=["default"])) == ["hustings.E014"]


PRODUCTION = {
    "HUSTINGS_SECRET_KEY": "00112233445566778899aabbccddeeff" * 2,
    "HUSTINGS_SEALING_KEY": "ffeeddccbbaa99887766554433221100" * 2,
    "HUSTINGS_BOARD_KEY": "0123456789abcdeffedcba9876543210" * 2,
    "HUSTINGS_ORIGIN": "https://vote.example.org",
    "HUSTINGS_PROXY_COUNT": "1",
    "HUSTINGS_PARTY_NAME": "The Party",
    "HUSTINGS_MAIL_FROM": "Returning officer <officer@example.org>",
    "HUSTINGS_SMTP_URL": "smtp://name:password@mail.example.org",
    "DATABASE_URL": "postgresql://hustings@db.example/hustings",
    "REDIS_URL": "redis://cache.example/0",
}


def run_as_a_real_server(
    *arguments: str, without: str = ""
) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **PRODUCTION}
    environment.pop(without, None)
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_real_servers_environment_passes_every_check_and_djangos_own() -> None:
    done = run_as_a_real_server("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - {"HUSTINGS_PROXY_COUNT"}))
def test_a_real_server_starts_with_nothing_left_out(name: str) -> None:
    done = run_as_a_real_server("-c", "import config.settings", without=name)

    assert done.returncode != 0
    assert f"{name}:" in done.stderr


def test_the_web_server_refuses_to_serve_an_unsafe_installation(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from config import wsgi

    wsgi.refuse_unsafe()

    failing: CheckMessage = checks.Error("Unsafe.", id="hustings.E999")
    monkeypatch.setattr(checks, "CHECKS", (lambda: [failing],))
    with pytest.raises(ImproperlyConfigured, match=r"hustings\.E999"):
        wsgi.refuse_unsafe()


def test_a_worker_that_signs_in_as_the_owner_of_the_tables_does_not_start(
    db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from config import celery

    monkeypatch.setattr(celery.connections, "close_all", lambda: None)
    monkeypatch.setattr(checks, "check_durability", lambda **_: [])
    monkeypatch.setattr(checks, "CHECKS", ())
    celery.refuse_unsafe()

    settings.DEVELOPMENT = False
    with pytest.raises(SystemExit, match=r"hustings\.E015"):
        celery.refuse_unsafe()


def test_a_worker_whose_database_does_not_answer_stops_and_says_so() -> None:
    nowhere = {"DATABASE_URL": "postgresql:///none?host=/nowhere",
               "REDIS_URL": os.environ["REDIS_URL"]}

    worker = subprocess.run(
        [sys.executable, "-m", "celery", "-A", "config", "worker", "--queues", "of-this-test"],
        cwd=BASE_DIR, env={"PATH": os.environ["PATH"], **PRODUCTION, **nowhere},
        capture_output=True, text=True, timeout=60, check=False,
    )

    assert worker.returncode == 1
    assert "The database does not answer" in worker.stderr


@pytest.mark.parametrize("is_durable", [True, False])
def test_a_worker_starts_on_a_database_that_remembers_and_on_no_other(
    is_durable: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    database = Postgres(tmp_path_factory.mktemp("p"), durable=is_durable)
    database.start()
    try:
        database.make_database()
        addresses = {"DATABASE_URL": database.url(), "REDIS_URL": os.environ["REDIS_URL"]}
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency", "1",
             "--queues", "of-this-test", "--loglevel", "INFO"],
            cwd=BASE_DIR, env={"PATH": os.environ["PATH"], **PRODUCTION, **addresses},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        assert worker.stdout is not None
        said = []
        for line in worker.stdout:
            said.append(line)
            if " ready." in line:
                worker.terminate()
        assert worker.wait(60) == (0 if is_durable else 1), "".join(said)
        assert any(" ready." in line for line in said) == is_durable
        assert any("hustings.E014" in line for line in said) != is_durable
    finally:
        database.stop()
