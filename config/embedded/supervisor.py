"""Run a whole installation from one terminal: servers, web, worker and beat.

Starts each in its order, says what it is doing, restarts what dies, reaps what is orphaned, and
stops all in the reverse order on Ctrl-C or SIGTERM. For a trial: real servers have systemd
(docs/operations.md).

    python -m config.embedded.supervisor [--stop-with-parent] [--without-demonstration]
"""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Protocol

from config.database_access import WORKING_ROLE
from config.embedded import node
from config.embedded.postgres import CannotStart
from config.embedded.servers import ROOT, Servers, var_folder

QUEUES = "celery,mail,import,tally,board"
READY_TIMEOUT_S = 300.0
"""A slow machine takes minutes to read all its programs in; one that died is seen at once."""
SAID_EVERY_S = 15.0
LONG_ENOUGH_S = 60.0
"""A child that ran this long had started well: its next restart waits no longer than the first."""
RESTART_MOST_S = 30.0
LOG_MOST_BYTES = 10_000_000
PR_SET_CHILD_SUBREAPER = 36


class StopAsked(Exception):
    """Ctrl-C, SIGTERM or a closed terminal."""


class Process(Protocol):
    """What the supervisor keeps running: a server of config.embedded, or a Program."""

    process: subprocess.Popen[bytes] | None

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Program:
    """One long-running command, its output in its own log."""

    def __init__(
        self,
        command: list[str],
        log: Path,
        *,
        patience_s: float,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.command = command
        self.environment = environment or {}
        self.log = log
        self.patience_s = patience_s
        self.process: subprocess.Popen[bytes] | None = None
        self._log_from = 0

    def start(self) -> None:
        if self.process is not None:
            end_group_at_once(self.process)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_MOST_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        setpriv = shutil.which("setpriv")
        dies_with_us = [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []
        with self.log.open("ab") as log:
            self._log_from = log.tell()
            self.process = subprocess.Popen(
                [*dies_with_us, *self.command],
                cwd=ROOT,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self) -> None:
        """Ask it to finish what it is doing; after its patience, end it and its children."""
        process, self.process = self.process, None
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(self.patience_s)
        end_group_at_once(process)

    def said(self) -> str:
        """Return what it has written since it was started."""
        with self.log.open("rb") as log:
            log.seek(self._log_from)
            return log.read().decode(errors="replace")


class Watched:
    """A process under watch: when it last started, and when it may start again."""

    def __init__(self, name: str, what: Process) -> None:
        self.name = name
        self.what = what
        self.failures = 0
        self.started_at = time.monotonic()
        self.restart_at: float | None = None

    def has_died(self) -> bool:
        process = self.what.process
        return self.restart_at is None and process is not None and process.poll() is not None

    def plan_restart(self) -> float:
        """Return the seconds to wait: half a second, doubled at each failure in a row."""
        if time.monotonic() - self.started_at > LONG_ENOUGH_S:
            self.failures = 0
        wait_s = min(RESTART_MOST_S, 0.5 * float(2**self.failures))
        self.failures += 1
        self.restart_at = time.monotonic() + wait_s
        return wait_s

    def restart(self) -> None:
        self.restart_at = None
        self.started_at = time.monotonic()
        self.what.start()


class Supervisor:
    def __init__(self, *, stops_with_parent: bool, has_demonstration: bool) -> None:
        self.var = var_folder()
        self.port = int(os.environ["PORT"])
        self.servers = Servers(self.var)
        self.watched: list[Watched] = []
        self.parent = os.getppid() if stops_with_parent else None
        self.has_demonstration = has_demonstration
        self.doing = "starting"
        self.running: subprocess.Popen[bytes] | None = None

    # --- the steps, in order ---

    def start_all(self) -> None:
        steps: list[tuple[str, str, Callable[[], None]]] = [
            ("PostgreSQL", self._where("DATABASE_URL"), self.start_postgres),
            ("Valkey", self._where("REDIS_URL"), self.start_valkey),
            ("Tables", "manage.py migrate", self.migrate),
            ("Styles and scripts", "npm run build, collectstatic", self.make_static),
            ("Web, worker and beat", f"log files in {self.var / 'log'}", self.start_programs),
        ]
        if self.has_demonstration:
            steps.append(("Demonstration", "manage.py demonstration", self.load_demonstration))
        for number, (name, detail, act) in enumerate(steps, start=1):
            self.doing = name
            say(f"[{number}/{len(steps)}] {name}: {detail}")
            began = time.monotonic()
            act()
            say(f"      done in {time.monotonic() - began:.1f} s")
        self.doing = "running"

    def _where(self, variable: str) -> str:
        is_named = bool(os.environ.get(variable, "").strip())
        return f"the one that {variable} names" if is_named else f"our own, in {self.var}"

    def start_postgres(self) -> None:
        self.servers.start_postgres()
        if self.servers.postgres is not None:
            self.watched.append(Watched("PostgreSQL", self.servers.postgres))

    def start_valkey(self) -> None:
        self.servers.start_valkey()
        if self.servers.valkey is not None:
            self.watched.append(Watched("Valkey", self.servers.valkey))

    def migrate(self) -> None:
        self.manage("migrate", "--no-input", "--verbosity", "1")
        if self.servers.postgres is not None:
            self.servers.postgres.make_role(WORKING_ROLE)
            self.manage("grant_access", WORKING_ROLE)

    def make_static(self) -> None:
        node.build()
        collected = Path(os.environ.get("HUSTINGS_STATIC_ROOT", "").strip() or ROOT / "staticfiles")
        stamp = collected / ".hustings-collected"
        wanted = node.static_digest()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        # The settings give hashed names from the moment that the folder is there.
        collected.mkdir(parents=True, exist_ok=True)
        self.manage("collectstatic", "--no-input", "--clear", "--verbosity", "0")
        stamp.write_text(wanted)

    def start_programs(self) -> None:
        for name, program in self.programs():
            program.start()
            self.watched.append(Watched(name, program))
        self.wait_until_ready()

    def programs(self) -> Iterator[tuple[str, Program]]:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2
        run = [sys.executable, "-m"]
        logs = self.var / "log"
        at_work = self.at_work()
        web = [*run, "gunicorn", "config.wsgi:application", "--no-control-socket"]
        # Two a core, for half of a cast is waiting for the disk; and no more than the database of
        # a trial installation has connections for.
        web += ["--workers", str(min(2 * cores, 32)), "--timeout", "60", "--graceful-timeout", "15"]
        for address in addresses(self.port):
            web += ["--bind", address]
        yield "web", Program(web, logs / "web.log", patience_s=20, environment=at_work)
        worker = [*run, "celery", "-A", "config", "worker", "--queues", QUEUES]
        worker += ["--concurrency", str(max(3, cores)), "--loglevel", "INFO"]
        worker += ["--without-gossip", "--without-mingle"]
        yield "worker", Program(worker, logs / "worker.log", patience_s=20, environment=at_work)
        beat = [*run, "celery", "-A", "config", "beat", "--loglevel", "WARNING", "--pidfile="]
        beat += ["--schedule", str(self.var / "beat.schedule")]
        yield "beat", Program(beat, logs / "beat.log", patience_s=10, environment=at_work)

    def at_work(self) -> dict[str, str]:
        """The database as web, worker and beat sign in to it: as a role that owns no table.

        Where DATABASE_URL names another server, its roles are its operator's (docs/operations.md).
        """
        if self.servers.postgres is None:
            return {}
        return {"DATABASE_URL": self.servers.postgres.url(role=WORKING_ROLE)}

    def wait_until_ready(self) -> None:
        """Wait for the web to answer and the worker to listen; a child that dies is a failure."""
        began = said_at = time.monotonic()
        while awaited := self.awaited():
            refuse_dead(self.watched)
            now = time.monotonic()
            if now - began > READY_TIMEOUT_S:
                raise CannotStart(
                    f"After {READY_TIMEOUT_S:.0f} s there is still to come: {awaited}. "
                    f"See {self.var / 'log'}."
                )
            if now - said_at > SAID_EVERY_S:
                say(f"      waiting for {awaited}, {now - began:.0f} s so far")
                said_at = now
            time.sleep(0.1)

    def awaited(self) -> str:
        """What has not started yet, in words; empty once all has."""
        worker = next(it.what for it in self.watched if it.name == "worker")
        assert isinstance(worker, Program)
        waits = []
        if not answers(self.port):
            waits.append(f"the web server to answer on port {self.port}")
        if " ready." not in worker.said():
            waits.append("the worker to listen")
        return " and ".join(waits)

    def load_demonstration(self) -> None:
        self.manage("demonstration")

    def manage(self, *arguments: str) -> None:
        """Run one command of manage.py, its output on our terminal."""
        self.running = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        status = self.running.wait()
        self.running = None
        if status:
            raise CannotStart(
                f"`manage.py {arguments[0]}` ended with status {status}; its message is above."
            )

    # --- while they run ---

    def watch(self) -> None:
        while True:
            reap_orphans({it.what.process.pid for it in self.watched if it.what.process})
            for it in self.watched:
                self.look_at(it)
            if self.parent is not None and os.getppid() != self.parent:
                raise StopAsked
            time.sleep(0.2)

    def look_at(self, it: Watched) -> None:
        if it.has_died():
            assert it.what.process is not None
            status = it.what.process.returncode
            wait_s = it.plan_restart()
            say(f"{it.name} stopped (status {status}); starting it again in {wait_s:g} s.")
        elif it.restart_at is not None and time.monotonic() >= it.restart_at:
            try:
                it.restart()
                say(f"{it.name} is started again.")
            except CannotStart as error:
                wait_s = it.plan_restart()
                say(f"{it.name} did not start: {error}\nTrying again in {wait_s:g} s.")

    def stop_all(self) -> None:
        if self.running is not None:
            end_group(self.running)
        for it in reversed(self.watched):
            if isinstance(it.what, Program):
                it.what.stop()
                say(f"Stopped {it.name}.")
        self.servers.stop()
        if len(self.watched) > len([it for it in self.watched if isinstance(it.what, Program)]):
            say("Stopped the servers. What they hold is kept in var/.")


def refuse_dead(watched: list[Watched]) -> None:
    """Refuse to go on once one of them has died, with the last that it said."""
    for it in watched:
        if it.has_died():
            tail = it.what.said()[-1500:] if isinstance(it.what, Program) else ""
            raise CannotStart(f"The {it.name} process stopped as it started.\n{tail}")


def say(line: str) -> None:
    print(line, flush=True)


def addresses(port: int) -> list[str]:
    """Return where the web server listens: HUSTINGS_BIND, else this machine's own two names."""
    named = os.environ.get("HUSTINGS_BIND", "").strip()
    if named:
        return [f"{named}:{port}"]
    found = [f"127.0.0.1:{port}"]
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        found.append(f"[::1]:{port}")
    except OSError:
        pass
    return found


def refuse_taken_port(port: int) -> None:
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            probe = socket.socket(family)
        except OSError:
            continue
        with probe:
            probe.settimeout(1)
            if probe.connect_ex((host, port)) == 0:
                raise CannotStart(
                    f"Port {port} is taken by another program. "
                    f"Choose another: PORT={port + 1} make run"
                )


def answers(port: int) -> bool:
    host = os.environ.get("HUSTINGS_BIND", "").strip() or "127.0.0.1"
    host = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def end_group(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
    end_group_at_once(process)


def end_group_at_once(process: subprocess.Popen[bytes]) -> None:
    """End what is left of a process and its children: those of a killed one outlive it.

    The group keeps the number of its dead leader while a member lives. Were it empty, and the
    number given anew to another leader of ours in that instant, the wrong group would end: the
    kernel hands numbers out in turn, so tens of thousands of processes must start in between.
    """
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def adopt_orphans() -> None:
    """Have the grandchildren of a killed child come to us (Linux), not to a slow process 1."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_orphans(known: set[int]) -> None:
    """Bury dead processes that are nobody's; those we know are buried by their own poll()."""
    while True:
        try:
            # WNOWAIT only looks. If the first is one of ours, its owner must see it die first.
            seen = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if seen is None or seen.si_pid in known:
            return
        os.waitpid(seen.si_pid, os.WNOHANG)


@contextlib.contextmanager
def stop_signals() -> Iterator[Callable[[], None]]:
    """Turn the first signal to stop into StopAsked; yields what makes later ones be ignored."""
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def ask(number: int, frame: FrameType | None) -> None:
        ignore()
        raise StopAsked

    def ignore() -> None:
        for name in names:
            signal.signal(name, signal.SIG_IGN)

    before = [signal.signal(name, ask) for name in names]
    try:
        yield ignore
    finally:
        for name, handler in zip(names, before, strict=True):
            signal.signal(name, handler)


def prepare_environment() -> None:
    """Name this a trial, on the port asked for, for ourselves and every child."""
    os.environ.setdefault("HUSTINGS_DEVELOPMENT", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    port = os.environ.setdefault("PORT", "8000")
    if not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise CannotStart(f"PORT must be a whole number from 1 to 65535, not {port!r}.")
    refuse_taken_port(int(port))


def supervise(*, stops_with_parent: bool, has_demonstration: bool) -> int:
    adopt_orphans()
    supervisor: Supervisor | None = None
    with stop_signals() as ignore_signals:
        try:
            prepare_environment()
            supervisor = Supervisor(
                stops_with_parent=stops_with_parent, has_demonstration=has_demonstration
            )
            if not supervisor.servers.claim():
                raise CannotStart(
                    f"Process {supervisor.servers.holder()} already runs this folder's servers.\n"
                    "Stop it, or wait for its command to end, and try again."
                )
            supervisor.start_all()
            say(f"\nHustings is running: http://localhost:{supervisor.port}/  (Ctrl-C stops it)")
            supervisor.watch()
        except StopAsked:
            say("\nStopping.")
            return 0
        except CannotStart as error:
            doing = f", at: {supervisor.doing}" if supervisor else ""
            say(f"\nHustings could not start{doing}.\n{error}")
            return 1
        finally:
            ignore_signals()
            if supervisor is not None:
                supervisor.stop_all()
    return 0


if __name__ == "__main__":
    sys.exit(
        supervise(
            stops_with_parent="--stop-with-parent" in sys.argv[1:],
            has_demonstration="--without-demonstration" not in sys.argv[1:],
        )
    )
