"""The supervisor starts a whole installation, keeps it running, and stops all of it."""

from __future__ import annotations

import http.client
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded import supervisor
from config.embedded.servers import ROOT
from config.embedded.supervisor import Program, Watched

PATIENCE_S = 180.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Run:
    """One run of the supervisor in a folder of its own, and what it says, line by line."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.folder = folder
        self.said: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()
        servers = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
        environment = {name: v for name, v in os.environ.items() if name not in servers}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.embedded.supervisor", "--without-demonstration"],
            cwd=ROOT,
            env={
                **environment,
                "PORT": str(port),
                "HUSTINGS_VAR": str(folder),
                "HUSTINGS_STATIC_ROOT": str(folder / "static"),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def wait_for(self, words: str) -> str:
        give_up_at = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up_at:
            try:
                line = self._lines.get(timeout=0.5)
            except queue.Empty:
                if self.process.poll() is not None:
                    break
                continue
            self.said.append(line)
            if words in line:
                return line
        pytest.fail(f"never said {words!r}, but:\n{''.join(self.said)}")

    def pid_of(self, command: str) -> int:
        """Return the number of our own child whose command line holds these words."""
        for pid in children(self.process.pid):
            if command in command_of(pid):
                return pid
        pytest.fail(f"no child runs {command!r}")

    def page(self, path: str = "/accounts/login/") -> str:
        """Return a page, which must be answered with 200."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            assert answer.status == http.HTTPStatus.OK
            return answer.read().decode()
        finally:
            connection.close()

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


def children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == pid:
                found.append(int(entry.name))
    return found


def descendants(pid: int) -> list[int]:
    found = children(pid)
    for child in list(found):
        found += descendants(child)
    return found


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


@pytest.fixture
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    run = Run(tmp_path_factory.mktemp("v"), free_port())
    yield run
    if run.process.poll() is None:
        run.stop(signal.SIGTERM)


def test_a_whole_installation_starts_survives_kills_stops_and_starts_again(run: Run) -> None:
    run.wait_for("Hustings is running")
    styles = re.findall(r"/static/build/app\.[0-9a-f]{12}\.css", run.page())
    assert len(styles) == 1
    assert "govuk" in run.page(styles[0])

    for command, name in (
        ("celery -A config worker", "worker"),
        ("gunicorn", "web"),
        ("celery -A config beat", "beat"),
        ("postgres -D", "PostgreSQL"),
        ("valkey-server", "Valkey"),
    ):
        killed = run.pid_of(command)
        os.kill(killed, signal.SIGKILL)
        run.wait_for(f"{name} stopped")
        run.wait_for(f"{name} is started again")
        assert run.pid_of(command) != killed

    pids = descendants(run.process.pid)
    assert len(pids) >= 5
    assert run.stop(signal.SIGINT) == 0
    assert [pid for pid in pids if command_of(pid)] == []

    again = Run(run.folder, run.port)
    try:
        again.wait_for("Hustings is running")
        assert "Sign in" in again.page()
        assert any("No migrations to apply" in line for line in again.said)
    finally:
        assert again.stop(signal.SIGTERM) == 0


def test_a_taken_port_is_refused_before_anything_starts(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        run = Run(tmp_path_factory.mktemp("v"), port)

        run.wait_for(f"Port {port} is taken")
        assert run.process.wait(30) == 1


def test_the_wait_before_a_restart_grows_to_half_a_minute() -> None:
    watched = Watched("worker", Program(["true"], Path("unused.log"), patience_s=1))

    waits = [watched.plan_restart() for _ in range(9)]

    assert waits == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_after_a_long_run_the_next_restart_is_soon_again() -> None:
    watched = Watched("worker", Program(["true"], Path("unused.log"), patience_s=1))
    for _ in range(5):
        watched.plan_restart()

    watched.started_at -= supervisor.LONG_ENOUGH_S + 1

    assert watched.plan_restart() == 0.5


def test_a_program_that_does_not_stop_when_asked_is_ended(tmp_path: Path) -> None:
    log = tmp_path / "stubborn.log"
    code = "import signal; signal.signal(15, signal.SIG_IGN); print('on', flush=True)\n"
    stubborn = Program(
        [sys.executable, "-c", code + "while True: signal.pause()"], log, patience_s=0.2
    )
    stubborn.start()
    process = stubborn.process
    assert process is not None
    while "on" not in stubborn.said():
        time.sleep(0.01)

    stubborn.stop()

    assert process.returncode == -signal.SIGKILL


def test_a_dead_process_that_is_nobodys_is_buried() -> None:
    orphan = os.fork()
    if orphan == 0:
        os._exit(0)
    while "Z" not in Path(f"/proc/{orphan}/stat").read_text().rpartition(")")[2]:
        time.sleep(0.01)

    supervisor.reap_orphans(known=set())

    assert not Path(f"/proc/{orphan}").exists()


def test_a_dead_child_that_is_known_is_left_for_its_owner() -> None:
    ours = subprocess.Popen(["true"])
    while "Z" not in Path(f"/proc/{ours.pid}/stat").read_text().rpartition(")")[2]:
        time.sleep(0.01)

    supervisor.reap_orphans(known={ours.pid})

    assert ours.wait() == 0


def test_a_slow_start_is_waited_for_and_says_what_is_awaited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "PORT"):
        monkeypatch.setenv(name, "8001")
    monkeypatch.setenv("HUSTINGS_VAR", str(tmp_path))
    started = supervisor.Supervisor(stops_with_parent=False, has_demonstration=False)
    worker = Program(["true"], tmp_path / "worker.log", patience_s=1)
    worker.log.touch()
    started.watched.append(Watched("worker", worker))
    asked: list[int] = []

    def answers(port: int) -> bool:
        asked.append(port)
        if len(asked) == 3:
            worker.log.write_text("celery@here ready.")
        return len(asked) > 3

    assert supervisor.READY_TIMEOUT_S >= 300
    monkeypatch.setattr(supervisor, "answers", answers)
    monkeypatch.setattr(supervisor, "SAID_EVERY_S", 0.0)
    started.wait_until_ready()
    waited = capsys.readouterr().out
    monkeypatch.setattr(supervisor, "answers", lambda port: False)
    monkeypatch.setattr(supervisor, "READY_TIMEOUT_S", 0.0)
    with pytest.raises(supervisor.CannotStart, match="the web server to answer on port 8001"):
        started.wait_until_ready()

    assert "waiting for the web server to answer on port 8001 and the worker to listen" in waited


@pytest.mark.parametrize("nonsense", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_refused(nonsense: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", str(free_port()))
    supervisor.prepare_environment()

    monkeypatch.setenv("PORT", nonsense)
    with pytest.raises(supervisor.CannotStart, match="PORT must be"):
        supervisor.prepare_environment()
