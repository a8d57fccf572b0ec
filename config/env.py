"""Read settings from the environment, and refuse nonsense by the name of the variable.

Every variable that Hustings reads is listed in docs/operations.md; a test compares the two.
"""

from __future__ import annotations

import os
import re
import zoneinfo
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from ballot.witnesses import BadWitness, Witness, read_witnesses

_HOST: Final = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
_OWN_PORTS: Final = {"https": 443, "http": 80}


def refuse(name: str, why: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name}: {why} (see docs/operations.md)")


def text(name: str, default: str | None = None) -> str:
    """Return the variable's text; without a default it must be set, and must not be empty."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise refuse(name, "is not set, and there is no safe default")
    return default


def is_set(name: str) -> bool:
    return bool(os.environ.get(name, "").strip())


def flag(name: str) -> bool:
    value = text(name, "0")
    if value not in {"0", "1"}:
        raise refuse(name, f"must be 0 or 1, not {value!r}")
    return value == "1"


def number(name: str, default: int, *, least: int, most: int) -> int:
    value = text(name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
        raise refuse(name, f"must be a whole number from {least} to {most}, not {value!r}")
    return int(value)


def zone(name: str, default: str) -> str:
    value = text(name, default)
    if value not in zoneinfo.available_timezones():
        raise refuse(name, f"must be a time zone such as Europe/London, not {value!r}")
    return value


def words(name: str) -> list[str]:
    return [word.strip() for word in text(name, "").split(",") if word.strip()]


def witnesses(name: str) -> tuple[Witness, ...]:
    """Return the witnesses of the boards, each `KEY` or `KEY URL`, with commas between."""
    try:
        return read_witnesses(words(name))
    except BadWitness as error:
        raise refuse(name, str(error)) from error


def key(name: str, *, kept_in: Path | None) -> str:
    """Return 32 bytes of key material as 64 hexadecimal digits.

    kept_in: the folder where development keeps its own, made on first use; None asks for the
    variable, so that a real server cannot start with a key nobody chose to keep.
    """
    value = text(name, "" if kept_in else None)
    if not value and kept_in:
        value = _own_key(kept_in / name.lower())
    if not re.fullmatch(r"[0-9a-f]{64}", value):
        raise refuse(name, "must be 64 lower-case hexadecimal digits: try `openssl rand -hex 32`")
    if len(set(value)) < 8:
        raise refuse(name, "is not random: try `openssl rand -hex 32`")
    return value


def _own_key(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(os.urandom(32).hex())
        file.flush()
        os.fsync(file.fileno())
    try:
        # link refuses to replace: of two processes that start at once, both read the same key.
        path.hardlink_to(made)
    except FileExistsError:
        pass
    finally:
        made.unlink()
    return path.read_text().strip()


def origin(name: str, default: str | None, *, may_be_http: bool) -> str:
    """Return a web origin: scheme, host and port, with no path."""
    return _origin(name, text(name, default), may_be_http=may_be_http)


def origins(name: str, *, may_be_http: bool) -> tuple[str, ...]:
    """Return web origins, with commas between; none where the variable is not set."""
    return tuple(_origin(name, word, may_be_http=may_be_http) for word in words(name))


def _origin(name: str, value: str, *, may_be_http: bool) -> str:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        raise refuse(name, f"is not an origin: {error}") from error
    if parts.scheme != "https" and not (may_be_http and parts.scheme == "http"):
        raise refuse(name, f"must begin with https://, not {parts.scheme!r}")
    if not parts.hostname or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise refuse(name, "must be a scheme, a host and perhaps a port, and nothing after it")
    if not _HOST.fullmatch(parts.hostname):
        raise refuse(name, "must name one host in ASCII, as browsers do: no * and no umlaut")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    # Browsers never name the port that a scheme has anyway.
    shown = f":{port}" if port not in {None, _OWN_PORTS[parts.scheme]} else ""
    return f"{parts.scheme}://{host}{shown}"


def database(name: str, default: str | None) -> dict[str, Any]:
    """Return Django's settings for a PostgreSQL address; no other engine is accepted."""
    value = text(name, default)
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        raise refuse(name, "is not an address") from error
    if parts.scheme not in {"postgres", "postgresql"}:
        raise refuse(name, "must begin with postgresql://: Hustings runs on PostgreSQL alone")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    host = query.pop("host", "") or unquote(parts.hostname or "")
    dbname = unquote(parts.path.removeprefix("/"))
    if not dbname:
        raise refuse(name, "must end with the database's name, as in postgresql://host/hustings")
    allowed = {"sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "application_name"}
    if set(query) - allowed:
        raise refuse(name, f"has an option that is not known: {min(set(query) - allowed)}")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": dbname,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or ""),
        "OPTIONS": query,
    }


def redis(name: str, default: str | None) -> str:
    value = text(name, default)
    parts = urlsplit(value)
    if parts.scheme == "unix" and parts.path.startswith("/") and not parts.netloc:
        return value
    if parts.scheme in {"redis", "rediss"} and parts.hostname:
        return value
    raise refuse(name, "must be redis://host:port/0, rediss://host:port/0 or unix:///path")


def broker(address: str) -> str:
    """Return a Redis address as Celery spells it, which differs for a socket."""
    parts = urlsplit(address)
    if parts.scheme != "unix":
        return address
    database = parse_qs(parts.query).get("db", ["0"])[-1]
    return f"redis+socket://{parts.path}?virtual_host={database}"


def mail(name: str) -> dict[str, Any]:
    """Return Django's settings for smtp://name:password@host:587 or smtps://…:465."""
    value = text(name)
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        raise refuse(name, "is not an address") from error
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise refuse(name, "must be smtp://name:password@host:587 (STARTTLS) or smtps://…:465")
    is_wrapped = parts.scheme == "smtps"
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if is_wrapped else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": is_wrapped,
        "EMAIL_USE_TLS": not is_wrapped,
        "EMAIL_TIMEOUT": 30,
    }


def rates(name: str) -> dict[str, int]:
    """Return letters a minute by domain, from `example.org=600` with commas between."""
    found = {}
    for word in words(name):
        domain, _, rate = word.partition("=")
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain) or not re.fullmatch(
            r"[1-9][0-9]{0,5}", rate
        ):
            raise refuse(name, f"must be as example.org=600, not {word!r}")
        found[domain] = int(rate)
    return found


def own_database(folder: Path, is_development: bool) -> str | None:
    """Return the address of development's own PostgreSQL, as its launcher left it."""
    return _own_address(folder / "postgres.url", "postgresql:///hustings", is_development)


def own_redis(folder: Path, is_development: bool) -> str | None:
    return _own_address(folder / "redis.url", f"unix://{folder}/valkey.sock", is_development)


def _own_address(left: Path, default: str, is_development: bool) -> str | None:
    if not is_development:
        return None
    return left.read_text().strip() if left.exists() else default
