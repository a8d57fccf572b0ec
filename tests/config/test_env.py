"""Every setting that is nonsense is refused, by the name of its variable."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from ballot.board.cosignature import WitnessKey
from config import env

KEY = "00112233445566778899aabbccddeeff" * 2


def refused(monkeypatch: pytest.MonkeyPatch, value: str | None, read: Any) -> bool:
    """Say whether the reader refuses this value of the variable V, and names it."""
    if value is None:
        monkeypatch.delenv("V", raising=False)
    else:
        monkeypatch.setenv("V", value)
    try:
        read()
    except ImproperlyConfigured as error:
        assert str(error).startswith("V: ")
        return True
    return False


def test_a_variable_without_a_default_must_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> str:
        return env.text("V")

    assert not refused(monkeypatch, "x", read)
    assert refused(monkeypatch, None, read)
    assert refused(monkeypatch, "  ", read)


def test_a_flag_is_0_or_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> bool:
        return env.flag("V")

    assert not refused(monkeypatch, "1", read)
    assert env.flag("V") is True
    assert not refused(monkeypatch, None, read)
    assert env.flag("V") is False
    for nonsense in ("true", "yes", "2", "on"):
        assert refused(monkeypatch, nonsense, read)


def test_a_number_is_whole_and_within_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> int:
        return env.number("V", 8000, least=1, most=65535)

    assert not refused(monkeypatch, "80", read)
    assert not refused(monkeypatch, None, read)
    for nonsense in ("0", "65536", "-1", "8.0", "1e3", "٣", "80 80", "99999999999999"):
        assert refused(monkeypatch, nonsense, read)


def test_a_zone_is_one_of_those_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> str:
        return env.zone("V", "Europe/London")

    assert not refused(monkeypatch, "America/Toronto", read)
    assert not refused(monkeypatch, None, read)
    assert read() == "Europe/London"
    for nonsense in ("London", "GMT+1", "../Europe/London", "BST"):
        assert refused(monkeypatch, nonsense, read)


def test_words_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("V", "a.example, b.example,,")

    assert env.words("V") == ["a.example", "b.example"]


def test_a_key_is_32_bytes_that_look_random(monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> str:
        return env.key("V", kept_in=None)

    assert not refused(monkeypatch, KEY, read)
    for nonsense in (None, "secret", KEY[:-1], KEY.upper(), "0" * 64, "ab" * 32):
        assert refused(monkeypatch, nonsense, read)


def test_development_makes_its_key_once_and_keeps_it_to_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("V", raising=False)

    first = env.key("V", kept_in=tmp_path / "keys")

    assert env.key("V", kept_in=tmp_path / "keys") == first
    assert stat.S_IMODE((tmp_path / "keys" / "v").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["v"]


def test_of_two_processes_that_make_a_key_at_once_both_read_the_same(tmp_path: Path) -> None:
    (tmp_path / "v").write_text(KEY)

    assert env._own_key(tmp_path / "v") == KEY


def test_an_origin_is_https_with_nothing_after_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> str:
        return env.origin("V", None, may_be_http=False)

    assert not refused(monkeypatch, "https://vote.example.org", read)
    assert not refused(monkeypatch, "https://vote.example.org:8443", read)
    for nonsense in (
        "http://vote.example.org",
        "vote.example.org",
        "https://",
        "https://vote.example.org/",
        "https://vote.example.org/path",
        "https://vote.example.org?q",
        "https://name@vote.example.org",
        "https://vote.example.org:port",
        "https://[",
    ):
        assert refused(monkeypatch, nonsense, read), nonsense


def test_only_development_may_use_plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("V", "http://localhost:8000")

    assert env.origin("V", None, may_be_http=True) == "http://localhost:8000"
    assert refused(
        monkeypatch, "ftp://localhost", lambda: env.origin("V", None, may_be_http=True)
    )


def test_origins_are_each_an_origin_and_none_where_nothing_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def read() -> tuple[str, ...]:
        return env.origins("V", may_be_http=False)

    assert not refused(monkeypatch, None, read)
    assert read() == ()
    assert not refused(monkeypatch, "https://a.example, https://b.example:8443", read)
    assert read() == ("https://a.example", "https://b.example:8443")
    for wrong in ("https://a.example, https://b.example/x", "https://a.example https://b.example",
                  "http://a.example", "*"):
        assert refused(monkeypatch, wrong, read), wrong


def test_an_origin_is_written_as_browsers_write_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> tuple[str, ...]:
        return env.origins("V", may_be_http=True)

    monkeypatch.setenv("V", "https://A.example:443, http://b.example:80, https://[::1]:443, "
                       "http://[::1]:443")  # fmt: skip
    assert read() == ("https://a.example", "http://b.example", "https://[::1]", "http://[::1]:443")
    for wrong in ("https://*.example", "https://wählen.example", "https://a_b;c.example"):
        assert refused(monkeypatch, wrong, read), wrong


def test_a_database_is_postgresql_with_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> dict[str, Any]:
        return env.database("V", None)

    assert not refused(monkeypatch, "postgresql://h/d", read)
    for nonsense in (
        "sqlite:///x.db",
        "mysql://h/d",
        "postgresql://h",
        "postgresql://h/",
        "postgresql://h:port/d",
        "postgresql://h/d?option=x",
    ):
        assert refused(monkeypatch, nonsense, read), nonsense


def test_the_parts_of_a_database_address_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("V", "postgresql://na%40me:pass%2Fword@db.example:5433/hust?sslmode=require")

    found = env.database("V", None)

    assert found["USER"] == "na@me"
    assert found["PASSWORD"] == "pass/word"
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example", "5433", "hust")
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_a_database_may_be_reached_by_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("V", "postgresql://hustings@/hustings?host=%2Frun%2Fpostgresql")

    found = env.database("V", None)

    assert (found["HOST"], found["USER"]) == ("/run/postgresql", "hustings")


def test_redis_is_named_by_host_or_by_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> str:
        return env.redis("V", None)

    for address in ("redis://h:6379/0", "rediss://:pw@h/1", "unix:///run/redis.sock?db=2"):
        assert not refused(monkeypatch, address, read)
    for nonsense in ("memory://", "redis://", "unix://run/redis.sock", "/run/redis.sock"):
        assert refused(monkeypatch, nonsense, read), nonsense


def test_celery_spells_a_socket_its_own_way() -> None:
    assert env.broker("unix:///s.sock?db=2") == "redis+socket:///s.sock?virtual_host=2"
    assert env.broker("unix:///s.sock") == "redis+socket:///s.sock?virtual_host=0"
    assert env.broker("redis://h/0") == "redis://h/0"


def test_mail_goes_by_smtp_with_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> dict[str, Any]:
        return env.mail("V")

    assert not refused(monkeypatch, "smtp://na%3Ame:pw@mail.example", read)
    found = read()
    assert (found["EMAIL_HOST_USER"], found["EMAIL_PORT"]) == ("na:me", 587)
    assert found["EMAIL_USE_TLS"] and not found["EMAIL_USE_SSL"]
    assert not refused(monkeypatch, "smtps://mail.example", read)
    assert read()["EMAIL_PORT"] == 465 and read()["EMAIL_USE_SSL"]
    for nonsense in (None, "mail.example", "smtp://", "http://mail.example", "smtp://h:x"):
        assert refused(monkeypatch, nonsense, read), nonsense


def test_development_finds_the_servers_its_launcher_left(tmp_path: Path) -> None:
    assert env.own_database(tmp_path, False) is None
    (tmp_path / "postgres.url").write_text("postgresql:///x\n")

    assert env.own_database(tmp_path, True) == "postgresql:///x"
    assert env.own_redis(tmp_path, True) == f"unix://{tmp_path}/valkey.sock"


# --- witnesses ---

PRESS = "press.example/witness+b637ec74+BAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"
AGENT = "agent.example+0cc1ffe8+BAIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAh"


def test_witnesses_are_keys_and_perhaps_where_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> object:
        return env.witnesses("V")

    assert not refused(monkeypatch, None, read)
    assert env.witnesses("V") == ()
    assert not refused(monkeypatch, f"{PRESS} https://witness.press.example:8443/w/, {AGENT}", read)
    press, agent = env.witnesses("V")
    assert (press.key.text(), press.url) == (PRESS, "https://witness.press.example:8443/w")
    assert (agent.name, agent.url) == ("agent.example", "")
    renamed = PRESS.replace("press.example", "other.example")
    of_a_board = f"{PRESS}".replace("+BA", "+AQ")
    for nonsense in (
        "x", PRESS[:-1], renamed, of_a_board, f"{PRESS}={AGENT}", f"{PRESS},{PRESS}",
        f"{PRESS} press.example", f"{PRESS} ftp://x", f"{PRESS} https://", f"{PRESS} file:///etc",
        f"{PRESS} https://name:password@x", f"{PRESS} https://x/?a", f"{PRESS} https://x/#a",
        f"{PRESS} https://x y", f"{PRESS} https://x:0", f"{PRESS} https://x:99999",
        f"{PRESS} {AGENT}",
    ):
        assert refused(monkeypatch, nonsense, read), nonsense


def test_two_witnesses_of_one_name_or_one_key_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    other = WitnessKey("press.example/witness", bytes(range(2, 34))).text()
    twin = WitnessKey("twin.example", bytes(range(1, 33))).text()

    def read() -> object:
        return env.witnesses("V")

    assert not refused(monkeypatch, f"{PRESS}, {AGENT}", read)
    assert refused(monkeypatch, f"{PRESS}, {other}", read)
    assert refused(monkeypatch, f"{PRESS}, {twin}", read)
    assert refused(monkeypatch, WitnessKey("n" * 201, bytes(range(1, 33))).text(), read)
