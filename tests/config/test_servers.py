"""The embedded servers: what they hold survives being killed, and two runs never share a folder."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis

from config.embedded import postgres as launcher
from config.embedded.postgres import CannotStart, Postgres
from config.embedded.servers import Servers, own_servers
from config.embedded.valkey import Valkey


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that another account may pass through, which pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="hustings-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server(folder: Path) -> Iterator[Postgres]:
    server = Postgres(folder / "postgres")
    server.start()
    server.make_database()
    yield server
    server.stop()


def run(server: Postgres, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(server.url())
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_a_row_that_was_committed_survives_the_kill_of_the_server(server: Postgres) -> None:
    run(server, "CREATE TABLE paper (number int)")
    run(server, "INSERT INTO paper VALUES (7)")
    assert server.process is not None
    server.process.kill()
    server.process.wait()

    server.start()

    assert run(server, "SELECT number FROM paper") == [(7,)]


def test_outside_the_tests_the_server_writes_through_to_the_disk(server: Postgres) -> None:
    off = run(
        server,
        "SELECT name FROM pg_settings WHERE setting = 'off'"
        " AND name IN ('fsync', 'full_page_writes', 'synchronous_commit')",
    )

    assert off == []


def test_nothing_listens_on_the_network_and_the_folder_is_ours_alone(server: Postgres) -> None:
    assert run(server, "SHOW listen_addresses") == [("",)]
    assert server.cluster.stat().st_mode & 0o077 == 0


def test_a_stopped_server_starts_again_with_what_it_held(server: Postgres) -> None:
    run(server, "CREATE TABLE paper (number int)")
    server.stop()
    assert server.process is None

    server.start()

    assert run(server, "SELECT count(*) FROM paper") == [(0,)]


def test_the_lock_of_a_killed_server_that_nobody_reaped_does_not_stop_the_next(
    server: Postgres,
) -> None:
    assert server.process is not None
    left = (server.cluster / "postmaster.pid").read_text().splitlines()
    server.stop()
    dead = subprocess.Popen(["true"])
    while "Z" not in Path(f"/proc/{dead.pid}/stat").read_text().rpartition(")")[2].split()[0]:
        time.sleep(0.01)
    (server.cluster / "postmaster.pid").write_text("\n".join([str(dead.pid), *left[1:]]) + "\n")

    server.start()

    assert run(server, "SELECT 1") == [(1,)]
    dead.wait()


def test_a_first_start_that_was_killed_is_begun_anew_by_the_next(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Postgres(folder / "postgres", durable=False)
    once = subprocess.run

    def killed_on_the_way(command: list[str], **how: Any) -> subprocess.CompletedProcess[str]:
        """End as initdb does where it is killed: with the first of its files written."""
        if not any(word.endswith("/initdb") for word in command):
            return once(command, **how)
        Path(command[command.index("-D") + 1], "PG_VERSION").write_text("18\n")
        raise KeyboardInterrupt

    monkeypatch.setattr("subprocess.run", killed_on_the_way)
    with pytest.raises(KeyboardInterrupt):
        server.start()
    monkeypatch.undo()

    server.start()

    server.make_database()
    assert run(server, "SELECT 1") == [(1,)]
    server.stop()


def test_a_path_too_long_for_a_socket_is_served_from_a_short_private_one(folder: Path) -> None:
    server = Postgres(folder / ("a" * 90) / "postgres", durable=False)
    server.start()
    try:
        short = server.socket_folder
        assert short != server.cluster
        assert short.stat().st_mode & 0o077 == 0
        server.make_database()
        assert run(server, "SELECT 1") == [(1,)]
    finally:
        server.stop()
    assert not short.exists()


def test_a_server_that_cannot_start_says_why(server: Postgres) -> None:
    server.stop()
    (server.cluster / "postgresql.conf").write_text("no_such_setting = on\n")

    with pytest.raises(CannotStart, match="no_such_setting"):
        server.start()


def test_without_any_binaries_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (launcher.find_binaries() / "postgres").exists()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(()))

    with pytest.raises(CannotStart, match="DATABASE_URL"):
        launcher.find_binaries()


def test_root_without_a_way_round_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    binaries = launcher.find_binaries()
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(launcher, "_succeeds", lambda command: True)
    before, _ = launcher.find_way_to_run(binaries)
    assert before
    monkeypatch.setattr(launcher, "_succeeds", lambda command: False)

    with pytest.raises(CannotStart, match="ordinary user"):
        launcher.find_way_to_run(binaries)


def test_where_namespaces_are_refused_root_runs_it_as_nobody_even_under_a_closed_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() == 0:
        installed = shutil.which
        monkeypatch.setattr(
            "shutil.which", lambda name: None if name == "unshare" else installed(name)
        )
        monkeypatch.setattr(launcher, "SHELTERS", folder)
        (folder / "closed").mkdir(mode=0o700)
        assert launcher.find_way_to_run(launcher.find_binaries())[1] == launcher.NOBODY
    server = Postgres(folder / "closed" / "postgres", durable=False)
    server.start()
    try:
        server.make_database()
        assert run(server, "SELECT 1") == [(1,)]
        is_root = os.geteuid() == 0
        assert (server.cluster.stat().st_uid == launcher.NOBODY) == is_root
        assert (folder / "closed" / "postgres" / "elsewhere").is_symlink() == is_root
    finally:
        server.stop()


def test_a_copy_of_the_program_is_whole_and_goes_when_another_is_installed(folder: Path) -> None:
    server = Postgres(folder / "postgres")
    installed = folder / "installed" / "bin"
    installed.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (installed / name).write_text(name)
    server._binaries = installed
    half = server._copy_of_program(folder)
    half.rename(half.with_suffix(".new"))
    (half.with_suffix(".new") / "bin" / "initdb").unlink()

    copied = server._copy_of_program(folder)

    assert sorted(file.name for file in (copied / "bin").iterdir()) == ["initdb", "postgres"]
    os.utime(installed / "postgres", (1, 1))
    assert server._copy_of_program(folder) != copied
    assert len(list(folder.glob("program-*"))) == 1


def test_a_shelter_that_another_account_made_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "SHELTERS", folder)
    shelter = launcher.shelter_for(Path("/closed"))
    assert shelter.is_dir()
    shelter.rmdir()
    shelter.symlink_to("/etc")

    with pytest.raises(CannotStart, match="not ours"):
        launcher.shelter_for(Path("/closed"))


def test_valkey_keeps_what_it_holds_over_a_kill(folder: Path) -> None:
    server = Valkey(folder / "valkey")
    server.start()
    try:
        with redis.Redis.from_url(server.url()) as client:
            client.set("a", "1")
        assert server.process is not None
        server.process.kill()
        server.process.wait()
        server.start()
        with redis.Redis.from_url(server.url()) as client:
            assert client.get("a") == b"1"
    finally:
        server.stop()
    assert not server.socket.exists()


def test_a_second_process_does_not_start_servers_on_the_same_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")
    first, second = Servers(folder), Servers(folder)

    assert first.claim()
    assert not second.claim()
    assert second.holder() == str(os.getpid())
    first.stop()
    assert second.claim()
    second.stop()


def test_a_process_that_was_refused_the_servers_leaves_those_that_run_findable(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")
    first, second = Servers(folder), Servers(folder)
    addresses = [folder / "postgres.url", folder / "redis.url"]
    assert first.claim()
    for address in addresses:
        address.write_text("where it is\n")
    assert not second.claim()

    second.stop()

    assert all(address.exists() for address in addresses)
    first.stop()
    assert not any(address.exists() for address in addresses)


def test_a_command_borrows_running_servers_and_leaves_them_running(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("HUSTINGS_VAR", str(folder))
    owner = Servers(folder)
    assert owner.claim()
    owner.start_postgres()
    owner.start_valkey()
    started = os.environ["DATABASE_URL"]
    os.environ["DATABASE_URL"] = os.environ["REDIS_URL"] = ""

    with own_servers(print):
        assert os.environ["DATABASE_URL"] == started

    assert owner.postgres is not None and owner.valkey is not None
    assert owner.postgres.process is not None and owner.postgres.process.poll() is None
    owner.stop()
    assert not (folder / "postgres.url").exists()


def test_named_servers_are_used_and_nothing_is_started(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/hustings")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example/0")
    servers = Servers(folder)

    servers.start_postgres()
    servers.start_valkey()

    assert servers.postgres is None and servers.valkey is None
    assert os.environ["DATABASE_URL"] == "postgresql://db.example/hustings"


def test_the_servers_die_with_the_process_that_started_them(folder: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from config.embedded.postgres import Postgres\n"
        "server = Postgres(Path(sys.argv[1]), durable=False); server.start()\n"
        "print(server.process.pid, flush=True); time.sleep(600)"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()

    give_up_at = time.monotonic() + 20
    while is_running(pid) and time.monotonic() < give_up_at:
        time.sleep(0.05)

    assert not is_running(pid)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
